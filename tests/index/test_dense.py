"""FAISS against brute force in numpy, with ids and values."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import IndexDamaged
from index import DenseIndex, Ids, Vectors

NONE = np.empty(0, np.int64)


def unit(vectors: Vectors) -> Vectors:
    """Return the rows at unit length, in numbers that half precision holds."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(unit.astype(np.float16), np.float32)


def random_vectors(seed: int, count: int, dimension: int = 8) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32))


def clustered(seed: int, count: int, dimension: int = 32, clusters: int = 40) -> Vectors:
    """Return vectors in clusters of many sizes, as texts on many subjects have them."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(clusters, dimension))
    which = rng.geometric(0.08, size=count) % clusters
    noise = rng.normal(size=(count, dimension)) * 0.6
    return unit((centres[which] + noise).astype(np.float32))


def brute_force(vectors: dict[int, Vectors], question: Vectors, k: int) -> tuple[Ids, Vectors]:
    """Return what a search must find: by score, then by id."""
    ids = np.array(sorted(vectors), np.int64)
    scores = np.array([vectors[id_] @ question for id_ in ids.tolist()], np.float32)
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def check(dense: DenseIndex, vectors: dict[int, Vectors], question: Vectors, k: int) -> None:
    ids, scores = dense.search(question, k)
    wanted, best = brute_force(vectors, question, k)
    assert ids.tolist() == wanted.tolist()
    np.testing.assert_allclose(scores, best, atol=1e-6)


@given(
    st.integers(1, 40),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12)), max_size=5),
    st.integers(0, 60),
    st.integers(0, 2**32 - 1),
)
def test_a_search_is_brute_force_after_any_updates(
    count: int, updates: list[tuple[float, int]], k: int, seed: int
) -> None:
    """Catches rows taken for ids, ids that slip on removal, L2 for inner product, and k > n."""
    rng = np.random.default_rng(seed)
    ids = rng.choice(10_000, count, replace=False).astype(np.int64)
    vectors = random_vectors(seed, count)
    dense = DenseIndex.build(ids, vectors)
    kept = dict(zip(ids.tolist(), vectors, strict=True))
    for turn, (share, more) in enumerate(updates, 1):
        gone = rng.permutation(np.array(sorted(kept), np.int64))[: int(share * len(kept))]
        new = rng.choice(10_000, more, replace=False).astype(np.int64) + 10_000 * turn
        added = random_vectors(int(rng.integers(2**32)), more)
        dense.update(gone, new, added)
        kept = {id_: vector for id_, vector in kept.items() if id_ not in set(gone.tolist())}
        kept |= dict(zip(new.tolist(), added, strict=True))
    assert len(dense) == len(kept)
    check(dense, kept, random_vectors(seed + 1, 1)[0], k)


def test_equal_scores_are_ordered_by_id() -> None:
    """Catches an order by insertion, which a rebuild would change."""
    vectors = random_vectors(1, 3)[[0, 1, 0, 0, 2]]
    ids = np.array([9, 4, 7, 12, 1], np.int64)
    dense = DenseIndex.build(ids, vectors)
    check(dense, dict(zip(ids.tolist(), vectors, strict=True)), vectors[0], 5)
    assert dense.search(vectors[0], 5)[0][:3].tolist() == [7, 9, 12]


def test_nothing_to_find_is_empty() -> None:
    """Catches FAISS's id -1 handed out as a passage."""
    dense = DenseIndex.build(NONE, np.empty((0, 8), np.float32))
    for found in dense.search(random_vectors(1, 1)[0], 5):
        assert found.shape == (0,)
    dense.update(NONE, np.array([3], np.int64), random_vectors(2, 1))
    assert dense.search(random_vectors(1, 1)[0], 5)[0].tolist() == [3]
    assert dense.search(random_vectors(1, 1)[0], 0)[0].tolist() == []


def test_wrong_updates_are_refused() -> None:
    """Catches vectors that stay because their id was not found, and ids without a vector."""
    dense = DenseIndex.build(np.array([1, 2], np.int64), random_vectors(1, 2))
    with pytest.raises(ValueError, match="1 of 2 vectors to remove were in the index"):
        dense.update(np.array([1, 5], np.int64), NONE, np.empty((0, 8), np.float32))
    with pytest.raises(ValueError, match=r"vectors of shape \(2, 8\) for 1 ids of 8 numbers"):
        dense.update(NONE, np.array([3], np.int64), random_vectors(1, 2))


@pytest.mark.parametrize("exact_up_to", [1000, 100])
def test_written_and_read_it_answers_the_same(tmp_path: Path, exact_up_to: int) -> None:
    """Catches a number of lists to search that is lost on disk, and lost ids."""
    vectors = clustered(3, 400)
    dense = DenseIndex.build(np.arange(400) * 3, vectors, exact_up_to)
    dense.write(tmp_path / "dense")
    read = DenseIndex.read(tmp_path / "dense", exact_up_to)
    assert (read.exact, len(read), read.dimension) == (exact_up_to == 1000, 400, 32)
    for question in vectors[:20]:
        for one, two in zip(dense.search(question, 7), read.search(question, 7), strict=True):
            np.testing.assert_array_equal(one, two)


