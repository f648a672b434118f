"""Answers as text and Markdown: pure functions, shared by the command line and the chat."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import printable
from qa.types import Answer, Citation, LabelRole, join_adjacent

__all__ = [
    "WITHOUT_LINES",
    "MarkedQuotation",
    "caption_of",
    "counted",
    "describe_certainty",
    "escape_markdown",
    "list_copies",
    "location_of",
    "mark_quotations",
    "name_candidates",
    "name_cell",
    "origin_of",
    "percent",
    "to_markdown",
    "to_text",
    "verdict",
]

MARKDOWN_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
LONGEST_NEAREST = 300
MOST_ALSO = 3
# Places that say it better than a line number does.
WITHOUT_LINES = ("slide ", "sheet ")
# What names a cell beside it; its table's caption belongs to where it stands.
NAMING: tuple[LabelRole, ...] = ("row", "column", "unit")
BRACKETS = ("()", "[]")


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


def location_of(citation: Citation, *further: Citation) -> str:
    """Return where a citation stands, for people.

    For example ``trade/briefing.pdf, page 2, line 14`` or ``budget.xlsx, sheet Budget, cell C7``.

    Args:
        citation: the first one.
        further: others of the same page or place, which stand with it: ``lines 14–17``.
    """
    page = "" if citation.page is None else f"page {citation.page}"
    lines = sorted({one.line for one in (citation, *further)})
    said = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}–{lines[-1]}"
    line = "" if citation.place.startswith(WITHOUT_LINES) else said
    return ", ".join(filter(None, [citation.document, citation.place, page, line]))


def caption_of(citation: Citation, *further: Citation, table: bool = True) -> str:
    """Return where a citation stands and what is known of its origin, for people.

    For example ``mails.mbox, message 4, line 30 · Ann Smith, 2013-04-30``; see `location_of`.

    Args:
        citation: the first one.
        further: others that stand with it.
        table: whether the caption of a cell's table is told too.
    """
    said = [location_of(citation, *further), _table_of(citation) if table else ""]
    return " · ".join(filter(None, [*said, origin_of(citation)]))


def _table_of(citation: Citation) -> str:
    """Return the table of a cell, for people; empty where it has no caption."""
    caption = " ".join(_one_line(c.quote) for c in citation.labels if c.role == "caption")
    return f"table “{caption}”" if caption else ""


def origin_of(citation: Citation) -> str:
    """Return who wrote a document and when, and how surely the words were read off a scan.

    Empty if the document does not say, and is no scan.
    """
    written = ", ".join(filter(None, [_one_line(citation.author), citation.date]))
    sure = citation.recognised
    scan = "" if sure is None else f"read off a scan, {percent(sure)}% sure"
    return " · ".join(filter(None, [written, scan]))


def name_cell(citation: Citation) -> list[tuple[LabelRole, str]]:
    """Return what names a cell: heads of its row and column, outermost first, then its unit."""
    named: dict[str, LabelRole] = {}
    for role in NAMING:
        for label in citation.labels:
            if label.role == role and (text := _one_line(label.quote)):
                named.setdefault(_without_brackets(text) if role == "unit" else text, role)
    return [(role, text) for text, role in named.items()]


def _labels(citation: Citation) -> str:
    """Return what names a cell: ``Purchases of property · 2018 · in millions``; empty without."""
    return " · ".join(text for _, text in name_cell(citation))


def _without_brackets(text: str) -> str:
    return text[1:-1].strip() if text[:1] + text[-1:] in BRACKETS else text


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
        about = [line for label in name_candidates(answer, quoted) for line in _indented(label)]
        also = _indented(list_copies(quoted.first))
        lines += [f"{quoted.numbers} {_where(quoted.first)}", *quote, *about, *also, ""]
    for citation in answer.nearest:
        quote, also = [f"    {_shortened(citation.quote)}"], _indented(list_copies(citation))
        lines += [f"  - {_where(citation)}", *quote, *also, ""]
    return printable("\n".join(lines)).rstrip() + "\n"


def to_markdown(answer: Answer) -> str:
    """Return ``answer`` as Markdown in which no text of a document or question is markup."""
    head, detail = verdict(answer)
    blocks = [_said_in_markdown(answer, head), escape_markdown(detail)]
    for quoted in mark_quotations(answer):
        about = (*name_candidates(answer, quoted), list_copies(quoted.first))
        where = ". ".join(filter(None, [_where(quoted.first), *about]))
        place = escape_markdown(f"{quoted.numbers} {where}")
        blocks.append(f"> {place}" if quoted.said else f"> {_marked(quoted)}\n>\n> {place}")
    for citation in answer.nearest:
        quote = escape_markdown(_shortened(citation.quote))
        blocks.append(f"- {escape_markdown(_where(citation))}: {quote}")
    return "\n\n".join(blocks) + "\n"


def _said_in_markdown(answer: Answer, head: str) -> str:
    """Return the answer, its parts as a list, the values of cells in bold; or the verdict."""
    if not _is_in_parts(answer):
        return f"**{escape_markdown(head)}**"
    lines = [escape_markdown(line) for line in head.split("\n")]
    if answer.form == "cells":
        cells = [tuple(map(escape_markdown, cell)) for cell in _cells(answer)]
        lines = [_told(number, f"**{value}**", labels) for number, value, labels in cells]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


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
        The answer, items, steps and cells on a line each, or that there is none or no sure one; and
        on one line how likely that is right, and of a no, what was searched.
    """
    if answer.verdict == "answered":
        head, detail = _short_answers(answer), describe_certainty(answer)
        if answer.conflicting and _is_in_parts(answer):
            numbers = " and ".join(f"[{number}]" for number in answer.conflicting)
            detail = f"The sources differ: {numbers}. {detail}"
        return head, detail
    if answer.verdict == "perhaps":
        return f"No sure answer. It may stand {_somewhere(answer)}:", describe_certainty(answer)
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


