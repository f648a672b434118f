"""Answers as text and Markdown: pure functions, shared by the command line and the chat."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import printable
from qa.types import Answer, Citation, join_adjacent

__all__ = [
    "MarkedQuotation",
    "counted",
    "describe_certainty",
    "escape_markdown",
    "list_copies",
    "location_of",
    "mark_quotations",
    "percent",
    "to_markdown",
    "to_text",
    "verdict",
]

MARKDOWN_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
LONGEST_NEAREST = 300
MOST_ALSO = 3


@dataclass(frozen=True, slots=True)
class MarkedQuotation:
    """A quotation with all that is marked in it, by one citation or several.

    Args:
        cited: the citations that quote it, at least one.
        pieces: its text in pieces, each with the number of the citation that marks it; 0 if none
            does.
        said: whether the answer itself says all of it.
    """

    cited: tuple[Citation, ...]
    pieces: tuple[tuple[str, int], ...]
    said: bool

    @property
    def first(self) -> Citation:
        """The first citation that quotes it."""
        return self.cited[0]

    @property
    def numbers(self) -> str:
        """Numbers of all citations that quote it, for people: ``[1][3]``."""
        return "".join(f"[{citation.number}]" for citation in self.cited)


def location_of(citation: Citation) -> str:
    """Return where a citation stands, for people: ``trade/briefing.pdf, page 2, line 14``."""
    page = "" if citation.page is None else f"page {citation.page}, "
    return f"{citation.document}, {page}line {citation.line}"


def percent(confidence: float) -> int:
    """Return a confidence as people are shown it: at most 99 percent, for no answer is certain."""
    return min(99, round(100 * confidence))


def counted(number: int, noun: str) -> str:
    """Return a number of things: ``1 document``, ``2,067 documents``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def list_copies(citation: Citation) -> str:
    """Return where else the words of a citation occur, for people; empty if nowhere."""
    if not citation.also:
        return ""
    locations = [location_of(copy) for copy in citation.also[:MOST_ALSO]]
    more = len(citation.also) - len(locations)
    return f"Also in {'; '.join(locations)}{f'; and {more} more' if more else ''}"


def to_text(answer: Answer) -> str:
    """Return ``answer`` for a terminal; control characters of documents are never passed on."""
    head, detail = verdict(answer)
    lines = [head, detail, ""]
    for quoted in mark_quotations(answer):
        quote = [] if quoted.said else [f"    “{_one_line(quoted.first.quote)}”"]
        also = _indented(list_copies(quoted.first))
        lines += [f"{quoted.numbers} {_where(quoted.first)}", *quote, *also, ""]
    for citation in answer.nearest:
        quote, also = [f"    {_shortened(citation.quote)}"], _indented(list_copies(citation))
        lines += [f"  - {_where(citation)}", *quote, *also, ""]
    return printable("\n".join(lines)).rstrip() + "\n"


def to_markdown(answer: Answer) -> str:
    """Return ``answer`` as Markdown in which no text of a document or question is markup."""
    head, detail = verdict(answer)
    lines = [escape_markdown(line) for line in head.split("\n")]
    if _is_in_parts(answer):
        said = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
    else:
        said = f"**{lines[0]}**"
    blocks = [said, escape_markdown(detail)]
    for quoted in mark_quotations(answer):
        where = ". ".join(filter(None, [_where(quoted.first), list_copies(quoted.first)]))
        place = escape_markdown(f"{quoted.numbers} {where}")
        blocks.append(f"> {place}" if quoted.said else f"> {_marked(quoted)}\n>\n> {place}")
    for citation in answer.nearest:
        quote = escape_markdown(_shortened(citation.quote))
        blocks.append(f"- {escape_markdown(_where(citation))}: {quote}")
    return "\n\n".join(blocks) + "\n"


