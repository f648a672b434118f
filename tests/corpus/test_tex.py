r"""LaTeX: what is a heading, who wrote it, and sources that are written to take for ever."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats import parse


def headings(source: str) -> list[tuple[int, str]]:
    document = parse(source.encode(), "a.tex")
    assert all(document.text[h.start] == "\\" for h in document.headings)
    assert all(document.text[h.end - 1] == "}" for h in document.headings)
    return [(heading.level, heading.title) for heading in document.headings]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            r"\chapter{One}\section*{Two}\subsection[T]{Three}",
            [(1, "One"), (2, "Two"), (3, "Three")],
        ),
        (r"\section{a \{b\} {c {d}} \'e}", [(1, "a {b} c d é")]),
        (r"\sectionmark{a} \subsubsection{b} \paragraph {c}", [(1, "b"), (2, "c")]),
        ("% \\section{a}\n\\section{b} % \\section*{c}", [(1, "b")]),
        (r"\section{never ended", []),
        (r"\section{} \section{~}", []),
    ],
)
def test_sections_are_headings(source: str, expected: list[tuple[int, str]]) -> None:
    """Catches comments taken for headings, braces in titles, and macros of a like name."""
    assert headings(source) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("14 May 2018", "2018-05-14"),
        ("May 4, 2018", "2018-05-04"),
        ("May 2018", "2018-05"),
        ("2018-05", "2018-05"),
        (r"\today", ""),
        ("31 February 2018", ""),
    ],
)
def test_the_date_is_known_where_it_is_written_out(date: str, expected: str) -> None:
    """Catches the day of reading for today's, and a date guessed from words."""
    assert parse(rf"\date{{{date}}}".encode(), "a.tex").metadata.date == expected


@pytest.mark.parametrize("piece", ["\\section{", "\\title[", "{", "\\begin{", "\n%", "\\\\", "}"])
def test_no_source_takes_for_ever(piece: str) -> None:
    """Catches a scan of the rest of the file from each brace."""
    began = time.perf_counter()
    headings("x" + piece * 50_000)
    assert time.perf_counter() - began < 3


@given(
    st.lists(st.sampled_from(["\\section", "\\title", "{", "}", "%", "\n", "a", "\\", "[", "]"]))
)
def test_any_source_gives_headings_that_lie_on_it(pieces: list[str]) -> None:
    """Catches headings inside each other, and ends before starts."""
    document = parse(("x" + "".join(pieces)).encode(), "a.tex")
    edges = [edge for h in document.headings for edge in (h.start, h.end)]
    assert edges == sorted(edges)
    assert document.text == "x" + "".join(pieces)
