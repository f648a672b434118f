"""Ask a folder of documents and get answers in their own words, each with a checkable citation.

>>> from pincite import Assistant, build
>>> build("documents/")  # doctest: +SKIP
>>> answer = Assistant.open("documents/").ask("Who signed the memorandum?")  # doctest: +SKIP

Importing this package is light: what a name needs (FAISS, onnxruntime) is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus import (
        Document,
        IndexBusy,
        IndexDamaged,
        IndexMissing,
        IndexOutdated,
        InputError,
        LoadError,
        ModelUnavailable,
        PinciteError,
        SettingsError,
        Skipped,
        UnknownName,
    )
    from index import BuildReport, Plan, Progress, Settings
    from pincite.api import build, status
    from qa import Answer, Assistant, Citation, Filter, Hit, Verdict, verify

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Assistant",
    "BuildReport",
    "Citation",
    "Document",
    "Filter",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "InputError",
    "LoadError",
    "ModelUnavailable",
    "PinciteError",
    "Plan",
    "Progress",
    "Settings",
    "SettingsError",
    "Skipped",
    "UnknownName",
    "Verdict",
    "__version__",
    "build",
    "status",
    "verify",
]

HOMES = {
    "index": ("BuildReport", "Plan", "Progress", "Settings"),
    "pincite.api": ("build", "status"),
    "qa": ("Answer", "Assistant", "Citation", "Filter", "Hit", "Verdict", "verify"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in HOMES.items() if name in names), "corpus")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
