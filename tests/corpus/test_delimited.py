"""Values separated by commas and the like: the file's own text, and where its values stand."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats import parse
from corpus.types import Document, Span


def texts(document: Document, spans: tuple[Span, ...]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


@given(
    st.lists(
        st.lists(st.text('ab,;\t|" \n', max_size=5), min_size=2, max_size=4), min_size=2, max_size=6
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_values_are_those_that_the_csv_module_wrote(rows: list[list[str]], mark: str) -> None:
    """Catches quotation marks, separators and line ends inside values read as marks."""
    width = max(map(len, rows))
    written = io.StringIO()
    heads = [f"h{column}" for column in range(width)]
    filled = [[f"r{i}", *(value.strip() or "-" for value in row)] for i, row in enumerate(rows)]
    writer = csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerows([["", *heads], *filled])
    source = f"sep={mark}\n{written.getvalue()}"
    document = parse(source.encode(), "a.csv")
    assert document.text == source
    found = [
        text.replace('""', '"')
        for table in document.tables
        for row in table.rows
        for text in texts(document, (*row.heads, *row.cells))
        if text
    ]
    values = [value for row in filled for value in row]
    assert [value for value in found if value in values] == found


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("a,b\nx,1\n", ["1"]),
        ("a;b\nx;1,5\ny;2,5\n", ["1,5", "2,5"]),
        ("a\tb\nx, y\t1\n", ["1"]),
        ("a|b\r\nx|1\r\ny|2", ["1", "2"]),
        ('a,b\n"x, y" , "1"\n', ["1"]),
        ('a,b\n"x" y,1\n', ["1"]),
        ('a,b\nx,"1\n', ['"1']),
    ],
)
def test_what_separates_the_values_is_found_out(source: str, values: list[str]) -> None:
    """Catches decimal commas taken for separators, and a stray mark that swallows the rest."""
    document = parse(source.encode(), "a.csv")
    assert document.text == source
    assert [t for row in document.tables[0].rows for t in texts(document, row.cells)] == values


def test_a_title_and_units_above_the_heads_are_the_tables() -> None:
    """Catches a first line taken for the heads, though it has one value only."""
    source = "Catch by port\n(in tonnes)\n\nPort,2023,2024\nNorth,10,20\n\nTotal,10,20\n"
    document = parse(source.encode(), "a.csv")
    (table,) = document.tables
    assert texts(document, table.caption) == ["Catch by port"]
    assert texts(document, table.units) == ["(in tonnes)"]
    assert [texts(document, heads) for heads in table.columns] == [["2023"], ["2024"]]
    assert texts(document, table.rows[1].heads) == ["Total"]


def test_text_without_values_has_no_table() -> None:
    """Catches a table made of prose."""
    assert parse(b"One line, with a comma.\nAnother\nand one more", "a.csv").tables == ()
