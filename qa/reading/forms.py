"""The parts of an answer of more than a few words: items, sentences, steps; offsets only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import LINE_IS_BLOCK, Document, Heading, Span, masked_text, sentence_spans
from index import terms
from qa.question import Question

__all__ = ["asks_for_steps", "find_items", "find_steps", "split_items"]

# What stands between the items of an enumeration; a number's comma has no space behind it.
BETWEEN_ITEMS = re.compile(r"\s*[,;]\s+(?:(?:and|or|&)\s+)?|\s+(?:and|or|&|as well as)\s+")
LINE = re.compile(r"([^\r\n\f]*)(?:\r\n|[\r\n\f]|$)")
MARKER = re.compile(
    r"(?:(?P<bullet>[-*+•‣◦▪●])|\(?(?P<number>\d{1,2})[.)]|\(?(?P<letter>[a-z])[.)]"
    r"|(?P<bare>\d{1,2})(?=\s+[^\W\d_a-z]))\s+(?=.*[^\W_])"
)
PROCEDURE = re.compile(
    r"(?:^|[,.;:])\W*(?:please\s+)?(?:(?:tell|show)\s+\w+\s+)?"
    r"how\s+(?:do|can|should|must|to|would|could)\b"
    r"|\b(?:steps|procedure|instructions)\b|^\W*what\s+(?:do|must|should)\s+(?:i|we|you|one)\s+do\b",
    re.IGNORECASE,
)
# How far around a sentence its list is looked for, and how much of one is quoted.
REACH = 3000
MOST_ITEMS = 12
MOST_CHARACTERS = 1500
# A section answers as a whole if its heading says so much of the question.
HEADING_SHARE = 0.6
# A line this much shorter than the section's usual ones was not wrapped: nothing continues it.
SHORT_LINE = 0.6
# In characters, of a line.
DEEPEST = 80
STOPS = ".!?"
# Where indented paragraphs belong to the item above; elsewhere they may be a section's text.
INDENTED = {"text/markdown", "text/x-rst"}


def asks_for_steps(question: Question) -> bool:
    """Return whether ``question`` asks how something is done."""
    return bool(PROCEDURE.search(question.text))


def split_items(text: str) -> list[Span]:
    """Return where the items of the enumeration ``text`` stand in it; one item if it is none."""
    edges = [(0, 0), *(found.span() for found in BETWEEN_ITEMS.finditer(text)), (len(text),) * 2]
    items = []
    for (_, start), (end, _) in pairwise(edges):
        words = text[start:end].strip()
        if any(map(str.isalnum, words)):
            begin = text.index(words, start)
            items.append(Span(begin, begin + len(words)))
    return items


def find_items(document: Document, sentence: Span) -> list[Span]:
    """Return the items of the marked list that ``sentence`` stands in or leads to, else none.

    Returns:
        Spans of the items with their markers; never one alone, and at most twelve.
    """
    section = _section_around(document, sentence.start)
    for run in _runs(document, section):
        lead = document.text[sentence.end : run[0].start]
        if sentence.overlaps(_whole(run)) or (sentence.end <= run[0].start and not lead.strip()):
            beyond = document.text[run[-1].end : section.end]
            whole = (
                run[:-1] if section.end == sentence.start + REACH and not beyond.strip() else run
            )
            return whole[:MOST_ITEMS] if len(whole) > 1 else []
    return []


def _whole(run: Sequence[Span]) -> Span:
    return Span(run[0].start, run[-1].end)


def find_steps(document: Document, question: Question, sentence: Span) -> list[Span]:
    """Return the steps that a procedure consists of, in the text's order, else none.

    They are the items of the list that ``sentence`` stands in or leads to; or else the sentences
    of its section, if its heading names what is asked and it is short enough to be quoted whole.
    """
    items = find_items(document, sentence)
    if items and _is_short(items):
        return items
    headings = document.headings_at(sentence.start)
    if not headings or not _names(headings[-1], question):
        return []
    section = _section_around(document, sentence.start)
    steps = sentence_spans(document, headings[-1].end, section.end)
    return steps if steps and len(steps) <= MOST_ITEMS and _is_short(steps) else []


def _is_short(run: Sequence[Span]) -> bool:
    start, end = _whole(run)
    return end - start <= MOST_CHARACTERS


def _names(heading: Heading, question: Question) -> bool:
    said = set(terms(heading.title))
    shared = sum(term in said for term in question.terms)
    return shared >= max(1.0, HEADING_SHARE * len(question.terms))


def _section_around(document: Document, at: int) -> Span:
    """Return the text under the heading above ``at``, but no more than `REACH` on either side."""
    starts = [h.start for h in document.headings if h.start > at]
    above = [h.end for h in document.headings if h.end <= at]
    far = max(0, at - REACH)
    # Half a line could begin with what looks like a marker.
    start = far and (document.text.find("\n", far, at) + 1 or far)
    return Span(max([start, *above[-1:]]), min([len(document.text), at + REACH, *starts[:1]]))


@dataclass(frozen=True, slots=True)
class Line:
    """A line with text in it.

    Args:
        text: where its text stands in the document's, white space around it left out.
        indent: how many characters before it.
        alone: whether it is a heading, or the format says that no line continues another.
        apart: whether a blank line parts it from the one before; in markup not if it is indented.
        kind: of the marker that it begins with; empty without one.
        count: what the marker counts to, from 1; 0 if it does not count.
    """

    text: Span
    indent: int
    alone: bool
    apart: bool
    kind: str
    count: int


def _runs(document: Document, section: Span) -> list[list[Span]]:
    """Return the marked lists of at least two items in ``section``."""
    runs: list[list[list[Line]]] = []
    for item in _items(document, section):
        if runs and _follows(runs[-1][-1][0], item[0]):
            runs[-1].append(item)
        else:
            runs.append([item])
    # Bare numbers begin many lines that are no items, but seldom count from 1.
    lists = [
        run for run in runs if len(run) > 1 and (run[0][0].kind != "bare" or run[0][0].count == 1)
    ]
    return [
        [*map(_span_of, run[:-1]), _span_of(_without_next_paragraph(document, run[-1]))]
        for run in lists
    ]


def _span_of(item: Sequence[Line]) -> Span:
    return Span(item[0].text.start, item[-1].text.end)


def _follows(before: Line, line: Line) -> bool:
    """Return whether the items that begin with these lines are of one list."""
    same = bool(line.kind) and line.kind == before.kind
    return same and line.count in (before.count, before.count + 1)


def _without_next_paragraph(document: Document, item: Sequence[Line]) -> Sequence[Line]:
    """Return the lines of the last item of a list without what may be no part of it."""
    for number, (line, after) in enumerate(pairwise(item), 1):
        stops = document.text[line.text.end - 1] in STOPS
        opens = not document.text[after.text.start].islower()
        if stops and opens and after.indent <= item[0].indent:
            return item[:number]
    return item


def _items(document: Document, section: Span) -> Iterator[list[Line]]:
    """Yield the lines of each marked item, and each line that belongs to none."""
    lines = _lines(document, section)
    widths = sorted(line.text.end - line.text.start for line in lines)
    wrapped = SHORT_LINE * widths[len(widths) * 9 // 10] if widths else 0.0
    item: list[Line] = []
    for line in lines:
        if item and _continues(item, line, wrapped):
            item.append(line)
            continue
        if item:
            yield item
        item = [line]
    if item:
        yield item


def _continues(item: Sequence[Line], line: Line, wrapped: float) -> bool:
    """Return whether ``line`` belongs to ``item``: it is indented, or the line before was wrapped.

    Args:
        item: lines that belong together.
        line: the next one.
        wrapped: the least length of a line that was wrapped, in characters.
    """
    first, (start, end) = item[0], item[-1].text
    if not first.kind or line.alone or _begins_item(first, line):
        return False
    return not line.apart and (line.indent > first.indent or end - start >= wrapped)


def _begins_item(before: Line, line: Line) -> bool:
    """Return whether the marker of ``line`` is one, after an item that begins with ``before``."""
    if not line.kind:
        return False
    if line.kind != before.kind:
        return line.indent <= before.indent and (line.kind != "bare" or line.count == 1)
    return line.count in (0, 1, before.count, before.count + 1)


def _lines(document: Document, section: Span) -> list[Line]:
    """Return the lines of ``section`` that have text, running headers and footers left out."""
    masked = masked_text(document, *section)
    lines = []
    apart = False
    for found in LINE.finditer(masked):
        start, end = section.start + found.start(), section.start + found.end()
        if shown := found[1].strip():
            start += found[1].index(shown)
            lines.append(_line(document, Span(start, start + len(shown)), apart=apart))
        # A running header or footer is no blank line, though nothing of it is left.
        apart = not shown and (apart or document.text[start:end].isspace())
    return lines


def _line(document: Document, span: Span, *, apart: bool) -> Line:
    before = document.text[max(0, span.start - DEEPEST) : span.start]
    indent = len(before) - len(before.rstrip(" \t"))
    apart = apart and not (indent and document.media_type in INDENTED)
    heading = any(h.start < span.end and span.start < h.end for h in document.headings)
    alone = heading or document.media_type in LINE_IS_BLOCK
    marker = None if heading else MARKER.match(document.text, *span)
    if marker is None:
        return Line(span, indent, alone, apart, "", 0)
    kind = str(marker.lastgroup)
    sign = marker[kind]
    count = 0 if kind == "bullet" else ord(sign) - ord("a") + 1 if kind == "letter" else int(sign)
    return Line(span, indent, alone, apart, kind, count)