def test_an_inverted_file_finds_nearly_all_and_forgets_what_goes() -> None:
    """Catches too few lists searched, and wrong ids after a removal."""
    vectors = clustered(4, 3000)
    dense = DenseIndex.build(np.arange(3000) + 7, vectors, exact_up_to=1000)
    kept = {i + 7: vector for i, vector in enumerate(vectors)}
    assert not dense.exact
    assert recall(dense, kept, clustered(4, 3200)[3000:]) >= 0.98
    added = clustered(5, 600)
    gone = np.arange(7, 1507, 2)
    dense.update(gone, np.arange(600) + 9000, added)
    kept = {id_: vector for id_, vector in kept.items() if id_ not in set(gone.tolist())}
    kept |= {i + 9000: vector for i, vector in enumerate(added)}
    assert len(dense) == len(kept) == 2850
    assert recall(dense, kept, clustered(4, 3200)[3000:]) >= 0.98
    for question in vectors[:300]:
        ids, scores = dense.search(question, 5)
        assert set(ids.tolist()) <= kept.keys()
        own = np.array([kept[id_] @ question for id_ in ids.tolist()], np.float32)
        np.testing.assert_allclose(scores, own, atol=2e-3)


def test_a_small_update_does_not_make_the_search_exhaustive() -> None:
    """Catches every list being searched after a removal, which leaves nothing to measure on."""
    dense = DenseIndex.build(np.arange(3000), clustered(4, 3000), exact_up_to=1000)
    before = dense._index.nprobe
    dense.update(np.array([5]), np.empty(0, np.int64), np.empty((0, 32), np.float32))
    dense.update(np.empty(0, np.int64), np.array([9000]), clustered(5, 1))
    assert dense._index.nprobe == before < dense._index.nlist


def recall(dense: DenseIndex, vectors: dict[int, Vectors], questions: Vectors) -> float:
    """Return the share of the true ten nearest that are found."""
    found = 0
    for question in questions:
        wanted = set(brute_force(vectors, question, 10)[0].tolist())
        found += len(wanted & set(dense.search(question, 10)[0].tolist()))
    return found / (10 * len(questions))


def test_an_index_says_when_it_has_outgrown_its_kind() -> None:
    """Catches a slow exhaustive search for ever, and an inverted file that only loses."""
    vectors = clustered(6, 700)
    few = DenseIndex.build(np.arange(100), vectors[:100], exact_up_to=100)
    found = [few.outgrown]
    few.update(NONE, np.array([100]), vectors[100:101])
    assert [*found, few.outgrown] == [False, True]
    many = DenseIndex.build(np.arange(200), vectors[:200], exact_up_to=100)
    found = [many.outgrown]
    many.update(np.arange(149), NONE, vectors[:0])
    found.append(many.outgrown)
    many.update(np.array([149]), NONE, vectors[:0])
    found.append(many.outgrown)
    many.update(NONE, np.arange(500) + 1000, vectors[200:])
    assert [*found, many.outgrown] == [False, False, True, True]


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    """Catches a crash of the process, and FAISS's own words."""
    with pytest.raises(FileNotFoundError):
        DenseIndex.read(tmp_path / "missing")
    path = tmp_path / "dense"
    DenseIndex.build(np.arange(50), random_vectors(1, 50)).write(path)
    data = path.read_bytes()
    for damaged in (b"", b"IxMp", data[:20], data[: len(data) // 2], data[:-1], b"nonsense" * 9):
        path.write_bytes(damaged)
        with pytest.raises(IndexDamaged, match="is damaged; run `pincite build"):
            DenseIndex.read(path)


@pytest.mark.parametrize("exact_up_to", [1000, 10])
@given(only=st.sets(st.integers(0, 299), max_size=30), seed=st.integers(0, 2**32 - 1))
def test_a_search_among_some_is_brute_force_over_those(
    exact_up_to: int, only: set[int], seed: int
) -> None:
    """Catches a choice made after the search, which finds fewer than there are, or among lists."""
    ids = np.arange(300) * 3 + 7
    vectors = random_vectors(seed, 300)
    dense = DenseIndex.build(ids, vectors, exact_up_to=exact_up_to)
    chosen = {int(ids[row]): vectors[row] for row in only}
    wanted, best = brute_force(chosen, vectors[0], 20)
    found, scores = dense.search(vectors[0], 20, np.array(sorted(chosen), np.int64))
    # Inverted lists keep differences to their centres, whose rounding may swap neighbours.
    assert set(found.tolist()) <= chosen.keys()
    np.testing.assert_allclose(scores, best, atol=1e-6 if dense.exact else 2e-3)
    assert not dense.exact or found.tolist() == wanted.tolist()


class Watched:
    """Stands for a FAISS index, and notes how many threads its search may use."""

    ntotal = 1

    def __init__(self) -> None:
        self.threads = 0

    def search(self, questions: Vectors, k: int, params: object) -> tuple[Vectors, Ids]:
        """Return zeros."""
        self.threads = faiss.omp_get_max_threads()
        return np.zeros((1, k), np.float32), np.zeros((1, k), np.int64)


def test_a_question_uses_one_thread_and_leaves_the_setting_as_it_was() -> None:
    """Catches threads that wait for each other on a busy machine, and a slow build ever after."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        watched = Watched()
        DenseIndex(watched).search(random_vectors(1, 1)[0], 1)
        assert (watched.threads, faiss.omp_get_max_threads()) == (1, 3)
    finally:
        faiss.omp_set_num_threads(before)
