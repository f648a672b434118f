"""Grids into tables: what is of what, against triples that are known.

A grid is drawn as lines with ``|`` between cells; before a cell's text may stand ``!`` (the source
says that it is a head), ``>3`` (it covers three columns) and ``v2`` (it covers two rows).
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import Span, Table
from corpus.formats.amounts import CellKind, kind_of, units_in, without_note
from corpus.formats.grid import GridCell, tables_of

DRAWN = re.compile(r"\s*(!?)(?:>(\d+))?(?:v(\d+))?\s*(.*?)\s*", re.DOTALL)
Triple = tuple[tuple[str, ...], tuple[str, ...], str]


def drawn(source: str) -> list[GridCell]:
    """Return the cells of a drawing; their spans point into the drawing itself."""
    cells: list[GridCell] = []
    taken: dict[int, int] = {}
    at = 0
    for row, line in enumerate(source.split("\n")):
        column = 0
        for piece in line.split("|"):
            while taken.get(column, 0) > row:
                column += 1
            found = DRAWN.fullmatch(piece)
            assert found
            span = Span(at + found.start(4), at + found.end(4))
            columns, rows = int(found[2] or 1), int(found[3] or 1)
            if span.start < span.end:
                cells.append(GridCell(row, column, span, rows, columns, bool(found[1])))
            taken |= dict.fromkeys(range(column, column + columns), row + rows)
            column += columns
            at += len(piece) + 1
    return cells


def tables(source: str) -> tuple[Table, ...]:
    return tables_of(drawn(source), source)


def words(source: str, spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(source[span.start : span.end] for span in spans)


def triples(source: str, found: Sequence[Table]) -> list[Triple]:
    """Return what the tables say, value by value: heads of the row, of the column, the value."""
    return [
        (words(source, row.heads), words(source, heads), source[cell.start : cell.end])
        for table in found
        for row in table.rows
        for heads, cell in zip(table.columns, row.cells, strict=True)
        if cell.start < cell.end
    ]


def said(source: str) -> list[str]:
    """Return the triples of a drawing in short: ``row/row, column/column: value``."""
    return [f"{'/'.join(r)}, {'/'.join(c)}: {v}" for r, c, v in triples(source, tables(source))]


def captions(source: str) -> list[str]:
    return [text for table in tables(source) for text in words(source, table.caption)]


def units(source: str) -> list[str]:
    return [text for table in tables(source) for text in words(source, table.units)]


# Column heads


def test_the_first_rows_without_numbers_are_heads() -> None:
    """Catches a first row of values, and the corner taken for a column's head."""
    assert said("Group|Price|Age\nAdults|6|18\nChildren|3|4") == [
        "Adults, Price: 6",
        "Adults, Age: 18",
        "Children, Price: 3",
        "Children, Age: 4",
    ]


def test_a_table_of_words_has_heads_too() -> None:
    """Catches tables that are known by their numbers only."""
    assert said("Ingredient|Use\nSalt|taste\nSoda|rising") == [
        "Salt, Use: taste",
        "Soda, Use: rising",
    ]


def test_an_empty_corner_does_not_make_the_first_row_of_words_a_head() -> None:
    """Catches every row below an empty corner taken for one more level of heads."""
    assert said("|Vegan|Nuts\nBread|yes|no\nCake|no|yes") == [
        "Bread, Vegan: yes",
        "Bread, Nuts: no",
        "Cake, Vegan: no",
        "Cake, Nuts: yes",
    ]


@pytest.mark.parametrize("years", ["2019|2020", "FY2019|FY2020", "2018/19|2019/20"])
@pytest.mark.parametrize("corner", ["", "Item"])
def test_years_above_numbers_are_heads(corner: str, years: str) -> None:
    """Catches years that are read as the first row's values because they are numbers."""
    first, second = years.split("|")
    assert said(f"{corner}|{years}\nSales|1,577|1,400\nCosts|900|—") == [
        f"Sales, {first}: 1,577",
        f"Sales, {second}: 1,400",
        f"Costs, {first}: 900",
        f"Costs, {second}: —",
    ]


def test_dates_above_numbers_are_heads_and_dates_below_a_head_are_values() -> None:
    """Catches dates that are always the one or always the other."""
    assert said("|Dec 31, 2013|Dec 31, 2012\nCash|5|6") == [
        "Cash, Dec 31, 2013: 5",
        "Cash, Dec 31, 2012: 6",
    ]
    assert said("Treaty|Signed\nTordesillas|1494-06-07\nUtrecht|11 April 1713") == [
        "Tordesillas, Signed: 1494-06-07",
        "Utrecht, Signed: 11 April 1713",
    ]


def test_without_a_row_of_heads_the_columns_have_none() -> None:
    """Catches the first row of numbers taken for heads."""
    assert said("Sales|1,577|1,400\nCosts|900|800")[:2] == ["Sales, : 1,577", "Sales, : 1,400"]


