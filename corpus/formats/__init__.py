"""A file's bytes into a `Document`: one module for each format, chosen by the name's suffix.

A module stands with those of its kind, in a subpackage; it bears the name of its format, or is
``loader`` where the subpackage does. A new format is one function from bytes to `Parsed` in such a
module, one line in `LOADERS`, and one sample file in ``tests/data/loaders``. Parsers are imported
where they are used: importing this package stays cheap.
"""

import hashlib
from importlib import import_module
from pathlib import PurePosixPath
from typing import NamedTuple

from corpus.errors import LoadError
from corpus.types import Document, Parsed

__all__ = ["LOADERS", "make_document", "parse", "read", "supported_suffixes", "why_unsupported"]

OPEN_XML = "application/vnd.openxmlformats-officedocument"
DOCX_TYPE = f"{OPEN_XML}.wordprocessingml.document"
DOCM_TYPE = "application/vnd.ms-word.document.macroenabled.12"
XLSX_TYPE = f"{OPEN_XML}.spreadsheetml.sheet"
PPTX_TYPE = f"{OPEN_XML}.presentationml.presentation"
XLSM_TYPE = "application/vnd.ms-excel.sheet.macroenabled.12"
XLS_TYPE = "application/vnd.ms-excel"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
ODS_TYPE = f"{OPEN_DOCUMENT}.spreadsheet"
ODT_TYPE = f"{OPEN_DOCUMENT}.text"
ODP_TYPE = f"{OPEN_DOCUMENT}.presentation"


CODE_SUFFIXES = (
    ".py", ".js", ".ts", ".java", ".c", ".h", ".cpp", ".hpp", ".cs", ".go", ".rs", ".rb", ".php",
    ".sh", ".sql", ".r", ".m", ".kt", ".swift", ".scala", ".lua", ".pl", ".ps1", ".bat", ".css",
    ".log", ".ini", ".cfg", ".toml", ".yaml", ".yml",
)  # fmt: skip


class Loader(NamedTuple):
    """How the files of a suffix are read.

    ``function`` of ``module`` (its path below this package) gets the bytes; ``line_is_block`` says
    that no line of its text continues the one before it (a paragraph, row or list item to each).
    """

    media_type: str
    module: str
    function: str
    line_is_block: bool = False


