"""Tables in PDFs: what stands in which row and column, drawn by reportlab and read again."""

import io
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate
from reportlab.platypus import Table as DrawnTable

from corpus.formats import parse
from corpus.types import Document, Span, Table

# Row heads, column heads (each joined with " / ") and the value.
Triple = tuple[str, str, str]
PROSE = (
    "In 2018 the company sold goods for 32,765 in 70 countries, 3.5% more than in 2017, when it "
    "sold goods for 31,657 and had 91,536 employees. Of the 14 plants that were closed in 2016, "
    "5 stood in Ohio and 9 in Texas (see Note 12). The effective tax rate was 23.4% in 2018, and "
    "35.5% in 2017, of which 7.6 percentage points came from the law of December 22, 2017."
)
MONEY = ("2018", "2017", "2016")


class Sheet:
    """A page to draw on, from the top, in lines of 12 points."""

    def __init__(self, size: tuple[float, float] = LETTER) -> None:
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=size)
        self._top = size[1] - 60
        self.new_page(first=True)

    def new_page(self, *, first: bool = False) -> None:
        """Go to the top of the next page, or of the first one."""
        if not first:
            self.canvas.showPage()
        self.canvas.setFont("Times-Roman", 10)
        self.y = self._top

    def line(self, *parts: tuple[str, float, str]) -> None:
        """Draw parts of a line, each as l(eft), r(ight) or c(entre), x and text; then go down."""
        for align, x, text in parts:
            draw = {
                "l": self.canvas.drawString,
                "r": self.canvas.drawRightString,
                "c": self.canvas.drawCentredString,
            }[align]
            draw(x, self.y, text)
        self.y -= 12

    def row(self, head: str, *cells: str, indent: float = 0, right: float = 400) -> None:
        """Draw a row, its values right-aligned every 70 points; brackets hang out."""
        values = [
            ("r", right + 70 * n + (3.3 if cell.endswith(")") else 0), cell)
            for n, cell in enumerate(cells)
            if cell
        ]
        self.line(("l", 60 + indent, head), *values)

    def prose(self, text: str = PROSE) -> None:
        """Draw a paragraph."""
        for line in textwrap.wrap(text, 110):
            self.line(("l", 60, line))

    def document(self) -> Document:
        """Return what the loader makes of the pages."""
        self.canvas.save()
        return parse(self._buffer.getvalue(), "a.pdf")


def words(document: Document, spans: Iterable[Span]) -> str:
    """Return what stands at spans, joined as a reader would."""
    return " / ".join(" ".join(document.text[a:b].split()) for a, b in spans)


def triples(document: Document, table: Table) -> list[Triple]:
    """Return the cells of a table with their heads, and check that all spans are in the text."""
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
    return [
        (words(document, row.heads), words(document, column), document.text[cell.start : cell.end])
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.start < cell.end
    ]


def only(document: Document) -> tuple[Table, list[Triple]]:
    (table,) = document.tables
    return table, triples(document, table)


def expected(rows: Mapping[str, Sequence[str]], heads: Sequence[str] = MONEY) -> list[Triple]:
    return [
        (row, head, value)
        for row, values in rows.items()
        for head, value in zip(heads, values, strict=True)
        if value
    ]


