"""The report for a terminal."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from pincite.evaluation.calibration import Refit
from pincite.evaluation.causes import cause_of, losses, worst
from pincite.evaluation.compare import Comparison
from pincite.evaluation.report import Measure, Report, shown

__all__ = ["summary"]

WORST = 5
BROKEN = 5


def summary(report: Report, compared: Comparison | None, refit: Refit | None) -> Iterator[str]:
    """Yield what a person wants to know first, a line each."""
    yield f"{'':31}{'value':>10}   {'95 % interval':^19} {'of':>7}"
    for group, measures in groupby(report.measures, attrgetter("group")):
        yield group
        yield from map(_line, measures)
    for words, count in losses(report.records):
        yield f"{count:>8,}  {words}"
    if compared:
        yield from _compared(compared)
    if refit:
        yield "Refitted, cross-validated: before and after"
        yield from (f"  {row.name:46}{row.before:8.3f}{row.after:8.3f}" for row in refit.rows)
    for record in worst(report.records, WORST):
        yield f"line {record.expected.line}: {record.expected.question}"
        answer = " ".join(record.text.split())
        yield f"    {cause_of(record)}; best answer: {answer or 'none'}"
    yield from (f"note: {note}" for note in report.notes)
    yield from (f"does not verify: {line}" for line in report.broken[:BROKEN])
    if report.broken:
        yield (
            f"{len(report.broken)} citations do not verify: if the folder has changed, run "
            "`pincite build` and evaluate again; if not, this is a bug, please report it."
        )


def _line(measure: Measure) -> str:
    at = measure.interval
    value, low, high = (shown(measure, n) for n in (at.value, at.low, at.high))
    return f"  {measure.name:29}{value:>10}   {low:>8} – {high:<8} {at.count:>7,}"


def _compared(compared: Comparison) -> Iterator[str]:
    yield f"Compared with {compared.other} on {compared.questions:,} questions: other, this, p"
    for row in compared.rows:
        before, after = row.shown(row.before), row.shown(row.after)
        difference = row.shown(row.paired.difference.value, "+")
        yield f"  {row.name:29}{before:>10}{after:>10}{difference:>10}  p {row.paired.p:.4f}"
