"""The text of a Word paragraph, as it is seen, and what is anchored in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from corpus.formats.office.ooxml import described
from corpus.formats.office.runs import Position, Runs
from corpus.formats.word.docx_styles import WordStyles, is_on, value_at
from corpus.formats.word.docx_symbols import symbol
from corpus.formats.zipped import attribute, local_name

__all__ = ["LEFT_OUT", "WordParagraph", "children", "read_paragraph"]

# Properties, deleted and moved-away text, copies for older programs, pronunciation marks.
LEFT_OUT = frozenset({"pPr", "rPr", "sdtPr", "del", "moveFrom", "Fallback", "rt"})
CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
MATH = frozenset({"d", "f", "nary", "rad", "sub", "sup"})
POSITIONS: dict[str, Position] = {"superscript": "super", "subscript": "sub"}
OBJECTS = frozenset({
    "anchor", "chart", "fldChar", "inline", "relIds", "shape", "sym", "txbxContent",
})  # fmt: skip


@dataclass(slots=True)
class WordParagraph:
    """What is seen of a paragraph, and what is to be written below it.

    Args:
        runs: its text.
        boxes: the contents of text boxes.
        drawings: charts and diagrams, by their relations.
        descriptions: of pictures that float beside the text.
    """

    runs: Runs = field(default_factory=Runs)
    boxes: list[etree._Element] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    # Of the fields that are open, whether their instruction is over.
    _fields: list[bool] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether no field's instruction is open, which is not seen."""
        return all(self._fields)

    def add(self, text: str, position: Position = "") -> None:
        """Append a run, if it is seen."""
        if self.is_shown:
            self.runs.add(text, position)

    def field_mark(self, mark: etree._Element) -> None:
        """Begin a field, or its result, or end it."""
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            self.add(_form_field(mark))
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def read_paragraph(
    element: etree._Element, styles: WordStyles, in_cell: bool = False
) -> WordParagraph:
    """Return what is seen of a paragraph; ``in_cell`` says whether it stands in a table."""
    found = WordParagraph(Runs(in_cell))
    _walk(element, found, styles, "")
    return found


def _walk(
    element: etree._Element, found: WordParagraph, styles: WordStyles, position: Position
) -> None:
    """Collect what is seen of a paragraph's runs. The parser bounds the depth of recursion."""
    for child in element:
        name = local_name(child)
        if name == "t":
            found.add(child.text or "", position)
        elif name in CHARACTERS:
            found.add(CHARACTERS[name], position)
        elif name == "r" and "/math}" not in child.tag:
            if not _is_hidden(child, styles):
                _walk(child, found, styles, _position(child, styles))
        elif name in MATH and "/math}" in child.tag:
            found.add(_math(child, name, styles))
        elif name in OBJECTS:
            _object(child, name, found, styles)
        elif name and name not in LEFT_OUT:
            _walk(child, found, styles, position)


def _is_hidden(run: etree._Element, styles: WordStyles) -> bool:
    own = run.find("{*}rPr/{*}vanish")
    style = value_at(run, "{*}rPr/{*}rStyle")
    return is_on(own) or (own is None and styles.of(style).is_hidden)


def _position(run: etree._Element, styles: WordStyles) -> Position:
    own = value_at(run, "{*}rPr/{*}vertAlign")
    return POSITIONS.get(own or styles.of(value_at(run, "{*}rPr/{*}rStyle")).position, "")


def _object(element: etree._Element, name: str, found: WordParagraph, styles: WordStyles) -> None:
    """Take in what is no text of a run itself."""
    if name == "fldChar":
        found.field_mark(element)
    elif name == "sym":
        found.add(symbol(attribute(element, "font"), attribute(element, "char")))
    elif name == "txbxContent":
        found.boxes.append(element)
    elif name in {"chart", "relIds"}:
        found.drawings.append(attribute(element, "id" if name == "chart" else "dm"))
    else:
        text = _description(element, name)
        if text and name == "anchor":
            found.descriptions.append(text)
        elif text and found.is_shown:
            found.runs.describe(text)
        _walk(element, found, styles, "")


def _description(element: etree._Element, name: str) -> str:
    """Return what a picture shows, in the words of whoever described it."""
    if name == "shape":
        return described(element, "alt")
    return described(element.find("{*}docPr"), "descr")


def _form_field(mark: etree._Element) -> str:
    """Return what is ticked or chosen in a field of a form."""
    box = mark.find("{*}ffData/{*}checkBox")
    if box is not None:
        state = box.find("{*}checked")
        return "\u2612" if is_on(box.find("{*}default") if state is None else state) else "\u2610"
    choices = mark.find("{*}ffData/{*}ddList")
    if choices is None:
        return ""
    chosen = value_at(choices, "{*}result") or value_at(choices, "{*}default") or "0"
    entries = [attribute(entry, "val") for entry in choices.iterfind("{*}listEntry")]
    return next((entry for at, entry in enumerate(entries) if str(at) == chosen), "")


def _math(element: etree._Element, name: str, styles: WordStyles) -> str:
    """Return a formula on one line: without marks, three quarters would read as 34."""
    if name == "f":
        parts = (element.find(part) for part in ("{*}num", "{*}den"))
        return "/".join(_grouped(part, styles) for part in parts)
    if name == "d":
        first = value_at(element, "{*}dPr/{*}begChr") or "("
        last = value_at(element, "{*}dPr/{*}endChr") or ")"
        inside = (_formula(e, styles) for e in children(element, "e"))
        return first + ", ".join(inside) + last
    if name == "rad":
        return (
            f"{_formula(element.find('{*}deg'), styles)}√{_grouped(element.find('{*}e'), styles)}"
        )
    if name == "nary":
        return (value_at(element, "{*}naryPr/{*}chr") or "∫") + _formula(element, styles)
    inner = _grouped(element, styles)
    return ("^" if name == "sup" else "_") + inner if inner else ""


def _formula(element: etree._Element | None, styles: WordStyles) -> str:
    return "" if element is None else read_paragraph(element, styles).runs.text


def _grouped(element: etree._Element | None, styles: WordStyles) -> str:
    """Return the formula in an element, in parentheses if it is more than one word."""
    text = _formula(element, styles)
    return text if not text or text.isalnum() else f"({text})"


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the elements of this name, also those inside content controls or changes."""
    for child in parent:
        if local_name(child) == name:
            yield child
        elif local_name(child) not in LEFT_OUT | {"tbl", "p", ""}:
            yield from children(child, name)
