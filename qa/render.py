"""Answers as text, Markdown and JSON: pure functions, shared by the command line and the chat."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from corpus import InputError, printable
from qa.types import Answer, Citation

__all__ = [
    "also_in",
    "answer_to_dict",
    "answer_to_json",
    "citation_place",
    "citations_from_json",
    "citations_of",
    "escape_markdown",
    "to_markdown",
    "to_text",
    "verdict",
]

MARKDOWN_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
LONGEST_NEAREST = 300
MOST_ALSO = 3
NO_ANSWER = "This is not an answer saved by `pincite ask --json`"


def citation_place(citation: Citation) -> str:
    """Return where a citation stands, for people: ``trade/briefing.pdf, page 2, line 14``."""
    page = "" if citation.page is None else f"page {citation.page}, "
    return f"{citation.document}, {page}line {citation.line}"


def also_in(citation: Citation) -> str:
    """Return where the words of a citation stand as well, for people; empty if nowhere else."""
    if not citation.also:
        return ""
    places = [citation_place(copy) for copy in citation.also[:MOST_ALSO]]
    more = len(citation.also) - len(places)
    return f"Also in {'; '.join(places)}{f'; and {more} more' if more else ''}"


def to_text(answer: Answer) -> str:
    """Return ``answer`` for a terminal; control characters of documents are never passed on."""
    lines = [*verdict(answer), ""]
    for citation in answer.citations:
        lines += [
            f"[{citation.number}] {_where(citation)}",
            f"    “{_one_line(citation.quote)}”",
            *_indented(also_in(citation)),
            "",
        ]
    for citation in answer.nearest:
        quote, also = _shortened(citation.quote), also_in(citation)
        lines += [f"  - {_where(citation)}", *_indented(quote), *_indented(also), ""]
    return printable("\n".join(lines)).rstrip() + "\n"


def to_markdown(answer: Answer) -> str:
    """Return ``answer`` as Markdown in which no text of a document or question is markup."""
    head, detail = map(escape_markdown, verdict(answer))
    blocks = [f"**{head}**", detail]
    for citation in answer.citations:
        place = escape_markdown(". ".join(filter(None, [_where(citation), also_in(citation)])))
        blocks.append(f"> {_marked(citation)}\n>\n> \\[{citation.number}\\] {place}")
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


def answer_to_json(answer: Answer, id_: str | None = None) -> str:
    """Return ``answer`` as one line of JSON, the contract of ``pincite ask --json``.

    Args:
        answer: what to write.
        id_: of the question, where several are asked at once.
    """
    first = {} if id_ is None else {"id": id_}
    return json.dumps(first | answer_to_dict(answer), ensure_ascii=False)


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """Return ``answer`` as plain data; the same contract."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "found": answer.found,
        "confidence": round(answer.confidence, 4),
        "risk": answer.risk,
        "text": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "differing": list(answer.differing),
        "nearest": [asdict(citation) for citation in answer.nearest],
        "searched": asdict(answer.searched),
        "hits": [
            {
                "document": hit.passage.document,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": round(hit.score, 4),
            }
            for hit in answer.hits
        ],
        "timings_ms": dict(answer.timings_ms),
    }


def citations_from_json(text: str) -> list[Citation]:
    """Return the citations of saved answers, one or many (a line each), each before its copies.

    Raises:
        InputError: if the text is not what ``pincite ask --json`` writes.
    """
    try:
        values = _json_values(text)
    except ValueError as error:
        raise InputError(f"{NO_ANSWER} ({error!r}).") from error
    return citations_of(values)


def citations_of(answers: Sequence[Any]) -> list[Citation]:
    """Return the citations of answers as plain data, each before its copies.

    Raises:
        InputError: if they are not what `answer_to_dict` returns.
    """
    names = [field.name for field in fields(Citation) if field.name != "also"]
    try:
        saved = [citation for answer in answers for citation in answer["citations"]]
        every = [one for citation in saved for one in (citation, *_copies_of(citation))]
        return [Citation(**{name: citation[name] for name in names}) for citation in every]
    except (KeyError, TypeError) as error:
        raise InputError(f"{NO_ANSWER} ({error!r}).") from error


def _copies_of(citation: dict[str, Any]) -> list[Any]:
    # What was saved by an earlier version names no copies.
    return list(citation["also"]) if "also" in citation else []


def _json_values(text: str) -> list[Any]:
    """Return the values in ``text``, which follow each other with white space between them."""
    values: list[Any] = []
    decoder, at = json.JSONDecoder(), 0
    text = text.strip()
    while at < len(text) or not values:
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return values


def verdict(answer: Answer) -> tuple[str, str]:
    """Return the answer's first two lines: the short answer, or what was searched in vain."""
    if answer.found:
        return _short_answers(answer), f"Confidence {answer.confidence:.0%}."
    if not answer.hits:
        return "There is nothing to search for.", "Ask a question with at least one word."
    searched = answer.searched
    return (
        "The documents do not say.",
        f"Searched {_count(searched.documents, 'document')} "
        f"({_count(searched.passages, 'passage')}). {_risk(answer)}The nearest passages:",
    )


def _short_answers(answer: Answer) -> str:
    """Return the short answer, or those of the sources that differ, each with its number."""
    if not answer.differing:
        return _one_line(answer.text)
    differing = [c for c in answer.citations if c.number in answer.differing]
    sides = "; ".join(f"{_one_line(c.answer)} [{c.number}]" for c in differing)
    return f"The sources differ: {sides}"


def _risk(answer: Answer) -> str:
    """Return what a no is worth, in words."""
    if answer.risk is None:
        return ""
    share = f"{100 * answer.risk:.0f}" if answer.risk >= 0.01 else "less than one"
    return (
        f"At this setting, about {share} of 100 questions that documents do not answer get an "
        "answer. "
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _where(citation: Citation) -> str:
    place = citation_place(citation)
    title = "" if citation.document.endswith(citation.title) else f" ({_one_line(citation.title)})"
    return f"{place}{title}"


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
