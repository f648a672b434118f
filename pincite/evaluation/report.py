"""From records to numbers with intervals, and both to JSON and back."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from corpus import InputError
from pincite.evaluation.intervals import Interval, bootstrap, proportion
from pincite.evaluation.measures import RANKED, Floats, area_under_roc, calibration_error
from pincite.evaluation.records import Record
from qa.formats import validate

__all__ = [
    "GROUPS",
    "OF_THE_GIVEN",
    "TRULY_NOT",
    "Measure",
    "Report",
    "judged",
    "measures_of",
    "read_report",
    "shown",
    "write_report",
]

FORMAT = 2
STAGES = {"retrieve": "retrieving", "read": "reading", "quote": "quoting", "total": "in all"}
TRULY_NOT = "not in documents, truly not"
LOWER_IS_BETTER = frozenset({"false answers", "false refusals"})
OF_THE_GIVEN = "right, of the answers given"
GROUPS = {
    "Retrieval": (*RANKED,),
    "Answers": (
        "exact match",
        "F1",
        "right sentence quoted",
        "right document quoted",
        "items quoted",
        "F1 of the quotations",
        "exact match of cells",
    ),
    "Abstention": (
        "coverage",
        "answered or perhaps",
        OF_THE_GIVEN,
        "false answers",
        "false refusals",
        TRULY_NOT,
    ),
}
# Those of them that are a mean of other numbers than 0 and 1.
GRADED = frozenset({"F1", "items quoted", "F1 of the quotations", "MRR@10", "nDCG@10"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a report.

    Args:
        group: what it is about.
        name: of the measure.
        interval: the number, its 95 % interval, and from how many questions (or citations) it is.
        unit: ``share`` (0 to 1) or ``ms``.
        lower_is_better: whether less is more.
    """

    group: str
    name: str
    interval: Interval
    unit: str = "share"
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, and of what.

    Args:
        made: when, in UTC.
        version: of Pincite.
        folder: name of the folder of documents.
        questions: name of the file of questions.
        false_answer_rate: the setting, 0 to 1.
        threshold: the least confidence of an answer that is given there.
        refitted: whether the confidence was refitted to the user's questions.
        documents: how many documents were asked.
        passages: how many passages these have.
        seconds: how long all questions took.
        notes: sentences on rows and questions that could not be used as they were given.
        broken: what is wrong with each citation that does not verify.
        measures: the numbers.
        records: of each question.
    """

    made: str
    version: str
    folder: str
    questions: str
    false_answer_rate: float
    threshold: float
    refitted: bool
    documents: int
    passages: int
    seconds: float
    notes: tuple[str, ...]
    broken: tuple[str, ...]
    measures: tuple[Measure, ...]
    records: tuple[Record, ...]


def judged(records: Sequence[Record]) -> tuple[Floats, Floats]:
    """Return confidence and rightness (0 or 1) of the records of which it is known, ``(n,)``."""
    known = [r for r in records if r.right is not None]
    confidence = np.array([r.confidence for r in known], np.float64)
    return confidence, np.array([bool(r.right) for r in known], np.float64)


def shown(measure: Measure, value: float) -> str:
    """Return a value of ``measure`` for people."""
    if measure.unit == "ms":
        return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"
    return f"{value:.3f}"


def write_report(report: Report, path: Path) -> None:
    """Write ``report`` as JSON; `read_report` reads it."""
    text = json.dumps({"format": FORMAT} | asdict(report), ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", "utf-8")


def read_report(path: Path) -> Report:
    """Return a report that `write_report` wrote.

    Raises:
        InputError: if it is none, or of another format.
    """
    try:
        saved = json.loads(path.read_text("utf-8"))
        if saved.pop("format") != FORMAT:
            raise ValueError("another version of Pincite wrote it")
        return validate(Report, saved)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is not a report of `pincite eval` ({error}); give its report.json."
        ) from error


def measures_of(records: Sequence[Record]) -> Iterator[Measure]:
    """Yield every measure that can be said of ``records``."""
    for group, names in GROUPS.items():
        for name in names:
            values = np.array([r.scores[name] for r in records if name in r.scores], np.float64)
            if len(values):
                interval = bootstrap(np.mean, values) if name in GRADED else proportion(values)
                yield Measure(group, name, interval, lower_is_better=name in LOWER_IS_BETTER)
        if group == "Abstention":
            yield from _confidence(records)
    citations = np.array([r.citations for r in records]).sum()
    if citations:
        verified = np.zeros(citations)
        verified[: sum(r.verified for r in records)] = 1
        yield Measure("Citations", "verified", proportion(verified))
    yield from _times(records)


def _confidence(records: Sequence[Record]) -> Iterator[Measure]:
    rows = np.column_stack(judged(records))
    if len(rows) and 0 < rows[:, 1].sum() < len(rows):
        yield Measure("Abstention", "area under ROC", bootstrap(_area, rows))
    if len(rows):
        error = bootstrap(_error, rows)
        yield Measure("Abstention", "expected calibration error", error, lower_is_better=True)


def _times(records: Sequence[Record]) -> Iterator[Measure]:
    late = partial(np.quantile, q=0.95)
    for stage, words in STAGES.items():
        times = np.array([r.milliseconds[stage] for r in records], np.float64)
        for name, statistic in (("median", np.median), ("95th percentile", late)):
            interval = bootstrap(statistic, times)
            yield Measure("Time", f"{words}, {name}", interval, "ms", lower_is_better=True)


def _area(rows: Floats) -> float:
    right = rows[:, 1] > 0
    # A sample may hold only right answers, or only wrong ones.
    return area_under_roc(rows[:, 0], right) if 0 < right.sum() < len(right) else float("nan")


def _error(rows: Floats) -> float:
    return calibration_error(rows[:, 0], rows[:, 1] > 0)
