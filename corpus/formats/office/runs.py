"""The text of a paragraph, put together from its runs."""

import re
from dataclasses import dataclass, field
from typing import Literal

from corpus.formats.raised import sign_before

__all__ = ["Position", "Runs", "clean_description"]

# What programs add to the descriptions that they make, and names in place of one.
MADE_UP = re.compile(
    r"Description automatically generated|AI-generated content may be incorrect\.?"
)
BARE_NAME = re.compile(
    r"\S+\.(?:png|jpe?g|gif|[ew]mf|bmp|tiff?|svg|webp)|(?:picture|graphic|image) ?\d+",
    re.IGNORECASE,
)
# Where a run stands: on the line, above it or below it.
Position = Literal["", "super", "sub"]
LONGEST_BASE = 20  # characters before a raised run that tell what it is


@dataclass(slots=True)
class Runs:
    """Collects the runs of a paragraph; ``text`` is what they are together.

    Args:
        in_cell: whether the paragraph stands in a table, where numbers have notes.
    """

    in_cell: bool = False
    _parts: list[str] = field(default_factory=list)
    _position: Position = ""

    @property
    def text(self) -> str:
        """All runs as one."""
        return "".join(self._parts)

    @property
    def last(self) -> str:
        """The last character, or ``""``."""
        return self._parts[-1][-1] if self._parts else ""

    def add(self, text: str, position: Position = "") -> None:
        """Append a run, set off where it would read as part of a number or a word beside it."""
        if not text:
            return
        if position != self._position and self.last and not self.last.isspace():
            self._parts += filter(None, [self._sign(text, position)])
        self._position = position
        self._parts.append(text)

    def _sign(self, text: str, position: Position) -> str:
        if position:
            before = "".join(self._parts[-LONGEST_BASE:])[-LONGEST_BASE:]
            return sign_before(before, text, position == "sub", in_link=False, in_cell=self.in_cell)
        return " " if self.last.isdecimal() and text[0].isdecimal() else ""

    def describe(self, text: str) -> None:
        """Append what a picture in the line shows, as words of its own."""
        self.add(("" if not self.last or self.last.isspace() else " ") + text + " ")


def clean_description(text: str) -> str:
    """Return what somebody wrote to describe a picture, or ``""`` for what tells nothing."""
    words = " ".join(MADE_UP.sub("", text).split())
    return "" if BARE_NAME.fullmatch(words) else words
