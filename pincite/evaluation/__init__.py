"""How good Pincite is on somebody's own documents, in numbers with intervals and in pictures.

It is imported by ``pincite eval`` alone; the measures are also those of ``bench/`` and
``training/``.
"""

__all__: list[str] = []
