"""A conversation's state: changed by number, by several events at a time, told as news."""

import copy
import threading
from dataclasses import replace

from qa.chat.conversation import Conversation, Turn
from tests.qa.formats.test_text import FOUND


def added(conversation: Conversation, question: str) -> Turn:
    turn = conversation.add(Turn(question))
    assert turn
    return turn


def test_changes_of_different_turns_do_not_undo_each_other() -> None:
    """Catches a change that puts back all turns as they were when its event began."""
    conversation = Conversation()
    first, second = added(conversation, "One?"), added(conversation, "Two?")
    assert conversation.replace(replace(first, answer=FOUND))
    assert conversation.judge(first.id, good=True, noted=False)
    assert conversation.replace(replace(second, answer=FOUND))
    now = conversation.turns
    assert [(turn.question, turn.good, turn.answer) for turn in now] == [
        ("One?", True, FOUND),
        ("Two?", None, FOUND),
    ]


def test_no_turn_is_lost_when_many_come_at_a_time() -> None:
    """Catches turns that get one number, and a state that is read, changed and put back."""
    conversation = Conversation()

    def ask(person: int) -> None:
        for number in range(200):
            turn = added(conversation, f"{person} {number}")
            assert conversation.replace(replace(turn, failure="none"))

    people = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    turns = conversation.turns
    assert len({turn.id for turn in turns}) == len({turn.question for turn in turns}) == 1600
    assert {turn.failure for turn in turns} == {"none"}


def test_a_key_that_is_held_down_asks_once() -> None:
    """Catches the same question twice, and one that is refused after it failed."""
    conversation = Conversation()
    turn = added(conversation, "One?")
    assert conversation.add(Turn("One?")) is None
    assert conversation.add(Turn("One?", only=("a.md",)))
    again = added(conversation, "One?")
    conversation.replace(replace(again, failure="no"))
    assert conversation.add(Turn("One?"))
    assert conversation.turn(turn.id) == turn
    assert conversation.add(Turn("One?", began=100.0))


def test_what_comes_after_a_conversation_was_cleared_changes_nothing() -> None:
    """Catches an answer that brings a cleared turn back, or that takes another one's place."""
    conversation = Conversation()
    old = added(conversation, "One?")
    before = conversation.news(0)
    conversation.restart()
    assert not conversation.replace(replace(old, answer=FOUND))
    assert conversation.judge(old.id, good=True, noted=False) is None
    assert not conversation.turns
    assert conversation.news(0).first > old.id
    new = added(conversation, "Two?")
    assert new.id > old.id
    assert conversation.news(0).conversation != before.conversation
    conversation.restart([old], "kept")
    (again,) = conversation.turns
    assert again.id > new.id
    assert conversation.news(0).conversation == "kept"


def test_news_are_what_changed_since() -> None:
    """Catches a page that is sent everything, or that misses what it has not seen."""
    conversation = Conversation()
    first, second = added(conversation, "One?"), added(conversation, "Two?")
    seen = conversation.revision
    assert conversation.news(seen).turns == ()
    conversation.replace(replace(first, answer=FOUND))
    news = conversation.news(seen)
    assert [turn.question for turn in news.turns] == ["One?"]
    assert (news.first, news.since, news.revision) == (first.id, seen, conversation.revision)
    assert [turn.id for turn in conversation.news(0).turns] == [first.id, second.id]


def test_a_copy_is_a_conversation_of_its_own_and_later() -> None:
    """Catches one conversation for all sessions, and numbers that a page has seen before."""
    conversation = Conversation()
    old = added(conversation, "One?")
    mine, yours = copy.deepcopy(conversation), copy.deepcopy(conversation)
    added(mine, "Two?")
    assert [len(c.turns) for c in (conversation, mine, yours)] == [1, 2, 1]
    assert yours.turns[0].id >= old.id


def test_only_an_answer_is_judged() -> None:
    """Catches a judgement on nothing, and a note that forgets what was thought."""
    conversation = Conversation()
    turn = added(conversation, "One?")
    assert conversation.judge(turn.id, good=True, noted=False) is None
    conversation.replace(replace(turn, answer=FOUND))
    assert conversation.judge(turn.id, good=None, noted=True) is None
    conversation.judge(turn.id, good=False, noted=False)
    judged = conversation.judge(turn.id, good=None, noted=True)
    assert judged
    assert (judged.good, judged.noted) == (False, True)
