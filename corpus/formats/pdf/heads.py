"""The heads of a table's columns: which part of a line stands above which of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.formats.pdf.values import (
    HEAD_GAP,
    PERIOD,
    UNITS,
    YEAR,
    Column,
    ValueLine,
    is_year_line,
    plain,
)
from corpus.formats.pdf.words import Rule, Word, chunks, middle_of, spans_of, text_of
from corpus.types import Span

__all__ = ["HeadLine", "Placed", "head_line", "place"]

# A currency's sign without its number, which stands a line lower.
SIGN = re.compile(r"[$€£¥]+")
# In sizes of type: how far left of the values a head may begin, and its middle may be.
OVERHANG = 4.0
INDENT = 0.4
# The share of a head that stands above a column if it is that column's alone.
MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line of heads: its parts beside the columns, and those above them, maybe years."""

    beside: tuple[list[Word], ...]
    above: tuple[list[Word], ...]
    years: bool = False

    @property
    def dates(self) -> list[list[Word]]:
        """The parts beside years that belong to them, such as ``December 31,``."""
        return [part for part in self.beside if self.years and PERIOD.search(text_of(part))]


def head_line(
    line: ValueLine, columns: Sequence[Column], rules: Sequence[Rule], left: float
) -> HeadLine:
    """Return the parts of a line beside the columns and those above them, if it has heads.

    Args:
        line: above the values.
        columns: with the heads below the line in them.
        rules: drawn near the heads, but for those below the heads of the rows too.
        left: where the heads of the rows begin.
    """
    row, years = line.row, is_year_line(line)
    parts = _single_years(chunks(plain(row.words, row), HEAD_GAP))
    reach = columns[-1].right + row.size
    parts = [p for p in parts if p[0].left < reach and not SIGN.fullmatch(text_of(p))]
    above = [
        part
        for part in parts
        if _is_above(part, columns, rules) or (years and YEAR.fullmatch(part[0].text))
    ]
    title = above and not years and not _is_near(above[0], columns, rules)
    title = title or (len(parts) == 1 and _is_title(parts[0], columns, left))
    unit = len(above) == 1 and UNITS.search(text_of(above[0]))
    if not above or title or unit:
        return HeadLine(tuple(parts), ())
    return HeadLine(tuple(parts[: len(parts) - len(above)]), tuple(above), years)


def _is_above(part: Sequence[Word], columns: Sequence[Column], rules: Sequence[Rule]) -> bool:
    """Return whether a part of a line stands above the first column or to the right of it."""
    first = columns[0]
    inside = middle_of(part) >= first.left - INDENT * part[0].size
    reaches = part[-1].right > first.left or _heads_first(part, columns, rules)
    return inside or (reaches and _is_near(part, columns, rules))


def _is_near(part: Sequence[Word], columns: Sequence[Column], rules: Sequence[Rule]) -> bool:
    """Return whether a part begins no further left of the first column than a head of it may."""
    size, first = part[0].size, columns[0]
    ends = abs(part[-1].right - first.right) < size / 2
    centred = abs(middle_of(part) - (first.left + first.right) / 2) < size / 2
    near = part[0].left >= first.left - OVERHANG * size
    return ends or centred or near or _heads_first(part, columns, rules)


def _is_title(part: Sequence[Word], columns: Sequence[Column], left: float) -> bool:
    """Return whether the only part of a line is centred on the table, not on its columns."""
    middle, right = middle_of(part), columns[-1].right
    slack = part[0].size
    beside = abs(middle - (columns[0].left + right) / 2) > slack
    return beside and abs(middle - (left + right) / 2) < slack and not _inside(part, columns)


def _heads_first(part: Sequence[Word], columns: Sequence[Column], rules: Sequence[Rule]) -> bool:
    """Return whether a rule below a part is that of the first column alone."""
    first, size = columns[0], part[0].size
    limit = columns[1].left if len(columns) > 1 else first.right + 2 * size
    return any(first.right - size < rule.right <= limit for rule in _rules_below(part, rules))


