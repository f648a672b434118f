"""Pictures of how time grows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

__all__ = ["plot_growth"]


def plot_growth(sizes: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write median milliseconds of each part of retrieval against the number of passages."""
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    for name in sizes[0]["median_ms"]:
        points = [(size["passages"], size["median_ms"][name]) for size in sizes]
        axes.loglog(*zip(*points, strict=True), "o-", label=name)
    axes.set(xlabel="passages", ylabel="milliseconds a question, median")
    axes.grid(color="0.9")
    axes.legend()
    figure.savefig(path, dpi=110, facecolor="white")
