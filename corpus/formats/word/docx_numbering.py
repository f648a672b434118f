"""The lists of a Word document, and how each of their levels counts."""

from dataclasses import replace

from lxml import etree

from corpus.formats.office.numbering import (
    LEVELS,
    NO_LEVEL,
    Level,
    NumberedList,
    Numbering,
)
from corpus.formats.word.docx_styles import is_on
from corpus.formats.zipped import attribute, local_name, whole_number

__all__ = ["read_numbering"]


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
        lists[identity] = NumberedList(definition, ordered, restarts)
    return Numbering(lists)


def _overridden(
    number: etree._Element, levels: dict[int, Level]
) -> tuple[dict[int, Level], frozenset[int]]:
    """Return the levels with those of a list's own, and which of them begin anew."""
    own, restarts = dict(levels), set()
    for override in number.iterfind("{*}lvlOverride"):
        at = whole_number(attribute(override, "ilvl"), 0)
        own.update(_read_levels(override))
        start = override.find("{*}startOverride")
        if start is not None and at < LEVELS:
            restarts.add(at)
            own[at] = replace(own.get(at, NO_LEVEL), start=whole_number(attribute(start, "val"), 0))
    return own, frozenset(restarts)


def _read_levels(owner: etree._Element) -> dict[int, Level]:
    levels = {whole_number(attribute(e, "ilvl"), 0): e for e in owner.iterfind("{*}lvl")}
    return {at: _read_level(element, at) for at, element in levels.items() if at < LEVELS}


def _read_level(element: etree._Element, at: int) -> Level:
    values = {local_name(child): attribute(child, "val") for child in element}
    return Level(
        whole_number(values.get("start", ""), 0),
        values.get("numFmt", "decimal"),
        "" if is_on(element.find("{*}rPr/{*}vanish")) else values.get("lvlText", ""),
        whole_number(values.get("lvlRestart", ""), at),
        "" if values.get("suff") == "nothing" else " ",
        is_on(element.find("{*}isLgl")),
        values.get("pStyle", ""),
    )
