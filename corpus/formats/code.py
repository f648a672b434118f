"""Source code, settings and logs: the file as it is; lines are those of the file."""

import codecs
import re

from corpus.formats.decoding import decode
from corpus.types import Parsed

__all__ = ["parse_code"]

# As PEP 263 and Emacs write it, in one of the first two lines.
CODING = re.compile(rb"(?:[^\n]*\n)?[^\n]*?coding[:=][ \t]*([-\w.]+)")


def parse_code(data: bytes) -> Parsed:
    """Return the file's characters; each line stands for itself.

    Raises:
        LoadError: the bytes are no text.
    """
    return Parsed(decode(data, _declared_encoding(data[:1024])))


def _declared_encoding(head: bytes) -> str:
    """Return the encoding that a comment declares, or ``""`` for none or an unknown one."""
    found = CODING.match(head)
    try:
        codec = codecs.lookup(found[1].decode("ascii") if found else "utf-8")
    except LookupError:
        return ""
    # Codecs that are no encoding of text, such as base64, are not for files.
    return codec.name if codec._is_text_encoding else ""