def _single_years(parts: Iterable[list[Word]]) -> list[list[Word]]:
    """Return parts of a line; years that stand close beside each other are parts of their own."""
    found: list[list[Word]] = []
    for part in parts:
        alone = len(part) > 1 and all(YEAR.fullmatch(word.text) for word in part)
        found.extend([[word] for word in part] if alone else [part])
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of heads, column by column, and the columns with what stands in them."""

    heads: list[tuple[Span, ...]]
    columns: list[Column]


def place(line: HeadLine, columns: Sequence[Column], rules: Sequence[Rule]) -> Placed:
    """Return which part of a line stands above which columns.

    Args:
        line: of heads.
        columns: with the heads below the line in them.
        rules: drawn near the heads, but for those below the heads of the rows too.
    """
    heads = [spans_of(w for part in line.dates for w in part) for _ in columns]
    wider = list(columns)
    for part, group in zip(line.above, _groups(line.above, columns, rules), strict=True):
        for j in group:
            heads[j] = (*heads[j], *spans_of(part))
        if len(group) == 1:
            wider[group[0]] = _wider(columns, group[0], part)
    return Placed(heads, wider)


def _groups(
    parts: Sequence[list[Word]], columns: Sequence[Column], rules: Sequence[Rule]
) -> list[range]:
    """Return the columns below each head."""
    if len(parts) == len(columns):
        return [range(j, j + 1) for j in range(len(columns))]
    groups: list[range] = []
    touched = [_touched(part, columns) for part in parts]
    even = _even(parts, columns)
    alone = len(parts) == 1
    dated = all(YEAR.search(text_of(part)) or PERIOD.search(text_of(part)) for part in parts)
    low = 0
    for n, part in enumerate(parts):
        high = next((t[0] for t in touched[n + 1 :] if t[0] >= low), len(columns)) - 1
        free = range(low, max(low, high) + 1)
        groups.append(
            _underlined(part, columns, rules, free)
            or (_years(touched[n][0], columns) if alone and dated else None)
            or (even[n] if even and dated else None)
            or _inside(part, columns)
            or (even[n] if even else None)
            or _group(part, touched[n], columns, free)
        )
        low = min(groups[-1][-1] + 1, len(columns) - 1)
    return groups


def _inside(part: Sequence[Word], columns: Sequence[Column]) -> range | None:
    """Return the one column that nearly all of a head stands above, if there is one."""
    left, right = part[0].left, part[-1].right
    for j, column in enumerate(columns):
        if min(right, column.right) - max(left, column.left) > MOSTLY * (right - left):
            return range(j, j + 1)
    return None


def _years(j: int, columns: Sequence[Column]) -> range | None:
    """Return the columns around one whose heads are years, if there are several."""
    first = last = j
    while first > 0 and columns[first - 1].year:
        first -= 1
    while last + 1 < len(columns) and columns[last + 1].year:
        last += 1
    return range(first, last + 1) if columns[j].year and first < last else None


def _wider(columns: Sequence[Column], j: int, part: Sequence[Word]) -> Column:
    """Return a column with its head, as far as it does not reach into its neighbours."""
    left, right = part[0].left, part[-1].right
    if j > 0:
        left = max(left, columns[j - 1].right)
    if j + 1 < len(columns):
        right = min(right, columns[j + 1].left)
    column = columns[j]
    year = column.year or bool(YEAR.fullmatch(text_of(part)))
    return Column(min(left, column.left), max(right, column.right), year)


def _underlined(
    part: Sequence[Word], columns: Sequence[Column], rules: Sequence[Rule], free: range
) -> range | None:
    """Return the columns above which a rule is drawn below a head, if one is and they are free."""
    for rule in _rules_below(part, rules):
        inside = [
            j for j, c in enumerate(columns) if rule.left < (c.left + c.right) / 2 < rule.right
        ]
        if inside and inside[0] in free and inside[-1] in free:
            return range(inside[0], inside[-1] + 1)
    return None


def _rules_below(part: Sequence[Word], rules: Sequence[Rule]) -> Iterator[Rule]:
    """Yield the rules drawn right below a head."""
    base, size, middle = part[0].base, part[0].size, middle_of(part)
    for rule in rules:
        near = -0.1 * size < rule.down - base < 1.2 * size
        if near and rule.left < middle < rule.right:
            yield rule


def _even(parts: Sequence[Sequence[Word]], columns: Sequence[Column]) -> list[range] | None:
    """Return the columns below each head, if heads stand in the middle of equal shares of them."""
    if len(parts) < 2 or len(columns) % len(parts) or len(parts) == len(columns):
        return None
    share = len(columns) // len(parts)
    groups = [range(n * share, (n + 1) * share) for n in range(len(parts))]
    for part, group in zip(parts, groups, strict=True):
        middle = (columns[group[0]].left + columns[group[-1]].right) / 2
        if abs(middle - middle_of(part)) > 0.6 * part[0].size:
            return None
    return groups


def _touched(part: Sequence[Word], columns: Sequence[Column]) -> list[int]:
    """Return the columns that a head clearly overlaps, or the nearest one."""
    left, right = part[0].left, part[-1].right
    overlapped = [
        j
        for j, column in enumerate(columns)
        if min(right, column.right) - max(left, column.left)
        > 0.25 * min(right - left, column.right - column.left)
    ]
    if overlapped:
        return overlapped
    gaps = [max(column.left - right, left - column.right, 0) for column in columns]
    return [gaps.index(min(gaps))]


def _group(
    part: Sequence[Word], touched: Sequence[int], columns: Sequence[Column], free: range
) -> range:
    """Return the columns that a head stands above: those around whose middle it is centred."""
    first, last = touched[0], touched[-1]
    left, right, size = part[0].left, part[-1].right, part[0].size
    groups = [
        range(i, j + 1)
        for i in range(min(free[0], first), first + 1)
        for j in range(last, max(free[-1], last) + 1)
    ]

    def off(group: range) -> int:
        one, other = columns[group[0]], columns[group[-1]]
        gaps = [abs((one.left + other.right - left - right) / 2)]
        if len(group) == 1:
            gaps += [abs(one.right - right), abs(one.left - left)]
        return round(min(gaps) / size)

    return min(groups, key=lambda group: (off(group), len(group)))
