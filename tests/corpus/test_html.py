"""HTML: tables as maps onto the text, and what a browser shows though no text says it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Metadata, Span, sentence_spans
from corpus.formats import parse

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"


def page(source: str) -> Document:
    return parse(source.encode(), "a.html")


def shown(source: str) -> str:
    return page(source).text.removesuffix("\n")


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


# Tables


def test_an_annual_report_says_what_each_number_is_of() -> None:
    """Catches columns of ``$`` and ``)``, years that miss their numbers, notes in numbers."""
    document = parse((SAMPLES / "annual.htm").read_bytes(), "annual.htm")
    year = "Year ended December\xa031,"
    assert said(document) == [
        f"Revenues:/Lamps, {year}/2013: 60,903",
        f"Revenues:/Lamps, {year}/2012: 51,733",
        f"Revenues:/Oil, net of returns, {year}/2013: (141",
        f"Revenues:/Oil, net of returns, {year}/2012: (92",
        f"Revenues:/Wicks, {year}/2013: —",
        f"Revenues:/Wicks, {year}/2012: 12",
        f"Revenues:/Total revenues, {year}/2013: 60,762",
        f"Revenues:/Total revenues, {year}/2012: 51,653",
        f"Growth, {year}/2013: 17.6",
        f"Growth, {year}/2012: 27",
    ]
    (table,) = document.tables
    (units,) = table.units
    assert document.text[units.start : units.end] == "(in thousands, except per share data)"
    assert document.metadata == Metadata("Lantern Works, Inc.", "2014-03-03", "en-US")


WIKI = """<table><caption>Cities (in thousands)</caption>
<tr><th rowspan=2>City<th colspan=2>People<th rowspan=2>Area (km<sup>2</sup>)</tr>
<tr><th>2010<th>2020</tr>
<tr><th scope=row>Rome<td>5,363<sup>[1]</sup><td rowspan=2>7<td>1.5</tr>
<tr><th scope=row>Milan<td>1<td>3</tr>
<tr><th colspan=4>Asia<tr><th scope=row>Tokyo<td>9<td>8<td>7</table>"""


def test_merged_cells_keep_the_columns_below_them() -> None:
    """Catches the area of Milan read as its people, and years below the wrong head."""
    document = page(WIKI)
    assert document.text.split("\n")[1:6] == [
        "City\tPeople\t\tArea (km^2)",
        "\t2010\t2020",
        "Rome\t5,363 [1]\t7\t1.5",
        "Milan\t1\t\t3",
        "Asia",
    ]
    assert said(document) == [
        "Rome, People/2010: 5,363",
        "Rome, People/2020: 7",
        "Rome, Area (km^2): 1.5",
        "Milan, People/2010: 1",
        "Milan, People/2020: 7",
        "Milan, Area (km^2): 3",
        "Asia/Tokyo, People/2010: 9",
        "Asia/Tokyo, People/2020: 8",
        "Asia/Tokyo, Area (km^2): 7",
    ]


def test_rows_with_merged_values_are_not_torn() -> None:
    """Catches a row cut where a value stands that is also one of the row below."""
    document = page(WIKI)
    sentences = [document.text[span.start : span.end] for span in sentence_spans(document)]
    assert sentences == [line.strip() for line in document.text.splitlines()]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<tr><td rowspan=2>a<td>b<tr><td>c<td>d", "a\tb\n\tc\td"),
        ("<tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e", "a\t\tb\nc\td\te"),
        ("<tr><td>a<td rowspan=3>b<tr><td>c<tr><td>d<td>e", "a\tb\nc\nd\t\te"),
        ("<tbody><tr><td rowspan=9>a<td>b<tbody><tr><td>c<td>d", "a\tb\nc\td"),
        ("<tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d", "a\tb\n\tc\n\td"),
        ("<tr><td>a<td>&nbsp;<td>b<tr><td>c<td>d<td>e", "a\t\tb\nc\td\te"),
        ("<tr><td><p>a<br>b</p><p>c</p><td>d<tr><td>e<td>f", "a b c\td\ne\tf"),
        ("<tr><td><ul><li>a<li>b</ul><td>d<tr><td>e<td>f", "a\nb\td\ne\tf"),
        ("<tr><td>a<br>b", "a\nb"),
        ("<tr><td>1<td><pre><b>a</b>\n<b>b</b></pre><tr><td>2<td>c", "1\ta\nb\n2\tc"),
        ("<tr><td colspan=x rowspan=-3>a<td>b<tr><td>c<td>d", "a\tb\nc\td"),
    ],
)
def test_a_row_is_a_line_with_a_tab_for_each_column(source: str, text: str) -> None:
    """Catches cells that shift under merged ones, and rows that break inside a cell."""
    assert shown(f"<table>{source}</table>") == text


@pytest.mark.parametrize(
    "source",
    [
        "<table role=presentation><tr><td>a<td>1<tr><td>b<td>2</table>",
        "<table><tr><td><table><tr><td>a</table><td>1<tr><td>b<td>2</table>",
        "<table><tr><td><h2>a</h2><td>1<tr><td>b<td>2</table>",
        "<table><tr><td>a<tr><td>b</table>",
        "<table><tr><td>a<td>b</table>",
        "<table><tr><td>•<td>a<tr><td>•<td>b</table>",
    ],
)
def test_a_table_that_lays_out_a_page_is_none(source: str) -> None:
    """Catches pages of old answered as tables of facts."""
    assert page(source).tables == ()


def test_a_table_in_a_table_is_one() -> None:
    """Catches tables lost in a page that is laid out by another, and their order."""
    inner = "<table><tr><th>City<th>People<tr><td>{}<td>5</table>"
    source = (
        f"<table><tr><td>{inner.format('Rome')}<td>{inner.format('Oslo')}<tr><td>x<td>y</table>"
    )
    assert said(page(source)) == ["Rome, People: 5", "Oslo, People: 5"]


def test_heads_are_those_in_the_head_of_the_table() -> None:
    """Catches numbers in ``<thead>`` read as values where its cells are ``<td>``."""
    source = "<table><thead><tr><td>Model<td>36<tbody><tr><td>Boot<td>5<tr><td>Shoe<td>6</table>"
    assert said(page(source)) == ["Boot, 36: 5", "Shoe, 36: 6"]


def test_merged_cells_of_a_hostile_page_cost_no_more_than_it() -> None:
    """Catches a tab for each of the thousand columns that each of many cells claims to cover."""
    wide = "<table>" + "<tr><td colspan=1000>x<td>y" * 5_000 + "</table>"
    tall = "<table><tr><td rowspan=65534 colspan=1000>x<td>y" + "<tr><td>x" * 5_000 + "</table>"
    assert len(page(wide).text) < 200_000
    assert len(page(tall).text) < 200_000


CELL = st.tuples(
    st.sampled_from(["", "Rome", "5,363", "2019", "$", ")", "<p>a</p><p>b</p>", "7<sup>1</sup>"]),
    st.sampled_from(["td", "th"]),
    st.integers(0, 4),
    st.integers(0, 4),
)


@given(st.lists(st.lists(CELL, max_size=5), min_size=1, max_size=6))
def test_each_map_is_onto_the_text(rows: list[list[tuple[str, str, int, int]]]) -> None:
    """Catches offsets that point beside their cell: at a tab, a line's end, another cell."""
    cells = [
        "".join(f"<{tag} rowspan={r} colspan={c}>{text}</{tag}>" for text, tag, r, c in row)
        for row in rows
    ]
    document = page("<p>Before</p><table>" + "".join(f"<tr>{row}" for row in cells) + "</table>")
    starts = [table.span.start for table in document.tables]
    assert starts == sorted(starts)
    for table in document.tables:
        for row in table.rows:
            for span in (*row.heads, *row.cells):
                words = document.text[span.start : span.end]
                assert words == words.strip()
                assert not {*words} & {"\t", "\n"}


