"""From a cell to its quotation: the row as it stands in the text, with the heads that name it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus import Document, Span, Table
from qa.tables.views import TableCell, own_heads
from qa.types import Excerpt, LabelRole

__all__ = ["quote_cell", "quote_row"]

# In characters. A row that is longer, or that other text interrupts, is quoted in part.
LONGEST_ROW = 800
LONGEST_PART = 400
LINE_BREAK = re.compile(r"[\n\r\f]")
TELLING = re.compile(r"[^\W_]")


def quote_cell(cell: TableCell, score: float) -> Excerpt:
    """Return the excerpt of ``cell`` in its row.

    Args:
        cell: what answers.
        score: how likely it does, 0 to 1.
    """
    view, answer = cell.view, cell.span
    table, number = view.table, view.rows[cell.row].number
    quoted = _row(view.document, table, number) or _around(view.document, table, number, answer)
    column = table.columns[view.columns[cell.column].number]
    labels = (*_roles("row", table.rows[number].heads), *_roles("column", column), *_named(table))
    return Excerpt(view.document.id, *quoted, *answer, score, labels=labels)


def quote_row(document: Document, table: Table, number: int, score: float) -> Excerpt:
    """Return a row, all of it marked, for an answer that may be any of its cells.

    Args:
        document: that it stands in.
        table: that it belongs to.
        number: of the row, from 0.
        score: how likely it holds the answer, 0 to 1.
    """
    quoted = _row(document, table, number)
    if quoted is None:
        quoted = _around(document, table, number, _pieces(table, number)[-1])
    labels = (*_roles("row", table.rows[number].heads), *_named(table))
    return Excerpt(document.id, *quoted, *quoted, score, labels=labels)


def _pieces(table: Table, number: int) -> Sequence[Span]:
    spans = (*own_heads(table, number), *table.rows[number].cells)
    return sorted(span for span in spans if span.start < span.end)


def _row(document: Document, table: Table, number: int) -> Span | None:
    """Return where a row stands, or None if it is long or other words stand inside of it."""
    pieces = _pieces(table, number)
    start, at = pieces[0].start, pieces[0].start
    for piece in pieces:
        if TELLING.search(document.text, at, max(at, piece.start)):
            return None
        at = max(at, piece.end)
    return Span(start, at) if at - start <= LONGEST_ROW else None


def _around(document: Document, table: Table, number: int, cell: Span) -> Span:
    """Return the least of the text that holds a cell and its head, or else the cell's line."""
    spans = [cell, *own_heads(table, number)]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    if end - start <= LONGEST_PART:
        return Span(start, end)
    text, reach = document.text, LONGEST_PART // 2
    before = text[max(0, cell.start - reach) : cell.start]
    after = text[cell.end : cell.end + reach]
    return Span(
        cell.start - len(LINE_BREAK.split(before)[-1].lstrip()),
        cell.end + len(LINE_BREAK.split(after)[0].rstrip()),
    )


def _named(table: Table) -> tuple[tuple[LabelRole, Span], ...]:
    return (*_roles("unit", table.units), *_roles("caption", table.caption))


def _roles(role: LabelRole, spans: Iterable[Span]) -> Iterator[tuple[LabelRole, Span]]:
    yield from ((role, span) for span in spans if span.start < span.end)
