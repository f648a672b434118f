"""A citation in its surroundings: what a reader sees around a quotation; pure functions."""

import re
from dataclasses import dataclass

from corpus import Document
from qa.types import Citation

__all__ = ["Surroundings", "surroundings"]

WIDTH = 320
BREAK = re.compile(r"\r\n?|\n")
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A stretch of a document in five parts that, joined, are its text to the character.

    Args:
        start: offset of the first character of ``before`` in the document's text.
        before: what stands before the quotation, from the start of a line or of a word.
        quote_before_answer: the quotation up to the short answer.
        answer: the short answer.
        quote_after_answer: the rest of the quotation.
        after: what stands after the quotation, to the end of a line or of a word.
        end: offset after the last character of ``after``.
        unchanged: whether the file still has the bytes that were cited.
    """

    start: int
    before: str
    quote_before_answer: str
    answer: str
    quote_after_answer: str
    after: str
    end: int
    unchanged: bool


def surroundings(
    document: Document, citation: Citation, *, width: int = WIDTH
) -> Surroundings | None:
    """Return ``citation`` in its surroundings, or None if its words no longer stand there.

    Args:
        document: the cited document as it is now.
        citation: made from this or an earlier state of the document.
        width: the most characters before the quotation, and after it.
    """
    text, start, end = document.text, citation.start, citation.end
    if document.id != citation.document or text[start:end] != citation.quote:
        return None
    quote_before, answer, quote_after = citation.parts
    first, last = _first(text, start, width), _last(text, end, width)
    return Surroundings(
        start=first,
        before=text[first:start],
        quote_before_answer=quote_before,
        answer=answer,
        quote_after_answer=quote_after,
        after=text[end:last],
        end=last,
        unchanged=document.sha256 == citation.sha256,
    )


def _first(text: str, start: int, width: int) -> int:
    """Return where a line starts in the farther half of the window, else where a word does."""
    least = start - width
    if least <= 0:
        return 0
    line = BREAK.search(text, least, start - width // 2)
    found = line or SPACE.search(text, least, start)
    return found.end() if found else least


def _last(text: str, end: int, width: int) -> int:
    """Return where a line ends in the farther half of the window, else where a word does."""
    most = end + width
    if most >= len(text):
        return len(text)
    lines = list(BREAK.finditer(text, end + width // 2, most))
    found = lines or list(SPACE.finditer(text, end, most))
    return found[-1].start() if found else most
