"""Word, transitional and strict: a line for each paragraph or table row; there are no pages."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.ooxml import find_part, read_core, relations
from corpus.formats.zipped import ENCRYPTED, attribute, local_name, open_archive, read_part
from corpus.types import Heading, Parsed

__all__ = ["parse_docx"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TITLE = 0  # the "level" of the style Title
BODY = 9  # what an outline level of body text is, plus one
# Word's own names, and those of publishers' templates (HeadA, Head 1).
HEADING_NAME = re.compile(r"head(?:ing)? ?([1-9a-f])", re.IGNORECASE)
TITLE_NAME = re.compile(r"(?:chapter ?)?title", re.IGNORECASE)
# Properties, deleted and moved-away text, copies for older programs, pronunciation marks.
LEFT_OUT = frozenset({"pPr", "rPr", "sdtPr", "del", "moveFrom", "Fallback", "rt"})
CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
MATH = frozenset({"d", "f", "nary", "rad", "sub", "sup"})


def parse_docx(data: bytes) -> Parsed:
    r"""Return a line for each paragraph, ``\t`` between a row's cells, notes at the end.

    The text is that of the document with all tracked changes accepted. The format has no pages.

    Raises:
        LoadError: the file is encrypted, damaged, not a Word document or absurdly large.
    """
    if data.startswith(OLE_MAGIC):
        raise LoadError(_ole_reason(data))
    with open_archive(data, "Word file") as package:
        return _parse_package(package)


def _ole_reason(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return ENCRYPTED
    return "the file is in Word's old format; save it as .docx and build again"


def _parse_package(package: zipfile.ZipFile) -> Parsed:
    top = relations(package, "")
    main = find_part(top, "officeDocument", "word/document.xml")
    parts = relations(package, main)
    if main not in package.NameToInfo:
        raise LoadError("the file is not a Word document: its main part is missing")
    writer = _BlockWriter(_style_levels(read_part(package, find_part(parts, "styles"))))
    writer.blocks(read_part(package, main))
    for kind in ("footnotes", "endnotes"):
        for note in read_part(package, find_part(parts, kind)):
            # Notes with a type are the rules drawn above the notes.
            if attribute(note, "type") in {"", "normal"}:
                writer.blocks(note)
    named, metadata = read_core(read_part(package, find_part(top, "core-properties")))
    text = "".join(writer.parts)
    first = next((heading.title for heading in writer.headings if heading.level == 1), "")
    title = named or writer.title or first
    headings = tuple(writer.headings)
    return Parsed(text + "\n" if text else "", title, headings=headings, metadata=metadata)


def _value(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else attribute(found, "val")


def _style_levels(styles: etree._Element) -> dict[str, int]:
    """Return the heading level of each paragraph style that has one, inherited ones included."""
    own = {attribute(s, "styleId"): (_own_level(s), _value(s, "{*}basedOn")) for s in styles}
    levels: dict[str, int] = {}
    for identity in own:
        current, seen = identity, set[str]()
        while identity not in levels and current in own and current not in seen:
            seen.add(current)
            level, current = own[current]
            if level is not None:
                levels[identity] = level
    return levels


def _own_level(style: etree._Element) -> int | None:
    """Return the level that a style itself sets; built-in names are English in every language."""
    name = _value(style, "{*}name")
    if TITLE_NAME.fullmatch(name):
        return TITLE
    outline = _value(style, "{*}pPr/{*}outlineLvl")
    return _named_level(name) or (int(outline) + 1 if outline.isdecimal() else None)


def _named_level(name: str) -> int | None:
    """Return the level in a name such as ``heading 2`` or ``HeadB``, or None."""
    found = HEADING_NAME.fullmatch(name)
    if found is None:
        return None
    return int(found[1]) if found[1].isdigit() else " abcdef".index(found[1].lower())


@dataclass(slots=True)
class _BlockWriter:
    """Writes blocks as lines; ``waiting`` is what stands before the next piece of text."""

    levels: dict[str, int]
    parts: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    title: str = ""
    length: int = 0
    waiting: str = ""

    def blocks(self, parent: etree._Element) -> None:
        """Write the paragraphs and tables below ``parent``, however they are wrapped."""
        for child in parent:
            name = local_name(child)
            if name == "p":
                self.paragraph(child)
            elif name == "tbl":
                self.table(child)
            elif name and name not in LEFT_OUT:
                self.blocks(child)

    def paragraph(self, element: etree._Element) -> None:
        """Write one paragraph, then the text boxes that are anchored in it."""
        boxes: list[etree._Element] = []
        text = "".join(_inline(element, boxes))
        if text and not text.isspace():
            self._line(text, self._level(element))
            # With its mark deleted, a paragraph runs on into the next.
            merged = element.find("{*}pPr/{*}rPr/{*}del") is not None
            self.waiting = "" if merged else "\n"
        for box in boxes:
            self.waiting = self.waiting or "\n"
            self.blocks(box)

    def table(self, element: etree._Element) -> None:
        """Write a table: a line for each row."""
        for row in _wrapped(element, "tr"):
            if row.find("{*}trPr/{*}del") is not None:
                continue
            separator = "\n"
            for cell in _wrapped(row, "tc"):
                before, self.waiting = self.length, separator
                self.blocks(cell)
                separator = "\t" if self.length > before else separator + "\t"
            self.waiting = "\n"

    def _line(self, text: str, level: int | None) -> None:
        separator = self.waiting if self.parts else self.waiting.lstrip("\n")
        start = self.length + len(separator)
        self.parts += (separator, text)
        self.length = start + len(text)
        plain = " ".join(text.split())
        if level == TITLE:
            self.title = self.title or plain
        elif level is not None and level <= BODY:
            self.headings.append(Heading(start, self.length, level, plain))

    def _level(self, paragraph: etree._Element) -> int | None:
        outline = _value(paragraph, "{*}pPr/{*}outlineLvl")
        if outline.isdecimal():
            return int(outline) + 1
        style = _value(paragraph, "{*}pPr/{*}pStyle")
        return self.levels.get(style, _named_level(style))


def _wrapped(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows or cells of ``parent``, also those inside content controls or changes."""
    for child in parent:
        if local_name(child) == name:
            yield child
        elif local_name(child) not in LEFT_OUT | {"tbl", "p", ""}:
            yield from _wrapped(child, name)