def escape_markdown(text: str) -> str:
    """Return ``text`` on one line, every character of it literal in Markdown and HTML."""
    line = printable(_one_line(text))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # The entities stay as they are; all other ASCII punctuation may be escaped by a backslash.
    parts = re.split(r"(&(?:amp|lt|gt);)", line)
    parts[::2] = [MARKDOWN_PUNCTUATION.sub(r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def verdict(answer: Answer) -> tuple[str, str]:
    """Return what is said, and what stands behind it.

    Returns:
        The answer, the items of a list and steps on a line each, or that there is none or no sure
        one; and on one line how likely that is right, and of a no, what was searched.
    """
    if answer.verdict == "answered":
        head, detail = _short_answers(answer), describe_certainty(answer)
        if answer.conflicting and _is_in_parts(answer):
            numbers = " and ".join(f"[{number}]" for number in answer.conflicting)
            detail = f"The sources differ: {numbers}. {detail}"
        return head, detail
    if answer.verdict == "perhaps":
        return "No sure answer. It may stand here:", describe_certainty(answer)
    if not answer.searched.passages:
        return "The documents do not say.", "None with text is indexed; add some and build again."
    if not answer.hits and not answer.nearest:  # a kept answer has no hits any more
        return "There is nothing to search for.", "Ask a question with at least one word."
    searched = answer.searched
    return (
        "The documents do not say.",
        f"{describe_certainty(answer)} Searched {counted(searched.documents, 'document')} "
        f"({counted(searched.passages, 'passage')}). The nearest passages:",
    )


def mark_quotations(answer: Answer) -> list[MarkedQuotation]:
    """Return what the citations quote, each quotation once, with all that is marked in it."""
    groups: dict[tuple[str, int, str], list[Citation]] = {}
    for citation in answer.citations:
        same = (citation.document, citation.start, citation.quote)
        groups.setdefault(same, []).append(citation)
    return [
        MarkedQuotation(
            cited=tuple(cited),
            pieces=tuple(_pieces(cited)),
            said=_is_in_parts(answer)
            and cited[0].number <= answer.parts
            and cited[0].answer == cited[0].quote,
        )
        for cited in groups.values()
    ]


def _pieces(cited: Sequence[Citation]) -> Iterator[tuple[str, int]]:
    """Yield the quotation in pieces, each with the number of the first citation that marks it."""
    quote = cited[0].quote
    spans = [(c.answer_start - c.start, c.answer_end - c.start, c.number) for c in cited]
    inside = (min(max(edge, 0), len(quote)) for span in spans for edge in span[:2])
    for start, end in pairwise(sorted({0, len(quote), *inside})):
        marks = (number for one, other, number in spans if one <= start and end <= other)
        yield quote[start:end], next(marks, 0)


def _is_in_parts(answer: Answer) -> bool:
    """Return whether the answer is more than some words: a list, sentences or steps."""
    return answer.verdict == "answered" and answer.form != "span"


def _short_answers(answer: Answer) -> str:
    """Return the answer, its parts with their numbers, or those of the sources that differ."""
    parts = answer.citations[: answer.parts]
    if answer.form in ("list", "steps"):
        return "\n".join(f"[{c.number}] {_one_line(c.answer)}" for c in parts)
    if answer.form == "sentences":
        return join_adjacent(parts, [f"{_one_line(c.quote)} [{c.number}]" for c in parts])
    if not answer.conflicting:
        return _one_line(answer.text)
    conflicting = [c for c in answer.citations if c.number in answer.conflicting]
    sides = "; ".join(f"{_one_line(c.answer)} [{c.number}]" for c in conflicting)
    return f"The sources differ: {sides}"


def describe_certainty(answer: Answer) -> str:
    """Return the probability that stands behind the verdict, and what it was measured on."""
    measured = f" on {answer.fitted_on}" if answer.fitted_on else ""
    if answer.verdict == "answered":
        sure = percent(answer.confidence)
        of_100 = f" (of 100 such answers{measured}, about {sure} were right)" if measured else ""
        return f"Confidence {sure}%{of_100}."
    if answer.verdict == "perhaps":
        sure = percent(answer.answerability)
        if measured:
            return f"In about {sure} of 100 such cases{measured} the passage answers."
        return f"Probability that the passage answers: {sure}%."
    sure = percent(1 - answer.answerability)
    if measured:
        return f"Of 100 questions told this{measured}, the documents do not answer about {sure}."
    return f"Probability that they do not: {sure}%."


def _where(citation: Citation) -> str:
    title = "" if citation.document.endswith(citation.title) else f" ({_one_line(citation.title)})"
    return f"{location_of(citation)}{title}"


def _marked(quoted: MarkedQuotation) -> str:
    """Return the quotation with what is marked in bold, where it is not all of it."""
    if all(marked for _, marked in quoted.pieces):
        return escape_markdown(quoted.first.quote)
    text = ""
    for piece, marked in quoted.pieces:
        # Escaping takes the space off the ends, which parts the words.
        left, right = (" " if end.isspace() else "" for end in (piece[:1], piece[-1:]))
        escaped = escape_markdown(piece)
        bold = f"**{escaped}**" if marked and escaped else escaped
        text += f"{left}{bold}{right}"
    return " ".join(text.split())


def _indented(line: str) -> list[str]:
    return [f"    {line}"] if line else []


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shortened(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= LONGEST_NEAREST else line[: LONGEST_NEAREST - 1].rstrip() + "…"
