"""Readers: from passages to excerpts, or to the statement that there is none."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from corpus import Span
from index import PassageIndex, terms
from qa.calibration import LogisticRegression, fitted
from qa.question import AnswerType, Question, candidates
from qa.sentence_features import (
    FEATURES,
    Candidate,
    features,
    find_candidates,
    on_their_own,
)
from qa.types import Excerpt, Hit, Reading

__all__ = ["Reader", "SentenceReader"]

FITTED = "sentence_reader.json"
MOST_EXCERPTS = 5
# A further quotation must be at least this likely an answer, compared with the best one.
WORTH_SHOWING = 0.5


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return what answers ``question`` in ``hits`` (best first); the same each time."""


class SentenceReader:
    """Answers with whole sentences: those most likely to hold the answer, by a fitted model.

    The probability of a sentence comes from its similarity to the question, the idf-weighted terms
    that they share, whether it has words of the kind that was asked for, and how well its passage
    was found. Where the question asks for a number or a date and the sentence has just one that the
    question does not have (or just one that counts what "how many" asks for), that is the short
    answer; otherwise the short answer is the sentence.

    Args:
        index: an open index; calls belong inside its snapshot.
        regression: over `FEATURES`; the one that comes with the package by default.
        threshold: the least probability of an answer that is given; likewise.
    """

    def __init__(
        self,
        index: PassageIndex,
        regression: LogisticRegression | None = None,
        threshold: float | None = None,
    ) -> None:
        self._index = index
        shipped, saved = fitted(FITTED, FEATURES)
        self._regression = regression or shipped
        self._threshold: float = saved["threshold"] if threshold is None else threshold

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return the sentences that answer ``question``, best first, at most five."""
        found = find_candidates(self._index, question, hits)
        if not found:
            return Reading((), 0.0)
        values = features(self._index, question, hits, found)
        probabilities = self._regression.probabilities(values)
        order = np.argsort(-probabilities, kind="stable")
        best = float(probabilities[order[0]])
        if best < self._threshold:
            return Reading((), best)
        # Whether further sentences answer too must not depend on how good the best one is.
        alone = self._regression.probabilities(on_their_own(values))
        least = max(self._threshold, WORTH_SHOWING * best)
        further = [i for i in order[1:] if alone[i] >= least]
        worth = [order[0], *further][:MOST_EXCERPTS]
        excerpts = (_excerpt(found[i], question, float(probabilities[i])) for i in worth)
        return Reading(tuple(excerpts), best)


def _excerpt(candidate: Candidate, question: Question, score: float) -> Excerpt:
    start, end = candidate.span
    short = _short_answer(candidate.document.text[start:end], question)
    return Excerpt(candidate.document.id, start, end, start + short.start, start + short.end, score)


def _short_answer(sentence: str, question: Question) -> Span:
    """Return the one number or date that can be meant, or the whole sentence."""
    if question.answer_type in {AnswerType.NUMBER, AnswerType.DATE}:
        spans = candidates(sentence, question)
        counting = [s for s in spans if question.counted in terms(sentence[s.end :])[:1]]
        for one in (counting, spans):
            if len(one) == 1:
                return one[0]
    return Span(0, len(sentence))
