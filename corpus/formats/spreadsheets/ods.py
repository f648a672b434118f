"""OpenDocument spreadsheets: the cells as they are shown, and comments."""

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.office.odf_meta import read_meta
from corpus.formats.spreadsheets.sheet_blocks import SheetCell
from corpus.formats.spreadsheets.sheets import MOST_CELLS, Note, Sheet, check_count, write_sheets
from corpus.formats.zipped import ENCRYPTED, attribute, local_name, open_archive, read_part
from corpus.types import Parsed, column_letters

__all__ = ["parse_ods"]

CELLS = frozenset({"table-cell", "covered-table-cell"})
# What groups rows, and is not drawn.
ROW_GROUPS = frozenset({"table-row-group", "table-header-rows", "table-rows"})
# Beside a cell's own text; deleted text and how words are pronounced.
NOT_SHOWN = frozenset({"annotation", "shapes", "frame", "tracked-changes", "ruby-text"})
LONGEST_COUNT = 7  # digits


def parse_ods(data: bytes) -> Parsed:
    """Return the sheets that are not hidden, as `write_sheets` lays them out.

    Dates stand as ISO 8601, all else as it is shown. The comments of a sheet follow its cells.

    Raises:
        LoadError: the file is encrypted, damaged, no spreadsheet or absurdly large.
    """
    with open_archive(data, "spreadsheet") as archive:
        manifest = read_part(archive, "META-INF/manifest.xml")
        if manifest.find(".//{*}encryption-data") is not None:
            raise LoadError(ENCRYPTED)
        root = read_part(archive, "content.xml")
        body = root.find("{*}body/{*}spreadsheet")
        if body is None:
            raise LoadError("the file is not an OpenDocument spreadsheet")
        return write_sheets(_sheets(root, body), *read_meta(read_part(archive, "meta.xml")))


def _sheets(root: etree._Element, body: etree._Element) -> Iterator[Sheet]:
    hidden = {
        attribute(style, "name")
        for style in root.iterfind("{*}automatic-styles/{*}style")
        if attribute(style.find("{*}table-properties"), "display") == "false"
    }
    count = 0
    for table in body.iterfind("{*}table"):
        if attribute(table, "style-name") not in hidden:
            notes: list[Note] = []
            cells = list(islice(_cells(table, notes), MOST_CELLS + 1))
            count += len(cells)
            check_count(count)
            yield Sheet(" ".join(attribute(table, "name").split()), cells, tuple(notes))


def _cells(table: etree._Element, notes: list[Note]) -> Iterator[SheetCell]:
    """Yield the cells that are not empty; collect the comments on the way."""
    row = 1
    for element in _rows(table):
        repeated = _count(element, "number-rows-repeated")
        cells = list(_row(element, row, notes))
        for again in range(repeated if cells else 0):
            yield from (cell._replace(row=row + again) for cell in cells)
        row += repeated


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the rows, however they are grouped; the XML parser bounds the depth."""
    for child in parent:
        if local_name(child) == "table-row":
            yield child
        elif local_name(child) in ROW_GROUPS:
            yield from _rows(child)


def _row(element: etree._Element, row: int, notes: list[Note]) -> Iterator[SheetCell]:
    column = 1
    for cell in element:
        if local_name(cell) not in CELLS:
            continue
        repeated = _count(cell, "number-columns-repeated")
        sizes = (_count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned"))
        if text := _shown(cell):
            for again in range(repeated):
                yield SheetCell(row, column + again, text, *sizes)
        for comment in cell.iterfind("{*}annotation"):
            words = " ".join(" ".join(_paragraphs(comment)).split())
            notes.extend(
                [Note(f"comment on {column_letters(column)}{row}", words)] if words else []
            )
        column += repeated


def _count(element: etree._Element, name: str) -> int:
    text = attribute(element, name)
    plausible = text.isascii() and text.isdecimal() and len(text) <= LONGEST_COUNT
    return max(int(text), 1) if plausible else 1


def _shown(cell: etree._Element) -> str:
    """Return what a cell shows, a date as it is kept."""
    if local_name(cell) == "covered-table-cell":
        return ""
    date = attribute(cell, "date-value")
    text = " ".join(" ".join(_paragraphs(cell)).split())
    return date.removesuffix("T00:00:00").replace("T", " ") if date and text else text


def _paragraphs(parent: etree._Element) -> Iterator[str]:
    for child in parent:
        if local_name(child) in {"p", "h"}:
            yield "".join(_inline(child))
        elif local_name(child) not in NOT_SHOWN:
            yield from _paragraphs(child)


def _inline(element: etree._Element) -> Iterator[str]:
    """Yield the text of a paragraph; the marks of spaces, tabs and lines are white space."""
    yield element.text or ""
    for child in element:
        if local_name(child) in {"s", "tab", "line-break"}:
            yield " "
        elif local_name(child) not in NOT_SHOWN:
            yield from _inline(child)
        yield child.tail or ""
