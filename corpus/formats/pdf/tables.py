"""Tables in PDFs: where their values, their heads and their units stand in the text.

A PDF draws characters and knows no tables. Numbers that stand apart from the words beside them are
taken for values: they are columns where they stand above each other, rows where they share a
baseline. What is left of a row's values is its head, what stands above a column its heads. Where
lines are drawn around the cells, they say what is a cell.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import pypdfium2

from corpus.formats.pdf.heads import head_line, place
from corpus.formats.pdf.rows import table_rows
from corpus.formats.pdf.ruled import Lattice, find_lattices, ruled_tables
from corpus.formats.pdf.text import PageText
from corpus.formats.pdf.values import (
    HEAD_GAP,
    UNITS,
    Column,
    ValueLine,
    columns_of,
    is_year_line,
    value_line,
)
from corpus.formats.pdf.words import (
    Row,
    Rule,
    TurnedPage,
    Word,
    chunks,
    has_columns,
    read_page,
    spans_of,
)
from corpus.types import Span, Table

__all__ = ["PageTable", "find_grids", "tables_of"]

PAGE = re.compile(r"page(?:\s*(?:no\.?|number))?", re.IGNORECASE)
# What stands at the top of each page of a filing.
CONTENTS = re.compile(r"table of contents", re.IGNORECASE)
# In sizes of type, the pitch of lines at most: of a table, of its heads, of a head over two lines.
LINE_GAP = 4.0
HEAD_LINE_GAP = 2.5
PITCH = 1.9
# In points: how far to the side a table may go on overleaf.
MOST_MOVED = 60.0
# Lines of text between the rows of one table, of heads, of what stands above them; tables beside
# each other; columns of one.
MOST_BETWEEN = 6
MOST_HEAD_LINES = 12
MOST_CAPTION_LINES = 4
MOST_BESIDE = 4
MOST_COLUMNS = 60
# Prose is so much of the page wide, and so many words.
WIDE = 0.75
FEWEST_PROSE_WORDS = 8
# A page has two columns where so many rows have so many words after a gap of so many sizes of type
# at the same place (in points), words stand before it in such a share of them, across it in few.
COLUMN_GAP = 1.2
FEWEST_COLUMN_WORDS = 5
FEWEST_COLUMN_ROWS = 6
LEAST_SHARE = 0.3
MOST_ACROSS = 0.1
GRID = 3.0


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on its page, before it is known what it continues.

    Args:
        table: with spans in the text of the page.
        edges: the left and the right edge of each column.
        follows: nothing but rows stands between it and the grid before, or the top of the page.
    """

    table: Table
    edges: tuple[tuple[float, float], ...]
    follows: bool


def find_grids(
    page: pypdfium2.PdfPage, characters: pypdfium2.PdfTextPage, read: PageText
) -> tuple[PageTable, ...]:
    """Return the tables of a page.

    Args:
        page: with what is drawn on it.
        characters: of the page.
        read: its text.
    """
    turn = TurnedPage(characters, read)
    lattices = find_lattices(page, turn)
    if not lattices and not has_columns(turn, read):
        return ()
    rows, rules = read_page(page, turn, read)
    drawn: list[PageTable] = []
    for lattice in lattices:
        if tables := ruled_tables(lattice, rows, read.text):
            drawn += (PageTable(table, (), follows=False) for table in tables)
            rows = _beside(lattice, rows)
    gutter = _page_gutter(rows)
    sides = [rows] if gutter is None else _sides(rows, gutter)
    return (
        *drawn,
        *(
            grid
            for side in sides
            for grid in _Finder([value_line(row) for row in side], rules, read.text).grids()
        ),
    )


def _beside(lattice: Lattice, rows: Sequence[Row]) -> list[Row]:
    """Return rows without their words in a lattice."""
    kept = (tuple(word for word in row.words if not lattice.holds(word)) for row in rows)
    return [replace(row, words=words) for row, words in zip(rows, kept, strict=True) if words]


def _page_gutter(rows: Sequence[Row]) -> float | None:
    """Return where the second column of a page begins, if prose stands in one of two."""
    starts: Counter[int] = Counter()
    for row in rows:
        parts = chunks(row.words, COLUMN_GAP)
        full = [len(part) >= FEWEST_COLUMN_WORDS for part in parts]
        starts.update(
            round(part[0].left / GRID)
            for n, part in enumerate(parts)
            if full[n] or (n and full[n - 1] and part[0].text[0].isalpha())
        )
    for start, count in starts.most_common(MOST_BESIDE):
        x = (start - 1) * GRID
        beside = sum(row.words[0].right < x for row in rows)
        across = sum(any(word.left < x < word.right for word in row.words) for row in rows)
        enough = count >= FEWEST_COLUMN_ROWS and beside >= LEAST_SHARE * len(rows)
        if enough and across <= MOST_ACROSS * len(rows):
            return x
    return None


