"""HTML: the text that a reader of the page sees, with a line for each block."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.formats.decoding import codec_of, decode
from corpus.types import Heading, Parsed

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
SPACE = re.compile(r"[ \t\n\f\r]+")
# XML may close these at once, which HTML reads as opening them for good.
SELF_CLOSED = re.compile(
    r"<(iframe|noscript|script|style|textarea|title)(\s[^<>]*)?/>", re.IGNORECASE
)
DISPLAY_NONE = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.IGNORECASE)
DECLARATION = re.compile(
    rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
# Browsers look for the declaration in the first 1,024 bytes; real pages put it a little later.
DECLARATION_BYTES = 8192


def parse_html(data: bytes) -> Parsed:
    r"""Return the visible text of a page: a line for each block, ``\t`` between a row's cells.

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
    named = page.css_first("head title")
    title = " ".join(named.text().split()) if named else ""
    first = next((heading.title for heading in writer.headings if heading.level == 1), "")
    return Parsed(text + "\n" if text else "", title or first, headings=tuple(writer.headings))


def _declared_encoding(head: bytes) -> str:
    """Return the codec that the page declares, or ``""`` for none, an unknown or a strange one."""
    found = DECLARATION.search(head)
    return codec_of((found[1] or found[2]).decode("latin-1")) if found else ""


@dataclass(slots=True)
class _Writer:
    """Collects text; white space waits until the next visible character decides about it."""

    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    length: int = 0
    waiting: str = ""
    heading: tuple[LexborNode, int] | None = None
    rows: list[tuple[str, int]] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Append visible text, after the white space that waits."""
        separator = self.waiting if self.parts else self.waiting.strip(" \n")
        if self.parts and self.parts[-1].endswith("\n"):
            separator = separator.removeprefix("\n")
        self.waiting = ""
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
        text = node.text_content or ""
        if pre:
            writer.write(text)
        else:
            writer.words(text)
        return False
    tag = node.tag
    if not node.is_element_node or tag in LEFT_OUT or _is_hidden(node):
        return False
    if tag == "br":
        writer.line_break()
    elif tag == "img":
        writer.words(f" {node.attributes.get('alt') or ''} ")
    elif tag in CELLS and writer.rows:
        writer.waiting = writer.rows[-1][0]
        writer.rows[-1] = (writer.waiting, writer.length)
    elif tag in BLOCKS:
        writer.end_block()
        if tag == "tr":
            writer.rows.append((writer.waiting, writer.length))
        elif tag in HEADINGS and writer.heading is None:
            writer.heading = (node, len(writer.parts))
    return True


def _leave(node: LexborNode, writer: _Writer) -> None:
    """Write what a node ends with."""
    tag = node.tag
    if tag in CELLS and writer.rows:
        separator, before = writer.rows[-1]
        empty = writer.length == before
        writer.rows[-1] = ((separator if empty else "") + "\t", before)
    elif tag in BLOCKS:
        if tag == "tr":
            writer.rows.pop()
            writer.waiting = "\n"
        elif writer.heading is not None and writer.heading[0].mem_id == node.mem_id:
            _end_heading(writer, writer.heading[1], HEADINGS[tag or ""])
        writer.end_block()


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
