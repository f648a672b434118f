"""reStructuredText: the file as it is, markup included; lines are those of the file."""

import re
from collections.abc import Iterator

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document

from corpus.formats.decoding import decode
from corpus.formats.plain.rst_table import rst_tables
from corpus.formats.plain.text import line_spans
from corpus.formats.properties import metadata_of
from corpus.types import Heading, Metadata, Parsed, Span

__all__ = ["parse_rst"]

# Where Python splits lines and the file formats do not.
NOT_LINE_ENDS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
# Inline markup of reStructuredText: a role or reference, then literals, strong, emphasis.
RST_INLINE = re.compile(
    r"(?::[\w.+:-]+:)?(?<!`)`(?P<ref>[^`<]*[^`<\s])(?:\s*<[^`>]*>)?`_{0,2}(?!`)"
    r"|``(?P<literal>.+?)``|\*\*(?P<strong>.+?)\*\*|\*(?P<emphasis>[^*]+)\*"
)
NOT_SEEN = (nodes.comment, nodes.system_message, nodes.target, nodes.substitution_definition)
RST_LINES_OFF = 2
RST_RULE = re.compile(r"([!-/:-@\[-`{-~])\1*\s*")


def parse_rst(data: bytes) -> Parsed:
    """Keep the source as the text; docutils tells which of its lines are titles and tables."""
    text = decode(data)
    tree = _tree(text)
    spans = line_spans(text)
    headings = tuple(_headings(tree, text, spans))
    title = next((heading.title for heading in headings if heading.level == 1), "")
    return Parsed(
        text,
        title,
        headings=headings,
        tables=tuple(rst_tables(text, spans)),
        metadata=_metadata(tree),
    )


def _tree(text: str) -> nodes.document:
    """Return the source as docutils sees it; an empty tree if it nests absurdly deep."""
    settings = get_default_settings(Parser)
    vars(settings).update(
        file_insertion_enabled=False,
        raw_enabled=False,
        report_level=5,
        halt_level=6,
        warning_stream=False,
        syntax_highlight="none",
        line_length_limit=len(text) + 1,
    )
    document = new_document("", settings)
    try:
        Parser().parse(text.translate(NOT_LINE_ENDS), document)
    except RecursionError:  # costs the headings, not the text
        return new_document("", settings)
    return document


def _headings(tree: nodes.document, text: str, spans: list[Span]) -> Iterator[Heading]:
    lines = [text[span.start : span.end].strip() for span in spans]
    after = 0
    for level, source, near in _sections(tree):
        first = _find_title(lines, source, after, near)
        title = " ".join(RST_INLINE.sub(lambda m: m[m.lastgroup or 0], source).split())
        if first is None or not title:
            continue
        overlined = first > after and lines[first - 1] == lines[first + 1]
        after = first + 2
        yield Heading(spans[first - overlined].start, spans[first + 1].end, level, title)


def _sections(tree: nodes.document) -> Iterator[tuple[int, str, int]]:
    """Yield each section's level, its title's source and about the index of its line."""
    for title in tree.findall(nodes.title):
        if isinstance(title.parent, nodes.section):
            level, parent = 1, title.parent.parent
            while isinstance(parent, nodes.section):
                level, parent = level + 1, parent.parent
            yield level, title.rawsource.strip(), (title.line or 1) - 1


def _metadata(tree: nodes.document) -> Metadata:
    """Return what the fields at the top say, above or below the document's title."""
    top = [node for node in tree.children if not isinstance(node, NOT_SEEN)]
    if top and isinstance(top[0], nodes.section):
        top = [node for node in top[0].children if not isinstance(node, (nodes.title, *NOT_SEEN))]
    if not top or not isinstance(top[0], nodes.field_list):
        return Metadata()
    fields = {
        field.children[0].astext().lower(): field.children[1].astext() for field in top[0].children
    }
    author = fields.get("author") or fields.get("authors", "")
    date = fields.get("date", "").removeprefix("$Date: ").removesuffix(" $")
    return metadata_of([author], [date], [fields.get("lang", ""), fields.get("language", "")])


def _find_title(lines: list[str], source: str, after: int, near: int) -> int | None:
    """Return the index of the underlined line ``source``: close to ``near``, else the next one.

    The line numbers of docutils are off by one or two, depending on the version and the style.
    """
    candidates = [
        index
        for index in range(after, len(lines) - 1)
        if lines[index] == source and RST_RULE.fullmatch(lines[index + 1])
    ]
    close = [index for index in candidates if abs(index - near) <= RST_LINES_OFF]
    return next(iter(close or candidates), None)
