"""Questions to begin with, taken from the documents and offered only if they are answered."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat

from corpus import Document, plain
from qa.drafting import find_drafts, take_turns
from qa.types import Answer

__all__ = ["find_questions", "suggest"]

# The least confidence of an answer to a question that is offered.
SURE = 0.6
# How many questions are tried at most.
MOST_TRIED = 24
LONGEST = 90


def suggest(documents: Iterable[Document], ask: Callable[[str], Answer], count: int) -> list[str]:
    """Return at most ``count`` questions that the documents answer, one from each at first.

    Args:
        documents: where to look.
        ask: answers a question.
        count: how many are wanted.
    """
    found: list[str] = []
    tried = take_turns(zip(repeat(d.id), find_questions(d), strict=False) for d in documents)
    for document_id, question in islice(tried, MOST_TRIED):
        if len(found) >= count:
            break
        answer = ask(question)
        sources = {citation.document for citation in answer.citations}
        if answer.verdict == "answered" and answer.confidence >= SURE and document_id in sources:
            found.append(question)
    return found


def find_questions(document: Document) -> Iterator[str]:
    """Yield questions that sentences and headings of ``document`` seem to answer, each once."""
    headings = (plain(h.title) for h in document.headings if h.title.rstrip().endswith("?"))
    drafts = (draft.question for draft in find_drafts(document) if draft.natural)
    seen: set[str] = set()
    for question in chain(headings, drafts):
        if question not in seen and len(question) <= LONGEST:
            seen.add(question)
            yield question
