"""The chat's HTML; pure, and no text of a document is ever markup."""

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import PurePosixPath
from urllib.parse import urlencode

from corpus import Box, Document, PageView, Skipped, Span
from index import BuildState, DocumentSummary, Plan
from qa.chat.uploads import first_of
from qa.formats.json import answer_to_json, fingerprint
from qa.formats.text import also_in, counted, location_of, percent, to_text, verdict
from qa.types import Answer, Citation

__all__ = [
    "NO_SOURCES",
    "Panel",
    "Place",
    "Turn",
    "asset",
    "conversation_html",
    "documents_html",
    "escaped",
    "leaf_of",
    "leaves",
    "line",
    "showable",
    "spans_in",
    "text_html",
    "viewer_html",
    "welcome_html",
]

LINE_END = re.compile(r"\r\n?|\f")
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def showable(text: str) -> str:
    """Return ``text`` with a replacement character for each one that no page can carry."""
    return UNSHOWABLE.sub("\ufffd", LINE_END.sub("\n", text))


def escaped(text: str) -> str:
    """Return HTML in which every character of ``text`` stands for itself, quotes too."""
    return escape(showable(text))


def text_html(text: str) -> str:
    """Return HTML that shows ``text`` and nothing else, its direction kept to itself."""
    return f"<bdi>{escaped(text)}</bdi>"


def line(kind: str, text: str) -> str:
    """Return a paragraph of class ``kind`` that shows ``text``; nothing without text."""
    return f'<p class="{kind}" dir="auto">{escaped(text)}</p>' if text else ""


SAVED_AS = {
    "md": "Markdown",
    "docx": "Word",
    "jsonl": "JSON",
    "bib": "BibTeX",
    "csl.json": "CSL-JSON",
}
SURE = ((0.9, "Very likely right"), (0.7, "Likely right"), (0.5, "Perhaps right"), (0.0, "Unsure"))


