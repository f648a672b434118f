"""Boxes of words on a page, those of one line joined."""

from bisect import bisect_right
from collections.abc import Iterable

from corpus.types import Box, Document, Span

__all__ = ["join_boxes", "recognised_boxes"]

# Two boxes of one line are joined if the gap between them is at most so many times their height.
WIDEST_GAP = 1.0


def join_boxes(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Return boxes in reading order, each with those that go on in its line."""
    joined: list[Box] = []
    for box in boxes:
        if joined and _one_line(last := joined[-1], box):
            left, top = min(last.left, box.left), min(last.top, box.top)
            joined[-1] = Box(left, top, max(last.right, box.right), max(last.bottom, box.bottom))
        else:
            joined.append(box)
    return tuple(joined)


def recognised_boxes(document: Document, span: Span) -> tuple[Box, ...]:
    """Return the boxes of the words in ``span`` that were read off an image.

    Those of a line are joined; a word of which only a part is inside counts whole.
    """
    if span.start == span.end:
        return ()
    words = document.recognised
    first = bisect_right(words, span.start, key=lambda word: word.span.end)
    last = bisect_right(words, span.end - 1, key=lambda word: word.span.start)
    return join_boxes(word.box for word in words[first:last])


def _one_line(a: Box, b: Box) -> bool:
    """Return whether ``b`` goes on where ``a`` ends: beside it, and at about the same height."""
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    height = min(a.bottom - a.top, b.bottom - b.top)
    return 2 * shared > height and b.left - a.right <= WIDEST_GAP * height and b.left >= a.left