def test_heads_of_several_levels_stand_over_each_column_that_they_cover() -> None:
    """Catches a merged head that stays with its first column, and levels in the wrong order."""
    source = "v2 City|>2 Population|v2 Area\n2010|2020\nRome|1|2|3\nMilan|4|5|6"
    assert said(source)[:3] == [
        "Rome, Population/2010: 1",
        "Rome, Population/2020: 2",
        "Rome, Area: 3",
    ]


def test_marked_heads_are_heads_though_they_are_numbers() -> None:
    """Catches sizes 36 and 38 in ``<th>`` read as values."""
    source = "!Model|!36|!38\n!Boot|5|6\n!Shoe|7|8"
    assert said(source)[:2] == ["Boot, 36: 5", "Boot, 38: 6"]


def test_years_below_a_marked_head_are_one_more_level() -> None:
    """Catches marks believed to be complete: a second row of heads is often not marked."""
    assert said("!Item|!>2 Year\n|2019|2020\nSales|10|20") == [
        "Sales, Year/2019: 10",
        "Sales, Year/2020: 20",
    ]


def test_facts_with_marked_names_have_no_column_heads() -> None:
    """Catches the first fact of an info box taken for the head of the others."""
    assert said("!Industry|Software\n!Founded|1975\n!Employees|221,000") == [
        "Industry, : Software",
        "Founded, : 1975",
        "Employees, : 221,000",
    ]
    assert said("Kingdom:|Animalia\nClass:|Aves")[0] == "Kingdom:, : Animalia"


# Row heads


def test_words_left_of_numbers_are_heads_until_they_tell_the_rows_apart() -> None:
    """Catches a region alone as a row's head, and a country that is no value where it need not."""
    source = "Region|Country|Sales\nNorth|Iceland|1\n|Norway|2\nSouth|Italy|3"
    assert said(source) == [
        "North/Iceland, Sales: 1",
        "North/Norway, Sales: 2",
        "South/Italy, Sales: 3",
    ]
    assert said("Country|Capital|People\nFrance|Paris|68\nItaly|Rome|59")[:2] == [
        "France, Capital: Paris",
        "France, People: 68",
    ]


def test_a_head_that_is_merged_downward_heads_each_row() -> None:
    """Catches the second row of a merged head left without it."""
    source = "Year|Quarter|Sales\nv2 2019|Q1|5\nQ2|6\n2020|Q1|7"
    assert said(source) == ["2019/Q1, Sales: 5", "2019/Q2, Sales: 6", "2020/Q1, Sales: 7"]


def test_a_rank_is_no_name() -> None:
    """Catches the number in front as a row's only head."""
    assert said("Rank|City|People\n1|Tokyo|37\n2|Delhi|33") == [
        "1/Tokyo, People: 37",
        "2/Delhi, People: 33",
    ]


def test_a_value_that_is_merged_downward_stands_in_each_row() -> None:
    """Catches cells below a merged one that shift to the left."""
    source = "Dish|Oven|Minutes\nBread|v2 220 °C|40\nPizza|9"
    assert said(source) == [
        "Bread, Oven: 220 °C",
        "Bread, Minutes: 40",
        "Pizza, Oven: 220 °C",
        "Pizza, Minutes: 9",
    ]


def test_a_value_over_several_columns_stands_in_the_first() -> None:
    """Catches a value given to columns of which it may not be alone."""
    source = "Dish|Oven|Grill\nBread|220|240\nPizza|>2 300\nCake|180|190"
    assert "Pizza, Oven: 300" in said(source)
    assert not any(line.startswith("Pizza, Grill") for line in said(source))


# Groups, blocks, titles, units


def test_a_group_heads_its_rows_down_to_the_next_and_to_its_total() -> None:
    """Catches groups that are lost, that go on below their total, or that never end."""
    source = (
        "|2019|2020\nAssets\nCurrent assets:\nCash|1|2\nGoods|3|4\nTotal current assets|4|6\n"
        "Property|7|8\nTotal assets|11|14\nLiabilities\nLoans|1|1"
    )
    assert [line.partition(",")[0] for line in said(source)[::2]] == [
        "Assets/Current assets:/Cash",
        "Assets/Current assets:/Goods",
        "Assets/Current assets:/Total current assets",
        "Assets/Property",
        "Assets/Total assets",
        "Liabilities/Loans",
    ]


def test_a_row_over_all_columns_is_a_group_that_holds_the_narrow_ones() -> None:
    """Catches groups of two kinds that end each other."""
    source = "City|People\n>2 Europe\nNorth\nOslo|1\nSouth\nRome|2\n>2 Asia\nTokyo|3"
    assert said(source) == [
        "Europe/North/Oslo, People: 1",
        "Europe/South/Rome, People: 2",
        "Asia/Tokyo, People: 3",
    ]