# Raised and lowered


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("5,363<sup>1</sup>", "5,363 1"),
        ("5,363<sup><a href=#n>1</a></sup> men", "5,363 1 men"),
        ("5,363<sup>[1]</sup>", "5,363 [1]"),
        ("5,363<sup>a</sup>", "5,363 a"),
        ("12 %<sup>2</sup>", "12 % 2"),
        ("5,363<sup>*</sup>", "5,363 *"),
        ("<sup>1</sup>2012 only", "1 2012 only"),
        ("the profit<sup>1</sup> rose", "the profit 1 rose"),
        ("m<sup>2</sup>", "m^2"),
        ("20 km<sup>2</sup> of it", "20 km^2 of it"),
        ("m s<sup>−1</sup>", "m s^−1"),
        ("10<sup>6</sup>", "10^6"),
        ("x<sup>2</sup> + y<sup>n</sup>", "x^2 + y^n"),
        ("(a + b)<sup>2</sup>", "(a + b)^2"),
        ("2<sup>10</sup>", "2^10"),
        ("the 1<sup>st</sup> and 21<sup>st</sup>", "the 1st and 21st"),
        ("le XX<sup>e</sup>, n<sup>o</sup> 5, M<sup>lle</sup>", "le XXe, no 5, Mlle"),
        ("H<sub>2</sub>O and CO<sub>2</sub>", "H2O and CO2"),
        ("101<sub>2</sub>", "101_2"),
        ("It is tall.<sup>[1]</sup> Yes.", "It is tall.[1] Yes."),
        ("<sup>14</sup>C", "14C"),
        ("<sup>1</sup>/<sub>2</sub> or 3<sup>1</sup>/<sub>2</sub>", "1/2 or 3 1/2"),
        ("E = mc<sup>2</sup>, x<sub>1</sub><sup>2</sup>", "E = mc^2, x1^2"),
        ("Na<sup>+</sup> and Ca<sup>2+</sup>", "Na+ and Ca2+"),
        ("Sales (net)<sup>1</sup> of $5<sup>2</sup>", "Sales (net) 1 of $5 2"),
        ("Lee<sup>a</sup>, Smith<sup>a,b</sup>: 3 %<sup>c</sup>", "Lee a, Smith a,b: 3 % c"),
        ("since 2019.<sup>1</sup> So", "since 2019. 1 So"),
        ("5,363<sup>1,2</sup>", "5,363 1,2"),
        ("a <sup>b</sup> c", "a b c"),
        ("<sup></sup>5 <sub></sub>6", "5 6"),
    ],
)
def test_raised_characters_do_not_change_what_they_stand_by(source: str, text: str) -> None:
    """Catches ``5,3631``, ``m2``, ``106``, and ordinals torn apart."""
    assert shown(f"<p>{source}</p>") == text


