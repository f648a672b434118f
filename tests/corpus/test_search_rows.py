"""Rows of tables are searched with what names their values."""

from hypothesis import given
from hypothesis import strategies as st

from corpus import encoded_text, search_text, split
from index import HashEncoder
from tests.qa.tables.documents import table_document

COUNT = HashEncoder().count_tokens
PLAIN = table_document(
    [
        (("Revenue",), ("12", "11")),
        (("Costs", "Wages"), ("5", "")),
        (("Costs", "Rent"), ("2", "3")),
    ],
    columns=("2018", "2017"),
    caption="Income statement",
    before="The year was good.",
    after="The end.",
)


def test_a_row_says_what_its_values_are_of() -> None:
    """Catches numbers that are searched without their year, their item or their group."""
    assert search_text(PLAIN, 0, len(PLAIN.text)) == (
        "The year was good. Income statement 2018 2017 Revenue: 2018 = 12; 2017 = 11. Costs "
        "Costs > Wages: 2018 = 5. Costs > Rent: 2018 = 2; 2017 = 3. The end."
    )


def test_the_caption_goes_with_rows_that_stand_apart_from_it() -> None:
    """Catches the second half of a table that no longer says what it is a table of."""
    start = PLAIN.text.index("Rent")
    found = search_text(PLAIN, start, len(PLAIN.text))
    assert found == "Income statement Costs > Rent: 2018 = 2; 2017 = 3. The end."


def test_half_of_a_row_keeps_its_heads() -> None:
    """Catches a wide row whose second half is a run of bare numbers."""
    wide = table_document(
        [(("Kelp harvest",), tuple(str(100 + n) for n in range(12)))],
        columns=[f"Week {n}" for n in range(12)],
    )
    start = wide.text.index("106")
    found = search_text(wide, start, len(wide.text))
    assert found.startswith("Kelp harvest: Week 6 = 106; Week 7 = 107;")


def test_a_very_wide_table_names_its_columns_once() -> None:
    """Catches a sheet of a hundred columns whose heads are repeated with every number."""
    wide = table_document(
        [((f"Row {n}",), tuple("7" for _ in range(100))) for n in range(50)],
        columns=[f"Head of column {n}" for n in range(100)],
    )
    assert len(search_text(wide, 0, len(wide.text))) < 3 * len(wide.text)


@given(
    st.lists(
        st.tuples(st.text("ab \u4e00é", min_size=1, max_size=300), st.integers(0, 10**9)),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 20),
)
def test_passages_of_tables_tile_and_fit(lines: list[tuple[str, int]], columns: int) -> None:
    """Catches heads that make a passage too long for the encoder, or a cut that never ends."""
    document = table_document(
        [((head.strip() or "x",), [str(value)] * columns) for head, value in lines],
        columns=[f"{n} {lines[0][0].strip() or 'y'}" for n in range(columns)],
        caption="c" * 200,
    )
    passages = split(document, COUNT, 128)
    assert [p.start for p in passages] == [0, *(p.end for p in passages[:-1])]
    assert passages[-1].end == len(document.text)
    assert max(COUNT([encoded_text(document, p) for p in passages])) <= 128