def cash_flows(sheet: Sheet) -> list[Triple]:
    """Draw a statement as in an annual report; return what stands in it."""
    sheet.line(("c", 306, "Example Company and Subsidiaries"))
    sheet.line(("c", 306, "Consolidated Statement of Cash Flows"))
    sheet.line(("c", 306, "(Dollars in millions)"))
    sheet.line(("c", 460, "Years ended December 31,"))
    sheet.line(*(("c", 390 + 70 * n, year) for n, year in enumerate(MONEY)))
    sheet.row("Cash flows from operating activities:")
    sheet.line(("l", 366, "$"), ("l", 436, "$"), ("l", 506, "$"))
    sheet.y += 12
    sheet.row("Net income", "5,363", "4,869", "5,058", indent=10)
    sheet.row("Adjustments to reconcile net income including noncontrolling interest")
    sheet.row("to net cash provided by operating activities:", indent=10)
    sheet.row("Depreciation and amortization", "1,488", "1,544", "—", indent=10)
    sheet.row("Net cash provided by operating activities", "6,439", "6,240", "6,662")
    sheet.y -= 12
    sheet.row("Cash flows from investing activities:")
    sheet.row("Purchases of property, plant and", indent=10)
    sheet.row("equipment (PP&E)", "(1,577)", "(1,373)", "(1,420)", indent=20)
    sheet.row("Acquisitions, net of cash acquired", "13", "(2,023)", "(16)", indent=10)
    sheet.row("Effect of exchange rates (a)", "$(160)", "$156", "(33)")
    operating = "Cash flows from operating activities: / "
    adjusted = (
        "Adjustments to reconcile net income including noncontrolling interest to net cash "
        "provided by operating activities: / "
    )
    investing = "Cash flows from investing activities: / "
    rows = {
        operating + "Net income": ("5,363", "4,869", "5,058"),
        adjusted + "Depreciation and amortization": ("1,488", "1,544", "—"),
        "Net cash provided by operating activities": ("6,439", "6,240", "6,662"),
        investing + "Purchases of property, plant and equipment (PP&E)": (
            "(1,577)",
            "(1,373)",
            "(1,420)",
        ),
        investing + "Acquisitions, net of cash acquired": ("13", "(2,023)", "(16)"),
        "Effect of exchange rates (a)": ("$(160)", "$156", "(33)"),
    }
    return expected(rows, [f"Years ended December 31, / {year}" for year in MONEY])


def test_a_statement_of_an_annual_report_is_read_as_it_is_printed() -> None:
    """Catches heads cut at a line's end, groups that swallow totals, ``$`` taken for a value."""
    sheet = Sheet()
    drawn = cash_flows(sheet)
    document = sheet.document()
    table, found = only(document)
    assert found == drawn
    assert words(document, table.caption) == (
        "Example Company and Subsidiaries / Consolidated Statement of Cash Flows"
    )
    assert words(document, table.units) == "(Dollars in millions)"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_turned_reads_the_same(turn: int) -> None:
    """Catches rows taken from the page's own axes: wide tables are drawn sideways."""
    sheet = Sheet((792, 792))
    sheet.canvas.translate(396, 396)
    sheet.canvas.rotate(turn)
    sheet.canvas.translate(-396, -396)
    sheet.canvas.setPageRotation(turn)
    assert only_of(sheet, cash_flows)


def only_of(sheet: Sheet, draw: Callable[[Sheet], list[Triple]]) -> bool:
    drawn = draw(sheet)
    return only(sheet.document())[1] == drawn


def test_heads_over_several_columns_stand_with_each() -> None:
    """Catches a head given only to the column under its middle, or to its neighbour's too."""
    sheet = Sheet()
    sheet.line(("l", 60, "(in thousands)"), ("c", 285, "Net sales"), ("c", 485, "Income"))
    heads = ["2018", "2017", "% Change"]
    places = [250, 300, 350, 450, 500, 550]
    sheet.line(*(("r", x, head) for x, head in zip(places, heads * 2, strict=True)))
    rows = {
        "Industrial": ("12,267", "11,946", "2.7%", "2,657", "2,289", "16.1%"),
        "Health care": ("6,021", "5,813", "3.6%", "1,799", "1,764", "NM"),
        "Elimination": ("(50)", "—", "*", "460", "(352)", "(6.3)%"),
    }
    for head, values in rows.items():
        cells = [("r", x, value) for x, value in zip(places, values, strict=True)]
        sheet.line(("l", 60, head), *cells)
    names = [f"{top} / {head}" for top in ("Net sales", "Income") for head in heads]
    document = sheet.document()
    table, found = only(document)
    assert found == expected(rows, names)
    assert words(document, table.units) == "(in thousands)"


