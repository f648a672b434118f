"""The line before a passage: whose document it is, and under which headings it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Heading, Passage, encoded_text, heading_line, subject_of

HEADINGS = (Heading(0, 4, 1, "Lamp"), Heading(5, 9, 2, "Lens"))
TEXT = "Lamp\nLens\nIt is old."
LONG = "The workforce of the group, its pay, its pensions and its training in all countries"


def document(text: str, title: str = "", headings: tuple[Heading, ...] = ()) -> Document:
    return Document("dir/name.txt", title, "text/plain", "", text, headings=headings)


def nested(title: str, *titles: str) -> Document:
    """Return a document whose last character stands under headings of these titles."""
    headings = [Heading(2 * n, 2 * n + 1, n + 1, title) for n, title in enumerate(titles)]
    return document("h\n" * len(titles) + "x", title, tuple(headings))


def test_the_context_is_the_title_and_the_headings_above() -> None:
    """Catches a heading encoded twice, once as context and once as text, and a doubled title."""
    titled = document(TEXT, "Book", HEADINGS)
    assert [heading_line(titled, at) for at in (0, 5, 10)] == [
        "Book",
        "Book > Lamp",
        "Book > Lamp > Lens",
    ]
    assert heading_line(document(TEXT, "Lamp", HEADINGS), 10) == "Lamp > Lens"
    assert heading_line(document(TEXT), 10) == ""
    assert len(heading_line(document(TEXT, "word " * 39), 10)) <= 96
    assert heading_line(document(TEXT, "한" * 99), 10) == "한" * 32


def test_a_heading_that_says_nothing_new_is_left_out() -> None:
    """Catches "Kestrel Ltd: Annual report > Annual report > Staff", which leaves less room."""
    text = 'Annual report\nStaff\nKestrel Ltd ("we") employed 412 people.'
    headings = (Heading(0, 13, 1, "Annual report"), Heading(14, 19, 2, "Staff"))
    report = document(text, "Annual report", headings)
    assert heading_line(report, len(text)) == "Kestrel Ltd: Annual report > Staff"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Part two", "Our people", "Numbers"), "Kestrel > Part two > Our people > Numbers"),
        (("Part two", LONG, "Numbers"), "Kestrel > Numbers"),
        (("Part two" * 9, "Our people", "Numbers"), "Kestrel > Our people > Numbers"),
        ((LONG,), f"Kestrel > {LONG}"),
        ((LONG + " that we work in",), f"Kestrel > {LONG}"),
    ],
)
def test_of_long_headings_the_subject_and_the_innermost_stay(
    titles: tuple[str, ...], expected: str
) -> None:
    """Catches a line cut at its end, where the heading that tells most about the passage is."""
    found = nested("Kestrel", *titles)
    assert heading_line(found, len(found.text) - 1) == expected


@given(st.text(max_size=300), st.lists(st.text(max_size=120), max_size=6))
def test_the_line_fits_and_keeps_both_ends(title: str, titles: list[str]) -> None:
    """Catches characters cut in two, a bound in characters, and a subject without its heading."""
    found = nested(title, *titles)
    line = heading_line(found, len(found.text) - 1)
    assert len(line.encode()) <= 96
    assert line == line.strip()
    lead = subject_of(found)
    if len(lead.encode()) <= 60:
        assert line.startswith(lead)


def test_the_encoded_text_is_context_and_words() -> None:
    """Catches a passage of white space that is encoded because its context is not empty."""
    titled = document(TEXT, "Book", HEADINGS)
    assert encoded_text(titled, Passage("x", 10, 20, "")) == "Book > Lamp > Lens\nIt is old."
    assert encoded_text(titled, Passage("x", 9, 10, "")) == ""
    assert encoded_text(document(TEXT), Passage("x", 10, 20, "")) == "It is old."


def test_the_file_name_is_read_where_there_is_no_subject_and_never_encoded() -> None:
    """Catches a rename that encodes everything again, and a name put before a title."""
    assert "name" not in encoded_text(document(TEXT), Passage("dir/name.txt", 0, 20, ""))
    assert heading_line(document(TEXT), 10) == ""
    assert heading_line(document(TEXT), 10, named=True) == "dir name"
    assert heading_line(document(TEXT, "", HEADINGS), 10, named=True) == "Lamp > Lens"
    assert heading_line(document(TEXT, "Book"), 10, named=True) == "Book"
