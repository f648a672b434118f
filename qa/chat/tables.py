"""The rows of a table around the cells that answer, as a small table to be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus import Document, Span, Table
from qa.labels import find_cell
from qa.types import Citation

__all__ = ["CellTable", "CellTableRow", "ColumnHead", "excerpt_tables"]

# Of a table, what helps to see which cell it is; the rest is in its source.
AROUND = 2
MOST_CITED = 6
MOST_COLUMNS = 8
MOST_LEVELS = 4
MOST_TABLES = 4
LONGEST_TEXT = 90


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A head over one column or several.

    Args:
        text: of the head; empty where there is none.
        columns: how many columns it is over.
        names: whether it names a cell that is cited.
    """

    text: str
    columns: int
    names: bool


@dataclass(frozen=True, slots=True)
class CellTableRow:
    """A row.

    Args:
        group: heads of the rows among which it stands, outermost first.
        head: its own head; empty without one.
        cells: text of each cell, with the number of the citation of which it is the answer, or 0.
        number: of the first citation that quotes it; 0 if none does.
        after_gap: whether rows are left out before it.
    """

    group: str
    head: str
    cells: tuple[tuple[str, int], ...]
    number: int
    after_gap: bool


@dataclass(frozen=True, slots=True)
class CellTable:
    """Some rows of a table.

    Args:
        caption: of the table; empty without one.
        unit: what its numbers are counted in; empty if not said.
        heads: of its columns, a level in each row, outermost first.
        rows: with heads of their own or without.
        numbers: of the citations whose rows are among them.
        counts: how many rows and columns the whole table has.
    """

    caption: str
    unit: str
    heads: tuple[tuple[ColumnHead, ...], ...]
    rows: tuple[CellTableRow, ...]
    numbers: tuple[int, ...]
    counts: tuple[int, int]

    @property
    def width(self) -> int:
        """How many columns of values are shown."""
        return len(self.rows[0].cells)

    @property
    def has_heads(self) -> bool:
        """Whether its rows have heads."""
        return any(row.head for row in self.rows)

    @property
    def groups(self) -> list[tuple[str, list[CellTableRow]]]:
        """Its rows, those with the same outer heads together."""
        return [(group, list(rows)) for group, rows in groupby(self.rows, lambda row: row.group)]


@dataclass(frozen=True, slots=True)
class _CitedCell:
    """A citation in its table; ``column`` is None if it is of the whole row."""

    number: int
    row: int
    column: int | None


def excerpt_tables(
    citations: Iterable[Citation], documents: dict[str, Document]
) -> tuple[CellTable, ...]:
    """Return the rows of ``citations`` in their tables, those of one table together.

    Args:
        citations: of cells, or of rows.
        documents: as they are now, by id; what a citation quotes no longer is left out.
    """
    found: dict[tuple[str, Span], tuple[Document, Table, list[_CitedCell]]] = {}
    for citation in citations:
        document = documents.get(citation.document)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            continue
        cell = find_cell(document, Span(citation.answer_start, citation.answer_end))
        if cell is None:
            continue
        key = (document.id, cell.table.span)
        _, _, cited = found.setdefault(key, (document, cell.table, []))
        if len(cited) < MOST_CITED:
            cited.append(_CitedCell(citation.number, cell.row, cell.column))
    return tuple(_excerpt(*one) for one in list(found.values())[:MOST_TABLES])


def _excerpt(document: Document, table: Table, cited: Sequence[_CitedCell]) -> CellTable:
    columns = _nearest_columns(len(table.columns), [c.column for c in cited])
    return CellTable(
        caption=_words(document, table.caption),
        unit=_words(document, table.units),
        heads=tuple(_heads(document, table, columns, {c.column for c in cited})),
        rows=tuple(_rows(document, table, columns, cited)),
        numbers=tuple(c.number for c in cited),
        counts=(len(table.rows), len(table.columns)),
    )


def _nearest_columns(count: int, cited: Sequence[int | None]) -> list[int]:
    """Return the columns to show: those that are cited, and those nearest to them."""
    wanted = [column for column in cited if column is not None] or [0]
    near = sorted(range(count), key=lambda c: (min(abs(c - one) for one in wanted), c))
    return sorted(near[:MOST_COLUMNS])


def _heads(
    document: Document, table: Table, columns: Sequence[int], cited: set[int | None]
) -> Iterable[tuple[ColumnHead, ...]]:
    """Yield the levels of heads, the innermost at the bottom, heads over several columns once."""
    levels = min(MOST_LEVELS, max((len(table.columns[c]) for c in columns), default=0))
    for level in range(levels, 0, -1):
        at = [(table.columns[c][-level] if len(table.columns[c]) >= level else c) for c in columns]
        heads = []
        for over, under in groupby(zip(at, columns, strict=True), lambda pair: pair[0]):
            below = [column for _, column in under]
            text = _words(document, [over]) if isinstance(over, Span) else ""
            heads.append(ColumnHead(text, len(below), not cited.isdisjoint(below)))
        yield tuple(heads)


def _rows(
    document: Document, table: Table, columns: Sequence[int], cited: Sequence[_CitedCell]
) -> Iterable[CellTableRow]:
    last = None
    for at in _rows_around(len(table.rows), [c.row for c in cited]):
        row = table.rows[at]
        here = [c for c in cited if c.row == at]
        yield CellTableRow(
            group=" · ".join(_words(document, [head]) for head in row.heads[:-1]),
            head=_words(document, row.heads[-1:]),
            cells=tuple(
                (
                    _words(document, [row.cells[column]]),
                    next((c.number for c in here if c.column == column), 0),
                )
                for column in columns
            ),
            number=here[0].number if here else 0,
            after_gap=last is not None and at > last + 1,
        )
        last = at


def _rows_around(count: int, cited: Sequence[int]) -> list[int]:
    """Return the cited rows, each with the two that stand nearest, in order."""
    shown: set[int] = set()
    for row in cited:
        first = max(0, min(row - AROUND // 2, count - 1 - AROUND))
        shown |= {*range(first, min(count, first + 1 + AROUND))}
    return sorted(shown)


def _words(document: Document, spans: Iterable[Span]) -> str:
    """Return the text of some spans on one line, cut where it is long."""
    text = " ".join(document.text[s.start : min(s.end, s.start + 2 * LONGEST_TEXT)] for s in spans)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1].rstrip()}…"
