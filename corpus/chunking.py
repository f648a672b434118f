"""Cutting a document into passages that tile its text."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from math import ceil

from corpus.context import encoded_text, heading_line
from corpus.searchtext import search_text
from corpus.sentences import sentence_spans
from corpus.types import Document, Passage, Span

__all__ = ["TokenCounter", "split"]

TokenCounter = Callable[[Sequence[str]], list[int]]

# Tokenizers count an endless word as one unknown token; no passage may hide text that way.
CHARACTERS_PER_TOKEN = 8


def split(document: Document, count_tokens: TokenCounter, max_tokens: int) -> list[Passage]:
    """Cut ``document`` into passages.

    The passages tile the text: the first starts at 0, each starts where the one before it ends, the
    last ends at ``len(document.text)``. A passage starts at every heading (a heading with nothing
    under it stays with the next one) and otherwise at a sentence; only a sentence that alone is too
    long is cut inside. The passages of one section are of about equal length.

    Args:
        document: what to cut.
        count_tokens: gives for each text the number of the encoder's tokens, special ones included.
        max_tokens: the most tokens of `encoded_text` (subject, headings and passage together).

    Returns:
        Passages in text order; none for an empty text.

    Raises:
        ValueError: if ``max_tokens`` is too small for a single character with its context.
    """
    special = count_tokens([""])[0]
    passages: list[Passage] = []
    for section, body_start in _sections(document):
        heading = " > ".join(h.title for h in document.headings_at(body_start) if h.title)
        room = max_tokens - count_tokens([heading_line(document, section.end)])[0]
        if room < 1:
            raise ValueError(f"{max_tokens} tokens leave no room for a passage under its context")
        pieces = _pieces(document, _sentence_tiles(document, section), count_tokens, special, room)
        starts = [section.start, *_pack(pieces, room), section.end]
        tiles = (Span(*edges) for edges in pairwise(starts))
        passages += [Passage(document.id, *tile, heading) for tile in tiles]
    return _fit(document, passages, count_tokens, max_tokens)


def _sections(document: Document) -> Iterator[tuple[Span, int]]:
    """Yield each section with the offset where the text under its leading headings starts."""
    start = body = 0
    for heading in document.headings:
        if document.text[body : heading.start].strip():
            yield Span(start, heading.start), body
            start = heading.start
        body = heading.end
    if start < len(document.text):
        yield Span(start, len(document.text)), min(body, len(document.text) - 1)


def _sentence_tiles(document: Document, section: Span) -> list[Span]:
    """Return spans that start at sentences and tile ``section``."""
    sentences = sentence_spans(document, *section)[1:]
    starts = [s.start for s in sentences if not _continues(document.text, s.start)]
    return [Span(*edges) for edges in pairwise([section.start, *starts, section.end])]


def _pieces(
    document: Document, tiles: list[Span], count_tokens: TokenCounter, special: int, room: int
) -> list[tuple[Span, int]]:
    """Return the tiles with their sizes in tokens, those that do not fit cut in halves that do."""
    texts = [search_text(document, *tile) for tile in tiles]
    pieces: list[tuple[Span, int]] = []
    for tile, text, count in zip(tiles, texts, count_tokens(texts), strict=True):
        size = max(count - special, len(text) // CHARACTERS_PER_TOKEN)
        if size <= room:
            pieces.append((tile, size))
        else:
            halves = _halves(document.text, tile)
            pieces += _pieces(document, halves, count_tokens, special, room)
    return pieces


def _halves(text: str, span: Span) -> list[Span]:
    """Cut ``span`` near its middle: at white space if there is some, never inside a character."""
    if span.end - span.start < 2:
        raise ValueError(f"the character at {span.start} does not fit the room for a passage")
    middle = (span.start + span.end) // 2
    quarter = (span.end - span.start) // 4
    cut = middle
    for distance in range(quarter):
        if text[middle + distance].isspace() and not text[middle + distance + 1].isspace():
            cut = middle + distance + 1
            break
        if text[middle - distance - 1].isspace() and not text[middle - distance].isspace():
            cut = middle - distance
            break
    onward, back = range(cut, span.end), range(cut, span.start, -1)
    cut = next((at for at in chain(onward, back) if not _continues(text, at)), cut)
    return [Span(span.start, cut), Span(cut, span.end)]


def _continues(text: str, offset: int) -> bool:
    """Return whether the character at ``offset`` belongs to the one before it."""
    here, before = text[offset], text[offset - 1]
    is_mark = unicodedata.category(here).startswith("M")
    return is_mark or (before, here) == ("\r", "\n") or "\u200d" in (before, here)


def _pack(pieces: list[tuple[Span, int]], room: int) -> Iterator[int]:
    """Yield where a new passage starts, so that passages fit ``room`` and are about equal."""
    left = sum(size for _, size in pieces)
    goal, filled = left / max(1, ceil(left / room)), 0
    for tile, size in pieces:
        full = filled + size > room or filled + size / 2 > goal
        if filled and full:
            yield tile.start
            left -= filled
            goal, filled = left / max(1, ceil(left / room)), 0
        filled += size


def _fit(
    document: Document, passages: list[Passage], count_tokens: TokenCounter, max_tokens: int
) -> list[Passage]:
    """Halve the rare passages whose tokens are more than the sum of their sentences' tokens."""
    fitting: list[Passage] = []
    counts = count_tokens([encoded_text(document, passage) for passage in passages])
    for passage, tokens in zip(passages, counts, strict=True):
        if tokens <= max_tokens:
            fitting.append(passage)
        else:
            halves = _halves(document.text, Span(passage.start, passage.end))
            parts = [Passage(document.id, *half, passage.heading) for half in halves]
            fitting += _fit(document, parts, count_tokens, max_tokens)
    return fitting
