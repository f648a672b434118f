"""A document with tables, made by hand, and citations of their cells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus import Document, Span, Table, TableRow
from qa import Citation, Excerpt
from qa.citations import cite
from qa.labels import find_cell

if TYPE_CHECKING:
    from qa.types import LabelRole

PROSE = "Annual report 2018\n\nWe invested more than ever before.\n\n"
CAPTION, UNIT = "Consolidated statements of cash flows", "(in millions)"
YEAR, GROUP = "Year ended 31 December", "Investing activities"
PURCHASES = "Purchases of property, plant and equipment"
ROWS = (
    ("Operating activities", "Net income", "5,349", "4,858"),
    (GROUP, PURCHASES, "1,577", "1,373"),
    (GROUP, "Proceeds from sales", "262", ""),
    (GROUP, "Acquisitions", "10", "2,023"),
    ("Financing activities", "Repayment of debt", "1,034", "962"),
)


def cash_flows(
    rows: Sequence[tuple[str, ...]] = ROWS,
    years: Sequence[str] = ("2018", "2017"),
    name: str = "report.html",
    before: str = PROSE,
) -> Document:
    """Return a document whose table has a caption, a unit, heads over heads and groups of rows.

    Args:
        rows: of each the group's head, its own head and a value for each year.
        years: the heads of the columns.
        name: of the document.
        before: the text before the table.
    """
    text = before

    def put(words: str, end: str) -> Span:
        nonlocal text
        span = Span(len(text), len(text) + len(words))
        text += words + end
        return span

    caption, unit = put(CAPTION, "\n"), put(UNIT, "\n")
    text += "\t"
    over = put(YEAR, "\n\t")
    heads = [(over, put(year, "\t" if year != years[-1] else "\n")) for year in years]
    made, group = [], Span(0, 0)
    for above, own, *values in rows:
        if text[group.start : group.end] != above:
            group = put(above, "\n")
        head = put(own, "\t")
        cells = [put(value, "\t") for value in values]
        text = text[:-1] + "\n"
        made.append(TableRow((group, head), tuple(cells)))
    table = Table(tuple(heads), tuple(made), (caption,), (unit,))
    text += "\nSee the notes.\n"
    return Document(name, "Annual report", "text/html", "0" * 64, text, tables=(table,))


def cell_excerpt(document: Document, value: str) -> Excerpt:
    """Return the excerpt of the first cell that reads ``value``, as a reader makes it."""
    at = document.text.index(value, document.tables[0].span.start)
    return excerpt_at(document, Span(at, at + len(value)))


def excerpt_at(document: Document, span: Span) -> Excerpt:
    """Return the excerpt of the cell at ``span``; of its whole row, if it is that row."""
    cell = find_cell(document, span)
    assert cell is not None
    table, row = cell.table, cell.table.rows[cell.row]
    start = row.heads[-1].start
    end = max(s.end for s in (*row.heads, *row.cells))
    columns = table.columns if cell.column is None else table.columns[cell.column : cell.column + 1]
    labels: list[tuple[LabelRole, Span]] = [("row", head) for head in row.heads]
    labels += [("column", head) for head in dict.fromkeys(s for heads in columns for s in heads)]
    labels += [("unit", unit) for unit in table.units]
    labels += [("caption", line) for line in table.caption]
    return Excerpt(document.id, start, end, *span, 0.9, labels=tuple(labels))


def row_excerpt(document: Document, head: str) -> Excerpt:
    """Return the excerpt of a whole row, which perhaps answers."""
    row = next(
        row
        for row in document.tables[0].rows
        if document.text[row.heads[-1].start : row.heads[-1].end] == head
    )
    return excerpt_at(document, Span(row.heads[-1].start, max(s.end for s in row.cells)))


def cell_citation(document: Document, value: str, number: int = 1) -> Citation:
    """Return the citation of the first cell that reads ``value``."""
    return cite(document, cell_excerpt(document, value), number)
