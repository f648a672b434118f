"""The sentences that are read, and how much of the answer the network sees in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus import Span, sentence_spans
from qa.reading.spans import (
    Context,
    ReadWindow,
    SpanCandidate,
    best_spans,
    log_total,
    read_windows,
    spans_of,
)

if TYPE_CHECKING:
    from qa.reading.model import SpanModel

__all__ = ["ReadSentence", "read_sentences"]

# Of the answer's start or end; less than this share is nothing.
LEAST_LOG_SHARE = -15.0


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, as the network reads it.

    Args:
        context: where it was read.
        span: where in the document's text.
        starts: logarithm of the probability that the answer starts in it: the scores of starts,
            normalised over the texts of all windows together (Clark & Gardner 2018).
        ends: the same of its end.
        best: the best span that overlaps it.
    """

    context: Context
    span: Span
    starts: float
    ends: float
    best: SpanCandidate

    @property
    def text(self) -> str:
        """The document's text in the sentence."""
        return self.context.document.text[self.span.start : self.span.end]


def read_sentences(
    model: "SpanModel", question: str, contexts: Sequence[Context]
) -> list[ReadSentence]:
    """Return the sentences of ``contexts``, each once, in the order of the contexts.

    A sentence that two contexts share is taken from the one in which it is likelier.
    """
    windows = read_windows(model, question, contexts)
    spans = spans_of(windows)
    starts = log_total([w.scores.starts for w in windows])
    ends = log_total([w.scores.ends for w in windows])
    kept: dict[tuple[str, Span], ReadSentence] = {}
    split = {c.rank: sentence_spans(c.document, *c.span) for c in contexts}
    for read in windows:
        context = read.context
        for span in split[context.rank]:
            tokens = read.tokens_in(span)
            if tokens.start >= tokens.stop:
                continue
            sentence = ReadSentence(
                context,
                span,
                max(LEAST_LOG_SHARE, log_total([read.scores.starts[tokens]]) - starts),
                max(LEAST_LOG_SHARE, log_total([read.scores.ends[tokens]]) - ends),
                _best_span(read, tokens, span, spans),
            )
            before = kept.get((context.document.id, span))
            if before is None or _likelihood(before) < _likelihood(sentence):
                kept[context.document.id, span] = sentence
    return sorted(kept.values(), key=lambda s: (s.context.rank, s.span))


def _likelihood(sentence: ReadSentence) -> float:
    return sentence.starts + sentence.ends


def _best_span(
    read: ReadWindow, tokens: slice, sentence: Span, spans: Sequence[SpanCandidate]
) -> SpanCandidate:
    """Return the best of ``spans`` that overlaps the sentence; else the best one inside of it."""
    id_, offset = read.context.document.id, read.context.span.start
    for span in spans:
        if span.span.overlaps(sentence) and span.context.document.id == id_:
            return span
    scores, window = read.scores, read.window
    best = best_spans(scores.starts[tokens], scores.ends[tokens], 1)[0]
    first, last = tokens.start + best.start, tokens.start + best.end
    return SpanCandidate(
        read.context,
        Span(offset + int(window.starts[first]), offset + int(window.ends[last])),
        best.score,
        scores.null_score,
        best.end - best.start + 1,
    )
