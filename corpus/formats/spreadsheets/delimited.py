"""Values separated by commas, tabs or the like: the file itself."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from corpus.formats.decoding import decode
from corpus.formats.spreadsheets.sheet_blocks import SheetCell, blocks_of, tables_in
from corpus.formats.spreadsheets.sheets import check_count
from corpus.types import Parsed, Span

__all__ = ["parse_csv", "parse_tsv"]

# In this order where several separate rows of the same length: numbers and sentences have commas.
DELIMITERS = "\t;|,"
# Spreadsheets write and read this first line.
DECLARED = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
SAMPLE_ROWS = 100
SAMPLE_CHARACTERS = 1 << 16

Row = list[Span]


def parse_csv(data: bytes) -> Parsed:
    """Return the file's text as it is, and as a table; what separates its values is found out.

    Raises:
        LoadError: the bytes are no text, or absurdly many values.
    """
    text = decode(data)
    declared = DECLARED.match(text)
    start = declared.end() if declared else 0
    return _parsed(text, start, declared[1] if declared else _delimiter(text))


def parse_tsv(data: bytes) -> Parsed:
    """Return the file's text as it is, and as a table of values that are separated by tabs.

    Raises:
        LoadError: the bytes are no text, or absurdly many values.
    """
    return _parsed(decode(data), 0, "\t")


def _parsed(text: str, start: int, delimiter: str) -> Parsed:
    cells: list[SheetCell] = []
    spans: dict[tuple[int, int], Span] = {}
    for number, row in enumerate(_rows(text, start, delimiter), start=1):
        for column, span in enumerate(row, start=1):
            if span.start < span.end:
                cells.append(SheetCell(number, column, text[span.start : span.end]))
                spans[number, column] = span
        check_count(len(cells))
    return Parsed(text, tables=tuple(tables_in(blocks_of(cells), text, spans)))


def _delimiter(text: str) -> str:
    """Return what separates the values: the one that gives the most rows of the same length."""
    sample = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> float:
    """Return the share of the rows that have as many values as most, if these are several."""
    lengths = Counter(map(len, islice(_rows(sample, 0, delimiter), SAMPLE_ROWS)))
    del lengths[0]  # blank lines
    several = (count for length, count in lengths.items() if length > 1)
    return max(several, default=0) / max(lengths.total(), 1)


def _rows(text: str, start: int, delimiter: str) -> Iterator[Row]:
    """Yield the values of each row, without their quotation marks and outer white space.

    A value in quotation marks may hold what separates values, line ends, and marks written twice.
    """
    end = re.escape(delimiter) + r"\r\n"
    value = re.compile(rf'[ ]*"((?:[^"]++|"")*+)"[ ]*(?![^{end}])|([^{end}]*)')
    row: Row = []
    at = start
    while at <= len(text):
        found = value.match(text, at)
        assert found is not None  # noqa: S101 - the second branch matches nothing, too
        row.append(_stripped(text, Span(*found.span(found.lastindex or 2))))
        at = found.end()
        if text.startswith(delimiter, at):
            at += len(delimiter)
            continue
        yield row if len(row) > 1 or row[0].start < row[0].end else []
        row = []
        at += 2 if text.startswith("\r\n", at) else 1


def _stripped(text: str, span: Span) -> Span:
    """Return ``span`` without white space at its ends."""
    value = text[span.start : span.end]
    start = span.start + len(value) - len(value.lstrip())
    return Span(start, max(start, span.start + len(value.rstrip())))