def asset(name: str) -> str:
    """Return the text of one of the page's own files: style or script."""
    return files("qa.chat").joinpath("static", name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, or a sentence on why there is none, or neither yet.

    Args:
        question: as it was asked.
        answer: None until there is one.
        failure: why there is none; empty without a reason.
        stage: what is being done; empty when all is done.
        changed: documents among the answer's whose files are no longer as they were read.
        collection: which of the collections was asked, from 0.
        understood: the question that was searched for, where it took something from before.
        only: the documents, folders or patterns that were asked; all if empty.
        remark: what else to know about the answer; empty if there is nothing.
        when: it was answered, if that was in another conversation; else empty.
        began: when it was asked, in seconds of the machine's own clock.
        good: what was thought of the answer; None if nothing was said.
        noted: whether a note on it was kept.
    """

    question: str
    answer: Answer | None = None
    failure: str = ""
    stage: str = ""
    changed: frozenset[str] = frozenset()
    collection: int = 0
    understood: str = ""
    only: tuple[str, ...] = ()
    remark: str = ""
    when: str = ""
    began: float = 0.0
    good: bool | None = None
    noted: bool = False

    @property
    def waiting(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and not self.failure


def conversation_html(turns: Sequence[Turn]) -> str:
    """Return the conversation, its last turn selected."""
    shown = (_turn(turn, at, at == len(turns) - 1) for at, turn in enumerate(turns))
    return "".join(shown) + _saving(turns)


def welcome_html(examples: Sequence[str] = ()) -> str:
    """Return what stands where the conversation will be, with questions to begin with."""
    offers = (
        f'<button data-example="{escaped(question)}">{text_html(question)}</button>'
        for question in examples
    )
    return (
        '<div class="welcome"><h2>What would you like to know?</h2><p>Answers come in the '
        "documents’ own words, with file, page and line. Where the documents do not say, "
        f"you are told so.</p>{''.join(offers)}</div>"
    )


def _turn(turn: Turn, at: int, selected: bool) -> str:
    if turn.answer is not None:
        answer = _found(turn, turn.answer) if turn.answer.found else _not_found(turn.answer)
    elif turn.failure:
        answer = line("note", turn.failure)
    else:
        answer = f'<p class="hint waiting" role="status">{escaped(turn.stage)} …</p>'
    return (
        f'<section class="turn{" selected" if selected else ""}" data-turn="{at}" '
        f'data-collection="{turn.collection}" data-only="{escaped(json.dumps(turn.only))}" '
        f'data-when="{escaped(turn.when)}">'
        f"{line('asked', turn.question)}{_understood(turn)}{_scope(turn)}"
        f'<div class="answer">{answer}</div>{line("note", turn.remark)}'
        f"{_footer(turn)}</section>"
    )


def _footer(turn: Turn) -> str:
    """Return what can be done with an answer: taken along, or judged."""
    if turn.answer is None or turn.stage:
        return ""
    verdicts = "".join(
        f'<button data-good="{value}" aria-label="This is {word}" title="This is {word}" '
        f'aria-pressed="{"true" if turn.good is good else "false"}">{sign} {word.title()}</button>'
        for value, good, word, sign in (("yes", True, "right", "✓"), ("no", False, "wrong", "✗"))
    )
    note = (
        '<input data-note aria-label="Note" placeholder="Add a note, then Enter" maxlength="2000">'
    )
    asked = "" if turn.good is None else "<span>Thank you.</span>" if turn.noted else note
    kept = answer_to_json(replace(turn.answer, hits=()))
    return (
        f'<div class="footer" data-answer="{escaped(kept)}">'
        f'<button data-copy="{escaped(to_text(turn.answer))}">Copy</button>'
        f'<button data-link="{escaped(_link(turn, turn.answer))}">Link</button>'
        f"{verdicts}{asked}</div>"
    )


def _link(turn: Turn, answer: Answer) -> str:
    """Return the part of an address that asks the same again, and knows what the answer was."""
    scope = {"only": json.dumps(turn.only)} if turn.only else {}
    return urlencode({"q": answer.understood_as} | scope | {"was": fingerprint(answer)})


def _saving(turns: Sequence[Turn]) -> str:
    """Return the buttons that save the conversation."""
    if not any(turn.answer for turn in turns):
        return ""
    buttons = "".join(
        f'<button data-save="{kind}">{name}</button>' for kind, name in SAVED_AS.items()
    )
    return f'<div class="saving">Save the conversation: {buttons}</div>'


def _understood(turn: Turn) -> str:
    """Return what a follow-up was taken to mean, to be corrected; nothing for others."""
    if not turn.understood:
        return ""
    said = escaped(turn.understood)
    return (
        f'<p class="understood">Understood as: <q dir="auto">{said}</q> '
        f'<button class="edit" data-edit="{said}">Edit</button></p>'
    )


def _scope(turn: Turn) -> str:
    """Return which documents were asked, where it was not all of them."""
    return line("understood", f"Asked only: {', '.join(turn.only)}") if turn.only else ""


def _found(turn: Turn, answer: Answer) -> str:
    whole = answer.text == answer.citations[0].quote and not answer.conflicting
    quotes = (_cited(c, quoted=not (whole and c.number == 1)) for c in answer.citations)
    return (
        f"{_sides(answer) or line('short long' if whole else 'short', answer.text)}"
        f"{_confidence(answer)}<ol>{''.join(quotes)}</ol>{_checked(turn)}"
    )


def _confidence(answer: Answer) -> str:
    """Return how sure the answer is: in words, as a number, and what the number means."""
    share = percent(answer.confidence)
    words = next(words for least, words in SURE if answer.confidence >= least)
    meaning = f"Of 100 answers with this number, about {share} are right."
    return (
        f'<p class="confidence" tabindex="0" title="{meaning}">'
        f'<span class="gauge" aria-hidden="true"><i style="width:{share}%"></i></span>'
        f'{words}, {share}%<span class="hidden">. {meaning}</span></p>'
    )


def _checked(turn: Turn) -> str:
    """Return whether the files are still those that were quoted."""
    if turn.stage:
        return f'<p class="hint waiting" role="status">{escaped(turn.stage)} …</p>'
    if turn.changed:
        names = ", ".join(sorted(turn.changed))
        return line("note", f"Changed since they were read: {names}. Update the index, ask again.")
    when = f"Answered {turn.when}. " if turn.when else ""
    return line("hint checked", f"{when}✓ Checked: the files are as they were read.")


def _sides(answer: Answer) -> str:
    """Return the answers of sources that differ, side by side; nothing where none does."""
    sides = "".join(
        f"<div>{line('short', c.answer)}{line('place', location_of(c))}</div>"
        for c in answer.citations
        if c.number in answer.conflicting
    )
    return f'<p class="note">The sources differ:</p><div class="sides">{sides}</div>' * bool(sides)


def _not_found(answer: Answer) -> str:
    head, detail = verdict(answer)
    nearest = "".join(_cited(citation) for citation in answer.nearest)
    passages = f'<ol class="nearest">{nearest}</ol>' if nearest else ""
    return f'<p class="short">{head}</p><p class="hint">{detail}</p>{passages}'


def _cited(citation: Citation, *, quoted: bool = True) -> str:
    """Return a citation for the conversation: its number, its words, its place."""
    words = ""
    if quoted:
        before, answer, after = map(escaped, citation.parts)
        answer = answer if citation.answer == citation.quote else f"<b>{answer}</b>"
        words = f'<p class="quote" dir="auto">{before}{answer}{after}</p>'
    return (
        f'<li><button class="number" data-number="{citation.number}" title="Show this source">'
        f"[{citation.number}]</button><div>{words}{line('place', location_of(citation))}"
        f"{line('place', also_in(citation))}</div></li>"
    )


LEAF_LINES = 120
NO_SOURCES = '<p class="hint">The pages behind an answer appear here, with its words marked.</p>'
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Place:
    """What the viewer shows.

    Args:
        turn: of the conversation, from 0.
        citations: of the turn's answer; for a no, the nearest passages.
        number: of the citation that is shown.
        answers: whether the citations are answers, and so are marked.
        leaf: of its document, from 1.
        download: address of the original file; empty if it cannot be had.
        note: what to know about the document; empty if there is nothing.
    """

    turn: int
    citations: tuple[Citation, ...]
    number: int
    answers: bool
    leaf: int = 1
    download: str = ""
    note: str = ""

    @property
    def citation(self) -> Citation:
        """The citation that is shown."""
        return self.citations[self.number - 1]


def leaves(document: Document) -> list[Span]:
    """Return the document's leaves in order; joined, they are its text."""
    if document.page_starts:
        starts = list(document.page_starts)
    else:
        lines = [match.start() for match in LINE.finditer(document.text) if match[0]]
        starts = lines[::LEAF_LINES] or [0]
    return [Span(*pair) for pair in pairwise([*starts, len(document.text)])]


def leaf_of(document: Document, offset: int) -> int:
    """Return the number of the leaf, from 1, on which ``offset`` stands."""
    return max(1, bisect_right([leaf.start for leaf in leaves(document)], offset))


def spans_in(document: Document, place: Place) -> tuple[Span, Span]:
    """Return the parts of the quotation and of its answer on the leaf, counted from its start."""
    first, last = leaves(document)[place.leaf - 1]
    cited = place.citation
    ranges = (cited.start, cited.end), (cited.answer_start, cited.answer_end)
    quotation, answer = (
        Span(*(min(max(offset, first), last) - first for offset in pair)) for pair in ranges
    )
    return quotation, answer


def viewer_html(place: Place, document: Document | None, page: PageView | None) -> str:
    """Return the viewer.

    Args:
        place: what to show.
        document: that is cited, as it was indexed; None if it is no longer in the index.
        page: the leaf's image with two groups of boxes, the quotation's and the short answer's;
            None to show its text.
    """
    citation = place.citation
    quoted = document is not None and document.text[citation.start : citation.end] == citation.quote
    if document is None or not quoted:
        what = "has changed" if document else "is no longer there"
        note = f"The document {what}. When it was cited, it said:"
        body = f'<div class="leaf"><p class="quote" dir="auto">{escaped(citation.quote)}</p></div>'
        return f"{_bar(place, None)}{line('note', note)}{body}"
    here = "" if document.sha256 == citation.sha256 else "The document has changed, but not here."
    shown = _image(place, page) if page else _text(place, document)
    hint = "" if place.answers else "Not an answer, only a passage near to the question."
    notes = f"{line('hint', hint)}{line('note', here)}{line('note', place.note)}"
    return f"{_bar(place, document)}{notes}{shown}{_facts(citation)}"


def _bar(place: Place, document: Document | None) -> str:
    """Return the buttons: one for each citation, and to the document's neighbouring leaves."""
    numbers = "".join(
        f'<button class="number" data-turn="{place.turn}" data-number="{c.number}" '
        f'aria-label="Show source {c.number}" aria-pressed="{_said(c.number == place.number)}">'
        f"[{c.number}]</button>"
        for c in place.citations
    )
    citation = place.citation
    told = (citation.document, citation.heading.partition(" > ")[0])
    title = "" if any(citation.title in known for known in told) else citation.title
    download = (
        f'<a class="download" href="{escaped(place.download)}" download>Download</a>'
        if place.download
        else ""
    )
    turning = _turning(place, document) if document else ""
    return (
        f'<div class="bar"><div class="numbers" role="group" aria-label="Sources">{numbers}</div>'
        f'<div class="named"><h3 dir="auto">{escaped(citation.document)}</h3>{line("title", title)}'
        f"{line('heading', citation.heading)}</div>{download}{turning}</div>"
    )


def _turning(place: Place, document: Document) -> str:
    count = len(leaves(document))
    kind = "Page" if document.page_starts else "Part"
    where = f'<span class="where">{kind} {place.leaf} of {count}</span>'
    if count == 1 and not document.page_starts:
        return ""
    before = _page_button(place, place.leaf - 1, count, "‹", f"Previous {kind.lower()}")
    after = _page_button(place, place.leaf + 1, count, "›", f"Next {kind.lower()}")
    return f'<div class="turning">{before}{where}{after}</div>'


def _page_button(place: Place, leaf: int, count: int, sign: str, label: str) -> str:
    disabled = "" if 1 <= leaf <= count else " disabled"
    return (
        f'<button class="turn-leaf" data-turn="{place.turn}" data-number="{place.number}" '
        f'data-leaf="{leaf}" aria-label="{label}"{disabled}>{sign}</button>'
    )


def _image(place: Place, page: PageView) -> str:
    """Return the page's image with the boxes over it."""
    encoded = base64.b64encode(page.png).decode("ascii")
    label = f"Page {place.leaf} of {place.citation.document}"
    kinds = ("now quoted", "now answer") if place.answers else ("near", "")
    boxes = "".join(
        _box(box, kind)
        for kind, group in zip(kinds, page.boxes, strict=True)
        for box in group
        if kind
    )
    return (
        f'<div class="leaf page" style="aspect-ratio:{page.width}/{page.height}">'
        f'<img alt="{escaped(label)}" src="data:image/png;base64,{encoded}">{boxes}</div>'
    )


def _box(box: Box, kind: str) -> str:
    left, top = f"{100 * box.left:.3f}%", f"{100 * box.top:.3f}%"
    width, height = f"{100 * (box.right - box.left):.3f}%", f"{100 * (box.bottom - box.top):.3f}%"
    return f'<i class="box {kind}" style="left:{left};top:{top};width:{width};height:{height}"></i>'


def _text(place: Place, document: Document) -> str:
    """Return the leaf's lines, numbered, with the quotation and the short answer marked."""
    start, end = leaves(document)[place.leaf - 1]
    number = document.line_of(start)
    headings = [h for h in document.headings if start <= h.start < end]
    rows = []
    for at, text_line in enumerate(LINE.finditer(document.text, start, end)):
        if not text_line[0]:
            break
        heading = next((h for h in headings if h.start <= text_line.start() < h.end), None)
        kind = "row title" if heading else "row"
        words = "".join(_marked(place, document.text, Span(*text_line.span())))
        rows.append(
            f'<div class="{kind}"><span class="line-number">{number + at}</span>'
            f'<span class="words" dir="auto">{words}</span></div>'
        )
    return f'<div class="leaf text">{"".join(rows)}</div>'


def _marked(place: Place, text: str, row: Span) -> Iterator[str]:
    """Yield a line's words: before the quotation, the quotation with its answer, after it."""
    citation = place.citation

    def part(start: int, end: int) -> str:
        return escaped(text[max(start, row.start) : max(min(end, row.end), row.start)])

    if not place.answers:
        near = citation.start < row.end and row.start < citation.end
        words = part(*row)
        yield f'<span class="near">{words}</span>' if near else words
        return
    yield part(row.start, citation.start)
    answer = part(citation.answer_start, citation.answer_end)
    strong = f"<strong>{answer}</strong>" if answer.strip() else answer
    before, after = (
        part(citation.start, citation.answer_start),
        part(citation.answer_end, citation.end),
    )
    quoted = f"{before}{strong}{after}"
    yield f"<mark>{quoted}</mark>" if quoted.strip() else quoted
    yield part(citation.end, row.end)


def _facts(citation: Citation) -> str:
    return (
        f'<p class="facts">Characters {citation.start:,} to {citation.end:,} · '
        f"SHA-256 <code>{escaped(citation.sha256[:12])}</code></p>"
    )


def _said(flag: bool) -> str:
    return "true" if flag else "false"


# More rows than this help nobody, and make the page slow; the rest is found by its name.
MOST_ROWS = 200
STAGES = {"reading": "documents", "encoding": "passages", "writing": "search files"}
NAMED = 4


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows.

    Args:
        documents: those of the index, by path.
        skipped: files that could not be read, with the reasons.
        plan: what a build would do; None if it is not known.
        build: how a build goes, or went.
        messages: what became of the last change, a sentence each.
        asking: id of the document that is about to be removed; empty if there is none.
        editable: whether documents may be added and removed here.
    """

    documents: Sequence[DocumentSummary]
    skipped: Sequence[Skipped]
    plan: Plan | None
    build: BuildState
    messages: tuple[str, ...] = ()
    asking: str = ""
    editable: bool = True


def documents_html(panel: Panel) -> str:
    """Return the panel."""
    passages = sum(document.passages for document in panel.documents)
    head = f"{counted(len(panel.documents), 'document')}, {counted(passages, 'passage')}"
    return (
        f"<h2>{head}</h2>{''.join(line('note', message) for message in panel.messages)}"
        f"{_progress(panel.build) if panel.build.running else _changes(panel)}"
        f"{_problems(panel.skipped)}{_asking(panel.asking)}{_table(panel)}"
    )


def _changes(panel: Panel) -> str:
    """Return what became of the last build and what the next one would do."""
    done = line("note", panel.build.failure)
    report = panel.build.report
    if report and (report.added or report.changed or report.moved or report.removed):
        done = line(
            "hint",
            f"Built in {report.seconds:.0f} seconds: {len(report.added)} added, "
            f"{len(report.changed)} changed, {len(report.removed)} removed.",
        )
    plan = panel.plan
    if plan is None:
        return done
    if plan.nothing_to_do:
        return f"{done}{line('hint', 'The index is up to date with the folder.')}"
    kinds = (
        ("New", plan.added),
        ("Changed", plan.changed),
        ("Moved", [new for _, new in plan.moved]),
        ("Gone", plan.removed),
        ("Everything is made again", plan.rebuild),
    )
    listed = "".join(
        line("change", f"{kind}: {first_of(names, NAMED)}") for kind, names in kinds if names
    )
    button = '<button class="act main" data-action="build">Update the index</button>'
    return f'{done}<div class="changes">{listed}{button}</div>'


def _progress(build: BuildState) -> str:
    """Return the bar of a running build, its speed and the time that is left."""
    stop = '<button class="act" data-action="stop">Stop</button>'
    progress = build.progress
    if progress is None or not progress.total:
        return f'<div class="changes"><p role="status">Looking for changes …</p>{stop}</div>'
    said = f"{progress.stage.capitalize()}: {progress.done:,} of {progress.total:,} "
    said += STAGES[progress.stage]
    if build.speed and build.left is not None:
        said += f", {build.speed:,.0f} a second, {build.left:,.0f} seconds left"
    share = 100 * progress.done / progress.total
    return (
        f'<div class="changes"><p role="status">{said}</p>'
        f'<progress max="100" value="{share:.0f}" aria-label="Progress">{share:.0f}%</progress>'
        f"{stop}</div>"
    )


def _problems(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return ""
    rows = "".join(
        f'<li dir="auto">{escaped(file.id)}: {escaped(file.reason)}</li>' for file in skipped
    )
    head = f"{counted(len(skipped), 'file')} could not be read"
    return f'<details class="problems"><summary>{head}</summary><ul>{rows}</ul></details>'


def _asking(id_: str) -> str:
    if not id_:
        return ""
    return (
        f'<div class="changes asking" role="alertdialog"><p dir="auto">Remove {escaped(id_)} from '
        "the folder? The file is kept beside the index.</p>"
        f'<button class="act main" data-action="remove" data-id="{escaped(id_)}">Remove</button> '
        '<button class="act" data-action="keep">Keep</button></div>'
    )


def _table(panel: Panel) -> str:
    if not panel.documents:
        return ""
    columns = ("Document", "Type", "Pages", "Passages", "Changed", "")
    head = "".join(f'<th scope="col">{name or "<span></span>"}</th>' for name in columns)
    rows = "".join(_row(document, panel.editable) for document in panel.documents[:MOST_ROWS])
    more = len(panel.documents) - MOST_ROWS
    rest = line("hint", f"and {counted(more, 'more document')}") if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _row(document: DocumentSummary, editable: bool) -> str:
    known = document.modified > 0  # a file that was just written may change again unseen
    day = datetime.fromtimestamp(document.modified / 1e9, UTC).date().isoformat() if known else "–"
    title = f'<span class="title">{escaped(document.title)}</span>' if document.title else ""
    remove = (
        f'<button class="act small" data-action="ask-remove" data-id="{escaped(document.id)}" '
        f'aria-label="Remove {escaped(document.id)}">×</button>'
    )
    return (
        f'<tr><td dir="auto"><span class="id">{escaped(document.id)}</span>{title}</td>'
        f"<td>{escaped(_kind(document.id))}</td><td>{document.pages or '–'}</td>"
        f"<td>{document.passages:,}</td><td>{day}</td>"
        f"<td>{remove if editable else ''}</td></tr>"
    )


def _kind(id_: str) -> str:
    """Return a document's type as people call it: ``PDF``, ``DOCX``."""
    return PurePosixPath(id_).suffix.removeprefix(".").upper()
