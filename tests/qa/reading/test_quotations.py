"""Quotations: each once, and where else the same words stand."""

from collections.abc import Sequence

from qa.reading.quotations import MOST_EXCERPTS, Quotation, add_copies, deduplicate
from qa.reading.spans import normalise_answer
from qa.types import Excerpt


def quotation(
    document: str, start: int, words: str, copies: Sequence[tuple[str, int]] = ()
) -> Quotation:
    """Return a quotation of ``words`` with copies, each given by its document and offset."""
    places = [(document, start), *copies]
    excerpt, *others = (
        Excerpt(id_, at, at + len(words), at, at + len(words), 0.5) for id_, at in places
    )
    return Quotation(excerpt, normalise_answer(words), tuple(others))


def test_no_words_are_shown_twice_and_none_that_overlap() -> None:
    """Catches one sentence of two documents, or of two passages, as two sources."""
    found = [
        quotation("a", 10, "The oak fell."),
        quotation("b", 30, "the oak fell"),
        quotation("a", 14, "oak fell. It was dry."),
        quotation("a", 23, "It was dry."),
        quotation("b", 10, "An elm grew."),
    ]
    assert deduplicate(found) == [0, 3, 4]


def test_the_quotations_of_a_document_stand_together_best_first() -> None:
    """Catches a reader who is sent from one document to another and back."""
    found = [quotation(id_, 100 * n, f"Word {n}.") for n, id_ in enumerate("abacb")]
    assert deduplicate(found) == [0, 2, 1, 4, 3]


def test_at_most_five_are_shown_and_those_are_the_best() -> None:
    """Catches the best ones pushed out by the first document's."""
    found = [quotation("ab"[n % 2], 100 * n, f"Word {n}.") for n in range(8)]
    assert sorted(deduplicate(found)) == list(range(MOST_EXCERPTS))
    assert deduplicate([]) == []


def test_the_other_places_of_the_same_words_are_named_once() -> None:
    """Catches a quotation among its own copies, one place twice, and other words."""
    one = quotation("a", 10, "The oak fell.", [("c", 10)])
    two = quotation("b", 20, "The oak fell.", [("a", 10), ("c", 10), ("d", 5)])
    other = quotation("e", 20, "The elm fell.")
    also = add_copies(one, [one, two, other]).also
    assert sorted((e.document, e.start) for e in also) == [("b", 20), ("c", 10), ("d", 5)]
    assert add_copies(one, [one]).also == one.copies
    assert add_copies(other, [one, two, other]).also == ()