def test_a_sign_without_its_number_heads_no_column() -> None:
    """Catches the dollar signs of a row that has no values taken for heads of the columns."""
    sheet = Sheet()
    sheet.row("", "2018", "2017")
    sheet.line(("l", 60, "Operating activities:"), ("l", 370, "$"), ("l", 440, "$"))
    rows = {"Net income": ("551.9", "391.6"), "Depreciation": ("203.1", "196.7")}
    for head, values in rows.items():
        sheet.row(head, *values, indent=8)
    _, found = only(sheet.document())
    assert [column for _, column, _ in found] == ["2018", "2017"] * 2


def test_a_rule_says_how_far_a_head_reaches() -> None:
    """Catches a head centred over three columns taken for that of the middle one."""
    sheet = Sheet()
    sheet.line(("c", 455, "Level"), ("c", 250, "Total"))
    sheet.canvas.line(370, sheet.y + 9, 540, sheet.y + 9)
    sheet.line(
        *(("r", x, head) for x, head in ((260, "cost"), (400, "low"), (470, "mid"), (540, "high")))
    )
    sheet.line(
        ("l", 60, "Bonds"), ("r", 260, "60"), ("r", 400, "10"), ("r", 470, "20"), ("r", 540, "30")
    )
    sheet.line(
        ("l", 60, "Shares"), ("r", 260, "6"), ("r", 400, "1"), ("r", 470, "2"), ("r", 540, "3")
    )
    _, found = only(sheet.document())
    assert ("Shares", "Level / low", "1") in found
    assert ("Shares", "Level / high", "3") in found
    assert ("Bonds", "Total / cost", "60") in found


def test_sections_of_years_in_one_table() -> None:
    """Catches the second year's rows under the first year's head, and lost heads of columns."""
    sheet = Sheet()
    sheet.line(("c", 390, "Cost"), ("c", 460, "Fair value"))
    for year in ("2018", "2017"):
        sheet.line(("c", 425, year))
        sheet.row("Bonds", "100", year[-2:])
        sheet.row("Shares", "37", "40")
    document = sheet.document()
    found = [triple for table in document.tables for triple in triples(document, table)]
    assert ("Bonds", "Cost / 2018", "100") in found
    assert ("Bonds", "2017 / Fair value", "17") in found
    assert len(found) == 8


def test_a_table_goes_on_overleaf_with_the_same_heads() -> None:
    """Catches rows of the second page without a year, and spans counted from its top."""
    sheet = Sheet()
    sheet.line(("l", 60, "Segment data"))
    sheet.line(("l", 60, "(Millions)"), *(("r", 400 + 70 * n, y) for n, y in enumerate(MONEY)))
    sheet.row("Industrial", "12,267", "11,946", "10,399")
    sheet.row("Consumer", "4,796", "4,589", "4,482")
    sheet.new_page()
    sheet.row("Health care", "6,021", "5,813", "5,566")
    sheet.row("Total", "32,765", "31,657", "30,109")
    document = sheet.document()
    first, second = document.tables
    assert triples(document, second) == expected(
        {"Health care": ("6,021", "5,813", "5,566"), "Total": ("32,765", "31,657", "30,109")}
    )
    assert (second.units, second.caption) == (first.units, first.caption)
    assert document.page_of(second.span.start) == 2