def _sides(rows: Sequence[Row], gutter: float) -> list[list[Row]]:
    """Return rows divided at a gutter; what crosses it stands on the left."""
    sides: list[list[Row]] = [[], []]
    for row in rows:
        parts = chunks(row.words, HEAD_GAP)
        for right, side in enumerate(sides):
            words = tuple(w for part in parts if (part[0].left > gutter) == right for w in part)
            if words:
                side.append(replace(row, words=words))
    return sides


def tables_of(pages: Sequence[Sequence[PageTable]], starts: Sequence[int]) -> tuple[Table, ...]:
    """Return the tables of all pages; one without heads has those of the one that it continues.

    Args:
        pages: the grids of each page.
        starts: offset of each page's first character.
    """
    tables: list[Table] = []
    recent: list[PageTable] = []
    for grids, start in zip(pages, starts, strict=True):
        for grid in grids:
            table = grid.table.moved(partial(_later, start))
            recent = recent[-MOST_BESIDE:] if grid.follows else []
            above = next((g for g in reversed(recent) if _aligned(g.edges, grid.edges)), None)
            if above:
                table = _continued(table, above.table)
            recent.append(replace(grid, table=table))
            tables.append(table)
    return tuple(sorted(tables, key=lambda table: table.span.start))


def _later(by: int, span: Span) -> Span:
    return Span(by + span.start, by + span.end)


def _aligned(
    above: tuple[tuple[float, float], ...], below: tuple[tuple[float, float], ...]
) -> bool:
    """Return whether each column stands below one, maybe all moved by the same distance."""
    if len(above) != len(below):
        return False
    moved = below[-1][1] - above[-1][1]
    if abs(moved) > MOST_MOVED:
        return False
    return all(
        a[0] < b[1] - moved and b[0] - moved < a[1] for a, b in zip(above, below, strict=True)
    )


def _continued(table: Table, above: Table) -> Table:
    """Return the table with the heads, the caption and the units that stand above only."""
    columns = table.columns
    if len(set(columns)) <= 1 and (len(columns) > 1 or not columns[0]):
        shared = set(above.columns[0]).intersection(*above.columns) if columns[0] else set()
        columns = tuple(
            (*own, *(span for span in heads if span not in shared))
            for own, heads in zip(columns, above.columns, strict=True)
        )
    caption, units = table.caption or above.caption, table.units or above.units
    return Table(columns, table.rows, caption, units)


@dataclass(frozen=True, slots=True)
class _Heads:
    """The heads of a table's columns.

    Args:
        columns: for each column, its heads.
        beside: what stands to the left of them.
        top: number of their first line.
        first: number of the first line below them.
    """

    columns: tuple[tuple[Span, ...], ...]
    beside: list[list[Word]]
    top: int
    first: int