LOADERS = {
    ".txt": Loader("text/plain", "plain.text", "parse_text"),
    ".text": Loader("text/plain", "plain.text", "parse_text"),
    ".md": Loader("text/markdown", "plain.markdown", "parse_markdown"),
    ".markdown": Loader("text/markdown", "plain.markdown", "parse_markdown"),
    ".rst": Loader("text/x-rst", "plain.rst", "parse_rst"),
    ".html": Loader("text/html", "html.loader", "parse_html", line_is_block=True),
    ".htm": Loader("text/html", "html.loader", "parse_html", line_is_block=True),
    ".xhtml": Loader("application/xhtml+xml", "html.loader", "parse_html", line_is_block=True),
    ".pdf": Loader("application/pdf", "pdf.loader", "parse_pdf"),
    ".docx": Loader(DOCX_TYPE, "word.docx", "parse_docx", line_is_block=True),
    ".docm": Loader(DOCM_TYPE, "word.docx", "parse_docx", line_is_block=True),
    ".pptx": Loader(PPTX_TYPE, "slides.pptx", "parse_pptx", line_is_block=True),
    ".xlsx": Loader(XLSX_TYPE, "spreadsheets.xlsx", "parse_xlsx", line_is_block=True),
    ".xlsm": Loader(XLSM_TYPE, "spreadsheets.xlsx", "parse_xlsx", line_is_block=True),
    ".xls": Loader(XLS_TYPE, "spreadsheets.xls", "parse_xls", line_is_block=True),
    ".ods": Loader(ODS_TYPE, "spreadsheets.ods", "parse_ods", line_is_block=True),
    ".csv": Loader("text/csv", "spreadsheets.delimited", "parse_csv", line_is_block=True),
    ".tsv": Loader(
        "text/tab-separated-values", "spreadsheets.delimited", "parse_tsv", line_is_block=True
    ),
    ".odt": Loader(ODT_TYPE, "opendocument.loader", "parse_odf", line_is_block=True),
    ".odp": Loader(ODP_TYPE, "opendocument.loader", "parse_odf", line_is_block=True),
    ".epub": Loader("application/epub+zip", "html.epub", "parse_epub", line_is_block=True),
    ".ipynb": Loader(
        "application/x-ipynb+json", "plain.notebook", "parse_notebook", line_is_block=True
    ),
    ".tex": Loader("text/x-tex", "plain.tex", "parse_tex"),
    ".json": Loader("application/json", "plain.data", "parse_json", line_is_block=True),
    ".jsonl": Loader("application/jsonl", "plain.data", "parse_json_lines", line_is_block=True),
    ".xml": Loader("application/xml", "plain.data", "parse_xml", line_is_block=True),
    ".rtf": Loader("application/rtf", "word.doc", "parse_doc", line_is_block=True),
    ".doc": Loader("application/msword", "word.doc", "parse_doc", line_is_block=True),
    ".adoc": Loader("text/asciidoc", "plain.outline", "parse_asciidoc"),
    ".asciidoc": Loader("text/asciidoc", "plain.outline", "parse_asciidoc"),
    ".org": Loader("text/org", "plain.outline", "parse_org"),
    ".srt": Loader("application/x-subrip", "plain.subtitles", "parse_subtitles"),
    ".vtt": Loader("text/vtt", "plain.subtitles", "parse_subtitles"),
    **dict.fromkeys(CODE_SUFFIXES, Loader("text/x-source", "plain.code", "parse_code", True)),
    ".png": Loader("image/png", "scans.image", "parse_image"),
    ".jpg": Loader("image/jpeg", "scans.image", "parse_image"),
    ".jpeg": Loader("image/jpeg", "scans.image", "parse_image"),
    ".tif": Loader("image/tiff", "scans.image", "parse_image"),
    ".tiff": Loader("image/tiff", "scans.image", "parse_image"),
    ".eml": Loader("message/rfc822", "packed.mail", "parse_eml"),
    ".mbox": Loader("application/mbox", "packed.mail", "parse_mbox"),
    ".msg": Loader("application/vnd.ms-outlook", "packed.mail", "parse_msg"),
    ".zip": Loader("application/zip", "packed.archive", "parse_zip"),
}


def supported_suffixes() -> tuple[str, ...]:
    """Return the suffixes that have a loader: lower-case, with the dot, in a fixed order."""
    return tuple(LOADERS)


def why_unsupported(name: str) -> str:
    """Return why no loader reads a file of this name; empty if one does."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in LOADERS:
        return ""
    kind = f"files ending in {suffix}" if suffix else "files without an ending"
    return f"{kind} are not supported"


def parse(data: bytes, document_id: str) -> Document:
    """Turn a file's bytes into a document. The same bytes always give the same document.

    The files inside it are documents of their own; see `corpus.containers`.

    Args:
        data: the whole file.
        document_id: its path in the folder; the suffix, in any case, chooses the loader.

    Raises:
        LoadError: no loader for the suffix, or the bytes are empty, encrypted, damaged or not text.
    """
    return make_document(read(data, document_id), data, document_id)


def read(data: bytes, document_id: str) -> Parsed:
    """Return what the loader for ``document_id`` makes of a file's bytes; raises as `parse`."""
    suffix = PurePosixPath(document_id).suffix.lower()
    if suffix not in LOADERS:
        raise LoadError(f"no loader for {suffix!r} files" if suffix else "its name has no suffix")
    loader = LOADERS[suffix]
    load = getattr(import_module(f"corpus.formats.{loader.module}"), loader.function)
    if not data:
        raise LoadError("the file is empty")
    parsed: Parsed = load(data)
    return parsed


def make_document(parsed: Parsed, data: bytes, document_id: str) -> Document:
    """Return the document of a file whose bytes were read; LoadError if it has no visible text."""
    if not parsed.text and parsed.members:
        raise LoadError("the file has no text of its own, only files in it")
    if (not parsed.text or parsed.text.isspace()) and not parsed.unread:
        raise LoadError("the file is empty: it has no visible text")
    return Document(
        document_id,
        parsed.title,
        LOADERS[PurePosixPath(document_id).suffix.lower()].media_type,
        hashlib.sha256(data).hexdigest(),
        parsed.text,
        parsed.page_starts,
        parsed.headings,
        parsed.running,
        parsed.tables,
        parsed.places,
        parsed.metadata,
        parsed.recognised,
        parsed.unread,
    )
