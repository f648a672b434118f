"""The text that is searched: the same words as the document's, without the marks of its layout.

Only search sees this text. It has no offsets, and nothing of it is ever quoted. The rows of tables
are written with what names their values, because a number alone is found by nobody.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from corpus.formats.plain.tex import TEX_MARKUP
from corpus.sentences import masked_text
from corpus.types import Document, Span, Table, TableRow

__all__ = ["plain", "printable", "search_text"]

BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-[ \t]*(?:\r\n|\r|\n)[ \t\f]*(?=[^\W\d_])")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TAG_MARKS = re.compile(r"[=\"'/!]|xmlns\S*")
TAGS = ((re.compile(r"</?[a-zA-Z][^<>\r\n]*>"), ""),)
JSON = (
    (re.compile(r"(?:\\u[0-9a-fA-F]{4})+"), lambda found: _characters(found[0])),
    (re.compile(r"\\[bfnrt]"), " "),
    (re.compile(r"[\[\]{}\"\\]"), ""),
)
MARKDOWN = (
    (re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL), " "),
    (re.compile(r"^[ \t]*(?:#{1,6}[ \t]|>[ \t]?)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:```.*|~~~.*)$", re.MULTILINE), " "),
    (re.compile(r"\*\*|__|~~|`+|(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)|\|"), ""),
)
TELLING = re.compile(r"[^\W_]")
# Where text goes out, and what takes its place.
Cut = tuple[int, int, str]
# In characters. Pieces as short as this are searched as they stand, so that they fit everywhere.
SHORTEST_ROW = 8
# In characters: how much of what names a value is repeated with it.
LONGEST_HEAD = 96
LONGEST_COLUMN = 40
# In columns: a table wider than this names them once.
MOST_NAMED = 16
MARKUP = {
    "text/markdown": MARKDOWN,
    "application/x-ipynb+json": MARKDOWN,
    "text/x-rst": (
        (re.compile(r":[\w:+-]+:`([^`<]*?)(?:\s*<[^>`]*>)?`"), r"\1"),
        (re.compile(r"`([^`<]*?)\s*<[^>`]*>`__?"), r"\1"),
        (re.compile(r"(?<!\S)\|(?!\S)"), " "),
        (re.compile(r"``|\*\*|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)"), ""),
    ),
    "text/asciidoc": (
        (re.compile(r"(?:https?://|link:|xref:)[^\s\[\]]*\[([^\]\[]*)\]"), r"\1"),
        (re.compile(r"<<[^<>,]*,([^<>]*)>>"), r"\1"),
        (re.compile(r"^(?:={1,6}[ \t]|[.*]{1,5}[ \t]|\.(?=\w)|:[\w!-]+:)", re.MULTILINE), ""),
        (re.compile(r"^(?:[-.+/=*_]{4,}|\[[^\]\[\r\n]*\]|\|={3,}|\+)[ \t]*$", re.MULTILINE), " "),
        (re.compile(r"\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)|\|"), ""),
    ),
    "text/org": (
        (re.compile(r"\[\[[^\]\[]*\]\[([^\]\[]*)\]\]"), r"\1"),
        (
            re.compile(
                r"^[ \t]*(?:#\+(?:begin|end)_.*|:\w+:[ \t]*$)", re.MULTILINE | re.IGNORECASE
            ),
            " ",
        ),
        (re.compile(r"^(?:\*+[ \t]|#\+\w+:)", re.MULTILINE), ""),
        (re.compile(r"(?<!\w)[*/_=~](?=\w)|(?<=[\w.,!?])[*/_=~](?!\w)|\|"), ""),
    ),
    "application/json": JSON,
    "application/jsonl": JSON,
    # The names of elements say what their values are, so only closing tags and marks are left out.
    "application/xml": (
        (re.compile(r"</[^<>]*>|<\?[^<>]*>|<!\[CDATA\[|\]\]>|<!--|-->"), " "),
        (re.compile(r"<([^<>]*)>"), lambda found: f" {TAG_MARKS.sub(' ', found[1])} "),
    ),
    "text/x-tex": TEX_MARKUP,
    "application/x-subrip": TAGS,
    "text/vtt": TAGS,
}


def _characters(escapes: str) -> str:
    """Return the characters that JSON escapes stand for."""
    units = bytes.fromhex(escapes.replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def search_text(document: Document, start: int, end: int) -> str:
    """Return the words of ``document.text[start:end]`` as they are searched.

    Running headers and footers, markup and invisible characters are left out, words broken at a
    line end are joined, compatibility characters are folded (NFKC) and white space is collapsed.
    A row of a table is ``group > head: column = value; column = value``, after what the table is
    called where that does not stand in the text itself.
    """
    text = masked_text(document, start, end)
    if document.tables and end - start >= SHORTEST_ROW:
        text = _with_rows(document, text, start)
    for pattern, replacement in MARKUP.get(document.media_type, ()):
        text = pattern.sub(replacement, text)
    return plain(BROKEN_WORD.sub("", text))


def _with_rows(document: Document, text: str, start: int) -> str:
    """Return ``text``, which begins at ``start``, with its rows of tables written out."""
    here = Span(start, start + len(text))
    cuts: list[Cut] = []
    captions: set[Span] = set()
    for table, row in _rows_in(document, here):
        pieces = [p for p in _pieces(row) if here.start <= p.start and p.end <= here.end]
        if pieces:
            caption = [span for span in table.caption[:1] if not span.overlaps(here)]
            words = _written(document, table, row, pieces)
            if captions.isdisjoint(caption):
                captions.update(caption)
                words = f"{_quoted(document, caption, LONGEST_HEAD)} {words}"
            cuts += _cut_out(document, sorted(pieces), words)
    parts, at = [], start
    for low, high, words in sorted(cuts):
        if low >= at:  # two tables may claim the same words
            parts += [text[at - start : low - start], f" {words} "]
            at = high
    return "".join([*parts, text[at - start :]])


def _cut_out(document: Document, pieces: Sequence[Span], words: str) -> Iterator[Cut]:
    """Yield what goes out of the text for ``words``, signs between a row's pieces too."""
    for piece, following in zip_longest(pieces, pieces[1:]):
        until = following.start if following else piece.end
        between = document.text[piece.end : until]
        yield piece.start, piece.end if TELLING.search(between) else until, words
        words = ""


