"""The text that is searched: the same words as the document's, without the marks of its layout.

Only search sees this text. It has no offsets, and nothing of it is ever quoted.
"""

import re
import unicodedata

from corpus.formats.tex import TEX_MARKUP
from corpus.sentences import masked_text
from corpus.types import Document

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
    """
    text = masked_text(document, start, end)
    for pattern, replacement in MARKUP.get(document.media_type, ()):
        text = pattern.sub(replacement, text)
    return plain(BROKEN_WORD.sub("", text))


def plain(text: str) -> str:
    """Return ``text`` folded (NFKC), without invisible characters, white space collapsed."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return " ".join(CONTROL.sub(" ", text).split())


def printable(text: str) -> str:
    """Return ``text`` with control characters replaced, which could rewrite a terminal's screen."""
    return UNPRINTABLE.sub("\ufffd", text)
