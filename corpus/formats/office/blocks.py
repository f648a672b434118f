"""Blocks that a format's structure gives, laid out as text with its maps: a line for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from corpus.formats.grid import GridCell, tables_of
from corpus.types import Heading, Parsed, Place, Span, Table

__all__ = ["TITLE", "Block", "CellBlocks", "Grid", "PlaceName", "TextLine", "lay_out", "plain_grid"]

TITLE = 0  # the "level" of a document's title, which heads no part of it
MOST_COLUMNS = 1_000  # where a cell may stand; further ones follow each other


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph.

    Args:
        text: may have line breaks of its own.
        level: of a heading, from 1; `TITLE` for the document's title; None for other text.
        role: what else it is: the caption of the table beside it, the title of the one below, what
            the numbers of the one below count, or a running header or footer.
    """

    text: str
    level: int | None = None
    role: Literal["", "caption", "title", "units", "running"] = ""


@dataclass(frozen=True, slots=True)
class CellBlocks:
    """A cell of a grid: it begins in ``column`` (from 0), and covers ``columns`` and ``rows``."""

    column: int
    blocks: "tuple[Block, ...]"
    columns: int = 1
    rows: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, each from left to right, without those that are covered from above."""

    rows: tuple[tuple[CellBlocks, ...], ...]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Here begins what people know by this name, such as ``slide 3``."""

    name: str


Block = TextLine | Grid | PlaceName


def plain_grid(rows: Sequence[Sequence[str]], heads: int) -> Grid:
    """Return rows of plain text as a grid: its first row and first ``heads`` columns are heads."""
    return Grid(
        tuple(
            tuple(
                CellBlocks(j, (TextLine(text),), head=not i or j < heads)
                for j, text in enumerate(row)
            )
            for i, row in enumerate(rows)
        )
    )


def lay_out(blocks: Iterable[Block]) -> Parsed:
    r"""Return a line for each paragraph and each row, ``\t`` between the columns of a row.

    Paragraphs of a cell are joined by a space; but a cell that has its row to itself keeps them as
    lines. So do all cells of a row that lays out the page: one with headings above text, or with
    tables, in a cell. The title is the first line of the level `TITLE`, else the first heading of
    level 1.
    """
    writer = _BlockWriter()
    writer.blocks(blocks)
    text = "".join(writer.parts)
    named = next((h.title for h in writer.headings if h.level == 1), "")
    return Parsed(
        text + "\n" if text else "",
        writer.title or named,
        headings=tuple(writer.headings),
        running=tuple(writer.running),
        tables=tuple(_tables(writer.grids, text)),
        places=tuple(p for p in writer.places.values() if p.start < len(text)),
    )


@dataclass(slots=True)
class _WrittenGrid:
    """A grid's cells where they were written, and the lines that name it."""

    cells: list[GridCell] = field(default_factory=list)
    caption: tuple[Span, ...] = ()
    units: tuple[Span, ...] = ()
    is_layout: bool = False


def _tables(grids: Iterable[_WrittenGrid], text: str) -> Iterator[Table]:
    found = (
        table
        for grid in grids
        if not grid.is_layout
        for table in tables_of(grid.cells, text, grid.caption, grid.units)
    )
    return iter(sorted(found, key=lambda table: table.span))


@dataclass(slots=True)
class _BlockWriter:
    """Writes lines; ``named`` are the lines before, as long as they could name a table below."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    running: list[Span] = field(default_factory=list)
    grids: list[_WrittenGrid] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    named: list[tuple[str, Span]] = field(default_factory=list)
    unnamed: _WrittenGrid | None = None

    def blocks(self, blocks: Iterable[Block]) -> None:
        """Write blocks one below the other."""
        for block in blocks:
            if isinstance(block, TextLine):
                self.line(block)
            elif isinstance(block, Grid):
                self.grid(block)
            else:
                start = self.length + bool(self.parts)
                self.places[start] = Place(start, block.name)

    def line(self, line: TextLine) -> None:
        """Write a paragraph, if there is anything to see of it."""
        text = line.text.strip("\n").rstrip()
        if line.level is not None:
            text = " ".join(text.split())
        if not text:
            return
        span = self.write("\n", text)
        if line.level == TITLE:
            self.title = self.title or text
        elif line.level is not None:
            self.headings.append(Heading(*span, line.level, text))
        if line.role == "running":
            self.running.append(span)
        self.name(line.role, span)

    def name(self, role: str, span: Span) -> None:
        """Remember a line that names a table: the one just above, or else the one to come."""
        if role == "caption" and self.unnamed is not None:
            self.unnamed.caption = (span,)
        elif role in {"caption", "title", "units"}:
            self.named.append(("units" if role == "units" else "caption", span))
        else:
            self.named.clear()
        self.unnamed = None

    def write(self, separator: str, text: str) -> Span:
        """Append text after a separator, whose line ends are left out at the very beginning."""
        separator = separator if self.parts else separator.lstrip("\n")
        start = self.length + len(separator)
        self.parts += (separator, text)
        self.length = start + len(text)
        return Span(start, self.length)

    def grid(self, grid: Grid) -> None:
        """Write the rows of a grid."""
        written = _WrittenGrid(
            caption=tuple(span for role, span in self.named if role == "caption"),
            units=tuple(span for role, span in self.named if role == "units"),
        )
        self.grids.append(written)
        for number, cells in enumerate(grid.rows):
            filled = [cell for cell in cells if _has_text(cell.blocks)]
            if any(_is_layout(cell) for cell in filled):
                written.is_layout = True
                self.blocks(block for cell in filled for block in cell.blocks)
            else:
                self.row(number, filled, written)
        self.named.clear()
        self.unnamed = written if written.cells and not written.caption else None

    def row(self, number: int, cells: Sequence[CellBlocks], written: _WrittenGrid) -> None:
        """Write the cells of a row on one line, or those of a single cell as they are."""
        separator, before = "\n", 0
        for cell in cells:
            column = min(cell.column, MOST_COLUMNS)
            separator += "\t" * max(0, column - before)
            if len(cells) == 1 and not column:
                span = self.lines(cell)
            else:
                span = self.write(separator, " ".join(" ".join(_texts(cell.blocks)).split()))
            written.cells.append(GridCell(number, column, span, cell.rows, cell.columns, cell.head))
            separator, before = "", column

    def lines(self, cell: CellBlocks) -> Span:
        """Write a cell that has its row to itself, and return what its text covers."""
        start = self.length + bool(self.parts)
        lines = (block for block in cell.blocks if isinstance(block, TextLine))
        self.blocks(replace(line, text=line.text.strip()) for line in lines)
        return Span(start, self.length)


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    return (block.text for block in blocks if isinstance(block, TextLine))


def _has_text(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Grid) for block in blocks) or bool("".join(_texts(blocks)).strip())


def _is_layout(cell: CellBlocks) -> bool:
    """Return whether a cell holds tables, or headings and what is below them."""
    lines = [block for block in cell.blocks if isinstance(block, TextLine) and block.text.strip()]
    heads = any(line.level is not None for line in lines)
    return any(isinstance(block, Grid) for block in cell.blocks) or (heads and len(lines) > 1)
