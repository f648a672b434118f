"""A question's way: follow-ups, stages, links, and conversations that a browser has kept."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from corpus import InputError
from index import HashEncoder, build
from qa.chat.answering import (
    OTHERWISE,
    answer_turn,
    make_turn,
    restore_turns,
    turn_from_link,
)
from qa.chat.collection import Collection
from qa.chat.conversation import Turn
from qa.chat.views import _link
from qa.formats.json import answer_to_dict
from qa.scope import Filter
from tests.chat_site import PEOPLE, STEPS, TEXT, WHEN, WHO, collection_of, open_folder

BY_PERKS = f"---\nauthor: Jane Perks\ndate: 2013\n---\n{TEXT}"


@pytest.fixture
def bridges(tmp_path: Path) -> Collection:
    (tmp_path / "bridges.md").write_text(BY_PERKS, "utf-8")
    (tmp_path / "towers.txt").write_text("The tower has 217 steps.\nIt is closed.\n", "utf-8")
    return collection_of(tmp_path, open_folder(tmp_path), "Bridges")


def turns_of(collection: Collection, *questions: str) -> list[Turn]:
    """Return a conversation, each turn as it is at last."""
    turns: list[Turn] = []
    for question in questions:
        *_, last = answer_turn(collection, make_turn(question, turns, 0))
        turns.append(last)
    return turns


def kept_of(collection: Collection, turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return what a browser keeps of a conversation, by way of its store."""
    kept = [
        {
            "question": turn.question,
            "understood": turn.understood,
            "otherwise": turn.otherwise,
            "collection": collection.name,
            "only": turn.only,
            "where": asdict(turn.where),
            "answer": answer_to_dict(turn.answer),
            "when": "1 May, 10:00",
        }
        for turn in turns
        if turn.answer
    ]
    return list(json.loads(json.dumps(kept)))


def test_a_kept_conversation_comes_back_as_it_was(bridges: Collection) -> None:
    """Catches answers that are found anew, and a follow-up that forgets what it was taken for."""
    with closing(bridges):
        then = turns_of(bridges, WHEN, "How many steps has the tower?", "Is it closed?", WHO)
        assert then[2].understood
        (bridges.folder / "bridges.md").write_text(BY_PERKS.replace("1871", "1872"), "utf-8")
        build(bridges.folder, HashEncoder())
        now = restore_turns([bridges], kept_of(bridges, then))
        assert [turn.question for turn in now] == [turn.question for turn in then]
        assert [turn.understood for turn in now] == [turn.understood for turn in then]
        answers = [turn.answer.text for turn in now if turn.answer]
        assert answers == [turn.answer.text for turn in then if turn.answer]
        assert answers[0] == "1871"
        changed = [set(turn.changed) for turn in now]
        assert changed == [{"bridges.md"}, set(), set(), set()]


def test_a_follow_up_that_could_mean_two_things_keeps_both(bridges: Collection) -> None:
    """Catches a second reading that is lost, or that what earlier versions kept is refused."""
    with closing(bridges):
        (bridges.folder / "people.txt").write_text(PEOPLE, "utf-8")
        build(bridges.folder, HashEncoder())
        then = turns_of(bridges, "When did Watson meet Crick?", "When was he buried?")
        assert then[0].otherwise == ()
        assert then[1].understood == "When was Watson buried?"
        assert then[1].otherwise == ("When was Crick buried?",)
        assert then[1].answer
        assert then[1].answer.text == "2007"
        kept = kept_of(bridges, then)
        assert restore_turns([bridges], kept)[1].otherwise == then[1].otherwise
        for entry in kept:
            del entry["otherwise"]
        assert restore_turns([bridges], kept)[1].otherwise == ()


def test_an_answer_over_two_lines_is_one_phrase_in_the_next_question(bridges: Collection) -> None:
    """Catches a question with a line break in it."""
    with closing(bridges):
        (turn,) = turns_of(bridges, WHEN)
        assert turn.answer
        asked = "Where was Alan Turing born?"
        answer = replace(turn.answer, understood_as=asked, text="Maida\nVale")
        then = make_turn("How big is it?", (replace(turn, answer=answer),), 0)
        assert then.understood == "How big is Maida Vale?"


