"""Several parsed parts as one: chapters of a book, attachments of a message."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from corpus.types import Parsed, Span

__all__ = ["join"]


def join(parts: Iterable[Parsed], separator: str = "\n") -> Parsed:
    """Return the parts as one, in their order, every map shifted to where its part now stands.

    Title and metadata are left empty: what the whole is called, and who wrote it, none of the parts
    knows. A part without text is left out. No part has pages that are images.

    Args:
        parts: what loaders made; each begins with a place of its own if the place before it is not
            to go on.
        separator: between two parts, belonging to neither.
    """
    moved: list[Parsed] = []
    at = 0
    for part in parts:
        if part.text:
            at += len(separator) if moved else 0
            moved.append(_shift(part, at))
            at += len(part.text)
    return Parsed(
        separator.join(part.text for part in moved),
        page_starts=tuple(chain.from_iterable(part.page_starts for part in moved)),
        headings=tuple(chain.from_iterable(part.headings for part in moved)),
        running=tuple(chain.from_iterable(part.running for part in moved)),
        tables=tuple(chain.from_iterable(part.tables for part in moved)),
        places=tuple(chain.from_iterable(part.places for part in moved)),
        recognised=tuple(chain.from_iterable(part.recognised for part in moved)),
        members=tuple(chain.from_iterable(part.members for part in moved)),
    )


def _shift(part: Parsed, by: int) -> Parsed:
    """Return ``part`` with every map moved ``by`` characters, its text as it is."""

    def move(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        part,
        page_starts=tuple(start + by for start in part.page_starts),
        headings=tuple(replace(h, start=h.start + by, end=h.end + by) for h in part.headings),
        running=tuple(map(move, part.running)),
        tables=tuple(table.moved(move) for table in part.tables),
        places=tuple(replace(place, start=place.start + by) for place in part.places),
        recognised=tuple(replace(word, span=move(word.span)) for word in part.recognised),
    )