def test_two_tables_beside_each_other_are_two() -> None:
    """Catches the heads of the right table's rows taken for values of the left one."""
    sheet = Sheet()
    sheet.line(("l", 60, "Sales by region"), ("l", 330, "Sales by segment"))
    sheet.line(("r", 230, "2018"), ("r", 280, "2017"), ("r", 500, "2018"), ("r", 550, "2017"))
    left = {"Europe": ("6,422", "6,456"), "Asia": ("10,254", "9,809"), "Canada": ("500", "400")}
    right = {"Health care": ("6,021", "5,813"), "Consumer": ("47", "4,589"), "Total": ("9", "8")}
    for (a, (b, c)), (d, (e, f)) in zip(left.items(), right.items(), strict=True):
        sheet.line(
            ("l", 60, a), ("r", 230, b), ("r", 280, c), ("l", 330, d), ("r", 500, e), ("r", 550, f)
        )
    document = sheet.document()
    one, other = document.tables
    assert triples(document, one) == expected(left, MONEY[:2])
    assert triples(document, other) == expected(right, MONEY[:2])
    assert words(document, other.caption) == "Sales by segment"


@pytest.mark.parametrize("down", [0, 4])
@pytest.mark.parametrize(("left", "beside"), [(50, 320), (320, 50)])
def test_prose_in_the_column_beside_a_table_is_no_part_of_it(
    left: float, beside: float, down: float
) -> None:
    """Catches rows over both columns of a page, whether or not their lines are level."""
    sheet = Sheet()
    top = sheet.y
    for n in range(22):
        sheet.line(("l", beside, PROSE[13 * n :][:48].strip()))
    sheet.y = top - down
    for n in range(7):
        sheet.line(("l", left, PROSE[17 * n :][:48].strip()))
    sheet.y -= 12
    sheet.line(("l", left, "(in millions)"), ("r", left + 160, "2018"), ("r", left + 220, "2017"))
    rows = {"Net sales": ("5", "6"), "Cost of sales": ("(3)", "(4)"), "Income": ("2", "—")}
    for head, (one, other) in rows.items():
        sheet.line(("l", left, head), ("r", left + 160, one), ("r", left + 220, other))
    sheet.y -= 12
    for n in range(5):
        sheet.line(("l", left, PROSE[17 * n :][:48].strip()))
    document = sheet.document()
    table, found = only(document)
    assert found == expected(rows, MONEY[:2])
    assert words(document, table.units) == "(in millions)"


def test_marks_leaders_and_years_that_head_rows() -> None:
    """Catches ``5,3631`` for 5,363 with a mark, dots in heads, and 2019 taken for a value."""
    sheet = Sheet()
    sheet.line(
        ("l", 60, "Year ending December 31,"), ("r", 400, "Operating"), ("r", 470, "Capital")
    )
    sheet.line(("r", 400, "leases"), ("r", 470, "leases"))
    sheet.row("2019 .................................", "5,363", "21")
    sheet.canvas.setFont("Times-Roman", 6)
    sheet.canvas.drawString(400, sheet.y + 15.5, "1")
    sheet.canvas.setFont("Times-Roman", 10)
    sheet.row("2020 . . . . . . . . . . . . . . . . . .", "204", "18(a)")
    sheet.row("Thereafter", "212", "46")
    sheet.canvas.setFont("Times-Roman", 6)
    sheet.canvas.drawString(108, sheet.y + 15.5, "(b)")
    _, found = only(sheet.document())
    assert found == expected(
        {"2019": ("5,363", "21"), "2020": ("204", "18"), "Thereafter": ("212", "46")},
        ["Operating / leases", "Capital / leases"],
    )


def test_a_grid_with_lines_is_a_table_too() -> None:
    """Catches rows looked for only where nothing is drawn between them, and centred values."""
    rows = {"Alpha": ("1", "20", "300"), "Beta": ("4", "50", "—"), "Gamma": ("70", "8", "9.5")}
    data = [["", *MONEY], *([head, *values] for head, values in rows.items())]
    drawn = DrawnTable(data, colWidths=[120, 60, 60, 60])
    drawn.setStyle(
        [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("ALIGN", (1, 0), (-1, -1), "CENTER")]
    )
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build([drawn])
    assert only(parse(buffer.getvalue(), "a.pdf"))[1] == expected(rows)


