"""What OpenDocument's styles say: titles, captions, hidden and raised text, numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from corpus.formats.office.numbering import LEVELS, NO_LEVEL, Level
from corpus.formats.office.runs import Position
from corpus.formats.office.style_names import heading_level, is_caption_name, is_title_name
from corpus.formats.zipped import attribute, local_name, whole_number

__all__ = ["OUTLINE", "OdfStyles", "read_styles"]

OUTLINE = "outline"  # the list that headings are of
# Names of these are based on the style Caption, too.
FIGURES = frozenset({"Drawing", "Figure", "Illustration", "Text"})
LONGEST_CHAIN = 20
NUMERALS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
PLACE = re.compile(r"%(\d)%")
NO_LANGUAGE = frozenset({"", "none", "zxx"})


@dataclass(slots=True)
class OdfStyles:
    """The styles of a document, by family and name.

    Args:
        elements: the styles.
        lists: the levels of list styles, and of the outline of headings.
        language: of the text, or ``""``.
    """

    elements: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    lists: dict[str, tuple[Level, ...]] = field(default_factory=dict)
    language: str = ""

    def is_title(self, name: str) -> bool:
        """Return whether paragraphs of a style are the document's title."""
        return any(map(is_title_name, self._names(name)))

    def is_caption(self, name: str) -> bool:
        """Return whether paragraphs of a style name a table."""
        names = set(self._names(name))
        return not names & FIGURES and ("Table" in names or any(map(is_caption_name, names)))

    def level(self, name: str) -> int | None:
        """Return the level of the headings that paragraphs of a style are by its name, or None."""
        return next(filter(None, map(heading_level, self._names(name))), None)

    def is_hidden(self, family: str, name: str) -> bool:
        """Return whether text of a style is not seen."""
        return self._text_property(family, name, "display") == "none"

    def position(self, name: str) -> Position:
        """Return where runs of a style stand."""
        position = self._text_property("text", name, "text-position")
        if position.startswith(("super", "sub")):
            return "super" if position.startswith("super") else "sub"
        shift = position.partition("%")[0]
        if shift.removeprefix("-").isdecimal() and int(shift):
            return "sub" if shift.startswith("-") else "super"
        return ""

    def list_of(self, name: str) -> str:
        """Return the list style that paragraphs of a style have, or ``""``."""
        named = (attribute(s, "list-style-name") for _, s in self._chain("paragraph", name))
        return next(filter(None, named), "")

    def _names(self, name: str) -> list[str]:
        """Return the names of a paragraph style and of those that it is based on."""
        return [style.replace("_20_", " ") for style, _ in self._chain("paragraph", name)]

    def _text_property(self, family: str, name: str, wanted: str) -> str:
        values = (
            attribute(style.find("{*}text-properties"), wanted)
            for _, style in self._chain(family, name)
        )
        return next(filter(None, values), "")

    def _chain(self, family: str, name: str) -> Iterator[tuple[str, etree._Element]]:
        """Yield a style and those that it is based on, with their names."""
        for _ in range(LONGEST_CHAIN):
            style = self.elements.get((family, name))
            if style is None:
                return
            yield name, style
            name = attribute(style, "parent-style-name")


def read_styles(*roots: etree._Element) -> OdfStyles:
    """Return the styles of a document's parts; the later ones come first where names are the same.

    Args:
        roots: of the parts that have styles: those with names, then those of the content.
    """
    styles = OdfStyles()
    for root in roots:
        for group in root:
            if local_name(group) in {"styles", "automatic-styles"}:
                for element in group:
                    _take(element, styles)
    return styles


def _take(element: etree._Element, styles: OdfStyles) -> None:
    kind, family = local_name(element), attribute(element, "family")
    if kind == "style":
        styles.elements[family, attribute(element, "name")] = element
    elif kind == "list-style":
        styles.lists[attribute(element, "name")] = _levels(element)
    elif kind == "outline-style":
        styles.lists[OUTLINE] = _levels(element)
    elif kind == "default-style" and family == "paragraph":
        text = element.find("{*}text-properties")
        language, country = attribute(text, "language"), attribute(text, "country")
        known = [part for part in (language, country) if part not in NO_LANGUAGE]
        styles.language = "-".join(known) if language in known else ""


def _levels(style: etree._Element) -> tuple[Level, ...]:
    levels = dict[int, Level]()
    for element in style:
        at = whole_number(attribute(element, "level"), 1) - 1
        kind = local_name(element)
        if 0 <= at < LEVELS and kind.endswith(("-number", "outline-level-style")):
            levels[at] = _level(element, at)
    return tuple(levels.get(at, NO_LEVEL) for at in range(LEVELS))


def _level(element: etree._Element, at: int) -> Level:
    numerals = NUMERALS.get(attribute(element, "num-format"), "")
    if not numerals:
        return NO_LEVEL
    label = element.find("{*}list-level-properties/{*}list-level-label-alignment")
    return Level(
        whole_number(attribute(element, "start-value"), 1),
        numerals,
        PLACE.sub(r"%\1", attribute(element, "num-list-format")) or _pattern(element, at),
        joint="" if attribute(label, "label-followed-by") == "nothing" else " ",
    )


def _pattern(element: etree._Element, at: int) -> str:
    """Return what numbers look like as programs before 2021 say it."""
    shown = max(1, whole_number(attribute(element, "display-levels"), 1))
    places = ".".join(f"%{k + 1}" for k in range(max(0, at + 1 - shown), at + 1))
    return attribute(element, "num-prefix") + places + attribute(element, "num-suffix")
