"""Pictures of how far a probability can be trusted, and of how time grows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from bench.abstention import Flags, Floats, reliability, risk_coverage

__all__ = ["plot_growth", "plot_reliability", "plot_risk_coverage"]

mpl.use("Agg")
INK, PAPER = "#1f4e79", "#ffffff"
POINTS = 400


def plot_reliability(probabilities: Floats, right: Flags, path: Path) -> None:
    """Write a reliability diagram: probability against the share that is right."""
    bins = reliability(probabilities, right)
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(5, 5.6), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    above.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    above.plot([b.probability for b in bins], [b.right for b in bins], "o-", color=INK)
    above.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    below.bar([b.probability for b in bins], [b.count for b in bins], width=0.04, color=INK)
    below.set(xlabel="probability that the answer is right", ylabel="questions")
    _write(figure, path)


def plot_risk_coverage(probabilities: Floats, right: Flags, path: Path) -> None:
    """Write the share of wrong answers against the share of questions answered."""
    points = risk_coverage(probabilities, right)
    shown = np.unique(np.linspace(0, len(points) - 1, POINTS).astype(int))
    figure, axes = plt.subplots(figsize=(5, 3.6), layout="constrained")
    axes.plot([points[i][0] for i in shown], [points[i][1] for i in shown], color=INK)
    axes.set(xlabel="share of the questions answered", ylabel="share of these that is wrong")
    axes.set(xlim=(0, 1), ylim=(0, None))
    _write(figure, path)


def plot_growth(sizes: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write median milliseconds of each part of retrieval against the number of passages."""
    figure, axes = plt.subplots(figsize=(5, 3.6), layout="constrained")
    for name in sizes[0]["median_ms"]:
        points = [(size["passages"], size["median_ms"][name]) for size in sizes]
        axes.loglog(*zip(*points, strict=True), "o-", label=name)
    axes.set(xlabel="passages", ylabel="milliseconds a question, median")
    axes.grid(color="0.9")
    axes.legend()
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, facecolor=PAPER)
    plt.close(figure)
