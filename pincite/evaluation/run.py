"""Every question asked, and a plain record kept of what was retrieved, read and answered."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from corpus import Passage
from index import PassageIndex, Progress
from pincite.evaluation.measures import DEPTH, exact_match, f1, ranking_scores
from pincite.evaluation.questions import Expected
from pincite.evaluation.records import EvaluationRun, Record, Retrieved
from qa import Answer, Assistant, Citation, Hit, verify
from qa.formats import location_of
from qa.reading import Calibration, NeuralReader

__all__ = ["RIGHT", "ask_all", "holds"]

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

    Every question gets its best answer, however unsure; which of these would be given at
    ``false_answer_rate`` follows from the confidence.

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
        examiner = _Examiner(index, calibrated, threshold)
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


def holds(text: str, answers: Sequence[str]) -> bool:
    """Return whether one of ``answers`` stands in ``text``, as whole words, whatever its case."""
    said = _folded(text)
    return any(re.search(rf"(?<!\w){re.escape(_folded(a))}(?!\w)", said) for a in answers)


class _Examiner:
    """Asks questions and judges the answers; keeps the citations and notes for the end."""

    def __init__(self, index: PassageIndex, calibrated: Calibration, threshold: float) -> None:
        self._index = index
        self._assistant = Assistant(index, NeuralReader(index, 1.0, calibrated=calibrated))
        self._threshold = threshold
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
        hits = sorted(answer.hits, key=lambda h: (-h.score, h.passage.document, h.passage.start))
        with self._index.snapshot():
            passages = self._right_passages(expected)
            shown = [self._shown(hit, passages) for hit in hits[:SHOWN]]
        ranking = [_is_right(hit.passage, hit.copies, passages) for hit in hits]
        if passages and not any(ranking) and hits:
            ranking += self._further(expected.question, passages, len(ranking))
        self.citations.append(_all_citations(answer))
        given = answer.found and answer.confidence >= self._threshold
        judged = _judged(expected, answer)
        scores = _scores(expected, answer, given, judged)
        if passages:
            found = ranking_scores([ranking], [max(len(passages), sum(ranking))])
            scores |= {name: float(values[0]) for name, values in found.items()}
        return _record(expected, answer, given, judged, shown, ranking, scores)

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


def _judged(expected: Expected, answer: Answer) -> bool | None:
    """Return whether the best answer is right; None if that is not known."""
    if expected.answerable is False:
        return False
    if expected.answers:
        return f1(answer.text, expected.answers) >= RIGHT
    return _from_expected(expected, answer) if expected.documents else None


def _from_expected(expected: Expected, answer: Answer) -> bool:
    """Return whether the first quotation stands in an expected document."""
    first = [c for citation in answer.citations[:1] for c in (citation, *citation.also)]
    return any(citation.document in expected.documents for citation in first)


def _scores(
    expected: Expected, answer: Answer, given: bool, right: bool | None
) -> dict[str, float]:
    """Return the scores that a question has without the retrieval."""
    scores: dict[str, float] = {"coverage": given}
    if expected.answerable is not None:
        name = "false refusals" if expected.answerable else "false answers"
        scores[name] = given != expected.answerable
    if given and right is not None:
        scores["right, of the answers given"] = right
    if expected.documents:
        scores["right document quoted"] = _from_expected(expected, answer)
    if expected.answers:
        scores["exact match"] = exact_match(answer.text, expected.answers)
        scores["F1"] = f1(answer.text, expected.answers)
        quoted = bool(answer.citations) and holds(answer.citations[0].quote, expected.answers)
        scores["right sentence quoted"] = quoted and scores.get("right document quoted", True)
    return {name: float(value) for name, value in scores.items()}


def _record(
    expected: Expected,
    answer: Answer,
    given: bool,
    right: bool | None,
    shown: Sequence[Retrieved],
    ranking: Sequence[bool],
    scores: dict[str, float],
) -> Record:
    first = answer.citations[0] if answer.citations else None
    times = dict(answer.timings_ms)
    times["quote"] = round(max(0.0, times["total"] - times["retrieve"] - times["read"]), 1)
    return Record(
        expected=expected,
        retrieved=tuple(shown),
        first_right=ranking.index(True) + 1 if True in ranking else None,
        text=answer.text,
        quote=" ".join(first.quote.split()) if first else "",
        place=location_of(first) if first else "",
        confidence=answer.confidence,
        given=given,
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


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
