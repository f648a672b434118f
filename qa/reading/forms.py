"""The parts of an answer of more than a few words: items, sentences, steps; offsets only."""

import re
from collections.abc import Iterator
from itertools import pairwise

from corpus import Document, Heading, Span, sentence_spans
from index import terms
from qa.question import Question

__all__ = ["asks_for_steps", "find_items", "find_steps", "split_items"]

# What stands between the items of an enumeration; a number's comma has no space behind it.
BETWEEN_ITEMS = re.compile(r"\s*[,;]\s+(?:(?:and|or|&)\s+)?|\s+(?:and|or|&|as well as)\s+")
OUTER_MARKS = re.compile(r"^[\s\W]+|[\s\W]+$")
MARKER = re.compile(
    r"\s*(?:[-*+•‣◦▪●]|\(?(\d{1,2})[.)]|\(?[a-z][.)]|(\d{1,2})(?=\s+[^\W\d_a-z]))\s+"
)
PROCEDURE = re.compile(
    r"^\W*(?:please\s+)?(?:(?:tell|show)\s+\w+\s+)?how\s+(?:do|can|should|must|to|would|could)\b"
    r"|\b(?:steps|procedure|instructions)\b|^\W*what\s+(?:do|must|should)\s+(?:i|we|you|one)\s+do\b",
    re.IGNORECASE,
)
# How far around a sentence its list is looked for, and how much of one is quoted.
REACH = 3000
MOST_ITEMS = 12
MOST_CHARACTERS = 1500
# A section answers as a whole if its heading says so much of the question.
HEADING_SHARE = 0.6


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
    runs = _runs(document, section)
    for run in runs:
        lead = document.text[sentence.end : run[0].start]
        inside = run[0].start <= sentence.start < run[-1].end
        if inside or (sentence.end <= run[0].start and not lead.strip()):
            return run[:MOST_ITEMS]
    return []


def find_steps(document: Document, question: Question, sentence: Span) -> list[Span]:
    """Return the steps that a procedure consists of, in the text's order, else none.

    They are the items of the list that ``sentence`` stands in or leads to; or else the sentences
    of its section, if its heading names what is asked and it is short enough to be quoted whole.
    """
    items = find_items(document, sentence)
    if items and items[-1].end - items[0].start <= MOST_CHARACTERS:
        return items
    headings = document.headings_at(sentence.start)
    if not headings or not _names(headings[-1], question):
        return []
    section = _section_around(document, sentence.start)
    steps = sentence_spans(document, headings[-1].end, section.end)
    long = not steps or steps[-1].end - steps[0].start > MOST_CHARACTERS
    return [] if long or len(steps) > MOST_ITEMS else steps


def _names(heading: Heading, question: Question) -> bool:
    said = set(terms(heading.title))
    shared = sum(term in said for term in question.terms)
    return shared >= max(1.0, HEADING_SHARE * len(question.terms))


def _section_around(document: Document, at: int) -> Span:
    """Return the text under the heading above ``at``, but no more than `REACH` on either side."""
    starts = [h.start for h in document.headings if h.start > at]
    above = [h.end for h in document.headings if h.end <= at]
    end = min([len(document.text), at + REACH, *starts[:1]])
    return Span(max([0, at - REACH, *above[-1:]]), end)


def _runs(document: Document, section: Span) -> list[list[Span]]:
    """Return the marked lists of at least two items in ``section``."""
    runs: list[list[Span]] = [[]]
    for item, joins in _marked(document, section):
        if joins:
            runs[-1].append(item)
        else:
            runs.append([item])
    return [run for run in runs if len(run) > 1]


def _marked(document: Document, section: Span) -> Iterator[tuple[Span, bool]]:
    """Yield each marked item, and whether it directly follows the one before it."""
    sentences = sentence_spans(document, *section)
    before: Span | None = None
    number = 0
    at = 0
    while at < len(sentences):
        marker = MARKER.match(document.text, sentences[at].start, section.end)
        counted = int(marker[1] or marker[2] or 0) if marker else 0
        # A bare number is a marker only where it counts.
        if marker is None or (marker[2] and counted not in (1, number + 1)):
            before, number, at = None, 0, at + 1
            continue
        last = at
        while last + 1 < len(sentences) and _goes_on(
            document, sentences[last], sentences[last + 1]
        ):
            last += 1
        item = Span(sentences[at].start, sentences[last].end)
        yield item, before is not None
        before, number, at = item, counted, last + 1


def _goes_on(document: Document, one: Span, two: Span) -> bool:
    """Return whether ``two`` belongs to the item that ``one`` is in: on the same line."""
    between = document.text[one.end : two.start]
    return not MARKER.match(document.text, two.start) and "\n" not in between
