"""What ``pincite eval`` does: ask, report, compare, refit, draft."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from corpus import InputError, PinciteError
from index import PassageIndex, Progress, Settings, index_folder_of
from pincite import __version__
from pincite.evaluation.calibration import Refit, expect_enough, refit
from pincite.evaluation.compare import Comparison, compare
from pincite.evaluation.questions import Questions, read_questions
from pincite.evaluation.report import Report, measures_of, read_report, write_report
from pincite.evaluation.run import ask_all
from pincite.evaluation.summary import summary
from qa import draft_questions
from qa.reading import (
    calibration,
    calibration_in,
    forget_recalibration,
    keep_recalibration,
    parse_false_answer_rate,
)

__all__ = ["DRAFTS", "evaluate", "make_questions", "unfit"]

DRAFTS = Path("questions.jsonl")
PAGE, DATA = "report.html", "report.json"
EXTRA = ("matplotlib", "pytrec_eval", "scipy", "sklearn")


def evaluate(
    folder: Path,
    questions: Path,
    *,
    index: Path | None = None,
    out: Path | None = None,
    false_answer_rate: str | float | None = None,
    other: Path | None = None,
    fit: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> tuple[list[str], bool]:
    """Ask ``folder`` the questions and write a report.

    Args:
        folder: the documents.
        questions: a file of questions; see `read_questions`.
        index: where the index is kept; ``folder/.pincite`` by default.
        out: where the report goes; a new folder beside the index by default.
        false_answer_rate: the setting to measure; by default the one in the settings.
        other: a report.json to compare with.
        fit: whether to refit the confidence to these questions and keep it.
        on_progress: is told how far it is.

    Returns:
        Lines for the terminal, and whether every citation stands in the files.

    Raises:
        PinciteError: if the questions, the index or the other report cannot be used, if there are
            too few questions to refit, or if ``pincite[eval]`` is not installed.
    """
    _expect_extra()
    where = index_folder_of(folder, index)
    if false_answer_rate is None:
        false_answer_rate = Settings.read(where).false_answer_rate
    rate = parse_false_answer_rate(false_answer_rate)
    read = read_questions(questions)
    if fit:
        expect_enough(read.asked)
    target = _target(folder, where, out)
    earlier = read_report(other) if other else None
    shipped = calibration()
    calibrated = shipped if fit else calibration_in(where)
    began = time.monotonic()
    asked = ask_all(folder, where, read.asked, calibrated, rate, on_progress)
    if not asked.records:
        raise InputError(f"No question of {questions} can be asked ({asked.notes[0]}).")
    report = Report(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        folder=folder.resolve().name,
        questions=questions.name,
        false_answer_rate=rate,
        threshold=asked.threshold,
        refitted=calibrated is not shipped,
        documents=asked.documents,
        passages=asked.passages,
        seconds=time.monotonic() - began,
        notes=(*_notes(read), *asked.notes),
        broken=asked.broken,
        measures=tuple(measures_of(asked.records)),
        records=asked.records,
    )
    compared = compare(earlier, report) if earlier else None
    refitted = refit(report.records) if fit else None
    _write(report, compared, refitted, target)
    lines = [*summary(report, compared, refitted)]
    if refitted:
        kept = keep_recalibration(where, refitted.kept)
        lines.append(f"The refit is kept in {kept}; `pincite eval` with --unfit removes it.")
    return [*lines, f"The report is {target / PAGE}"], not report.broken


def unfit(folder: Path, index: Path | None = None) -> str:
    """Remove the refit of the index of ``folder``; return what was done."""
    if forget_recalibration(index_folder_of(folder, index)):
        return "The refit is removed; the confidence is as it came with Pincite."
    return "There is no refit; the confidence is as it came with Pincite."


def make_questions(folder: Path, count: int, target: Path, index: Path | None = None) -> str:
    """Write ``count`` drafts of questions about ``folder`` to ``target``; return what was done.

    Raises:
        InputError: if ``target`` is there already, or the documents have no sentence to ask about.
        PinciteError: if the index cannot be opened.
    """
    if target.exists():
        raise InputError(f"{target} is there already; name another file for the drafts.")
    with closing(PassageIndex.open(index_folder_of(folder, index))) as opened, opened.snapshot():
        documents = [opened.document(id_) for id_ in opened.documents()]
        made = draft_questions(documents, count)
    if not made:
        raise InputError(f"No sentence in {folder} can be made a question by rule; write your own.")
    rows = (
        {
            "id": f"draft-{number}",
            "question": draft.question,
            "documents": [draft.document],
            "answers": [draft.answer],
            "answerable": True,
            "draft": True,
            "sentence": draft.sentence,
        }
        for number, draft in enumerate(made, 1)
    )
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    target.write_text("".join(lines), "utf-8")
    return (
        f"{len(made)} drafts are in {target}: read them, delete those that nobody would ask, take "
        'the mark "draft" off the others, and add questions that the documents do not answer.'
    )


def _notes(read: Questions) -> Iterator[str]:
    yield from (f"{problem}; this row is left out" for problem in read.problems)
    if read.ignored:
        yield f"these columns mean nothing here: {', '.join(read.ignored)}"
    if unknown := sum(expected.answerable is None for expected in read.asked):
        yield (
            f"of {unknown} questions it is not said whether the documents answer them, so that "
            "only their citations, times and coverage count"
        )


def _expect_extra() -> None:
    """Raise if what `pincite eval` counts and draws with is not installed."""
    if lacking := [name for name in EXTRA if find_spec(name) is None]:
        raise PinciteError(
            f"`pincite eval` needs {', '.join(lacking)}: run `pip install 'pincite[eval]'`."
        )


def _target(folder: Path, index_folder: Path, out: Path | None) -> Path:
    """Return where the report goes."""
    if out is None:
        time_ = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        return index_folder / "evaluations" / time_
    place, documents = out.resolve(), folder.resolve()
    if place.is_relative_to(documents) and not place.is_relative_to(index_folder.resolve()):
        raise InputError(
            f"{out} is among the documents, where the next build would index the report; name a "
            "folder elsewhere."
        )
    return out


def _write(
    report: Report, compared: Comparison | None, refitted: Refit | None, target: Path
) -> None:
    from pincite.evaluation.page import page  # needs matplotlib, which drafts do not

    target.mkdir(parents=True, exist_ok=True)
    write_report(report, target / DATA)
    (target / PAGE).write_text(page(report, compared, refitted), "utf-8")
