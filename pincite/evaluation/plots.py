"""Pictures of how far a probability can be trusted."""

import io

import matplotlib as mpl
import numpy as np
from lxml import etree
from matplotlib.figure import Figure

from pincite.evaluation.measures import Flags, Floats, reliability, risk_coverage

__all__ = ["INK", "reliability_figure", "risk_coverage_figure", "svg"]

INK = "#1f4e79"
# Stand for colours of the page, so that a picture is readable on light and on dark.
PAGE_COLOURS = {"#000000": "var(--ink)", INK: "var(--accent)", "#b3b3b3": "var(--faint)"}
FAINT = "#b3b3b3"
POINTS = 400
MANY, MANY_BINS, FEW_BINS = 300, 15, 5


def reliability_figure(probabilities: Floats, right: Flags) -> Figure:
    """Return a reliability diagram: probability against the share that is right."""
    # Of a few questions, more bins would show chance alone.
    bins = reliability(probabilities, right, MANY_BINS if len(right) >= MANY else FEW_BINS)
    figure = Figure(figsize=(5, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    above.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
    above.plot([b.probability for b in bins], [b.right for b in bins], "o-", color=INK)
    above.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    below.bar([b.probability for b in bins], [b.count for b in bins], width=0.04, color=INK)
    below.set(xlabel="probability that the answer is right", ylabel="questions")
    return figure


def risk_coverage_figure(
    probabilities: Floats, right: Flags, threshold: float | None = None
) -> Figure:
    """Return the share of wrong answers against the share of questions answered.

    Args:
        probabilities: of each best answer, shape ``(n,)``.
        right: whether it is right, shape ``(n,)``.
        threshold: the least probability of an answer that is given, to be marked.
    """
    points = risk_coverage(probabilities, right)
    shown = np.unique(np.linspace(0, len(points) - 1, POINTS).astype(int))
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([points[i][0] for i in shown], [points[i][1] for i in shown], color=INK)
    axes.set(xlabel="share of the questions answered", ylabel="share of these that is wrong")
    given = 0 if threshold is None else int((probabilities >= threshold).sum())
    if given:
        x, y = points[given - 1]
        axes.plot([x], [y], "o", color=INK, markersize=9)
        axes.plot([x, x], [0, y], ":", color=INK)
        # Above the curve, which may run anywhere.
        note = f"current setting: {x:.0%} answered, {y:.1%} of these wrong"
        axes.set_title(f"● {note}", loc="left", fontsize=10, color=INK)
    axes.set(xlim=(0, 1), ylim=(0, max(0.05, 1.15 * max(y for _, y in points))))
    return figure


def svg(figure: Figure, name: str) -> str:
    """Return ``figure`` as an SVG element in the colours of the page that it is put into.

    Args:
        figure: what to draw.
        name: tells its marks from those of other pictures on the page.
    """
    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    picture = etree.fromstring(out.getvalue().encode())
    for group in picture.iter("{*}g"):
        # Groups of different pictures have the same names, which nothing refers to.
        group.attrib.pop("id", None)
    element: str = etree.tostring(picture, encoding="unicode")
    for colour, variable in PAGE_COLOURS.items():
        element = element.replace(colour, variable)
    return element
