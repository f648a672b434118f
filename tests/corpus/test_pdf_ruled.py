"""Tables of PDFs whose cells are drawn: any text in any column, merged cells, wrapped words."""

import io
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from corpus import Document, Span
from corpus.formats import parse

Cells = list[list[Any]]
BODY = getSampleStyleSheet()["BodyText"]
GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")


def printed(cells: Cells, *styles: tuple[Any, ...], title: str = "") -> Document:
    """Return what is read of a page with a table in which all cells are drawn."""
    file = io.BytesIO()
    above = [Paragraph(title, BODY)] if title else []
    table = Table(cells, style=TableStyle([GRID, *styles]), hAlign="LEFT")
    SimpleDocTemplate(file, pagesize=LETTER, invariant=1).build([*above, table])
    return parse(file.getvalue(), "a.pdf")


def values(document: Document) -> list[tuple[str, str, str]]:
    """Return row heads, column heads and value of each cell of all tables."""

    def words(spans: Iterable[Span]) -> str:
        return " / ".join(" ".join(document.text[a:b].split()) for a, b in spans)

    return [
        (words(row.heads), words(column), words([cell]))
        for table in document.tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.start < cell.end
    ]


def test_columns_of_words_and_dates_are_columns() -> None:
    """Catches a table of which only the numbers are read."""
    cells = [
        ["Product", "Category", "Cost", "Audited", "Note"],
        ["SKU-8847", "Hardware", "$45.00", "2024-10-15", ""],
        ["SKU-9201", "Software", "$32.50", "", "Checked twice"],
    ]
    document = printed(cells, title="Stock in the east")
    assert values(document) == [
        ("SKU-8847", "Category", "Hardware"),
        ("SKU-8847", "Cost", "$45.00"),
        ("SKU-8847", "Audited", "2024-10-15"),
        ("SKU-9201", "Category", "Software"),
        ("SKU-9201", "Cost", "$32.50"),
        ("SKU-9201", "Note", "Checked twice"),
    ]
    (table,) = document.tables
    assert [document.text[a:b] for a, b in table.caption] == ["Stock in the east"]


def test_words_alone_are_a_table_too() -> None:
    """Catches a table without numbers that is read as prose."""
    cells = [["Office", "Contact"], ["Leeds", "Ann Lee"], ["York", "Bo Lund"]]
    assert values(printed(cells)) == [
        ("Leeds", "Contact", "Ann Lee"),
        ("York", "Contact", "Bo Lund"),
    ]


def test_wrapped_cells_are_one_value() -> None:
    """Catches a cell of three lines that becomes three rows."""
    long = "The keeper lights the lamp at sunset and puts it out at dawn, in all weather"
    cells = [
        ["Post", "Duty", "Pay"],
        ["Keeper", Paragraph(long, BODY), "1,200"],
        ["Mate", Paragraph("He helps", BODY), "900"],
    ]
    document = printed(cells, ("VALIGN", (0, 0), (-1, -1), "TOP"))
    assert ("Keeper", "Duty", long) in values(document)
    assert ("Mate", "Pay", "900") in values(document)


def test_a_head_over_two_columns_stands_with_both() -> None:
    """Catches merged cells whose inner line, which is not drawn, is taken for an edge."""
    cells = [
        ["Line", "Passengers", "", "Crew"],
        ["", "2018", "2017", "2018"],
        ["North", "210", "204", "12"],
        ["South", "318", "290", "15"],
    ]
    merged = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]
    found = values(printed(cells, *merged))
    assert ("North", "Passengers / 2018", "210") in found
    assert ("South", "Passengers / 2017", "290") in found
    assert ("South", "Crew / 2018", "15") in found


def test_boxes_around_prose_are_no_table() -> None:
    """Catches a frame, or two beside each other, taken for cells."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    for x in (60, 320):
        canvas.rect(x, 400, 240, 200)
        for line in range(9):
            canvas.drawString(x + 10, 570 - 18 * line, f"Prose in a box, line {line}, and so on.")
    canvas.save()
    assert parse(file.getvalue(), "a.pdf").tables == ()


def test_a_drawing_of_many_lines_is_left_in_peace() -> None:
    """Catches time that grows with the square of the lines on a page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    for n in range(3000):
        canvas.line(n % 600, 0, n % 600, 700)
        canvas.line(0, n % 700, 600, n % 700)
    canvas.drawString(50, 50, "A plan of the harbour")
    canvas.save()
    assert parse(file.getvalue(), "a.pdf").tables == ()


AMOUNTS = st.sampled_from(["1,204", "(37)", "4.5%", "$12"])
WORDS = st.sampled_from(["Ash", "Birch", "1,204", "(37)", "2019-05-01", "", "Two words"])


@given(st.lists(st.tuples(AMOUNTS, WORDS, WORDS, WORDS), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_every_value_stands_at_its_place(body: list[tuple[str, ...]]) -> None:
    """Catches a value given to the column or the row beside its own."""
    heads = ["First", "Second", "Third", "Fourth"]
    drawn = [["Item", *heads], *([f"Row {n}", *row] for n, row in enumerate(body))]
    expected = [
        (f"Row {n}", head, value)
        for n, row in enumerate(body)
        for head, value in zip(heads, row, strict=True)
        if value
    ]
    assert values(printed(drawn)) == expected


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_that_is_turned_has_the_same_cells(turn: int) -> None:
    """Catches lines that are not turned with the words between them."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    canvas.translate(306, 396)
    canvas.rotate(turn)
    rows = [("Item", "Cost", "Note"), ("Rope", "1,204", "new"), ("Oars", "317", "old")]
    for y, row in enumerate(rows):
        for x, words in enumerate(row):
            canvas.rect(80 * x - 120, 20 - 20 * y, 80, 20)
            canvas.drawString(80 * x - 116, 26 - 20 * y, words)
    canvas.save()
    assert values(parse(file.getvalue(), "a.pdf")) == [
        ("Rope", "Cost", "1,204"),
        ("Rope", "Note", "new"),
        ("Oars", "Cost", "317"),
        ("Oars", "Note", "old"),
    ]
