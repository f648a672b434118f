"""The measures behind the README's numbers, written out as arithmetic."""

from math import log2
from pathlib import Path

import numpy as np
import pytest

import bench.growth
from bench.growth import made_up_vectors, nearest
from bench.incremental import write_documents
from bench.retrieval import RANKINGS, _rank, scores_of
from corpus import Passage
from qa import Hit


def hit(document: str, similarity: float, near: int | None, bm25: float, match: int | None) -> Hit:
    """Return a hit with these scores and ranks."""
    return Hit(Passage(document, 0, 1, ""), 0.0, similarity, near, bm25, match)


def test_recall_and_reciprocal_rank() -> None:
    """Catches ranks counted from 0, cut-offs off by one, and misses left out of the mean."""
    assert scores_of([1, 2, 5, 6, 20, 21, None, 10]) == {
        "recall@1": pytest.approx(1 / 8),
        "recall@5": pytest.approx(3 / 8),
        "recall@20": pytest.approx(6 / 8),
        "MRR@10": pytest.approx((1 + 1 / 2 + 1 / 5 + 1 / 6 + 1 / 10) / 8, abs=1e-4),
        "nDCG@10": pytest.approx(sum(1 / log2(1 + r) for r in (1, 2, 5, 6, 10)) / 8, abs=1e-4),
    }


def test_a_document_counts_once() -> None:
    """Catches several passages of one document pushing the right one down."""
    hits = [hit(name, 0, 1, 0, 1) for name in ("a", "a", "b", "a", "c")]
    assert [_rank(hits, name) for name in ("a", "b", "c", "d")] == [1, 2, 3, None]


def test_the_rankings_that_are_compared() -> None:
    """Catches a peer that is measured by the wrong score."""
    near, match, both = hit("n", 0.9, 1, 0, None), hit("m", 0.1, None, 9, 1), hit("b", 0.5, 2, 5, 2)
    order = {
        name: "".join(h.passage.document for h in rank([match, near, both]))
        for name, rank in RANKINGS.items()
    }
    assert order == {
        "fused": "mnb",
        "similarity alone": "nbm",
        "BM25 alone": "mb",
        "reciprocal rank fusion": "bmn",
    }


def test_made_up_documents_are_the_same_each_time(tmp_path: Path) -> None:
    """Catches a benchmark that measures other files every time."""
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        write_documents(folder, 120)
    texts = [[p.read_text("utf-8") for p in sorted(f.rglob("*.txt"))] for f in folders]
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 120


def test_the_exact_neighbours_are_those_of_one_large_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches rows counted from the start of their block, which would make any recall look bad."""
    monkeypatch.setattr(bench.growth, "ROWS", 7)
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(40, 8)).astype(np.float32)
    questions = chance.normal(size=(5, 8)).astype(np.float32)
    wanted = np.argsort(-questions @ vectors.T, axis=1)[:, :3]
    assert nearest(vectors, questions, 3).tolist() == wanted.tolist()


def test_made_up_vectors_are_near_the_real_ones_that_they_come_from() -> None:
    """Catches noise that drowns the passage, so that no search could find anything."""
    chance = np.random.default_rng(2)
    real = chance.normal(size=(60, 384)).astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    pairs = chance.integers(60, size=(200, 2))
    made = made_up_vectors(real, pairs, 3)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-3)
    similar = made @ real.T
    other = similar[np.arange(200), pairs.sum(axis=1) % 60]
    assert similar[np.arange(200), pairs[:, 0]].min() > 0.6
    assert np.median(other) < 0.3