def _somewhere(answer: Answer) -> str:
    """Return what the citations of a perhaps are, for people."""
    if answer.form != "cells":
        return "here"
    return "in this row" if len(mark_quotations(answer)) == 1 else "in these rows"


def name_candidates(answer: Answer, quoted: MarkedQuotation) -> list[str]:
    """Return what names the cells of a row in which the answer may stand."""
    if answer.form != "cells" or answer.verdict != "perhaps":
        return []
    return [label for citation in quoted.cited if (label := _labels(citation))]


def _cells(answer: Answer) -> list[tuple[str, str, str]]:
    """Return the cells that answer, or differ: number (empty of a single one), value, labels."""
    told = answer.conflicting or range(1, answer.parts + 1)
    cited = [citation for citation in answer.citations if citation.number in told]
    return [
        (f"[{c.number}]" if len(cited) > 1 else "", _one_line(c.answer), _labels(c)) for c in cited
    ]


def _told(number: str, value: str, labels: str) -> str:
    """Return a cell on one line, what names it beside it."""
    return f"{number} {value}{f' — {labels}' if labels else ''}".lstrip()


def _is_in_parts(answer: Answer) -> bool:
    """Return whether the answer is more than words: a list, sentences, steps or cells."""
    return answer.verdict == "answered" and answer.form != "span"


def _short_answers(answer: Answer) -> str:
    """Return the answer, its parts with their numbers, or those of the sources that differ."""
    parts = answer.citations[: answer.parts]
    if answer.form in ("list", "steps"):
        return "\n".join(f"[{c.number}] {_one_line(c.answer)}" for c in parts)
    if answer.form == "cells":
        return "\n".join(_told(*cell) for cell in _cells(answer))
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
    """Return where a citation stands, with the document's title and the table's caption."""
    title = "" if citation.document.endswith(citation.title) else f" ({_one_line(citation.title)})"
    said = [f"{location_of(citation)}{title}", _table_of(citation), origin_of(citation)]
    return " · ".join(filter(None, said))


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
