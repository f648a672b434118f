"""A file's bytes into a `Document`: dispatch by suffix, and the plain-text formats.

A new format is one function from bytes to `Parsed`, one line in `LOADERS`, and one sample file in
``tests/data/loaders``. Parsers are imported where they are used: importing this module stays cheap.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from corpus.decoding import decode
from corpus.errors import LoadError
from corpus.types import Document, Heading, Parsed, Span

__all__ = ["LOADERS", "parse", "supported_suffixes"]

LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*(?:\r\n?|\n)"
    r"(?=(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[\w\"'][^\r\n:=]*[:=])"  # a key must come first
    r"(?P<fields>.*?[\r\n])(?:(?P=fence)|\.\.\.)[ \t]*(?=[\r\n]|\Z)",
    re.DOTALL,
)
FRONT_TITLE = re.compile(r"(?:^|[\r\n])title[ \t]*[:=][ \t]*([^\r\n]+)", re.IGNORECASE)
# Where Python splits lines and the file formats do not.
NOT_LINE_ENDS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
# Inline markup of reStructuredText: a role or reference, then literals, strong, emphasis.
RST_INLINE = re.compile(
    r"(?::[\w.+:-]+:)?(?<!`)`(?P<ref>[^`<]*[^`<\s])(?:\s*<[^`>]*>)?`_{0,2}(?!`)"
    r"|``(?P<literal>.+?)``|\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>[^*]+)\*"
)
RST_LINES_OFF = 2
RST_RULE = re.compile(r"([!-/:-@\[-`{-~])\1*\s*")


def supported_suffixes() -> tuple[str, ...]:
    """Return the suffixes that have a loader: lower-case, with the dot, in a fixed order."""
    return tuple(LOADERS)


def parse(data: bytes, document_id: str) -> Document:
    """Turn a file's bytes into a document. The same bytes always give the same document.

    Args:
        data: the whole file.
        document_id: its path in the folder; the suffix, in any case, chooses the loader.

    Raises:
        LoadError: no loader for the suffix, or the bytes are empty, encrypted, damaged or not text.
    """
    suffix = PurePosixPath(document_id).suffix.lower()
    if suffix not in LOADERS:
        raise LoadError(f"no loader for {suffix!r} files" if suffix else "its name has no suffix")
    media_type, load = LOADERS[suffix]
    if not data:
        raise LoadError("the file is empty")
    parsed = load(data)
    if not parsed.text or parsed.text.isspace():
        raise LoadError("the file is empty: it has no visible text")
    return Document(
        id=document_id,
        title=parsed.title,
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        text=parsed.text,
        page_starts=parsed.page_starts,
        headings=parsed.headings,
        running=parsed.running,
    )


def _parse_text(data: bytes) -> Parsed:
    return Parsed(decode(data))


def _parse_markdown(data: bytes) -> Parsed:
    """Keep the source as the text; headings come from the CommonMark parser's line ranges."""
    text = decode(data)
    front = FRONT_MATTER.match(text)
    headings = tuple(_markdown_headings(text, front.end() if front else 0))
    title = next((heading.title for heading in headings if heading.level == 1), "")
    title = title or (_front_title(front["fields"]) if front else "")
    return Parsed(text, title or (headings[0].title if headings else ""), headings=headings)


def _markdown_headings(text: str, start: int) -> Iterator[Heading]:
    from markdown_it import MarkdownIt

    lines = _line_spans(text, start)
    # Only headings need their inline markup parsed.
    blocks = MarkdownIt("commonmark").enable("table").disable("inline")
    inline = MarkdownIt("commonmark")
    references: dict[str, object] = {}
    tokens = blocks.parse(text[start:], references)
    for token, content in pairwise(tokens):
        if token.type != "heading_open" or token.map is None:
            continue
        title = "".join(
            " " if part.type in {"softbreak", "hardbreak"} else part.content
            for child in inline.parseInline(content.content, references)
            for part in child.children or ()
            if part.type != "html_inline"
        )
        if title := " ".join(title.split()):
            first, after = token.map
            yield Heading(lines[first].start, lines[after - 1].end, int(token.tag[1:]), title)


