"""Parts joined into one text: every map must still lie on the words that it lay on."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.joining import join
from corpus.types import Box, Heading, Parsed, Place, RecognisedWord, Span, Table, TableRow

ALL = Box(0.0, 0.0, 1.0, 1.0)


@st.composite
def parsed(draw: st.DrawFn) -> Parsed:
    """Return a part with one entry in each map, each on a range of its text."""
    text = draw(st.text("ab \n", max_size=8))
    low, high = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    span = Span(low, high)
    return Parsed(
        text,
        title="a part's own",
        page_starts=(low,),
        headings=(Heading(low, high, 1, text[low:high]),),
        running=(span,),
        tables=(Table(((span,),), (TableRow((span,), (span,)),), (span,), (span,)),),
        places=(Place(low, text[low:]),),
        recognised=(RecognisedWord(span, ALL, 1.0),),
    )


def spans(part: Parsed) -> list[Span]:
    """Return all ranges that the maps of a part hold, in the order of its fields."""
    return [
        *(Span(start, start) for start in part.page_starts),
        *(Span(heading.start, heading.end) for heading in part.headings),
        *part.running,
        *(heads[0] for table in part.tables for heads in table.columns),
        *(row.heads[0] for table in part.tables for row in table.rows),
        *(row.cells[0] for table in part.tables for row in table.rows),
        *(span for table in part.tables for span in (*table.caption, *table.units)),
        *(Span(place.start, place.start) for place in part.places),
        *(word.span for word in part.recognised),
    ]


@given(st.lists(parsed(), max_size=4), st.sampled_from(["", "\n", "\n\n"]))
def test_every_map_lies_on_the_same_words_after_joining(parts: list[Parsed], between: str) -> None:
    """Catches a map that is not shifted, one shifted without the separators, and lost parts."""
    whole = join(parts, between)
    kept = [part for part in parts if part.text]
    assert whole.text == between.join(part.text for part in kept)
    words = sorted(part.text[start:end] for part in kept for start, end in spans(part))
    assert sorted(whole.text[start:end] for start, end in spans(whole)) == words
    for place, part in zip(whole.places, kept, strict=True):
        assert whole.text.startswith(part.text[part.places[0].start :], place.start)
        assert place.name == part.text[part.places[0].start :]


def test_the_whole_has_no_title_of_a_part_and_no_map_is_forgotten() -> None:
    """Catches a book called like its first chapter, and a field of `Parsed` that is not joined."""
    part = Parsed(
        "x", "t", (0,), (Heading(0, 1, 1, "x"),), (Span(0, 1),), (), (Place(0, "here"),)
    )  # fmt: skip
    whole = join([part, part], "")
    assert (whole.title, whole.metadata) == ("", Parsed("").metadata)
    assert [h.start for h in whole.headings] == [0, 1]
    assert [f.name for f in fields(Parsed)] == [
        "text", "title", "page_starts", "headings", "running", "tables", "places", "metadata",
        "recognised", "unread", "members",
    ]  # fmt: skip
