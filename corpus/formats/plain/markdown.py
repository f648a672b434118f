"""Markdown: the file as it is, markup included; lines are those of the file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.formats.decoding import decode
from corpus.formats.grid import GridCell, tables_of
from corpus.formats.plain.text import line_spans, without_marks
from corpus.formats.properties import metadata_of
from corpus.types import Heading, Metadata, Parsed, Span, Table

__all__ = ["parse_markdown"]

FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*(?:\r\n?|\n)"
    r"(?=(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[\w\"'][^\r\n:=]*[:=])"  # a key must come first
    r"(?P<fields>.*?[\r\n])(?:(?P=fence)|\.\.\.)[ \t]*(?=[\r\n]|\Z)",
    re.DOTALL,
)
FRONT_FIELD = re.compile(r"(?:^|(?<=[\r\n]))(\w{1,30})[ \t]*[:=][ \t]*([^\r\n]+)")
TOP_LEVEL = 2  # of a row whose table stands in no other block
NESTED = ("[", "{", "|", ">", "&", "*", "!")
COMMENT = re.compile(r"\s+#.*")
# What may stand before a table's line: a quotation's or an item's mark.
CONTAINER = re.compile(r"[ \t>*+-]*(?:\d{1,9}[.)])?[ \t]*")


def parse_markdown(data: bytes) -> Parsed:
    """Keep the source as the text; headings and tables come from the parser's line ranges."""
    text = decode(data)
    front = FRONT_MATTER.match(text)
    fields = _front_fields(front["fields"]) if front else {}
    blocks = _MarkdownBlocks(text, front.end() if front else 0)
    headings = tuple(blocks.headings())
    title = next((heading.title for heading in headings if heading.level == 1), "")
    title = title or fields.get("title", "")
    return Parsed(
        text,
        title or (headings[0].title if headings else ""),
        headings=headings,
        tables=tuple(blocks.tables()),
        metadata=_metadata(fields),
    )


class _MarkdownBlocks:
    """The blocks of a Markdown source, as the CommonMark parser sees them."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.lines = line_spans(text, start)
        self.references: dict[str, object] = {}
        # Only headings need their inline markup parsed.
        parser = MarkdownIt("commonmark").enable("table").disable("inline")
        self.tokens = parser.parse(text[start:], self.references)

    def headings(self) -> Iterator[Heading]:
        """Yield the headings with their titles as plain text."""
        inline = MarkdownIt("commonmark")
        for token, content in pairwise(self.tokens):
            if token.type != "heading_open" or token.map is None:
                continue
            title = "".join(
                " " if part.type in {"softbreak", "hardbreak"} else part.content
                for child in inline.parseInline(content.content, self.references)
                for part in child.children or ()
                if part.type != "html_inline"
            )
            if title := " ".join(title.split()):
                first, after = token.map
                span = Span(self.lines[first].start, self.lines[after - 1].end)
                yield Heading(*span, int(token.tag[1:]), title)

    def tables(self) -> Iterator[Table]:
        """Yield what the pipe tables hold."""
        rows: list[Sequence[Token]] = []
        row: list[Token] = []
        for before, token in pairwise(self.tokens):
            if token.type == "table_open":
                rows = []
            elif token.type == "tr_open":
                row = [token]
            elif before.type in {"th_open", "td_open"}:
                row.append(token)
            elif token.type == "tr_close":
                rows.append(row)
            elif token.type == "table_close":
                yield from tables_of(list(self._cells(rows)), self.text)

    def _cells(self, rows: Sequence[Sequence[Token]]) -> Iterator[GridCell]:
        for number, (opening, *cells) in enumerate(rows):
            line = self.lines[(opening.map or [0])[0]]
            at = line.start
            if opening.level > TOP_LEVEL and (marks := CONTAINER.match(self.text, *line)):
                at = marks.end()
            for column, cell in enumerate(cells):
                source = cell.content.replace("|", r"\|")
                start = self.text.find(source, at, line.end) if source else -1
                if start >= 0:
                    at = start + len(source)
                    span = without_marks(self.text, Span(start, at))
                    yield GridCell(number, column, span, head=number == 0)
                at = self.text.find("|", at, line.end) + 1 or line.end


def _front_fields(source: str) -> dict[str, str]:
    """Return the fields of a front matter that stand on one line, by their names in lower case."""
    fields: dict[str, str] = {}
    for name, value in FRONT_FIELD.findall(source):
        fields.setdefault(name.lower(), _unquoted(value.strip()))
    return fields


def _unquoted(value: str) -> str:
    if value[0] in "\"'":
        end = value.find(value[0], 1)
        return value[1:end].strip() if end > 0 else value
    return COMMENT.sub("", value)


def _metadata(fields: Mapping[str, str]) -> Metadata:
    """Return what the fields say; a list of authors, or a nested value, is left out."""
    author = fields.get("author", "")
    return metadata_of(
        [author] if author[:1] not in NESTED else [],
        [fields.get("date", "")],
        [fields.get("lang", ""), fields.get("language", "")],
    )
