"""Text in, exact offsets out: files become documents, documents become passages."""

from corpus.boxes import recognised_boxes
from corpus.chunking import split
from corpus.codec import decode_maps, decode_recognised, encode, encode_maps
from corpus.containers import locate
from corpus.context import encoded_text, heading_line
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
from corpus.formats.dates import iso_date
from corpus.scan import FoundFile, count_unread_kinds, file_sha256, scan
from corpus.scans import (
    RecognisedPage,
    add_recognised,
    can_recognise,
    describe_unread_pages,
)
from corpus.searchtext import plain, printable, search_text
from corpus.sentences import LINE_IS_BLOCK, masked_text, sentence_spans
from corpus.subject import name_words, subject_of
from corpus.types import (
    Box,
    Document,
    Heading,
    LoadedFile,
    Metadata,
    PageView,
    Passage,
    Place,
    RecognisedWord,
    Skipped,
    Span,
    Table,
    TableRow,
    column_letters,
)
from corpus.worker import LARGEST_FILE, FileLoader

__all__ = [
    "LARGEST_FILE",
    "LINE_IS_BLOCK",
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
    "LoadedFile",
    "Metadata",
    "ModelUnavailable",
    "PageView",
    "Passage",
    "PinciteError",
    "Place",
    "RecognisedPage",
    "RecognisedWord",
    "SettingsError",
    "Skipped",
    "Span",
    "Table",
    "TableRow",
    "UnknownName",
    "add_recognised",
    "can_recognise",
    "column_letters",
    "count_unread_kinds",
    "decode_maps",
    "decode_recognised",
    "describe_unread_pages",
    "encode",
    "encode_maps",
    "encoded_text",
    "file_sha256",
    "heading_line",
    "iso_date",
    "locate",
    "masked_text",
    "name_words",
    "plain",
    "printable",
    "recognised_boxes",
    "scan",
    "search_text",
    "sentence_spans",
    "split",
    "subject_of",
    "supported_suffixes",
]
