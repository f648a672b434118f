"""Signatures: what is nearly the same, against Jaccard's similarity itself."""

import random

import numpy as np
import pytest

from index.signature import ALIKE, PLACES, find_alike, signature_of

WORDS = [f"{n}{kind}" for n in range(400) for kind in ("th", "st")]


def text_of(seed: int, words: int = 300) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


@pytest.mark.parametrize("changed", [0, 40, 100, 300, 1200])
def test_agreement_is_close_to_jaccards_similarity(changed: int) -> None:
    """Catches single words for shingles, places that all depend on one hash, a lost batch."""
    words = text_of(1, 6000)
    other = list(words)
    for at in range(changed):
        other[5 * at] = "changed"
    one, two = (np.frombuffer(signature_of(" ".join(text)), "<u4") for text in (words, other))
    both, either = shingles(words) & shingles(other), shingles(words) | shingles(other)
    # Four standard errors.
    assert float((one == two).mean()) == pytest.approx(len(both) / len(either), abs=4 * 0.044)


def test_layout_and_case_do_not_count_and_short_texts_have_one() -> None:
    """Catches line breaks of another format that make another document, and an empty text."""
    one, two = (
        signature_of("A lamp is lit.\nAt dusk, daily"),
        signature_of("a LAMP is lit at dusk daily"),
    )
    assert one == two
    assert len(signature_of("")) == len(signature_of("lamp")) == len(one) == 4 * PLACES
    assert signature_of("") != signature_of("lamp")


def test_those_alike_are_found_and_no_others() -> None:
    """Catches a document that is its own version, and one that shares half of its words."""
    words = text_of(2)
    near, half = [*words[:-4], "four", "new", "last", "words"], [*words[:150], *text_of(3, 150)]
    signatures = np.stack(
        [
            np.frombuffer(signature_of(" ".join(text)), "<u4")
            for text in (half, words, text_of(4), near, words)
        ]
    )
    assert ALIKE == 0.8
    assert find_alike(signatures, 1) == [3, 4]
    assert find_alike(signatures, 0) == []
