"""Documents and pages as JSON: between processes and in the index, never as pickle."""

import json
from base64 import b64decode, b64encode
from typing import Any

from corpus.types import Box, Document, Heading, PageView, Span

__all__ = ["decode_document", "decode_maps", "decode_view", "encode", "encode_maps"]

Maps = tuple[tuple[int, ...], tuple[Heading, ...], tuple[Span, ...]]


def encode(value: object) -> str:
    """Return ``value`` as one line of JSON: data classes as lists of fields, bytes in base64."""
    return json.dumps(value, separators=(",", ":"), default=_encode_part)


def _encode_part(value: Any) -> object:  # noqa: ANN401 - whatever json does not know
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    return [getattr(value, name) for name in value.__slots__]


def decode_document(line: str) -> Document:
    """Return the document that `encode` made ``line`` of."""
    id_, title, media_type, sha256, text, *maps = json.loads(line)
    return Document(id_, title, media_type, sha256, text, *_maps(*maps))


def decode_view(line: str) -> tuple[PageView, str]:
    """Return the page and its file's SHA-256 that `encode` made ``line`` of."""
    (png, width, height, boxes), sha256 = json.loads(line)
    spans = tuple(tuple(Box(*box) for box in span) for span in boxes)
    return PageView(b64decode(png), width, height, spans), sha256


def encode_maps(document: Document) -> str:
    """Return page starts, headings and running lines of ``document`` as JSON."""
    return encode([document.page_starts, document.headings, document.running])


def decode_maps(maps: str) -> Maps:
    """Return ``(page_starts, headings, running)`` from what `encode_maps` made."""
    return _maps(*json.loads(maps))


def _maps(page_starts: list[int], headings: list[Any], running: list[Any]) -> Maps:
    return (
        tuple(page_starts),
        tuple(Heading(*heading) for heading in headings),
        tuple(Span(*span) for span in running),
    )
