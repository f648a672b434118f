"""Conversations and citations to take along: Markdown, Word, JSON lines, BibTeX, CSL-JSON."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

from qa.formats.json import answer_to_json
from qa.formats.text import (
    caption_of,
    escape_markdown,
    location_of,
    mark_quotations,
    name_candidates,
    to_markdown,
    verdict,
)
from qa.types import Answer, Citation

__all__ = ["FORMATS", "export"]

# What Word cannot carry (XML 1.0), and what BibTeX takes for its own.
NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
KEY = re.compile(r"[^a-z0-9]+")
# As ISO 8601 writes a year, a month or a day.
DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


def export(kind: str, answers: Sequence[Answer]) -> bytes:
    """Return a conversation as a file of ``kind``, one of `FORMATS`.

    Args:
        kind: ``md``, ``docx``, ``jsonl`` (what ``pincite verify`` checks), ``bib`` or ``csl.json``.
        answers: of the conversation, in order.
    """
    return FORMATS[kind](answers)


def _markdown(answers: Sequence[Answer]) -> bytes:
    turns = (
        f"## {escape_markdown(answer.question)}\n\n{to_markdown(answer)}" for answer in answers
    )
    return "\n".join(turns).encode()


def _json_lines(answers: Sequence[Answer]) -> bytes:
    return "".join(f"{answer_to_json(answer)}\n" for answer in answers).encode()


def _docx(answers: Sequence[Answer]) -> bytes:
    from docx import Document as Word

    word = Word()
    for answer in answers:
        head, detail = verdict(answer)
        word.add_heading(_xml(answer.question), level=2)
        for line in head.split("\n"):
            word.add_paragraph().add_run(_xml(line)).bold = True
        word.add_paragraph(_xml(detail))
        for quoted in mark_quotations(answer):
            if not quoted.said:
                paragraph = word.add_paragraph(style="Quote")
                for piece, marked in quoted.pieces:
                    paragraph.add_run(_xml(piece)).bold = bool(marked)
            for labels in name_candidates(answer, quoted):
                word.add_paragraph(_xml(labels))
            word.add_paragraph(_xml(f"{quoted.numbers} {caption_of(quoted.first)}"))
        for citation in answer.nearest:
            word.add_paragraph(_xml(citation.quote), style="Quote")
            word.add_paragraph(_xml(f"[{citation.number}] {caption_of(citation)}"))
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _bibtex(answers: Sequence[Answer]) -> bytes:
    entries = (
        f"@misc{{{key},\n{''.join(_fields(cited))}}}\n"
        for key, cited in _documents(answers).items()
    )
    return "\n".join(entries).encode()


def _fields(cited: Sequence[Citation]) -> Iterator[str]:
    """Yield what BibTeX is told of a document, a line each."""
    first = cited[0]
    if first.author:
        yield f"  author = {{{{{_tex(first.author)}}}}},\n"  # in two braces: one name, as it stands
    yield f"  title = {{{_tex(first.title)}}},\n"
    if date := _date(first):
        yield f"  year = {{{date[0]:04}}},\n  date = {{{first.date}}},\n"
    yield f"  howpublished = {{{_tex(first.document)}}},\n"
    yield f"  note = {{{_tex(f'{_locations(cited)}; SHA-256 {first.sha256}')}}}\n"


def _tex(text: str) -> str:
    return "".join(BIBTEX_SPECIAL.get(sign, sign) for sign in " ".join(text.split()))


def _csl(answers: Sequence[Answer]) -> bytes:
    entries = [_csl_item(key, cited) for key, cited in _documents(answers).items()]
    return (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode()


def _csl_item(key: str, cited: Sequence[Citation]) -> dict[str, Any]:
    first, date = cited[0], _date(cited[0])
    author = {"author": [{"literal": first.author}]} if first.author else {}
    issued = {"issued": {"date-parts": [date]}} if date else {}
    return {
        "id": key,
        "type": "document",
        "title": first.title,
        **author,
        **issued,
        "source": first.document,
        "locator": _locations(cited),
        "note": f"SHA-256 {first.sha256}",
    }


def _date(citation: Citation) -> list[int]:
    """Return the year, month and day of a document, as far as they are known."""
    date = DATE.fullmatch(citation.date)
    return [int(part) for part in date.groups() if part] if date else []


def _documents(answers: Iterable[Answer]) -> dict[str, list[Citation]]:
    """Return the citations of each document that is cited, by a key made from its name."""
    found: dict[str, list[Citation]] = {}
    for answer in answers:
        for citation in answer.citations:
            found.setdefault(citation.document, []).append(citation)
    keyed: dict[str, list[Citation]] = {}
    for document, cited in found.items():
        stem = KEY.sub("-", PurePosixPath(document).stem.lower()).strip("-") or "document"
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        keyed[next(name for name in names if name not in keyed)] = cited
    return keyed


def _locations(citations: Iterable[Citation]) -> str:
    locations = (location_of(c).removeprefix(f"{c.document}, ") for c in citations)
    return "; ".join(dict.fromkeys(locations))


FORMATS = {
    "md": _markdown,
    "docx": _docx,
    "jsonl": _json_lines,
    "bib": _bibtex,
    "csl.json": _csl,
}
