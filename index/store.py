"""The index on disk: documents, passages and vectors in SQLite, search files by generation.

``index.sqlite`` is the truth; the FAISS and tantivy files under ``generations/`` can be remade
from it. A build stages documents beside the live ones and keeps vectors as soon as they are made;
`Store.publish` swaps in all that is staged, in one transaction, with the generation number.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path
from typing import Self
from urllib.parse import quote

import numpy as np

from corpus import (
    Document,
    FoundFile,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InputError,
    Passage,
    decode_maps,
    encode_maps,
)
from index.config import IndexConfig, read_config
from index.encoding import Precision, Vectors

__all__ = ["DocumentSummary", "Store", "StoredFile", "StoredPassage", "encoder_of"]

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    live INTEGER NOT NULL,          -- 0: staged by a build that has not been published
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    title TEXT NOT NULL,
    media_type TEXT NOT NULL,
    maps TEXT NOT NULL,             -- page starts, headings and so on; see `encode_maps`
    text TEXT NOT NULL,
    UNIQUE (path, live)
);
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start_offset INTEGER NOT NULL,  -- offset of its first character
    end_offset INTEGER NOT NULL,    -- offset after its last character
    heading TEXT NOT NULL,
    text TEXT,                      -- what is searched: encoded, and counted by BM25
    text_key BLOB                   -- digest of the text; NULL: nothing to search
);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document);
CREATE INDEX IF NOT EXISTS passages_text_key ON passages (text_key);
CREATE TABLE IF NOT EXISTS vectors (text_key BLOB PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS skipped (
    path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, reason TEXT NOT NULL
) WITHOUT ROWID;
"""
LOCK_SECONDS = 30.0

