"""Tables whose cells are drawn: lines along and across the rows that make a lattice."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.formats.grid import GridCell, tables_of
from corpus.formats.pdf.words import Row, TurnedPage, Word, spans_of
from corpus.types import Span, Table

__all__ = ["Lattice", "find_lattices", "ruled_tables"]

Point = tuple[float, float]
# In points: how thick a line may be, and how far apart two are that are one.
THICKEST = 3.0
APART = 2.0
# And how long the shortest edge of a cell of interest.
SHORTEST = 6.0
# More lines than these, or points of paths, make a drawing.
MOST_LINES = 600
MOST_POINTS = 4_000
# In sizes of type: how far above a table its name may stand.
CAPTION_GAP = 2.5
# And how far it may reach out on both sides.
OVERHANG = 4.0
LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line at a place across its direction, from where to where along it."""

    at: float
    start: float
    end: float

    def covers(self, along: float) -> bool:
        """Return whether the line passes ``along``."""
        return self.start - APART <= along <= self.end + APART


@dataclass(frozen=True, slots=True)
class Lattice:
    """Lines that cross each other; edges ascend, in points, counted as those of `Word`."""

    level: tuple[DrawnLine, ...]
    upright: tuple[DrawnLine, ...]
    tops: tuple[float, ...]
    lefts: tuple[float, ...]

    def holds(self, word: Word) -> bool:
        """Return whether a word stands inside."""
        x, y = _middle(word)
        return self.lefts[0] < x < self.lefts[-1] and self.tops[0] < y < self.tops[-1]

    def place(self, word: Word) -> tuple[int, int]:
        """Return the row and the column in which a word inside stands."""
        x, y = _middle(word)
        row = sum(y > top for top in self.tops) - 1
        return row, sum(x > left for left in self.lefts) - 1


def _middle(word: Word) -> tuple[float, float]:
    return (word.left + word.right) / 2, word.base - word.size / 3


def find_lattices(page: pypdfium2.PdfPage, turn: TurnedPage) -> list[Lattice]:
    """Return the lattices of at least two rows and two columns that are drawn on a page.

    Args:
        page: of a PDF.
        turn: how the page is turned.
    """
    level: list[DrawnLine] = []
    upright: list[DrawnLine] = []
    for left, right, top, bottom in _strokes(page, turn):
        if bottom - top <= THICKEST < right - left:
            level.append(DrawnLine((top + bottom) / 2, left, right))
        elif right - left <= THICKEST < bottom - top:
            upright.append(DrawnLine((left + right) / 2, top, bottom))
    if min(len(level), len(upright)) < 3 or max(len(level), len(upright)) > MOST_LINES:
        return []
    lattices = (_lattice(*group) for group in _crossing(level, upright))
    return [found for found in lattices if len(found.tops) > 2 and len(found.lefts) > 2]


