"""Answers from several versions of a document: cited from the newest, with all the other places."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from corpus import Span
from index import PassageIndex
from qa.scope import is_later
from qa.types import Excerpt

__all__ = ["cite_newest"]

# The newest of endless copies of a form; each is read for the words that it may hold.
MOST_VERSIONS = 20
FULL_STOPS = ".!?…"


def cite_newest(
    index: PassageIndex, excerpts: Sequence[Excerpt], parts: int, asked: Collection[str] | None
) -> tuple[Excerpt, ...]:
    """Return excerpts at the same words in the newest version of their document.

    Versions are documents that are nearly the same. An answer's parts move together, and only to
    where each stands to the character, once, in the same order, so that nothing else is said; where
    the newest says something else, they stay and nothing is hidden. A version is newer by the date
    that it gives itself, never by its file's. Other places of the words in versions are kept as
    ``also``. Cells of tables stay where they were read.

    Args:
        index: where the documents are.
        excerpts: what was read.
        parts: how many of the first make up the answer.
        asked: ids of the documents that may be cited; None for all.
    """
    cited = list(excerpts)
    for group in _groups(excerpts, parts):
        for at, excerpt in zip(
            group, _renew(index, [cited[at] for at in group], asked), strict=True
        ):
            cited[at] = excerpt
    return tuple(cited)


def _groups(excerpts: Sequence[Excerpt], parts: int) -> list[list[int]]:
    """Return which excerpts move together: an answer's parts in one document; else each alone."""
    together: dict[tuple[str, int], list[int]] = {}
    for at, excerpt in enumerate(excerpts):
        if not excerpt.labels:
            together.setdefault((excerpt.document, max(0, at - parts + 1)), []).append(at)
    return list(together.values())


def _renew(
    index: PassageIndex, group: Sequence[Excerpt], asked: Collection[str] | None
) -> list[Excerpt]:
    origin, *others = index.versions_of(group[0].document)
    others = [version for version in others if asked is None or version.id in asked]
    others.sort(key=lambda version: (version.date, version.id), reverse=True)
    places: list[list[Excerpt | None]] = [list(group)]
    best: Sequence[Excerpt] = group
    for version in others[:MOST_VERSIONS]:
        found = [_same_words(index, excerpt, version.id) for excerpt in group]
        places.append(found)
        whole = [excerpt for excerpt in found if excerpt]
        if best is group and is_later(version.date, origin.date) and _in_order(group, whole):
            best = whole
    return [
        _with_places(one, same) for one, same in zip(best, zip(*places, strict=True), strict=True)
    ]


def _same_words(index: PassageIndex, excerpt: Excerpt, document: str) -> Excerpt | None:
    """Return an excerpt of the same words in another document, if they stand there once, whole."""
    here, there = index.document(excerpt.document).text, index.document(document).text
    span = Span(excerpt.start, excerpt.end)
    quote = here[slice(*span)]
    if there.count(quote) != 1:
        return None
    start = there.index(quote)
    if _beside(here, span) != _beside(there, Span(start, start + len(quote))):
        return None
    by = start - excerpt.start
    return replace(
        excerpt,
        document=document,
        start=excerpt.start + by,
        end=excerpt.end + by,
        answer_start=excerpt.answer_start + by,
        answer_end=excerpt.answer_end + by,
        also=(),
    )


def _beside(text: str, span: Span) -> tuple[str, str]:
    """Return the characters before and after some words, but for the space around a sentence.

    Without a full stop, a line goes on at a space: "Fee: 5" is not "Late Fee: 5 million".
    """
    before, after = text[max(0, span.start - 2) : span.start], text[span.end : span.end + 1]
    begins = not before.endswith(" ") or before[0] in FULL_STOPS
    ends = after != " " or text[span.end - 1] in FULL_STOPS
    return before[-1:].strip() if begins else " ", after.strip() if ends else " "


def _in_order(group: Sequence[Excerpt], moved: Sequence[Excerpt]) -> bool:
    """Return whether all of a group have moved, and follow each other as before."""
    before, after = (sorted(range(len(e)), key=lambda at: e[at].start) for e in (group, moved))
    return before == after


def _with_places(excerpt: Excerpt, places: Iterable[Excerpt | None]) -> Excerpt:
    """Return an excerpt with the other places of its words, and those that they had already."""
    every = [also for place in places if place for also in (place, *place.also)]
    found = {(place.document, place.start): place for place in every}
    found.pop((excerpt.document, excerpt.start), None)
    return replace(excerpt, also=tuple(replace(place, also=()) for place in found.values()))
