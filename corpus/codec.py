"""A document's maps as JSON: between processes and in the index, never as pickle."""

import json

from corpus.types import Document, Heading, Span

__all__ = ["decode_document", "decode_maps", "encode_document", "encode_maps"]

Maps = tuple[tuple[int, ...], tuple[Heading, ...], tuple[Span, ...]]


def encode_maps(document: Document) -> str:
    """Return page starts, headings and running lines of ``document`` as JSON."""
    headings = [[h.start, h.end, h.level, h.title] for h in document.headings]
    return json.dumps([document.page_starts, headings, document.running], separators=(",", ":"))


def decode_maps(maps: str) -> Maps:
    """Return ``(page_starts, headings, running)`` from what `encode_maps` made."""
    page_starts, headings, running = json.loads(maps)
    return (
        tuple(page_starts),
        tuple(Heading(*heading) for heading in headings),
        tuple(Span(*span) for span in running),
    )


def encode_document(document: Document) -> str:
    """Return ``document`` as one line of JSON."""
    d = document
    return json.dumps([d.id, d.title, d.media_type, d.sha256, d.text, encode_maps(d)])


def decode_document(line: str) -> Document:
    """Return the document from what `encode_document` made."""
    id_, title, media_type, sha256, text, maps = json.loads(line)
    return Document(id_, title, media_type, sha256, text, *decode_maps(maps))
