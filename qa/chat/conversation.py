"""One person's conversation: turns by their numbers, and what of it a page has not seen yet."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self
from uuid import uuid4

from qa.chat.tables import CellTable
from qa.scope import EVERYTHING, Filter
from qa.types import Answer

__all__ = ["Conversation", "News", "Turn"]

# In seconds; nobody asks the same again on purpose sooner than that.
HELD = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, or a sentence on why there is none, or neither yet.

    Args:
        question: as it was asked.
        answer: None until there is one.
        failure: why there is none; empty without a reason.
        stage: what is being done; empty when all is done.
        tables: the rows around the cells that answer, or may.
        changed: documents among the answer's whose files are no longer as they were read.
        collection: which of the collections was asked, from 0.
        understood: the question that was searched for, where it took something from before.
        otherwise: what it may mean about as likely, as whole questions.
        only: the documents, folders or patterns that were asked; all if empty.
        where: what they had to say of themselves.
        remark: what else to know about the answer; empty if there is nothing.
        when: it was answered, if that was in another conversation; else empty.
        began: when it was asked, in seconds of the machine's own clock.
        good: whether the answer was judged to be right; None if it was not judged.
        noted: whether a note on it was kept.
        id: its number in the conversation; 0 until it is part of one.
        revision: number of the change that made it what it is; 0 until it is part of one.
    """

    question: str
    answer: Answer | None = None
    failure: str = ""
    stage: str = ""
    tables: tuple[CellTable, ...] = ()
    changed: frozenset[str] = frozenset()
    collection: int = 0
    understood: str = ""
    otherwise: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    where: Filter = EVERYTHING
    remark: str = ""
    when: str = ""
    began: float = 0.0
    good: bool | None = None
    noted: bool = False
    id: int = 0
    revision: int = 0

    @property
    def waiting(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and not self.failure

    def repeats(self, last: "Turn") -> bool:
        """Return whether this is ``last`` again, from a key that was held down."""
        asked, before = ((t.question, t.collection, t.only, t.where) for t in (self, last))
        return asked == before and not last.failure and self.began - last.began < HELD


@dataclass(frozen=True, slots=True)
class News:
    """What changed in a conversation.

    Args:
        conversation: its id, under which a browser keeps it.
        first: number of its first turn; those before it are gone.
        since: number of the change after which this tells everything.
        revision: number of the last change.
        turns: those that are new or have changed, oldest first.
    """

    conversation: str
    first: int
    since: int
    revision: int
    turns: tuple[Turn, ...]


class Conversation:
    """The turns of one person's page, each changed by its number; safe to share between threads.

    Numbers count on from the time in milliseconds, also when it is cleared: no number means two
    turns, not even to a page that has outlived the conversation that it began with.

    Args:
        turns: to begin with.
    """

    def __init__(self, turns: Iterable[Turn] = ()) -> None:
        self._lock = threading.Lock()
        self._revision = time.time_ns() // 1_000_000
        self.restart(turns)

    def __deepcopy__(self, _: object) -> Self:
        """Return a conversation of its own: Gradio copies the one that it has for each session."""
        return type(self)(self.turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns as they are now, oldest first."""
        return self.news(0).turns

    @property
    def revision(self) -> int:
        """Number of the last change."""
        return self._revision

    def turn(self, id_: int) -> Turn | None:
        """Return a turn as it is now, None if it is gone."""
        return self._turns.get(id_)

    def restart(self, turns: Iterable[Turn] = (), id_: str = "") -> None:
        """Forget all turns and begin anew.

        Args:
            turns: to begin with.
            id_: of the conversation, if it has been kept under one.
        """
        with self._lock:
            self._id = id_ or uuid4().hex
            self._turns: dict[int, Turn] = {}
            self._revision += 1
            for turn in turns:
                self._add(turn)

    def add(self, turn: Turn) -> Turn | None:
        """Add a turn and return it with its number; None if it only repeats the last one."""
        with self._lock:
            if self._turns and turn.repeats(list(self._turns.values())[-1]):
                return None
            return self._add(turn)

    def replace(self, turn: Turn) -> bool:
        """Replace the turn with the same number; return whether it was still there."""
        with self._lock:
            there = turn.id in self._turns
            if there:
                self._put(turn)
            return there

    def judge(self, id_: int, good: bool | None, noted: bool) -> Turn | None:
        """Record a judgement in a turn; return it, or None if there is nothing to judge or record.

        Args:
            id_: of the turn.
            good: whether the answer is right; None leaves it as it was.
            noted: whether there is a note on it.
        """
        with self._lock:
            turn = self._turns.get(id_)
            if turn is None or turn.answer is None or (turn.good is None and good is None):
                return None
            good = turn.good if good is None else good
            return self._put(replace(turn, good=good, noted=noted))

    def news(self, since: int) -> News:
        """Return what changed after the change numbered ``since``; everything after 0."""
        with self._lock:
            first = min(self._turns, default=self._revision)
            turns = tuple(turn for turn in self._turns.values() if turn.revision > since)
            return News(self._id, first, since, self._revision, turns)

    def _add(self, turn: Turn) -> Turn:
        return self._put(replace(turn, id=self._revision + 1))

    def _put(self, turn: Turn) -> Turn:
        self._revision += 1
        self._turns[turn.id] = replace(turn, revision=self._revision)
        return self._turns[turn.id]
