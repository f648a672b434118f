"""Tables of Markdown and reStructuredText: maps onto the source, which is the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Metadata, Span, search_text, sentence_spans
from corpus.formats import parse


def said(document: Document) -> list[str]:
    """Return each value of the tables in short: ``row/row, column/column: value``."""

    def words(spans: tuple[Span, ...]) -> str:
        return "/".join(document.text[span.start : span.end] for span in spans)

    return [
        f"{words(row.heads)}, {words(heads)}: {words((cell,))}"
        for table in document.tables
        for row in table.rows
        for heads, cell in zip(table.columns, row.cells, strict=True)
        if cell.start < cell.end
    ]


def markdown(source: str) -> Document:
    return parse(source.encode(), "a.md")


def rst(source: str) -> Document:
    return parse(source.encode(), "a.rst")


# Markdown


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("| Group | Price |\n| --- | ---: |\n| Adults | 6 |", ["Adults, Price: 6"]),
        ("Group|Price\n-|-\nAdults|6", ["Adults, Price: 6"]),
        ("| Group | **Price** |\n|---|---|\n| `a` | [6](x.md) |", ["a, Price: 6"]),
        (
            "| A | B |\n|---|---|\n| x \\| y | 1 |\n| | 3 |\n| q | 2 |",
            ["x \\| y, B: 1", ", B: 3", "q, B: 2"],
        ),
        ("> | A | B |\n> |---|---|\n> | x | 1 |", ["x, B: 1"]),
        ("- item\n\n  | A | B |\n  |---|---|\n  | x | 1 |", ["x, B: 1"]),
        ("| 1 | 1 | 1 |\n|---|---|---|\n| 1 | 1 | 2 |", ["1, 1: 1", "1, 1: 2"]),
        ("```\n| A | B |\n|---|---|\n| x | 1 |\n```", []),
        ("---\ntitle: x\n---\n\n| A | B |\n|---|---|\n| x | 1 |", ["x, B: 1"]),
    ],
)
def test_pipe_tables_are_maps_onto_the_source(
    source: str, expected: list[str], line_end: str
) -> None:
    """Catches spans with pipes and marks, cells found in another column, code taken for tables."""
    document = markdown(source.replace("\n", line_end))
    assert document.text == source.replace("\n", line_end)
    assert said(document) == expected


@given(
    st.lists(st.lists(st.sampled_from(["a", "1", "a | b", "", "**c**"]), min_size=3, max_size=3))
)
def test_each_cell_is_found_in_its_own_column(rows: list[list[str]]) -> None:
    """Catches the same word found in a column before its own."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| h | i | j |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in cells)]
    document = markdown("\n".join(lines) + "\n")
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
    for table in document.tables:
        for row in table.rows:
            for span in (*row.heads, *row.cells):
                if span.start == span.end:
                    continue
                number = max(n for n, start in enumerate(starts) if start <= span.start)
                before = document.text[starts[number] : span.start].replace("\\|", "")
                column = before.count("|") - 1
                assert document.text[span.start : span.end] == cells[number - 2][column].strip("*")


# reStructuredText

TRUTH = """.. table:: Truth
   :widths: auto

   =====  =====  ======
      Inputs     Output
   ------------  ------
     A      B    A or B
   =====  =====  ======
   False  False  False
   True   False  True
   =====  =====  ======
"""

GRID = """+---------+----------+-------+
| City    | People           |
|         +----------+-------+
|         | 2010     | 2020  |
+=========+==========+=======+
| Rome    | 5,363    | 7     |
+---------+----------+       |
| Milan   | 1        |       |
+---------+----------+-------+
| New     | a        | three |
| Lanark  |          | or    |
|         |          | four  |
+---------+----------+-------+
"""


def test_simple_tables_know_their_heads_and_caption() -> None:
    """Catches a head over two columns that is lost with the first of them."""
    document = rst(TRUTH)
    assert said(document) == [
        "False, Inputs/B: False",
        "False, Output/A or B: False",
        "True, Inputs/B: False",
        "True, Output/A or B: True",
    ]
    (caption,) = document.tables[0].caption
    assert document.text[caption.start : caption.end] == "Truth"


def test_grid_tables_know_merged_cells_and_quote_no_half_of_one() -> None:
    """Catches merged cells that shift others, and the first line of a value taken for all of it."""
    assert said(rst(GRID)) == [
        "Rome, People/2010: 5,363",
        "Rome, People/2020: 7",
        "Milan, People/2010: 1",
        "Milan, People/2020: 7",
        "New, People/2010: a",
    ]


LISTED = """.. list-table:: Fares
   :widths: 1 1
   :header-rows: 1

   * - Group
     - Price
   * - Adults
     - 6 with
       tea
   * - Children
     -
   * - **Dogs**

     - - 1
       - 2

After.
"""


