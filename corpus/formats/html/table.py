"""An HTML table while it is read: in which column a cell stands, and what is written before it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from corpus.formats.grid import LONG_CELL, GridCell, tables_of
from corpus.types import Span, Table

__all__ = ["OpenTable", "number_in"]

# HTML's own limits.
MOST_COLUMNS = 1_000
MOST_ROWS = 65_534
# Columns that merged cells of one table may cover, row by row; beyond it they count as single ones.
MOST_COVERED = 100_000
NUMBER = re.compile(r"\s*([+-]?\d{1,9})")


@dataclass(frozen=True, slots=True)
class _WrittenCell:
    """A cell, where its text ends, and in which parts of the whole text it was written."""

    cell: GridCell
    end: int
    parts: range
    has_blocks: bool


@dataclass(slots=True)
class OpenTable:
    """The cells of a table, while its rows are written.

    Args:
        lays_out: whether it only lays out the page: it says so, or holds headings or tables.
        has_blocks: whether the cell that is being read holds lists or preformatted lines.
    """

    lays_out: bool = False
    has_blocks: bool = False
    caption: tuple[Span, ...] = ()
    _written: list[_WrittenCell] = field(default_factory=list)
    _in_head: bool = False
    _row: int = -1
    _column: int = 0
    _separator: str = ""
    _row_start: int = 0
    _last: int = 0
    _taken: dict[int, int] = field(default_factory=dict)
    _covered: int = 0
    _cell: GridCell | None = None
    _first_part: int = 0

    def begin_section(self, tag: str) -> None:
        """Begin a head, body or foot: cells of one do not reach into the next."""
        self._in_head = tag == "thead"
        self._taken.clear()

    def begin_row(self, separator: str, length: int) -> None:
        """Begin a row: ``separator`` ends the line before, ``length`` characters are written."""
        self._row += 1
        self._column = 0
        self._separator, self._row_start = separator, length

    def begin_cell(
        self, tag: str, attributes: Mapping[str, str | None], length: int, parts: int
    ) -> str:
        """Return what stands before a cell: a tab for each column since the last that has text."""
        while self._taken.get(self._column, 0) > self._row and self._covered <= MOST_COVERED:
            self._column += 1
            self._covered += 1
        columns = min(max(number_in(attributes.get("colspan"), 1), 1), MOST_COLUMNS)
        rows = number_in(attributes.get("rowspan"), 1) or MOST_ROWS
        rows = min(max(rows, 1), MOST_ROWS)
        self._covered += columns if rows > 1 else columns - 1
        if self._covered > MOST_COVERED:
            columns = rows = 1
        head = self._in_head or tag == "th" or "scope" in attributes
        self._cell = GridCell(self._row, self._column, Span(length, length), rows, columns, head)
        self._first_part = parts
        self.has_blocks = False
        if length > self._row_start:
            return "\t" * (self._column - self._last)
        return self._separator + "\t" * self._column

    def end_cell(self, length: int, parts: int) -> None:
        """Keep the cell, if anything has been written in it."""
        if self._cell is None:
            return
        cell = self._cell
        after = cell.column + cell.columns
        if cell.rows > 1:
            below = cell.row + cell.rows
            self._taken.update(dict.fromkeys(range(cell.column, after), below))
        if length > cell.span.start:
            written = range(self._first_part, parts)
            self._written.append(_WrittenCell(cell, length, written, self.has_blocks))
            self._last = cell.column
        self._column = after

    def joined_parts(self) -> Iterator[int]:
        """Yield the parts of the text in which a line's end becomes a space.

        A row of a table of facts is one line, though its cells hold breaks and paragraphs.
        """
        rows = Counter(written.cell.row for written in self._written)
        if self.lays_out or sum(count > 1 for count in rows.values()) < 2:
            self.lays_out = True
            return
        for written in self._written:
            length = written.end - written.cell.span.start
            if not written.has_blocks and length <= LONG_CELL:
                yield from written.parts[1:]  # the first one separates it from the cell before

    def tables(self, text: str) -> tuple[Table, ...]:
        """Return what the cells say; ``text`` is what has been written."""
        if self.lays_out:
            return ()
        cells = (
            replace(one.cell, span=_visible(text, one.cell.span.start, one.end))
            for one in self._written
        )
        caption = [_visible(text, *span) for span in self.caption]
        filled = [cell for cell in cells if cell.span.start < cell.span.end]
        return tables_of(filled, text, [span for span in caption if span.start < span.end])


def number_in(value: str | None, default: int) -> int:
    """Return the whole number that an attribute's value begins with."""
    found = NUMBER.match(value or "")
    return int(found[1]) if found else default


def _visible(text: str, start: int, end: int) -> Span:
    source = text[start:end]
    end = start + len(source.rstrip())
    return Span(end - len(source.strip()), end)
