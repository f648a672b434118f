"""A question on its way through a collection: understood, answered stage by stage, checked."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus import Document, InputError, PinciteError
from qa.chat.collection import Collection
from qa.chat.conversation import Turn
from qa.chat.markup import showable
from qa.chat.tables import CellTable, excerpt_tables
from qa.followup import Before, readings
from qa.formats.json import answer_from_dict, fingerprint
from qa.scope import EVERYTHING, Filter
from qa.types import Answer
from qa.validation import validate

__all__ = ["answer_turn", "make_turn", "restore_turns", "turn_from_link"]

# A turn begins with the first of its stages.
SEARCHING = "Searching the documents"
STAGES = {"reading": "Reading the passages", "quoting": "Quoting"}
CHECKING = "Checking the quotations"
OTHERWISE = (
    "When this link was copied, the answer was another one: the documents or the settings have "
    "changed since."
)
MOST_RESTORED = 50


def make_turn(
    question: str,
    turns: Sequence[Turn],
    collection: int,
    only: Sequence[str] = (),
    where: Filter = EVERYTHING,
) -> Turn:
    """Return the turn of a question, completed from earlier turns if it is a follow-up.

    Args:
        question: as it was typed.
        turns: of the conversation so far.
        collection: which of the collections is asked, from 0.
        only: the documents, folders or patterns to ask; all by default.
        where: what they must say of themselves.
    """
    understood, *otherwise = readings(question, _before(turns, collection)) or ("",)
    return Turn(
        question,
        stage=SEARCHING,
        collection=collection,
        understood=understood,
        otherwise=tuple(otherwise),
        only=tuple(only),
        where=where,
        began=time.monotonic(),
    )


def answer_turn(collection: Collection, turn: Turn, was: str = "") -> Iterator[Turn]:
    """Yield the turn at each stage, and finally with its answer or failure.

    Args:
        collection: that is asked.
        turn: without its answer.
        was: fingerprint of the answer that is expected; the turn remarks on any other one.
    """
    question = showable(turn.understood or turn.question)
    try:
        for step in collection.assistant.ask_in_stages(question, only=turn.only, where=turn.where):
            if isinstance(step, Answer):
                remark = OTHERWISE if was and was != fingerprint(step) else ""
                tables = _tables(collection, step)
                turn = replace(turn, answer=step, tables=tables, stage=CHECKING, remark=remark)
                yield turn
            elif step in STAGES:
                turn = replace(turn, stage=STAGES[step])
                yield turn
    except PinciteError as error:
        yield replace(turn, failure=str(error), stage="")
        return
    if turn.answer:
        yield replace(turn, stage="", changed=_changed(collection, turn.answer))


def turn_from_link(link: Mapping[str, str], collections: Sequence[str]) -> tuple[Turn, str]:
    """Return the turn that an answer's link asks for, and the fingerprint of the answer then.

    Args:
        link: what the address of the page says: ``q``, and perhaps ``in``, ``only``, ``was`` and
            the fields of a `Filter`.
        collections: names of the open collections.

    Raises:
        InputError: if the link names a collection that is not open, or cannot be understood.
    """
    name = link.get("in", collections[0])
    if name not in collections:
        raise InputError(f"This link is to {name}, which is not open; open it with `pincite chat`.")
    try:
        only = tuple(map(str, json.loads(link.get("only", "[]"))))
        where = validate(Filter, dict(link))
    except (ValueError, TypeError) as error:
        raise InputError("This link is damaged; ask for a new one.") from error
    turn = Turn(link.get("q", ""), stage=SEARCHING, only=only, where=where)
    return replace(turn, collection=collections.index(name)), link.get("was", "")


def restore_turns(
    collections: Sequence[Collection], kept: Sequence[Mapping[str, Any]]
) -> list[Turn]:
    """Return the turns of a conversation that a browser has kept, answers as they were given.

    Args:
        collections: that are open.
        kept: for each turn its ``question``, what it was ``understood`` as, what it may mean
            ``otherwise`` and ``where`` (not kept by earlier versions), ``collection`` (a name),
            ``only``, ``answer``, and ``when`` it was given.

    Raises:
        InputError: if it is not what the page has kept, or of a collection that is not open.
    """
    names = [collection.name for collection in collections]
    turns: list[Turn] = []
    for entry in kept[:MOST_RESTORED]:
        try:
            question, understood, when = (str(entry[k]) for k in ("question", "understood", "when"))
            at, only = names.index(entry["collection"]), tuple(map(str, entry["only"]))
            otherwise = tuple(map(str, entry.get("otherwise", ())))
            where = validate(Filter, entry.get("where", {}))
            answer = answer_from_dict(entry["answer"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("This conversation cannot be opened; ask again.") from error
        turn = Turn(question, answer, collection=at, understood=understood, only=only)
        changed, tables = _changed(collections[at], answer), _tables(collections[at], answer)
        turn = replace(turn, otherwise=otherwise, where=where, when=when)
        turns.append(replace(turn, changed=changed, tables=tables))
    return turns


def _before(turns: Sequence[Turn], collection: int) -> Before | None:
    """Return the last question that was answered, be it by a no, for a follow-up to build on."""
    answers = [turn.answer for turn in turns if turn.answer and turn.collection == collection]
    if not answers:
        return None
    last = answers[-1]
    cited = last.citations or last.nearest
    quotes = tuple(" ".join(citation.quote.split()) for citation in cited)
    return Before(last.understood_as, " ".join(last.text.split()), quotes)


def _changed(collection: Collection, answer: Answer) -> frozenset[str]:
    """Return the quoted documents whose files have changed since they were indexed."""
    quoted = {(citation.document, citation.sha256) for citation in answer.citations}
    return frozenset(id_ for id_, sha256 in quoted if not _as_quoted(collection, id_, sha256))


def _as_quoted(collection: Collection, id_: str, sha256: str) -> bool:
    document = _document(collection, id_)
    if document is None or document.sha256 != sha256:
        return False
    return collection.sources.unchanged(document)


def _tables(collection: Collection, answer: Answer) -> tuple[CellTable, ...]:
    """Return the rows around the cells that answer, differ or, of a perhaps, may answer."""
    if answer.form != "cells":
        return ()
    told = [
        citation
        for citation in answer.citations
        if answer.verdict == "perhaps"
        or citation.number <= answer.parts
        or citation.number in answer.conflicting
    ]
    documents = {citation.document: _document(collection, citation.document) for citation in told}
    return excerpt_tables(told, {id_: found for id_, found in documents.items() if found})


def _document(collection: Collection, id_: str) -> Document | None:
    try:
        return collection.assistant.document(id_)
    except KeyError:
        return None
