"""The index on disk: files, documents, passages, vectors in SQLite, search files by generation.

``index.sqlite`` is the truth; the FAISS and tantivy files under ``generations/`` can be remade
from it. A file's documents, its own text and the files inside it, come and go with it. A build
stages files beside the live ones and keeps vectors as soon as they are made; `Store.publish` swaps
in all that is staged, in one transaction, with the generation number.
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
    LoadedFile,
    Passage,
    RecognisedPage,
    Skipped,
    decode_maps,
    decode_recognised,
    encode,
    encode_maps,
    search_text,
)
from index.config import IndexConfig, read_config
from index.encoding import Precision, Vectors
from index.signature import PLACES, Signatures, signature_of

__all__ = [
    "DocumentOrigin",
    "DocumentSummary",
    "Store",
    "StoredDocument",
    "StoredFile",
    "StoredPassage",
    "encoder_of",
]

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    live INTEGER NOT NULL,          -- 0: staged by a build that has not been published
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    UNIQUE (path, live)
);
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    member TEXT NOT NULL,           -- what follows the file's path in its id: '', or '/a.txt'
    sha256 TEXT NOT NULL,           -- of its own bytes
    title TEXT NOT NULL,
    media_type TEXT NOT NULL,
    author TEXT NOT NULL,           -- as in the maps, to be looked through without reading texts
    date TEXT NOT NULL,
    maps TEXT NOT NULL,             -- page starts, headings and so on; see `encode_maps`
    unread INTEGER NOT NULL,        -- how many of its pages are images that have not been read
    text TEXT NOT NULL,
    UNIQUE (file, member)
);
CREATE TABLE IF NOT EXISTS recognised (
    sha256 TEXT NOT NULL,           -- of the document's bytes
    page INTEGER NOT NULL,          -- from 1
    words TEXT NOT NULL,            -- what was read off it, as JSON
    PRIMARY KEY (sha256, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signatures (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    signature BLOB NOT NULL         -- of its words; see `signature_of`
);
CREATE TABLE IF NOT EXISTS skipped_members (
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    member TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS skipped_members_file ON skipped_members (file);
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
# Holds all that documents are chosen by. Tables of older formats must have been replaced before.
INDEX_OF_ORIGINS = (
    "CREATE INDEX IF NOT EXISTS documents_origins ON documents (file, member, author, date)"
)
LOCK_SECONDS = 30.0
# A passage, what is searched of it, and the digest of that.
NewPassage = tuple[Passage, str | None, bytes | None]

ORIGINS = (
    "SELECT f.path || d.member AS whole, d.author, d.date"
    " FROM files AS f JOIN documents AS d ON d.file = f.id WHERE f.live ORDER BY whole"
)
SKIPPED = (
    "SELECT path, reason FROM skipped UNION ALL SELECT f.path || s.member, s.reason"
    " FROM skipped_members s JOIN files f ON f.id = s.file WHERE f.live"
)
COUNTS = {
    "documents": "SELECT COUNT(*) FROM documents d JOIN files f ON f.id = d.file WHERE f.live",
    "passages": "SELECT COUNT(*) FROM passages p JOIN documents d ON d.id = p.document"
    " JOIN files f ON f.id = d.file WHERE f.live",
    "skipped": f"SELECT COUNT(*) FROM ({SKIPPED})",  # noqa: S608 - a constant
    "vectors": "SELECT COUNT(*) FROM vectors",
    "unread": "SELECT COALESCE(SUM(unread), 0) FROM documents d JOIN files f ON f.id = d.file"
    " WHERE f.live",
}


@dataclass(frozen=True, slots=True)
class DocumentOrigin:
    """A document of the index, and who wrote it when.

    Args:
        id: path relative to the folder, and inside its file.
        author: who wrote or sent it, or ``""``.
        date: as ISO 8601 writes a day, a month or a year, or ``""``.
    """

    id: str
    author: str
    date: str


@dataclass(frozen=True, slots=True)
class DocumentSummary(DocumentOrigin):
    """A document of the index, without its text.

    Args:
        id: path relative to the folder, and inside its file.
        author: who wrote or sent it, or ``""``.
        date: as ISO 8601 writes a day, a month or a year, or ``""``.
        file: path of the file that it is, or is in.
        title: the title that the document gives itself, or ``""``.
        media_type: for example ``application/pdf``.
        pages: how many it has; None where the format has none.
        passages: how many of its passages are searched.
        modified: when its file was last changed, in nanoseconds since 1970.
    """

    file: str
    title: str
    media_type: str
    pages: int | None
    passages: int
    modified: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's row, and its state when it was read."""

    row: int
    sha256: str
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's row, and its file's."""

    row: int
    file: int


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
        store._db.execute(INDEX_OF_ORIGINS)
        return store

    def _upgrade(self) -> None:
        """Give tables of older formats their present columns; the build that follows fills them."""
        columns = [name for _, name, *_ in self._db.execute("PRAGMA table_info(passages)")]
        if "first" in columns:
            with self._change():
                self._db.execute("ALTER TABLE passages RENAME COLUMN first TO start_offset")
                self._db.execute("ALTER TABLE passages RENAME COLUMN past TO end_offset")
                self._db.execute("ALTER TABLE passages ADD COLUMN text TEXT")
        if not self._has_files:
            with self._change():
                self._db.execute(
                    "INSERT INTO files (path, live, sha256, size, mtime_ns, ctime_ns)"
                    " SELECT path, 1, sha256, size, mtime_ns, ctime_ns FROM documents WHERE live"
                )
                self._db.execute("DROP TABLE documents")  # and their passages; vectors are kept
            self._db.executescript(SCHEMA)

    @property
    def _has_files(self) -> bool:
        """Whether files have a table of their own: before format 4, a file was a document."""
        columns = self._db.execute("PRAGMA table_info(documents)")
        return all(name != "path" for _, name, *_ in columns)

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

    # ---- files and documents ----

    def files(self, *, live: bool = True) -> dict[str, StoredFile]:
        """Return the live (or the staged) files by path."""
        table = "files" if self._has_files else "documents"
        rows: Iterable[tuple[str, int, str, int, int, int]] = self._db.execute(
            f"SELECT path, id, sha256, size, mtime_ns, ctime_ns FROM {table} WHERE live = ?",  # noqa: S608 - one of two names
            (live,),
        )
        return {row[0]: StoredFile(*row[1:]) for row in rows}

    def documents(self, *, live: bool = True) -> dict[str, StoredDocument]:
        """Return the documents of the live (or the staged) files by id."""
        rows: Iterable[tuple[str, int, int]] = self._db.execute(
            "SELECT f.path || d.member, d.id, f.id FROM files AS f"
            " JOIN documents AS d ON d.file = f.id WHERE f.live = ?",
            (live,),
        )
        return {id_: StoredDocument(row, file) for id_, row, file in rows}

    def skipped(self) -> dict[str, tuple[FoundFile, str]]:
        """Return the files that the published build could not read, by path, with the reasons."""
        rows: Iterable[tuple[str, int, int, int, str]] = self._db.execute(
            "SELECT path, size, mtime_ns, ctime_ns, reason FROM skipped"
        )
        return {row[0]: (FoundFile(row[0], Path(row[0]), *row[1:4]), row[4]) for row in rows}

    def skipped_members(self, *, live: bool = True) -> dict[int, list[tuple[str, str]]]:
        """Return what could not be read inside of the live (or the staged) files, by file's row.

        Each is what follows the file's path in its id, and the reason.
        """
        rows: Iterable[tuple[int, str, str]] = self._db.execute(
            "SELECT s.file, s.member, s.reason FROM skipped_members AS s"
            " JOIN files AS f ON f.id = s.file WHERE f.live = ? ORDER BY s.rowid",
            (live,),
        )
        found: dict[int, list[tuple[str, str]]] = {}
        for file, member, reason in rows:
            found.setdefault(file, []).append((member, reason))
        return found

    def list_skipped(self) -> list[Skipped]:
        """Return the files, also inside of files, that could not be read, by id."""
        rows: Iterable[tuple[str, str]] = self._db.execute(SKIPPED)
        return [Skipped(*row) for row in sorted(rows)]

    def document(self, id_: str) -> Document:
        """Return a document of a live file by its id; KeyError if there is none."""
        ends = [at for at, sign in enumerate(id_) if sign == "/"]
        found = (
            "SELECT d.id FROM json_each(?) AS above JOIN files AS f ON f.path = above.value"
            " JOIN documents AS d ON d.file = f.id AND d.member = substr(?, length(f.path) + 1)"
            " WHERE f.live"
        )
        paths = dumps([id_[:end] for end in (*ends, len(id_))])
        row: tuple[int] | None = self._db.execute(found, (paths, id_)).fetchone()
        if row is None:
            raise KeyError(id_)
        return self.document_in(row[0])

    def document_in(self, row: int) -> Document:
        """Return the document in ``row``, live or staged."""
        columns = (
            "SELECT f.path || d.member, d.title, d.media_type, d.sha256, d.text, d.maps"
            " FROM documents AS d JOIN files AS f ON f.id = d.file WHERE d.id = ?"
        )
        found: tuple[str, str, str, str, str, str] = self._db.execute(columns, (row,)).fetchone()
        id_, title, media_type, sha256, text, maps = found
        return Document(id_, title, media_type, sha256, text, *decode_maps(maps))

    def loaded_file(self, path: str) -> LoadedFile:
        """Return all that came of the live file ``path``."""
        found = "SELECT id, sha256 FROM files WHERE path = ? AND live"
        file, sha256 = self._db.execute(found, (path,)).fetchone()
        rows = self._db.execute("SELECT id FROM documents WHERE file = ? ORDER BY id", (file,))
        documents = tuple(self.document_in(row) for (row,) in rows.fetchall())
        members = "SELECT ? || member, reason FROM skipped_members WHERE file = ? ORDER BY rowid"
        skipped = tuple(Skipped(*row) for row in self._db.execute(members, (path, file)))
        return LoadedFile(sha256, documents, skipped)

    # ---- pages that are images ----

    def count_unread_pages(self) -> dict[str, int]:
        """Return the live files with pages that have not been read, by path, and how many."""
        rows: Iterable[tuple[str, int]] = self._db.execute(
            "SELECT f.path, SUM(d.unread) FROM files AS f JOIN documents AS d ON d.file = f.id"
            " WHERE f.live AND d.unread GROUP BY f.id"
        )
        return dict(rows)

    def recognised_page(self, sha256: str, page: int) -> RecognisedPage | None:
        """Return what was read off a page of the document with these bytes; None if it was not."""
        words = "SELECT words FROM recognised WHERE sha256 = ? AND page = ?"
        row: tuple[str] | None = self._db.execute(words, (sha256, page)).fetchone()
        return None if row is None else decode_recognised(row[0])

    def keep_recognised(self, sha256: str, page: int, read: RecognisedPage) -> None:
        """Keep what was read off a page, for as long as a document has these bytes."""
        values = (sha256, page, encode(read))
        self._db.execute("INSERT OR REPLACE INTO recognised VALUES (?, ?, ?)", values)

    # ---- staging ----

    def stage(
        self, file: FoundFile, loaded: LoadedFile, passages: Iterable[Sequence[NewPassage]]
    ) -> None:
        """Put a file with all its documents beside the live ones, in one transaction.

        Args:
            file: its state when it was read.
            loaded: what came of it.
            passages: of each document in turn, with their search texts and text keys.
        """
        with self._change():
            self._db.execute("DELETE FROM files WHERE path = ? AND NOT live", (file.id,))
            row = self._db.execute(
                "INSERT INTO files (path, live, sha256, size, mtime_ns, ctime_ns)"
                " VALUES (?, 0, ?, ?, ?, ?)",
                (file.id, loaded.sha256, file.size, file.mtime_ns, file.ctime_ns),
            ).lastrowid
            for document, split in zip(loaded.documents, passages, strict=True):
                self._add_document(row, document.id.removeprefix(file.id), document, split)
            self._db.executemany(
                "INSERT INTO skipped_members VALUES (?, ?, ?)",
                [(row, s.id.removeprefix(file.id), s.reason) for s in loaded.skipped],
            )

    def _add_document(
        self, file: int | None, member: str, document: Document, passages: Sequence[NewPassage]
    ) -> None:
        d, said, maps = document, document.metadata, encode_maps(document)
        row = self._db.execute(
            "INSERT INTO documents"
            " (file, member, sha256, title, media_type, author, date, maps, unread, text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(file, member, d.sha256, d.title, d.media_type),
                *(said.author, said.date, maps, len(d.unread), d.text),
            ),
        ).lastrowid
        signature = signature_of(search_text(d, 0, len(d.text)))
        self._db.execute("INSERT INTO signatures VALUES (?, ?)", (row, signature))
        self._db.executemany(
            "INSERT INTO passages (document, start_offset, end_offset, heading, text, text_key)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(row, p.start, p.end, p.heading, text, key) for p, text, key in passages],
        )

    def begin_staging(self, config: IndexConfig, unwanted: Iterable[str]) -> None:
        """Prepare to stage files of ``config``: drop ``unwanted`` and those of another one."""
        with self._change():
            if self.staged_config != config:
                self._db.execute("DELETE FROM files WHERE NOT live")
            drop = [(path,) for path in unwanted]
            self._db.executemany("DELETE FROM files WHERE path = ? AND NOT live", drop)
            self._write_meta("staged_config", dumps(asdict(config)))

    # ---- passages and vectors ----

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return live passages by id."""
        rows: Iterable[tuple[int, str, int, int, str]] = self._db.execute(
            "SELECT p.id, f.path || d.member, p.start_offset, p.end_offset, p.heading"
            " FROM json_each(?) AS wanted JOIN passages AS p ON p.id = wanted.value"
            " JOIN documents AS d ON d.id = p.document JOIN files AS f ON f.id = d.file"
            " WHERE f.live",
            (dumps([int(id_) for id_ in ids]),),
        )
        return {row[0]: Passage(*row[1:]) for row in rows}

    def passages_in(self, document: int) -> list[StoredPassage]:
        """Return the passages of the document in that row, in text order."""
        rows: Iterable[tuple[int, str, int, int, str, str | None, bytes | None]]
        rows = self._db.execute(
            "SELECT p.id, f.path || d.member, p.start_offset, p.end_offset, p.heading, p.text,"
            " p.text_key FROM passages AS p JOIN documents AS d ON d.id = p.document"
            " JOIN files AS f ON f.id = d.file WHERE p.document = ? ORDER BY p.start_offset",
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

    def searchable_ids_of(self, ids: Iterable[str]) -> list[int]:
        """Return the same for documents of live files by id."""
        documents = self.documents()
        return self.searchable_ids(documents[id_].row for id_ in ids if id_ in documents)

    def find_unencoded(self, *, again: bool = False) -> dict[int, set[int]]:
        """Return the staged passages whose texts have no vector: ids by row, each text once.

        Args:
            again: count texts that have a vector too.
        """
        rows = self._db.execute(
            "SELECT document, MIN(p.id) FROM passages AS p JOIN documents AS d ON d.id = p.document"
            " JOIN files AS f ON f.id = d.file WHERE NOT f.live AND text_key IS NOT NULL"
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

    def list_origins(self) -> list[DocumentOrigin]:
        """Return who wrote the documents of live files, and when, by id."""
        rows: Iterable[tuple[str, str, str]] = self._db.execute(ORIGINS)
        return [DocumentOrigin(*row) for row in rows]

    def list_signatures(self) -> tuple[list[DocumentOrigin], Signatures]:
        """Return the documents of live files by id, and the signatures of their words in order."""
        rows: list[tuple[str, str, str, bytes]] = self._db.execute(
            "SELECT f.path || d.member AS whole, d.author, d.date, s.signature"
            " FROM files AS f JOIN documents AS d ON d.file = f.id"
            " JOIN signatures AS s ON s.document = d.id WHERE f.live ORDER BY whole"
        ).fetchall()
        joined = b"".join(row[3] for row in rows)
        signatures = np.frombuffer(joined, "<u4").reshape(len(rows), PLACES)
        return [DocumentOrigin(*row[:3]) for row in rows], signatures

    def list_documents(self) -> list[DocumentSummary]:
        """Return the documents of live files without their texts, by id."""
        rows: Iterable[tuple[str, str, str, str, str, str, int | None, int, int]]
        rows = self._db.execute(
            "SELECT f.path || d.member AS whole, d.author, d.date, f.path, d.title, d.media_type,"
            " NULLIF(json_array_length(d.maps, '$[0]'), 0), COUNT(p.text_key), f.mtime_ns"
            " FROM files AS f JOIN documents AS d ON d.file = f.id"
            " LEFT JOIN passages AS p ON p.document = d.id WHERE f.live GROUP BY d.id"
            " ORDER BY whole"
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
            removed: rows of live files that go, with their documents.
            kept: rows of live files that stay, with their present path and state.
            skipped: files that could not be read at all, with the reasons.
        """
        with self._change():
            self._db.executemany("DELETE FROM files WHERE id = ?", [(row,) for row in removed])
            kept = list(kept)
            # Two steps, because files may have swapped their paths.
            move = "UPDATE files SET path = char(0) || id WHERE id = ?"
            self._db.executemany(move, [(row,) for row, _ in kept])
            self._db.executemany(
                "UPDATE files SET path = ?, size = ?, mtime_ns = ?, ctime_ns = ? WHERE id = ?",
                [(f.id, f.size, f.mtime_ns, f.ctime_ns, row) for row, f in kept],
            )
            self._db.execute("UPDATE files SET live = 1 WHERE NOT live")
            self._db.execute("DELETE FROM skipped")
            self._db.executemany(
                "INSERT INTO skipped VALUES (?, ?, ?, ?, ?)",
                [(f.id, f.size, f.mtime_ns, f.ctime_ns, reason) for f, reason in skipped],
            )
            self._db.execute(
                "DELETE FROM recognised WHERE sha256 NOT IN (SELECT sha256 FROM documents)"
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
