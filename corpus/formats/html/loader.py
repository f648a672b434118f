"""HTML: the text that a reader of the page sees, with a line for each block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.formats.decoding import codec_of, decode
from corpus.formats.html.mathml import formula
from corpus.formats.html.ordered_list import OrderedList
from corpus.formats.html.table import OpenTable
from corpus.formats.properties import metadata_of
from corpus.formats.raised import sign_before
from corpus.types import Heading, Metadata, Parsed, Span

__all__ = ["parse_html"]

LEFT_OUT = frozenset({
    "audio", "button", "canvas", "datalist", "head", "iframe", "nav", "noembed", "noframes",
    "noscript", "object", "rp", "script", "select", "style", "svg", "template", "video",
})  # fmt: skip
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "search",
    "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
}).union(HEADINGS)  # fmt: skip
CELLS = frozenset({"td", "th"})
SECTIONS = frozenset({"thead", "tbody", "tfoot"})
LISTS = frozenset({"dir", "menu", "ol", "ul"})
RAISED = frozenset({"sub", "sup"})
# In a cell, their lines stay lines.
LINED = LISTS | {"pre"}
AUTHOR_NAMES = ("author", "dc.creator", "dcterms.creator", "citation_author", "article:author")
DATE_NAMES = (
    "article:published_time", "dc.date", "dcterms.date", "dc.date.issued", "dcterms.issued",
    "citation_publication_date", "date",
)  # fmt: skip
SPACE = re.compile(r"[ \t\n\f\r]+")
# XML may close these at once, which HTML reads as opening them for good.
SELF_CLOSED = re.compile(
    r"<(iframe|noscript|script|style|textarea|title)(\s[^<>]*)?/>", re.IGNORECASE
)
# The roles that a table has which only lays out.
NO_TABLE = frozenset({"presentation", "none"})
NO_MARKERS = re.compile(r"list-style(?:-type)?\s*:\s*none\b", re.IGNORECASE)
# Of items that begin with items; more than that nobody nests.
LONGEST_MARKER = 20
# Characters before a raised one that tell what it is.
TAIL = 12
DISPLAY_NONE = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
DECLARATION = re.compile(
    rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
# Browsers look for the declaration in the first 1,024 bytes; real pages put it a little later.
DECLARATION_BYTES = 8192


def parse_html(data: bytes) -> Parsed:
    r"""Return the visible text of a page: a line for each block, ``\t`` between a row's cells.

    A tab stands for each column, so that what is below a merged cell keeps its own. List items have
    the numbers that are seen, formulas stand on a line, exponents are written ``m^2``.

    Raises:
        LoadError: the bytes are no text.
    """
    source = decode(data, _declared_encoding(data[:DECLARATION_BYTES]))
    if source.lstrip().startswith("<?xml"):
        source = SELF_CLOSED.sub(r"<\1\2></\1>", source)
    page = LexborHTMLParser(source)
    writer = _Writer()
    if page.root is not None:
        _walk(page.root, writer)
    text = "".join(writer.parts)
    head = [] if page.head is None else list(page.head.iter())
    title = next((" ".join(node.text().split()) for node in head if node.tag == "title"), "")
    first = next((heading.title for heading in writer.headings if heading.level == 1), "")
    tables = (table for one in writer.tables for table in one.tables(text))
    return Parsed(
        text + "\n" if text else "",
        title or first,
        headings=tuple(writer.headings),
        tables=tuple(sorted(tables, key=lambda table: table.span.start)),
        metadata=_metadata(page.root, head, writer.dates),
    )


def _metadata(
    root: LexborNode | None, head: Sequence[LexborNode], dates: Sequence[str]
) -> Metadata:
    """Return what the page's head says of itself; the dates marked in its text come last."""
    named: dict[str, str] = {}
    for attributes in (node.attributes for node in head if node.tag == "meta"):
        name = attributes.get("name") or attributes.get("property") or ""
        named.setdefault(name.lower(), attributes.get("content") or "")
    about = root.attributes if root is not None else {}
    return metadata_of(
        [named.get(name, "") for name in AUTHOR_NAMES],
        [*(named.get(name, "") for name in DATE_NAMES), *dates],
        [about.get("lang") or "", about.get("xml:lang") or ""],
    )


