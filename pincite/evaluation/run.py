"""Every question asked, and a plain record kept of what was retrieved, read and answered."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from corpus import Passage
from index import PassageIndex, Progress
from pincite.evaluation.measures import (
    DEPTH,
    exact_match,
    f1,
    holds,
    ranking_scores,
    same_cell,
    share_held,
)
from pincite.evaluation.questions import Expected
from pincite.evaluation.records import EvaluationRun, Record, Retrieved
from pincite.evaluation.report import OF_THE_GIVEN, TRULY_NOT
from qa import Answer, Assistant, Citation, Hit, verify
from qa.formats import location_of
from qa.reading import Calibration, NeuralReader
from qa.tables import TableReader

__all__ = ["RIGHT", "ask_all"]

# A short answer is right if it shares so much of its words with an expected one (F1).
RIGHT = 0.5
SHOWN = 3
LONGEST_SHOWN = 240


def ask_all(
    folder: Path,
    index_folder: Path,
    questions: Sequence[Expected],
    calibrated: Calibration,
    false_answer_rate: float,
    on_progress: Callable[[Progress], None],
) -> EvaluationRun:
    """Ask every question of the index and judge what comes back.

    A question that is not answered at ``false_answer_rate`` is asked again for its best answer,
    however unsure.

    Args:
        folder: the documents, as they are now.
        index_folder: where their index is.
        questions: what to ask.
        calibrated: how sure answers are.
        false_answer_rate: which share of the unanswerable questions may get an answer, 0 to 1.
        on_progress: is told how far it is.

    Raises:
        PinciteError: what `Assistant.open` raises.
    """
    threshold = calibrated.threshold(false_answer_rate)
    with closing(PassageIndex.open(index_folder)) as index:
        examiner = _Examiner(index, calibrated, false_answer_rate)
        records: list[Record] = []
        for number, expected in enumerate(questions):
            on_progress(Progress("asking", number, len(questions)))
            if (record := examiner.examine(expected)) is not None:
                records.append(record)
        on_progress(Progress("asking", len(questions), len(questions)))
        with index.snapshot():
            counts = index.count()
    verified, broken = _verified(examiner.citations, folder, index_folder)
    return EvaluationRun(
        records=tuple(replace(r, verified=n) for r, n in zip(records, verified, strict=True)),
        notes=tuple(examiner.notes),
        broken=tuple(broken),
        threshold=threshold,
        documents=counts["documents"],
        passages=counts["passages"],
    )


class _Examiner:
    """Asks questions and judges the answers; keeps the citations and notes for the end."""

    def __init__(
        self, index: PassageIndex, calibrated: Calibration, false_answer_rate: float
    ) -> None:
        self._index = index
        self._assistant, self._eager = (
            Assistant(
                index,
                TableReader(index, NeuralReader(index, rate, calibrated=calibrated), rate),
                rate,
            )
            for rate in (false_answer_rate, 1.0)
        )
        with index.snapshot():
            self._documents = frozenset(index.documents())
        self.citations: list[tuple[Citation, ...]] = []
        self.notes: list[str] = []

    def examine(self, expected: Expected) -> Record | None:
        """Return the record of a question; None if no document of its own is in the index."""
        missing = [name for name in expected.documents if name not in self._documents]
        if missing:
            self.notes.append(f"line {expected.line}: the index has no document {missing[0]!r}")
            if len(missing) == len(expected.documents):
                return None
        answer = self._assistant.ask(expected.question)
        best = answer if answer.verdict == "answered" else self._eager.ask(expected.question)
        hits = sorted(answer.hits, key=lambda h: (-h.score, h.passage.document, h.passage.start))
        with self._index.snapshot():
            passages = self._right_passages(expected)
            shown = [self._shown(hit, passages) for hit in hits[:SHOWN]]
        ranking = [_is_right(hit.passage, hit.copies, passages) for hit in hits]
        if passages and not any(ranking) and hits:
            ranking += self._further(expected.question, passages, len(ranking))
        self.citations.append(_all_citations(answer))
        judged = _judged(expected, best)
        scores = _scores(expected, answer, best, judged)
        if passages:
            found = ranking_scores([ranking], [max(len(passages), sum(ranking))])
            scores |= {name: float(values[0]) for name, values in found.items()}
        return _record(expected, answer, best, judged, shown, ranking, scores)

    def _right_passages(self, expected: Expected) -> frozenset[Passage]:
        """Return the passages of the expected documents that hold an expected answer."""
        ids = self._index.passage_ids(d for d in expected.documents if d in self._documents)
        passages = list(self._index.passages(ids.tolist()).values())
        if not expected.answers:
            return frozenset(passages)
        found = [p for p in passages if holds(self._text(p), expected.answers)]
        if passages and not found:
            self.notes.append(
                f"line {expected.line}: no passage of its documents holds one of its answers as "
                "written, so that each counts as right for the retrieval"
            )
        return frozenset(found or passages)

    def _further(self, question: str, passages: frozenset[Passage], at: int) -> list[bool]:
        """Return which of the ranks from ``at`` on hold a right passage."""
        right = {(p.document, p.start, p.end) for p in passages}
        cited = self._assistant.search(question, DEPTH)[at:]
        return [
            any((c.document, c.start, c.end) in right for c in (one, *one.also)) for one in cited
        ]

    def _shown(self, hit: Hit, passages: frozenset[Passage]) -> Retrieved:
        passage, text = hit.passage, " ".join(self._text(hit.passage).split())
        cut = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1].rstrip()}…"
        right = _is_right(passage, hit.copies, passages) if passages else None
        return Retrieved(passage.document, passage.start, passage.end, right, cut)

    def _text(self, passage: Passage) -> str:
        return self._index.document(passage.document).text[passage.start : passage.end]


def _is_right(passage: Passage, copies: Sequence[Passage], right: frozenset[Passage]) -> bool:
    return any(one in right for one in (passage, *copies))


def _judged(expected: Expected, best: Answer) -> bool | None:
    """Return whether the best answer is right; None if that is not known.

    Some words are right by their F1, or if the sentences that are given instead hold them. A list
    is right if half of its items are quoted; cells, if each is one of those that are expected;
    sentences and steps are by the F1 of the quotations, or if they hold one that is expected.
    """
    if expected.answerable is False:
        return False
    if not expected.answers:
        return _from_expected(expected, best) if expected.documents else None
    if expected.form == "list":
        return share_held(_quoted(best.citations), expected.answers) >= RIGHT
    if expected.form == "cells":
        return _right_cells(expected, best)
    quoted = _quoted(best.citations[: best.parts])
    if expected.form == "span":
        by_words = f1(best.text, expected.answers) >= RIGHT
        return by_words or (best.form != "span" and holds(quoted, expected.answers))
    return _quotations_f1(best, expected) >= RIGHT or holds(quoted, expected.answers)


def _right_cells(expected: Expected, best: Answer) -> bool:
    """Return whether the marked words of each part are an expected cell, to the figure."""
    cells = [citation.answer for citation in best.citations[: best.parts]]
    return bool(cells) and all(same_cell(cell, expected.answers) for cell in cells)


def _quotations_f1(answer: Answer, expected: Expected) -> float:
    """Return the F1 of the quotations that make up the answer, with all that is expected."""
    return f1(_quoted(answer.citations[: answer.parts]), [" ".join(expected.answers)])


def _quoted(citations: Sequence[Citation]) -> str:
    """Return what the citations quote, each quotation once."""
    return " ".join(dict.fromkeys(citation.quote for citation in citations))


def _from_expected(expected: Expected, answer: Answer) -> bool:
    """Return whether the first quotation stands in an expected document."""
    first = [c for citation in answer.citations[:1] for c in (citation, *citation.also)]
    return any(citation.document in expected.documents for citation in first)


def _scores(
    expected: Expected, answer: Answer, best: Answer, right: bool | None
) -> dict[str, float]:
    """Return the scores that a question has without the retrieval.

    Args:
        expected: what is known of the answer.
        answer: what is given at the setting.
        best: the best answer, whether or not it is given.
        right: whether that one is.
    """
    given = answer.verdict == "answered"
    scores: dict[str, float] = {"coverage": given}
    if expected.answerable is not None:
        name = "false refusals" if expected.answerable else "false answers"
        scores[name] = given != expected.answerable
        if expected.answerable:
            scores["answered or perhaps"] = answer.found
        if not answer.found:
            scores[TRULY_NOT] = not expected.answerable
    if given and right is not None:
        scores[OF_THE_GIVEN] = right
    if expected.documents:
        scores["right document quoted"] = _from_expected(expected, best)
    if expected.answers:
        scores |= _answer_scores(expected, answer, best)
    return {name: float(value) for name, value in scores.items()}


def _answer_scores(expected: Expected, answer: Answer, best: Answer) -> dict[str, float]:
    """Return the scores of an answer of the expected form."""
    if expected.form == "list":
        return {"items quoted": share_held(_quoted(answer.citations), expected.answers)}
    if expected.form == "cells":
        return {"exact match of cells": _right_cells(expected, best)}
    if expected.form != "span":
        return {"F1 of the quotations": _quotations_f1(answer, expected)}
    quoted = bool(best.citations) and holds(best.citations[0].quote, expected.answers)
    return {
        "exact match": exact_match(best.text, expected.answers),
        "F1": f1(best.text, expected.answers),
        "right sentence quoted": quoted
        and (not expected.documents or _from_expected(expected, best)),
    }


def _record(
    expected: Expected,
    answer: Answer,
    best: Answer,
    right: bool | None,
    shown: Sequence[Retrieved],
    ranking: Sequence[bool],
    scores: dict[str, float],
) -> Record:
    first = best.citations[0] if best.citations else None
    times = dict(answer.timings_ms)
    times["quote"] = round(max(0.0, times["total"] - times["retrieve"] - times["read"]), 1)
    return Record(
        expected=expected,
        retrieved=tuple(shown),
        first_right=ranking.index(True) + 1 if True in ranking else None,
        text=best.text,
        quote=" ".join(first.quote.split()) if first else "",
        place=location_of(first) if first else "",
        confidence=best.confidence,
        verdict=answer.verdict,
        form=answer.form,
        right=right,
        scores=scores,
        citations=len(_all_citations(answer)),
        verified=0,
        milliseconds=times,
    )


def _all_citations(answer: Answer) -> tuple[Citation, ...]:
    cited = (*answer.citations, *answer.nearest)
    return tuple(one for citation in cited for one in (citation, *citation.also))


def _verified(
    citations: Sequence[tuple[Citation, ...]], folder: Path, index_folder: Path
) -> tuple[list[int], list[str]]:
    """Return how many citations of each answer verify, and what is wrong with the others."""
    verdicts = iter(verify([c for cited in citations for c in cited], folder, index_folder))
    counts, broken = [], []
    for cited in citations:
        wrong = [verdict for verdict in islice(verdicts, len(cited)) if verdict.status != "exact"]
        counts.append(len(cited) - len(wrong))
        broken += [
            f"{verdict.citation.document}, characters {verdict.citation.start} to "
            f"{verdict.citation.end}: {verdict.detail}"
            for verdict in wrong
        ]
    return counts, broken
