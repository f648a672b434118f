"""What the chat shows, as HTML: plain data for the templates, in which no text is markup."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import PurePosixPath
from urllib.parse import urlencode

from corpus import Document, count_unread_kinds
from index import DocumentSummary, Plan
from qa.chat.collection import DocumentsPanel
from qa.chat.conversation import News, Turn
from qa.chat.markup import render
from qa.chat.sources import LINE, SourceView, split_pages
from qa.chat.uploads import list_first
from qa.citations import CONTEXT
from qa.formats.json import answer_to_json, fingerprint
from qa.formats.text import (
    MarkedQuotation,
    counted,
    describe_certainty,
    list_copies,
    location_of,
    mark_quotations,
    percent,
    to_text,
    verdict,
)
from qa.types import Answer, Citation

__all__ = ["render_documents", "render_news", "render_source", "render_turn", "render_welcome"]

SURE = (
    (0.9, "Very likely right"),
    (0.7, "Likely right"),
    (0.5, "More likely right than wrong"),
    (0.0, "Unsure"),
)
# Longer items stand below each other.
SHORT_ITEM = 60
# What stands before an item of a list or a step: a sign, which is left out, or its own number.
MARKER = re.compile(r"\s*(?:[-*+•‣◦▪●]|\(?(\d{1,2}|[a-z])[.)])\s+")
BLANK_LINE = re.compile(r"\n\s*\n|\f")
# More rows than this help nobody, and make the page slow; the rest is found by its name.
MOST_ROWS = 200
UNITS = {"reading": "documents", "encoding": "passages", "writing": "search files"}
NAMED = 4


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """Where an answer stands, or a part of it.

    Args:
        cited: the citations of this place, at least one.
        location: of the place, for people.
        pieces: the quotation in pieces, each with the number of the citation that marks it, or 0;
            empty where the answer says it all.
        copies: where else the words stand, a line each.
        before: some text before the quotation, where that is shown.
        after: some text after it.
    """

    cited: tuple[Citation, ...]
    location: str
    pieces: tuple[tuple[str, int], ...]
    copies: tuple[str, ...]
    before: str = ""
    after: str = ""

    @property
    def numbers(self) -> str:
        """The numbers of its citations, those in sequence together: ``1–3, 5``."""
        numbers = sorted(citation.number for citation in self.cited)
        starts = [n for n in numbers if n - 1 not in numbers]
        ends = [n for n in numbers if n + 1 not in numbers]
        pairs = zip(starts, ends, strict=True)
        return ", ".join(f"{one}–{two}" if two > one else f"{one}" for one, two in pairs)


def render_welcome(examples: Sequence[str] = ()) -> str:
    """Return what is shown before the first question, with questions to begin with."""
    return render("welcome", {"examples": examples})


def render_news(news: News) -> dict[str, object]:
    """Return news of a conversation as the page takes it: each turn as its HTML."""
    return asdict(replace(news, turns=())) | {"turns": [render_turn(turn) for turn in news.turns]}


def render_turn(turn: Turn) -> str:
    """Return a question with its answer, or with the stage that it is at."""
    answer = turn.answer
    values: dict[str, object] = {"turn": turn, "answer": answer, "only": json.dumps(turn.only)}
    if answer:
        head, detail = verdict(answer)
        parts = answer.citations[: answer.parts]
        values |= {
            "head": head,
            "detail": detail,
            "certainty": describe_certainty(answer),
            "sure": _sure(answer),
            "percent": percent(
                answer.confidence if answer.verdict == "answered" else answer.answerability
            ),
            "sides": [
                (c, location_of(c)) for c in answer.citations if c.number in answer.conflicting
            ],
            "whole": _says_all(answer),
            "items": [(c, _unmarked(c.answer)[1]) for c in parts],
            "short_items": all(len(c.answer) <= SHORT_ITEM for c in parts),
            "paragraphs": list(_paragraphs(parts)),
            "steps": [(c, *_unmarked(c.quote)) for c in parts],
            "places": list(_places(answer)),
            "kept": answer_to_json(replace(answer, hits=())),
            "text": to_text(answer),
            "link": _link(turn, answer),
        }
    return render("turn", values)


def _sure(answer: Answer) -> str:
    """Return how sure an answer is, in words; empty without one."""
    if answer.verdict != "answered":
        return ""
    return next(words for least, words in SURE if answer.confidence >= least)


def _says_all(answer: Answer) -> bool:
    """Return whether the words that answer are all of their quotation."""
    if answer.verdict != "answered" or answer.form != "span" or answer.conflicting:
        return False
    return answer.text == answer.citations[0].quote


def _unmarked(words: str) -> tuple[str, str]:
    """Return the number that a step or an item begins with, empty if it has none, and the rest."""
    marker = MARKER.match(words)
    return (marker[1] or "", words[marker.end() :]) if marker else ("", words)


def _paragraphs(parts: Sequence[Citation]) -> Iterator[list[Citation]]:
    """Yield the sentences of an answer, those together that follow each other in a document."""
    begun: list[Citation] = []
    for part in parts:
        if begun and not begun[-1].adjoins(part):
            yield begun
            begun = []
        begun.append(part)
    if begun:
        yield begun


def _places(answer: Answer) -> Iterator[QuotedPlace]:
    """Yield where the answer stands, in the order of its citations, or what is nearest to a no."""
    for citation in answer.nearest:
        copies = (list_copies(citation),)
        yield QuotedPlace((citation,), location_of(citation), ((citation.quote, 0),), copies)
    for _, quotations in groupby(mark_quotations(answer), _place_of):
        quoted = list(quotations)
        cited = tuple(citation for one in quoted for citation in one.cited)
        first, pieces = quoted[0].first, quoted[0].pieces
        said = quoted[0].said or (first.number == 1 and _says_all(answer))
        yield QuotedPlace(
            cited,
            _location_of_all(cited) if quoted[0].said else location_of(first),
            () if said else pieces,
            tuple(dict.fromkeys(map(list_copies, cited))),
            *(_around(first) if answer.verdict == "perhaps" else ("", "")),
        )


def _place_of(quoted: MarkedQuotation) -> object:
    """Return the page of what the answer says already; all else is a place of its own."""
    first = quoted.first
    return (first.document, first.page) if quoted.said else first.number


def _location_of_all(cited: Sequence[Citation]) -> str:
    """Return where quotations of one page stand together, for people: ``a.txt, lines 3–7``."""
    lines = sorted({citation.line for citation in cited})
    place, _, _ = location_of(cited[0]).rpartition("line ")
    return f"{place}lines {lines[0]}–{lines[-1]}" if len(lines) > 1 else location_of(cited[0])


def _around(citation: Citation) -> tuple[str, str]:
    """Return the words of its paragraph just before and after a quotation, no word cut in two."""
    before = BLANK_LINE.split(citation.prefix)[-1]
    after = BLANK_LINE.split(citation.suffix)[0]
    if len(before) == CONTEXT < citation.start:
        before = "… " + before.partition(" ")[2]
    if len(after) == CONTEXT:
        after = after.rpartition(" ")[0] + " …"
    return before, after


def _link(turn: Turn, answer: Answer) -> str:
    """Return the part of an address that asks the same again, and knows what the answer was."""
    scope = {"only": json.dumps(turn.only)} if turn.only else {}
    return urlencode({"q": answer.understood_as} | scope | {"was": fingerprint(answer)})


def render_source(view: SourceView) -> str:
    """Return a citation in its document: the page's image or text, with the words marked."""
    cited, document = view.citation, view.document
    shown = (cited.document, cited.heading.partition(" > ")[0])
    quoted = document and document.text[cited.start : cited.end] == cited.quote
    values: dict[str, object] = {
        "view": view,
        "cited": cited,
        "title": "" if any(cited.title in text for text in shown) else cited.title,
        "quoted": quoted,
        "kind": "Page" if document and document.page_starts else "Part",
        "count": len(split_pages(document)) if document else 0,
    }
    if view.image:
        values["image"] = base64.b64encode(view.image.png).decode("ascii")
    elif document and quoted:
        values["rows"] = list(_rows(view, document))
    return render("source", values)


