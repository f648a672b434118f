"""Bytes into text: which encoding a file is in, and whether it is text at all."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from corpus.errors import LoadError

__all__ = ["codec_of", "declared_encoding", "decode"]

# In one of the first two lines, as XML, Python (PEP 263) and Emacs have it.
DECLARATION = re.compile(rb"(?:[^\n]*\n)?[^\n]*?coding[:=][ \t]*[\"']?([-\w.]+)")
# The order matters: the mark of UTF-32 LE begins with the mark of UTF-16 LE.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What no text has many of: controls other than white space and escape, and failed decodings.
CONTROLS = {*range(32), *range(0x7F, 0xA0)} - {*range(8, 14), 0x1B, 0x85}
NOISE = "".join(map(chr, sorted(CONTROLS))) + "\ufffd"
MOST_NOISE = 0.05
# Enough to tell encodings apart; the whole file must still decode.
SAMPLE_BYTES = 1 << 20

# Not UTF-16: a declaration that can be read as ASCII is wrong about it.
CHARSETS = (
    "ascii", "big5", "cp", "euc", "gb", "hz", "iso", "koi8", "mac", "shift", "tis", "utf-8"
)  # fmt: skip
# As browsers read these names: the superset that is in fact used.
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
}


def codec_of(label: str) -> str:
    """Return the codec that a page or mail declares; ``""`` for an unknown or a strange one."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return SUPERSETS.get(name, name) if name.startswith(CHARSETS) else ""


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of ``data`` without its byte order mark; nothing else is changed.

    A byte order mark decides, then the ``declared`` encoding if it fits, then UTF-8, then a guess.

    Raises:
        LoadError: the bytes are no text in any encoding.
    """
    for text in _decodings(data, declared):
        if sum(map(text.count, NOISE)) <= MOST_NOISE * len(text):
            return text
    raise LoadError("the file looks binary, not text")


def declared_encoding(data: bytes) -> str:
    """Return the encoding that the first two lines declare, ``""`` for none or a strange one.

    HTML declares it in other ways, and means others by the same names.
    """
    found = DECLARATION.match(data[:1024])
    name = found[1].decode("ascii") if found else ""
    # What could not be read in that encoding has not declared it, and base64 is none of text.
    with suppress(LookupError, UnicodeDecodeError):
        b"coding".decode(name or "ascii")
        return name
    return ""


def _decodings(data: bytes, declared: str) -> Iterator[str]:
    """Decode ``data`` in the encodings that it may be in, the likeliest first."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            yield data[len(mark) :].decode(encoding, errors="replace")
            return
    fits = False
    for encoding in filter(None, (declared, "utf-8")):
        with suppress(UnicodeDecodeError):
            yield data.decode(encoding)
            fits = True
    # What decodes but is noise can only be UTF-16 or UTF-32, whose Latin letters have zero bytes.
    if not fits or b"\0" in data:
        guess = _guess_encoding(data)
        if guess.startswith("utf_") or (guess and not fits):
            yield data.decode(guess, errors="replace")


def _guess_encoding(data: bytes) -> str:
    """Return the encoding that charset-normalizer finds the most natural, or ``""``."""
    from charset_normalizer import from_bytes

    found = from_bytes(data[:SAMPLE_BYTES])
    best = found.best()
    if best is None:
        return ""
    score = (best.chaos, best.coherence)
    equals = (match for match in found if (match.chaos, match.coherence) == score)
    likely = {name for match in equals for name in match.could_be_from_charset}
    # Equally good guesses are common for short Western texts.
    return "cp1252" if "cp1252" in likely else best.encoding
