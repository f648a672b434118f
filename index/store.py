"""The index on disk: documents, passages and vectors in SQLite, search files by generation.

``index.sqlite`` is the truth; the FAISS and tantivy files under ``generations/`` can be remade
from it. A build stages documents beside the live ones and keeps vectors as soon as they are made;
`Store.publish` swaps in all that is staged, in one transaction, with the generation number.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from json import dumps
from os import W_OK, access
from pathlib import Path
from typing import Self
from urllib.parse import quote

import numpy as np

from corpus import (
    Document,
    FoundFile,
    IndexDamaged,
    IndexMissing,
    Passage,
    decode_maps,
    encode_maps,
)
from index.config import IndexConfig, read_config
from index.encoding import Vectors

__all__ = [
    "DocumentSummary",
    "Store",
    "StoredFile",
    "StoredPassage",
    "counts",
    "create_database",
    "listing",
    "open_database",
    "transaction",
    "unfinished",
]

SCHEMA = """
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
    maps TEXT NOT NULL,             -- page starts, headings, running lines
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


def create_database(folder: Path) -> sqlite3.Connection:
    """Open ``folder/index.sqlite`` for writing, making it where there is none.

    Raises:
        IndexDamaged: if the file is there but is no such database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(folder / "index.sqlite", timeout=LOCK_SECONDS, isolation_level=None)
    with _damage_named(folder):
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.executescript(SCHEMA)
        _upgrade(db)
    return db


def _upgrade(db: sqlite3.Connection) -> None:
    """Give the tables of format 1 their present columns; the build that follows fills them."""
    columns = [name for _, name, *_ in db.execute("PRAGMA table_info(passages)")]
    if "first" in columns:
        with transaction(db):
            db.execute("ALTER TABLE passages RENAME COLUMN first TO start_offset")
            db.execute("ALTER TABLE passages RENAME COLUMN past TO end_offset")
            db.execute("ALTER TABLE passages ADD COLUMN text TEXT")


def open_database(folder: Path) -> sqlite3.Connection:
    """Open ``folder/index.sqlite`` for reading.

    Raises:
        IndexMissing: if it is not there, or a build was killed before it made the tables.
        IndexDamaged: if the file is no such database.
    """
    path = folder / "index.sqlite"
    if not path.is_file():
        raise IndexMissing(f"There is no index in {folder}; run `pincite build` first.")
    # On a read-only disk SQLite cannot make its shared-memory file, and nobody else can write.
    mode = "mode=rw" if access(folder, W_OK) else "mode=ro&immutable=1"
    uri = f"file:{quote(str(path.resolve()))}?{mode}"
    db = sqlite3.connect(
        uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    with _damage_named(folder):
        db.execute("PRAGMA query_only = ON")
        made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'skipped'").fetchone()
    if made is None:
        db.close()
        raise unfinished(folder)
    return db


def unfinished(folder: Path) -> IndexMissing:
    """Return the error for an index that was begun but never published."""
    return IndexMissing(f"The first build in {folder} has not finished; run `pincite build`.")


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Run the block in one transaction: all of it happens, or nothing.

    Args:
        db: the connection.
        kind: ``IMMEDIATE`` to write, ``DEFERRED`` to read one consistent state.
    """
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise
        raise IndexDamaged(
            f"The index in {folder} is damaged ({error}); delete that folder and build again."
        ) from error


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


def listing(db: sqlite3.Connection) -> list[DocumentSummary]:
    """Return the live documents, by path."""
    rows = db.execute(
        "SELECT d.path, d.title, d.media_type, json_array_length(d.maps, '$[0]'),"
        " COUNT(p.text_key), d.mtime_ns FROM documents AS d"
        " LEFT JOIN passages AS p ON p.document = d.id WHERE d.live GROUP BY d.id ORDER BY d.path"
    )
    return [
        DocumentSummary(path, title, media_type, pages or None, passages, modified)
        for path, title, media_type, pages, passages, modified in rows
    ]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many documents, passages, skipped files and vectors there are."""
    return {name: int(db.execute(query).fetchone()[0]) for name, query in COUNTS.items()}


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
    def config(self) -> IndexConfig | None:
        """What shaped the published state; None before the first."""
        saved = self._meta("config") or self._meta("shape")  # as format 1 called it
        return read_config(saved) if saved else None

    @property
    def staged_config(self) -> IndexConfig | None:
        """What shaped the staged documents; None if nothing was ever staged."""
        saved = self._meta("staged_config")
        return read_config(saved) if saved else None

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
        self,
        document: Document,
        file: FoundFile,
        passages: Sequence[tuple[Passage, str | None, bytes | None]],
    ) -> None:
        """Put a document beside the live ones: its passages, their search texts and text keys."""
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
                "INSERT INTO passages (document, start_offset, end_offset, heading, text, text_key)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(row, p.start, p.end, p.heading, text, key) for p, text, key in passages],
            )

    def begin_staging(self, config: IndexConfig, unwanted: Iterable[str]) -> None:
        """Prepare to stage documents of ``config``: drop ``unwanted`` and those of another one."""
        with self.transaction():
            if self.staged_config != config:
                self._db.execute("DELETE FROM documents WHERE NOT live")
            drop = [(path,) for path in unwanted]
            self._db.executemany("DELETE FROM documents WHERE path = ? AND NOT live", drop)
            self._set_meta("staged_config", dumps(asdict(config)))

    # ---- passages and vectors ----

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return live passages by id."""
        rows = self._db.execute(
            "SELECT p.id, d.path, p.start_offset, p.end_offset, p.heading"
            " FROM json_each(?) AS wanted JOIN passages AS p ON p.id = wanted.value"
            " JOIN documents AS d ON d.id = p.document WHERE d.live",
            (dumps([int(id_) for id_ in ids]),),
        )
        return {id_: Passage(*rest) for id_, *rest in rows}

    def passages_in(self, row: int) -> list[StoredPassage]:
        """Return the passages of the document in ``row``, in text order."""
        rows = self._db.execute(
            "SELECT p.id, p.text_key, p.text, d.path, p.start_offset, p.end_offset, p.heading"
            " FROM passages AS p JOIN documents AS d ON d.id = p.document"
            " WHERE p.document = ? ORDER BY p.start_offset",
            (row,),
        )
        return [StoredPassage(id_, Passage(*rest), text, key) for id_, key, text, *rest in rows]

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

    def listing(self) -> list[DocumentSummary]:
        """Return the live documents without their texts, by path."""
        return listing(self._db)

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
            self._set_meta("config", dumps(asdict(config)))
            self._set_meta("generation", str(generation))
        self._db.execute("PRAGMA busy_timeout = 0")  # no build waits for readers of the old state
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self) -> str | None:
        """Return what SQLite's integrity check finds wrong, or None."""
        verdict = str(self._db.execute("PRAGMA integrity_check(1)").fetchone()[0])
        return None if verdict == "ok" else verdict
