"""What the chat shows, as HTML: plain data for the templates, in which no text is markup."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain, groupby, pairwise
from pathlib import PurePosixPath
from urllib.parse import urlencode

from corpus import (
    LINE_IS_BLOCK,
    Document,
    Span,
    Table,
    column_letters,
    count_unread_kinds,
    describe_unread_pages,
)
from index import DocumentSummary, Plan
from qa.chat.collection import DocumentsPanel
from qa.chat.conversation import News, Turn
from qa.chat.markup import render
from qa.chat.sources import (
    LINE,
    SourceView,
    clip_to_page,
    find_place,
    list_marks,
    split_pages,
)
from qa.chat.uploads import list_first
from qa.citations import CONTEXT
from qa.formats.json import answer_to_json, fingerprint
from qa.formats.text import (
    WITHOUT_LINES,
    MarkedQuotation,
    caption_of,
    counted,
    describe_certainty,
    list_copies,
    location_of,
    mark_quotations,
    name_cell,
    origin_of,
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
# Of a row, what stands behind so many cells is shown as one.
MOST_CELLS = 60
# What is marked of a cell, in the order of the legend.
MARKED = {
    "answer": "Cell",
    "quoted": "Its row",
    "row": "Row head",
    "column": "Column head",
    "unit": "Unit",
    "caption": "Caption",
}
UNITS = {
    "reading": "documents",
    "encoding": "passages",
    "writing": "search files",
    "recognising": "pages",
}
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


# Whether it is inside of the quotation; and pieces, each with what it is marked as besides.
Run = tuple[bool, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a source.

    Args:
        number: of the line, for people.
        heading: whether it is one, or part of one.
        in_table: whether it stands among the heads and rows of a table.
        cells: its text in runs, parted where a row of a table is.
    """

    number: int
    heading: bool
    in_table: bool
    cells: tuple[list[Run], ...]


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """Lines that follow each other.

    Args:
        tabular: whether they are rows of a table.
        lines: at least one.
        first_column: of a sheet, the number of the column that a line begins with; else 0.
    """

    tabular: bool
    lines: tuple[SourceLine, ...]
    first_column: int

    @property
    def width(self) -> int:
        """How many cells its longest line has."""
        return max(len(line.cells) for line in self.lines)

    @property
    def letters(self) -> list[str]:
        """Names of the columns of a sheet; empty for all else."""
        first = self.first_column
        return [column_letters(first + n) for n in range(self.width)] if first else []


def render_welcome(examples: Sequence[str] = ()) -> str:
    """Return what is shown before the first question, with questions to begin with."""
    return render("welcome", {"examples": examples})


def render_news(news: News) -> dict[str, object]:
    """Return news of a conversation as the page takes it: each turn as its HTML."""
    return asdict(replace(news, turns=())) | {"turns": [render_turn(turn) for turn in news.turns]}


def render_turn(turn: Turn) -> str:
    """Return a question with its answer, or with the stage that it is at."""
    answer = turn.answer
    values: dict[str, object] = {
        "turn": turn,
        "answer": answer,
        "only": json.dumps(turn.only),
        "where": json.dumps(asdict(turn.where)),
    }
    if answer:
        head, detail = verdict(answer)
        parts = answer.citations[: answer.parts]
        shown = frozenset(number for table in turn.tables for number in table.numbers)
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
            "cells": [(c, name_cell(c)) for c in _cells(answer)],
            "whole": _says_all(answer),
            "items": [(c, _unmarked(c.answer)[1]) for c in parts],
            "short_items": all(len(c.answer) <= SHORT_ITEM for c in parts),
            "paragraphs": list(_paragraphs(parts)),
            "steps": [(c, *_unmarked(c.quote)) for c in parts],
            "places": list(_places(answer, shown)),
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


def _cells(answer: Answer) -> list[Citation]:
    """Return the cells that answer, or those that differ."""
    told = answer.conflicting or range(1, answer.parts + 1)
    return [citation for citation in answer.citations if citation.number in told]


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


def _places(answer: Answer, shown: frozenset[int]) -> Iterator[QuotedPlace]:
    """Yield where the answer stands, in the order of its citations, or what is nearest to a no.

    Args:
        answer: whose citations they are.
        shown: numbers of those that a table above shows.
    """
    for citation in answer.nearest:
        copies = (list_copies(citation),)
        yield QuotedPlace((citation,), caption_of(citation), ((citation.quote, 0),), copies)
    for _, quotations in groupby(mark_quotations(answer), _place_of):
        quoted = list(quotations)
        cited = tuple(citation for one in quoted for citation in one.cited)
        first, pieces = quoted[0].first, quoted[0].pieces
        said = quoted[0].said or first.number in shown or (first.number == 1 and _says_all(answer))
        unsure = answer.verdict == "perhaps" and answer.form != "cells"
        yield QuotedPlace(
            cited,
            caption_of(*(cited if quoted[0].said else [first]), table=first.number not in shown),
            () if said else pieces,
            tuple(dict.fromkeys(map(list_copies, cited))),
            *(_around(first) if unsure else ("", "")),
        )


def _place_of(quoted: MarkedQuotation) -> object:
    """Return the page or place of what the answer says already; all else is one of its own."""
    first = quoted.first
    return (first.document, first.place, first.page) if quoted.said else first.number


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
    scope |= {name: given for name, given in asdict(turn.where).items() if given}
    return urlencode({"q": answer.understood_as} | scope | {"was": fingerprint(answer)})


