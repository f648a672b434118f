"""What speaks for a sentence being the answer, for its words being right, and for its form."""

import re
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from corpus import search_text
from index import Vectors, terms
from qa.question import TYPED, Question, candidates
from qa.reading.forms import split_items
from qa.reading.sentences import ReadSentence
from qa.types import Hit

__all__ = [
    "FORM_FEATURES",
    "LEAD",
    "SENTENCE_FEATURES",
    "WORD_FEATURES",
    "Floats",
    "form_features",
    "sentence_features",
    "word_features",
]

SENTENCE_FEATURES = (
    "share of the answer's start in the sentence, logarithm",
    "share of the answer's end in the sentence, logarithm",
    "length of the sentence in characters, logarithm",
    "is the first of its passage",
    "share of the question's terms in the passage",
    "similarity of the passage",
    "score of the span above that of no answer",
    "score of no answer",
    "names and numbers of the question that are not near",
    "lacks what was asked for",
    "length of the span in tokens, logarithm",
    "items in the span",
    "question is negated",
)
# How far the ranking puts a sentence above all others: known once it has ranked them.
LEAD = "lead in the ranking"

Floats = npt.NDArray[np.float64]

NEGATED = re.compile(r"\b(?:not|never|no|without|except)\b|n['’]t\b", re.IGNORECASE)
MOST_ITEMS = 5
NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|both|all|list|names|types|kinds|parts|examples"
)
CUES = {
    "asks why or how": r"\b(?:why|how(?!\s+(?:many|much|old|long|far|large|big|tall|often)))\b",
    "asks in the plural": r"\b(?:are|were|have|do)\b",
    "says how many are asked for": rf"\b(?:{NUMBERS}|members)\b",
    "asks for things of a kind": (
        r"\b(?:what|which)\s+(?:\w+\s+)?(?!(?:was|does|has|his|this)\b)\w+[^su\W]s\b"
    ),
    "asks for a meaning": r"\b(?:mean\w*|purpose|role|difference|cause\w*|happen\w*|effect)\b",
}
PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in CUES.items()}
# How far the best sentence is above the next ones, at most.
MOST_LEAD = 6.0
WORD_FEATURES = (*SENTENCE_FEATURES, LEAD)
FORM_FEATURES = (
    *CUES,
    *(f"asks for a {kind.value}" for kind in TYPED),
    "items in the span",
    LEAD,
    "lead over the third in the ranking",
)


def sentence_features(
    question: Question, hits: Sequence[Hit], sentences: Sequence[ReadSentence]
) -> Vectors:
    """Return what speaks for each sentence, shape ``(len(sentences), len(SENTENCE_FEATURES))``.

    None of it counts documents, so that an answer does not change because others were added.

    Args:
        question: what was asked.
        hits: passages, best first, that ``sentences`` were read in.
        sentences: from `read_sentences`.
    """
    negated = bool(NEGATED.search(question.text))
    words = [set(terms(search_text(s.context.document, *s.span))) for s in sentences]
    above = {s.context.rank: set(terms(s.context.heading)) for s in sentences}
    passages = {rank: set(heading) for rank, heading in above.items()}
    for sentence, found in zip(sentences, words, strict=True):
        passages[sentence.context.rank] |= found
    seen: set[int] = set()
    rows = []
    for at, sentence in enumerate(sentences):
        rank, best = sentence.context.rank, sentence.best
        hit, passage = hits[rank], passages[rank]
        beside = (i for i in (at - 1, at, at + 1) if 0 <= i < len(sentences))
        near = above[rank].union(*(words[i] for i in beside if sentences[i].context.rank == rank))
        lacks = question.answer_type in TYPED and not candidates(best.text, question)
        held = sum(term in passage for term in question.terms)
        rows.append(
            [
                sentence.starts,
                sentence.ends,
                log(1 + sentence.span.end - sentence.span.start),
                rank not in seen,
                held / max(1, len(question.terms)),
                hit.similarity,
                max(-20.0, best.score - best.null_score),
                best.null_score,
                sum(name not in near for name in question.names),
                lacks,
                log(best.tokens),
                min(MOST_ITEMS, len(split_items(best.text))),
                negated,
            ]
        )
        seen.add(rank)
    return np.array(rows, np.float32).reshape(-1, len(SENTENCE_FEATURES))


def word_features(values: Vectors, scores: Floats) -> Vectors:
    """Return ``values`` with the lead of each sentence over the best other one, as a last column.

    Args:
        values: from `sentence_features`.
        scores: of the ranking, shape ``(len(values),)``.
    """
    best = int(scores.argmax())
    rivals = np.full(len(scores), scores[best])
    rivals[best] = np.partition(scores, -2)[-2] if len(scores) > 1 else -np.inf
    lead = np.clip(scores - rivals, -MOST_LEAD, MOST_LEAD)
    return np.column_stack([values, lead]).astype(np.float32)


def form_features(question: Question, values: Vectors, scores: Floats) -> Vectors:
    """Return what speaks for the form of the answer, shape ``(1, len(FORM_FEATURES))``.

    Args:
        question: what was asked.
        values: from `sentence_features`.
        scores: of the ranking, shape ``(len(values),)``.
    """
    best = int(scores.argmax())
    below = scores[best] - np.append(np.sort(scores)[::-1][1:3], [-np.inf, -np.inf])[:2]
    cues = [bool(pattern.search(question.text)) for pattern in PATTERNS.values()]
    kinds = [question.answer_type is kind for kind in TYPED]
    items = values[best, SENTENCE_FEATURES.index("items in the span")]
    return np.array([[*cues, *kinds, items, *np.minimum(below, MOST_LEAD)]], np.float32)
