"""Two reports side by side, tested on the questions that stand in both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus import InputError
from pincite.evaluation.intervals import Paired, paired_test
from pincite.evaluation.records import Record
from pincite.evaluation.report import GROUPS, OF_THE_GIVEN, TRULY_NOT, Report

__all__ = ["Compared", "Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of two runs, over the questions that have it in both.

    Args:
        name: of the measure.
        before: mean of the other run.
        after: mean of this run.
        paired: how they differ, this less the other.
        unit: ``share`` or ``ms``.
    """

    name: str
    before: float
    after: float
    paired: Paired
    unit: str = "share"

    def shown(self, value: float, sign: str = "") -> str:
        """Return a value of the measure, or with ``+`` as ``sign`` a difference, for people."""
        return f"{value:{sign}.3f}" if self.unit == "share" else f"{value:{sign},.0f} ms"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Args:
        other: when and where the other was made, for people.
        questions: how many stand in both.
        rows: a measure each.
    """

    other: str
    questions: int
    rows: tuple[Compared, ...]


def compare(other: Report, this: Report) -> Comparison:
    """Compare two reports on the questions that stand in both, by their words.

    Raises:
        InputError: if there are none.
    """
    before = {record.expected.question: record for record in other.records}
    pairs = [
        (before[record.expected.question], record)
        for record in this.records
        if record.expected.question in before
    ]
    if not pairs:
        raise InputError(
            f"The report of {other.made} on {other.questions} has no question in common with this "
            "one; compare two runs of the same questions."
        )
    return Comparison(
        other=f"the run of {other.made} on {other.folder} at false-answer rate "
        f"{other.false_answer_rate}",
        questions=len(pairs),
        rows=tuple(_rows(pairs)),
    )


def _rows(pairs: list[tuple[Record, Record]]) -> Iterator[Compared]:
    # Which answers are given differs between the runs, so that these are no pairs.
    given = (OF_THE_GIVEN, TRULY_NOT)
    names = [name for group in GROUPS.values() for name in group if name not in given]
    for name in names:
        yield from _row(name, [(one.scores.get(name), two.scores.get(name)) for one, two in pairs])
    times = [(one.milliseconds["total"], two.milliseconds["total"]) for one, two in pairs]
    yield from _row("milliseconds a question", times, "ms")


def _row(
    name: str, values: Sequence[tuple[float | None, float | None]], unit: str = "share"
) -> Iterator[Compared]:
    """Yield the row of one measure; none if no question has it in both runs."""
    both = np.array([pair for pair in values if None not in pair], np.float64)
    if len(both):
        first, second = both[:, 0], both[:, 1]
        means = float(first.mean()), float(second.mean())
        yield Compared(name, *means, paired_test(first, second), unit)