def render_source(view: SourceView) -> str:
    """Return a citation in its document: the page's image or text, with the words marked."""
    cited, document = view.citation, view.document
    shown = (cited.document, cited.heading.partition(" > ")[0])
    quoted = document and document.text[cited.start : cited.end] == cited.quote
    pages = split_pages(document) if document else []
    values: dict[str, object] = {
        "view": view,
        "cited": cited,
        "title": "" if any(cited.title in text for text in shown) else cited.title,
        "place": cited.place,
        "origin": origin_of(cited),
        "quoted": quoted,
        "count": len(pages),
    }
    if document and quoted:
        page = pages[view.page - 1]
        part = _describe_part(document, page, view.page, len(pages))
        values |= {
            "part": part,
            "place": "" if part.casefold().startswith(cited.place.casefold()) else cited.place,
            "kind": "page" if document.page_starts else "part",
            "legend": list(_legend(view, page)) if cited.labels else [],
        }
        if not view.image:
            values["blocks"] = list(_blocks(view, document, page))
    if view.image:
        kinds = [kind for kind, _ in list_marks(cited)]
        values["image"] = base64.b64encode(view.image.png).decode("ascii")
        values["boxes"] = list(zip(kinds, view.image.boxes, strict=True))
    return render("source", values)


def _describe_part(document: Document, part: Span, number: int, count: int) -> str:
    """Return which part of a document is shown: ``Slide 3 of 12``, ``Sheet Budget (2 of 4)``."""
    if document.page_starts:
        return f"Page {number} of {count}"
    place = find_place(document, part.start)
    if place is None:
        return f"Part {number} of {count}"
    name = place.name[:1].upper() + place.name[1:]
    counted_on = count == len(document.places) and name.endswith(f" {number}")
    return f"{name} of {count}" if counted_on else f"{name} ({number} of {count})"


def _legend(view: SourceView, page: Span) -> Iterator[tuple[str, str, str]]:
    """Yield what is marked on the page: its kind, what that is called, and the words."""
    marks = list_marks(view.citation)
    boxes = view.image.boxes if view.image else [page] * len(marks)
    told: dict[str, list[str]] = {}
    for (kind, span), box in zip(marks, boxes, strict=True):
        if box and view.document and span.overlaps(page):
            told.setdefault(kind, []).append(view.document.text[span.start : span.end])
    for kind, name in MARKED.items():
        if kind in told:
            words = " · ".join(" ".join(text.split()) for text in told[kind])
            yield kind, name, "" if kind == "quoted" else words


def _blocks(view: SourceView, document: Document, page: Span) -> Iterator[SourceBlock]:
    """Yield the lines of a page, those together that are rows of a table."""
    place = find_place(document, page.start)
    column = place.column if place else 0
    for tabular, block in groupby(
        _lines(view.citation, document, page),
        lambda line: bool(column) or line.in_table or len(line.cells) > 1,
    ):
        yield SourceBlock(tabular, tuple(block), column)


def _first_number(document: Document, start: int) -> int:
    """Return the number of the line at ``start``: in its sheet, on its slide, or in the text."""
    place = find_place(document, start)
    if place is None or not place.name.startswith(WITHOUT_LINES):
        return document.line_of(start)
    return max(1, place.row) + document.text.count("\n", place.start, start)


def _lines(citation: Citation, document: Document, page: Span) -> Iterator[SourceLine]:
    """Yield the lines of a page; where a line is a block, a tab parts the cells of a row."""
    parted = document.media_type in LINE_IS_BLOCK
    tables = [whole for whole in map(_extent, document.tables) if whole.overlaps(page)]
    marks = list_marks(citation)
    first = _first_number(document, page.start)
    for number, line in enumerate(LINE.finditer(document.text, *page), first):
        if not line[0]:
            return
        heading = any(h.start <= line.start() < h.end for h in document.headings)
        in_table = parted and any(whole.start <= line.start() < whole.end for whole in tables)
        cells, start = [], line.start()
        for cell in line[0].split("\t", MOST_CELLS) if parted else [line[0]]:
            cells.append(list(_runs(marks, document, Span(start, start + len(cell)))))
            start += len(cell) + 1
        yield SourceLine(number, heading, in_table, tuple(cells))


def _extent(table: Table) -> Span:
    """Return from where to where the heads and rows of a table stand."""
    heads = (head for column in table.columns for head in column)
    rows = (span for row in table.rows for span in (*row.heads, *row.cells))
    spans = [span for span in chain(heads, rows) if span.start < span.end]
    return Span(min((s.start for s in spans), default=0), max((s.end for s in spans), default=0))


def _runs(marks: Sequence[tuple[str, Span]], document: Document, part: Span) -> Iterator[Run]:
    """Yield a part of a line in runs that are inside of the quotation, the first mark, or not."""
    (_, quoted), *others = marks
    edges = {edge for _, span in marks for edge in clip_to_page(part, span)}
    pieces = (Span(*pair) for pair in pairwise(sorted({*part, *edges})))
    for inside, run in groupby(pieces, quoted.overlaps):
        marked = (
            (piece, next((kind for kind, span in others if span.overlaps(piece)), ""))
            for piece in run
        )
        yield inside, [(document.text[piece.start : piece.end], kind) for piece, kind in marked]


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
        "unread_pages": describe_unread_pages(pages) if (pages := report and report.unread) else "",
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
