"""A question on its way through a collection: understood, answered stage by stage, checked."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue

from corpus import PinciteError
from qa.chat_page import Turn
from qa.chat_text import showable
from qa.collection import Collection
from qa.followup import Before, completed

__all__ = ["Turns", "answered", "new_turn"]

STAGES = {
    "searching": "Searching the documents",
    "reading": "Reading the passages",
    "quoting": "Quoting",
}
CHECKING = "Checking the quotations"

Turns = tuple[Turn, ...]


def new_turn(question: str, turns: Turns, collection: int) -> Turn:
    """Return the turn of a question, completed from the turns before it if it needs that.

    Args:
        question: as it was typed.
        turns: of the conversation so far.
        collection: which of the collections is asked, from 0.
    """
    whole = completed(question, _before(turns, collection))
    understood = whole if whole != question else ""
    return Turn(question, collection=collection, understood=understood)


def answered(collection: Collection, turn: Turn, only: Sequence[str]) -> Iterator[Turn]:
    """Yield the turn at each stage of its answering, at last with the answer or the failure."""
    stages: SimpleQueue[str] = SimpleQueue()
    question = showable(turn.understood or turn.question)
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(collection.assistant.ask, question, only=only, on_stage=stages.put)
        answering.add_done_callback(lambda _: stages.put(""))
        while stage := stages.get():
            yield replace(turn, stage=STAGES[stage])
    try:
        done = replace(turn, answer=answering.result(), stage=CHECKING)
    except PinciteError as error:
        yield replace(turn, failure=str(error))
        return
    yield done
    yield replace(done, stage="", changed=_changed(collection, done))


def _before(turns: Turns, collection: int) -> Before | None:
    """Return the last question that got an answer or a no, for a follow-up to take from."""
    answers = [turn.answer for turn in turns if turn.answer and turn.collection == collection]
    if not answers:
        return None
    last = answers[-1]
    quotes = tuple(" ".join(citation.quote.split()) for citation in last.citations)
    return Before(last.understood_as, last.text, quotes)


def _changed(collection: Collection, turn: Turn) -> frozenset[str]:
    """Return which quoted documents' files are no longer as they were indexed."""
    ids = {citation.document for citation in turn.answer.citations} if turn.answer else set()
    with suppress(KeyError):
        return collection.sources.changed(collection.assistant.document(id_) for id_ in ids)
    return frozenset(ids)