def test_prose_with_numbers_and_contents_are_no_tables() -> None:
    """Catches numbers at the ends of lines, page numbers and numbered lists taken for values."""
    sheet = Sheet()
    for n in range(12):
        sheet.prose(PROSE[n * 7 :])
        sheet.y -= 12
    sheet.line(("c", 306, "17"))
    sheet.new_page()
    for n, title in enumerate(("Business", "Risk factors", "Properties", "Legal proceedings")):
        sheet.line(("l", 60, f"Item {n + 1}. {title}"), ("r", 540, str(3 + 11 * n)))
    for n in range(1, 5):
        sheet.line(("l", 60, f"({n})"), ("l", 90, f"Exhibit {n} was filed in 201{n} by us."))
    assert sheet.document().tables == ()


def test_tables_among_prose_keep_to_themselves() -> None:
    """Catches heads inherited over prose, and prose taken for the head of a row."""
    sheet = Sheet()
    sheet.prose()
    sheet.y -= 12
    sheet.line(*(("r", 400 + 70 * n, year) for n, year in enumerate(MONEY)))
    sheet.row("Industrial", "12,267", "11,946", "10,399")
    sheet.row("Consumer", "4,796", "4,589", "4,482")
    sheet.y -= 12
    sheet.prose()
    sheet.y -= 12
    sheet.row("Rent expense", "5", "6", "7")
    sheet.row("Interest expense", "8", "9", "10")
    document = sheet.document()
    first, second = (triples(document, table) for table in document.tables)
    assert first == expected(
        {"Industrial": ("12,267", "11,946", "10,399"), "Consumer": ("4,796", "4,589", "4,482")}
    )
    assert [head for _, head, _ in second] == [""] * 6


def test_a_page_of_nothing_but_numbers_takes_no_longer_than_it_is_long() -> None:
    """Catches work that grows with the square of the words: 19,000 numbers on one line."""
    sheet = Sheet((200_000, 200))
    sheet.canvas.setFont("Times-Roman", 4)
    sheet.canvas.drawString(0, 100, "    ".join(["7"] * 19_000))
    sheet.canvas.drawString(0, 80, "    ".join(["7"] * 900))
    assert sheet.document().tables == ()


def test_heads_of_many_lines_stay_above_their_own_columns() -> None:
    """Catches a line of a head given to the columns beside, and a title taken for a head."""
    sheet = Sheet()
    sheet.line(("c", 267, "Consolidated Statement of Changes in Equity"))
    for middle, right in (("Paid-in", ""), ("capital and", "Treasury"), ("other", "stock, at")):
        sheet.line(("c", 310, middle), ("c", 460, right))
    sheet.line(*(("c", x, head) for x, head in ((240, "Total"), (310, "reserves"), (460, "cost"))))
    sheet.y += 12
    sheet.line(("c", 385, "Retained"))
    for head, *cells in (
        ("Balance at December 31, 2015", "11,468", "4,800", "36,575", "(23,308)"),
        ("Dividends ($4.44 per share)", "(2,678)", "", "(2,678)", ""),
        ("Issuances under plans 2 and 3", "766", "", "(399)", "1,165"),
    ):
        sheet.row(head, *cells, right=255)
    sheet.y = 60
    sheet.line(("r", 325, "48"))
    document = sheet.document()
    table, found = only(document)
    assert [words(document, column) for column in table.columns] == [
        "Total",
        "Paid-in / capital and / other / reserves",
        "Retained",
        "Treasury / stock, at / cost",
    ]
    assert words(document, table.caption) == "Consolidated Statement of Changes in Equity"
    assert found[4:6] == [
        ("Dividends ($4.44 per share)", "Total", "(2,678)"),
        ("Dividends ($4.44 per share)", "Retained", "(2,678)"),
    ]
    assert len(found) == 9


