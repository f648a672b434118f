"""The SQLite file of an index: its tables, and how it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import W_OK, access
from pathlib import Path
from urllib.parse import quote

from corpus import IndexDamaged, IndexMissing

__all__ = ["create_database", "open_database", "transaction", "unfinished"]

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
    first INTEGER NOT NULL,         -- offset of its first character
    past INTEGER NOT NULL,          -- offset after its last character
    heading TEXT NOT NULL,
    text_key BLOB                   -- digest of the encoded text; NULL: nothing to search
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
    return db


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
