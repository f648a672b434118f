"""Sheets of any spreadsheet as one text: a line for each row, a tab between its cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.errors import LoadError
from corpus.formats.spreadsheets.sheet_blocks import SheetBlock, SheetCell, blocks_of, tables_in
from corpus.types import Heading, Metadata, Parsed, Place, Span, Table

__all__ = ["MOST_CELLS", "Note", "Sheet", "check_count", "write_sheets"]

MOST_CELLS = 1_000_000
MOST_CHARACTERS = 1 << 26


class Note(NamedTuple):
    """Text beside the cells of a sheet, and where people see it, such as ``comment on C7``."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is not hidden: its cells that are not empty, in reading order."""

    name: str
    cells: Sequence[SheetCell]
    notes: tuple[Note, ...] = ()


def check_count(cells: int) -> None:
    """Raise a LoadError if that many cells are too many."""
    if cells > MOST_CELLS:
        raise LoadError(f"it has more than {MOST_CELLS:,} filled cells; split it into parts")


def write_sheets(sheets: Iterable[Sheet], title: str, metadata: Metadata) -> Parsed:
    """Return the sheets as text, each under its name.

    Blocks of cells that stand apart follow one another; each has a place that says in which row and
    column it begins, so that every character has the address of its cell.

    Raises:
        LoadError: the cells are more than one can read, or lie so that they would make absurdly
            long lines.
    """
    writer = _SheetWriter()
    for sheet in sheets:
        writer.sheet(sheet)
    return Parsed(
        "".join(writer.parts),
        title,
        headings=tuple(writer.headings),
        tables=tuple(writer.tables()),
        places=tuple(writer.places),
        metadata=metadata,
    )


@dataclass(slots=True)
class _SheetWriter:
    """Writes cells as lines; ``grids`` keeps where each sheet's cells have come to stand."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[Heading] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    grids: list[tuple[Sequence[SheetBlock], dict[tuple[int, int], Span]]] = field(
        default_factory=list
    )

    def sheet(self, sheet: Sheet) -> None:
        """Write one sheet; an empty one is left out."""
        if not sheet.cells and not sheet.notes:
            return
        name = f"sheet {sheet.name}"
        self.write("\n" if self.parts else "")
        self.places.append(Place(self.length, name))
        if sheet.name:
            end = self.length + len(sheet.name)
            self.headings.append(Heading(self.length, end, 1, sheet.name))
        self.write(f"{sheet.name}\n")
        blocks, spans = list(blocks_of(sheet.cells)), {}
        for number, block in enumerate(blocks):
            self.write("\n" if number else "")
            spans.update(self.block(name, block))
        self.grids.append((blocks, spans))
        for note in sheet.notes:
            self.places.append(Place(self.length, ", ".join(filter(None, (name, note.where)))))
            self.write(f"{note.text}\n")

    def block(self, name: str, block: SheetBlock) -> dict[tuple[int, int], Span]:
        """Write one block, and return where its cells stand."""
        spans = {}
        left, expected = block.left, -1
        for row in block.rows:
            if row[0].row != expected:
                self.places.append(Place(self.length, name, row[0].row, left))
            column = left
            for cell in row:
                self.write("\t" * (cell.column - column))
                column = cell.column
                spans[cell.row, cell.column] = Span(self.length, self.length + len(cell.text))
                self.write(cell.text)
            self.write("\n")
            expected = row[0].row + 1
        return spans

    def write(self, text: str) -> None:
        """Append ``text``."""
        self.length += len(text)
        if self.length > MOST_CHARACTERS:
            raise LoadError(f"its text is longer than {MOST_CHARACTERS:,} characters; split it")
        self.parts.append(text)

    def tables(self) -> Iterable[Table]:
        """Yield the tables of all sheets."""
        text = "".join(self.parts)
        for blocks, spans in self.grids:
            yield from tables_in(blocks, text, spans)
