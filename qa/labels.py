"""Where a cell stands in the tables of a document, looked up by its offsets."""

from dataclasses import dataclass

from corpus import Document, Span, Table, TableRow

__all__ = ["Cell", "find_cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in its table.

    Args:
        table: that it stands in.
        row: index of its row.
        column: index of its column; None for a place in the row that is no value, such as its head.
    """

    table: Table
    row: int
    column: int | None


def find_cell(document: Document, span: Span) -> Cell | None:
    """Return the cell whose characters ``span`` is, or else the row in which it begins.

    None if it stands in no row of a table.
    """
    for table in document.tables:
        for at, row in enumerate(table.rows):
            if _span_of(row).overlaps(span):
                inside = (n for n, cell in enumerate(row.cells) if _holds(cell, span))
                return Cell(table, at, next(inside, None))
    return None


def _span_of(row: TableRow) -> Span:
    """Return from where to where a row stands: its last head, which is its own, and its values."""
    spans = [span for span in (*row.heads[-1:], *row.cells) if span.start < span.end]
    return Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else Span(0, 0)


def _holds(cell: Span, span: Span) -> bool:
    return cell.start <= span.start and span.end <= cell.end
