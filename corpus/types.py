"""Documents and passages: frozen data; offsets are code points of ``Document.text``, half-open."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Box", "Document", "Heading", "PageView", "Parsed", "Passage", "Skipped", "Span"]


class Span(NamedTuple):
    """A half-open range of code points.

    A named tuple: it compares and unpacks as ``(start, end)``.
    """

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Return whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and where its block stands in the text.

    ``start`` is the start of the heading's first line, ``end`` the end of its block (marks such as
    ``##`` or an underline are inside), ``level`` counts from 1, ``title`` is its plain text.
    """

    start: int
    end: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a loader makes of a file's bytes; see `Document` for the fields."""

    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    running: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file as text, with maps from offsets to pages, lines and headings.

    Args:
        id: path relative to the folder, ``/`` as separator.
        title: the title that the document gives itself, or ``""``.
        media_type: for example ``application/pdf``.
        sha256: of the file's bytes, lower-case hexadecimal.
        text: what is cited. The same bytes always give the same text.
        page_starts: offset of each page's first character, ascending; empty without pages.
        headings: in text order, never overlapping.
        running: lines repeated from page to page (headers, footers, page numbers), in text order:
            quoted as they stand, left out of what is searched.
    """

    id: str
    title: str
    media_type: str
    sha256: str
    text: str
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    running: tuple[Span, ...] = ()

    @property
    def label(self) -> str:
        """The title, or the file's name where the document does not give itself one."""
        return self.title or self.id.rpartition("/")[2]

    def page_of(self, offset: int) -> int | None:
        """Return the page (from 1) on which ``offset`` stands, or None without pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))

    def line_of(self, offset: int) -> int:
        r"""Return the line (from 1) on which ``offset`` stands, counted from the top of its page.

        Without pages it counts from the top of the text. A line ends at ``\n``, ``\r\n`` or ``\r``.
        """
        page = self.page_of(offset)
        top = 0 if page is None else self.page_starts[page - 1]
        text = self.text
        feeds, returns = text.count("\n", top, offset), text.count("\r", top, offset)
        pairs = text.count("\r\n", top, offset)
        # Between the two characters of a pair, the line has not ended yet.
        inside_pair = offset > top and text[offset - 1 : offset + 1] == "\r\n"
        return 1 + feeds + returns - pairs - inside_pair

    def headings_at(self, offset: int) -> tuple[Heading, ...]:
        """Return the headings in force at ``offset``, outermost first."""
        path: list[Heading] = []
        for heading in self.headings[: bisect_right(self.headings, offset, key=lambda h: h.start)]:
            while path and path[-1].level >= heading.level:
                path.pop()
            path.append(heading)
        return tuple(path)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, small enough for the encoder; the passages of a document tile it.

    Args:
        document: id of its document.
        start: offset of its first character.
        end: offset after its last character.
        heading: headings above it, outermost first, joined by `` > ``.
    """

    document: str
    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that a build leaves out, and why, in words for the report."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in shares of the page's width and height, from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as an image.

    Args:
        png: the image.
        width: its width in pixels.
        height: its height in pixels.
        boxes: for each span that was asked for, its boxes in reading order, at least one a line.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[tuple[Box, ...], ...]
