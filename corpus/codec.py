"""Documents and pages as JSON: between processes and in the index, never as pickle."""

from msgspec import json

from corpus.scans import RecognisedPage
from corpus.types import (
    Document,
    Heading,
    Metadata,
    PageView,
    Place,
    RecognisedWord,
    Span,
    Table,
)

__all__ = [
    "decode_document",
    "decode_maps",
    "decode_recognised",
    "decode_view",
    "encode",
    "encode_maps",
]

Maps = tuple[
    tuple[int, ...],
    tuple[Heading, ...],
    tuple[Span, ...],
    tuple[Table, ...],
    tuple[Place, ...],
    Metadata,
    tuple[RecognisedWord, ...],
    tuple[int, ...],
]


def encode(value: object) -> str:
    """Return ``value``, made of data classes and plain values, as one line of JSON."""
    return json.encode(value).decode()


def decode_document(line: str) -> Document:
    """Return the document that `encode` made ``line`` of."""
    return json.decode(line, type=Document)


def decode_view(line: str) -> tuple[PageView, str]:
    """Return the page and its file's SHA-256 that `encode` made ``line`` of."""
    return json.decode(line, type=tuple[PageView, str])


def decode_recognised(line: str) -> RecognisedPage:
    """Return the words of a page that `encode` made ``line`` of."""
    return json.decode(line, type=RecognisedPage)


def encode_maps(document: Document) -> str:
    """Return the maps onto the text of ``document`` as JSON, in the order of its fields."""
    maps: Maps = (
        document.page_starts,
        document.headings,
        document.running,
        document.tables,
        document.places,
        document.metadata,
        document.recognised,
        document.unread,
    )
    return encode(maps)


def decode_maps(maps: str) -> Maps:
    """Return what `encode_maps` made ``maps`` of, in the order of `Document`'s fields."""
    decoded: Maps = json.decode(maps, type=Maps)
    return decoded