def test_a_cell_is_all_that_stands_in_it() -> None:
    """Catches ``3`` for ``3 to 40 years``, and numbers of the row's head taken for its values."""
    sheet = Sheet()
    sheet.line(("r", 330, "Life"), ("r", 400, "2018"), ("r", 470, "2017"))
    sheet.line(
        ("l", 60, "Buildings"), ("r", 330, "10 to 40 years"), ("r", 400, "9"), ("r", 470, "8")
    )
    sheet.line(
        ("l", 60, "Machines"), ("r", 330, "3 to 15 years"), ("r", 400, "7"), ("r", 470, "n/a")
    )
    sheet.line(("l", 60, "Land held since 1998"), ("r", 400, "6"), ("r", 470, "5"))
    _, found = only(sheet.document())
    assert found == expected(
        {
            "Buildings": ("10 to 40 years", "9", "8"),
            "Machines": ("3 to 15 years", "7", "n/a"),
            "Land held since 1998": ("", "6", "5"),
        },
        ["Life", "2018", "2017"],
    )


HEADS = st.lists(
    st.text("abcdefghij", min_size=3, max_size=12).map(str.capitalize),
    min_size=2,
    max_size=6,
    unique=True,
)
NUMBERS = st.one_of(
    st.integers(0, 9_999_999).map(lambda n: f"{n:,}"),
    st.integers(1, 99_999).map(lambda n: f"({n:,})"),
    st.decimals(0, 100, places=1).map(lambda n: f"{n}%"),
    st.just("—"),
)


@given(HEADS, HEADS, st.data())
@settings(max_examples=40, deadline=None)
def test_every_value_of_any_small_table_is_found_with_its_heads(
    rows: list[str], columns: list[str], data: st.DataObject
) -> None:
    """Catches values lost where a column mixes widths, signs and brackets."""
    cells = {row: [data.draw(NUMBERS) for _ in columns] for row in rows}
    for n in range(len(columns)):
        if sum(values[n] != "—" for values in cells.values()) < 2:
            cells[rows[0]][n] = cells[rows[1]][n] = "5"
    sheet = Sheet()
    sheet.line(*(("r", 200 + 70 * n, head) for n, head in enumerate(columns)))
    for row, values in cells.items():
        sheet.row(row, *values, right=200)
    document = sheet.document()
    found = [triple for table in document.tables for triple in triples(document, table)]
    assert found == expected(cells, columns)


WORDS = st.sampled_from(
    [
        "2018",
        "5,363",
        "(1,577)",
        "$",
        "(",
        ")",
        "%",
        "—",
        "12.5%",
        "Total",
        "in millions",
        "31,",
        "non-",
        "(a)",
        "*",
        ".....",
        "Year ended",
        "Note 5",
        "(Dollars in millions)",
        "$ (5",
        "•",
    ]
)
PLACES = st.tuples(st.integers(1, 12), st.integers(0, 20), st.sampled_from("lrc"), WORDS)


@given(st.lists(PLACES, min_size=4, max_size=80), st.sampled_from([0, 90, 180, 270]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_drawn_wherever_gives_maps_that_are_inside_the_text(
    drawn: list[tuple[int, int, str, str]], turn: int
) -> None:
    """Catches a crash on what is no table, and spans that are empty or run backwards."""
    sheet = Sheet((600, 600))
    sheet.canvas.translate(300, 300)
    sheet.canvas.rotate(turn)
    sheet.canvas.translate(-300, -300)
    for column, row, align, text in drawn:
        sheet.y = 570 - 12 * row
        sheet.line((align, 45 * column, text))
    document = sheet.document()
    for table in document.tables:
        cells = triples(document, table)
        assert cells
        assert all(value.strip() for _, _, value in cells)
        heads = [span for row in table.rows for span in row.heads]
        heads += [span for column in table.columns for span in column]
        for start, end in [*heads, *table.caption, *table.units]:
            assert 0 <= start < end
            assert document.text[start:end].strip()
