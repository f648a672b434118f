"""Subtitles, outlines and code: what is a sentence in them, and what the file says of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import search_text, sentence_spans
from corpus.formats import parse

CUES = """1
00:00:01,000 --> 00:00:04,200
When I came here,
the school had eleven pupils

2
00:00:04,300 --> 00:00:07,000
and one teacher.

3
01:12:00,000 --> 01:12:02,000
We had 12:30 --> 13:00 for lunch.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.srt", "a.vtt"])
def test_a_sentence_goes_on_in_the_next_cue(name: str, line_end: str) -> None:
    """Catches half sentences, numbers of cues that are searched, and times inside of the words."""
    document = parse(CUES.replace("\n", line_end).encode(), name)
    first, last = sentence_spans(document)
    assert document.text[slice(*first)].startswith("When I came here,")
    assert document.text[slice(*first)].endswith("and one teacher.")
    assert search_text(document, *first) == (
        "When I came here, the school had eleven pupils and one teacher."
    )
    assert document.text[slice(*last)] == "We had 12:30 --> 13:00 for lunch."
    assert document.place_of(last.start) == "01:12:00"
    assert document.place_of(document.text.index("and one")) == "00:00:04"


@given(
    st.lists(st.sampled_from(["1\n", "\n", "00:01.000 --> 00:02.000\n", "tea", " ", "\r\n", "-->"]))
)
def test_running_lines_of_any_subtitles_are_apart(pieces: list[str]) -> None:
    """Catches a cue's number that is taken up twice, and places in another order than the text."""
    document = parse(("x" + "".join(pieces)).encode(), "a.srt")
    edges = [edge for span in document.running for edge in span]
    assert edges == sorted(edges)
    assert [place.start for place in document.places] == edges[::2]
    assert all("-->" in document.text[start:end] for start, end in document.running)


@pytest.mark.parametrize(
    ("source", "author", "date"),
    [
        ("= T\nAnn Lee <a@b.example>\nv1.0, 2019-03-04: first", "Ann Lee", "2019-03-04"),
        ("= T\nAnn Lee\n2019-03", "Ann Lee", "2019-03"),
        ("= T\n\nAnn Lee came.", "", ""),
        ("= T\n:toc:\nv1, 2019", "", ""),
        ("== T\nAnn Lee", "", ""),
    ],
)
def test_below_the_title_of_asciidoc_stand_author_and_revision(
    source: str, author: str, date: str
) -> None:
    """Catches the first sentence taken for a name."""
    said = parse(source.encode(), "a.adoc").metadata
    assert (said.author, said.date) == (author, date)


def test_a_line_of_code_is_a_sentence() -> None:
    """Catches settings quoted together because they stand below each other."""
    document = parse(b"# How long?\nminutes = 40\ncrew = 3\n", "a.toml")
    found = [document.text[start:end] for start, end in sentence_spans(document)]
    assert found == ["# How long?", "minutes = 40", "crew = 3"]


@pytest.mark.parametrize("comment", ["# -*- coding: {} -*-", "#!/bin/sh\n# vim: fileencoding={}"])
def test_code_is_read_in_the_encoding_that_it_declares(comment: str) -> None:
    """Catches a guess where the file says it, and codecs that are no encodings of text."""
    source = f"{comment.format('koi8-r')}\nname = 'Чай'"
    assert parse(source.encode("koi8-r"), "a.py").text == source
    strange = f"{comment.format('rot13')}\nname = 'tea'"
    assert parse(strange.encode(), "a.py").text == strange