def test_list_tables_are_tables() -> None:
    """Catches rows split at lists in their cells, and what follows read as a part."""
    document = rst(LISTED)
    assert said(document) == ["Adults, Price: 6 with\n       tea", "Dogs, Price: - 1\n       - 2"]
    (caption,) = document.tables[0].caption
    assert document.text[caption.start : caption.end] == "Fares"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("== ====\nA  B\n== ====\nx  1\n   2\n== ====\n", ["x, B: 1\n   2"]),
        ("* item\n\n  == ==\n  A  B\n  == ==\n  x  1\n  == ==\n", ["x, B: 1"]),
        ("====  ==\n表示   B\n====  ==\n表    5\n====  ==\n", ["表, B: 5"]),
        ("== ==\nx  1\ny  2\n== ==\n", ["x, : 1", "y, : 2"]),
        ("== ==\nA  B\n== ==\n\\  1\nx  **2**\n== ==\n", [", B: 1", "x, B: 2"]),
        ("== ==\nA\tB\n== ==\nx  1\n== ==\n", []),
        ("== ==\nAlas B\n== ==\nx  1\n== ==\n", []),
        ("+--+--+\n|A |B |\n+==+==+\n|x |1 |\n", []),
        ("+--+--+\n|A |B |\n+==+==+\n|x |1|\n+--+--+\n", []),
        ("== ==\n", []),
        (".. list-table::\n\n   * - a\n     - b\n   * - x\n     - 1\n", ["x, b: 1"]),
        (
            ".. list-table::\n   :stub-columns: 1\n\n   * - x\n     - 1\n   * - y\n     - 2\n",
            ["x, : 1", "y, : 2"],
        ),
        (".. list-table::\n\nText\n", []),
        ("+--+--+\n", []),
    ],
)
def test_tables_are_found_again_in_the_source(source: str, expected: list[str]) -> None:
    """Catches columns counted in characters where they are wider, and crashes on torn tables."""
    assert said(rst(source)) == expected


@given(st.text("+-=| \nab1*", max_size=120), st.sampled_from(["", ".. list-table::\n"]))
def test_any_drawing_is_read_or_left(source: str, before: str) -> None:
    """Catches exceptions of the table parser, and maps beside the text."""
    document = rst("x\n\n" + before + source)
    for table in document.tables:
        for row in table.rows:
            for span in (*row.heads, *row.cells):
                words = document.text[span.start : span.end]
                assert words == words.strip()
                assert "+-" not in words


# Rules are no words


@pytest.mark.parametrize("source", [TRUTH, GRID])
def test_rules_are_neither_searched_nor_quoted(source: str) -> None:
    """Catches ``=====`` and ``+---+`` in sentences, which are quoted in answers."""
    document = rst(source)
    sentences = [document.text[span.start : span.end] for span in sentence_spans(document)]
    for text in (*sentences, search_text(document, 0, len(document.text))):
        assert "==" not in text
        assert "--" not in text


def test_each_row_is_a_sentence() -> None:
    """Catches rows that run together where nothing is drawn between them."""
    document = rst("== =====\nA  B\n== =====\nx  one\ny  two\nz  three\n== =====\n")
    sentences = [document.text[span.start : span.end] for span in sentence_spans(document)]
    assert sentences == ["A  B", "x  one", "y  two", "z  three"]
    document = markdown("| A | B |\n|:--|--:|\n| It flies. | Yes. |\n| No. | 1 |\n")
    sentences = [document.text[span.start : span.end] for span in sentence_spans(document)]
    assert sentences == ["| A | B |", "| It flies.", "| Yes. |", "| No.", "| 1 |"]


# Metadata


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        (
            "author: Ann Lee  # editor\ndate: 2013-04-30\nlang: en",
            Metadata("Ann Lee", "2013-04-30", "en"),
        ),
        ("title: x\nAuthor: 'Ann Lee'\nlanguage: \"de-AT\"", Metadata("Ann Lee", "", "de-AT")),
        ("author: [Ann, Bo]\ndate: soon", Metadata()),
        ("title: x\nauthor:\n  name: Ann", Metadata()),
    ],
)
def test_front_matter_says_who_wrote_it(fields: str, metadata: Metadata) -> None:
    """Catches comments, quotation marks and nested values in a name."""
    assert markdown(f"---\n{fields}\n---\n\ntext\n").metadata == metadata
    assert markdown(f"text\n\n---\n{fields}\n---\n").metadata == Metadata()


def test_fields_at_the_top_say_who_wrote_it() -> None:
    """Catches fields looked for only above a title, or anywhere in the text."""
    fields = ":Author: Ann Lee\n:Date: $Date: 2013/04/30 $\n:lang: en\n"
    expected = Metadata("Ann Lee", "2013-04-30", "en")
    assert rst(fields).metadata == expected
    assert rst(f".. comment\n\nTitle\n=====\n\n{fields}").metadata == expected
    assert rst(f"Title\n=====\n\nWords.\n\n{fields}").metadata == Metadata()