class _Finder:
    """Finds the tables among the lines of a page."""

    def __init__(
        self, lines: Sequence[ValueLine], rules: Sequence[Rule], text: str, beside: int = 0
    ) -> None:
        self._lines = lines
        self._rules = rules
        self._text = text
        self._beside = beside
        words = [word for line in lines for word in line.row.words]
        left = min((word.left for word in words), default=0.0)
        self._width = max((word.right for word in words), default=0.0) - left
        self._prose = [self._is_prose(line) for line in lines]
        self._years = [is_year_line(line) for line in lines]

    def grids(self) -> Iterator[PageTable]:
        """Yield the tables from the top of the page."""
        last = -1
        above: PageTable | None = None
        for block in self._blocks():
            gutter = self._gutter(block)
            if gutter is not None:
                rows = [line.row for line in self._lines[last + 1 : block[-1] + 1]]
                for side in _sides(rows, gutter):
                    lines = [value_line(row) for row in side]
                    yield from _Finder(lines, self._rules, self._text, self._beside + 1).grids()
                above, last = None, block[-1]
                continue
            grid = self._grid(block, last)
            if grid and (_is_table(grid.table, self._text) or _goes_on(grid, above)):
                yield grid
                above, last = grid, block[-1]

    def _gutter(self, block: Sequence[int]) -> float | None:
        """Return where the second of two tables beside each other begins, if there are two."""
        if self._beside == MOST_BESIDE:
            return None
        lefts: list[float] = []
        for n in block:
            line = self._lines[n]
            apart = [value for value in line.values if value.apart]
            inside = (
                word.left
                for word in line.row.words
                if apart[0].right < word.left < apart[-1].left and word.text[0].isalpha()
            )
            lefts.extend(left for left, _ in zip(inside, range(1), strict=False))
        if len(lefts) < 2 or 2 * len(lefts) < len(block):
            return None
        gutter = min(lefts) - 1
        words = [word for n in block for word in self._lines[n].row.words]
        crossed = any(word.left < gutter < word.right for word in words)
        return None if crossed else gutter

    def _is_prose(self, line: ValueLine) -> bool:
        words = line.row.words
        return (
            not line.has_values
            and len(words) >= FEWEST_PROSE_WORDS
            and words[-1].right - words[0].left >= WIDE * self._width
            and len(chunks(words, 1.5)) == 1
        )

    def _blocks(self) -> Iterator[list[int]]:
        """Yield the numbers of the lines with values that belong to one table."""
        block: list[int] = []
        for n, line in enumerate(self._lines):
            if not line.has_values or self._years[n] or self._is_folio(n):
                continue
            if block and self._is_broken(block[-1], n):
                yield from self._divided(block)
                block = []
            block.append(n)
        if block:
            yield from self._divided(block)

    def _is_folio(self, n: int) -> bool:
        """Return whether a line is nothing but a number at the top or the bottom of the page."""
        return n in (0, len(self._lines) - 1) and len(self._lines[n].row.words) == 1

    def _is_broken(self, above: int, below: int) -> bool:
        """Return whether two lines with values do not belong to one table."""
        if below - above > MOST_BETWEEN or any(self._years[above:below]):
            return True
        gaps = any(self._gap(n, LINE_GAP) for n in range(above, below))
        return gaps or self._has_prose(above + 1, below, self._left_of(above))

    def _left_of(self, n: int) -> float:
        """Return where the values of a line begin."""
        return min(value.left for value in self._lines[n].values if value.apart)

    def _has_prose(self, start: int, stop: int, left: float) -> bool:
        """Return whether a line is prose, which goes on where the values of a table begin."""
        return any(
            self._prose[n] and self._lines[n].row.words[-1].right > left for n in range(start, stop)
        )

    def _gap(self, n: int, most: float) -> bool:
        """Return whether the next line is more than so many sizes of type below a line."""
        one, other = self._lines[n].row, self._lines[n + 1].row
        return other.base - one.base > most * max(one.size, other.size)

    def _divided(self, block: list[int]) -> Iterator[list[int]]:
        """Yield a block in parts, where heads of columns stand between its lines."""
        columns = columns_of([self._lines[n] for n in block])
        if not 0 < len(columns) <= MOST_COLUMNS:
            return
        rules, left = self._rules_above(block), self._left(block)
        part = block[:1]
        for above, below in pairwise(block):
            between = self._lines[above + 1 : below]
            if any(head_line(line, columns, rules, left).above for line in between):
                yield part
                part = []
            part.append(below)
        yield part

    def _rules_above(self, block: Sequence[int]) -> list[Rule]:
        """Return the rules near a block that are not drawn below the heads of its rows as well."""
        rows = [self._lines[n].row for n in block]
        left = self._left(block) + rows[0].size
        top = self._lines[max(0, block[0] - MOST_HEAD_LINES)].row.base
        return [r for r in self._rules if r.left > left and top <= r.down <= rows[-1].base]

    def _left(self, block: Sequence[int]) -> float:
        """Return where the rows of a block begin."""
        return min(self._lines[n].row.words[0].left for n in block)

    def _slice(self, words: Sequence[Word]) -> str:
        return self._text[words[0].span.start : words[-1].span.end]

    def _grid(self, block: Sequence[int], last: int) -> PageTable | None:
        """Return the table whose values stand in some lines, below the line ``last``."""
        columns = columns_of([self._lines[n] for n in block])
        if not 0 < len(columns) <= MOST_COLUMNS:
            return None
        heads = self._column_heads(columns, block, last)
        end = self._end(block[-1])
        rows = table_rows(self._lines[heads.first : end], columns)
        titles = self._titles(heads.top, last)
        units = self._units([*titles, *heads.beside])
        caption = tuple(span for words in titles for span in spans_of(_outside(words, units)))
        edges = tuple((column.left, column.right) for column in columns)
        follows = not self._has_prose(max(last, 0), block[0], columns[0].left)
        return PageTable(Table(heads.columns, rows, caption, units), edges, follows)

    def _column_heads(self, columns: Sequence[Column], block: Sequence[int], last: int) -> _Heads:
        """Return the heads of the columns of a block, which stand below the line ``last``."""
        rules, left = self._rules_above(block), self._left(block)
        heads: tuple[tuple[Span, ...], ...] = ((),) * len(columns)
        beside: list[list[Word]] = []
        first = top = block[0]
        for n in range(block[0] - 1, max(last, block[0] - 1 - MOST_HEAD_LINES), -1):
            found = top < block[0]
            if self._prose[n] or self._gap(n, HEAD_LINE_GAP if found else LINE_GAP):
                break
            line = head_line(self._lines[n], columns, rules, left)
            if line.above:
                first = first if found else n + 1
                top = n
                placed = place(line, columns, rules)
                heads = tuple((*new, *old) for new, old in zip(placed.heads, heads, strict=True))
                columns = placed.columns
            elif found and not (
                n - 1 > last and head_line(self._lines[n - 1], columns, rules, left).above
            ):
                break
            if top < block[0]:
                beside = [*line.beside, *beside]
        if top == block[0]:
            first = top = self._lead(top, last)
        return _Heads(heads, beside, top, first)

    def _end(self, last: int) -> int:
        """Return the line after those that may belong to a table whose last values are given."""
        n = last + 1
        while n < len(self._lines) and n - last < 3 and not self._gap(n - 1, PITCH):
            if self._prose[n] or self._lines[n].has_values:
                break
            n += 1
        return n

    def _lead(self, first: int, last: int) -> int:
        """Return the first of the lines right above a table without heads that may head rows."""
        n = first
        while n - 1 > last and first - n < 2 and not self._prose[n - 1]:
            one, other = self._lines[n - 1].row, self._lines[n].row
            if other.base - one.base > PITCH * other.size:
                break
            n -= 1
        return n

    def _titles(self, top: int, last: int) -> list[Sequence[Word]]:
        """Return the lines that name the table whose topmost line of heads is ``top``."""
        lines: list[Sequence[Word]] = []
        for n in range(top - 1, max(last, top - 1 - MOST_CAPTION_LINES), -1):
            line = self._lines[n]
            text = self._slice(line.row.words)
            ends = text.endswith((".", ";")) or CONTENTS.fullmatch(text)
            if ends or line.has_values or (lines and self._gap(n, LINE_GAP)):
                break
            lines.insert(0, line.row.words)
            if self._prose[n]:
                break
        return lines

    def _units(self, lines: Iterable[Sequence[Word]]) -> tuple[Span, ...]:
        """Return what numbers are counted in, where the words of lines say it."""
        found: list[Span] = []
        for start, end in spans_of(word for words in lines for word in words):
            found.extend(
                Span(start + match.start(), start + match.end())
                for match in UNITS.finditer(self._text[start:end])
            )
        return tuple(found[:MOST_CAPTION_LINES])


