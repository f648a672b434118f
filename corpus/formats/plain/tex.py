r"""LaTeX: the file as it is, macros included; lines are those of the file."""

import re
import unicodedata
from collections.abc import Iterator

from corpus.formats.decoding import decode
from corpus.formats.properties import metadata_of
from corpus.types import Heading, Parsed, Span

__all__ = ["TEX_MARKUP", "parse_tex"]

SECTIONS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
COMMENT = re.compile(r"(?<!\\)%[^\r\n]*")
ENTRY = re.compile(
    r"\\(title|author|date|" + "|".join(SECTIONS) + r")\*?[ \t]*(?:\[[^\[\]{}]{0,200}\][ \t]*)?\{"
)
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# An author's notes, and what stands below the name.
BESIDE_AUTHOR = re.compile(r"\\thanks\{[^{}]*\}|\\\\.*?(?=\\and\b|\Z)", re.DOTALL)
LONGEST_ARGUMENT = 2000
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    '"': "\u0308", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip


def _accented(found: re.Match[str]) -> str:
    sign, letter = (found[1], found[2]) if found[1] else (found[3], found[4])
    return unicodedata.normalize("NFC", letter + ACCENTS[sign])


# Which words a reader of the printed page sees; each rule looks at a character a few times at most.
TEX_MARKUP = (
    (COMMENT, ""),
    (re.compile(r"\\\\(?:\[[^\[\]]{0,20}\])?"), " "),
    (re.compile(r"\\([`'^~=.\"])\{?([A-Za-z])\}?|\\([uvHckr])\{([A-Za-z])\}"), _accented),
    (
        re.compile(
            r"\\(?:begin|end|label|[a-zA-Z]*ref|cite[a-z]*|input|include[a-z]*|usepackage|url"
            r"|documentclass|bibliography[a-z]*|[vh]space|href|newcommand|setlength)\*?"
            r"(?:\[[^\[\]]{0,200}\])?\{[^{}]{0,500}\}(?:\[[^\[\]]{0,200}\])?"
        ),
        " ",
    ),
    (re.compile(r"\\(?:[a-zA-Z@]+\*?[ \t]?|[^a-zA-Z%&$#_{}])"), ""),
    (re.compile(r"(?<!\\)[~&]|(?<!\w)--+(?!\w)"), " "),
    (re.compile(r"(?<!\\)[{}$]"), ""),
    (re.compile(r"\\([%&$#_{}])"), r"\1"),
    (re.compile(r"``|''"), '"'),
)


def parse_tex(data: bytes) -> Parsed:
    r"""Keep the source as the text; headings are the arguments of ``\section`` and its like.

    Comments are running lines: not searched, and no sentence ends at them.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    comments = tuple(Span(*line.span()) for line in COMMENT.finditer(text))
    entries = list(_entries(text, comments))
    said = dict(reversed([(name, plain) for name, _, plain in entries]))
    used = [index for index, name in enumerate(SECTIONS) if name in said]
    headings = tuple(
        Heading(span.start, span.end, SECTIONS.index(name) - used[0] + 1, plain)
        for name, span, plain in entries
        if name in SECTIONS and plain
    )
    first = headings[0].title if headings else ""
    return Parsed(
        text,
        said.get("title") or first,
        headings=headings,
        running=comments,
        metadata=metadata_of([said.get("author", "")], [said.get("date", "")], []),
    )


def _entries(text: str, comments: tuple[Span, ...]) -> Iterator[tuple[str, Span, str]]:
    """Yield each macro of `ENTRY`, where it stands, and the words of its argument."""
    after, waiting = 0, iter(comments)
    comment = next(waiting, None)
    for found in ENTRY.finditer(text):
        while comment and comment.end <= found.start():
            comment = next(waiting, None)
        if found.start() < after or (comment and comment.start <= found.start()):
            continue
        end = _argument_end(text, found.end())
        # What does not end soon is passed over, so that no character is looked at often.
        after = end or found.end() + LONGEST_ARGUMENT
        if not end:
            continue
        argument = text[found.end() : end - 1]
        if found[1] == "author":
            argument = BESIDE_AUTHOR.sub("", argument).replace(r"\and", ", ")
        yield found[1], Span(found.start(), end), _words(argument)


def _argument_end(text: str, start: int) -> int:
    """Return the offset after the brace that ends an argument; 0 if none does soon."""
    depth = 1
    for brace in BRACE.finditer(text, start, start + LONGEST_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return 0


def _words(source: str) -> str:
    """Return what is printed of a piece of source."""
    for pattern, replacement in TEX_MARKUP:
        source = pattern.sub(replacement, source)
    return " ".join(source.split()).replace(" ,", ",")
