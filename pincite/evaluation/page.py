"""The report as a page: one HTML file with its pictures inside, which loads nothing."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup

from pincite.evaluation.calibration import Refit
from pincite.evaluation.causes import cause_of, losses, worst
from pincite.evaluation.compare import Comparison
from pincite.evaluation.plots import reliability_figure, risk_coverage_figure, svg
from pincite.evaluation.report import Report, judged, shown
from qa.chat import environment
from qa.formats import percent
from qa.reading import FALSE_ANSWER_RATES

__all__ = ["page"]

WORST = 40
FEWEST = 30


def page(report: Report, compared: Comparison | None = None, refit: Refit | None = None) -> str:
    """Return the page of ``report``; text of documents and questions is never markup in it.

    Args:
        report: what was measured.
        compared: with another report.
        refit: of the confidence, if it was refitted.
    """
    templates = environment("pincite.evaluation", ".")
    templates.filters |= {"shown": shown, "percent": percent}
    stages = losses(report.records)
    return templates.get_template("report.html.jinja").render(
        report=report,
        groups=[
            (name, list(found)) for name, found in groupby(report.measures, attrgetter("group"))
        ],
        stages=stages,
        setting=_setting(report.false_answer_rate),
        drafts=sum(record.expected.draft for record in report.records),
        pictures=_pictures(report),
        worst=[(record, cause_of(record)) for record in worst(report.records, WORST)],
        wrong=len(worst(report.records, len(report.records))),
        compared=compared,
        refit=refit,
    )


def _setting(rate: float) -> str:
    """Return the word for a false-answer rate, or the number where it has none."""
    return next((word for word, known in FALSE_ANSWER_RATES.items() if known == rate), str(rate))


def _pictures(report: Report) -> Sequence[tuple[str, str, Markup]]:
    """Return title, description and picture of what can be drawn; none of a few questions."""
    confidence, right = judged(report.records)
    if len(confidence) < FEWEST:
        return []
    flags = right > 0
    drawn = risk_coverage_figure(confidence, flags, report.threshold)
    return [
        (
            "Risk and coverage",
            "Questions are answered from the surest on: how many of the answers are wrong? The "
            "point is the current setting; --false-answer-rate moves it along the line.",
            # Drawn by us from numbers alone.
            Markup(svg(drawn, "risk")),  # noqa: S704
        ),
        (
            "Reliability",
            "Where the confidence is right on these questions, the points lie on the diagonal; "
            "below it, Pincite is too sure. The bars say how many questions there are.",
            Markup(svg(reliability_figure(confidence, flags), "reliability")),  # noqa: S704
        ),
    ]
