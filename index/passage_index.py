"""A folder's index, open for asking."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from corpus import Document, IndexOutdated, Passage, PinciteError, Skipped
from index.config import FORMAT, IndexConfig, compare_configs, config_of
from index.dense import Ids
from index.encoding import Encoder, Vectors, open_encoder
from index.generation import SearchFiles, find_damaged_files, open_generation
from index.signature import Signatures, find_alike
from index.store import DocumentOrigin, DocumentSummary, Store

__all__ = ["PassageIndex"]

# The passages of one question come from a few documents, and are quoted from them again.
DOCUMENTS_KEPT = 32


class PassageIndex:
    """The published state of an index: search by vector or by terms, and the texts behind the hits.

    All calls of one question belong inside `snapshot`, which sees one consistent state, moves on to
    a newer one when a build has published it, and never waits for a build. Not safe for two threads
    at a time.

    Args:
        folder: where the index is kept.
        store: its store.
        encoder: the encoder that it was built with.
        follow: whether to change to another encoder when a build has done so.

    Its ``generation`` is the number of the state that the last snapshot saw.
    """

    def __init__(
        self, folder: Path, store: Store, encoder: Encoder, *, follow: bool = False
    ) -> None:
        self._folder = folder
        self._store = store
        self._follow = follow
        self.generation = 0
        self._files: SearchFiles | None = None
        self._counts: dict[str, int] = {}
        self._signed: tuple[list[DocumentOrigin], Signatures] | None = None
        self._document = lru_cache(DOCUMENTS_KEPT)(lambda id_: self._store.document(id_))
        self.encoder = encoder

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> Self:
        """Open the index kept in ``folder``.

        Args:
            folder: where the index is kept.
            encoder: instead of the one that the index names, now and after later builds.

        Raises:
            IndexMissing: if there is none, or its first build has not finished.
            IndexOutdated: if it was built by another version or with another encoder.
            IndexDamaged: if its files are not what they should be.
            ModelUnavailable: if the encoder's weights are missing or wrong.
        """
        store = Store.open(folder)
        try:
            config = _config(store, folder)
            follow = encoder is None
            index = cls(folder, store, encoder or open_encoder(config.encoder), follow=follow)
            with index.snapshot():
                return index
        except BaseException:
            store.close()
            raise

    def reopen(self) -> Self:
        """Open the index again, for another thread; the two share the encoder."""
        store = Store.open(self._folder)
        return type(self)(self._folder, store, self.encoder, follow=self._follow)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Hold one consistent state, the newest, while the block runs.

        Raises:
            IndexOutdated: if a build has been published that needs another version of Pincite or,
                unless it follows, another encoder.
            IndexDamaged: if the state's search files are missing or damaged.
            InputError: if they may not be read.
            IndexBusy: after the block, if that was not one state; see `Store.open`.
        """
        failed = None
        while True:
            if self._store.stale:
                self._store, stale = Store.open(self._folder), self._store
                stale.close()
            with self._store.snapshot():
                generation = self._store.generation
                try:
                    self._refresh(generation)
                except PinciteError:
                    if generation == failed:
                        raise
                    failed = generation  # unless a build has just published another and removed it
                    continue
                yield
                return

    def _refresh(self, generation: int) -> None:
        """Open the files of the published state if they are not open."""
        if generation == self.generation:
            return
        config = _config(self._store, self._folder)
        if self._follow and config.encoder != self.encoder.name:
            self.encoder = open_encoder(config.encoder)
        reasons = compare_configs(config, config_of(self.encoder, config.passage_tokens))
        if reasons:
            raise IndexOutdated(_explain_mismatch(self._folder, " and ".join(reasons)))
        self._files = open_generation(self._folder / "generations" / str(generation))
        self.generation = generation
        self._counts = self._store.count()
        self._document.cache_clear()
        self._signed = None

    @property
    def _search(self) -> SearchFiles:
        if self._files is None:
            raise ValueError("the index is searched outside of a snapshot")
        return self._files

    def __len__(self) -> int:
        return len(self._search.lexical)

    def search_vectors(
        self, vector: Vectors, k: int, only: Ids | None = None
    ) -> tuple[Ids, Vectors]:
        """Return ids and cosine similarities of the ``k`` passages nearest to ``vector``."""
        return self._search.dense.search(vector, k, only)

    def search_terms(
        self, terms: Iterable[str], k: int, only: Ids | None = None
    ) -> tuple[Ids, Vectors]:
        """Return ids and BM25 scores of the ``k`` best passages for ``terms``."""
        return self._search.lexical.search(terms, k, only)

    def passage_ids(self, documents: Iterable[str]) -> Ids:
        """Return the ids of the passages of documents that can be searched, sorted."""
        return np.array(self._store.searchable_ids_of(documents), np.int64)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages, shape ``(len(ids), d)``."""
        return self._store.vectors(ids)

    def document_frequency(self, term: str) -> int:
        """Return how many passages contain ``term``."""
        return self._search.lexical.document_frequency(term)

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by id."""
        return self._store.passages(ids)

    def document(self, id_: str) -> Document:
        """Return a document by its id; KeyError if it is not in the index."""
        return self._document(id_)

    def documents(self) -> list[str]:
        """Return the ids of all documents, sorted."""
        return sorted(self._store.documents())

    def list_origins(self) -> list[DocumentOrigin]:
        """Return who wrote each document, and when, by id."""
        return self._store.list_origins()

    def versions_of(self, id_: str) -> list[DocumentOrigin]:
        """Return a document and, after it, those that are nearly the same, by id."""
        if self._signed is None:
            self._signed = self._store.list_signatures()
        origins, signatures = self._signed
        row = bisect_left(origins, id_, key=lambda origin: origin.id)
        return [origins[row], *(origins[other] for other in find_alike(signatures, row))]

    def list_documents(self) -> list[DocumentSummary]:
        """Return all documents without their texts, by id."""
        return self._store.list_documents()

    def skipped(self) -> list[Skipped]:
        """Return the files, also inside of files, that the build could not read, by id."""
        return self._store.list_skipped()

    def count(self) -> dict[str, int]:
        """Return how many documents, passages, skipped files and vectors there are."""
        return dict(self._counts)

    def find_damage(self) -> list[str]:
        """Return what is wrong with the newest state's files on disk; empty if all is well.

        Every file is compared with its checksum. Call it outside of a snapshot.
        """
        failed = None
        while True:
            with self.snapshot():
                folder = self._folder / "generations" / str(self.generation)
                found = [f"{name} is missing or altered" for name in find_damaged_files(folder)]
                in_store = self._store.find_damage()
                if not found or self.generation == failed:
                    return found if in_store is None else [*found, f"index.sqlite: {in_store}"]
                failed = self.generation  # unless a build has just removed it


def _config(store: Store, folder: Path) -> IndexConfig:
    config = store.config
    if config is None or config.format != FORMAT:
        raise IndexOutdated(_explain_mismatch(folder, "another version of Pincite built it"))
    return config


def _explain_mismatch(folder: Path, reason: str) -> str:
    return f"The index in {folder} does not fit: {reason}; run `pincite build`."
