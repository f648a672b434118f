"""Subtitles (SubRip, WebVTT): the file as it is, with the time at which the words are shown."""

import re

from corpus.formats.decoding import decode
from corpus.formats.plain.text import line_spans
from corpus.types import Parsed, Place, Span

__all__ = ["parse_subtitles"]

TIMES = re.compile(r"[ \t]*((?:\d{1,4}:)?\d\d:\d\d)[.,]\d{3}[ \t]+-->[ \t]+[\d:.,]+(?:[ \t].*)?")


def parse_subtitles(data: bytes) -> Parsed:
    """Return the file's characters, with a place for each cue, called after the time it begins at.

    A cue's number and times, and the blank lines above them, are running lines: people do not
    search for them, and a sentence may go on in the next cue.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    lines = line_spans(text)
    places, running = [], []
    after = 0  # the first line after the times before
    for number, line in enumerate(lines):
        found = TIMES.fullmatch(text, *line)
        if not found:
            continue
        first = _first_line(text, lines[after : number + 1]) + after
        after = number + 1
        running.append(Span(lines[first].start, line.end))
        places.append(Place(lines[first].start, found[1]))
    return Parsed(text, running=tuple(running), places=tuple(places))


def _first_line(text: str, lines: list[Span]) -> int:
    """Return where what belongs to the times in the last of ``lines`` begins."""
    shown = [text[start:end].strip() for start, end in lines]
    first = len(lines) - 1
    # A name stands alone between a blank line and the times; a number may follow the words before.
    above = shown[first - 1] if first else ""
    if above and (above.isdecimal() or first == 1 or not shown[first - 2]):
        first -= 1
    while first and not shown[first - 1]:
        first -= 1
    return first