def _rows(view: SourceView, document: Document) -> Iterator[tuple[int, bool, list[str]]]:
    """Yield the lines of the page: the number, whether it is a heading, and the text in five parts.

    These are cut where the quotation begins, its short answer begins and ends, and it ends itself.
    """
    cited = view.citation
    start, end = split_pages(document)[view.page - 1]
    for at, line in enumerate(LINE.finditer(document.text, start, end), document.line_of(start)):
        first, last = line.span()
        if first == last:
            return
        heading = any(h.start <= first < h.end for h in document.headings)
        cuts = (cited.start, cited.answer_start, cited.answer_end, cited.end)
        edges = [first, *(min(max(cut, first), last) for cut in cuts), last]
        yield at, heading, [document.text[one:two] for one, two in pairwise(edges)]


def render_documents(panel: DocumentsPanel) -> str:
    """Return the documents panel."""
    build, report = panel.build, panel.build.report
    passages = sum(document.passages for document in panel.documents)
    failed = [file for file in panel.skipped if not file.unread_kind]
    values = {
        "panel": panel,
        "question": _question(panel),
        "head": f"{counted(len(panel.documents), 'document')}, {counted(passages, 'passage')}",
        "unreadable": f"{counted(len(failed), 'file')} could not be read",
        "failed": failed[:MOST_ROWS],
        "more_failed": counted(rest, "more file") if (rest := len(failed) - MOST_ROWS) > 0 else "",
        "unread": count_unread_kinds(panel.skipped),
        "unread_ids": [file.id for file in panel.skipped if file.unread_kind][:MOST_ROWS],
        "progress": build.progress if build.progress and build.progress.total else None,
        "units": UNITS,
        "report": report
        if report and (report.added or report.changed or report.moved or report.removed)
        else None,
        "changes": _changes(panel.plan) if panel.plan else [],
        "rows": [(document, *_row(document)) for document in panel.documents[:MOST_ROWS]],
        "more": counted(len(panel.documents) - MOST_ROWS, "more document"),
    }
    return render("documents", values)


