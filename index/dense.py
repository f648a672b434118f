"""Vectors searched by inner product, with FAISS."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from corpus import IndexDamaged
from index.encoding import Vectors

__all__ = ["EXACT_UP_TO", "DenseIndex", "Ids"]

Ids = npt.NDArray[np.int64]

EXACT_UP_TO = 200_000
RECALL = 0.98
SAMPLE = 256
NEIGHBOURS = 10
LISTS_PER_ROOT = 4
TRAINING_PER_LIST = 64


class DenseIndex:
    """Unit vectors by id; the score is the cosine similarity.

    Up to ``exact_up_to`` vectors the search is exhaustive, over half-precision vectors (the store
    keeps half precision, so nothing is lost). Beyond that an inverted file is searched, in as many
    lists as it takes to find 0.98 of the true ten nearest neighbours of a sample of the index's own
    vectors. Graph indexes (HNSW) are no choice here: they cannot remove.

    Args:
        index: a FAISS index that `build` made or `read` loaded.
        exact_up_to: how many vectors are searched exhaustively.
    """

    def __init__(self, index: Any, exact_up_to: int = EXACT_UP_TO) -> None:  # noqa: ANN401 - FAISS types lie
        self._index = index
        self._exact_up_to = exact_up_to

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, exact_up_to: int = EXACT_UP_TO) -> Self:
        """Make an index of ``vectors``, shape ``(len(ids), d)``."""
        make = _make_flat if len(ids) <= exact_up_to else _make_inverted_file
        built = cls(make(vectors), exact_up_to)
        built.update(np.empty(0, np.int64), ids, vectors)
        return built

    @classmethod
    def read(cls, path: Path, exact_up_to: int = EXACT_UP_TO) -> Self:
        """Return the index that `write` saved.

        Raises:
            OSError: if there is no such file, or it may not be read.
            IndexDamaged: if it is no FAISS index.
        """
        path.open().close()  # which says why, if it cannot be read
        try:
            return cls(faiss.read_index(str(path)), exact_up_to)
        except RuntimeError as error:
            raise IndexDamaged(f"{path} is damaged; run `pincite build`.") from error

    def write(self, path: Path) -> None:
        """Save the index to ``path``."""
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._index.d)

    @property
    def exact(self) -> bool:
        """Whether the search is exhaustive."""
        return isinstance(self._index, faiss.IndexIDMap2)

    @property
    def outgrown(self) -> bool:
        """Whether the index should be built again for the number of vectors that it now holds."""
        if self.exact:
            return len(self) > self._exact_up_to
        trained_for = (self._index.nlist / LISTS_PER_ROOT) ** 2
        return len(self) <= self._exact_up_to // 2 or len(self) > 2 * trained_for

    def update(self, removed: Ids, added: Ids, vectors: Vectors) -> None:
        """Take out the vectors of ``removed`` and put in ``vectors``, shape ``(len(added), d)``.

        Raises:
            ValueError: if shapes differ, or an id of ``removed`` is not in the index.
        """
        if vectors.shape != (len(added), self._index.d):
            raise ValueError(
                f"vectors of shape {vectors.shape} for {len(added)} ids of {self._index.d} numbers"
            )
        gone = self._index.remove_ids(removed) if len(removed) else 0
        if gone != len(removed):
            raise ValueError(f"{gone} of {len(removed)} vectors to remove were in the index")
        if len(added):
            self._index.add_with_ids(np.ascontiguousarray(vectors), added)
        # A few vectors measure nothing; then as many lists as before are searched.
        if not self.exact and len(added) >= min(SAMPLE, len(self)) > 0:
            _choose_probes(self._index, vectors)

    def search(self, question: Vectors, k: int, only: Ids | None = None) -> tuple[Ids, Vectors]:
        """Return ids and scores, both of shape ``(n,)`` with ``n <= k``, best first, ties by id.

        Which of several that tie for rank ``k`` are returned is not defined.

        Args:
            question: unit vector of shape ``(d,)``.
            k: how many to find.
            only: ids to choose from, all of which are looked at; None for all.
        """
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        chosen = None if only is None else self._select(only)
        with _use_one_thread():
            scores, ids = self._index.search(question[np.newaxis], k, params=chosen)
        found = ids[0] >= 0
        order = np.lexsort((ids[0][found], -scores[0][found]))
        return ids[0][found][order], scores[0][found][order]

    def _select(self, only: Ids) -> Any:  # noqa: ANN401 - FAISS types lie
        chosen: Any = faiss.SearchParameters() if self.exact else faiss.SearchParametersIVF()
        chosen.sel = faiss.IDSelectorBatch(only)
        if not self.exact:
            chosen.nprobe = self._index.nlist  # a few vectors may lie in any list
        return chosen


@contextmanager
def _use_one_thread() -> Iterator[None]:
    """Let FAISS use only the calling thread, whose setting this is.

    One question is too little work to share: where other programs are busy, its threads wait for
    each other for tens of milliseconds, instead of one for a search among 20,000.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _make_flat(vectors: Vectors) -> faiss.IndexIDMap2:
    half = faiss.ScalarQuantizer.QT_fp16
    flat = faiss.IndexScalarQuantizer(vectors.shape[1], half, faiss.METRIC_INNER_PRODUCT)
    return faiss.IndexIDMap2(flat)


def _make_inverted_file(vectors: Vectors) -> faiss.IndexIVFScalarQuantizer:
    """Return an empty inverted file trained on ``vectors``.

    It keeps its own ids: behind an `IndexIDMap2`, FAISS returns wrong ids after a removal.
    """
    count, dimension = vectors.shape
    lists = max(1, round(LISTS_PER_ROOT * sqrt(count)))
    half, inner = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    quantizer = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, half, inner)
    sample = np.random.default_rng(0).permutation(count)[: lists * TRAINING_PER_LIST]
    index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    return index


def _choose_probes(index: faiss.IndexIVFScalarQuantizer, vectors: Vectors) -> None:
    """Search as many lists as reach the recall on a sample of ``vectors``, never fewer than now."""
    sample = np.random.default_rng(1).permutation(len(vectors))[:SAMPLE]
    questions = np.ascontiguousarray(vectors[sample])
    probes, index.nprobe = index.nprobe, index.nlist
    _, exact = index.search(questions, NEIGHBOURS)
    while probes < index.nlist:
        index.nprobe = probes
        _, found = index.search(questions, NEIGHBOURS)
        hits = [len(set(a) & set(b)) / len(set(a)) for a, b in zip(exact, found, strict=True)]
        if np.mean(hits) >= RECALL:
            return
        probes *= 2
    index.nprobe = index.nlist
