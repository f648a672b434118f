"""Excel: the cells as they are shown, comments, the text of charts and shapes."""

import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.office.number_format import (
    BUILT_IN,
    EPOCH_1900,
    EPOCH_1904,
    NumberFormat,
    number_format,
)
from corpus.formats.office.ooxml import find_part, read_chart, read_core, relations
from corpus.formats.spreadsheets.sheet_blocks import SheetCell
from corpus.formats.spreadsheets.sheets import Note, Sheet, check_count, write_sheets
from corpus.formats.zipped import (
    attribute,
    each_element,
    local_name,
    open_archive,
    read_part,
    refuse_old_format,
)
from corpus.types import Parsed

__all__ = ["parse_xlsx"]

MOST_TABLES = 1_000  # of a sheet
# What a sheet has at most: 1,048,576 rows and 16,384 columns.
ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
INDEX = re.compile(r"[0-9]{1,7}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?$")
PLAIN = number_format("General")

Position = tuple[int, int]
Area = tuple[Position, Position]


@dataclass(frozen=True, slots=True)
class _Workbook:
    """What all sheets share: their text, the formats of their numbers, and day 0 of their dates."""

    strings: Sequence[str]
    formats: Sequence[NumberFormat]
    epoch: datetime


def parse_xlsx(data: bytes) -> Parsed:
    """Return the sheets that are not hidden, as `write_sheets` lays them out.

    Numbers stand as their formats show them, dates as ISO 8601, formulas as what they last came to.
    The comments of a sheet follow its cells, and the titles of its charts and the text drawn on it.

    Raises:
        LoadError: the file is encrypted, damaged, no workbook of this format, or absurdly large.
    """
    refuse_old_format(data, "Excel", ".xlsx")
    with open_archive(data, "Excel file") as archive:
        top = relations(archive, "")
        main = find_part(top, "officeDocument", "xl/workbook.xml")
        root = read_part(archive, main)
        if local_name(root) != "workbook":
            raise LoadError("the file is not an Excel workbook: its main part is missing")
        title, metadata = read_core(read_part(archive, find_part(top, "core-properties")))
        return write_sheets(_sheets(archive, main, root), title, metadata)


def _sheets(archive: zipfile.ZipFile, main: str, root: etree._Element) -> Iterator[Sheet]:
    """Yield the sheets that are shown."""
    parts = relations(archive, main)
    targets = {relation.id: relation.target for relation in parts}
    in_1904 = attribute(root.find("{*}workbookPr"), "date1904") in {"1", "true"}
    workbook = _Workbook(
        _strings(archive, find_part(parts, "sharedStrings")),
        _formats(read_part(archive, find_part(parts, "styles"))),
        EPOCH_1904 if in_1904 else EPOCH_1900,
    )
    count = 0
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        if attribute(sheet, "state") in {"", "visible"}:
            part = targets.get(attribute(sheet, "id"), "")
            cells = _cells(archive, part, workbook, count)
            count += len(cells)
            name = " ".join(attribute(sheet, "name").split())
            yield Sheet(name, cells, (*_comments(archive, part), *_drawn(archive, part)))


# What all sheets share


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    return [_rich_text(item) for item in each_element(archive, part, "si")]


def _rich_text(item: etree._Element | None) -> str:
    """Return the text of an item, of all its runs, but not how it is pronounced."""
    if item is None:
        return ""
    pieces = (child if local_name(child) == "t" else child.find("{*}t") for child in item)
    runs = [p.text or "" for p in pieces if p is not None and local_name(p.getparent()) != "rPh"]
    return _shown_text("".join(runs))


def _shown_text(text: str) -> str:
    """Return ``text`` with escaped characters as themselves and white space collapsed."""
    return " ".join(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).split())


def _formats(styles: etree._Element) -> list[NumberFormat]:
    """Return the number format of each style that a cell may have."""
    codes: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
    for own in styles.iterfind("{*}numFmts/{*}numFmt"):
        codes[own.get("numFmtId", "")] = own.get("formatCode", "")
    made = {number: number_format(code) for number, code in codes.items()}
    styles_of_cells = styles.iterfind("{*}cellXfs/{*}xf")
    return [made.get(style.get("numFmtId", ""), PLAIN) for style in styles_of_cells]


# A sheet


