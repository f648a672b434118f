"""The values on a page: numbers that stand apart from words, and the columns that they form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.formats.pdf.words import NUMBER, SMALL, Row, Word, chunks, spans_of, text_of
from corpus.types import Span

__all__ = [
    "HEAD_GAP",
    "PERIOD",
    "UNITS",
    "YEAR",
    "Column",
    "Value",
    "ValueLine",
    "cells_of",
    "columns_of",
    "is_year_line",
    "plain",
    "value_line",
]

OPEN = re.compile(r"[($€£¥]+|(?:US|C|A)\$")
CLOSE = re.compile(r"[)%]+")
NOTHING = re.compile(r"[$€£¥]?(?:[-–—−]{1,3}|[Nn]/?[AaMm]|[Nn]il|\*+)%?")
MARK = re.compile(r"\(?[a-z\d]{1,2}\)|[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+")
YEAR = re.compile(r"(?:19|20)\d\d")
PERIOD = re.compile(
    r"\b(?:years?|quarters?|months?|weeks?|days?|periods?|fiscal|as (?:of|at)|ended|ending"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
COUNTED = (
    r"(?:\b(?:hundreds|thousands|millions|billions|dollars|euros?|pounds|percent(?:ages?)?)"
    r"|(?<![\d,.])000)\b"
)
UNITS = re.compile(
    rf"\([^()]{{0,80}}{COUNTED}[^()]{{0,80}}(?:\)|$)"
    rf"|^(?:\w+\s+){{0,3}}in\s+(?:\S+\s+){{0,3}}?{COUNTED}.*",
    re.IGNORECASE | re.DOTALL,
)
# In sizes of type: the least gap between a value and a word, between two values, between words of
# two columns; and how far left of a column its values may begin.
WORD_GAP = 0.9
NUMBER_GAP = 0.45
HEAD_GAP = 0.6
INDENT = 0.4
# Of the head of a row beside which there are columns of words.
FEWEST_LETTERS = 3
# Marks of footnotes: how far raised, in sizes of type, and how long.
RAISED = 0.1
LONGEST_MARK = 3


@dataclass(frozen=True, slots=True)
class Value:
    """A number, or a sign for none, with the signs and marks around it.

    Args:
        words: all that belongs to it, its currency sign and the marks of footnotes too.
        span: of the number with its sign, brackets and per cent sign, in the text of the page.
        text: the number alone.
        left: where the first of its words begins.
        right: where the number ends.
        apart: whether it has gaps on both sides, as no number in prose has.
    """

    words: tuple[Word, ...]
    span: Span
    text: str
    left: float
    right: float
    apart: bool


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A row of words with the values among them."""

    row: Row
    values: tuple[Value, ...]

    @property
    def has_values(self) -> bool:
        """Whether a value stands apart from the words beside it."""
        return any(value.apart for value in self.values)


@dataclass(frozen=True, slots=True)
class Column:
    """Where the values of a column stand, and whether a year is their head."""

    left: float
    right: float
    year: bool = False


def value_line(row: Row) -> ValueLine:
    """Return a row with the values among its words."""
    values: list[Value] = []
    at = 0
    while at < len(row.words):
        value = _value(row.words, at)
        if value:
            values.append(value)
        at += len(value.words) if value else 1
    return ValueLine(row, tuple(values))


def _value(words: Sequence[Word], first: int) -> Value | None:
    """Return the value that begins at a word, with the signs and marks around it."""
    at = first
    while at < len(words) - 1 and at < first + 2 and OPEN.fullmatch(words[at].text):
        at += 1
    core = words[at]
    number = NUMBER.fullmatch(core.text)
    if not number and not NOTHING.fullmatch(core.text):
        return None
    end = at + 1
    while end < len(words) and CLOSE.fullmatch(words[end].text) and _near(words, end):
        end += 1
    after = end
    while after < len(words) and _is_mark(words[after], core) and _gap(words, after) < NUMBER_GAP:
        after += 1
    length = len(number["value"]) if number else len(core.text)
    opening = [
        word for word in words[first:at] if "(" in word.text and word.number >= core.number - 2
    ]
    start = opening[0].span.start if opening else core.span.start
    stop = words[end - 1].span.end if end > at + 1 else core.span.start + length
    return Value(
        tuple(words[first:after]),
        Span(start, stop) if start < stop else core.span,
        core.text[:length],
        words[first].left,
        core.right,
        _is_apart(words, first, after),
    )


