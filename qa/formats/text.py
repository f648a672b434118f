"""Answers as text and Markdown: pure functions, shared by the command line and the chat."""

import re

from corpus import printable
from qa.types import Answer, Citation

__all__ = [
    "counted",
    "escape_markdown",
    "list_copies",
    "location_of",
    "percent",
    "to_markdown",
    "to_text",
    "verdict",
]

MARKDOWN_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
LONGEST_NEAREST = 300
MOST_ALSO = 3


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
    lines = [*verdict(answer), ""]
    for citation in answer.citations:
        lines += [
            f"[{citation.number}] {_where(citation)}",
            f"    “{_one_line(citation.quote)}”",
            *_indented(list_copies(citation)),
            "",
        ]
    for citation in answer.nearest:
        quote, also = _shortened(citation.quote), list_copies(citation)
        lines += [f"  - {_where(citation)}", *_indented(quote), *_indented(also), ""]
    return printable("\n".join(lines)).rstrip() + "\n"


def to_markdown(answer: Answer) -> str:
    """Return ``answer`` as Markdown in which no text of a document or question is markup."""
    head, detail = map(escape_markdown, verdict(answer))
    blocks = [f"**{head}**", detail]
    for citation in answer.citations:
        where = escape_markdown(". ".join(filter(None, [_where(citation), list_copies(citation)])))
        blocks.append(f"> {_marked(citation)}\n>\n> \\[{citation.number}\\] {where}")
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
    """Return the answer's first two lines: the short answer, or what was searched in vain."""
    if answer.found:
        return _short_answers(answer), f"Confidence {percent(answer.confidence)}%."
    if not answer.searched.passages:
        return "The documents do not say.", "None with text is indexed; add some and build again."
    if not answer.hits:
        return "There is nothing to search for.", "Ask a question with at least one word."
    searched = answer.searched
    return (
        "The documents do not say.",
        f"Searched {counted(searched.documents, 'document')} "
        f"({counted(searched.passages, 'passage')}). {_false_answers(answer)}The nearest passages:",
    )


def _short_answers(answer: Answer) -> str:
    """Return the short answer, or those of the sources that differ, each with its number."""
    if not answer.conflicting:
        return _one_line(answer.text)
    conflicting = [c for c in answer.citations if c.number in answer.conflicting]
    sides = "; ".join(f"{_one_line(c.answer)} [{c.number}]" for c in conflicting)
    return f"The sources differ: {sides}"


def _false_answers(answer: Answer) -> str:
    """Return what a no is worth, in words."""
    if answer.false_answer_rate is None:
        return ""
    rate = answer.false_answer_rate
    share = f"{100 * rate:.0f}" if rate >= 0.01 else "less than one"
    return (
        f"At this setting, about {share} of 100 questions that documents do not answer get an "
        "answer. "
    )


def _where(citation: Citation) -> str:
    title = "" if citation.document.endswith(citation.title) else f" ({_one_line(citation.title)})"
    return f"{location_of(citation)}{title}"


def _marked(citation: Citation) -> str:
    """Return the quotation with the short answer in bold, where it is not all of it."""
    before, answer, after = citation.parts
    if answer == citation.quote:
        return escape_markdown(answer)
    left = " " if before[-1:].isspace() else ""
    right = " " if after[:1].isspace() else ""
    bold = f"{left}**{escape_markdown(answer)}**{right}"
    return f"{escape_markdown(before)}{bold}{escape_markdown(after)}"


def _indented(line: str) -> list[str]:
    return [f"    {line}"] if line else []


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shortened(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= LONGEST_NEAREST else line[: LONGEST_NEAREST - 1].rstrip() + "…"