def _rows_in(document: Document, here: Span) -> Iterator[tuple[Table, TableRow]]:
    for table in document.tables_in(*here):
        yield from ((table, row) for row in table.rows_in(*here))


def _pieces(row: TableRow) -> Sequence[Span]:
    """Return the row's own head and its values, but for empty ones."""
    return [span for span in (*row.heads[-1:], *row.cells) if span.start < span.end]


def _written(document: Document, table: Table, row: TableRow, pieces: Sequence[Span]) -> str:
    heads = _quoted(document, row.heads, LONGEST_HEAD, " > ")
    # Of a wide table the first row alone repeats what stands above its columns.
    named = len(table.columns) <= MOST_NAMED or row is table.rows[0]
    cells = []
    for column, cell in zip(table.columns, row.cells, strict=False):
        if cell in pieces:
            above = _quoted(document, column, LONGEST_COLUMN) if named else ""
            value = document.text[cell.start : cell.end]
            cells.append(f"{above} = {value}" if above else value)
    values = "; ".join(cells)
    return f"{heads}: {values}." if heads and values else f"{heads or values}."


def _quoted(document: Document, spans: Iterable[Span], most: int, between: str = " ") -> str:
    """Return the words of ``spans`` in at most about ``most`` characters."""
    return between.join(_shortened(document, spans, most))


def _shortened(document: Document, spans: Iterable[Span], room: int) -> Iterator[str]:
    for span in spans:
        if room <= 0:
            return
        words = " ".join(document.text[span.start : min(span.end, span.start + room)].split())
        room -= len(words)
        yield words


def plain(text: str) -> str:
    """Return ``text`` folded (NFKC), without invisible characters, white space collapsed."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return " ".join(CONTROL.sub(" ", text).split())


def printable(text: str) -> str:
    """Return ``text`` with control characters replaced, which could rewrite a terminal's screen."""
    return UNPRINTABLE.sub("\ufffd", text)