def _near(words: Sequence[Word], at: int) -> bool:
    """Return whether a word follows the one before it in the text and on the page."""
    return words[at].number == words[at - 1].number + 1 and _gap(words, at) < WORD_GAP


def _is_mark(word: Word, value: Word) -> bool:
    """Return whether a word right after a value is a mark of a footnote."""
    small = word.size < SMALL * value.size and len(word.text) <= LONGEST_MARK
    return small or bool(MARK.fullmatch(word.text))


def _is_apart(words: Sequence[Word], first: int, after: int) -> bool:
    """Return whether a value has gaps on both sides and no text after it at a line's start."""
    least = WORD_GAP
    if first and not MARK.fullmatch(words[first].text):
        signed = OPEN.fullmatch(words[first].text)
        least = NUMBER_GAP if signed else _least_gap(words[first - 1])
    if first and _gap(words, first) < least:
        return False
    if after == len(words):
        return True
    follower = words[after]
    text = first == 0 and any(map(str.isalpha, follower.text))
    return not text and _gap(words, after) >= _least_gap(follower)


def _gap(words: Sequence[Word], at: int) -> float:
    """Return the gap before a word, in sizes of type."""
    return (words[at].left - words[at - 1].right) / words[at].size


def _least_gap(word: Word) -> float:
    """Return how far a value must be from a word: another value may be near."""
    alike = (NUMBER, NOTHING, OPEN, CLOSE)
    return NUMBER_GAP if any(kind.fullmatch(word.text) for kind in alike) else WORD_GAP


def is_year_line(line: ValueLine) -> bool:
    """Return whether the numbers of a line are years that stand above columns."""
    values = line.values
    if not line.has_values or not all(YEAR.fullmatch(value.text) for value in values):
        return False
    before = text_of(word for word in line.row.words if word.right <= values[0].left)
    years = [int(value.text) for value in values]
    steps = {abs(a - b) for a, b in pairwise(years)}
    return not before or steps == {1} or bool(PERIOD.search(before) or UNITS.search(before))


def columns_of(lines: Sequence[ValueLine]) -> list[Column]:
    """Return the columns in which the values of some lines stand, from the left."""
    placed = sorted(
        (
            (value.right, value.left, n)
            for n, line in enumerate(lines)
            for value in line.values
            if value.apart
        )
    )
    clusters: list[list[tuple[float, float, int]]] = []
    size = median(line.row.size for line in lines)
    for value in placed:
        if clusters and value[0] - clusters[-1][-1][0] <= 0.5 * size:
            clusters[-1].append(value)
        else:
            clusters.append([value])
    merged: list[list[tuple[float, float, int]]] = []
    for cluster in clusters:
        if merged and _is_one_column(merged[-1], cluster):
            merged[-1].extend(cluster)
        else:
            merged.append(cluster)
    while merged and len(lines) > 3 and len({n for *_, n in merged[0]}) < 2:
        del merged[0]
    columns = [Column(min(left for _, left, _ in c), max(c)[0]) for c in merged]
    if _is_head_column(columns, lines):
        del columns[0]
    return [*_text_columns(columns, lines), *columns]


def _text_columns(columns: Sequence[Column], lines: Sequence[ValueLine]) -> list[Column]:
    """Return the columns of words between the heads of rows and the first column of values."""
    firsts: list[float] = []
    others: list[tuple[float, float, int]] = []
    for n, line in enumerate(lines):
        end = min([value.left for value in line.values if value.apart], default=0.0)
        head, *rest = chunks([w for w in line.row.words if w.right <= end], WORD_GAP) or [[]]
        if sum(map(str.isalpha, text_of(head))) >= FEWEST_LETTERS:
            firsts.append(head[-1].right)
            others.extend((part[0].left, part[-1].right, n) for part in rest)
    clusters: list[list[tuple[float, float, int]]] = []
    for other in sorted(others):
        if clusters and other[0] < max(right for _, right, _ in clusters[-1]):
            clusters[-1].append(other)
        else:
            clusters.append([other])
    found = [
        Column(cluster[0][0], max(right for _, right, _ in cluster))
        for cluster in clusters
        if len({n for *_, n in cluster}) >= max(2, len(lines) / 2)
    ]
    limit = max(firsts, default=0.0)
    return [c for c in found if limit < c.left and columns and c.right < columns[0].right]


