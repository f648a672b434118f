"""What the neural reader reads of a hit: its passage, and the sentences on either side of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Document, Passage, Span, context_of, masked_text, sentence_spans
from index import PassageIndex
from qa.types import Hit

__all__ = ["Stretch", "stretches_of"]

# How far to look for the sentence before and after; longer ones are left out.
REACH = 320


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive text of a document.

    Args:
        document: where it stands.
        span: where in the document's text.
        text: its characters, running headers and footers blanked out; offsets stay the same.
        heading: the title and headings that it stands under, as one line.
        place: index of its hit.
    """

    document: Document
    span: Span
    text: str
    heading: str
    place: int

    def sentences_around(self, span: Span) -> Span:
        """Return from where to where the sentences go that hold ``span``, at least ``span``."""
        sentences = sentence_spans(self.document, *self.span)
        holding = [s for s in sentences if s.start < span.end and span.start < s.end]
        start = min([span.start, *(s.start for s in holding)])
        return Span(start, max([span.end, *(s.end for s in holding)]))


def stretches_of(index: PassageIndex, hits: Sequence[Hit]) -> list[Stretch]:
    """Return the stretch of each hit, in the same order."""
    return [_stretch(index, hit.passage, place) for place, hit in enumerate(hits)]


def _stretch(index: PassageIndex, passage: Passage, place: int) -> Stretch:
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
    return Stretch(document, Span(start, end), text, context_of(document, start), place)
