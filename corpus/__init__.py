"""Text in, exact offsets out: files become documents, documents become passages."""

from corpus.chunking import TokenCounter, split
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
)
from corpus.intake import Incoming, first_of, set_aside, take_in
from corpus.loaders import supported_suffixes
from corpus.scan import FoundFile, scan
from corpus.searchtext import context_of, encoded_text, plain, printable, search_text
from corpus.sentences import masked_text, sentence_spans
from corpus.types import Box, Document, Heading, PageView, Passage, Skipped, Span
from corpus.worker import LARGEST_FILE, FileLoader, load_file

__all__ = [
    "LARGEST_FILE",
    "Box",
    "Document",
    "FileLoader",
    "FoundFile",
    "Heading",
    "Incoming",
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
    "TokenCounter",
    "context_of",
    "decode_maps",
    "encode_maps",
    "encoded_text",
    "first_of",
    "load_file",
    "masked_text",
    "plain",
    "printable",
    "scan",
    "search_text",
    "sentence_spans",
    "set_aside",
    "split",
    "supported_suffixes",
    "take_in",
]
