"""The source viewer's HTML: a leaf of a document with the quoted words marked; pure, escapes.

A leaf is what is shown at a time: a page where the format has pages, else so many lines.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from corpus import Box, Document, PageView, Span
from qa.chat_text import escaped, line
from qa.types import Citation

__all__ = ["NO_SOURCES", "Place", "leaf_of", "leaves", "spans_in", "viewer_html"]

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
    before = _turn(place, place.leaf - 1, count, "‹", f"Previous {kind.lower()}")
    after = _turn(place, place.leaf + 1, count, "›", f"Next {kind.lower()}")
    return f'<div class="turning">{before}{where}{after}</div>'


def _turn(place: Place, leaf: int, count: int, sign: str, label: str) -> str:
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
