"""What is in an index: its documents in a list, and counts."""

import sqlite3
from dataclasses import dataclass

__all__ = ["Listed", "counts", "listing"]

COUNTS = {
    "documents": "SELECT COUNT(*) FROM documents WHERE live",
    "passages": "SELECT COUNT(*) FROM passages p JOIN documents d ON d.id = p.document"
    " WHERE d.live",
    "skipped": "SELECT COUNT(*) FROM skipped",
    "vectors": "SELECT COUNT(*) FROM vectors",
}


@dataclass(frozen=True, slots=True)
class Listed:
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


def listing(db: sqlite3.Connection) -> list[Listed]:
    """Return the live documents, by path."""
    rows = db.execute(
        "SELECT d.path, d.title, d.media_type, json_array_length(d.maps, '$[0]'),"
        " COUNT(p.text_key), d.mtime_ns FROM documents AS d"
        " LEFT JOIN passages AS p ON p.document = d.id WHERE d.live GROUP BY d.id ORDER BY d.path"
    )
    return [
        Listed(path, title, media_type, pages or None, passages, modified)
        for path, title, media_type, pages, passages, modified in rows
    ]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many documents, passages, skipped files and vectors there are."""
    return {name: int(db.execute(query).fetchone()[0]) for name, query in COUNTS.items()}
