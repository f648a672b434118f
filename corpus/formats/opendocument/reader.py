"""The blocks of OpenDocument: paragraphs, lists, tables, frames and slides."""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from corpus.formats.html.mathml import formula
from corpus.formats.office.blocks import (
    TITLE,
    Block,
    CellBlocks,
    Grid,
    PlaceName,
    TextLine,
    lay_out,
)
from corpus.formats.office.numbering import NumberedList, Numbering, numbered
from corpus.formats.office.runs import Position, Runs, clean_description
from corpus.formats.opendocument.styles import OUTLINE, OdfStyles
from corpus.formats.zipped import attribute, local_name, read_part, whole_number

__all__ = ["OdfReader"]

# Deleted text, fields of forms, and what is read by itself.
BLOCKS_LEFT_OUT = frozenset({"", "forms", "notes", "tracked-changes"})
# Numbers of notes, pronunciation marks, and what only programs read.
INLINE_LEFT_OUT = frozenset({"", "annotation-end", "note-citation", "ruby-text", "script"})
CHARACTERS = {"s": " ", "tab": "\t", "line-break": "\n"}
CONTENTS = frozenset({"image", "object", "table", "text-box"})
ROW_GROUPS = frozenset({"table-header-rows", "table-row-group", "table-rows"})
DECLARED = frozenset({"footer-decl", "header-decl"})
RUNNING = frozenset({"date-time", "footer", "header", "page-number"})
DRAWING = ":drawing:"  # in the namespace of frames and shapes
SPACE = re.compile(r"[ \t\r\n]+")
GAP = (TextLine("NaN"),)
MOST_SPACES = 100
MOST_COLUMNS = 1_000
DEEPEST = 9  # level of a heading


@dataclass(frozen=True, slots=True)
class _ListPlace:
    """Where in a list the text stands: which list, how deep, and its style."""

    identity: str
    depth: int
    style: str