def _declared_encoding(head: bytes) -> str:
    """Return the codec that the page declares, or ``""`` for none, an unknown or a strange one."""
    found = DECLARATION.search(head)
    return codec_of((found[1] or found[2]).decode("latin-1")) if found else ""


@dataclass(slots=True)
class _RaisedText:
    """Raised or lowered text that has just begun or ended."""

    lowered: bool
    in_link: bool = False


@dataclass(slots=True)
class _Writer:
    """Collects text; what separates it waits until the next visible character decides about it."""

    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    length: int = 0
    waiting: str = ""
    marker: str = ""
    heading: tuple[LexborNode, int] | None = None
    open_tables: list[OpenTable] = field(default_factory=list)
    tables: list[OpenTable] = field(default_factory=list)
    lists: list[OrderedList | None] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    raised: _RaisedText | None = None
    was_raised: bool = False

    def write(self, text: str) -> None:
        """Append visible text, after what waits."""
        if self.raised or self.was_raised:
            self._set_off(text)
        separator = self.waiting if self.parts else self.waiting.strip(" \n")
        if self.parts and self.parts[-1].endswith("\n"):
            separator = separator.removeprefix("\n")
        separator += self.marker
        self.waiting = self.marker = ""
        for part in filter(None, (separator, text)):
            self.parts.append(part)
            self.length += len(part)

    def words(self, text: str) -> None:
        """Append text as a browser shows it: runs of white space are one space."""
        collapsed = SPACE.sub(" ", text)
        if collapsed.startswith(" "):
            self.space()
        if stripped := collapsed.strip(" "):
            self.write(stripped)
            if collapsed.endswith(" "):
                self.space()

    def space(self) -> None:
        """Separate words, unless a stronger separator waits already."""
        self.waiting = self.waiting or " "

    def line_break(self) -> None:
        """End the line; a second break makes an empty line."""
        self.waiting = self.waiting.strip(" ") + "\n"

    def end_block(self) -> None:
        """End the line, unless it has ended or a cell has just begun."""
        self.waiting = self.waiting.strip(" ") or "\n"

    def _set_off(self, text: str) -> None:
        """Keep raised text from being read as part of the number or the word beside it."""
        before = "".join(part[-TAIL:] for part in self.parts[-TAIL:])[-TAIL:]
        if self.waiting or not before or before[-1].isspace():
            sign = ""
        elif self.raised:
            in_cell = bool(self.open_tables)
            sign = sign_before(before, text, self.raised.lowered, self.raised.in_link, in_cell)
        else:
            sign = " " if before[-1].isdigit() and text[0].isdigit() else ""
            if text[0] in "/\u2044" and self.parts[-2:-1] == ["^"]:
                self.parts[-2] = " "  # three and a half, not a power
        self.waiting = self.waiting or sign
        self.raised, self.was_raised = None, False


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Visit all nodes in order, without recursion: pages may nest without limit."""
    node: LexborNode | None = root
    pre = 0
    while node is not None:
        inside = _enter(node, writer, pre > 0)
        pre += node.tag == "pre" and inside
        following = node.first_child if inside else None
        while following is None and node is not None:
            if inside:
                _leave(node, writer)
                pre -= node.tag == "pre"
            if node.mem_id == root.mem_id:
                return
            following = node.next
            if following is None:
                node, inside = node.parent, True
        node = following


def _enter(node: LexborNode, writer: _Writer, pre: bool) -> bool:
    """Write what a node begins with; return whether its children are visible."""
    if node.is_text_node:
        _enter_text(node.text_content or "", writer, pre)
        return False
    tag = node.tag
    if not node.is_element_node or tag in LEFT_OUT or _is_hidden(node):
        return False
    if tag == "math":
        writer.words(formula(node))
        return False
    if tag in BLOCKS:
        _enter_block(node, tag, writer)
    elif tag in CELLS and writer.open_tables:
        table, length = writer.open_tables[-1], writer.length
        writer.waiting = table.begin_cell(tag, node.attributes, length, len(writer.parts))
    else:
        _enter_inline(node, writer)
    return True


def _enter_inline(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag
    if tag == "br":
        writer.line_break()
    elif tag == "img":
        writer.words(f" {node.attributes.get('alt') or ''} ")
    elif tag in RAISED:
        writer.raised = _RaisedText(tag == "sub")
    elif tag == "a" and writer.raised:
        writer.raised.in_link = True
    elif tag == "time" and "pubdate" in node.attributes:
        writer.dates.append(node.attributes.get("datetime") or "")


def _enter_text(text: str, writer: _Writer, pre: bool) -> None:
    if pre:
        writer.write(text)
    elif writer.open_tables and text.isspace():
        writer.space()  # a hard space fills a cell that is empty
    else:
        writer.words(text)


def _enter_block(node: LexborNode, tag: str, writer: _Writer) -> None:
    """Begin a line, and what else a block begins."""
    writer.end_block()
    table = writer.open_tables[-1] if writer.open_tables else None
    if table is not None:
        table.lays_out |= tag == "table" or tag in HEADINGS
        table.has_blocks |= tag in LINED
    if tag == "table":
        writer.open_tables.append(OpenTable(node.attributes.get("role") in NO_TABLE))
    elif table is not None and tag == "tr":
        table.begin_row(writer.waiting, writer.length)
    elif table is not None and tag in SECTIONS:
        table.begin_section(tag)
    elif table is not None and tag == "caption":
        table.caption = (Span(writer.length, writer.length),)
    elif tag in LISTS:
        writer.lists.append(_ordered_list(node) if tag == "ol" else None)
    elif tag == "li" and writer.lists and writer.lists[-1]:
        marker = writer.lists[-1].marker(node.attributes.get("value"))
        writer.marker = writer.marker[:LONGEST_MARKER] + marker
    elif tag in HEADINGS and writer.heading is None:
        writer.heading = (node, len(writer.parts))


def _ordered_list(node: LexborNode) -> OrderedList | None:
    """Return the list's numbers, or None if it is shown without."""
    attributes = node.attributes
    if NO_MARKERS.search(attributes.get("style") or ""):
        return None
    items = sum(child.tag == "li" for child in node.iter()) if "reversed" in attributes else 0
    return OrderedList.of(attributes, items)


