"""Plain text: the file as it is; lines are those of the file."""

import re

from corpus.formats.decoding import decode
from corpus.types import Parsed, Span

__all__ = ["line_spans", "parse_text", "without_marks"]

LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
EMPHASIS = re.compile(r"([*_`~]{1,3})(?![\s*_`~])(?:(?!\1).)+(?<!\s)\1", re.DOTALL)
LINK = re.compile(r"!?\[([^\]\[]+)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")


def parse_text(data: bytes) -> Parsed:
    """Return the file's characters."""
    return Parsed(decode(data))


def line_spans(text: str, start: int = 0) -> list[Span]:
    r"""Return the lines from ``start`` on, each without its ``\n``, ``\r\n`` or ``\r``."""
    return [
        Span(line.start(), line.start() + len(line[0].rstrip("\r\n")))
        for line in LINE.finditer(text, start)
    ]


def without_marks(text: str, span: Span) -> Span:
    """Return ``span`` without the emphasis or the link that is all of it."""
    while True:
        if found := EMPHASIS.fullmatch(text, *span):
            marks = len(found[1])
            span = Span(span.start + marks, span.end - marks)
        elif found := LINK.fullmatch(text, *span):
            span = Span(*found.span(1))
        else:
            return span
