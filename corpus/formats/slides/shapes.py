"""What stands on a slide, in the order in which it is read: from the top, then from the left."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from corpus.formats.office.blocks import Block, TextLine
from corpus.formats.office.ooxml import described, drawing_blocks
from corpus.formats.slides.text import paragraphs, seen, table
from corpus.formats.zipped import attribute, local_name, read_part

__all__ = ["Placeholders", "Slide", "placeholders"]

SHAPES = frozenset({"sp", "grpSp", "graphicFrame", "pic", "cxnSp"})
TITLES = frozenset({"title", "ctrTitle"})
# What repeats from slide to slide.
RUNNING = frozenset({"ftr", "hdr", "dt", "sldNum"})
# Lines whose tops differ by less stand beside each other: a fifth of an inch, in EMU.
SAME_LINE = 182_880
LONGEST_TITLE = 80
NOWHERE = (0, 0)

Position = tuple[int, int]  # top and left
Placeholders = Mapping[tuple[str, str], Position]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape, with what of it is text."""

    element: etree._Element
    position: Position
    kind: str | None

    @property
    def is_title(self) -> bool:
        return self.kind in TITLES


def placeholders(part: etree._Element) -> dict[tuple[str, str], Position]:
    """Return where a layout, or the slides' master, puts what a slide fills in.

    Args:
        part: its root.

    Returns:
        By the placeholder's index, and by its kind alone.
    """
    found: dict[tuple[str, str], Position] = {}
    for shape in part.iterfind("{*}cSld/{*}spTree/{*}sp"):
        place, position = _placeholder(shape), _position(shape)
        if place is not None and position is not None:
            kind, index = attribute(place, "type"), attribute(place, "idx")
            for key in ((kind, index), ("", index), (kind, "")):
                if any(key):
                    found.setdefault(key, position)
    return found


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide, its notes or the like.

    Args:
        archive: the file.
        targets: the parts that it refers to.
        usual: where its placeholders stand if it does not say.
        drawn: the charts and diagrams that were read already; each is read once.
    """

    archive: zipfile.ZipFile
    targets: Mapping[str, str]
    usual: Placeholders
    drawn: set[str]

    def blocks(self, root: etree._Element) -> Iterator[Block]:
        """Yield the title, then all else that is seen, then what repeats from slide to slide."""
        shapes = self.shapes(root.find("{*}cSld/{*}spTree"))
        titles = [shape for shape in shapes if shape.is_title]
        running = [shape for shape in shapes if shape.kind in RUNNING]
        rest = [shape for shape in shapes if shape not in titles and shape not in running]
        yield from map(_heading, titles)
        ordered = _in_order(rest)
        if not titles and ordered and _may_be_title(ordered[0].element):
            yield _heading(ordered.pop(0))
        for shape in ordered:
            yield from self.shape(shape.element)
        for shape in running:
            yield from (replace(line, role="running") for line in _lines(shape.element))

    def notes(self, root: etree._Element) -> Iterator[Block]:
        """Yield what is written in the notes, without the picture of the slide and its number."""
        shapes = self.shapes(root.find("{*}cSld/{*}spTree"))
        for shape in _in_order([s for s in shapes if s.kind not in RUNNING | {"sldImg"}]):
            yield from self.shape(shape.element)

    def shapes(self, parent: etree._Element | None) -> list[_Shape]:
        """Return the shapes of a slide or a group that are not hidden, as they are drawn."""
        found = []
        for element in () if parent is None else seen(parent):
            hidden = attribute(element.find("./{*}*/{*}cNvPr"), "hidden") in {"1", "true"}
            if hidden or local_name(element) not in SHAPES:
                continue
            place = _placeholder(element)
            position = _position(element) or self.usual_position(place)
            kind = None if place is None else attribute(place, "type") or "obj"
            found.append(_Shape(element, position, kind))
        return found

    def usual_position(self, place: etree._Element | None) -> Position:
        """Return where the layout puts a placeholder."""
        kind, index = attribute(place, "type"), attribute(place, "idx")
        keys = ((kind, index), ("", index), (kind, ""))
        return next((self.usual[key] for key in keys if key in self.usual), NOWHERE)

    def shape(self, element: etree._Element) -> Iterator[Block]:
        """Yield what a shape shows, or in what words it is described."""
        if local_name(element) == "grpSp":
            yield from self.described(element)
            for shape in _in_order(self.shapes(element)):
                yield from self.shape(shape.element)
            return
        blocks = list(_lines(element))
        grid = element.find("{*}graphic/{*}graphicData/{*}tbl")
        if grid is not None:
            yield table(grid)
        drawn = [*self.drawing(element)]
        yield from drawn or blocks
        if not blocks:
            yield from self.described(element)

    def described(self, element: etree._Element) -> Iterator[TextLine]:
        """Yield the description of what is drawn."""
        words = described(element.find("./{*}*/{*}cNvPr"), "descr")
        yield from [TextLine(words)] if words else []

    def drawing(self, element: etree._Element) -> Iterator[Block]:
        """Yield the values of a chart, or the words of a diagram."""
        data = element.find("{*}graphic/{*}graphicData")
        for reference in () if data is None else data:
            name = {"chart": "id", "relIds": "dm"}.get(local_name(reference), "")
            part = self.targets.get(attribute(reference, name), "") if name else ""
            if part and part not in self.drawn:
                self.drawn.add(part)
                yield from drawing_blocks(read_part(self.archive, part))


def _placeholder(element: etree._Element) -> etree._Element | None:
    return element.find("./{*}*/{*}nvPr/{*}ph")


def _position(element: etree._Element) -> Position | None:
    """Return where a shape says that it stands."""
    for path in ("{*}spPr/{*}xfrm/{*}off", "{*}grpSpPr/{*}xfrm/{*}off", "{*}xfrm/{*}off"):
        offset = element.find(path)
        if offset is not None:
            return _coordinate(offset.get("y", "")), _coordinate(offset.get("x", ""))
    return None


def _coordinate(text: str) -> int:
    digits = text.removeprefix("-")
    plausible = digits.isascii() and digits.isdecimal() and len(digits) < len("1000000000000")
    return int(text) if plausible else 0


def _lines(element: etree._Element) -> Iterator[TextLine]:
    yield from map(TextLine, paragraphs(element.find("{*}txBody")))


def _heading(shape: _Shape) -> TextLine:
    return TextLine(" ".join(paragraphs(shape.element.find("{*}txBody"))), level=1)


def _may_be_title(element: etree._Element) -> bool:
    """Return whether the first shape of a slide without a title is a short line of text."""
    lines = list(paragraphs(element.find("{*}txBody")))
    return len(lines) == 1 and len(lines[0]) <= LONGEST_TITLE


def _in_order(shapes: Sequence[_Shape]) -> list[_Shape]:
    """Return the shapes line by line, from the left in each line.

    A placeholder that stands below the one before it, at the same left edge, stays behind it: text
    below its own heading, beside another such pair.
    """
    chains: list[list[_Shape]] = []
    for shape in shapes:
        last = chains[-1][-1] if chains else None
        if last is not None and shape.kind and last.kind and _is_below(shape, last):
            chains[-1].append(shape)
        else:
            chains.append([shape])
    chains.sort(key=lambda chain: chain[0].position)
    lines: list[list[list[_Shape]]] = []
    for chain in chains:
        if lines and chain[0].position[0] - lines[-1][0][0].position[0] <= SAME_LINE:
            lines[-1].append(chain)
        else:
            lines.append([chain])
    for line in lines:
        line.sort(key=lambda chain: chain[0].position[1])
    return [shape for line in lines for chain in line for shape in chain]


def _is_below(shape: _Shape, last: _Shape) -> bool:
    (top, left), (above, edge) = shape.position, last.position
    return top > above and abs(left - edge) <= SAME_LINE
