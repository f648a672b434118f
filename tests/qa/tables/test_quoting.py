"""From a cell to its quotation and its labels."""

from corpus import Document, Span, Table, TableRow
from qa.citations import cite
from qa.tables.quoting import LONGEST_PART, quote_cell, quote_row
from qa.tables.views import HITS_LOOKED_AT, TableCell, _view
from tests.qa.tables.documents import table_document

REPORT = table_document(
    [(("Costs", "Wages"), ("5", "4")), (("Costs", "Rent"), ("2", "3"))],
    columns=("2018", "2017"),
    caption="Income statement",
    units="(in millions)",
)


def cell(document: Document, row: int, column: int) -> TableCell:
    table = document.tables[0]
    return TableCell(_view(document, table, 0, range(len(table.rows)), set()), row, column)


def test_a_cell_is_quoted_in_its_row_with_what_names_it() -> None:
    """Catches a quotation of more than the row, and labels that are missing or out of order."""
    citation = cite(REPORT, quote_cell(cell(REPORT, 1, 1), 0.9), 1)
    assert (citation.quote, citation.answer) == ("Rent\t2\t3", "3")
    assert [(label.role, label.quote) for label in citation.labels] == [
        ("row", "Costs"),
        ("row", "Rent"),
        ("column", "2017"),
        ("unit", "(in millions)"),
        ("caption", "Income statement"),
    ]


def test_a_row_is_marked_whole_and_names_no_column() -> None:
    """Catches one of several columns that tie given as the answer."""
    citation = cite(REPORT, quote_row(REPORT, REPORT.tables[0], 0, 0.4), 1)
    assert citation.answer == citation.quote == "Wages\t5\t4"
    assert {label.role for label in citation.labels} == {"row", "unit", "caption"}


def test_a_row_with_other_words_inside_is_quoted_in_part() -> None:
    """Catches two tables side by side quoted as one row, and the cell left outside."""
    text = "Beer 12 Taiwan 7 11 9"
    spans = {word: Span(text.index(word), text.index(word) + len(word)) for word in text.split()}
    row = TableRow((spans["Beer"],), (spans["12"], spans["11"]))
    table = Table(((), ()), (row,))
    document = Document("a.pdf", "", "application/pdf", "", text, tables=(table,))
    excerpt = quote_cell(cell(document, 0, 1), 0.9)
    assert text[excerpt.start : excerpt.end] == "Beer 12 Taiwan 7 11"
    near = quote_cell(cell(document, 0, 0), 0.9)
    assert text[near.start : near.end] == "Beer 12"


def test_a_head_far_away_leaves_the_line_of_the_cell() -> None:
    """Catches a quotation of pages because a PDF's text puts heads and values far apart."""
    text = "Beer " + "x " * LONGEST_PART + "\n 1,234 and more \nend"
    at = text.index("1,234")
    table = Table(((),), (TableRow((Span(0, 4),), (Span(at, at + 5),)),))
    document = Document("a.pdf", "", "application/pdf", "", text, tables=(table,))
    excerpt = quote_cell(cell(document, 0, 0), 0.9)
    assert text[excerpt.start : excerpt.end] == "1,234 and more"


def test_some_hits_are_looked_at() -> None:
    """Catches tables that are never reached."""
    assert 6 <= HITS_LOOKED_AT <= 10