def _inline(element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    """Yield the text of a paragraph's runs; collect the text boxes on the way.

    The XML parser bounds the depth, so recursion is safe.
    """
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in CHARACTERS:
            yield CHARACTERS[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name in MATH and "/math}" in child.tag:
            yield _math(child, name)
        elif name and name not in LEFT_OUT and not _is_hidden(child):
            yield from _inline(child, boxes)


def _math(element: etree._Element, name: str) -> str:
    """Return a formula on one line: without marks, three quarters would read as 34."""
    if name == "f":
        return "/".join(_grouped(element.find(part)) for part in ("{*}num", "{*}den"))
    if name == "d":
        first = _value(element, "{*}dPr/{*}begChr") or "("
        last = _value(element, "{*}dPr/{*}endChr") or ")"
        return first + ", ".join("".join(_inline(e, [])) for e in _wrapped(element, "e")) + last
    if name == "rad":
        root = element.find("{*}deg")
        degree = "".join(_inline(root, [])) if root is not None else ""
        return f"{degree}√{_grouped(element.find('{*}e'))}"
    if name == "nary":
        return (_value(element, "{*}naryPr/{*}chr") or "∫") + "".join(_inline(element, []))
    inner = _grouped(element)
    return ("^" if name == "sup" else "_") + inner if inner else ""


def _grouped(element: etree._Element | None) -> str:
    """Return the formula in an element, in parentheses if it is more than one word."""
    text = "" if element is None else "".join(_inline(element, []))
    return text if not text or text.isalnum() else f"({text})"


def _is_hidden(run: etree._Element) -> bool:
    hidden = run.find("{*}rPr/{*}vanish") if local_name(run) == "r" else None
    return hidden is not None and attribute(hidden, "val") not in {"0", "false", "off"}
