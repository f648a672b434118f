"""Word, transitional and strict: a line for each paragraph or table row; there are no pages."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.office.blocks import Block, CellBlocks, Grid, TextLine, lay_out
from corpus.formats.office.numbering import Numbering, numbered
from corpus.formats.office.ooxml import Relation, drawing_blocks, find_part, read_core, relations
from corpus.formats.word.docx_numbering import read_numbering
from corpus.formats.word.docx_runs import LEFT_OUT, children, read_paragraph
from corpus.formats.word.docx_styles import (
    WordStyles,
    is_on,
    read_listed,
    read_outline,
    read_styles,
    value_at,
)
from corpus.formats.zipped import (
    attribute,
    local_name,
    open_archive,
    read_part,
    refuse_old_format,
    whole_number,
)
from corpus.types import Parsed

__all__ = ["parse_docx"]

BODY = 9  # what an outline level of body text is, plus one, is above this
MOST_COLUMNS = 63  # of a table, as Word has it


def parse_docx(data: bytes) -> Parsed:
    r"""Return a line for each paragraph and row, ``\t`` between the columns of a row.

    The text is that of the document with all tracked changes accepted, its paragraphs with the
    numbers that Word writes before them. What floats beside the text stands below the paragraph
    that it is anchored in: text boxes, descriptions of pictures, the values of charts. At the end
    stand the notes, then the comments, then headers and footers, once each, as running lines. The
    format has no pages.

    Raises:
        LoadError: the file is encrypted, damaged, not a Word document or absurdly large.
    """
    refuse_old_format(data, "Word", ".docx")
    with open_archive(data, "Word file") as package:
        return _parse_package(package)


def _parse_package(package: zipfile.ZipFile) -> Parsed:
    top = relations(package, "")
    main = find_part(top, "officeDocument", "word/document.xml")
    if main not in package.NameToInfo:
        raise LoadError("the file is not a Word document: its main part is missing")
    related = relations(package, main)
    styles = read_styles(read_part(package, find_part(related, "styles")))
    numbering = read_numbering(read_part(package, find_part(related, "numbering")), styles.lists)
    parts = _WordParts(package, related, styles, numbering)
    parsed = lay_out(parts.blocks(main))
    title, metadata = read_core(read_part(package, find_part(top, "core-properties")))
    language = metadata.language or styles.language
    return replace(
        parsed, title=title or parsed.title, metadata=replace(metadata, language=language)
    )


@dataclass(frozen=True, slots=True)
class _WordParts:
    """The parts of a document, and what all of them refer to."""

    package: zipfile.ZipFile
    related: tuple[Relation, ...]
    styles: WordStyles
    numbering: Numbering

    def blocks(self, main: str) -> Iterator[Block]:
        """Yield what is seen of all parts: the body, notes, comments, headers and footers."""
        body = read_part(self.package, main)
        yield from self.reader(main).read(body)
        for kind in ("footnotes", "endnotes"):
            reader = self.reader(find_part(self.related, kind))
            for note in self.all_of(kind):
                # Notes with a type are the rules drawn above the notes.
                if attribute(note, "type") in {"", "normal"}:
                    yield from reader.read(note)
        reader = self.reader(find_part(self.related, "comments"))
        for comment in self.all_of("comments"):
            words = lay_out(reader.read(comment)).text.split()
            author = " ".join(attribute(comment, "author").split())
            if words:
                yield TextLine(
                    f"{f'Comment by {author}' if author else 'Comment'}: {' '.join(words)}"
                )
        names = dict.fromkeys(self.running(body))
        roots = ((name, read_part(self.package, name)) for name in names)
        texts = (lay_out(self.reader(name).read(root)).text for name, root in roots)
        lines = dict.fromkeys(line for text in texts for line in text.splitlines())
        # A page number is that of whichever page was open when the file was written.
        yield from (
            TextLine(line, role="running") for line in lines if re.search(r"[^\W\d_]", line)
        )

    def all_of(self, kind: str) -> etree._Element:
        """Return the root of the part of this kind."""
        return read_part(self.package, find_part(self.related, kind))

    def reader(self, part: str) -> "_WordReader":
        """Return what reads the blocks of a part."""
        targets = {relation.id: relation.target for relation in relations(self.package, part)}
        return _WordReader(self.package, targets, self.styles, self.numbering)

    def running(self, body: etree._Element) -> Iterator[str]:
        """Yield the parts of the headers and footers that are shown, in the order of sections."""
        targets = {relation.id: relation.target for relation in self.related}
        shown = {"default", ""}
        if any(is_on(title) for title in body.iterfind(".//{*}sectPr/{*}titlePg")):
            shown.add("first")
        if is_on(self.all_of("settings").find("{*}evenAndOddHeaders")):
            shown.add("even")
        for reference in body.iterfind(".//{*}sectPr/*"):
            kind = local_name(reference)
            if kind in {"headerReference", "footerReference"}:
                name = targets.get(attribute(reference, "id"), "")
                if attribute(reference, "type") in shown and name:
                    yield name


@dataclass(slots=True)
class _WordReader:
    """Reads the blocks of one part, in their order.

    Args:
        package: the file.
        targets: the parts that this one refers to, each read once.
        styles: of the document.
        numbering: of the document, which goes on counting from part to part.
        carried: text of a paragraph whose mark is deleted: it runs on into the next.
        depth: how many tables are open.
    """

    package: zipfile.ZipFile
    targets: dict[str, str]
    styles: WordStyles
    numbering: Numbering
    carried: list[str] = field(default_factory=list, init=False)
    depth: int = field(default=0, init=False)

    def read(self, parent: etree._Element) -> Iterator[Block]:
        """Yield the paragraphs and tables below ``parent``."""
        yield from self.blocks(parent)
        yield from self.rest()

    def rest(self) -> Iterator[Block]:
        """Yield the paragraph that has nothing to run on into."""
        if self.carried:
            yield TextLine("".join(self.carried))
            self.carried.clear()

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Yield the paragraphs and tables below ``parent``, however they are wrapped."""
        for child in parent:
            name = local_name(child)
            if name == "p":
                yield from self.paragraph(child)
            elif name == "tbl":
                yield from self.rest()
                yield self.table(child)
            elif name and name not in LEFT_OUT:
                yield from self.blocks(child)

    def paragraph(self, element: etree._Element) -> Iterator[Block]:
        """Yield one paragraph, then what is anchored in it."""
        found = read_paragraph(element, self.styles, self.depth > 0)
        self.carried.append(found.runs.text)
        if element.find("{*}pPr/{*}rPr/{*}del") is None:
            yield self.line(element, "".join(self.carried))
            self.carried.clear()
        yield from map(TextLine, found.descriptions)
        for identity in found.drawings:
            yield from self.drawing(identity)
        for box in found.boxes:
            yield from self.rest()
            yield from self.read(box)

    def line(self, element: etree._Element, text: str) -> TextLine:
        """Return a paragraph with its number; one without text counts, too."""
        name = value_at(element, "{*}pPr/{*}pStyle") or self.styles.default
        style = self.styles.of(name)
        number = self.number(element, name)
        outline = read_outline(element)
        level = style.level if outline is None else outline
        if level is not None and level > BODY:
            level = None
        role: Literal["", "caption"] = "caption" if style.is_caption else ""
        return TextLine(numbered(number, text), level, role)

    def number(self, element: etree._Element, name: str) -> str:
        """Return the number before a paragraph, with what separates it from the text."""
        style, own = self.styles.of(name), read_listed(element)
        identity = own.identity or style.listed.identity
        level = own.level
        if level is None and not own.identity:
            level = self.numbering.level_of(identity, style.list_owner)
        if level is None:
            level = style.listed.level if not own.identity else 0
        return self.numbering.count(identity, level or 0)

    def drawing(self, identity: str) -> Iterator[Block]:
        """Yield what a chart or diagram shows, where it is first used."""
        yield from drawing_blocks(read_part(self.package, self.targets.pop(identity, "")))

    def table(self, element: etree._Element) -> Grid:
        """Return a table; what a cell covers below itself belongs to it."""
        self.depth += 1
        rows: list[list[CellBlocks]] = []
        tops: dict[int, tuple[int, int]] = {}
        for row in children(element, "tr"):
            if row.find("{*}trPr/{*}del") is None:
                rows.append([])
                tops = self.row(row, rows, tops)
        self.depth -= 1
        return Grid(tuple(map(tuple, rows)))

    def row(
        self,
        element: etree._Element,
        rows: list[list[CellBlocks]],
        tops: dict[int, tuple[int, int]],
    ) -> dict[int, tuple[int, int]]:
        """Fill the last of ``rows``; take and return, by column, the cells that may go on below."""
        number, cells = len(rows) - 1, rows[-1]
        column = whole_number(value_at(element, "{*}trPr/{*}gridBefore"), 0, MOST_COLUMNS)
        is_head = is_on(element.find("{*}trPr/{*}tblHeader"))
        below: dict[int, tuple[int, int]] = {}
        for cell in children(element, "tc"):
            width = max(1, whole_number(value_at(cell, "{*}tcPr/{*}gridSpan"), 1, MOST_COLUMNS))
            merge = cell.find("{*}tcPr/{*}vMerge")
            begins = merge is None or attribute(merge, "val") == "restart" or column not in tops
            if begins:
                cells.append(CellBlocks(column, tuple(self.read(cell)), width, head=is_head))
            if merge is not None:
                below[column] = (number, len(cells) - 1) if begins else tops[column]
                top, at = below[column]
                rows[top][at] = replace(rows[top][at], rows=number - top + 1)
            column += width
        return below