COUNTS = {
    "documents": "SELECT COUNT(*) FROM documents WHERE live",
    "passages": "SELECT COUNT(*) FROM passages p JOIN documents d ON d.id = p.document"
    " WHERE d.live",
    "skipped": "SELECT COUNT(*) FROM skipped",
    "vectors": "SELECT COUNT(*) FROM vectors",
}


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document of the index, without its text.

    Args:
        id: path relative to the folder.
        title: the title that the document gives itself, or ``""``.
        media_type: for example ``application/pdf``.
        pages: how many it has; None where the format has none.
        passages: how many of its passages are searched.
        modified: when its file was last changed, in nanoseconds since 1970.
    """

    id: str
    title: str
    media_type: str
    pages: int | None
    passages: int
    modified: int


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
    """A passage with its id in the index, the text that is searched and its digest, if any."""

    id: int
    passage: Passage
    text: str | None
    text_key: bytes | None


class Store:
    """One connection to ``index.sqlite``; not safe for two threads at a time.

    Use `create` or `open`.

    Args:
        path: of the database.
        mode: for SQLite, as the query of a URI.
        script: SQL that prepares the connection.
    """

    def __init__(self, path: Path, mode: str, script: str) -> None:
        self._path = path
        self._seen = _state(path) if "immutable" in mode else None
        self._db = _connect(path, mode, script)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Open the store in ``folder`` for writing; create it if there is none.

        Raises:
            IndexDamaged: if its file is there but is no such database.
        """
        store = cls(folder / "index.sqlite", "mode=rwc", SCHEMA)
        store._upgrade()
        return store

    def _upgrade(self) -> None:
        """Give the tables of format 1 their present columns; the build that follows fills them."""
        columns = [name for _, name, *_ in self._db.execute("PRAGMA table_info(passages)")]
        if "first" in columns:
            with self._change():
                self._db.execute("ALTER TABLE passages RENAME COLUMN first TO start_offset")
                self._db.execute("ALTER TABLE passages RENAME COLUMN past TO end_offset")
                self._db.execute("ALTER TABLE passages ADD COLUMN text TEXT")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the store in ``folder`` for reading.

        Where one may only read, SQLite cannot make the files by which programs agree on what they
        read and write. They are there while anybody writes; while they are not, the database is
        read as a file that does not change, and `stale` tells when it has.

        Raises:
            IndexMissing: if it is not there, or no build of it was ever published.
            IndexDamaged: if the file is no such database.
            InputError: if one may not read it, or not before a killed build has been cleared up.
        """
        path = folder / "index.sqlite"
        if not path.is_file():
            raise IndexMissing(f"There is no index in {folder}; run `pincite build` first.")
        mode = "mode=rw"
        if not os.access(folder, os.W_OK):
            mode = "mode=ro" if _log(path).exists() else "mode=ro&immutable=1"
        store = cls(path, mode, "PRAGMA query_only = ON; SELECT 1 FROM sqlite_master;")
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'skipped'"
        if not (store._db.execute(tables).fetchone() and store.generation):
            store.close()
            raise IndexMissing(
                f"The first build in {folder} has not finished; run `pincite build`."
            )
        return store

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @property
    def stale(self) -> bool:
        """Whether it must be opened again, because its file has been written to; see `open`."""
        return self._seen is not None and (
            _log(self._path).exists() or self._seen != _state(self._path)
        )

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one consistent state while the block runs.

        Raises:
            IndexBusy: after the block, if its state was not consistent; see `open`.
        """
        with self._db:
            self._db.execute("BEGIN")
            yield
        if self._seen not in (None, _state(self._path)):
            raise IndexBusy(f"The index in {self._path.parent} has just been changed; try again.")

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Make all changes of the block, or none."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    # ---- what shaped it ----

    @property
    def generation(self) -> int:
        """The number of the published state; 0 before the first."""
        return int(self._read_meta("generation") or 0)

    @property
    def config(self) -> IndexConfig | None:
        """What shaped the published state; None before the first."""
        saved = self._read_meta("config") or self._read_meta("shape")  # as format 1 called it
        return read_config(saved) if saved else None

    @property
    def staged_config(self) -> IndexConfig | None:
        """What shaped the staged documents; None if nothing was ever staged."""
        saved = self._read_meta("staged_config")
        return read_config(saved) if saved else None

    def precision(self, fingerprint: str) -> Precision | None:
        """Return what an encoder, by its fingerprint, encodes texts in; None if never chosen."""
        saved = self._read_meta(f"precision of {fingerprint}")
        return None if saved is None else "bfloat16" if saved == "bfloat16" else "float32"

    def set_precision(self, fingerprint: str, precision: Precision) -> None:
        """Record what an encoder, by its fingerprint, encodes texts in."""
        self._write_meta(f"precision of {fingerprint}", precision)

    def _read_meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _write_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # ---- documents ----

    def files(self, *, live: bool = True) -> dict[str, StoredFile]:
        """Return the live (or the staged) documents by path."""
        rows: Iterable[tuple[str, int, str, int, int, int]] = self._db.execute(
            "SELECT path, id, sha256, size, mtime_ns, ctime_ns FROM documents WHERE live = ?",
            (live,),
        )
        return {row[0]: StoredFile(*row[1:]) for row in rows}

    def skipped(self) -> dict[str, tuple[FoundFile, str]]:
        """Return the files that the published build could not read, by path, with the reasons."""
        rows: Iterable[tuple[str, int, int, int, str]] = self._db.execute(
            "SELECT path, size, mtime_ns, ctime_ns, reason FROM skipped"
        )
        return {row[0]: (FoundFile(row[0], Path(row[0]), *row[1:4]), row[4]) for row in rows}

    def document(self, path: str) -> Document:
        """Return a live document by its path; KeyError if there is none."""
        found = "SELECT id FROM documents WHERE path = ? AND live"
        row: tuple[int] | None = self._db.execute(found, (path,)).fetchone()
        if row is None:
            raise KeyError(path)
        return self.document_in(row[0])

    def document_in(self, row: int) -> Document:
        """Return the document in ``row``, live or staged."""
        columns = "SELECT path, title, media_type, sha256, text, maps FROM documents WHERE id = ?"
        found: tuple[str, str, str, str, str, str] = self._db.execute(columns, (row,)).fetchone()
        path, title, media_type, sha256, text, maps = found
        return Document(path, title, media_type, sha256, text, *decode_maps(maps))

    def stage(
        self,
        document: Document,
        file: FoundFile,
        passages: Sequence[tuple[Passage, str | None, bytes | None]],
    ) -> None:
        """Put a document beside the live ones: its passages, their search texts and text keys."""
        with self._change():
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
                "INSERT INTO passages (document, start_offset, end_offset, heading, text, text_key)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(row, p.start, p.end, p.heading, text, key) for p, text, key in passages],
            )

    def begin_staging(self, config: IndexConfig, unwanted: Iterable[str]) -> None:
        """Prepare to stage documents of ``config``: drop ``unwanted`` and those of another one."""
        with self._change():
            if self.staged_config != config:
                self._db.execute("DELETE FROM documents WHERE NOT live")
            drop = [(path,) for path in unwanted]
            self._db.executemany("DELETE FROM documents WHERE path = ? AND NOT live", drop)
            self._write_meta("staged_config", dumps(asdict(config)))

    # ---- passages and vectors ----

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return live passages by id."""
        rows: Iterable[tuple[int, str, int, int, str]] = self._db.execute(
            "SELECT p.id, d.path, p.start_offset, p.end_offset, p.heading"
            " FROM json_each(?) AS wanted JOIN passages AS p ON p.id = wanted.value"
            " JOIN documents AS d ON d.id = p.document WHERE d.live",
            (dumps([int(id_) for id_ in ids]),),
        )
        return {row[0]: Passage(*row[1:]) for row in rows}

    def passages_in(self, document: int) -> list[StoredPassage]:
        """Return the passages of the document in that row, in text order."""
        rows: Iterable[tuple[int, str, int, int, str, str | None, bytes | None]]
        rows = self._db.execute(
            "SELECT p.id, d.path, p.start_offset, p.end_offset, p.heading, p.text, p.text_key"
            " FROM passages AS p JOIN documents AS d ON d.id = p.document"
            " WHERE p.document = ? ORDER BY p.start_offset",
            (document,),
        )
        return [StoredPassage(row[0], Passage(*row[1:5]), *row[5:]) for row in rows]

    def searchable_ids(self, documents: Iterable[int]) -> list[int]:
        """Return the ids, sorted, of the passages that can be searched of documents by row."""
        rows: Iterable[tuple[int]] = self._db.execute(
            "SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?))"
            " AND text_key IS NOT NULL ORDER BY id",
            (dumps(list(documents)),),
        )
        return [id_ for (id_,) in rows]

    def searchable_ids_of(self, paths: Iterable[str]) -> list[int]:
        """Return the same for the live documents at ``paths``."""
        rows: Iterable[tuple[int]] = self._db.execute(
            "SELECT p.id FROM json_each(?) AS wanted"
            " JOIN documents AS d ON d.path = wanted.value AND d.live"
            " JOIN passages AS p ON p.document = d.id"
            " WHERE p.text_key IS NOT NULL ORDER BY p.id",
            (dumps(list(paths)),),
        )
        return [id_ for (id_,) in rows]

    def find_unencoded(self, *, again: bool = False) -> dict[int, set[int]]:
        """Return the staged passages whose texts have no vector: ids by row, each text once.

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
        with self._change():
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
            return np.empty((0, 1), np.float32)  # of unknown dimension
        return np.stack([np.frombuffer(row[0], "<f2") for row in rows]).astype(np.float32)

    # ---- the whole ----

    def count(self) -> dict[str, int]:
        """Return how many documents, passages, skipped files and vectors there are."""
        return {name: int(self._db.execute(sql).fetchone()[0]) for name, sql in COUNTS.items()}

    def list_documents(self) -> list[DocumentSummary]:
        """Return the live documents without their texts, by path."""
        rows: Iterable[tuple[str, str, str, int | None, int, int]] = self._db.execute(
            "SELECT d.path, d.title, d.media_type, NULLIF(json_array_length(d.maps, '$[0]'), 0),"
            " COUNT(p.text_key), d.mtime_ns FROM documents AS d"
            " LEFT JOIN passages AS p ON p.document = d.id WHERE d.live GROUP BY d.id"
            " ORDER BY d.path"
        )
        return [DocumentSummary(*row) for row in rows]

    def find_damage(self) -> str | None:
        """Return what SQLite's integrity check finds wrong, or None."""
        verdict = str(self._db.execute("PRAGMA integrity_check(1)").fetchone()[0])
        return None if verdict == "ok" else verdict

    # ---- publishing ----

    def publish(
        self,
        *,
        config: IndexConfig,
        generation: int,
        removed: Iterable[int],
        kept: Iterable[tuple[int, FoundFile]],
        skipped: Iterable[tuple[FoundFile, str]],
    ) -> None:
        """Make all that is staged live, as ``generation``, in one transaction.

        Args:
            config: what shaped the new state.
            generation: its number.
            removed: rows of live documents that go.
            kept: rows of live documents that stay, with their file's present path and state.
            skipped: files that could not be read, with the reasons.
        """
        with self._change():
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
            self._write_meta("config", dumps(asdict(config)))
            self._write_meta("generation", str(generation))
        self._db.execute("PRAGMA busy_timeout = 0")  # no build waits for readers of the old state
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _connect(path: Path, mode: str, script: str) -> sqlite3.Connection:
    """Open a database, and tell people what SQLite's errors mean for them."""
    uri = f"file:{quote(str(path.resolve()))}?{mode}"
    try:
        db = sqlite3.connect(
            uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            db.executescript(script)
        except BaseException:
            db.close()
            raise
    except sqlite3.OperationalError as error:
        raise InputError(
            f"The index in {path.parent} cannot be opened ({error}); see that you may read its "
            "files, and write them if a build was killed."
        ) from error
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(
            f"The index in {path.parent} is damaged ({error}); delete that folder and build again."
        ) from error
    return db


def _log(path: Path) -> Path:
    """Return where SQLite logs changes to the database in ``path`` while anybody has it open."""
    return path.with_name(f"{path.name}-wal")


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return what tells whether the file has changed; None if it is gone."""
    try:
        info = path.stat()
    except FileNotFoundError:
        return None
    return info.st_ino, info.st_size, info.st_mtime_ns


def encoder_of(folder: Path) -> str | None:
    """Return the name of the encoder that the index in ``folder`` was built, or begun, with."""
    if not (folder / "index.sqlite").is_file():
        return None
    try:
        store = Store.open(folder)
    except IndexMissing:  # begun, but not published
        store = Store.create(folder)
    try:
        config = store.config or store.staged_config
        return (config.encoder or None) if config else None
    finally:
        store.close()
