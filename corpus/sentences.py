"""Sentences with exact offsets, in any script and in hard-wrapped text."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Any

from corpus.formats import LOADERS
from corpus.types import Document, Span

__all__ = ["LINE_IS_BLOCK", "masked_text", "sentence_spans"]

LINE_IS_BLOCK = {loader.media_type for loader in LOADERS.values() if loader.line_is_block}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
# Of a list, a table, a quotation, or the fields of a mail.
ITEM = re.compile(
    r"\s*(?:[-*+•‣◦▪●]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|#{1,6}\s|[|>]|\.\.\s"
    r"|(?:From|Sent|To|Cc|Date|Subject):\s)"
)
# What a number at the start of the next line belongs to: it begins no item.
REFERENCE = re.compile(
    r"\b(?:annex|appendix|article|chapter|clause|exhibit|figure|fig\.|item|no\.|note|number|page"
    r"|paragraph|part|rule|schedule|section|step|table|volume)\Z",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\d{1,3}[.)]\s")
# Full stops of scripts that the segmenter does not know, with closing marks behind them.
OTHER_STOP = re.compile(r"[。！？｡؟।॥።][」』”’）\])\"']*")
# A line this much shorter than the widest ended its paragraph, if the next starts like a sentence.
SHORT_LINE = 0.6
# A note's mark behind the stop: closed[3] and, behind a longer word, closed.3
NOTED_STOP = re.compile(
    r"[.!?][\"'”’)]*(?:\[\w{1,3}\])+(?=\s+[^\sa-z])|(?<=[a-z]{4})[.!?][\"'”’)]*\d{1,2}(?=\s+[A-Z])"
)
# Lines and parts of lines that only draw: rules, underlines, borders of tables.
RULES = {
    "text/markdown": re.compile(r"(?<![^\r\n])[-=|:+> \t]{3,}(?![^\r\n])"),
    "text/x-rst": re.compile(
        r"(?<![^\r\n])[ \t]*(?:([=\-~^\"'#*+.:_`])\1{2,}|=+(?: +=+)+|-+(?: +-+)+)[ \t]*(?![^\r\n])"
        r"|\+(?:[-=]{2,}\+)+"
    ),
}
# What stands behind the last cell of a row is a part of it.
BORDER = re.compile(r"[\s|]+")
# The segmenter's time grows faster than a token's length, and no language has such words.
LONGEST_WORD = re.compile(r"\S{200,}")


def sentence_spans(document: Document, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of ``document.text[start:end]`` in order, without outer white space.

    Headings, list items, table rows and, where the format says so, lines are sentences of their
    own. Running headers and footers are never sentences, but one may stand inside a sentence that
    goes on over a page break. Together the spans cover every other visible character.

    Args:
        document: where the text comes from.
        start: offset of the first character to look at.
        end: offset after the last one; the whole rest by default.

    Returns:
        Spans into ``document.text``.
    """
    end = len(document.text) if end is None else end
    masked = masked_text(document, start, end)
    after = document.headings[bisect_left(document.headings, start, key=lambda h: h.end) :]
    headings = [Span(h.start, h.end) for h in takewhile(lambda h: h.start < end, after)]
    line_is_block = document.media_type in LINE_IS_BLOCK
    lines = _block_starts(masked, line_is_block)
    rows = () if line_is_block else _row_lines(document, start, end)
    cuts = {edge - start for span in (*headings, *rows) for edge in span}
    # A heading may take several lines.
    cuts.update(at for at in lines if not _is_inside(headings, start + at))
    inside = sorted(cut for cut in cuts if 0 < cut < end - start)
    blocks = (Span(*pair) for pair in pairwise([0, *inside, end - start]))
    return [
        Span(start + sentence.start, start + sentence.end)
        for block in blocks
        for sentence in _sentences(masked, block)
    ]


