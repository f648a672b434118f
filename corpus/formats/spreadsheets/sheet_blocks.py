"""The filled cells of a sheet into blocks that stand apart, and those into tables with titles.

A sheet says where each cell stands, and nothing of what belongs together: people leave rows and
columns empty between tables, below a title, and inside a table too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from corpus.formats.amounts import CellKind, kind_of
from corpus.formats.grid import GridCell, tables_of
from corpus.types import Span, Table

__all__ = ["SheetBlock", "SheetCell", "blocks_of", "tables_in"]

# In columns: a gap that parts two blocks whatever they hold, so that no line is mostly tabs.
WIDEST_GAP = 30
# In rows: what may stand above a table as its title, how far above it, and what may part a table.
MOST_TITLE_ROWS = 5
FARTHEST_TITLE = 3
GAP_IN_TABLE = 1
MOST_BESIDE = 20  # tables beside each other that go on below an empty row


class SheetCell(NamedTuple):
    """A cell that is not empty.

    Args:
        row: from 1.
        column: from 1.
        text: as it is shown, white space collapsed.
        rows: how many rows it covers.
        columns: how many columns it covers.
        head: whether the file says that it is the head of a column.
    """

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """Cells, in reading order, with no empty row between them."""

    cells: Sequence[SheetCell]

    @property
    def top(self) -> int:
        """Its first row."""
        return self.cells[0].row

    @property
    def bottom(self) -> int:
        """Its last row that begins a cell."""
        return self.cells[-1].row

    @property
    def left(self) -> int:
        """Its first column."""
        return min(cell.column for cell in self.cells)

    @property
    def right(self) -> int:
        """Its last column."""
        return max(cell.column + cell.columns - 1 for cell in self.cells)

    @property
    def rows(self) -> Iterator[list[SheetCell]]:
        """Its cells, row by row."""
        for _, row in groupby(self.cells, attrgetter("row")):
            yield list(row)


@dataclass(slots=True)
class _Region:
    """What is read as one table: its cells, and the lines above that name it."""

    cells: list[SheetCell]
    titles: Sequence[SheetCell]
    columns: range
    bottom: int

    def holds(self, block: SheetBlock) -> bool:
        """Return whether ``block`` stands below its columns, and has no heads of its own."""
        if not 0 < block.top - self.bottom <= GAP_IN_TABLE + 1:
            return False
        if block.left not in self.columns or block.right not in self.columns:
            return False
        row = next((row for row in block.rows if len(row) > 1), [])
        return any(kind_of(cell.text) is CellKind.AMOUNT for cell in row[1:])


def blocks_of(cells: Sequence[SheetCell]) -> Iterator[SheetBlock]:
    """Yield the blocks of a sheet from top to bottom, those beside each other from left to right.

    Args:
        cells: in reading order.
    """
    band: list[SheetCell] = []
    bottom = 0
    for cell in cells:
        if band and cell.row > bottom + 1:
            yield from _side_by_side(band)
            band = []
        band.append(cell)
        bottom = max(bottom, cell.row + cell.rows - 1)
    if band:
        yield from _side_by_side(band)


def _side_by_side(band: list[SheetCell]) -> Iterator[SheetBlock]:
    """Cut a band where columns are empty and something that stands alone begins."""
    # A title in a row of its own may lie over several tables.
    filled = [cell for row in SheetBlock(band).rows if len(row) > 1 for cell in row]
    edges = _edges(filled or band)
    pieces = _by_edges(filled or band, edges)
    starts, left = [edges[0][0]], _Extent.of(pieces[0])
    for (_, end), (start, _), piece in zip(edges, edges[1:], pieces[1:], strict=False):
        here = _Extent.of(piece)
        if start - end > WIDEST_GAP or (left.is_wide and here.is_wide and _is_apart(piece, left)):
            starts.append(start)
            left = here
        else:
            left = _Extent(min(left.top, here.top), max(left.bottom, here.bottom), is_wide=True)
    yield from (
        SheetBlock(part) for part in _by_edges(band, [(start, 0) for start in starts]) if part
    )


def _by_edges(
    cells: Sequence[SheetCell], edges: Sequence[tuple[int, int]]
) -> list[list[SheetCell]]:
    """Return the cells of each range of columns; those before the first range belong to it."""
    starts = [start for start, _ in edges]
    parts: list[list[SheetCell]] = [[] for _ in edges]
    for cell in cells:
        parts[max(bisect_right(starts, cell.column) - 1, 0)].append(cell)
    return parts


def _edges(cells: Sequence[SheetCell]) -> list[tuple[int, int]]:
    """Return the ranges of columns between which columns are empty."""
    ranges: list[tuple[int, int]] = []
    for start, end in sorted({(cell.column, cell.column + cell.columns) for cell in cells}):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


class _Extent(NamedTuple):
    """The first and last row of some cells, and whether they stand in several columns."""

    top: int
    bottom: int
    is_wide: bool

    @classmethod
    def of(cls, cells: Sequence[SheetCell]) -> "_Extent":
        return cls(cells[0].row, cells[-1].row, len({cell.column for cell in cells}) > 1)


def _is_apart(piece: Sequence[SheetCell], left: _Extent) -> bool:
    """Return whether what is right of an empty column has heads of rows, or rows, of its own.

    Columns of numbers between which columns are empty have those of the columns left of them.
    """
    first = min(cell.column for cell in piece)
    kinds = [kind_of(cell.text) for cell in piece if cell.column == first]
    if piece[0].row == piece[-1].row:
        values = [kind_of(cell.text) for cell in piece if cell.column > first]
        return kinds[0] is CellKind.TEXT and CellKind.AMOUNT in values
    named = sum(kind in {CellKind.TEXT, CellKind.YEAR} for kind in kinds[1:])
    # Heads of columns may take a row more over some columns than over others.
    same_rows = piece[-1].row == left.bottom and piece[0].row <= left.top + 1
    return named * 2 > len(kinds) - 1 or not same_rows


def tables_in(
    blocks: Iterable[SheetBlock], text: str, spans: Mapping[tuple[int, int], Span]
) -> Iterator[Table]:
    """Yield the tables of a sheet.

    Args:
        blocks: as `blocks_of` gives them.
        text: what the cells stand in.
        spans: where each cell's text stands, by its row and column.
    """
    for region in _regions(blocks):
        form = _is_form(region.cells)
        places = (
            GridCell(
                cell.row - 1,
                cell.column - 1,
                spans[cell.row, cell.column],
                cell.rows,
                cell.columns,
                cell.head or (form and cell.column == region.columns[0]),
            )
            for cell in region.cells
        )
        titles = [spans[title.row, title.column] for title in region.titles]
        yield from tables_of(tuple(places), text, titles)


def _is_form(cells: Sequence[SheetCell]) -> bool:
    """Return whether the first of two columns says what each value is, and no row heads them.

    Values below a head are of one kind; those of a form are numbers and words, as it happens.
    """
    first, *others = sorted({cell.column for cell in cells})
    if len(others) != 1 or any(cell.head for cell in cells):
        return False
    kinds = [kind_of(cell.text) for cell in cells if cell.column != first]
    texts, numbers = kinds[1:].count(CellKind.TEXT), kinds[1:].count(CellKind.AMOUNT)
    return kinds[0] is CellKind.TEXT and numbers > 0 and texts * 3 >= len(kinds)


def _regions(blocks: Iterable[SheetBlock]) -> list[_Region]:
    """Return the tables that blocks make: with the titles above, and with rows below a gap."""
    regions: list[_Region] = []
    titles: list[SheetCell] = []
    for block in blocks:
        if _is_title(block):
            titles += block.cells
            continue
        titles = [cell for cell in titles if 0 < block.top - cell.row <= FARTHEST_TITLE + 1]
        above = (
            None if titles else next((r for r in regions[-MOST_BESIDE:] if r.holds(block)), None)
        )
        if above is not None:
            above.cells += block.cells
            above.bottom = block.bottom
        else:
            columns = range(block.left, block.right + 1)
            regions.append(_Region([*block.cells], titles, columns, block.bottom))
        titles = []
    return regions


def _is_title(block: SheetBlock) -> bool:
    """Return whether a block is a few lines of text, one cell each."""
    rows = len({cell.row for cell in block.cells})
    return rows == len(block.cells) <= MOST_TITLE_ROWS and all(
        kind_of(cell.text) is CellKind.TEXT for cell in block.cells
    )
