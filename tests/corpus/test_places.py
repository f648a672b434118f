"""Places, tables and metadata: maps onto the text that survive their way through JSON."""

import pytest

from corpus import (
    Box,
    Document,
    Metadata,
    Place,
    RecognisedWord,
    Span,
    Table,
    TableRow,
    decode_maps,
    encode_maps,
)
from corpus.codec import decode_document, encode

TEXT = "Budget\n\tA\tB\nRoads\t10\t20\n\nNotes\nRevised in May.\n"
PLACES = (Place(0, "sheet Budget", 1, 1), Place(25, "sheet Notes", 4, 28))
NOTHING = Span(0, 0)
ROADS = TableRow((Span(12, 17),), (Span(18, 20), NOTHING))


@pytest.mark.parametrize(
    ("found", "place"),
    [
        ("Budget", "sheet Budget, cell A1"),
        ("A\t", "sheet Budget, cell B2"),
        ("20", "sheet Budget, cell C3"),
        ("Notes", "sheet Notes, cell AB4"),
        ("Revised", "sheet Notes, cell AB5"),
    ],
)
def test_a_cell_has_the_address_of_its_sheet(found: str, place: str) -> None:
    """Catches counting rows or columns from 0, or columns from the start of the text."""
    document = Document("a.xlsx", "", "", "", TEXT, places=PLACES)
    assert document.place_of(TEXT.index(found)) == place


def test_places_without_cells_have_a_name_alone() -> None:
    """Catches an address in a book, and a place before the first one."""
    document = Document("a.epub", "", "", "", "Title. One. Two.", places=(Place(7, "chapter 1"),))
    assert [document.place_of(at) for at in (0, 7, 15)] == ["", "chapter 1", "chapter 1"]


def test_a_table_spans_its_rows() -> None:
    """Catches a span that takes the empty cells' offsets, or the heads above the rows."""
    table = Table(((Span(8, 9),), (Span(10, 11),)), (ROADS,))
    assert table.span == Span(12, 20)


def test_maps_survive_json() -> None:
    """Catches a map that is left out, or comes back as a list instead of its type."""
    document = Document(
        "a.xlsx",
        "Title \u2028 é",
        "text/plain",
        "0" * 64,
        TEXT,
        tables=(Table(((Span(8, 9),), (Span(10, 11),)), (ROADS,), units=(Span(0, 6),)),),
        places=PLACES,
        metadata=Metadata("Ann", "2013-04", "de-AT"),
        recognised=(RecognisedWord(Span(0, 6), Box(0.1, 0.2, 0.3, 0.4), 0.875),),
    )
    line = encode(document)
    assert "\n" not in line
    assert decode_document(line) == document
    maps_only = Document("", "", "", "", "", *decode_maps(encode_maps(document)))
    assert encode_maps(maps_only) == encode_maps(document)
    assert maps_only.tables == document.tables
