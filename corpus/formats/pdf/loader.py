"""PDF: the text of its pages, character by character as in PDFium; lines are those of the page.

``text[page_starts[i] + c]`` is character ``c`` of `corpus.formats.pdf.text.PageText`, which knows
PDFium's character for it, so that a quotation can be boxed on the page. Nothing is dropped. Notes
that people have stuck to a page stand in lines of their own after its text.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, groupby

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.errors import LoadError
from corpus.formats.pdf.images import find_unread_images
from corpus.formats.pdf.tables import PageTable, find_grids, tables_of
from corpus.formats.pdf.text import (
    CONTROL,
    PageText,
    drawn_size,
    open_page,
    read_page_text,
)
from corpus.formats.properties import metadata_of
from corpus.types import Heading, Metadata, Parsed, Span

__all__ = ["parse_pdf"]

LINE = re.compile(r"[^\r\n]+")
DIGITS = re.compile(r"\d+")
PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?(\d+)(?:\s*(?:of|/)\s*\d+)?\W*", re.IGNORECASE)
# Repeated lines are looked for among this many at each edge of a page, on at least so many pages.
EDGE_LINES = 2
FEWEST_REPEATS = 3

NO_TITLE = re.compile(
    r"untitled.*|\(?anonymous\)?|title|(?:powerpoint )?presentation|(?:document|slide) ?\d*"
    r"|microsoft (?:word|powerpoint|excel) - .*|\S*_\S*"
    r"|.*\.(?:docx?|pptx?|xlsx?|pdf|tex|dvi|indd|rtf|odt)",
    re.IGNORECASE,
)
# What programs write where nobody has told them a name.
NO_AUTHOR = re.compile(r"\(?(?:anonymous|unspecified|unknown|author|user)\)?", re.IGNORECASE)
# In bytes, of UTF-16; tags of languages are shorter.
LONGEST_LANGUAGE = 128
# A heading is so much larger than the body, so short, and all headings are so small a part.
LARGER = 1.1
LONGEST_HEADING = 150
MOST_HEADING_LINES = 3
LARGEST_SHARE = 0.15
MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's text, its lines that are not blank with their sizes in points, its tables.

    ``has_unread`` says that it has images that may hold words.
    """

    text: str
    lines: tuple[Span, ...]
    sizes: tuple[float, ...]
    grids: tuple[PageTable, ...]
    has_unread: bool


def parse_pdf(data: bytes) -> Parsed:
    r"""Return the pages' text joined by ``\f``, and the maps onto it, tables among them.

    Raises:
        LoadError: the file is encrypted, damaged or has no text.
    """
    try:
        with closing(pypdfium2.PdfDocument(data)) as pdf:
            return _parse_document(pdf)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise LoadError("the file is encrypted; remove the password and build again") from error
        raise LoadError(f"the PDF is damaged: {error}") from error


def _parse_document(pdf: pypdfium2.PdfDocument) -> Parsed:
    pages = [_read_page(pdf, number) for number in range(len(pdf))]
    unread = tuple(number for number, page in enumerate(pages, 1) if page.has_unread)
    if not unread and not any(page.lines for page in pages):
        where = f"its {len(pages)} pages" if len(pages) > 1 else "its only page"
        raise LoadError(f"there is neither text nor an image of text on {where}")
    starts = tuple(accumulate((len(page.text) + 1 for page in pages[:-1]), initial=0))
    running = _running_lines(pages, starts)
    headings = _outline_headings(pdf, pages, starts) or _large_lines(pages, starts, set(running))
    text = "\f".join(page.text for page in pages)
    tables = tables_of([page.grids for page in pages], starts)
    said = _metadata(pdf)
    return Parsed(
        text,
        _title(pdf),
        starts,
        tuple(headings),
        running,
        tables,
        metadata=said,
        unread=unread,
    )


def _read_page(pdf: pypdfium2.PdfDocument, number: int) -> _Page:
    with open_page(pdf, number) as (page, notes), closing(page.get_textpage()) as characters:
        read = read_page_text(characters)
        text = "\n".join([read.text, *notes])
        lines = tuple(Span(*line.span()) for line in LINE.finditer(text) if line[0].strip())
        sizes = tuple(_font_size(characters, read, line) for line in lines)
        unread = bool(find_unread_images(page, characters))
        return _Page(text, lines, sizes, find_grids(page, characters, read), unread)


def _font_size(characters: pypdfium2.PdfTextPage, read: PageText, line: Span) -> float:
    """Return the size in which the middle of a line is drawn, rounded to half a point; or 0."""
    if line.start >= len(read.text):
        return 0.0  # of a note, which is not drawn
    middle = (line.start + line.end) // 2
    at = next((i for i in range(middle, line.end) if not read.text[i].isspace()), line.start)
    index = read.to_characters(Span(at, at + 1)).start
    return round(2 * drawn_size(characters, index)) / 2


def _title(pdf: pypdfium2.PdfDocument) -> str:
    """Return the title in the metadata, unless a program made it up."""
    title = _said(pdf, "Title")
    return "" if NO_TITLE.fullmatch(title) else title


def _metadata(pdf: pypdfium2.PdfDocument) -> Metadata:
    """Return who made it and when, as far as it says."""
    author = _said(pdf, "Author")
    dates = [_said(pdf, "CreationDate"), _said(pdf, "ModDate")]
    return metadata_of(["" if NO_AUTHOR.fullmatch(author) else author], dates, [_language(pdf)])


