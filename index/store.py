"""The index on disk: documents, passages and vectors in SQLite, search files by generation.

``index.sqlite`` is the truth; the FAISS and tantivy files under ``generations/`` can be remade
from it. A build stages documents beside the live ones and keeps vectors as soon as they are made;
`Store.publish` swaps in all that is staged, in one transaction, with the generation number.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path
from typing import Self

import numpy as np

from corpus import Document, FoundFile, Passage, decode_maps, encode_maps
from index.database import create_database, open_database, transaction, unfinished
from index.encoder import Vectors
from index.inventory import Listed, counts, listing
from index.shape import Shape, read_shape

__all__ = ["Store", "StoredFile", "StoredPassage"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document's row and the state of the file that it was read from."""

    row: int
    sha256: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its id in the index and the digest of its encoded text."""

    id: int
    passage: Passage
    text_key: bytes | None


class Store:
    """One connection to ``index.sqlite``; not safe for two threads at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Open the store in ``folder`` for writing; see `create_database`."""
        return cls(create_database(folder))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the store in ``folder`` for reading; see `open_database`.

        Raises:
            IndexMissing: also if nothing has been published yet.
        """
        store = cls(open_database(folder))
        if store.generation == 0:
            store.close()
            raise unfinished(folder)
        return store

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def transaction(self, kind: str = "IMMEDIATE") -> AbstractContextManager[None]:
        """Return a context in which all happens in one `transaction`, or nothing."""
        return transaction(self._db, kind)

    # ---- what shaped it ----

    @property
    def generation(self) -> int:
        """The number of the published state; 0 before the first."""
        return int(self._meta("generation") or 0)

    @property
    def shape(self) -> Shape | None:
        """What shaped the published state; None before the first."""
        saved = self._meta("shape")
        return read_shape(saved) if saved else None

    @property
    def staged_shape(self) -> Shape | None:
        """What shaped the staged documents; None if nothing was ever staged."""
        saved = self._meta("staged_shape")
        return read_shape(saved) if saved else None

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # ---- documents ----

    def files(self, *, live: bool = True) -> dict[str, StoredFile]:
        """Return the live (or the staged) documents by path."""
        rows = self._db.execute(
            "SELECT path, id, sha256, size, mtime_ns, ctime_ns FROM documents WHERE live = ?",
            (live,),
        )
        return {path: StoredFile(*rest) for path, *rest in rows}

    def skipped(self) -> dict[str, tuple[FoundFile, str]]:
        """Return the files that the published build could not read, by path, with the reasons."""
        rows = self._db.execute("SELECT path, size, mtime_ns, ctime_ns, reason FROM skipped")
        return {path: (FoundFile(path, Path(path), *stat), reason) for path, *stat, reason in rows}

    def document(self, path: str) -> Document:
        """Return a live document by its path; KeyError if there is none."""
        row = self._db.execute(
            "SELECT id FROM documents WHERE path = ? AND live", (path,)
        ).fetchone()
        if row is None:
            raise KeyError(path)
        return self.document_in(row[0])

    def document_in(self, row: int) -> Document:
        """Return the document in ``row``, live or staged."""
        path, title, media_type, sha256, text, maps = self._db.execute(
            "SELECT path, title, media_type, sha256, text, maps FROM documents WHERE id = ?", (row,)
        ).fetchone()
        return Document(path, title, media_type, sha256, text, *decode_maps(maps))

    def stage(
        self, document: Document, file: FoundFile, passages: Sequence[tuple[Passage, bytes | None]]
    ) -> None:
        """Put a document with its passages and their text keys beside the live ones."""
        with self.transaction():
            self._db.execute("DELETE FROM documents WHERE path = ? AND NOT live", (document.id,))
            d = document
            row = self._db.execute(
                "INSERT INTO documents (path, live, sha256, size, mtime_ns, ctime_ns, title,"
                " media_type, maps, text) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(d.id, d.sha256, file.size, file.mtime_ns, file.ctime_ns),
                    *(d.title, d.media_type, encode_maps(d), d.text),
                ),
            ).lastrowid
            self._db.executemany(
                "INSERT INTO passages (document, first, past, heading, text_key)"
                " VALUES (?, ?, ?, ?, ?)",
                [(row, p.start, p.end, p.heading, key) for p, key in passages],
            )

    def begin_staging(self, shape: Shape, unwanted: Iterable[str]) -> None:
        """Prepare to stage documents of ``shape``: drop those of other shapes and ``unwanted``."""
        with self.transaction():
            if self.staged_shape != shape:
                self._db.execute("DELETE FROM documents WHERE NOT live")
            drop = [(path,) for path in unwanted]
            self._db.executemany("DELETE FROM documents WHERE path = ? AND NOT live", drop)
            self._set_meta("staged_shape", dumps(asdict(shape)))

    # ---- passages and vectors ----

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return live passages by id."""
        rows = self._db.execute(
            "SELECT p.id, d.path, p.first, p.past, p.heading FROM json_each(?) AS wanted"
            " JOIN passages AS p ON p.id = wanted.value"
            " JOIN documents AS d ON d.id = p.document WHERE d.live",
            (dumps([int(id_) for id_ in ids]),),
        )
        return {id_: Passage(*rest) for id_, *rest in rows}

    def passages_in(self, row: int) -> list[StoredPassage]:
        """Return the passages of the document in ``row``, in text order."""
        rows = self._db.execute(
            "SELECT p.id, p.text_key, d.path, p.first, p.past, p.heading FROM passages AS p"
            " JOIN documents AS d ON d.id = p.document WHERE p.document = ? ORDER BY p.first",
            (row,),
        )
        return [StoredPassage(id_, Passage(*rest), key) for id_, key, *rest in rows]

    def searchable_ids(self, row: int) -> list[int]:
        """Return the ids of the passages of a document that have something to search."""
        sql = "SELECT id FROM passages WHERE document = ? AND text_key IS NOT NULL ORDER BY id"
        return [id_ for (id_,) in self._db.execute(sql, (row,))]

    def searchable_ids_of(self, paths: Iterable[str]) -> list[int]:
        """Return the same for the live documents at ``paths``, sorted."""
        rows = self._db.execute(
            "SELECT p.id FROM json_each(?) AS wanted"
            " JOIN documents AS d ON d.path = wanted.value AND d.live"
            " JOIN passages AS p ON p.document = d.id"
            " WHERE p.text_key IS NOT NULL ORDER BY p.id",
            (dumps(list(paths)),),
        )
        return [id_ for (id_,) in rows]

    def to_encode(self, *, again: bool = False) -> dict[int, set[int]]:
        """Return which staged passages have texts without a vector: ids by row, each text once.

        Args:
            again: count texts that have a vector too.
        """
        rows = self._db.execute(
            "SELECT document, MIN(passages.id) FROM passages JOIN documents AS d ON d.id = document"
            " WHERE NOT d.live AND text_key IS NOT NULL"
            " AND (? OR text_key NOT IN (SELECT text_key FROM vectors)) GROUP BY text_key",
            (again,),
        )
        found: dict[int, set[int]] = {}
        for row, id_ in rows:
            found.setdefault(row, set()).add(id_)
        return found

    def put_vectors(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep ``vectors``, shape ``(len(keys), d)``, in half precision; lasts from then on."""
        halves = vectors.astype("<f2")
        with self.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(key, half.tobytes()) for key, half in zip(keys, halves, strict=True)],
            )

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages, shape ``(len(ids), d)``, in the order of ``ids``."""
        rows = self._db.execute(
            "SELECT v.vector FROM json_each(?) AS wanted JOIN passages AS p ON p.id = wanted.value"
            " JOIN vectors AS v ON v.text_key = p.text_key ORDER BY wanted.key",
            (dumps([int(id_) for id_ in ids]),),
        ).fetchall()
        if len(rows) != len(ids):
            raise ValueError(f"{len(rows)} of {len(ids)} passages have a vector")
        if not rows:
            return np.empty((0, 1), np.float32)  # how long a vector would be, nobody knows
        return np.stack([np.frombuffer(row[0], "<f2") for row in rows]).astype(np.float32)

    def counts(self) -> dict[str, int]:
        """Return how many documents, passages, skipped files and vectors there are."""
        return counts(self._db)

    def listing(self) -> list[Listed]:
        """Return the live documents without their texts, by path."""
        return listing(self._db)

    # ---- publishing ----

    def publish(
        self,
        *,
        shape: Shape,
        generation: int,
        removed: Iterable[int],
        kept: Iterable[tuple[int, FoundFile]],
        skipped: Iterable[tuple[FoundFile, str]],
    ) -> None:
        """Make all that is staged live, as ``generation``, in one transaction.

        Args:
            shape: what shaped the new state.
            generation: its number.
            removed: rows of live documents that go.
            kept: rows of live documents that stay, with their file's present path and state.
            skipped: files that could not be read, with the reasons.
        """
        with self.transaction():
            self._db.executemany("DELETE FROM documents WHERE id = ?", [(row,) for row in removed])
            kept = list(kept)
            # Two steps, because documents may have swapped their paths.
            move = "UPDATE documents SET path = char(0) || id WHERE id = ?"
            self._db.executemany(move, [(row,) for row, _ in kept])
            self._db.executemany(
                "UPDATE documents SET path = ?, size = ?, mtime_ns = ?, ctime_ns = ? WHERE id = ?",
                [(f.id, f.size, f.mtime_ns, f.ctime_ns, row) for row, f in kept],
            )
            self._db.execute("UPDATE documents SET live = 1 WHERE NOT live")
            self._db.execute("DELETE FROM skipped")
            self._db.executemany(
                "INSERT INTO skipped VALUES (?, ?, ?, ?, ?)",
                [(f.id, f.size, f.mtime_ns, f.ctime_ns, reason) for f, reason in skipped],
            )
            self._db.execute(
                "DELETE FROM vectors WHERE text_key NOT IN"
                " (SELECT text_key FROM passages WHERE text_key IS NOT NULL)"
            )
            self._set_meta("shape", dumps(asdict(shape)))
            self._set_meta("generation", str(generation))
        self._db.execute("PRAGMA busy_timeout = 0")  # no build waits for readers of the old state
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self) -> str | None:
        """Return what SQLite's integrity check finds wrong, or None."""
        verdict = str(self._db.execute("PRAGMA integrity_check(1)").fetchone()[0])
        return None if verdict == "ok" else verdict