def test_a_row_without_values_among_others_is_no_group() -> None:
    """Catches a name whose price is missing that heads all names below it."""
    assert said("Group|Price\nAdults|6\nChildren\nDogs|1") == ["Adults, Price: 6", "Dogs, Price: 1"]


def test_heads_that_are_given_again_begin_a_table() -> None:
    """Catches the second row of years read as values, and the first years kept below it."""
    source = "|2019|2020\nSales|1|2\nCosts|3|4\n|2021|2022\nSales|5|6"
    assert said(source)[-2:] == ["Sales, 2021: 5", "Sales, 2022: 6"]
    assert len(tables(source)) == 2


def test_a_group_above_repeated_heads_goes_with_what_is_below() -> None:
    """Catches a title between two parts lost at the end of the first."""
    source = ">3 Cities\n!City|!People|!Area\nRome|1|2\n!>3 Asia\n!City|!People|!Area\nTokyo|3|4"
    assert said(source)[-1] == "Asia/Tokyo, Area: 4"
    assert captions(source) == ["Cities", "Cities"]


@pytest.mark.parametrize(
    ("source", "caption", "unit"),
    [
        (">3 Income (in millions)\n|2019|2020\nSales|1|2", "Income (in millions)", "(in millions)"),
        ("Income\n(USD thousands)\n|2019|2020\nSales|1|2", "Income", "(USD thousands)"),
        ("(in millions, except tax)|2019|2020\nSales|1|2", "", "(in millions, except tax)"),
        ("Item (in kg)|2019|2020\nFlour|1|2", "", "(in kg)"),
        ("|2019|2020\n|>2 in Mio. €\nUmsatz|1|2", "", "in Mio. €"),
        ("|2019|2020\nSales (in all)|1|2", "", ""),
    ],
)  # fmt: skip
def test_a_title_is_the_caption_and_units_are_found(source: str, caption: str, unit: str) -> None:
    """Catches units kept as heads or captions, and titles that head the first column."""
    assert captions(source) == [caption] * bool(caption)
    assert units(source) == [unit] * bool(unit)
    assert said(source)[0].endswith(", 2019: 1")


# Numbers in cells of their own


def test_marks_in_cells_of_their_own_belong_to_the_number() -> None:
    """Catches columns of ``$`` and ``)``, and numbers that miss the year above the ``$``."""
    source = (
        "||>3 2013||>3 2012|\nNet sales||$|1,577|||$|1,400|\nLoss|||(12|)|||(9|)\n"
        "Growth|||3.4|%||| —|%\nOther||>2 5|||>2 6|"
    )
    assert said(source) == [
        "Net sales, 2013: 1,577",
        "Net sales, 2012: 1,400",
        "Loss, 2013: (12",
        "Loss, 2012: (9",
        "Growth, 2013: 3.4",
        "Growth, 2012: —",
        "Other, 2013: 5",
        "Other, 2012: 6",
    ]


def test_a_head_that_stands_over_the_mark_alone_is_the_numbers() -> None:
    """Catches a head and its numbers as two columns where a narrow column lies between."""
    assert said("|2013||2012|\nSales|$|15|$|14\nCosts||5||4")[:2] == [
        "Sales, 2013: 15",
        "Sales, 2012: 14",
    ]


def test_a_notes_mark_is_no_part_of_the_number() -> None:
    """Catches ``5,363 1`` as an answer."""
    assert said("City|People\nRome|5,363 1\nOslo|7[2]\nBonn|8 (a)\nKiel|9 m") == [
        "Rome, People: 5,363",
        "Oslo, People: 7",
        "Bonn, People: 8",
        "Kiel, People: 9 m",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, CellKind.AMOUNT) for text in (
            "1,577", "(1,577)", "(1,577", "$12", "3.4 %", "1 234,5", "1\u202f234", "-5", "\u22125",
            "US$ 3.2", "EUR 5", "12 kg", "1.5e-3", "±0.2", "3–5", "<0.01", ".5", "10:30", "5 km/h",
        )),
        *((text, CellKind.YEAR) for text in (
            "2019", "FY2019", "2018/19", "2019E", "30 April 2013", "April 30, 2013", "2013-04-30",
            "4/30/2013", "Dec 31, 2019", "March 2020",
        )),
        *((text, CellKind.NOTHING) for text in ("—", "-", "n/a", "N.A.", "$ —", "nil", "...")),
        *((text, CellKind.TEXT) for text in (
            "Q1 2019", "Oslo", "5 loaves and 2 fishes", "1,577 1", "", "A1", "$", ")",
        )),
    ],
)  # fmt: skip
def test_what_a_cells_text_is(text: str, kind: CellKind) -> None:
    """Catches numbers written in other ways than with points and commas."""
    assert kind_of(text) is kind


