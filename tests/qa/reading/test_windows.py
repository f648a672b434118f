"""Windows: what the neural reader sees of a question and a text."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.reading.model import (
    FIRST,
    HEADING_TOKENS,
    QUESTION_TOKENS,
    SEPARATOR,
    STRIDE,
    WINDOW_TOKENS,
    SpanModel,
    Tokens,
    tokenize,
    windows_of,
)

MODEL = SpanModel.shipped()


def numbered(count: int, base: int) -> Tokens:
    """Return tokens whose ids and offsets tell them apart."""
    places = np.arange(count, dtype=np.int64)
    return Tokens(base + places, 3 * places, 3 * places + 2)


@given(question=st.integers(0, 100), heading=st.integers(0, 50), text=st.integers(0, 1200))
def test_windows_cover_the_text_in_the_layout_of_the_network(
    question: int, heading: int, text: int
) -> None:
    """Catches tokens that no window holds, a window that is too long, and offsets out of step."""
    tokens = numbered(text, 10_000)
    found = list(windows_of(numbered(question, 1000), numbered(heading, 5000), tokens))
    seen: set[int] = set()
    for window in found:
        assert len(window.ids) == len(window.token_type_ids) <= WINDOW_TOKENS
        inside = window.ids[window.text_start : len(window.ids) - 1]
        np.testing.assert_array_equal(window.starts, 3 * (inside - 10_000))
        np.testing.assert_array_equal(window.ends, window.starts + 2)
        seen.update(inside.tolist())
        asked = min(question, QUESTION_TOKENS)
        above = min(heading, HEADING_TOKENS)
        expected = [FIRST, *range(1000, 1000 + asked), SEPARATOR]
        expected += [*range(5000, 5000 + above), SEPARATOR] if above else []
        assert window.ids[: window.text_start].tolist() == expected
        assert window.ids[-1] == SEPARATOR
        assert window.token_type_ids.tolist() == [0] * (asked + 2) + [1] * (
            len(window.ids) - asked - 2
        )
    assert seen == set(tokens.ids.tolist())
    for one, two in pairwise(found):
        assert two.ids[two.text_start] - one.ids[one.text_start] == STRIDE


def test_an_answer_on_the_edge_of_a_window_is_whole_in_another() -> None:
    """Catches windows that do not overlap."""
    tokens = numbered(1000, 10_000)
    found = list(windows_of(numbered(10, 1000), numbered(0, 0), tokens))
    for start in range(950):
        wanted = set(range(10_000 + start, 10_000 + start + 48))
        assert any(wanted <= set(window.ids.tolist()) for window in found)


@given(text=st.text(max_size=80))
def test_offsets_are_those_of_the_text(text: str) -> None:
    """Catches offsets in bytes, or in a text that was changed before it was cut into tokens."""
    tokens = tokenize(MODEL._tokenizer, [text])[0]
    assert all(0 <= a < b <= len(text) for a, b in zip(tokens.starts, tokens.ends, strict=True))
    assert (np.diff(tokens.starts) >= 0).all()


def test_offsets_of_words() -> None:
    """Catches offsets that are one off, with accents, capitals and characters of several bytes."""
    text = "Żółw € 51,900 Émile 😀 end"
    tokens = tokenize(MODEL._tokenizer, [text])[0]
    parts = [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert "".join(parts) == text.replace(" ", "")
    assert "51" in parts
    assert parts[-1] == "end"
