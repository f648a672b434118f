"""Candidate sentences for a question, and what speaks for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from corpus import Document, Span, search_text, sentence_spans
from index import Encoder, PassageIndex, Vectors, terms
from qa.idf import Idf
from qa.question import TYPED, Question, candidates
from qa.types import Hit

__all__ = ["FEATURES", "Candidate", "features", "find_candidates", "on_their_own"]

# Encoding is most of the cost: sentences that share the least with the question are left out.
MOST_CANDIDATES = 24

FEATURES = (
    "similarity of the sentence under its heading",
    "that similarity below the best one's",
    "share of the question's idf in the sentence",
    "share with heading and title",
    "share with the sentence before it",
    "share in the passage",
    "share of the question's names and numbers in the passage",
    "share of the question's names and numbers in no document at all",
    "idf of the rarest question term missing in the passage",
    "share of the question's word pairs in the sentence",
    "similarity of the passage",
    "reciprocal rank of the passage",
    "score of the passage below the best one's",
    "has a number that was asked for",
    "lacks a number that was asked for",
    "has a date that was asked for",
    "lacks a date that was asked for",
    "has a name that was asked for",
    "lacks a name that was asked for",
    "new terms in the sentence, logarithm",
    "is itself a question",
)
# What the features that compare a candidate with the best one are for the best one itself.
BEST = {
    "that similarity below the best one's": 0.0,
    "reciprocal rank of the passage": 1.0,
    "score of the passage below the best one's": 0.0,
}
LONGEST_LABEL = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer the question, with the label before it if there is one.

    Args:
        document: where it stands.
        span: where in the document's text.
        text: its search text.
        terms: the terms of that text.
        before: the terms of the sentence before it in the passage.
        heading: the heading that it stands under; empty without one.
        context: the terms of the headings above it and of the document's title.
        place: index of its passage among the hits.
    """

    document: Document
    span: Span
    text: str
    terms: tuple[str, ...]
    before: tuple[str, ...]
    heading: str
    context: tuple[str, ...]
    place: int


def find_candidates(
    index: PassageIndex, question: Question, hits: Sequence[Hit]
) -> list[Candidate]:
    """Return the sentences of ``hits``, without headings, at most 24, most related first.

    Args:
        index: where the documents are.
        question: what was asked.
        hits: passages, best first.
    """
    found: list[Candidate] = []
    for place, hit in enumerate(hits):
        passage = hit.passage
        document = index.document(passage.document)
        found += _sentences(document, Span(passage.start, passage.end), place)
    idf = Idf(index, question)
    found.sort(key=lambda c: (-idf.share(c.terms + c.context) - 1 / (1 + c.place), c.place, c.span))
    return found[:MOST_CANDIDATES]


def _sentences(document: Document, span: Span, place: int) -> list[Candidate]:
    spans = sentence_spans(document, *span)
    texts = [search_text(document, *sentence) for sentence in spans]
    labels = [_is_label(document.text[start:end]) for start, end in spans]
    found: list[Candidate] = []
    before: tuple[str, ...] = ()
    label: Span | None = None
    for i, (sentence, text) in enumerate(zip(spans, texts, strict=True)):
        headings = document.headings_at(sentence.start)
        if headings and sentence.start < headings[-1].end:
            continue
        if labels[i] and labels[i + 1 : i + 2] == [False]:
            label = sentence
            continue
        whole = Span(label.start, sentence.end) if label else sentence
        text = f"{search_text(document, *label)}\n{text}" if label else text
        label = None
        if own := tuple(terms(text)):
            heading = headings[-1].title if headings else ""
            context = tuple(terms(" ".join([document.title, *(h.title for h in headings)])))
            found.append(Candidate(document, whole, text, own, before, heading, context, place))
            before = own
    return found


def _is_label(text: str) -> bool:
    """Say whether a sentence is only a name for what follows, as in a list of definitions."""
    return len(text.split()) <= LONGEST_LABEL and text[-1:].isalnum()


def features(
    index: PassageIndex,
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[Candidate],
) -> Vectors:
    """Return what speaks for each candidate, shape ``(len(found), len(FEATURES))``.

    Args:
        index: where the documents are.
        question: what was asked.
        hits: passages, best first, that ``found`` refers to.
        found: candidate sentences.
    """
    if not found:
        return np.empty((0, len(FEATURES)), np.float32)
    idf = Idf(index, question)
    similarity = _similarities(index.encoder, question, found)
    pairs = set(pairwise(question.terms))
    around: dict[int, set[str]] = {}
    for candidate in found:
        around.setdefault(candidate.place, set()).update(
            candidate.terms, candidate.before, candidate.context
        )
    rows = []
    for candidate, nearness in zip(found, similarity, strict=True):
        hit, passage = hits[candidate.place], around[candidate.place]
        own = set(candidate.terms)
        row = [
            nearness,
            similarity.max() - nearness,
            idf.share(own),
            idf.share(own.union(candidate.context)),
            idf.share(own.union(candidate.context, candidate.before)),
            idf.share(passage),
            idf.share_of_names(passage),
            idf.share_of_unknown_names(),
            idf.rarest_missing(passage),
            len(pairs.intersection(pairwise(candidate.terms))) / max(1, len(pairs)),
            hit.similarity,
            1 / (1 + candidate.place),
            hits[0].score - hit.score,
        ]
        wanted = bool(candidates(candidate.text, question))
        for kind in TYPED:
            asked = question.answer_type is kind
            row += [asked and wanted, asked and not wanted]
        row += [log(1 + len(own.difference(question.terms))), candidate.text.endswith("?")]
        rows.append(row)
    return np.array(rows, np.float32)


def on_their_own(values: Vectors) -> Vectors:
    """Return ``values`` as if every candidate were the best one, in the best passage."""
    alone = values.copy()
    for name, value in BEST.items():
        alone[:, FEATURES.index(name)] = value
    return alone


def _similarities(encoder: Encoder, question: Question, found: Sequence[Candidate]) -> Vectors:
    """Return the cosine of the question and each sentence under its heading, shape ``(n,)``."""
    texts = [f"{c.heading}\n{c.text}" if c.heading else c.text for c in found]
    counts = encoder.count_tokens(texts)
    # A sentence that alone fills more than the window is judged by its beginning.
    limit = encoder.max_tokens // 2
    fitting = [
        t if n <= encoder.max_tokens else t[:limit] for t, n in zip(texts, counts, strict=True)
    ]
    return encoder.encode(fitting) @ encoder.encode_question(question.text)