@given(st.text("0123456789.,() $%-—eE[]abm", max_size=60))
@example("1" * 40)
def test_a_number_without_its_note_is_its_beginning(text: str) -> None:
    """Catches text made up, and patterns that take for ever."""
    assert text.startswith(without_note(text))
    assert kind_of(without_note(text)) is not CellKind.TEXT or without_note(text) == text


@pytest.mark.parametrize("phrase", ["in thousands", "(In millions of euros)", "$ in millions"])
def test_units_are_found_alone(phrase: str) -> None:
    """Catches units known only in brackets, or in one spelling."""
    assert list(units_in(phrase, Span(0, len(phrase)))) == [Span(0, len(phrase))]


@pytest.mark.parametrize("text", ["Millions of people in Oslo", "Sales", "(note 3)", "in", "2 %"])
def test_words_of_units_are_not_units(text: str) -> None:
    """Catches each mention of a million read as what a table counts in."""
    assert not list(units_in(text, Span(0, len(text))))


# What is no table


@pytest.mark.parametrize(
    "source",
    ["", "one cell", "a|b|c", "a\nb\nc", "a|\nb|", f"{'Word. ' * 200}|x\n{'Word. ' * 200}|y"],
)
def test_a_grid_that_lays_out_a_page_is_no_table(source: str) -> None:
    """Catches menus, forms and pages in two columns answered as tables of facts."""
    assert tables(source) == ()


def test_a_grid_that_nobody_can_read_costs_nothing() -> None:
    """Catches merged cells that are spelled out: a few bytes would fill the memory."""
    wide = [GridCell(row, 0, Span(0, 1), 65_000, 10**9) for row in range(50)]
    assert tables_of(wide, "x") == ()
    many = [GridCell(row, row, Span(0, 1)) for row in range(3_000)]
    assert tables_of(many, "x") == ()


# Properties


@st.composite
def oracles(draw: st.DrawFn) -> tuple[str, list[Triple]]:
    """Draw a table with heads of two levels and groups, and what it says."""
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    groups = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    marked = "!" if draw(st.booleans()) else ""
    upper = [f"top{i}" for i in range(len(widths))]
    lower = [f"low{i}" for i in range(sum(widths))]
    above = [name for name, width in zip(upper, widths, strict=True) for _ in range(width)]
    first = "|".join(f"{marked}>{w} {name}" for name, w in zip(upper, widths, strict=True))
    lines = [f"{marked}>2v2 corner|{first}", "|".join(marked + name for name in lower)]
    expected: list[Triple] = []
    for group, size in enumerate(groups):
        for row in range(size):
            name = f"row{group}.{row}"
            values = [str(draw(st.integers(10, 999))) for _ in lower]
            begin = f"{marked}v{size} group{group}|" if row == 0 else ""
            lines.append(f"{begin}{marked}{name}|{'|'.join(values)}")
            expected += [
                ((f"group{group}", name), (top, low), value)
                for top, low, value in zip(above, lower, values, strict=True)
            ]
    return "\n".join(lines), expected


@given(oracles())
def test_each_value_of_a_merged_table_has_its_own_heads(oracle: tuple[str, list[Triple]]) -> None:
    """Catches any shift by merged cells, downward and to the side."""
    source, expected = oracle
    assert triples(source, tables(source)) == expected


TEXTS = [
    "Oslo",
    "2019",
    "1,577",
    "$",
    ")",
    "%",
    "—",
    "Total",
    "(in millions)",
    "7 [2]",
    "Dec 1, 2020",
]


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(TEXTS), st.integers(1, 4), st.integers(1, 4), st.booleans()),
            max_size=5,
        ),
        max_size=7,
    )
)
def test_any_grid_gives_maps_onto_its_text(rows: list[list[tuple[str, int, int, bool]]]) -> None:
    """Catches crashes on ragged and overlapping grids, cells moved, doubled or made up."""
    lines = ["|".join(f"{'!' * h}>{c}v{r} {text}" for text, r, c, h in row) for row in rows]
    source = "\n".join(lines)
    cells = drawn(source)
    whole = {cell.span.start: cell.span for cell in cells}
    found = tables_of(cells, source)
    for table in found:
        assert table.rows
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        filled = [[cell for cell in row.cells if cell.start < cell.end] for row in table.rows]
        assert all(filled)
        heads = [s for group in (*table.columns, *(row.heads for row in table.rows)) for s in group]
        for span in (*heads, *table.caption, *table.units, *(s for row in filled for s in row)):
            assert any(span.start >= s.start and span.end <= s.end for s in whole.values())
        for row in table.rows:
            assert len({s for s in row.cells if s.start < s.end}) == len(
                [s for s in row.cells if s.start < s.end]
            )
            assert not {*row.heads} & {*row.cells}
    assert tables_of(list(reversed(cells)), source) == found