def test_in_a_table_a_small_number_has_a_note_and_ten_an_exponent() -> None:
    """Catches 7 with a note 1 read as a power."""
    source = "<table><tr><td>a<td>7<sup>1</sup><tr><td>b<td>10<sup>3</sup></table>"
    assert shown(source) == "a\t7 1\nb\t10^3"


# Lists


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ol><li>a<li><p>b</p></ol>", "1. a\n2. b"),
        ("<ol start=3><li>a<li value=7>b<li>c</ol>", "3. a\n7. b\n8. c"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b"),
        ("<ol reversed start=9><li>a<li>b</ol>", "9. a\n8. b"),
        ("<ol type=a start=26><li>a<li>b</ol>", "z. a\naa. b"),
        ("<ol type=I start=4><li>a</ol><ol type=i start=1999><li>b</ol>", "IV. a\nmcmxcix. b"),
        ("<ol type=i start=0><li>a</ol><ol type=A start=-1><li>b</ol>", "0. a\n-1. b"),
        ("<ol><li>a<ul><li>b</ul><li>c<ol><li>d</ol></ol>", "1. a\nb\n2. c\n1. d"),
        ("<ol><li>a</ol><ul><li>b</ul><li>c", "1. a\nb\nc"),
        ("<ol style='list-style: none'><li>a</ol>", "a"),
        ("<ol><li><li>b</ol>", "2. b"),
        ("<ol><li><h2>Head</h2>text</ol>", "1. Head\ntext"),
    ],
)
def test_items_have_the_numbers_that_browsers_show(source: str, text: str) -> None:
    """Catches steps without their numbers, and numbers that go on in another list."""
    assert shown(source) == text


