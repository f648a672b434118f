"""What a reader is: from passages to excerpts, or to the statement that there is none."""

from collections.abc import Sequence
from typing import Protocol

from qa.question import Question
from qa.types import Hit, Reading

__all__ = ["Reader"]


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return what answers ``question`` in ``hits`` (best first); the same each time."""
