"""The numbers that Word writes before paragraphs, counted as Word counts them."""

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from corpus.formats.docx_styles import is_on
from corpus.formats.numerals import numeral
from corpus.formats.zipped import attribute, local_name

__all__ = ["Numbering", "read_numbering"]

LEVELS = 9
PLACEHOLDER = re.compile(r"%([1-9])")
MOST = 1_000_000_000  # what a hostile file may start counting from


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts.

    Args:
        start: its first number.
        style: of its numbers, in Word's words.
        text: ``%1.%2`` for the numbers of the first two levels with a dot between.
        restart: the level (from 1) whose items let it start again, or one above; 0 for never.
        joint: what stands between the number and the paragraph.
        legal: whether all numbers stand in digits.
        paragraphs: the style whose paragraphs are of this level.
    """

    start: int
    style: str
    text: str
    restart: int
    joint: str
    legal: bool
    paragraphs: str


NO_LEVEL = _Level(1, "none", "", LEVELS, "", legal=False, paragraphs="")


@dataclass(frozen=True, slots=True)
class _List:
    """A list that paragraphs refer to: its levels, and those that begin anew with its first use.

    Lists of the same ``definition`` go on counting where the one before has ended.
    """

    definition: str
    levels: tuple[_Level, ...]
    restarts: frozenset[int]


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of a text, in their order."""

    lists: dict[str, _List]
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of(self, identity: str, style: str) -> int | None:
        """Return the level (from 0) of a list that is that of a paragraph style, if one is."""
        levels = self.lists[identity].levels if identity in self.lists else ()
        return next((at for at, level in enumerate(levels) if style == level.paragraphs), None)

    def count(self, identity: str, at: int) -> str:
        """Count one more paragraph, and return what stands before its text.

        Args:
            identity: of the list, ``w:numId``.
            at: the level of the paragraph, from 0.
        """
        if identity not in self.lists or not 0 <= at < LEVELS:
            return ""
        one = self.lists[identity]
        counts = self._counts.setdefault(one.definition, [None] * LEVELS)
        level, last = one.levels[at], counts[at]
        if at in one.restarts and (identity, at) not in self._begun:
            last = None
        self._begun.add((identity, at))
        counts[at] = level.start if last is None else last + 1
        # A level that was left out counts as begun.
        counts[:at] = [one.levels[k].start if counts[k] is None else counts[k] for k in range(at)]
        for below in range(at + 1, LEVELS):
            if at < one.levels[below].restart:
                counts[below] = None
        return _written(one, at, counts)


def _written(one: _List, at: int, counts: list[int | None]) -> str:
    level = one.levels[at]
    if level.style == "bullet":
        return ""

    def number(found: re.Match[str]) -> str:
        k = int(found[1]) - 1
        style = one.levels[k].style
        if k > at or style in {"none", "bullet"}:
            return ""
        return numeral(counts[k] or 0, "decimal" if level.legal else style)

    text = PLACEHOLDER.sub(number, level.text).strip()
    return text + level.joint if text else ""


def read_numbering(root: etree._Element, styles: dict[str, str]) -> Numbering:
    """Return the lists of a document, none of which has begun.

    Args:
        root: of the numbering part.
        styles: for each numbering style, the list that it refers to.
    """
    definitions = {attribute(e, "abstractNumId"): e for e in root.iterfind("{*}abstractNum")}
    levels = {identity: _read_levels(element) for identity, element in definitions.items()}
    numbers = {attribute(e, "numId"): e for e in root.iterfind("{*}num")}
    used = {
        identity: attribute(element.find("{*}abstractNumId"), "val")
        for identity, element in numbers.items()
    }
    lists = {}
    for identity, element in numbers.items():
        definition = used[identity]
        # A definition may leave its levels to a style, whose list has them.
        link = definitions[definition].find("{*}numStyleLink") if definition in levels else None
        definition = used.get(styles.get(attribute(link, "val"), ""), definition)
        own, restarts = _overridden(element, levels.get(definition, {}))
        ordered = tuple(own.get(at, NO_LEVEL) for at in range(LEVELS))
        lists[identity] = _List(definition, ordered, restarts)
    return Numbering(lists)


def _overridden(
    number: etree._Element, levels: dict[int, _Level]
) -> tuple[dict[int, _Level], frozenset[int]]:
    """Return the levels with those of a list's own, and which of them begin anew."""
    own, restarts = dict(levels), set()
    for override in number.iterfind("{*}lvlOverride"):
        at = _integer(attribute(override, "ilvl"), 0)
        own.update(_read_levels(override))
        start = override.find("{*}startOverride")
        if start is not None and at < LEVELS:
            restarts.add(at)
            own[at] = replace(own.get(at, NO_LEVEL), start=_integer(attribute(start, "val"), 0))
    return own, frozenset(restarts)


def _read_levels(owner: etree._Element) -> dict[int, _Level]:
    levels = {_integer(attribute(e, "ilvl"), 0): e for e in owner.iterfind("{*}lvl")}
    return {at: _read_level(element, at) for at, element in levels.items() if at < LEVELS}


def _read_level(element: etree._Element, at: int) -> _Level:
    values = {local_name(child): attribute(child, "val") for child in element}
    return _Level(
        _integer(values.get("start", ""), 0),
        values.get("numFmt", "decimal"),
        "" if is_on(element.find("{*}rPr/{*}vanish")) else values.get("lvlText", ""),
        _integer(values.get("lvlRestart", ""), at),
        "" if values.get("suff") == "nothing" else " ",
        is_on(element.find("{*}isLgl")),
        values.get("pStyle", ""),
    )


def _integer(text: str, default: int) -> int:
    return min(int(text[:12]), MOST) if text.isascii() and text.isdecimal() else default
