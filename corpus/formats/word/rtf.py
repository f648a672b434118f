"""RTF as text: a line for each paragraph or table row, notes at the end.

Only what carries words is read: from control words that are not named here nothing is taken.
"""

import codecs
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from corpus.errors import LoadError
from corpus.formats.office.blocks import TITLE, Block, CellBlocks, Grid, TextLine, lay_out
from corpus.formats.office.style_names import heading_level, is_title_name
from corpus.formats.properties import metadata_of
from corpus.types import Parsed

__all__ = ["parse_rtf"]

TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>.)|(?P<brace>[{}])|[\r\n\0]+|(?P<run>[^\\{}\r\n\0]+)|\\",
    re.DOTALL,
)
MOST_DEPTH = 1000
EDGE_WIDTH = 60  # in twentieths of a point; nearer edges of cells are the same
CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "emspace": "\u2003",
    "enspace": "\u2002", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "nestcell": " ", "nestrow": " ",
}  # fmt: skip
# Bullets of the font Symbol and of Wingdings, which has pictures for letters.
PICTURES = {0xF0B7: "•", 0xF0A7: "▪", 0xF0A8: "▫", 0xF0D8: "➢", 0xF0FC: "✓", 0xF02D: "–"}
SYMBOLS = {"~": "\xa0", "_": "\u2011", "-": "\u00ad", "{": "{", "}": "}", "\\": "\\"}
# Groups whose words are not the document's: pictures, page headers, index entries, copies for
# older programs, tables.
LEFT_OUT = frozenset({
    "aftnsep", "aftnsepc", "annotation", "colortbl", "filetbl", "fldinst", "fonttbl", "footer",
    "footerf", "footerl", "footerr", "ftnsep", "ftnsepc", "header", "headerf", "headerl",
    "headerr", "info", "listoverridetable", "listtable", "nonesttables", "nonshppict", "objdata",
    "pict", "revtbl", "rsidtbl", "rxe", "shprslt", "sp", "stylesheet", "tc", "txe", "xe",
})  # fmt: skip
# Of these is kept: the fonts' encodings, the styles' names, what the file says of itself.
NOTED = frozenset({"fonttbl", "info", "stylesheet"})
# Groups that may be left out, and have words all the same: boxes.
BOXES = frozenset({"shpinst", "shptxt"})
MARKERS = frozenset({"listtext", "pntext"})
CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip


def parse_rtf(data: bytes) -> Parsed:
    r"""Return a line for each paragraph, ``\t`` between a row's cells, notes at the end.

    The text is that of the document with all tracked changes accepted.

    Raises:
        LoadError: the file is not RTF.
    """
    if not data.startswith(b"{\\rtf"):
        raise LoadError("the file is not RTF; save it as .docx and build again")
    reader = _RtfReader()
    source, at = data.decode("latin-1"), 0
    while token := TOKEN.match(source, at):
        at = token.end()
        if token["word"] == "bin":
            at += max(0, int(token["number"] or 0))
        reader.read(token)
    return reader.parsed()


@dataclass(frozen=True, slots=True)
class _RtfState:
    """What a group inherits from the one around it.

    Args:
        into: what its words are for: ``""`` for the text, ``note``, ``marker`` of an item,
            ``nothing``, one of `NOTED`, or an entry of the file about itself.
        font: number of the font, which tells the encoding.
        unshown: its words are hidden or deleted.
        in_row: it stands in a table.
        level: of the heading that its paragraph is; None if it is none.
        fallback: how many characters follow one in Unicode, for programs that do not know it.
    """

    into: str = ""
    font: int = -1
    unshown: frozenset[str] = frozenset()
    in_row: bool = False
    level: int | None = None
    fallback: int = 1


@dataclass(frozen=True, slots=True)
class _RtfRow:
    """A row: the text of its cells, where each ends, and whether the row heads the table."""

    cells: tuple[str, ...]
    edges: tuple[int, ...]
    is_head: bool

    def laid_out(self, columns: Mapping[int, int]) -> tuple[CellBlocks, ...]:
        """Return its cells in the columns that end where they do."""
        ends = [columns[edge] for edge in self.edges]
        if len(ends) != len(self.cells):
            ends = list(range(1, len(self.cells) + 1))
        return tuple(
            CellBlocks(
                start,
                tuple(map(TextLine, text.split("\n"))),
                max(1, end - start),
                head=self.is_head,
            )
            for text, start, end in zip(self.cells, [0, *ends], ends, strict=False)
        )