def _language(pdf: pypdfium2.PdfDocument) -> str:
    tag = (ctypes.c_ushort * (LONGEST_LANGUAGE // 2))()
    length = pdfium.FPDFCatalog_GetLanguage(pdf, tag, LONGEST_LANGUAGE)
    if not 2 < length <= LONGEST_LANGUAGE:
        return ""
    return bytes(tag)[: length - 2].decode("utf-16-le", "replace")


def _said(pdf: pypdfium2.PdfDocument, key: str) -> str:
    return _one_line(lambda: pdf.get_metadata_value(key))


def _one_line(read: Callable[[], str]) -> str:
    """Return what ``read`` finds, without line breaks; empty if PDFium cannot decode it."""
    try:
        return " ".join(CONTROL.sub(" ", read()).split())
    except UnicodeDecodeError:
        return ""


def _running_lines(pages: list[_Page], starts: tuple[int, ...]) -> tuple[Span, ...]:
    """Return the lines that repeat at the edges of pages, but for their numbers."""
    edges = [
        (number, edge, line)
        for number, page in enumerate(pages)
        for edge in ("top", "bottom")
        for line in (page.lines[:EDGE_LINES] if edge == "top" else page.lines[-EDGE_LINES:])
    ]
    seen: dict[tuple[str, str], set[int]] = {}
    for number, edge, line in edges:
        seen.setdefault((edge, _pattern(pages[number], line)), set()).add(number)
    repeated = {key for key, numbers in seen.items() if _repeats(numbers, len(pages))}
    found = {
        Span(starts[number] + line.start, starts[number] + line.end)
        for number, edge, line in edges
        if (edge, _pattern(pages[number], line)) in repeated
        or _is_page_number(pages[number].text[line.start : line.end], number)
    }
    return tuple(sorted(found))


def _pattern(page: _Page, line: Span) -> str:
    return " ".join(DIGITS.sub("#", page.text[line.start : line.end]).split())


def _repeats(numbers: set[int], pages: int) -> bool:
    """Return whether a line repeats on half of all pages, or of the left or the right ones."""
    odd = sum(number % 2 for number in numbers)
    even = len(numbers) - odd
    return len(numbers) >= FEWEST_REPEATS and (
        2 * len(numbers) >= pages
        or (odd >= FEWEST_REPEATS and 2 * odd >= pages // 2)
        or (even >= FEWEST_REPEATS and 2 * even >= (pages + 1) // 2)
    )


def _is_page_number(line: str, index: int) -> bool:
    """Return whether a line is nothing but its page's number, counted from 1."""
    found = PAGE_NUMBER.fullmatch(line)
    return found is not None and found[1] == str(index + 1)


def _outline_headings(
    pdf: pypdfium2.PdfDocument, pages: list[_Page], starts: tuple[int, ...]
) -> list[Heading]:
    """Return the bookmarks whose titles stand as lines on the pages that they point to."""
    found: list[Heading] = []
    searched = list(starts)
    for bookmark in pdf.get_toc():
        title, destination = _one_line(bookmark.get_title), bookmark.get_dest()
        index = destination.get_index() if destination else None
        if not title or index is None or index >= len(pages):
            continue
        start = starts[index]
        if line := _find_line(pages[index].text, title, searched[index] - start):
            heading = Heading(start + line.start, start + line.end, bookmark.level + 1, title)
            found.append(heading)
            searched[index] = heading.end
    return sorted(found, key=lambda heading: heading.start)


def _find_line(text: str, title: str, after: int) -> Span | None:
    """Return where ``title`` fills whole lines, maybe after a section number."""
    words = r"\s+".join(map(re.escape, title.split()))
    numbered = r"(?:(?:chapter[ \t]+|appendix[ \t]+)?(?:[\d.]+|[A-Z]|[IVX]+)[.:)]?[ \t]+)?"
    line = re.compile(rf"^[ \t]*({numbered}{words})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
    found = line.search(text, after)
    return Span(*found.span(1)) if found else None


def _large_lines(pages: list[_Page], starts: tuple[int, ...], running: set[Span]) -> list[Heading]:
    """Return the short lines in clearly larger type than most of the text, levels by size."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line, size in zip(page.lines, page.sizes, strict=True):
            weights[size] += line.end - line.start
    if not weights:
        return []
    body = max(weights, key=lambda size: (weights[size], size))
    if sum(weights[s] for s in weights if s >= LARGER * body) > LARGEST_SHARE * weights.total():
        return []
    found = [
        (start + span.start, start + span.end, size, title)
        for page, start in zip(pages, starts, strict=True)
        for span, size in _blocks(page, {Span(a - start, b - start) for a, b in running})
        if size >= LARGER * body
        and _can_be_heading(title := " ".join(page.text[span.start : span.end].split()))
    ]
    sizes = sorted({size for _, _, size, _ in found}, reverse=True)
    # A cover may use many sizes: the largest share the first level.
    above = max(0, len(sizes) - MOST_LEVELS)
    levels = {size: max(1, rank - above) for rank, size in enumerate(sizes, start=1)}
    return [Heading(start, end, levels[size], title) for start, end, size, title in found]


def _blocks(page: _Page, running: set[Span]) -> Iterator[tuple[Span, float]]:
    """Yield the runs of few lines in one size: a long heading takes several lines."""
    lines = [pair for pair in zip(page.lines, page.sizes, strict=True) if pair[0] not in running]
    for size, group in groupby(lines, key=lambda pair: pair[1]):
        block = [line for line, _ in group]
        if len(block) <= MOST_HEADING_LINES:
            yield Span(block[0].start, block[-1].end), size


def _can_be_heading(title: str) -> bool:
    letters = sum(map(str.isalpha, title))
    return len(title) <= LONGEST_HEADING and letters >= max(2, len(title) // 2)
