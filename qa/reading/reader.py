"""The neural reader: the exact answer in its sentence, or the statement that there is none."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index import PassageIndex, Vectors, terms
from qa.question import TYPED, AnswerType, Question, candidates
from qa.reading.calibration import Calibration, calibration
from qa.reading.features import SPAN_FEATURES, span_features
from qa.reading.model import SpanModel
from qa.reading.quotations import add_copies, deduplicate, quote_sentences
from qa.reading.spans import SpanCandidate, build_contexts, find_spans
from qa.types import AnswerForm, Hit, ReaderOutput

__all__ = [
    "PASSAGES_READ",
    "NeuralReader",
    "Reader",
    "find_candidates",
]

logger = logging.getLogger(__name__)

# Reading is most of the cost of a question; few answers stand in later passages alone.
PASSAGES_READ = 6
CANDIDATES = 12
# A further quotation must be at least this likely an answer, compared with the best one.
WORTH_SHOWING = 0.5
# As likely as this, compared with the best one, a different answer contradicts it.
CONTRADICTS = 0.6
# The network gives what merely resembles the answer far lower scores than another true one.
CLOSE = 5.0
# What the features that compare a candidate with the others are for a good one on its own.
ALONE = {
    "score above the best other answer's": 4.0,
    "share of the span among all windows, logarithm": -0.5,
    "other passages that give the same answer": 0.0,
    "score of the passage below the best one's": 0.0,
    "reciprocal rank of the passage": 1.0,
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate with its probability, and the one that it would have on its own."""

    candidate: SpanCandidate
    probability: float
    alone: float


class NeuralReader:
    """Answers with a span and the sentence around it.

    A network scores the spans of the best passages, comparably across passages. A logistic
    regression over those scores, the retrieval's and the agreement between passages gives the
    probability that a span is the right answer; below the threshold of the false-answer rate there
    is no answer.

    Args:
        index: an open index; calls belong inside its snapshot.
        false_answer_rate: share of the questions without an answer in the documents that may get
            one, 0 to 1.
        model: the network; the one that comes with the package by default.
        calibrated: how its scores are judged; as it comes with the package by default.
    """

    def __init__(
        self,
        index: PassageIndex,
        false_answer_rate: float,
        model: SpanModel | None = None,
        calibrated: Calibration | None = None,
    ) -> None:
        self._index = index
        self._model = model or SpanModel.shipped()
        self._calibration = calibrated or calibration()
        self._threshold = self._calibration.threshold(false_answer_rate)

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the answers to ``question``, best first, at most five, grouped by document."""
        whole = question.answer_type is AnswerType.STATEMENT
        form: AnswerForm = "sentences" if whole else "span"
        found, values = find_candidates(self._index, self._model, question, hits)
        if not found:
            return ReaderOutput((), "not_in_documents", form, 0.0, 0.0)
        judged = self._judge(found, values)
        best = judged[0]
        needed, sure = self._threshold, best.probability
        logger.info("best of %d spans: probability %.3f of %.3f needed", len(judged), sure, needed)
        read = (j.candidate.context.rank for j in judged)
        ranking = tuple(dict.fromkeys([*read, *range(len(hits))]))
        if sure < self._threshold:
            return ReaderOutput((), "not_in_documents", form, sure, sure, ranking=ranking)
        least = max(self._threshold, WORTH_SHOWING * best.alone)
        close = best.candidate.score - CLOSE
        further = (j for j in judged[1:] if j.alone >= least and j.candidate.score >= close)
        shown = [best, *further]
        quotations = [
            quote_sentences(
                self._index,
                hits[judged.candidate.context.rank],
                judged.candidate,
                judged.alone,
                whole=whole,
            )
            for judged in shown
        ]
        kept = deduplicate(quotations)
        against = [k for k in kept if _conflicts(question, best, shown[k])]
        # Which answers stand against each other: the best one and the first that differs.
        conflicting = tuple(kept.index(k) for k in (0, *against[:1])) if against else ()
        excerpts = tuple(add_copies(quotations[k], quotations) for k in kept)
        return ReaderOutput(
            excerpts,
            verdict="answered",
            form=form,
            confidence=sure,
            answerability=sure,
            conflicting=conflicting,
            ranking=ranking,
        )

    def _judge(self, found: Sequence[SpanCandidate], values: Vectors) -> list[_Judged]:
        """Return the candidates with their probabilities, the most probable first."""
        probabilities = self._calibration.probabilities(values)
        alone = self._calibration.probabilities(_on_their_own(values))
        order = np.argsort(-probabilities, kind="stable")
        return [_Judged(found[i], float(probabilities[i]), float(alone[i])) for i in order]


def find_candidates(
    index: PassageIndex, model: SpanModel, question: Question, hits: Sequence[Hit]
) -> tuple[list[SpanCandidate], Vectors]:
    """Return the spans that may answer ``question``, best score first, and their features.

    Args:
        index: where the documents are.
        model: scores the spans.
        question: what was asked.
        hits: passages, best first.

    Returns:
        The candidates, and an array of shape ``(candidates, len(SPAN_FEATURES))``.
    """
    contexts = build_contexts(index, hits[:PASSAGES_READ])
    found = find_spans(model, question.text, contexts)[:CANDIDATES]
    return found, span_features(index, question, hits, found)


def _on_their_own(values: Vectors) -> npt.NDArray[np.float32]:
    """Return ``values`` as if each candidate stood alone, in the best passage."""
    alone = values.copy()
    for name, value in ALONE.items():
        column = SPAN_FEATURES.index(name)
        alone[:, column] = np.maximum(alone[:, column], value) if value else value
    return alone


def _conflicts(question: Question, best: _Judged, other: _Judged) -> bool:
    """Return whether two documents give different answers of the kind that was asked for."""
    if question.answer_type not in TYPED or other.alone < CONTRADICTS * best.alone:
        return False
    if best.candidate.context.document.id == other.candidate.context.document.id:
        return False
    wanted = (bool(candidates(j.candidate.text, question)) for j in (best, other))
    one, two = (set(terms(j.candidate.text)) for j in (best, other))
    return all(wanted) and not one <= two and not two <= one


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return what answers ``question`` in ``hits`` (best first); the same each time."""