def _leave(node: LexborNode, writer: _Writer) -> None:
    """Write what a node ends with."""
    tag = node.tag
    if tag in CELLS and writer.open_tables:
        writer.open_tables[-1].end_cell(writer.length, len(writer.parts))
    elif tag in RAISED:
        writer.was_raised = writer.raised is None
        writer.raised = None
    elif tag in BLOCKS:
        _leave_block(node, tag or "", writer)
        writer.end_block()


def _leave_block(node: LexborNode, tag: str, writer: _Writer) -> None:
    if tag == "tr":
        writer.waiting = "\n"
    elif tag in LISTS:
        writer.lists.pop()
    elif tag == "li":
        writer.marker = ""
    elif tag == "caption" and writer.open_tables:
        table = writer.open_tables[-1]
        table.caption = tuple(Span(start, writer.length) for start, _ in table.caption)
    elif tag == "table":
        table = writer.open_tables.pop()
        writer.tables.append(table)
        for part in table.joined_parts():
            writer.parts[part] = writer.parts[part].replace("\n", " ")
    elif writer.heading is not None and writer.heading[0].mem_id == node.mem_id:
        _end_heading(writer, writer.heading[1], HEADINGS[tag])


def _end_heading(writer: _Writer, first_part: int, level: int) -> None:
    """Record the heading whose text is what was written from ``first_part`` on."""
    written = "".join(writer.parts[first_part:])
    start = writer.length - len(written.lstrip())
    if title := " ".join(written.split()):
        writer.headings.append(Heading(start, writer.length, level, title))
    writer.heading = None


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or DISPLAY_NONE.search(attributes.get("style") or "") is not None
    )
