"""Pictures of how time grows, and of Pincite beside its peers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pincite.evaluation.plots import INK

__all__ = ["Panel", "plot_growth", "plot_panels"]

FAINT = "#8a8a8a"


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure of several candidates.

    Args:
        title: the data and the measure.
        scores: by name, the first to be emphasised: ``value``, ``low`` and ``high``.
    """

    title: str
    scores: Mapping[str, Mapping[str, float]]


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


def plot_panels(rows: Sequence[Sequence[Panel]], path: Path) -> None:
    """Write rows of panels, the panels of a row with the same candidates in the same order."""
    heights = [len(row[0].scores) + 2 for row in rows]
    figure = Figure(figsize=(11, 0.42 * sum(heights)), layout="constrained")
    parts = figure.subfigures(len(rows), 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, row in zip(parts, rows, strict=True):
        for axes, panel in zip(part.subplots(1, len(row), sharey=True), row, strict=True):
            _draw(axes, panel)
    figure.savefig(path, dpi=110, facecolor="white")


def _draw(axes: Axes, panel: Panel) -> None:
    """Draw a point and its interval for each candidate, the first one at the top."""
    for place, score in enumerate(panel.scores.values()):
        around = [[score["value"] - score["low"]], [score["high"] - score["value"]]]
        colour = FAINT if place else INK
        axes.errorbar(score["value"], -place, xerr=around, fmt="o", color=colour, capsize=3)
    axes.set_yticks([-place for place in range(len(panel.scores))], list(panel.scores))
    axes.set_ylim(0.6 - len(panel.scores), 0.6)
    axes.set_title(panel.title, fontsize=10)
    axes.grid(color="0.92")