def _goes_on(grid: PageTable, above: PageTable | None) -> bool:
    return above is not None and grid.follows and _aligned(above.edges, grid.edges)


def _is_table(table: Table, text: str) -> bool:
    rows, columns = table.rows, table.columns
    cells = [text[cell.start : cell.end] for row in rows for cell in row.cells]
    if sum(any(map(str.isdigit, cell)) for cell in cells) < 2:
        return False
    if len(rows) < 2 and (len(columns) < 2 or not all(columns)):
        return False
    if len(columns) > 1:
        return True
    headed = sum(bool(row.heads) for row in rows)
    return 5 * headed >= 3 * len(rows) and not _is_contents(table, text)


def _is_contents(table: Table, text: str) -> bool:
    """Return whether a table lists where something stands: its numbers only grow."""
    head = " ".join(text[a:b] for a, b in table.columns[0])
    if PAGE.fullmatch(head):
        return True
    numbers = [text[row.cells[0].start : row.cells[0].end].strip("()") for row in table.rows]
    if head or not all(number.isdecimal() for number in numbers):
        return False
    pages = [int(number) for number in numbers if len(number) < 6]
    return len(pages) == len(numbers) and pages == sorted(pages)


def _outside(words: Iterable[Word], spans: Sequence[Span]) -> list[Word]:
    return [word for word in words if not any(word.span.overlaps(span) for span in spans)]
