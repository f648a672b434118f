"""From parts of an answer to quotations: each once, with its copies elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index import PassageIndex
from qa.reading.composition import AnswerPart
from qa.reading.spans import normalise_answer
from qa.types import Excerpt, Hit

__all__ = ["MOST_EXCERPTS", "Quotation", "add_copies", "deduplicate", "quote_part"]

MOST_EXCERPTS = 5


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation and its copies elsewhere.

    Args:
        excerpt: its offsets.
        words: it, as quotations are compared.
        copies: the same words in the copies of the passage.
    """

    excerpt: Excerpt
    words: str
    copies: tuple[Excerpt, ...]


def quote_part(index: PassageIndex, hit: Hit, part: AnswerPart) -> Quotation:
    """Quote a part of an answer.

    Args:
        index: where the documents are.
        hit: what it was found in.
        part: what to quote.
    """
    document = part.sentence.context.document
    (start, end), answer = part.quote, part.answer
    excerpt = Excerpt(document.id, start, end, *answer, part.score)
    quote = document.text[start:end]
    copies = []
    for copy in hit.copies:
        by = copy.start - hit.passage.start
        # A sentence may begin before the passage, where a copy's text need not be the same.
        if start + by >= 0 and index.document(copy.document).text[start + by : end + by] == quote:
            offsets = (start + by, end + by, answer.start + by, answer.end + by)
            copies.append(Excerpt(copy.document, *offsets, part.score))
    return Quotation(excerpt, normalise_answer(quote), tuple(copies))


def deduplicate(quotations: Sequence[Quotation]) -> list[int]:
    """Return the indices of those to show, at most five: none twice, by document, best first."""
    kept: list[int] = []
    for i, quotation in enumerate(quotations):
        others = [quotations[k] for k in kept]
        if not any(_overlap(quotation.excerpt, other.excerpt) for other in others) and all(
            other.words != quotation.words for other in others
        ):
            kept.append(i)
    kept = kept[:MOST_EXCERPTS]
    first = {quotations[k].excerpt.document: k for k in reversed(kept)}
    return sorted(kept, key=lambda k: (first[quotations[k].excerpt.document], k))


def add_copies(quotation: Quotation, others: Sequence[Quotation]) -> Excerpt:
    """Return the excerpt with its other occurrences, in ``others`` or in copies of passages."""
    same = [other for other in others if other.words == quotation.words]
    found = {(e.document, e.start): e for q in same for e in (q.excerpt, *q.copies)}
    del found[quotation.excerpt.document, quotation.excerpt.start]
    return replace(quotation.excerpt, also=tuple(found.values()))


def _overlap(a: Excerpt, b: Excerpt) -> bool:
    return a.document == b.document and a.start < b.end and b.start < a.end
