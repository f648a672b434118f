"""The search files of one published state: FAISS, tantivy and their checksums."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path

import numpy as np

from corpus import IndexDamaged, InputError, file_sha256, name_words
from index.dense import DenseIndex
from index.lexical import LexicalIndex, terms, write_lexical
from index.store import Store

__all__ = [
    "Change",
    "SearchFiles",
    "find_damaged_files",
    "open_generation",
    "write_generation",
    "write_manifest",
]

# Deleted passages weigh on BM25's statistics until the index is written afresh.
MOST_DELETED = 0.2


@dataclass(frozen=True, slots=True)
class Change:
    """How the next state differs from the published one, in rows of documents.

    Args:
        added: rows whose passages are added.
        dropped: rows whose passages are removed.
        renamed: rows that only get another path, with that path.
    """

    added: tuple[int, ...]
    dropped: tuple[int, ...]
    renamed: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class SearchFiles:
    """What a generation's folder holds, opened; it stays usable when the files are deleted."""

    folder: Path
    dense: DenseIndex
    lexical: LexicalIndex
    deleted: int


def open_generation(folder: Path) -> SearchFiles:
    """Open the search files in ``folder``.

    Raises:
        IndexDamaged: if a file is missing, or is not what it should be.
        InputError: if a file may not be read, or there is no room for temporary ones.
    """
    try:
        deleted, _ = _read_manifest(folder)
        dense = DenseIndex.read(folder / "dense.faiss")
        return SearchFiles(folder, dense, LexicalIndex(folder / "lexical"), deleted)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename:
            raise IndexDamaged(f"{error.filename} is missing; run `pincite build`.") from error
        raise InputError(
            f"{folder} cannot be opened ({error}); see that you may read its files, and that there "
            "is room for temporary ones."
        ) from error


def write_generation(folder: Path, store: Store, change: Change, previous: Path | None) -> None:
    """Write the search files of the next state into the new folder ``folder``.

    Starts from ``previous`` where that is whole, and from the store where it is not.
    """
    partial = folder.with_suffix(".partial")
    for stale in (folder, partial):
        shutil.rmtree(stale, ignore_errors=True)
    partial.mkdir(parents=True)
    kept = set(_rows_after(store, change)) - set(change.added)
    before = _open_whole(previous, store) if previous and kept else None
    _write_dense(partial, store, change, before)
    deleted = _write_lexical(partial, store, change, before)
    write_manifest(partial, deleted)
    partial.rename(folder)


def write_manifest(folder: Path, deleted: int) -> None:
    """Write how many deleted passages BM25 carries and all checksums; flush all files to disk."""
    checksums = {name: file_sha256(path) for name, path in _files(folder).items()}
    manifest = folder / "manifest.json"
    manifest.write_text(dumps({"deleted": deleted, "files": checksums}, indent=1), "utf-8")
    for path in (*_files(folder).values(), manifest):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def find_damaged_files(folder: Path) -> list[str]:
    """Return the names of files in ``folder`` that are missing or have another checksum."""
    try:
        _, recorded = _read_manifest(folder)
    except (FileNotFoundError, IndexDamaged):
        return ["manifest.json"]
    present = _files(folder)
    return sorted(
        name
        for name, checksum in recorded.items()
        if name not in present or file_sha256(present[name]) != checksum
    )


def _open_whole(previous: Path, store: Store) -> SearchFiles | None:
    """Return the published search files, or None if they cannot be built upon."""
    if find_damaged_files(previous):
        return None
    try:
        files = open_generation(previous)
    except IndexDamaged:
        return None
    expected = len(store.searchable_ids(document.row for document in store.documents().values()))
    return files if 0 < expected == len(files.dense) == len(files.lexical) else None


def _write_dense(folder: Path, store: Store, change: Change, before: SearchFiles | None) -> None:
    dense = before.dense if before else None
    if dense is not None:
        added = store.searchable_ids(change.added)
        vectors = store.vectors(added) if added else np.empty((0, dense.dimension), np.float32)
        dropped = np.array(store.searchable_ids(change.dropped), np.int64)
        dense.update(dropped, np.array(added, np.int64), vectors)
    if dense is None or dense.outgrown:
        ids = store.searchable_ids(_rows_after(store, change))
        dense = DenseIndex.build(np.array(ids, np.int64), store.vectors(ids))
    dense.write(folder / "dense.faiss")


def _write_lexical(folder: Path, store: Store, change: Change, before: SearchFiles | None) -> int:
    """Write the BM25 index; return how many deleted passages it carries."""
    documents = (*store.documents(live=False).items(), *store.documents().items())
    paths = {document.row: id_ for id_, document in documents} | dict(change.renamed)
    leaving = store.searchable_ids((*change.dropped, *change.renamed))
    deleted = (before.deleted if before else 0) + len(leaving)
    if before is None or deleted > MOST_DELETED * len(before.lexical):
        rows = _rows_after(store, change)
        write_lexical(folder / "lexical", [], _list_terms(store, rows, paths), None)
        return 0
    added = _list_terms(store, (*change.added, *change.renamed), paths)
    write_lexical(folder / "lexical", leaving, added, before.folder / "lexical")
    return deleted


def _list_terms(
    store: Store, rows: Iterable[int], paths: Mapping[int, str]
) -> Iterator[tuple[int, list[str]]]:
    """Yield id and terms of each passage: its text in its context, and the file's path."""
    for row in rows:
        name = terms(name_words(paths[row]))
        for stored in store.passages_in(row):
            if stored.text:
                yield stored.id, name + terms(stored.text)


def _rows_after(store: Store, change: Change) -> list[int]:
    live = {document.row for document in store.documents().values()}
    return sorted((live - set(change.dropped)) | set(change.added))


def _read_manifest(folder: Path) -> tuple[int, dict[str, str]]:
    """Return how many deleted passages the BM25 index carries, and the checksum of every file."""
    try:
        manifest = loads((folder / "manifest.json").read_text("utf-8"))
        return int(manifest["deleted"]), dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        path = folder / "manifest.json"
        raise IndexDamaged(f"{path} is damaged; run `pincite build`.") from error


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and path.name != "manifest.json"
    }
