"""What Word's styles say of paragraphs and runs: headings, captions, numbers, raised text."""

from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from corpus.formats.office.blocks import TITLE
from corpus.formats.office.style_names import heading_level, is_caption_name, is_title_name
from corpus.formats.zipped import attribute

__all__ = [
    "Listed",
    "Style",
    "WordStyles",
    "is_on",
    "read_listed",
    "read_outline",
    "read_styles",
    "value_at",
]

DIGITS = frozenset("0123456789")
OFF = frozenset({"0", "false", "off"})
LONGEST_CHAIN = 20


class Listed(NamedTuple):
    """The list that a paragraph is of, ``""`` where that is not said, and its level, from 0."""

    identity: str = ""
    level: int | None = None


NO_LIST = Listed()


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says itself, or inherits.

    Args:
        level: of headings, from 1; `TITLE` for a document's title; None for other text.
        listed: the list that its paragraphs are of.
        list_owner: the style of the chain that names the list.
        is_caption: whether its paragraphs name tables and figures.
        position: of its runs, as Word names it: ``superscript``, ``subscript`` or another.
        is_hidden: whether its runs are not seen.
    """

    level: int | None = None
    listed: Listed = NO_LIST
    list_owner: str = ""
    is_caption: bool = False
    position: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class WordStyles:
    """The styles of a document.

    Args:
        styles: by their identities.
        default: the style of paragraphs that name none.
        lists: for each numbering style, the list that it refers to.
        language: of the text, or ``""``.
    """

    styles: dict[str, Style]
    default: str
    lists: dict[str, str]
    language: str

    def of(self, identity: str) -> Style:
        """Return a style; of one that is not defined, what its name says."""
        return self.styles.get(identity) or Style(heading_level(identity))


def read_styles(root: etree._Element) -> WordStyles:
    """Return what the styles part says; an empty one says nothing."""
    elements = {attribute(e, "styleId"): e for e in root.iterfind("{*}style")}
    chains = {identity: _chain(elements, identity) for identity in elements}
    default = next((i for i, e in elements.items() if _is_default(e)), "")
    languages = [value_at(elements[i], "{*}rPr/{*}lang") for i in chains.get(default, ())]
    languages.append(value_at(root, "{*}docDefaults/{*}rPrDefault/{*}rPr/{*}lang"))
    return WordStyles(
        {i: _read_style([(name, elements[name]) for name in c]) for i, c in chains.items()},
        default,
        {
            identity: read_listed(element).identity
            for identity, element in elements.items()
            if attribute(element, "type") == "numbering"
        },
        next(filter(None, languages), ""),
    )


def _chain(elements: dict[str, etree._Element], identity: str) -> list[str]:
    """Return a style and those that it is based on, up to where Word stops, too."""
    chain: list[str] = []
    while identity in elements and identity not in chain and len(chain) < LONGEST_CHAIN:
        chain.append(identity)
        identity = value_at(elements[identity], "{*}basedOn")
    return chain


def _read_style(chain: list[tuple[str, etree._Element]]) -> Style:
    own = [element for _, element in chain]
    levels = (level for element in own if (level := _own_level(element)) is not None)
    lists = [(name, read_listed(element)) for name, element in chain]
    owner, listed = next((pair for pair in lists if pair[1].identity), ("", NO_LIST))
    deeper = next((one.level for _, one in lists if one.level is not None), None)
    positions = (value_at(element, "{*}rPr/{*}vertAlign") for element in own)
    names = (value_at(element, "{*}name") for element in own)
    marks = (element.find("{*}rPr/{*}vanish") for element in own)
    return Style(
        next(levels, None),
        listed._replace(level=deeper),
        owner,
        any(map(is_caption_name, names)),
        next(filter(None, positions), ""),
        is_on(next((mark for mark in marks if mark is not None), None)),
    )


def _is_default(style: etree._Element) -> bool:
    default = attribute(style, "default")
    return attribute(style, "type") == "paragraph" and bool(default) and default not in OFF


def _own_level(style: etree._Element) -> int | None:
    """Return the level that a style itself sets."""
    name = value_at(style, "{*}name")
    if is_title_name(name):
        return TITLE
    return heading_level(name) or read_outline(style)


def read_outline(owner: etree._Element) -> int | None:
    """Return the outline level of a paragraph or style, from 1, or None; 10 is that of text."""
    outline = value_at(owner, "{*}pPr/{*}outlineLvl")
    return int(outline) + 1 if outline in DIGITS else None


def read_listed(owner: etree._Element) -> Listed:
    """Return the list that a paragraph or a style names."""
    numbered = owner.find("{*}pPr/{*}numPr")
    if numbered is None:
        return NO_LIST
    level = value_at(numbered, "{*}ilvl")
    return Listed(value_at(numbered, "{*}numId"), int(level) if level in DIGITS else None)


def value_at(element: etree._Element, path: str) -> str:
    """Return the value of the element at a path, or ``""``."""
    return attribute(element.find(path), "val")


def is_on(element: etree._Element | None) -> bool:
    """Return whether a switch is there, and not turned off."""
    return element is not None and attribute(element, "val") not in OFF