def _question(panel: DocumentsPanel) -> str:
    """Return what to ask before a document is removed; empty if none is about to be."""
    if not panel.asking:
        return ""
    file = next((d.file for d in panel.documents if d.id == panel.asking), panel.asking)
    others = sum(d.file == file for d in panel.documents) - 1
    goes = f" It holds {counted(others + 1, 'document')}, which all go." if others > 0 else ""
    lies = f"{panel.asking} lies in {file}. " if file != panel.asking else ""
    return f"{lies}Remove {file} from the folder?{goes} The file is kept beside the index."


def _changes(plan: Plan) -> list[tuple[str, str]]:
    """Return what a build would do: kinds of changes, each with the documents concerned."""
    kinds = (
        ("New", plan.added),
        ("Changed", plan.changed),
        ("Moved", [new for _, new in plan.moved]),
        ("Gone", plan.removed),
        ("Everything is made again", plan.rebuild),
    )
    return [(kind, list_first(names, NAMED)) for kind, names in kinds if names]


def _row(document: DocumentSummary) -> tuple[str, str]:
    """Return a document's type as people call it (``PDF``), and the day on which it changed."""
    known = document.modified > 0  # a file that was just written may change again unseen
    day = datetime.fromtimestamp(document.modified / 1e9, UTC).date().isoformat() if known else "–"
    return PurePosixPath(document.id).suffix.removeprefix(".").upper(), day