def _is_one_column(
    one: Sequence[tuple[float, float, int]], other: Sequence[tuple[float, float, int]]
) -> bool:
    """Return whether values overlap from left to right and never share a line."""
    if {n for *_, n in one} & {n for *_, n in other}:
        return False
    left = median(left for _, left, _ in other)
    right = median(right for right, _, _ in one)
    narrower = min(right - median(x for _, x, _ in one), median(x for x, _, _ in other) - left)
    return right - left > 0.3 * narrower


def _is_head_column(columns: Sequence[Column], lines: Sequence[ValueLine]) -> bool:
    """Return whether the first column holds years, dates or numbers that head the rows."""
    if len(columns) < 2:
        return False
    first = columns[0]
    inside = [
        line.values[0] for line in lines if line.values and line.values[0].right <= first.right
    ]
    if any(line.row.words[0].right < first.left for line in lines):
        return False
    text_too = any(
        line.row.words[0].left <= first.right and any(map(str.isalpha, line.row.words[0].text))
        for line in lines
    )
    return text_too or all(YEAR.fullmatch(value.text) for value in inside)


def _column_of(left: float, right: float, columns: Sequence[Column]) -> int | None:
    """Return the column that a value or a head stands in, if it stands in one."""
    shared = [min(right, c.right) - max(left, c.left) for c in columns]
    best = max(range(len(columns)), key=lambda j: (shared[j], -abs(columns[j].right - right)))
    return best if shared[best] > 0 else None


def cells_of(
    line: ValueLine, columns: Sequence[Column]
) -> tuple[tuple[Span, ...] | None, tuple[Word, ...]]:
    """Return the cells of a line, None if it has none, and the words of its head."""
    found: dict[int, Span] = {}
    owner: dict[int, int] = {}
    first, left = columns[-1].right, columns[0].left - INDENT * line.row.size
    for value in sorted(line.values, key=lambda value: not value.apart):
        j = _column_of(value.left, value.right, columns)
        if j is None or j in found or not _belongs(value, columns[j], line.row.size):
            continue
        found[j] = value.span
        owner.update((word.number, j) for word in value.words)
        first = min(first, value.left)
    if not found:
        head, *rest = chunks(line.row.words, WORD_GAP)
        return None, tuple(
            w for part in (head, *rest) if part is head or part[0].left < left for w in part
        )
    _extend(found, owner, line.row.words)
    stub: list[Word] = []
    for chunk in chunks([w for w in line.row.words if w.number not in owner], WORD_GAP):
        j = _column_of(chunk[0].left, chunk[-1].right, columns)
        if chunk[0].left > left and j is not None and j not in found:
            found[j] = spans_of(chunk)[0]
        elif chunk[0].left < first:
            stub.extend(chunk)
    start = min(span.start for span in found.values())
    cells = tuple(found.get(j, Span(start, start)) for j in range(len(columns)))
    return cells, tuple(plain(stub, line.row))


def _belongs(value: Value, column: Column, size: float) -> bool:
    """Return whether a value is one of a column: a number beside words only if it is aligned."""
    return value.apart or abs(value.right - column.right) < size


def _extend(found: dict[int, Span], owner: dict[int, int], words: Sequence[Word]) -> None:
    """Add to cells the words that go on right after their numbers: ``3 to 40 years``."""
    for before, word in pairwise(words):
        j = owner.get(before.number)
        near = word.left - before.right < HEAD_GAP * word.size
        if j is None or word.number in owner or word.number != before.number + 1 or not near:
            continue
        if found[j].end == before.span.end:
            found[j] = Span(found[j].start, word.span.end)
            owner[word.number] = j


def plain(words: Sequence[Word], row: Row) -> list[Word]:
    """Return words of a row without the raised marks of footnotes."""
    return [w for w in words if w.size > SMALL * row.size or row.base - w.base < RAISED * row.size]
