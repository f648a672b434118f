"""The numbers that word processors write before paragraphs, counted as they count them."""

import re
from dataclasses import dataclass, field

from corpus.formats.numerals import numeral

__all__ = ["LEVELS", "NO_LEVEL", "Level", "NumberedList", "Numbering", "numbered"]

LEVELS = 9
LONGEST_PATTERN = 100  # of the text of a number; it is written before every item
# In a number that says more than how many there are: ``Chapter 3``.
WORD = re.compile(r"(?![ivxlcdm]+\b)[^\W\d_]{3,}", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts.

    Args:
        start: its first number.
        style: of its numbers, as `numeral` names it; ``none`` and ``bullet`` show no numbers.
        text: ``%1.%2`` for the numbers of the first two levels with a dot between.
        restart: items of levels below this one (from 0) let it start again.
        joint: what stands between the number and the paragraph.
        legal: whether all numbers stand in digits.
        paragraphs: the style whose paragraphs are of this level.
    """

    start: int
    style: str
    text: str
    restart: int = LEVELS
    joint: str = " "
    legal: bool = False
    paragraphs: str = ""


NO_LEVEL = Level(1, "none", "")


@dataclass(frozen=True, slots=True)
class NumberedList:
    """A list that paragraphs refer to: its levels, and those that begin anew with its first use.

    It has `LEVELS` levels, or none. Lists of the same ``definition`` go on counting where the one
    before has ended.
    """

    definition: str
    levels: tuple[Level, ...]
    restarts: frozenset[int] = frozenset()


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of a text, in their order."""

    lists: dict[str, NumberedList]
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of(self, identity: str, style: str) -> int | None:
        """Return the level (from 0) of a list that is that of a paragraph style, if one is."""
        levels = self.lists[identity].levels if identity in self.lists else ()
        return next((at for at, level in enumerate(levels) if style == level.paragraphs), None)

    def count(self, identity: str, at: int, start: int | None = None) -> str:
        """Count one more paragraph, and return what stands before its text.

        Args:
            identity: of the list.
            at: the level of the paragraph, from 0.
            start: its number, where it has one of its own.
        """
        one = self.lists.get(identity)
        if one is None or not 0 <= at < len(one.levels):
            return ""
        counts = self._counts.setdefault(one.definition, [None] * LEVELS)
        level, last = one.levels[at], counts[at]
        if at in one.restarts and (identity, at) not in self._begun:
            last = None
        self._begun.add((identity, at))
        following = level.start if last is None else last + 1
        counts[at] = following if start is None else start
        # A level that was left out counts as begun.
        counts[:at] = [one.levels[k].start if counts[k] is None else counts[k] for k in range(at)]
        for below in range(at + 1, LEVELS):
            if at < one.levels[below].restart:
                counts[below] = None
        return _written(one, at, counts)


def _written(one: NumberedList, at: int, counts: list[int | None]) -> str:
    level = one.levels[at]
    if level.style == "bullet":
        return ""

    def number(found: re.Match[str]) -> str:
        k = int(found[1]) - 1
        style = one.levels[k].style
        if k > at or style in {"none", "bullet"}:
            return ""
        return numeral(counts[k] or 0, "decimal" if level.legal else style)

    text = PLACEHOLDER.sub(number, level.text[:LONGEST_PATTERN]).strip()
    return text + level.joint if text else ""


def numbered(number: str, text: str) -> str:
    """Return a paragraph with its number; one without text is not seen but for ``Chapter 3``."""
    visible = text.lstrip() if number else text
    return number + visible if visible.strip() or WORD.search(number) else ""