def _front_title(fields: str) -> str:
    found = FRONT_TITLE.search(fields)
    value = found[1].strip() if found else ""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1].strip() if quoted else value


def _parse_rst(data: bytes) -> Parsed:
    """Keep the source as the text; docutils tells which of its lines are section titles."""
    text = decode(data)
    headings = tuple(_rst_headings(text))
    title = next((heading.title for heading in headings if heading.level == 1), "")
    return Parsed(text, title, headings=headings)


def _rst_headings(text: str) -> Iterator[Heading]:
    spans = _line_spans(text)
    lines = [text[span.start : span.end].strip() for span in spans]
    after = 0
    for level, source, near in _rst_sections(text):
        first = _find_title(lines, source, after, near)
        title = " ".join(RST_INLINE.sub(lambda m: m[m.lastgroup or 0], source).split())
        if first is None or not title:
            continue
        overlined = first > after and lines[first - 1] == lines[first + 1]
        after = first + 2
        yield Heading(spans[first - overlined].start, spans[first + 1].end, level, title)


def _rst_sections(text: str) -> list[tuple[int, str, int]]:
    """Return each section's level, its title's source and about the index of its line."""
    from docutils import nodes
    from docutils.frontend import get_default_settings
    from docutils.parsers.rst import Parser
    from docutils.utils import new_document

    settings = get_default_settings(Parser)
    vars(settings).update(
        {
            "file_insertion_enabled": False,
            "raw_enabled": False,
            "report_level": 5,
            "halt_level": 6,
            "warning_stream": False,
            "syntax_highlight": "none",
            "line_length_limit": len(text) + 1,
        }
    )
    document = new_document("", settings)
    try:
        Parser().parse(text.translate(NOT_LINE_ENDS), document)
    except RecursionError:  # absurdly deep nesting costs the headings, not the text
        return []
    found = []
    for title in document.findall(nodes.title):
        if isinstance(title.parent, nodes.section):
            level, parent = 1, title.parent.parent
            while isinstance(parent, nodes.section):
                level, parent = level + 1, parent.parent
            found.append((level, title.rawsource.strip(), (title.line or 1) - 1))
    return found


def _find_title(lines: list[str], source: str, after: int, near: int) -> int | None:
    """Return the index of the underlined line ``source``: close to ``near``, else the next one.

    The line numbers of docutils are off by one or two, depending on the version and the style.
    """
    places = [
        index
        for index in range(after, len(lines) - 1)
        if lines[index] == source and RST_RULE.fullmatch(lines[index + 1])
    ]
    close = [index for index in places if abs(index - near) <= RST_LINES_OFF]
    return next(iter(close or places), None)


def _line_spans(text: str, start: int = 0) -> list[Span]:
    r"""Return the lines from ``start`` on, each without its ``\n``, ``\r\n`` or ``\r``."""
    return [
        Span(line.start(), line.start() + len(line[0].rstrip("\r\n")))
        for line in LINE.finditer(text, start)
    ]


def _parse_html(data: bytes) -> Parsed:
    from corpus.html import parse_html

    return parse_html(data)


def _parse_pdf(data: bytes) -> Parsed:
    from corpus.pdf import parse_pdf

    return parse_pdf(data)


def _parse_docx(data: bytes) -> Parsed:
    from corpus.docx import parse_docx

    return parse_docx(data)


DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

LOADERS: dict[str, tuple[str, Callable[[bytes], Parsed]]] = {
    ".txt": ("text/plain", _parse_text),
    ".text": ("text/plain", _parse_text),
    ".md": ("text/markdown", _parse_markdown),
    ".markdown": ("text/markdown", _parse_markdown),
    ".rst": ("text/x-rst", _parse_rst),
    ".html": ("text/html", _parse_html),
    ".htm": ("text/html", _parse_html),
    ".xhtml": ("application/xhtml+xml", _parse_html),
    ".pdf": ("application/pdf", _parse_pdf),
    ".docx": (DOCX_TYPE, _parse_docx),
}
