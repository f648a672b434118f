"""Documents and passages: frozen data; offsets are code points of ``Document.text``, half-open."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "Box",
    "Document",
    "Heading",
    "LoadedFile",
    "Member",
    "Metadata",
    "PageView",
    "Parsed",
    "Passage",
    "Place",
    "RecognisedWord",
    "Skipped",
    "Span",
    "Table",
    "TableRow",
    "column_letters",
]


# How many tables may stand beside a longer one, and end before it does.
MOST_BESIDE = 16


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
class Place:
    """Where a part of a document begins that people know by a name: a slide, a sheet, a chapter.

    Args:
        start: offset of its first character; it ends where the next place begins.
        name: as people are told it, such as ``slide 3`` or ``sheet Budget``.
        row: of a sheet, the number (from 1) of the row at ``start``, and each further line of the
            text is a further row; 0 where there are no rows.
        column: of a sheet, the number (from 1) of the column that a line begins with, and each tab
            begins a further column; 0 where there are none.
    """

    start: int
    name: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table.

    Args:
        heads: what its values are of, outermost first: the group's row, then the row's own head.
        cells: for each column of the table, where the value stands; an empty span (``start ==
            end``) where there is none. A value that covers several columns stands in the first.
    """

    heads: tuple[Span, ...]
    cells: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From its first head or value to the end of its last one."""
        # A group's row stands above, and belongs to several.
        spans = [s for s in (*self.heads[-1:], *self.cells) if s.start < s.end]
        return Span(min(s.start for s in spans), max(s.end for s in spans))


@dataclass(frozen=True, slots=True)
class Table:
    """A table, as a map onto the text: nothing of it is text of its own.

    A head that takes several lines of a page, between which other text stands, is several spans.

    Args:
        columns: for each column of values, its heads, outermost first, in reading order. Heads
            that cover several columns stand with each; those of the first rows alone if rows have
            heads, for then the column of heads is no column here.
        rows: in text order, each with as many cells as there are columns.
        caption: the lines that name the table; empty if there are none.
        units: what its numbers are counted in, such as ``(in millions)``; empty if not said.
    """

    columns: tuple[tuple[Span, ...], ...]
    rows: tuple[TableRow, ...]
    caption: tuple[Span, ...] = ()
    units: tuple[Span, ...] = ()

    @property
    def span(self) -> Span:
        """From its first row to the end of its last one; heads above it are not inside."""
        return Span(self.rows[0].span.start, self.rows[-1].span.end)

    def numbers_in(self, start: int, end: int) -> range:
        """Return the numbers, from 0, of the rows that have a character between two offsets."""
        first = bisect_right(self.rows, start, key=lambda row: row.span.end)
        return range(first, bisect_left(self.rows, end, key=lambda row: row.span.start))

    def rows_in(self, start: int, end: int) -> tuple[TableRow, ...]:
        """Return the rows that have a character between two offsets."""
        numbers = self.numbers_in(start, end)
        return self.rows[numbers.start : numbers.stop]

    def moved(self, move: Callable[[Span], Span]) -> "Table":
        """Return the table as it stands in a text in which each span has become ``move`` of it."""

        def all_of(spans: tuple[Span, ...]) -> tuple[Span, ...]:
            return tuple(map(move, spans))

        return Table(
            tuple(map(all_of, self.columns)),
            tuple(TableRow(all_of(row.heads), all_of(row.cells)) for row in self.rows),
            all_of(self.caption),
            all_of(self.units),
        )


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says of itself; empty where it does not.

    Args:
        author: who wrote it, or sent it.
        date: of the text, as ISO 8601 writes it: ``2013-04-30``, ``2013-04`` or ``2013``.
        language: a tag after BCP 47, such as ``en`` or ``de-AT``.
    """

    author: str = ""
    date: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word that was read off an image: where it stands, and how sure that is.

    Args:
        span: in the text.
        box: on the page.
        confidence: of the recognition, 0 to 1.
    """

    span: Span
    box: "Box"
    confidence: float


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file, not read yet.

    Args:
        name: as the container has it, ``/`` as separator; a stranger chose it.
        size: in bytes, at most, as far as it is known before it is read.
        read: returns its bytes; raises `LoadError` with the reason if they cannot be had.
    """

    name: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a loader makes of a file's bytes; see `Document` for the fields.

    ``members`` are the files inside it; a file that only holds others has no text.
    """

    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    running: tuple[Span, ...] = ()
    tables: tuple[Table, ...] = ()
    places: tuple[Place, ...] = ()
    metadata: Metadata = Metadata()
    recognised: tuple[RecognisedWord, ...] = ()
    unread: tuple[int, ...] = ()
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file as text, with maps from offsets to pages, lines and headings.

    Args:
        id: path relative to the folder, ``/`` as separator; that of a file inside a file goes on
            inside it: ``mail/offer.eml/budget.xlsx``.
        title: the title that the document gives itself, or ``""``.
        media_type: for example ``application/pdf``.
        sha256: of the file's bytes, lower-case hexadecimal.
        text: what is cited. The same bytes always give the same text.
        page_starts: offset of each page's first character, ascending; empty without pages.
        headings: in text order, never overlapping.
        running: lines beside the text (headers, footers, page numbers, comments, a subtitle's
            times), in text order: quoted as they stand, left out of what is searched.
        tables: in the order of their first rows.
        places: parts that people know by a name, ascending; empty where there are none.
        metadata: who wrote it, and when.
        recognised: the words that were read off an image, in text order.
        unread: pages, from 1, with images that may hold words and have not been looked at.
    """

    id: str
    title: str
    media_type: str
    sha256: str
    text: str
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
    running: tuple[Span, ...] = ()
    tables: tuple[Table, ...] = ()
    places: tuple[Place, ...] = ()
    metadata: Metadata = Metadata()
    recognised: tuple[RecognisedWord, ...] = ()
    unread: tuple[int, ...] = ()

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

    def place_of(self, offset: int) -> str:
        """Return the name of the place at ``offset``, of a sheet with its cell; or ``""``.

        For example ``slide 3`` or ``sheet Budget, cell C7``.
        """
        at = bisect_right(self.places, offset, key=lambda place: place.start)
        if not at:
            return ""
        place = self.places[at - 1]
        if not place.row:
            return place.name
        before = self.text[place.start : offset]
        row, column = place.row + before.count("\n"), place.column
        column += before[before.rfind("\n") + 1 :].count("\t")
        return f"{place.name}, cell {column_letters(column)}{row}"

    def tables_in(self, start: int, end: int) -> list[Table]:
        """Return the tables that have a character between two offsets, in order."""
        last = bisect_left(self.tables, end, key=lambda table: table.span.start)
        found, before = [], 0
        for table in reversed(self.tables[:last]):
            if table.span.end > start:
                found.append(table)
                before = 0
            elif (before := before + 1) == MOST_BESIDE:
                break
        return found[::-1]

    def headings_at(self, offset: int) -> tuple[Heading, ...]:
        """Return the headings in force at ``offset``, outermost first."""
        path: list[Heading] = []
        at = bisect_right(self.headings, offset, key=lambda h: h.start) - 1
        while at >= 0 and (not path or path[-1].level > 1):
            if not path or self.headings[at].level < path[-1].level:
                path.append(self.headings[at])
            at -= 1
        return tuple(reversed(path))


def column_letters(column: int) -> str:
    """Return the name of a spreadsheet's column, counted from 1: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


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
    """A file that a build leaves out.

    Args:
        id: its path in the folder.
        reason: why, in words for the report.
        unread_kind: whether no file with its ending is read, so that this one has no fault.
    """

    id: str
    reason: str
    unread_kind: bool = False


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """All that came of a file.

    Args:
        sha256: of the file's bytes.
        documents: its own, if it has text of its own, and those of the files inside it.
        skipped: the files inside it that cannot be read, with the reasons.
    """

    sha256: str
    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()


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