def _row_lines(document: Document, start: int, end: int) -> Iterator[Span]:
    """Yield the lines that rows of tables end on; heads and values may stand in lines above."""
    text = document.text
    for table in document.tables_in(start, end):
        for row in table.rows_in(start, end):
            at = max(span.start for span in (*row.heads[-1:], *row.cells))
            first = 1 + max(text.rfind(sign, start, at) for sign in "\r\n")
            yield Span(max(start, first), LINE.match(text, at).end())  # type: ignore[union-attr]


def _is_inside(spans: list[Span], offset: int) -> bool:
    """Return whether ``offset`` is inside one of ``spans``, ascending, and not at its start."""
    before = bisect_left(spans, offset, key=lambda span: span.start) - 1
    return before >= 0 and offset < spans[before].end


def masked_text(document: Document, start: int, end: int) -> str:
    """Return ``document.text[start:end]`` with running headers and footers blanked out.

    Every character keeps its offset: running lines, with their line break, and what only draws
    (rules, borders of tables) become spaces.
    """
    text = document.text
    pieces, at = [], start
    first = bisect_left(document.running, start, key=lambda span: span.end)
    for span in takewhile(lambda span: span.start < end, document.running[first:]):
        low, high = max(span.start, at), min(_after_line_break(text, span.end), end)
        if low < high:
            pieces += [text[at:low], " " * (high - low)]
            at = high
    masked = "".join([*pieces, text[at:end]])
    rules = RULES.get(document.media_type)
    return rules.sub(lambda rule: " " * len(rule[0]), masked) if rules else masked


def _after_line_break(text: str, offset: int) -> int:
    if text.startswith("\r\n", offset):
        return offset + 2
    return offset + 1 if text[offset : offset + 1] in {"\n", "\r"} else offset


def _block_starts(text: str, line_is_block: bool) -> Iterator[int]:
    """Yield where paragraphs, items and rows begin, but for the first."""
    lines = [Span(*match.span()) for match in LINE.finditer(text) if match.group()]
    widest = _usual_width(text, lines)
    for before, line in pairwise(lines):
        if line_is_block or _begins_block(text, before, line, widest):
            yield line.start


def _usual_width(text: str, lines: list[Span]) -> int:
    """Return the width that nine in ten lines with text stay under."""
    widths = sorted(len(text[line.start : line.end].strip()) for line in lines)
    widths = [width for width in widths if width]
    return widths[len(widths) * 9 // 10] if widths else 0


def _begins_block(text: str, before: Span, line: Span, widest: int) -> bool:
    """Return whether ``line`` cannot continue the sentence of the line before it."""
    above = text[before.start : before.end].strip()
    below = text[line.start : line.end].strip()
    if REFERENCE.search(above) and NUMBERED.match(below):
        return False
    if not above or not below or ITEM.match(text, line.start, line.end) or above[0] == "|":
        return True
    opens = below[0].isupper() or below[0].isdigit()
    return opens and above[-1] not in ",;-–" and len(above) < SHORT_LINE * widest


def _sentences(text: str, block: Span) -> Iterator[Span]:
    """Yield the sentences of one block, stripped; they cover all that is visible in it."""
    source = text[block.start : block.end]
    if not source.strip():
        return
    starts = {0, *_segmenter_starts(source)}
    for stop in (OTHER_STOP, NOTED_STOP):
        starts.update(found.end() for found in stop.finditer(source))
    inner = sorted(at for at in starts if at and not BORDER.fullmatch(source, at))
    edges = [0, *inner, len(source)]
    for low, high in pairwise(edges):
        piece = source[low:high]
        if visible := piece.strip():
            begin = block.start + low + len(piece) - len(piece.lstrip())
            yield Span(begin, begin + len(visible))


def _segmenter_starts(source: str) -> list[int]:
    """Return where the segmenter sees sentences start; only starts, because it rewrites tokens."""
    from syntok import segmenter

    readable = LONGEST_WORD.sub(lambda word: "x" * len(word.group()), source)
    tokens = _tokenizer().tokenize(readable)
    return [sentence[0].offset for sentence in segmenter.segment(tokens) if sentence]


@lru_cache(maxsize=1)
def _tokenizer() -> Any:  # noqa: ANN401 - syntok has no types
    from syntok.tokenizer import Tokenizer

    return Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
