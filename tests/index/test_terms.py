"""Terms: what counts as the same word."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lamps were lit", ["the", "lamp", "were", "lit"]),
        ("LAMP Lamp lamp", ["lamp"] * 3),
        ("Straße STRASSE", ["strass", "strass"]),
        ("café cafe\u0301 CAFE", ["cafe"] * 3),
        ("1,234,567 and 51,900", ["1234567", "and", "51900"]),
        ("3.5 v1.2.3 2014-01-27", ["3.5", "v1", "2.3", "2014", "01", "27"]),
        ("keeper's keeper’s O'Brien", ["keeper", "keeper", "o'brien"]),
        ("snake_case e-mail A/B", ["snake", "case", "e", "mail", "a", "b"]),
        ("灯台守", ["灯台", "台守"]),
        ("灯", ["灯"]),
        ("lamp灯台lamp", ["lamp", "灯台", "lamp"]),
        ("등대", ["등대"]),
        ("Ａ１ ﬁne", ["a1", "fine"]),
        ("٣٤", ["٣٤"]),
        ("... --- !? \0 👩‍👩‍👧", []),
        ("", []),
        ("x" * 500, ["x" * 64]),
    ],
)
def test_the_terms_of_a_text(text: str, expected: list[str]) -> None:
    """Catches case, accents, commas or plurals that hide a word, and lost scripts."""
    assert terms(text) == expected


@given(st.text())
def test_a_term_holds_no_white_space_and_is_short(text: str) -> None:
    """Catches terms that the BM25 index, which splits at white space, would cut apart."""
    for term in terms(text):
        assert term.split() == [term]
        assert len(term) <= 64


@given(st.text("aeé\u0301ßſİıΣσςﬁ가각한글ไก灯 '’.,1２", max_size=12))
def test_upper_and_lower_case_are_the_same_terms(text: str) -> None:
    """Catches folding before normalising, or after, so that a question misses its own words."""
    assert terms(text) == terms(text.casefold())


def test_threads_get_the_same_terms() -> None:
    """Catches a stemmer shared by threads, which the library forbids."""
    words = [f"running{i} flies{i} studies jumped nationally" for i in range(300)]
    expected = [terms(word) for word in words]
    results: list[list[list[str]]] = []
    threads = [
        threading.Thread(target=lambda: results.append([terms(word.upper()) for word in words]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