def test_names_typed_in_lower_case_are_known_from_what_was_quoted(bridges: Collection) -> None:
    """Catches a person that is not found because neither question has a capital letter.

    In what a no shows as nearest the names are known as well.
    """
    with closing(bridges):
        (bridges.folder / "people.txt").write_text(PEOPLE, "utf-8")
        build(bridges.folder, HashEncoder())
        _, answered = turns_of(bridges, "when was watson buried", "when was he born")
        assert answered.understood == "When was Watson born"
        first, refused = turns_of(bridges, "when was watson knighted", "when was he buried")
        assert first.answer
        assert not first.answer.found
        assert refused.understood == "When was Watson buried"


def test_only_the_documents_that_changed_are_said_to_have(bridges: Collection) -> None:
    """Catches every quoted document being called changed because one is gone."""
    with closing(bridges):
        (turn,) = turns_of(bridges, STEPS)
        kept = kept_of(bridges, (turn,))
        (cited,) = kept[0]["answer"]["citations"]
        kept[0]["answer"]["citations"].append(cited | {"document": "gone.txt", "number": 2})
        (again,) = restore_turns([bridges], kept)
        assert again.changed == {"gone.txt"}


@pytest.mark.parametrize(
    "damage",
    [
        {"collection": "Other"},
        {"answer": None},
        {"answer": {"found": True}},
        {"only": None},
        {"question": None, "answer": []},
        {"otherwise": 3},
        {"where": {"after": "soon"}},
        {"where": {"by": 3}},
    ],
)
def test_what_no_page_has_kept_is_refused(bridges: Collection, damage: dict[str, Any]) -> None:
    """Catches a traceback, or an answer without its quotation, out of a damaged store."""
    with closing(bridges):
        kept = kept_of(bridges, turns_of(bridges, STEPS))
        with pytest.raises(InputError):
            restore_turns([bridges], [kept[0] | damage])
        kept[0]["answer"]["citations"] = []
        with pytest.raises(InputError):
            restore_turns([bridges], kept)


def test_a_link_asks_the_same_again_and_notices_another_answer(bridges: Collection) -> None:
    """Catches a link that forgets the folder or the documents, and a silent difference."""
    with closing(bridges):
        where = Filter(after="2012-03", before="2014", by="Perks", type="md")
        *_, turn = answer_turn(bridges, make_turn(WHEN, (), 0, ["*.md"], where))
        assert turn.answer
        link = dict(parse_qsl(_link(turn, turn.answer))) | {"in": "Bridges"}
        asked, was = turn_from_link(link, ["Other", "Bridges"])
        assert (asked.question, asked.collection, asked.only) == (WHEN, 1, ("*.md",))
        assert asked.where == where
        (again,) = restore_turns([bridges], kept_of(bridges, [turn]))
        assert (again.only, again.where) == (("*.md",), where)
        *_, same = answer_turn(bridges, asked, was)
        assert (same.remark, same.answer and same.answer.text) == ("", "1871")
        (bridges.folder / "bridges.md").write_text(BY_PERKS.replace("1871", "1872"), "utf-8")
        build(bridges.folder, HashEncoder())
        *_, other = answer_turn(bridges, asked, was)
        assert (other.remark, other.answer and other.answer.text) == (OTHERWISE, "1872")


@pytest.mark.parametrize("link", [{"in": "Towers"}, {"only": "{"}, {"only": "3"}, {"after": "x"}])
def test_a_link_that_cannot_be_followed_says_so(link: dict[str, str]) -> None:
    """Catches a question that is asked of another folder, or of more documents, than was meant."""
    with pytest.raises(InputError, match=r"not open|damaged|no date"):
        turn_from_link({"q": WHEN} | link, ["Bridges"])
