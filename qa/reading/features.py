"""What speaks for a span being the answer, and for there being one at all."""

from collections.abc import Mapping, Sequence
from math import log

import numpy as np

from corpus import search_text
from index import PassageIndex, Vectors, terms
from qa.question import TYPED, Question, candidates
from qa.reading.spans import SpanCandidate, normalise_answer
from qa.types import Hit

__all__ = ["SPAN_FEATURES", "span_features"]

SPAN_FEATURES = (
    "score of the span",
    "score above that of no answer here",
    "share of the span among all windows, logarithm",
    "score above the best other answer's",
    "other passages that give the same answer",
    "score of the passage",
    "score of the passage below the best one's",
    "similarity of the passage",
    "reciprocal rank of the passage",
    "share of the question's idf near the span",
    "share of the question's idf in the passage",
    "share of the question's names and numbers in the passage",
    "share of the question's names and numbers in no document at all",
    "idf of the rarest question term missing in the passage",
    "has what was asked for",
    "lacks what was asked for",
    "length of the span in tokens, logarithm",
    "terms of the question, logarithm",
    "new terms in the span",
)
# How many characters on either side of a span are near it.
NEAR = 120
MOST_MARGIN = 8.0
MOST_AGREEING = 3


def span_features(
    index: PassageIndex,
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[SpanCandidate],
) -> Vectors:
    """Return what speaks for each candidate, shape ``(len(found), len(SPAN_FEATURES))``.

    Args:
        index: where the documents are.
        question: what was asked.
        hits: passages, best first, that ``found`` refers to.
        found: spans from `find_spans`.
    """
    count = len(index)
    held = {term: min(count, index.document_frequency(term)) for term in question.terms}
    idf = {term: _idf(passages, count) for term, passages in held.items()}
    names = {term: weight for term, weight in idf.items() if term in question.names}
    unknown = sum(held[name] == 0 for name in names) / max(1, len(names))
    spans = [(candidate, normalise_answer(candidate.text)) for candidate in found]
    around: dict[int, set[str]] = {}
    rows = []
    for candidate, text in spans:
        context = candidate.context
        hit = hits[context.rank]
        if context.rank not in around:
            words = f"{context.heading} {search_text(context.document, *context.span)}"
            around[context.rank] = set(terms(words))
        passage = around[context.rank]
        near = set(terms(f"{context.heading} {_near(candidate)}"))
        rivals = [c.score for c, t in spans if not _one_within_other(t, text)]
        margin = candidate.score - max(rivals, default=candidate.score - MOST_MARGIN)
        agreeing = {
            c.context.rank
            for c, t in spans
            if t == text and c.score > c.null_score and c.context.rank != context.rank
        }
        typed = question.answer_type in TYPED
        wanted = typed and bool(candidates(candidate.text, question))
        new = set(terms(candidate.text)).difference(question.terms)
        missing = (weight for term, weight in idf.items() if term not in passage)
        rows.append(
            [
                candidate.score,
                candidate.score - candidate.null_score,
                max(candidate.log_prob, -20.0),
                float(np.clip(margin, -MOST_MARGIN, MOST_MARGIN)),
                min(len(agreeing), MOST_AGREEING),
                hit.score,
                hits[0].score - hit.score,
                hit.similarity,
                1 / (1 + context.rank),
                _coverage(idf, near),
                _coverage(idf, passage),
                _coverage(names, passage),
                unknown,
                max(missing, default=0.0) / _idf(0, count),
                wanted,
                typed and not wanted,
                log(candidate.tokens),
                log(1 + len(question.terms)),
                bool(new),
            ]
        )
    return np.array(rows, np.float32).reshape(-1, len(SPAN_FEATURES))


def _idf(passages: int, count: int) -> float:
    """Return BM25's idf of a term that ``passages`` of ``count`` passages have; never zero."""
    return log(1 + (count - passages + 0.5) / (passages + 0.5))


def _coverage(weights: Mapping[str, float], found: set[str]) -> float:
    """Return which share of the weight stands in ``found``; 1 if there is none."""
    # In the question's order: a sum over a set would differ from process to process.
    total = sum(weights.values())
    return sum(w for t, w in weights.items() if t in found) / total if total else 1.0


def _one_within_other(one: str, two: str) -> bool:
    """Return whether one answer holds the other, word for word: "last August" and "August"."""
    one, two = f" {one} ", f" {two} "
    return one in two or two in one


def _near(candidate: SpanCandidate) -> str:
    context = candidate.context
    start = max(context.span.start, candidate.span.start - NEAR)
    end = min(context.span.end, candidate.span.end + NEAR)
    return search_text(context.document, start, end)
