"""The text of shapes on slides: paragraphs with their automatic numbers, and tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from corpus.formats.numerals import numeral
from corpus.formats.office.blocks import CellBlocks, Grid, TextLine
from corpus.formats.raised import sign_before
from corpus.formats.zipped import attribute, local_name

__all__ = ["paragraphs", "seen", "table"]

# How lists are numbered: the names of their styles begin and end with these.
COUNTED = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
AROUND = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
MOST_NUMBER = 32_767
MOST_COLUMNS = 1_000


def seen(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the children; of alternatives for older programs, what the newest is given."""
    for child in parent:
        if local_name(child) != "AlternateContent":
            yield child
            continue
        choices = (child.find("{*}Choice"), child.find("{*}Fallback"))
        chosen = next((choice for choice in choices if choice is not None and len(choice)), None)
        if chosen is not None:
            yield from seen(chosen)


@dataclass(slots=True)
class _Counters:
    """Counts the numbered paragraphs of one body of text, at each level of indentation."""

    counts: dict[int, tuple[str, int]] = field(default_factory=dict)

    def number(self, properties: etree._Element | None) -> str:
        """Return the number before a paragraph, or ``""``."""
        level = _integer(attribute(properties, "lvl"), 0)
        self.counts = {at: count for at, count in self.counts.items() if at <= level}
        style = None if properties is None else properties.find("{*}buAutoNum")
        if style is None:
            self.counts.pop(level, None)
            return ""
        kind = attribute(style, "type")
        before, count = self.counts.get(level, ("", 0))
        start = _integer(attribute(style, "startAt"), 1)
        count = count + 1 if before == kind else start
        self.counts[level] = (kind, count)
        counted = next((name for begin, name in COUNTED.items() if kind.startswith(begin)), "")
        shape = next((shape for end, shape in AROUND.items() if kind.endswith(end)), "{}.")
        return shape.format(numeral(count, counted or "decimal")) + " "


def _integer(text: str, default: int) -> int:
    plausible = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_NUMBER))
    return min(int(text), MOST_NUMBER) if plausible else default


def paragraphs(body: etree._Element | None, in_cell: bool = False) -> Iterator[str]:
    """Yield the paragraphs of a shape or a cell, without those that are empty."""
    counters = _Counters()
    for paragraph in () if body is None else body.iterfind("{*}p"):
        text = _paragraph(paragraph, in_cell)
        if text and not text.isspace():
            yield counters.number(paragraph.find("{*}pPr")) + text.strip()


def _paragraph(paragraph: etree._Element, in_cell: bool) -> str:
    text = ""
    for run in seen(paragraph):
        if local_name(run) == "br":
            text += "\n"
            continue
        words = "".join(run.itertext("{*}t"))
        baseline = attribute(run.find("{*}rPr"), "baseline").rstrip("%")
        if words and baseline.strip("-0"):
            text += sign_before(text[-16:], words, baseline.startswith("-"), False, in_cell)
        text += words
    return text


def table(element: etree._Element) -> Grid:
    """Return a table, its first row and column as heads if they are drawn so."""
    properties = element.find("{*}tblPr")
    first_row = attribute(properties, "firstRow") in {"1", "true"}
    first_column = attribute(properties, "firstCol") in {"1", "true"}
    rows = []
    for number, row in enumerate(element.iterfind("{*}tr")):
        cells = []
        for column, cell in enumerate(row.iterfind("{*}tc")):
            if attribute(cell, "hMerge") in {"1", "true"} or attribute(cell, "vMerge") in {
                "1",
                "true",
            }:
                continue
            lines = tuple(
                TextLine(text) for text in paragraphs(cell.find("{*}txBody"), in_cell=True)
            )
            columns, height = (
                min(max(_integer(attribute(cell, name), 1), 1), MOST_COLUMNS)
                for name in ("gridSpan", "rowSpan")
            )
            is_head = (first_row and not number) or (first_column and not column)
            cells.append(CellBlocks(column, lines, columns, height, is_head))
        rows.append(tuple(cells))
    return Grid(tuple(rows))
