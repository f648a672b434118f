"""The tables of reStructuredText: docutils tells the cells, which are found again in the source."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from docutils.parsers.rst.tableparser import (
    GridTableParser,
    SimpleTableParser,
    TableMarkupError,
)
from docutils.statemachine import StringList
from docutils.utils import strip_combining_chars

from corpus.formats.grid import GridCell, tables_of
from corpus.formats.plain.text import without_marks
from corpus.types import Span, Table

__all__ = ["rst_tables"]

GRID_TOP = re.compile(r"\+-[-+]+-\+")
SIMPLE_TOP = re.compile(r"=+(?: +=+)+")
SIMPLE_BORDER = re.compile(r"=+[ =]*")
DIRECTIVE = re.compile(r"[ \t]*\.\. table::[ \t]*(.*?)[ \t]*")
LIST_TABLE = re.compile(r"( *)\.\. list-table::[ \t]*(.*?)[ \t]*")
LIST_ROW = re.compile(r"( *[*+-] +)[*+-](?: +|$)(.*)")
LIST_CELL = re.compile(r" *[*+-](?: +|$)(.*)")
HEADER_ROWS = re.compile(r" *:header-rows: *(\d{1,3}) *")
STUB_COLUMNS = re.compile(r" *:stub-columns: *(\d{1,3}) *")
OPTION = re.compile(r"[ \t]*(?::[\w-]+:.*)?")
# Lines between a directive's first one and its table: options and an empty one.
MOST_OPTIONS = 8
# What docutils puts behind characters that are two columns wide.
PAD = "\0"
# The rule above a simple table's heads is its first border; below them and at its end two more.
BORDERS = 3
# A backslash makes an empty cell of a simple table's first column.
EMPTY = frozenset({"", "\\"})


def rst_tables(text: str, lines: Sequence[Span]) -> Iterator[Table]:
    """Yield the grid, simple and list tables of a source.

    A cell of several lines reaches from the first to the last one where nothing stands between
    them. Otherwise a head is its first line, and a value is left out. So are tables with tabs or
    combining characters, whose columns cannot be counted.

    Args:
        text: the source.
        lines: its lines, without their ends.
    """
    at = 0
    while at < len(lines):
        listed = LIST_TABLE.fullmatch(text, *lines[at])
        block = _block_at(text, lines, at)
        if listed:
            cells = list(_listed_cells(text, lines[at + 1 :], len(listed[1])))
            yield from tables_of(cells, text, [Span(*listed.span(2))] if listed[2] else [])
        elif block is not None:
            yield from tables_of(list(_cells(text, block)), text, _caption(text, lines, at))
        at += 1 if block is None else len(block)


def _block_at(text: str, lines: Sequence[Span], at: int) -> Sequence[Span] | None:
    """Return the lines of the table that begins at a line, without what is left of it."""
    source = text[lines[at].start : lines[at].end]
    indent = len(source) - len(source.lstrip(" "))
    top = source.strip(" ")
    if GRID_TOP.fullmatch(top):
        return _grid_block(text, lines, at, indent)
    if SIMPLE_TOP.fullmatch(top):
        return _simple_block(text, lines, at, indent)
    return None


def _grid_block(text: str, lines: Sequence[Span], at: int, indent: int) -> Sequence[Span] | None:
    block: list[Span] = []
    for line in lines[at:]:
        start = line.start + indent
        if start >= line.end or text[start] not in "+|" or text[line.start : start].strip():
            break
        block.append(Span(start, line.end))
    while len(block) > 1 and not GRID_TOP.fullmatch(text[block[-1].start : block[-1].end].rstrip()):
        block.pop()
    return block if len(block) > 1 else None


def _simple_block(text: str, lines: Sequence[Span], at: int, indent: int) -> Sequence[Span] | None:
    block: list[Span] = []
    borders = 0
    for number, line in enumerate(lines[at:], at):
        start = min(line.start + indent, line.end)
        if text[line.start : start].strip():
            return None
        block.append(Span(start, line.end))
        if SIMPLE_BORDER.fullmatch(text, start, line.end):
            borders += 1
            below = lines[number + 1] if number + 1 < len(lines) else Span(0, 0)
            if borders == BORDERS or (borders > 1 and not text[below.start : below.end].strip()):
                return block
    return None


def _listed_cells(text: str, lines: Sequence[Span], indent: int) -> Iterator[GridCell]:
    """Yield the cells of a list of lists, which stands below a directive and to the right of it."""
    body = list(takewhile(lambda line: _depth(text, line) > indent, lines))
    heads, stubs = _number_option(text, body, HEADER_ROWS), _number_option(text, body, STUB_COLUMNS)
    for row, cells in enumerate(_listed_rows(text, body)):
        for column, span in enumerate(cells):
            if span.start < span.end:
                head = row < heads or column < stubs
                yield GridCell(row, column, without_marks(text, span), head=head)


def _listed_rows(text: str, lines: Sequence[Span]) -> list[list[Span]]:
    """Return the rows of a list of lists, with where each cell's text stands."""
    rows: list[list[Span]] = []
    inner = 0  # where the marks of cells stand
    for line in lines:
        end = line.start + len(text[line.start : line.end].rstrip())
        depth = _depth(text, line)
        begun = LIST_ROW.fullmatch(text, *line)
        cell = LIST_CELL.fullmatch(text, *line)
        if begun and (not rows or depth < inner):
            inner = begun.end(1) - line.start
            rows.append([Span(begun.start(2), end)])
        elif rows and cell and depth == inner:
            rows[-1].append(Span(cell.start(1), end))
        elif rows and end > line.start:
            rows[-1][-1] = Span(rows[-1][-1].start, end)
    return rows