@dataclass(slots=True)
class OdfReader:
    """Reads blocks in their order.

    Args:
        package: the file.
        styles: of the document.
        numbering: of its lists and headings.
        notes: the notes of what was read, to be written at its end.
        comments: likewise, with their authors.
        footers: of slides, by their names.
        place: where in a list the text stands.
        item: the item that has begun, until its first paragraph has its number.
        latest: the last list of each style, and lists by their identities in the file.
        objects: the embedded objects that were read, each once.
        charts: those of them that are to be written.
        slides: how many slides were read.
        depth: how many tables are open.
    """

    package: zipfile.ZipFile
    styles: OdfStyles
    numbering: Numbering = field(default_factory=lambda: Numbering({}))
    notes: list[etree._Element] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    footers: dict[str, str] = field(default_factory=dict)
    place: _ListPlace | None = None
    item: etree._Element | None = None
    latest: dict[str, str] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)
    charts: dict[str, etree._Element] = field(default_factory=dict)
    slides: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        """Let headings count by the outline."""
        self.numbering.lists[OUTLINE] = NumberedList(OUTLINE, self.styles.lists.get(OUTLINE, ()))

    def blocks(self, elements: Iterable[etree._Element]) -> Iterator[Block]:
        """Yield the blocks that elements are or hold, however they are wrapped."""
        for element in elements:
            name = local_name(element)
            if name in BLOCKS_LEFT_OUT or self.is_hidden(element, name):
                continue
            if name in {"p", "h"}:
                yield from self.paragraph(element, name)
            elif name == "table":
                yield self.table(element)
            elif name == "list":
                yield from self.list(element)
            else:
                yield from self.special(element, name)

    def special(self, element: etree._Element, name: str) -> Iterator[Block]:
        """Yield what is in a slide, a frame, a comment, or whatever wraps blocks."""
        if name == "page":
            yield from self.slide(element)
        elif name == "frame":
            yield from self.frame(element)
        elif name == "annotation":
            self.comment(element)
        elif name in DECLARED:
            self.footers[attribute(element, "name")] = " ".join("".join(element.itertext()).split())
        else:
            yield from self.blocks(element)

    def is_hidden(self, element: etree._Element, name: str) -> bool:
        """Return whether an element is not seen."""
        if name == "section":
            return attribute(element, "display") == "none"
        return name == "p" and self.styles.is_hidden("paragraph", attribute(element, "style-name"))

    def ends(self, slide: str = "") -> Iterator[Block]:
        """Yield the notes and comments of what was read; those of a slide are places."""
        while self.notes:
            notes, self.notes = self.notes, []
            yield from self.blocks(notes)
        comments, self.comments = self.comments, []
        for author, words in comments:
            by = f" by {author}" if author else ""
            if slide:
                yield PlaceName(f"{slide}, comment{by}")
            yield TextLine(words if slide else f"Comment{by}: {words}")

    def apart(self, elements: Iterable[etree._Element]) -> list[Block]:
        """Return the blocks of elements that are in no list, wherever they are anchored."""
        place, item, self.place, self.item = self.place, self.item, None, None
        found = list(self.blocks(elements))
        self.place, self.item = place, item
        return found

    # Paragraphs

    def paragraph(self, element: etree._Element, name: str) -> Iterator[Block]:
        """Yield one paragraph, then what is anchored in it."""
        style = attribute(element, "style-name")
        level = TITLE if self.styles.is_title(style) else self.styles.level(style)
        if name == "h":
            level = whole_number(attribute(element, "outline-level"), 1)
        number = self.number(element, level if name == "h" else None)
        runs, anchored = Runs(in_cell=self.depth > 0), list[etree._Element]()
        self.inline(element, runs, anchored, "")
        role: Literal["", "caption"] = "caption" if self.styles.is_caption(style) else ""
        seen = level if level is None or level <= DEEPEST else None
        yield TextLine(numbered(number, runs.text), seen, role)
        yield from self.apart(anchored)

    def number(self, element: etree._Element, level: int | None) -> str:
        """Return the number before a paragraph: the item's that it begins, or the heading's."""
        number, item, self.item = "", self.item, None
        if item is not None and self.place is not None:
            own = attribute(item, "start-value")
            start = whole_number(own, 1) if own else None
            number = self.numbering.count(self.place.identity, self.place.depth, start)
        if level and not number and attribute(element, "is-list-header") != "true":
            number = self.numbering.count(OUTLINE, level - 1)
        return number

    def inline(
        self,
        element: etree._Element,
        runs: Runs,
        anchored: list[etree._Element],
        position: Position,
    ) -> None:
        """Collect what is seen of a paragraph. The parser bounds the depth of recursion."""
        _add(runs, element.text, position)
        for child in element:
            name = local_name(child)
            if DRAWING in str(child.tag):
                self.anchor(child, runs, anchored)
            elif name == "note":
                self.notes += child.iterfind("{*}note-body")
            elif name == "annotation":
                self.comment(child)
            elif name in CHARACTERS:
                count = min(whole_number(attribute(child, "c"), 1), MOST_SPACES)
                runs.add(CHARACTERS[name] * count, position)
            elif name not in INLINE_LEFT_OUT and attribute(child, "is-hidden") != "true":
                self.span(child, runs, anchored, position)
            _add(runs, child.tail, position)

    def anchor(self, element: etree._Element, runs: Runs, anchored: list[etree._Element]) -> None:
        """Append a formula, or keep what else is anchored in a paragraph for below it."""
        link = attribute(element.find("{*}object"), "href")
        root = self.embedded(link) if link else None
        if root is not None and local_name(root) == "math":
            runs.add(_formula(root))
            return
        anchored.append(element)
        if root is not None:
            self.charts[link] = root

    def span(
        self,
        element: etree._Element,
        runs: Runs,
        anchored: list[etree._Element],
        position: Position,
    ) -> None:
        """Collect what is seen of a part of a paragraph."""
        style = attribute(element, "style-name") if local_name(element) == "span" else ""
        if not self.styles.is_hidden("text", style):
            self.inline(element, runs, anchored, self.styles.position(style) or position)

    def comment(self, element: etree._Element) -> None:
        """Keep a comment for the end."""
        words = self.words(element)
        author = " ".join(element.findtext("{*}creator", "").split())
        if words:
            self.comments.append((author, words))

    # Lists

    def list(self, element: etree._Element) -> Iterator[Block]:
        """Yield the items of a list."""
        outer = self.place
        style = attribute(element, "style-name") or (outer.style if outer else "")
        if not style:
            first = element.find(".//{*}p")
            style = self.styles.list_of(attribute(first, "style-name"))
        if outer is None or style != outer.style:
            identity = self.begin(element, style)
        else:
            identity = outer.identity
        self.place = _ListPlace(identity, outer.depth + 1 if outer else 0, style)
        for item in element:
            self.item = item if local_name(item) == "list-item" else None
            yield from self.blocks(item)
        self.place, self.item = outer, None

    def begin(self, element: etree._Element, style: str) -> str:
        """Return the list that goes on counting, or a new one."""
        followed = attribute(element, "continue-list")
        if attribute(element, "continue-numbering") == "true":
            followed = style
        identity = self.latest.get(followed, "") if followed else ""
        if not identity:
            identity = f"list {len(self.numbering.lists)}"
            levels = self.styles.lists.get(style, ())
            self.numbering.lists[identity] = NumberedList(identity, levels)
        self.latest[style] = self.latest[attribute(element, "id")] = identity
        return identity

    # Tables

    def table(self, element: etree._Element) -> Grid:
        """Return a table. A row or cell that is said to be repeated is written once."""
        self.depth += 1
        rows = tuple(tuple(self.cells(row, head)) for row, head in _rows(element, head=False))
        self.depth -= 1
        return Grid(rows)

    def cells(self, row: etree._Element, head: bool) -> Iterator[CellBlocks]:
        """Yield the cells of a row that are not covered by others."""
        column = 0
        for cell in row:
            name = local_name(cell)
            repeated = max(1, whole_number(attribute(cell, "number-columns-repeated"), 1))
            if name == "table-cell":
                width = max(repeated, whole_number(attribute(cell, "number-columns-spanned"), 1))
                height = max(1, whole_number(attribute(cell, "number-rows-spanned"), 1))
                yield CellBlocks(column, tuple(self.apart(cell)), width, height, head)
            if name in {"table-cell", "covered-table-cell"}:
                column = min(column + repeated, MOST_COLUMNS)

    # Frames and slides

    def frame(self, element: etree._Element) -> Iterator[Block]:
        """Yield what a frame shows: the first of its contents; the others are replacements."""
        content = next((e for e in element if local_name(e) in CONTENTS), None)
        kind = "" if content is None else local_name(content)
        if content is not None and kind == "object":
            yield from self.chart(attribute(content, "href"))
        elif content is not None:
            yield from self.blocks([content])
        described = element.findtext("{*}desc", "") or element.findtext("{*}title", "")
        yield TextLine(clean_description(described))

    def chart(self, link: str) -> Iterator[Block]:
        """Yield what an embedded chart shows, where it is first used."""
        root = self.charts.pop(link, None)
        if root is None:
            root = self.embedded(link)
        for chart in root.iterfind("{*}body/{*}chart/{*}chart"):
            axes = chart.iterfind("{*}plot-area/{*}axis")
            values = [axis for axis in axes if attribute(axis, "dimension") == "y"]
            titles = [title for axis in values for title in axis.iterfind("{*}title")]
            yield TextLine(self.words(chart.iterfind("{*}title/*")), role="title")
            # With several axes, which series counts what is not to be told.
            role: Literal["", "units"] = "units" if len(titles) == 1 else ""
            yield from (TextLine(self.words(title), role=role) for title in titles)
            for table in chart.iterfind("{*}table"):
                # What a chart has no value for is written so.
                rows = self.table(table).rows
                yield Grid(tuple(tuple(c for c in row if c.blocks != GAP) for row in rows))

    def embedded(self, link: str) -> etree._Element:
        """Return what an embedded object is described by; nothing if it was read before."""
        name = posixpath.normpath(posixpath.join(link, "content.xml"))
        if name in self.objects:
            return etree.Element("none")
        self.objects.add(name)
        return read_part(self.package, name)

    def slide(self, element: etree._Element) -> Iterator[Block]:
        """Yield a slide: its title as heading, what else it shows, what the speaker notes."""
        self.slides += 1
        name = f"slide {self.slides}"
        yield PlaceName(name)
        shapes = [(attribute(shape, "class"), shape) for shape in element]
        yield from (TextLine(self.words(s), level=1) for kind, s in shapes if kind == "title")
        yield from self.blocks(s for kind, s in shapes if kind not in {"title", *RUNNING})
        # A footer is said once for all slides that show it, or drawn on each.
        declared = (attribute(element, f"use-{kind}-name") for kind in ("header", "footer"))
        running = [self.footers.get(named, "") for named in declared]
        running += (self.words(s) for kind, s in shapes if kind in {"header", "footer"})
        yield from (TextLine(line, role="running") for line in running)
        yield PlaceName(f"{name}, notes")
        for shape in element.iterfind("{*}notes/*"):
            if attribute(shape, "class") == "notes":
                yield from self.blocks([shape])
        yield from self.ends(name)

    def words(self, elements: Iterable[etree._Element]) -> str:
        """Return what elements show, on one line."""
        return " ".join(lay_out(self.apart(elements)).text.split())


def _formula(root: etree._Element) -> str:
    """Return a formula on one line, read as that of a page is."""
    for element in root.iter(etree.Element):
        element.tag = local_name(element)
    etree.cleanup_namespaces(root)
    page = LexborHTMLParser(etree.tostring(root, encoding="unicode"))
    found = page.css_first("math")
    return formula(found) if found else ""


def _add(runs: Runs, text: str | None, position: Position) -> None:
    """Append text with its white space collapsed, as the format has it."""
    collapsed = SPACE.sub(" ", text or "")
    if not runs.last or runs.last.isspace():
        collapsed = collapsed.removeprefix(" ")
    runs.add(collapsed, position)


def _rows(parent: etree._Element, head: bool) -> Iterator[tuple[etree._Element, bool]]:
    """Yield the rows that are shown, and whether they are heads."""
    for child in parent:
        name = local_name(child)
        if name == "table-row" and attribute(child, "visibility") not in {"collapse", "filter"}:
            yield child, head
        elif name in ROW_GROUPS:
            yield from _rows(child, head or name == "table-header-rows")
