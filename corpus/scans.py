"""Pages that are images: which have not been read, and documents with the words read off them."""

import shutil
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import accumulate

from corpus.types import Document, RecognisedWord, Span

__all__ = [
    "RecognisedPage",
    "add_recognised",
    "can_recognise",
    "describe_unread_pages",
    "has_rapidocr",
    "has_tesseract",
]

INSTALL = "install Tesseract, or pincite[ocr], and build again"


def has_tesseract() -> bool:
    """Return whether Tesseract is installed."""
    return shutil.which("tesseract") is not None


def has_rapidocr() -> bool:
    """Return whether RapidOCR is installed."""
    return find_spec("rapidocr") is not None


def can_recognise() -> bool:
    """Return whether Tesseract or RapidOCR is installed, which read words off images."""
    return has_tesseract() or has_rapidocr()


def describe_unread_pages(pages: int) -> str:
    """Return in one sentence that pages have not been read, and what to do."""
    are = "1 page is an image that has" if pages == 1 else f"{pages:,} pages are images that have"
    return f"{are} not been read; {INSTALL}."


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What was read off the images of a page.

    Args:
        text: a line for each line; empty if there was nothing to read.
        words: in text order; their spans count from the start of ``text``, their boxes are shares
            of the page.
    """

    text: str
    words: tuple[RecognisedWord, ...] = ()


def add_recognised(document: Document, pages: Mapping[int, RecognisedPage]) -> Document:
    """Return a document with the words of images after the text of their pages.

    All maps go on pointing at the same characters.

    Args:
        document: with pages.
        pages: by their numbers, from 1.
    """
    starts = document.page_starts
    ends = [*(start - 1 for start in starts[1:]), len(document.text)]
    texts = [document.text[slice(*pair)] for pair in zip(starts, ends, strict=True)]
    added = [_addition(text, pages.get(n)) for n, text in enumerate(texts, 1)]
    moved = [0, *accumulate(map(len, added))]

    def move(offset: int) -> int:
        # The end of a page's text stays before what is added to it.
        return offset + moved[max(0, bisect_right(starts, offset) - 1)]

    def move_span(span: Span) -> Span:
        start = move(span.start)
        return Span(start, start + span.end - span.start)

    words = [replace(w, span=move_span(w.span)) for w in document.recognised]
    for number, page in pages.items():
        at = starts[number - 1] + moved[number] - len(page.text) + len(texts[number - 1])
        words += [replace(w, span=Span(at + w.span.start, at + w.span.end)) for w in page.words]
    return replace(
        document,
        text="\f".join(map("".join, zip(texts, added, strict=True))),
        page_starts=tuple(map(move, starts)),
        headings=tuple(
            replace(h, start=move(h.start), end=move(h.start) + h.end - h.start)
            for h in document.headings
        ),
        running=tuple(map(move_span, document.running)),
        tables=tuple(table.moved(move_span) for table in document.tables),
        places=tuple(replace(place, start=move(place.start)) for place in document.places),
        recognised=tuple(sorted(words, key=lambda word: word.span)),
        unread=tuple(number for number in document.unread if number not in pages),
    )


def _addition(text: str, page: RecognisedPage | None) -> str:
    if page is None or not page.text:
        return ""
    return f"\n{page.text}" if text.strip() else page.text