def _depth(text: str, line: Span) -> int:
    """Return how far a line is indented; an empty one belongs to what is around it."""
    source = text[line.start : line.end]
    return len(source) - len(source.lstrip(" ")) if source.strip() else len(text)


def _number_option(text: str, lines: Sequence[Span], option: re.Pattern[str]) -> int:
    found = next(filter(None, (option.fullmatch(text, *line) for line in lines)), None)
    return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class _CellArea:
    """A cell in its block: its place in the grid, and the rectangle of its text."""

    place: GridCell
    lines: range
    left: int
    right: int


def _cells(text: str, block: Sequence[Span]) -> Iterator[GridCell]:
    """Yield the cells that are not empty; none if the table is malformed."""
    sources = [text[line.start : line.end].rstrip() for line in block]
    if any("\t" in s or PAD in s or strip_combining_chars(s) != s for s in sources):
        return
    padded = StringList(sources, "")
    padded.pad_double_width(PAD)
    areas = _grid_areas if sources[0].startswith("+") else _simple_areas
    try:
        found = areas(padded)
    except (TableMarkupError, AssertionError, IndexError):  # how docutils refuses a malformed one
        return
    for area in found:
        pieces = [_piece(padded[line], block[line].start, area) for line in area.lines]
        filled = [piece for piece in pieces if piece.start < piece.end]
        if span := _joined(text, filled, area.place.head or area.place.column == 0):
            yield replace(area.place, span=without_marks(text, span))


def _piece(padded: str, start: int, area: _CellArea) -> Span:
    """Return the part of a line that is a cell's, as it stands in the source."""
    inside = padded[area.left : area.right].rstrip(" ")
    if inside.strip() in EMPTY:
        return Span(start, start)
    left = area.left + len(inside) - len(inside.lstrip(" "))
    right = area.left + len(inside)
    return Span(start + _unpadded(padded, left), start + _unpadded(padded, right))


def _unpadded(padded: str, column: int) -> int:
    return column - padded.count(PAD, 0, column)


def _joined(text: str, pieces: Sequence[Span], is_head: bool) -> Span | None:
    """Return the lines of a cell as one, if nothing else stands between them.

    Otherwise a head is known by its first line; half a value is none.
    """
    between = (text[one.end : two.start] for one, two in pairwise(pieces))
    if any(part.strip() for part in between):
        return pieces[0] if is_head else None
    return Span(pieces[0].start, pieces[-1].end) if pieces else None


def _grid_areas(block: StringList) -> list[_CellArea]:
    parser = GridTableParser()
    parser.parse(block)
    rows = {top: number for number, top in enumerate(sorted(parser.rowseps))}
    columns = {left: number for number, left in enumerate(sorted(parser.colseps))}
    areas = []
    for top, left, bottom, right, _ in parser.cells:
        head = parser.head_body_sep is not None and bottom <= parser.head_body_sep
        height, width = rows[bottom] - rows[top], columns[right] - columns[left]
        place = GridCell(rows[top], columns[left], Span(0, 0), height, width, head)
        areas.append(_CellArea(place, range(top + 1, bottom), left + 1, right))
    return areas


def _simple_areas(block: StringList) -> list[_CellArea]:
    parser = SimpleTableParser()
    parser.parse(block)
    widest = max(map(len, block))
    areas = []
    for row, cells in enumerate(parser.table):
        column = 0
        for _, more, top, lines in cells:
            last = column + more
            place = GridCell(
                row, column, Span(0, 0), 1, more + 1, top < (parser.head_body_sep or 0)
            )
            right = parser.columns[last][1] if last + 1 < len(parser.columns) else widest
            area_lines = range(top, top + len(lines))
            areas.append(_CellArea(place, area_lines, parser.columns[column][0], right))
            column = last + 1
    return areas


def _caption(text: str, lines: Sequence[Span], at: int) -> list[Span]:
    """Return the title of the directive that a table stands in."""
    for line in reversed(lines[max(0, at - MOST_OPTIONS) : at]):
        if found := DIRECTIVE.fullmatch(text, *line):
            return [Span(*found.span(1))] if found[1] else []
        if not OPTION.fullmatch(text, *line):
            return []
    return []
