"""Charts, metadata and relations, as Word's and PowerPoint's files keep them."""

import io
import zipfile

import pytest
from lxml import etree

from corpus.formats.office.ooxml import (
    ChartTable,
    Relation,
    find_part,
    read_chart,
    read_core,
    relations,
    show_number,
)
from corpus.types import Metadata

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def points(values: dict[int, str], code: str = "General") -> str:
    written = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in values.items())
    return f"<c:formatCode>{code}</c:formatCode><c:ptCount val='9'/>{written}"


def series(name: str, categories: str, values: dict[int, str], code: str = "General") -> str:
    title = f"<c:tx><c:strRef><c:strCache>{points({0: name})}</c:strCache></c:strRef></c:tx>"
    numbers = f"<c:numRef><c:numCache>{points(values, code)}</c:numCache></c:numRef>"
    return f"<c:ser>{title}{categories}<c:val>{numbers}</c:val></c:ser>"


def named(values: dict[int, str]) -> str:
    return f"<c:cat><c:strRef><c:strCache>{points(values)}</c:strCache></c:strRef></c:cat>"


def title(*words: str) -> str:
    runs = "".join(f"<a:r><a:t>{word}</a:t></a:r>" for word in words)
    return f"<c:title><c:tx><c:rich><a:p>{runs}</a:p></c:rich></c:tx></c:title>"


def chart(plot: str, heading: str = "") -> etree._Element:
    source = (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><c:chart>{heading}'
        f"<c:plotArea>{plot}</c:plotArea></c:chart></c:chartSpace>"
    )
    return etree.fromstring(source)


def test_a_chart_is_its_series_by_its_categories() -> None:
    """Catches the titles of axes taken for the chart's, and a gap that moves values up a row."""
    towns = named({0: "Leeds", 1: "York", 2: "Hull"})
    plot = (
        "<c:barChart>"
        + series("2023", towns, {0: "4.4000000000000004", 2: "2"})
        + series("2024", towns, {0: "5", 1: "6", 2: "7"})
        + f"</c:barChart><c:catAx>{title('Town')}</c:catAx>"
        + f"<c:valAx>{title('GBP', ' million')}</c:valAx>"
    )
    found = read_chart(chart(plot, title("Sales", " by town")))
    assert (found.title, found.axes) == ("Sales by town", ("GBP million",))
    assert found.tables == (
        ChartTable(
            (
                ("Town", "2023", "2024"),
                ("Leeds", "4.4", "5"),
                ("York", "", "6"),
                ("Hull", "2", "7"),
            ),
            1,
        ),
    )


def test_series_with_other_categories_are_a_table_of_their_own() -> None:
    """Catches series laid beside categories that are not theirs, and series without any lost."""
    plot = (
        "<c:barChart>"
        + series("A", named({0: "Leeds"}), {0: "1"})
        + series("B", "", {0: "2"})
        + series("C", named({0: "York"}), {0: "3"})
        + "</c:barChart>"
    )
    assert [table.rows for table in read_chart(chart(plot)).tables] == [
        (("", "A", "B"), ("Leeds", "1", "2")),
        (("", "C"), ("York", "3")),
    ]


def test_outer_categories_stand_on_each_row() -> None:
    """Catches levels of categories read innermost first, or the year lost below its first row."""
    levels = (
        f"<c:cat><c:multiLvlStrRef><c:multiLvlStrCache>"
        f"<c:lvl>{points({0: 'Q1', 1: 'Q2', 2: 'Q1'})}</c:lvl>"
        f"<c:lvl>{points({0: '2023', 2: '2024'})}</c:lvl>"
        f"</c:multiLvlStrCache></c:multiLvlStrRef></c:cat>"
    )
    plot = f"<c:lineChart>{series('A', levels, {0: '1', 1: '2', 2: '3'})}</c:lineChart>"
    (table,) = read_chart(chart(plot)).tables
    assert table.heads == 2
    assert table.rows[1:] == (("2023", "Q1", "1"), ("2023", "Q2", "2"), ("2024", "Q1", "3"))


def test_a_chart_that_claims_a_billion_points_costs_what_is_there() -> None:
    """Catches rows made for every index up to the largest one, which whoever wrote it chooses."""
    plot = f"<c:pieChart>{series('A', '', {0: '1', 99999999: '2', 999999999999: '3'})}</c:pieChart>"
    (table,) = read_chart(chart(plot)).tables
    assert table.rows == (("", "A"), ("1", "1"), ("100000000", "2"))


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("0.25", "0%", "25%"),
        ("0.255", "0.0%", "25.5%"),
        ("1234.5", "#,##0.00_);(#,##0.00)", "1,234.50"),
        ("-5.2", "#,##0;[Red]-#,##0", "-5"),
        ("43831", "yyyy-mm-dd", "2020-01-01"),
        ("43831", "mmm\\-yy", "2020-01"),
        ("4.4000000000000004", "General", "4.4"),
        ("99999999", "yyyy", "99999999"),
        ("nan", "General", "nan"),
        ("#N/A", "0.0", "#N/A"),
    ],
)
def test_a_number_stands_as_it_is_shown(value: str, code: str, shown: str) -> None:
    """Catches binary fractions, shares without a sign, days counted from 1900, and overflow."""
    assert show_number(value, code) == shown


def test_metadata_have_the_day_of_the_last_change() -> None:
    """Catches the day on which a template was made, and times in a date."""
    core = etree.fromstring(
        "<p xmlns:d='d'><d:creator> Ann\n Lee </d:creator><d:title>T</d:title>"
        "<d:created>2013-12-23T23:15:00Z</d:created><d:modified>2024-05-06T07:08:09Z</d:modified>"
        "<d:language>de-AT</d:language></p>"
    )
    assert read_core(core) == ("T", Metadata("Ann Lee", "2024-05-06", "de-AT"))
    assert read_core(etree.Element("none")) == ("", Metadata())


def test_a_date_that_a_library_leaves_behind_is_none() -> None:
    """Catches every document of python-docx dated two days before Christmas of 2013."""
    core = etree.fromstring(
        "<p xmlns:d='d'><d:created>2013-12-23T23:15:00Z</d:created>"
        "<d:modified>2013-12-23T23:15:00Z</d:modified></p>"
    )
    assert read_core(core) == ("", Metadata())


def test_a_relation_leads_to_a_part_of_the_file() -> None:
    """Catches ``..`` and absolute targets taken as they stand, and links to other machines."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<r><x Id="a" Type="t/chart" Target="../charts/c.xml"/><x Id="b" Type="t/styles" '
            'Target="/word/s.xml"/><x Id="c" Type="t/image" Target="http://x/" '
            'TargetMode="External"/></r>',
        )
        found = relations(archive, "word/document.xml")
        assert found == (
            Relation("a", "chart", "charts/c.xml"),
            Relation("b", "styles", "word/s.xml"),
        )
        assert (find_part(found, "styles"), find_part(found, "image")) == ("word/s.xml", "")
        assert relations(archive, "word/styles.xml") == ()
