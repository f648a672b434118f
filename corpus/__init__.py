"""Text in, exact offsets out: files become documents, documents become passages."""

from corpus.chunking import split
from corpus.codec import decode_maps, encode_maps
from corpus.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    InputError,
    LoadError,
    ModelUnavailable,
    PinciteError,
    SettingsError,
    UnknownName,
)
from corpus.formats import supported_suffixes
from corpus.scan import FoundFile, file_sha256, scan
from corpus.searchtext import encoded_text, heading_line, plain, printable, search_text
from corpus.sentences import masked_text, sentence_spans
from corpus.types import Box, Document, Heading, PageView, Passage, Skipped, Span
from corpus.worker import LARGEST_FILE, FileLoader

__all__ = [
    "LARGEST_FILE",
    "Box",
    "Document",
    "FileLoader",
    "FoundFile",
    "Heading",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "InputError",
    "LoadError",
    "ModelUnavailable",
    "PageView",
    "Passage",
    "PinciteError",
    "SettingsError",
    "Skipped",
    "Span",
    "UnknownName",
    "decode_maps",
    "encode_maps",
    "encoded_text",
    "file_sha256",
    "heading_line",
    "masked_text",
    "plain",
    "printable",
    "scan",
    "search_text",
    "sentence_spans",
    "split",
    "supported_suffixes",
]