def _cells(archive: zipfile.ZipFile, part: str, workbook: _Workbook, count: int) -> list[SheetCell]:
    """Return the cells of a sheet that show something; there are ``count`` in those before it."""
    found: dict[Position, str] = {}
    merged: dict[Position, Area] = {}
    row = 0
    for element in each_element(archive, part, "row", "mergeCell"):
        if local_name(element) == "mergeCell":
            area = _area(element.get("ref", ""))
            if area is not None:
                merged[area[0]] = area
            continue
        row = _number(element.get("r"), row + 1)
        for place, text in _row(element, row, workbook):
            found[place] = text
        check_count(count + len(found))
    heads = _table_heads(archive, part)
    return [_cell(place, found[place], merged, heads) for place in sorted(found)]


def _row(element: etree._Element, row: int, workbook: _Workbook) -> Iterator[tuple[Position, str]]:
    column = 0
    for cell in element:
        place = _position(cell.get("r", "")) or (row, column + 1)
        column = place[1]
        if text := _value(cell, workbook):
            yield place, text


def _value(cell: etree._Element, workbook: _Workbook) -> str:
    """Return what a cell shows."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _rich_text(cell.find("{*}is"))
    value: str = cell.findtext("{*}v", "")
    if kind == "s":
        index = _number(value, len(workbook.strings))
        return workbook.strings[index] if index < len(workbook.strings) else ""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value, value)
    if kind == "d":
        return MIDNIGHT.sub("", value).replace("T", " ")
    return _shown_text(value) if kind != "n" else _shown_number(value, cell, workbook)


def _shown_number(value: str, cell: etree._Element, workbook: _Workbook) -> str:
    try:
        number = float(value)
    except ValueError:
        return _shown_text(value)
    style = _number(cell.get("s"), 0)
    shape = workbook.formats[style] if style < len(workbook.formats) else PLAIN
    return shape.show(number, workbook.epoch).strip() if math.isfinite(number) else value


def _number(text: str | None, default: int) -> int:
    """Return a count or an index, or ``default`` if it is none that can be."""
    return int(text) if text and INDEX.fullmatch(text) else default


def _position(address: str) -> Position | None:
    """Return row and column, from 1, of an address such as ``C7``."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _area(reference: str) -> Area | None:
    """Return the first and the last cell of a range such as ``A1:C7``."""
    first, _, last = reference.partition(":")
    start, end = _position(first), _position(last or first)
    return (start, end) if start and end and start <= end else None


def _cell(
    place: Position,
    text: str,
    merged: Mapping[Position, Area],
    heads: Mapping[int, Sequence[range]],
) -> SheetCell:
    (top, left), (bottom, right) = merged.get(place, (place, place))
    is_head = any(left in columns for columns in heads.get(top, ()))
    return SheetCell(top, left, text, bottom - top + 1, max(right - left, 0) + 1, is_head)


def _table_heads(archive: zipfile.ZipFile, part: str) -> dict[int, list[range]]:
    """Return by row in which columns heads stand of what the file itself declares to be a table."""
    heads: dict[int, list[range]] = {}
    declared = (r.target for r in relations(archive, part) if r.kind == "table")
    for target in islice(declared, MOST_TABLES):
        table = read_part(archive, target)
        area = _area(table.get("ref", ""))
        if area is not None and table.get("headerRowCount", "1") != "0":
            (top, left), (_, right) = area
            heads.setdefault(top, []).append(range(left, right + 1))
    return heads


# What stands beside the cells


def _comments(archive: zipfile.ZipFile, part: str) -> Iterator[Note]:
    """Yield comments, in threads too, whose old form only says that one should see the new one."""
    parts = relations(archive, part)
    found: list[tuple[str, str]] = []
    for relation in parts:
        if relation.kind == "threadedComment":
            threads = read_part(archive, relation.target)
            found += [(c.get("ref", ""), c.findtext("{*}text", "")) for c in threads]
    threaded = {address for address, _ in found}
    for relation in parts:
        if relation.kind == "comments":
            comments = read_part(archive, relation.target).iterfind("{*}commentList/{*}comment")
            found += [
                (c.get("ref", ""), _rich_text(c.find("{*}text")))
                for c in comments
                if c.get("ref", "") not in threaded
            ]
    for address, text in found:
        if shown := _shown_text(text):
            yield Note(f"comment on {address}", shown)


def _drawn(archive: zipfile.ZipFile, part: str) -> Iterator[Note]:
    """Yield the titles of charts, whose numbers stand in the cells, and the text of shapes."""
    for relation in relations(archive, part):
        if relation.kind != "drawing":
            continue
        paragraphs = read_part(archive, relation.target).iterfind(".//{*}txBody/{*}p")
        texts = ["".join(p.itertext("{*}t")) for p in paragraphs]
        for inner in relations(archive, relation.target):
            if inner.kind == "chart":
                texts.append(read_chart(read_part(archive, inner.target)).title)
        yield from (Note("", shown) for text in texts if (shown := _shown_text(text)))
