"""Plain text and Markdown: the file as it is, markup included; lines are those of the file."""

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus.formats.decoding import decode
from corpus.types import Heading, Parsed, Span

__all__ = ["line_spans", "parse_markdown", "parse_text"]

LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*(?:\r\n?|\n)"
    r"(?=(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[\w\"'][^\r\n:=]*[:=])"  # a key must come first
    r"(?P<fields>.*?[\r\n])(?:(?P=fence)|\.\.\.)[ \t]*(?=[\r\n]|\Z)",
    re.DOTALL,
)
FRONT_TITLE = re.compile(r"(?:^|[\r\n])title[ \t]*[:=][ \t]*([^\r\n]+)", re.IGNORECASE)


def parse_text(data: bytes) -> Parsed:
    """Return the file's characters."""
    return Parsed(decode(data))


def parse_markdown(data: bytes) -> Parsed:
    """Keep the source as the text; headings come from the CommonMark parser's line ranges."""
    text = decode(data)
    front = FRONT_MATTER.match(text)
    headings = tuple(_markdown_headings(text, front.end() if front else 0))
    title = next((heading.title for heading in headings if heading.level == 1), "")
    title = title or (_front_title(front["fields"]) if front else "")
    return Parsed(text, title or (headings[0].title if headings else ""), headings=headings)


def _markdown_headings(text: str, start: int) -> Iterator[Heading]:
    from markdown_it import MarkdownIt

    lines = line_spans(text, start)
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


def line_spans(text: str, start: int = 0) -> list[Span]:
    r"""Return the lines from ``start`` on, each without its ``\n``, ``\r\n`` or ``\r``."""
    return [
        Span(line.start(), line.start() + len(line[0].rstrip("\r\n")))
        for line in LINE.finditer(text, start)
    ]
