"""What the chat shows, as HTML: plain data for the templates, in which no text is markup."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import PurePosixPath
from urllib.parse import urlencode

from corpus import Document
from index import DocumentSummary, Plan
from qa.chat.collection import DocumentsPanel
from qa.chat.conversation import News, Turn
from qa.chat.markup import render
from qa.chat.sources import LINE, SourceView, split_pages
from qa.chat.uploads import list_first
from qa.formats.json import answer_to_json, fingerprint
from qa.formats.text import counted, list_copies, location_of, percent, to_text, verdict
from qa.types import Answer

__all__ = ["render_documents", "render_news", "render_source", "render_turn", "render_welcome"]

SURE = ((0.9, "Very likely right"), (0.7, "Likely right"), (0.5, "Perhaps right"), (0.0, "Unsure"))
# More rows than this help nobody, and make the page slow; the rest is found by its name.
MOST_ROWS = 200
UNITS = {"reading": "documents", "encoding": "passages", "writing": "search files"}
NAMED = 4


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
        cited = answer.citations or answer.nearest
        values |= {
            "head": head,
            "detail": detail,
            "whole": answer.found and answer.text == cited[0].quote and not answer.conflicting,
            "cited": [(c, location_of(c), list_copies(c)) for c in cited],
            "sure": next(words for least, words in SURE if answer.confidence >= least),
            "percent": percent(answer.confidence),
            "kept": answer_to_json(replace(answer, hits=())),
            "text": to_text(answer),
            "link": _link(turn, answer),
        }
    return render("turn", values)


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
    values = {
        "panel": panel,
        "head": f"{counted(len(panel.documents), 'document')}, {counted(passages, 'passage')}",
        "unreadable": f"{counted(len(panel.skipped), 'file')} could not be read",
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
