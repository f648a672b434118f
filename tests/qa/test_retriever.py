"""Score fusion, against its formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retriever import fuse

SCORES = st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 50, width=32)), max_size=20)


def test_the_formula_written_out() -> None:
    """Catches a weight on the wrong side, or BM25 divided by something else than its best."""
    fused = fuse(np.array([0.5, 0.2], np.float32), np.array([2.0, 8.0], np.float32), weight=2.0)
    np.testing.assert_allclose(fused, [2 * 0.5 + 2 / 8, 2 * 0.2 + 8 / 8], rtol=1e-6)


def test_no_match_by_terms_leaves_the_similarity() -> None:
    """Catches a division by zero when no passage shares a term with the question."""
    fused = fuse(np.array([0.5, -0.1], np.float32), np.zeros(2, np.float32), weight=1.0)
    np.testing.assert_allclose(fused, [0.5, -0.1], rtol=1e-6)


@given(SCORES, st.randoms())
def test_order_of_candidates_does_not_matter(
    scores: list[tuple[float, float]], random: object
) -> None:
    """Catches a fusion that depends on positions instead of scores."""
    pairs = np.array(scores, np.float32).reshape(-1, 2)
    fused = fuse(pairs[:, 0], pairs[:, 1])
    backwards = fuse(pairs[::-1, 0], pairs[::-1, 1])
    np.testing.assert_array_equal(fused, backwards[::-1])


@given(SCORES)
def test_better_in_both_is_better(scores: list[tuple[float, float]]) -> None:
    """Catches lower-is-better slipping in from either side."""
    pairs = np.array(scores, np.float32).reshape(-1, 2)
    fused = fuse(pairs[:, 0], pairs[:, 1])
    for a, (cosine_a, bm25_a) in zip(fused, pairs, strict=True):
        for b, (cosine_b, bm25_b) in zip(fused, pairs, strict=True):
            if cosine_a >= cosine_b and bm25_a >= bm25_b:
                assert a >= b


def test_shapes_must_agree() -> None:
    """Catches silent broadcasting of one score over all candidates."""
    with pytest.raises(ValueError, match="similarities for"):
        fuse(np.zeros(3, np.float32), np.zeros(1, np.float32))
