"""The text of a PDF page, and which of PDFium's characters each of its characters is.

The text is PDFium's own, one code point for each of its characters. What PDFium does not count but
a reader of the page sees is inserted: the line break after a hyphen that splits a word, the space
before a raised footnote mark and between words of scripts that run in different directions.
"""

import ctypes
import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.types import Span

__all__ = ["CONTROL", "PageText", "drawn_size", "open_page", "read_page_text"]

HYPHEN_MARK = "\x02"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
UNKNOWN = "\ufffd"
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
ALEF_LAM = re.compile("[\u0622\u0623\u0625\u0627]\u0644")
NUMBER = re.compile(r"\d[\d.,]*\d")
# Where a word of Hebrew or Arabic letters meets one of Latin letters or digits.
RIGHT_TO_LEFT = "\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\ufb1d-\ufdff\ufe70-\ufefc"
LEFT_TO_RIGHT = "A-Za-z\u00c0-\u024f"
FROM_RIGHT = re.compile(f"[{RIGHT_TO_LEFT}]")
DIRECTIONS = re.compile(
    rf"(?<=[{LEFT_TO_RIGHT}])(?=[{RIGHT_TO_LEFT}])|(?<=[{RIGHT_TO_LEFT}])(?=[{LEFT_TO_RIGHT}])"
)
# A mark is drawn so much smaller than the number that it stands beside.
MARK_SIZE = 0.85
# Annotations whose appearance is text of the page.
DRAWN = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT})
# Annotations that people read when they open them.
NOTES = frozenset({
    pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_HIGHLIGHT, pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_STRIKEOUT, pdfium.FPDF_ANNOT_SQUIGGLY,
})  # fmt: skip
MOST_ANNOTATIONS = 10_000
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text.

    Args:
        text: what is cited.
        inserted: offsets of the characters in it that are none of PDFium's, ascending.
    """

    text: str
    inserted: tuple[int, ...] = ()

    def to_characters(self, span: Span) -> Span:
        """Return a range of the text as a range of PDFium's characters."""
        if not self.inserted:
            return span
        return Span(*(offset - bisect_left(self.inserted, offset) for offset in span))

    def from_characters(self, span: Span) -> Span:
        """Return a range of PDFium's characters as a range of the text."""
        return Span(self._offset(span.start), self._offset(span.end - 1) + 1)

    def _offset(self, character: int) -> int:
        # Before the k-th inserted character stand as many of PDFium's as its offset less k.
        keys = range(len(self.inserted))
        return character + bisect_left(keys, True, key=lambda k: self.inserted[k] - k > character)


@contextmanager
def open_page(
    pdf: pypdfium2.PdfDocument, number: int
) -> Iterator[tuple[pypdfium2.PdfPage, list[str]]]:
    """Open a page, with what was filled in and typed onto it made part of its content.

    Args:
        pdf: the open document.
        number: of the page, from 0.

    Yields:
        The page, and the notes that people have stuck to it, a line each, such as ``Note by Ann:
        Check this figure.``
    """
    with closing(pdf[number]) as page:
        annotations = _read_annotations(page)
        notes = [note for kind, note in annotations if kind in NOTES and note]
        if not any(kind in DRAWN for kind, _ in annotations):
            yield page, notes
            return
        # It takes all annotations off the page, so that the notes have to be read before.
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    with closing(pdf[number]) as page:
        yield page, notes


def _read_annotations(page: pypdfium2.PdfPage) -> list[tuple[int, str]]:
    """Return the kind of each annotation, and what it says."""
    found = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_ANNOTATIONS)):
        if annotation := pdfium.FPDFPage_GetAnnot(page, index):
            author, said = (_string(annotation, key) for key in (b"T", b"Contents"))
            note = f"Note by {author}: {said}" if author else f"Note: {said}"
            found.append((pdfium.FPDFAnnot_GetSubtype(annotation), note if said else ""))
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _string(annotation: Any, key: bytes) -> str:  # noqa: ANN401 - a handle of PDFium's
    """Return a string of an annotation on one line."""
    size = pdfium.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(min(size, 2 * LONGEST_NOTE))
    units = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFAnnot_GetStringValue(annotation, key, units, len(buffer))
    text = buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]
    return " ".join(CONTROL.sub(" ", text).split())


def read_page_text(characters: pypdfium2.PdfTextPage) -> PageText:
    """Return the text of a page; `get_text_range` of pypdfium2 may leave characters out."""
    read = pdfium.FPDFText_GetUnicode
    handle = characters.raw  # which the call takes as it is, many times a page
    units = [chr(read(handle, i)) for i in range(characters.count_chars())]
    breaks = dict[int, str]()
    # PDFium marks a hyphen that splits a word; other controls are glyphs without a known meaning.
    for index in [i for i, unit in enumerate(units) if unit == HYPHEN_MARK]:
        if pdfium.FPDFText_IsHyphen(characters, index) == 1:
            units[index] = "-"
            breaks[index + 1] = "\n"
    # PDFium turns a decomposed lam-alef ligature round; its two letters share one origin.
    for pair in ALEF_LAM.finditer("".join(units)):
        if _origin(characters, pair.start()) == _origin(characters, pair.start() + 1):
            units[pair.start() : pair.end()] = pair[0][::-1]
    # Two UTF-16 units are two characters to PDFium: the second becomes a zero width space.
    text = PAIR.sub(_astral, "".join(units))
    text = CONTROL.sub(UNKNOWN, text)
    spaces = [m.start() for m in DIRECTIONS.finditer(text)] if FROM_RIGHT.search(text) else []
    spaces += [at for m in NUMBER.finditer(text) if (at := _mark(characters, Span(*m.span())))]
    breaks = dict.fromkeys(spaces, " ") | {
        at: sign for at, sign in breaks.items() if at < len(text)
    }
    return _with_breaks(text, breaks)


def drawn_size(characters: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size in which a character is drawn, in points."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(characters, index, matrix)
    scale = math.hypot(matrix.c, matrix.d)
    size: float = scale * pdfium.FPDFText_GetFontSize(characters, index)
    return size


def _with_breaks(text: str, breaks: dict[int, str]) -> PageText:
    """Return ``text`` with ``breaks`` inserted, each one character, at their offsets."""
    pieces: list[str] = []
    at = 0
    places = sorted(breaks)
    for place in places:
        pieces += (text[at:place], breaks[place])
        at = place
    inserted = tuple(place + number for number, place in enumerate(places))
    return PageText("".join([*pieces, text[at:]]), inserted)


def _mark(characters: pypdfium2.PdfTextPage, number: Span) -> int:
    """Return where the raised mark begins that a number ends with; 0 if it ends with none."""
    size = drawn_size(characters, number.start)
    start = number.end
    while start > number.start and drawn_size(characters, start - 1) < MARK_SIZE * size:
        start -= 1
    return 0 if start in number else start


def _astral(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le") + "\u200b"


def _origin(characters: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(characters, index, x, y)
    return x.value, y.value