def _columns(edges: Collection[int]) -> dict[int, int]:
    """Return how many columns end at each edge or before it; close edges are the same."""
    columns: dict[int, int] = {}
    last = -EDGE_WIDTH
    for edge in sorted(edges):
        columns[edge] = columns.get(last, 0) + (edge - last >= EDGE_WIDTH)
        last = edge
    return columns


@dataclass(slots=True)
class _RtfBlocks:
    """Paragraphs and tables as they are made; rows wait until their table has ended."""

    done: list[Block] = field(default_factory=list)
    rows: list[_RtfRow] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    is_head: bool = False
    parts: list[str] = field(default_factory=list)

    def end_paragraph(self, level: int | None) -> None:
        """End the line; an empty one is none, but ends a table."""
        self.end_table()
        if text := self._take().strip(" \t\n"):
            self.done.append(TextLine(text, level))

    def end_cell(self) -> None:
        self.cells.append(self._take())

    def end_row(self) -> None:
        self.rows.append(_RtfRow(tuple(self.cells), tuple(self.edges), self.is_head))
        self.cells.clear()

    def begin_row(self) -> None:
        """Forget what the row before was like."""
        self.edges.clear()
        self.is_head = False

    def end_table(self) -> None:
        if self.rows:
            columns = _columns({edge for row in self.rows for edge in row.edges})
            self.done.append(Grid(tuple(row.laid_out(columns) for row in self.rows)))
            self.rows.clear()

    def _take(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        # Characters beyond the first 65,536 come as two halves.
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.translate(PICTURES)


class _RtfReader:
    """Reads tokens one after the other."""

    def __init__(self) -> None:
        self._state = _RtfState()
        self._outer: list[_RtfState] = []
        self._optional = False  # what comes is the word that says whether a group may be left out
        self._skip = 0  # of the characters that follow
        self._bytes = bytearray()
        self._code_page = "cp1252"
        self._charsets: dict[int, str] = {}
        self._number = 0  # of the font or style that is being described
        self._levels: dict[int, int] = {}
        self._marker = ""  # of the item of a list
        self._said: dict[str, str] = {}
        self._body, self._notes = _RtfBlocks(), _RtfBlocks()

    def read(self, token: re.Match[str]) -> None:
        """Take up one token."""
        if token["run"]:
            self._add_bytes(token["run"].encode("latin-1"))
        elif token["hex"]:
            self._add_bytes(bytes.fromhex(token["hex"]))
        elif token["word"] or token["symbol"] or token["brace"]:
            self._end_bytes()
            if token["brace"]:
                self._group(token["brace"])
            elif token["symbol"]:
                self._symbol(token["symbol"])
            else:
                number = token["number"]
                self._word(token["word"], int(number) if number else 1)

    def parsed(self) -> Parsed:
        """Return what was read."""
        blocks: list[Block] = []
        for part in (self._body, self._notes):
            if part.cells:
                part.end_row()
            part.end_paragraph(None)
            blocks += part.done
        parsed = lay_out(blocks)
        said = {key: " ".join(value.split()) for key, value in self._said.items()}
        return replace(
            parsed,
            title=said.get("title") or parsed.title,
            metadata=metadata_of([said.get("author", "")], [said.get("date", "")], []),
        )

    # Characters

    @property
    def _blocks(self) -> _RtfBlocks:
        return self._notes if self._state.into == "note" else self._body

    def _add_bytes(self, characters: bytes) -> None:
        """Take up characters in the encoding of the font, but for those that stand for others."""
        skipped = min(self._skip, len(characters))
        self._skip -= skipped
        self._bytes += characters[skipped:]

    def _end_bytes(self) -> None:
        if self._bytes:
            encoding = self._charsets.get(self._state.font, self._code_page)
            self._write(self._bytes.decode(encoding, "replace"))
            self._bytes.clear()

    def _write(self, text: str) -> None:
        into = self._state.into
        if into in {"", "note"}:
            if not self._state.unshown:
                self._blocks.parts.append(text)
        elif into == "marker":
            self._marker += text
        elif into == "stylesheet":
            self._name_style(text.strip().removesuffix(";"))
        elif into in {"title", "author"}:
            self._said[into] = self._said.get(into, "") + text

    def _name_style(self, name: str) -> None:
        """Take up which level of heading a style is, after its name."""
        level = TITLE if is_title_name(name) else heading_level(name)
        if level is not None:
            self._levels.setdefault(self._number, level)

    # Groups

    def _group(self, brace: str) -> None:
        self._skip, self._optional = 0, False
        if brace == "{":
            if len(self._outer) == MOST_DEPTH:
                raise LoadError("the RTF file is damaged: its groups do not end")
            self._outer.append(self._state)
        elif self._outer:
            ended, self._state = self._state, self._outer.pop()
            if ended.into == "note" != self._state.into:
                self._notes.end_paragraph(None)
            elif ended.into == "marker" != self._state.into:
                self._end_marker()

    def _end_marker(self) -> None:
        """Write an item's number; a bullet, for which an o may stand, is no word of it."""
        marker = self._marker.strip()
        if marker != "o" and any(character.isalnum() for character in marker):
            self._write(f"{marker} ")
        self._marker = ""

    def _symbol(self, symbol: str) -> None:
        if self._skip:
            self._skip -= 1
        elif symbol == "*":
            self._optional = True
        elif symbol in "\r\n":
            self._break("par", 1)
        elif symbol in SYMBOLS:
            self._write(SYMBOLS[symbol])

    def _word(self, word: str, number: int) -> None:
        optional, self._optional = self._optional, False
        into = self._state.into
        if into == "nothing":
            return
        if into == "info" and word in {"title", "author", "creatim"}:
            # Some programs write a second author, who changed the file last.
            self._state = replace(self._state, into="nothing" if word in self._said else word)
        elif word in LEFT_OUT or (optional and word not in BOXES):
            self._state = replace(self._state, into=word if word in NOTED else "nothing")
        elif word == "u":
            self._write(chr(number & 0xFFFF))
            self._skip = self._state.fallback
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif into in {"", "note"}:
            self._break(word, number)
            self._set_characters(word, number)
            self._set_paragraph(word, number)
        else:
            self._note(word, number)

    # Words

    def _break(self, word: str, number: int) -> None:
        """Begin a row, or end a paragraph, a cell or a row."""
        blocks = self._blocks
        if word == "trowd":
            blocks.begin_row()
        elif word == "cellx":
            blocks.edges.append(number)
        elif word == "trhdr":
            blocks.is_head = True
        elif word == "cell":
            blocks.end_cell()
        elif word == "row":
            blocks.end_row()
        elif word in {"par", "sect", "page"} and not self._state.unshown:
            if self._state.in_row:
                blocks.parts.append("\n")
            else:
                blocks.end_paragraph(self._state.level)

    def _set_characters(self, word: str, number: int) -> None:
        unshown = self._state.unshown
        if word == "plain":
            self._state = replace(self._state, unshown=frozenset())
        elif word in {"v", "deleted"}:
            unshown = unshown | {word} if number else unshown - {word}
            self._state = replace(self._state, unshown=unshown)
        elif word == "f":
            self._state = replace(self._state, font=number)
        elif word == "uc":
            self._state = replace(self._state, fallback=max(0, number))
        elif word == "ansicpg" or word in CODE_PAGES:
            with suppress(LookupError):
                self._code_page = codecs.lookup(CODE_PAGES.get(word, f"cp{number}")).name
        elif word in MARKERS:
            self._state = replace(self._state, into="marker")
        elif word in {"footnote", *BOXES}:
            self._state = replace(self._state, into="note", in_row=False, level=None)

    def _set_paragraph(self, word: str, number: int) -> None:
        if word == "pard":
            self._state = replace(self._state, in_row=False, level=None)
        elif word == "intbl":
            self._state = replace(self._state, in_row=True)
        elif word == "s":
            self._state = replace(self._state, level=self._levels.get(number))
        elif word == "outlinelevel" and 0 <= number <= 8:
            self._state = replace(self._state, level=number + 1)

    def _note(self, word: str, number: int) -> None:
        """Take up what the tables of fonts and styles and the file's entries say."""
        into = self._state.into
        if word == {"fonttbl": "f", "stylesheet": "s"}.get(into):
            self._number = number
        elif into == "fonttbl" and word == "fcharset" and number in CHARSETS:
            self._charsets[self._number] = CHARSETS[number]
        elif into == "creatim" and word in {"yr", "mo", "dy"}:
            before = f"{self._said['date']}-" if "date" in self._said else ""
            self._said["date"] = f"{before}{number:0{4 if word == 'yr' else 2}}"