# Formulas


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<mfrac><mn>3</mn><mn>4</mn></mfrac>", "3/4"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2.5</mn></mfrac>", "(a+1)/2.5"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "3√x"),
        ("<msup><mi>m</mi><mn>2</mn></msup>", "m^2"),
        ("<msub><mi>x</mi><mrow><mi>i</mi><mo>+</mo><mn>1</mn></mrow></msub>", "x_(i+1)"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x_1^2"),
        ("<munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mi>i</mi>", "∑_0^ni"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd></mtr></mtable>", "1, 2; 3"),
        ("<semantics><mi>x</mi><annotation>\\TeX</annotation></semantics>", "x"),
        ("<mfrac><mn>3</mn></mfrac>", "3"),
    ],
)
def test_a_formula_stands_on_a_line(source: str, text: str) -> None:
    """Catches three quarters read as 34, and the source of a formula beside it."""
    assert shown(f"<p>is <math>{source}</math> here") == f"is {text} here"


def test_a_formula_may_nest_without_limit() -> None:
    """Catches a recursion that ends the process."""
    assert shown("<math>" + "<mrow>" * 5_000 + "<mi>x</mi></math>") == "x"


# Borders of inline elements


def test_inline_elements_neither_glue_nor_part_words() -> None:
    """Catches spaces made up at ``<wbr>`` and ``<ruby>``, and lost beside another script."""
    assert shown("<p>super<wbr>market <ruby>漢<rt>kan</rt></ruby></p>") == "supermarket 漢kan"
    assert shown("<p><bdi>שלום</bdi> <b>Tea</b> <span dir=rtl>שלום</span></p>") == "שלום Tea שלום"


# Metadata


@pytest.mark.parametrize(
    ("head", "metadata"),
    [
        ('<meta name="Author" content=" Ann  Lee ">', Metadata("Ann Lee")),
        ('<meta name="DC.creator" content="Ann Lee">', Metadata("Ann Lee")),
        ('<meta name="date" content="2013-04-30">', Metadata(date="2013-04-30")),
        (
            '<meta property="article:published_time" content="2013-04-30T10:00:00+02:00">'
            '<meta name="date" content="2020">',
            Metadata(date="2013-04-30"),
        ),
        ('<meta name="date" content="4/5/2013">', Metadata()),
        (f'<meta name="author" content="{"x" * 300}">', Metadata()),
        ('</head><body><time pubdate datetime="2013-04">x</time>', Metadata(date="2013-04")),
    ],
)
def test_a_page_says_who_wrote_it_and_when(head: str, metadata: Metadata) -> None:
    """Catches dates taken as they stand, and a later, weaker name that wins."""
    assert page(f"<html><head>{head}<p>text").metadata == metadata


@pytest.mark.parametrize(("lang", "tag"), [("de-AT", "de-AT"), ("en_US", "en-US"), ("?", "")])
def test_a_page_says_its_language(lang: str, tag: str) -> None:
    """Catches a tag that is none."""
    assert page(f"<html lang='{lang}'><p>text").metadata.language == tag
