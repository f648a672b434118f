"""What is read of a hit, and the spans in it that may be the answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Document, Passage, Span, heading_line, masked_text, sentence_spans
from index import PassageIndex
from qa.reading.model import Scores, SpanModel, Window, WindowScores, windows_of
from qa.types import Hit

__all__ = [
    "Context",
    "ReadWindow",
    "SpanCandidate",
    "best_spans",
    "build_contexts",
    "find_spans",
    "log_total",
    "normalise_answer",
    "read_windows",
    "spans_of",
]

# How far to look for the sentence before and after; longer ones are left out.
REACH = 320
# In tokens. Longer answers than this are found by their most telling part.
LONGEST = 48
SPANS_PER_WINDOW = 3
ARTICLE = re.compile(r"^(?:the|a|an)\s+")
MARKS = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Context:
    """Consecutive text of a document.

    Args:
        document: where it stands.
        span: where in the document's text.
        text: its characters, running headers and footers blanked out; offsets stay the same.
        heading: the document's subject, or its name, and the headings that it stands under.
        rank: of its hit, from 0.
    """

    document: Document
    span: Span
    text: str
    heading: str
    rank: int

    def sentences_around(self, span: Span) -> Span:
        """Return the span of the sentences that overlap ``span``, and at least ``span`` itself."""
        sentences = sentence_spans(self.document, *self.span)
        holding = [sentence for sentence in sentences if sentence.overlaps(span)]
        start = min([span.start, *(s.start for s in holding)])
        return Span(start, max([span.end, *(s.end for s in holding)]))


def build_contexts(index: PassageIndex, hits: Sequence[Hit]) -> list[Context]:
    """Return the context of each hit, in the same order."""
    return [_context(index, hit.passage, rank) for rank, hit in enumerate(hits)]


def _context(index: PassageIndex, passage: Passage, rank: int) -> Context:
    document = index.document(passage.document)
    start, end = passage.start, passage.end
    here = document.headings_at(start)
    before = sentence_spans(document, max(0, start - REACH), start)
    if (
        before
        and before[-1].start > start - REACH
        and document.headings_at(before[-1].start) == here
    ):
        start = before[-1].start
    after = sentence_spans(document, end, min(len(document.text), end + REACH))
    # A sentence that begins where the passage ends and is under another heading is of no use.
    if after and after[0].end < end + REACH:
        last = document.headings_at(passage.end - 1)
        if document.headings_at(after[0].end - 1) == last:
            end = after[0].end
    text = masked_text(document, start, end)
    heading = heading_line(document, start, named=True)
    return Context(document, Span(start, end), text, heading, rank)


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A span of tokens.

    Args:
        start: its first token.
        end: its last token, inclusive.
        score: the sum of the start's and the end's scores.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A span that may be the answer.

    Args:
        context: where it was read.
        span: where in the document's text.
        score: of the span; compares with the scores of all other candidates of the question.
        null_score: of there being no answer, in its window.
        tokens: length of the span.
    """

    context: Context
    span: Span
    score: float
    null_score: float
    tokens: int

    @property
    def text(self) -> str:
        """The document's text in the span."""
        return self.context.document.text[self.span.start : self.span.end]


def normalise_answer(text: str) -> str:
    """Return ``text`` as answers are compared: lower case, no outer marks, no first article."""
    return " ".join(ARTICLE.sub("", MARKS.sub("", text.lower())).split())


def best_spans(starts: Scores, ends: Scores, count: int) -> list[ScoredSpan]:
    """Return the ``count`` best spans that do not overlap, best first.

    Args:
        starts: score of each token as the first one, shape ``(n,)``.
        ends: score of each token as the last one, shape ``(n,)``.
        count: how many at most.
    """
    n = len(starts)
    sums = starts[:, None] + ends[None, :]
    lengths = np.arange(n)[None, :] - np.arange(n)[:, None]
    sums[(lengths < 0) | (lengths >= LONGEST)] = -np.inf
    spans: list[ScoredSpan] = []
    while n and len(spans) < count:
        start, end = divmod(int(sums.argmax()), n)
        if sums[start, end] == -np.inf:
            break
        spans.append(ScoredSpan(start, end, float(sums[start, end])))
        sums[: end + 1, start:] = -np.inf  # all that overlap begin by its end and end after it
    return spans


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """A window over a context, as the network reads it.

    Args:
        context: what it is a window over.
        window: what the network saw.
        scores: what it said.
    """

    context: Context
    window: Window
    scores: WindowScores

    def tokens_in(self, span: Span) -> slice:
        """Return which of the window's text tokens overlap ``span`` of the document."""
        offset = self.context.span.start
        first = int(np.searchsorted(self.window.ends, span.start - offset, side="right"))
        return slice(first, int(np.searchsorted(self.window.starts, span.end - offset)))


def find_spans(model: SpanModel, question: str, contexts: Sequence[Context]) -> list[SpanCandidate]:
    """Return the spans of ``contexts`` that may answer ``question``, best first.

    No two of them overlap, also where two contexts have some text in common.
    """
    return spans_of(read_windows(model, question, contexts))


def read_windows(model: SpanModel, question: str, contexts: Sequence[Context]) -> list[ReadWindow]:
    """Return the windows over ``contexts`` with their scores, in the same order."""
    tokens = model.tokenize([question, *(part for s in contexts for part in (s.heading, s.text))])
    windows = [
        (context, window)
        for number, context in enumerate(contexts)
        for window in windows_of(tokens[0], tokens[1 + 2 * number], tokens[2 + 2 * number])
    ]
    scores = model.score([window for _, window in windows])
    return [ReadWindow(*read, scored) for read, scored in zip(windows, scores, strict=True)]


def spans_of(windows: Sequence[ReadWindow]) -> list[SpanCandidate]:
    """Return the best spans of ``windows``, best first, no two of which overlap."""
    found = [candidate for window in windows for candidate in _candidates(window)]
    found.sort(key=lambda c: (-c.score, c.context.rank, c.span))
    kept: list[SpanCandidate] = []
    for candidate in found:
        if not any(_overlap(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _candidates(read: ReadWindow) -> list[SpanCandidate]:
    offset, window, scores = read.context.span.start, read.window, read.scores
    return [
        SpanCandidate(
            read.context,
            Span(offset + int(window.starts[span.start]), offset + int(window.ends[span.end])),
            span.score,
            scores.null_score,
            span.end - span.start + 1,
        )
        for span in best_spans(scores.starts, scores.ends, SPANS_PER_WINDOW)
    ]


def log_total(scores: Sequence[Scores]) -> float:
    """Return the logarithm of the sum of the exponentials of all ``scores``."""
    values = np.concatenate([*scores, np.array([-np.inf], np.float32)]).astype(np.float64)
    return float(np.logaddexp.reduce(values))


def _overlap(a: SpanCandidate, b: SpanCandidate) -> bool:
    same = a.context.document.id == b.context.document.id
    return same and a.span.overlaps(b.span)