def _strokes(
    page: pypdfium2.PdfPage, turn: TurnedPage
) -> Iterator[tuple[float, float, float, float]]:
    """Yield the left, right, upper and lower edges of the straight pieces of a page's paths."""
    handle, points = page.raw, 0
    edges = tuple(ctypes.c_float() for _ in range(4))
    for index in range(pdfium.FPDFPage_CountObjects(handle)):
        drawn = pdfium.FPDFPage_GetObject(handle, index)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        pdfium.FPDFPageObj_GetBounds(drawn, *edges)
        left, bottom, right, top = (edge.value for edge in edges)
        if max(right - left, top - bottom) < SHORTEST:
            continue
        count = pdfium.FPDFPath_CountSegments(drawn)
        points += max(count, 0)
        if points > MOST_POINTS:
            return
        for (x0, y0), (x1, y1) in _pieces(drawn, count):
            yield turn.turned(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _pieces(drawn: Any, count: int) -> Iterator[tuple[Point, Point]]:  # noqa: ANN401 - a handle
    """Yield the ends of the pieces of a path."""
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(drawn, matrix)
    first = before = (0.0, 0.0)
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            first = here
        else:
            yield before, here
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield here, first
        before = here


def _crossing(
    level: Sequence[DrawnLine], upright: Sequence[DrawnLine]
) -> Iterator[tuple[list[DrawnLine], list[DrawnLine]]]:
    """Yield lines that hang together, by direction."""
    left = dict.fromkeys(upright)
    waiting = dict.fromkeys(level)
    while waiting:
        rows, columns = [next(iter(waiting))], list[DrawnLine]()
        del waiting[rows[0]]
        fresh: list[DrawnLine] = list(rows)
        while fresh:
            found = [u for u in left if any(_cross(line, u) for line in fresh)]
            for line in found:
                del left[line]
            columns += found
            fresh = [line for line in waiting if any(_cross(line, u) for u in found)]
            for line in fresh:
                del waiting[line]
            rows += fresh
        yield rows, columns


def _cross(level: DrawnLine, upright: DrawnLine) -> bool:
    return level.covers(upright.at) and upright.covers(level.at)


def _lattice(level: Sequence[DrawnLine], upright: Sequence[DrawnLine]) -> Lattice:
    return Lattice(tuple(level), tuple(upright), _places(level), _places(upright))


def _places(lines: Sequence[DrawnLine]) -> tuple[float, ...]:
    """Return where lines stand, those that are one counted once."""
    places: list[float] = []
    for at in sorted(line.at for line in lines):
        if not places or at - places[-1] > APART:
            places.append(at)
    return tuple(places)


def ruled_tables(lattice: Lattice, rows: Sequence[Row], text: str) -> tuple[Table, ...]:
    """Return the tables in a lattice; none if a cell's words do not stand together in the text.

    Args:
        lattice: on the page.
        rows: all words of the page.
        text: of the page.
    """
    cells = _cells(lattice)
    words: dict[tuple[int, int], list[Word]] = {}
    for word in (word for row in rows for word in row.words if lattice.holds(word)):
        words.setdefault(cells[lattice.place(word)], []).append(word)
    covered: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, first in cells.items():
        covered.setdefault(first, []).append(place)
    found = []
    for first, inside in words.items():
        spans = spans_of(inside)
        if len(spans) > 1:
            return ()
        last = max(covered[first])
        found.append(GridCell(*first, spans[0], last[0] - first[0] + 1, last[1] - first[1] + 1))
    return tables_of(found, text, _caption(lattice, rows))


def _cells(lattice: Lattice) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each place of the lattice the first one of the cell that it belongs to.

    Places between which no line is drawn are one cell.
    """
    middles = [(one + two) / 2 for one, two in pairwise(lattice.tops)]
    centres = [(one + two) / 2 for one, two in pairwise(lattice.lefts)]
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row, y in enumerate(middles):
        for column, x in enumerate(centres):
            cells[row, column] = (row, column)
            if column and not _is_drawn(lattice.upright, lattice.lefts[column], y):
                cells[row, column] = cells[row, column - 1]
            elif row and not _is_drawn(lattice.level, lattice.tops[row], x):
                cells[row, column] = cells[row - 1, column]
    return cells


def _is_drawn(lines: Sequence[DrawnLine], at: float, along: float) -> bool:
    return any(abs(line.at - at) <= APART and line.covers(along) for line in lines)


def _caption(lattice: Lattice, rows: Sequence[Row]) -> tuple[Span, ...]:
    """Return the line just above a lattice, if it is short enough to name it."""
    left, right = lattice.lefts[0], lattice.lefts[-1]
    above = [row for row in rows if row.base < lattice.tops[0]]
    if not above:
        return ()
    row = max(above, key=lambda row: row.base)
    margin = OVERHANG * row.size
    words = [w for w in row.words if left - margin < w.left and w.right <= right + margin]
    near = lattice.tops[0] - row.base <= CAPTION_GAP * row.size
    short = sum(len(word.text) + 1 for word in words) <= LONGEST_CAPTION
    return spans_of(words) if near and short and len(words) == len(row.words) else ()
