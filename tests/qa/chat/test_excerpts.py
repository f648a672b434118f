"""The rows around a cell, as a small table."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpus import Document
from qa.chat.tables import CellTable, ColumnHead, excerpt_tables
from qa.citations import cite
from qa.types import Citation
from tests.table_samples import (
    CAPTION,
    GROUP,
    PURCHASES,
    YEAR,
    cash_flows,
    cell_citation,
    excerpt_at,
)

REPORT = cash_flows()


def tables_of(document: Document, *citations: Citation) -> tuple[CellTable, ...]:
    return excerpt_tables(citations, {document.id: document})


def grid(rows: int, columns: int) -> Document:
    """Return a document with a table of so many rows and columns, each value another."""
    values = [
        (f"Group {row // 7}", f"Row {row}", *(f"{row}x{column}y" for column in range(columns)))
        for row in range(rows)
    ]
    return cash_flows(values, [f"Year {column}" for column in range(columns)])


def test_a_cell_is_shown_among_the_rows_next_to_it() -> None:
    """Catches a cell without its heads, marks on another one, and more of the table than helps."""
    (table,) = tables_of(REPORT, cell_citation(REPORT, "1,577"))
    assert (table.caption, table.unit, table.numbers) == (CAPTION, "(in millions)", (1,))
    assert table.heads == (
        (ColumnHead(YEAR, 2, names=True),),
        (ColumnHead("2018", 1, names=True), ColumnHead("2017", 1, names=False)),
    )
    assert [(row.head, row.cells, row.number) for row in table.rows] == [
        ("Net income", (("5,349", 0), ("4,858", 0)), 0),
        (PURCHASES, (("1,577", 1), ("1,373", 0)), 1),
        ("Proceeds from sales", (("262", 0), ("", 0)), 0),
    ]
    assert [(name, len(rows)) for name, rows in table.groups] == [
        ("Operating activities", 1),
        (GROUP, 2),
    ]
    assert table.counts == (5, 2)


def test_cells_of_one_table_are_shown_together() -> None:
    """Catches the same table shown for each of its cells, and a gap that nobody is told of."""
    document = grid(20, 2)
    cited = [cell_citation(document, f"{row}x0y", n) for n, row in enumerate((3, 15), 1)]
    (table,) = tables_of(document, *cited)
    assert [row.head for row in table.rows] == [f"Row {n}" for n in (2, 3, 4, 14, 15, 16)]
    assert [row.after_gap for row in table.rows] == [False] * 3 + [True, False, False]
    assert [row.number for row in table.rows] == [0, 1, 0, 0, 2, 0]
    assert table.numbers == (1, 2)
    other = replace(document, id="other.html")
    apart = replace(cited[1], document="other.html")
    found = excerpt_tables((cited[0], apart), {one.id: one for one in (document, other)})
    assert [one.numbers for one in found] == [(1,), (2,)]


def test_a_row_that_is_marked_whole_has_no_marked_cell() -> None:
    """Catches a candidate row of which the first value is called the answer."""
    row = REPORT.tables[0].rows[1]
    whole = cite(REPORT, excerpt_at(REPORT, row.heads[-1]), 1)
    (table,) = tables_of(REPORT, whole)
    assert [row.number for row in table.rows] == [0, 1, 0]
    assert not any(number for row in table.rows for _, number in row.cells)


def test_what_is_no_longer_quoted_is_not_shown() -> None:
    """Catches today's figures under yesterday's answer, and a document that is gone."""
    cited = cell_citation(REPORT, "1,577")
    changed = replace(REPORT, text=REPORT.text.replace("1,577", "1,578"))
    assert tables_of(changed, cited) == ()
    assert excerpt_tables([cited], {}) == ()
    assert tables_of(replace(REPORT, tables=()), cited) == ()


def test_a_huge_table_stays_small() -> None:
    """Catches a page of thousands of cells, a text without end, and the cited column left out."""
    document = grid(40, 60)
    (table,) = tables_of(document, cell_citation(document, "17x33y"))
    assert (len(table.rows), table.width, table.counts) == (3, 8, (40, 60))
    assert [(text, n) for row in table.rows for text, n in row.cells if n] == [("17x33y", 1)]
    assert len(table.heads[-1]) == 8
    long = cash_flows([("G", "Head " * 400, "7" * 900)], ["Year " * 300])
    (table,) = tables_of(long, cell_citation(long, "7" * 900))
    shown = [table.rows[0].head, table.rows[0].cells[0][0], table.heads[-1][0].text]
    assert [(len(text) <= 90, text[-1]) for text in shown] == [(True, "…")] * 3
    many = [cell_citation(document, f"{row}x1y", row + 1) for row in range(30)]
    (table,) = tables_of(document, *many)
    assert len(table.rows) <= 18


@given(st.integers(1, 9), st.integers(1, 12), st.data())
def test_the_cited_cell_is_always_shown(rows: int, columns: int, data: st.DataObject) -> None:
    """Catches windows that run over the first or last row, or show fewer rows than there are."""
    document = grid(rows, columns)
    row = data.draw(st.integers(0, rows - 1))
    column = data.draw(st.integers(0, columns - 1))
    (table,) = tables_of(document, cell_citation(document, f"{row}x{column}y"))
    marked = [text for one in table.rows for text, number in one.cells if number]
    assert marked == [f"{row}x{column}y"]
    assert len(table.rows) == min(rows, 3)
    assert table.width == min(columns, 8)
    assert all(sum(head.columns for head in level) == table.width for level in table.heads)
