"""A cell found in its table by its offsets."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpus import Span, Table, TableRow
from qa.labels import find_cell
from tests.table_samples import cash_flows

REPORT = cash_flows()
TABLE = REPORT.tables[0]


@given(st.data())
def test_every_part_of_every_cell_is_found(data: st.DataObject) -> None:
    """Catches a row or column that is one off, and empty cells that are taken for others."""
    row = data.draw(st.integers(0, len(TABLE.rows) - 1))
    columns = [n for n, cell in enumerate(TABLE.rows[row].cells) if cell.start < cell.end]
    column = data.draw(st.sampled_from(columns))
    start, end = TABLE.rows[row].cells[column]
    first = data.draw(st.integers(start, end - 1))
    last = data.draw(st.integers(first + 1, end))
    found = find_cell(REPORT, Span(first, last))
    assert found is not None
    assert (found.table, found.row, found.column) == (TABLE, row, column)


def test_a_head_or_a_whole_row_is_in_its_row_alone() -> None:
    """Catches a row taken for its first value, and the group's head for one of the rows below."""
    row = TABLE.rows[1]
    for span in (row.heads[-1], Span(row.heads[-1].start, row.cells[-1].end)):
        found = find_cell(REPORT, span)
        assert found is not None
        assert (found.row, found.column) == (1, None)
    assert find_cell(REPORT, row.heads[0]) is None


def test_what_stands_in_no_table_is_not_found() -> None:
    """Catches prose taken for the row that begins after it, and an error for an empty row."""
    empty = Table(((),), (TableRow((), (Span(0, 0),)),))
    document = replace(REPORT, tables=(empty, TABLE))
    assert find_cell(document, Span(0, 6)) is None
    found = find_cell(document, TABLE.rows[0].cells[0])
    assert found is not None
    assert found.table is TABLE
