"""Conversations: follow-ups, judgements, links, and what the browser keeps."""

import json
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from corpus import InputError
from index import HashEncoder, build, index_folder_of
from qa.chat.answering import (
    OTHERWISE,
    answer_turn,
    make_turn,
    restore_turns,
    turn_from_link,
)
from qa.chat.collection import Collection
from qa.chat.conversation import Turn
from qa.chat.sources import Sources
from qa.chat.views import _link
from qa.citations import verify
from qa.formats.json import answer_to_dict, citations_from_json
from tests.chat_site import (  # noqa: F401
    TEXT,
    Site,
    _close_loops,
    ask,
    collection_of,
    open_folder,
    opened,
    send,
    wait_for_turn,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)
WHEN, STEPS, WHO = (
    "When was the bridge built?",
    "How many steps has the tower?",
    "Who painted the bridge?",
)


# Without a browser


@pytest.fixture
def bridges(tmp_path: Path) -> Collection:
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
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
            "collection": collection.name,
            "only": turn.only,
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
        (bridges.folder / "bridges.md").write_text(TEXT.replace("1871", "1872"), "utf-8")
        build(bridges.folder, HashEncoder())
        now = restore_turns([bridges], kept_of(bridges, then))
        assert [turn.question for turn in now] == [turn.question for turn in then]
        assert [turn.understood for turn in now] == [turn.understood for turn in then]
        answers = [turn.answer.text for turn in now if turn.answer]
        assert answers == [turn.answer.text for turn in then if turn.answer]
        assert answers[0] == "1871"
        changed = [set(turn.changed) for turn in now]
        assert changed == [{"bridges.md"}, set(), set(), set()]


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
        *_, turn = answer_turn(bridges, make_turn(WHEN, (), 0, ["*.md"]))
        assert turn.answer
        link = dict(parse_qsl(_link(turn, turn.answer))) | {"in": "Bridges"}
        asked, was = turn_from_link(link, ["Other", "Bridges"])
        assert (asked.question, asked.collection, asked.only) == (WHEN, 1, ("*.md",))
        *_, same = answer_turn(bridges, asked, was)
        assert (same.remark, same.answer and same.answer.text) == ("", "1871")
        (bridges.folder / "bridges.md").write_text(TEXT.replace("1871", "1872"), "utf-8")
        build(bridges.folder, HashEncoder())
        *_, other = answer_turn(bridges, asked, was)
        assert (other.remark, other.answer and other.answer.text) == (OTHERWISE, "1872")


@pytest.mark.parametrize("link", [{"in": "Towers"}, {"only": "{"}, {"only": "3"}])
def test_a_link_that_cannot_be_followed_says_so(link: dict[str, str]) -> None:
    """Catches a question that is asked of another folder, or of more documents, than was meant."""
    with pytest.raises(InputError, match=r"not open|damaged"):
        turn_from_link({"q": WHEN} | link, ["Bridges"])


# The page in a browser


@pytest.mark.browser
def test_a_follow_up_is_understood_and_can_be_edited(browser: "Browser", site: Site) -> None:
    """Catches a completion that nobody can see, that is not asked, or that sticks."""
    with opened(browser, site) as page:
        assert ask(page, "How many steps has the Towers building?").startswith("The documents")
        assert ask(page, "How many steps has the tower?").startswith("217")
        send(page, "Is it closed?")
        assert "closed" in wait_for_turn(page, 2)
        asked = page.locator(".turn").nth(2)
        assert asked.locator(".asked").inner_text() == "Is it closed?"
        assert asked.locator("q").inner_text() == "Is the tower closed?"
        asked.locator(".edit").click()
        page.wait_for_function("document.querySelector('#ask textarea').value.length > 0")
        assert page.locator("#ask textarea").input_value() == "Is the tower closed?"
        assert page.locator(".turn").nth(1).locator(".understood").count() == 0


@pytest.mark.browser
def test_the_next_question_can_be_asked_while_the_last_answer_is_checked(
    browser: "Browser", site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a question that is lost, and one that is asked twice by a key that is held down."""
    checked = threading.Event()
    monkeypatch.setattr(Sources, "unchanged", lambda *_: checked.wait(20))
    with opened(browser, site) as page:
        page.locator("#ask textarea").fill(WHEN)
        for _ in range(3):
            page.locator("#ask textarea").press("Enter")
        assert wait_for_turn(page, 0).startswith("1871")
        send(page, STEPS)
        checked.set()
        page.locator(".turn .short", has_text="217").wait_for()
        assert page.locator(".turn").count() == 2


@pytest.mark.browser
def test_two_people_get_their_own_answers(browser: "Browser", site: Site) -> None:
    """Catches state that is shared between sessions."""
    with opened(browser, site) as one, opened(browser, site) as two:
        send(one, "When was the bridge built?")
        send(two, "How many steps has the tower?")
        assert wait_for_turn(one, 0).startswith("1871")
        assert wait_for_turn(two, 0).startswith("217")
        assert one.locator(".turn").count() == 1
        assert two.locator(".turn").count() == 1
        two.locator("#sources", has_text="towers.txt").wait_for()
        assert "towers" not in one.locator("#sources").inner_text()


@pytest.mark.browser
def test_an_answer_can_be_judged_copied_linked_and_saved(browser: "Browser", site: Site) -> None:
    """Catches buttons that do nothing, a verdict on another answer, an export without answers."""
    with opened(browser, site) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, "When was the bridge built?")
        ask(page, "Who painted the bridge?")
        last = page.locator(".turn").nth(1)
        last.get_by_role("button", name="This is wrong").click()
        last.get_by_label("Note").fill("It was Ada.")
        last.get_by_label("Note").press("Enter")
        last.locator(".footer", has_text="Thank you").wait_for()
        kept = (index_folder_of(site.folder) / "feedback.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["good"] for line in kept] == [False, False]
        assert json.loads(kept[1])["note"] == "It was Ada."
        assert json.loads(kept[1])["question"] == "Who painted the bridge?"

        first = page.locator(".turn").nth(0)
        first.get_by_role("button", name="Copy").click()
        first.locator("[data-copy]", has_text="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "“The old bridge was built in 1871.”" in copied
        assert "bridges.md, line 3" in copied
        first.get_by_role("button", name="Link").click()
        first.locator("[data-link]", has_text="Copied").wait_for()
        link = page.evaluate("navigator.clipboard.readText()")

        with page.expect_download() as download:
            page.locator("[data-save=jsonl]").click()
        assert download.value.suggested_filename == "conversation.jsonl"
        saved = citations_from_json(Path(download.value.path()).read_text("utf-8"))
        assert [v.status for v in verify(saved, site.folder)] == ["exact"]

        page.goto(link)
        assert wait_for_turn(page, 0).startswith("1871")
        assert page.locator(".turn").count() == 1


@pytest.mark.browser
def test_conversations_are_kept_in_the_browser(browser: "Browser", site: Site) -> None:
    """Catches a conversation that is lost, one that is kept twice, and one that cannot go."""
    with opened(browser, site) as page:
        ask(page, "When was the bridge built?")
        ask(page, "How many steps has the tower?")
        page.get_by_role("button", name="Clear").click()
        page.locator(".welcome").wait_for()
        assert ask(page, "Who painted the bridge?").startswith("The documents do not say")
        page.locator(".turn .footer").wait_for()
        page.reload()
        page.locator(".welcome").wait_for()
        page.get_by_role("tab", name="History").click()
        kept = page.locator("#history .open")
        assert kept.all_inner_texts() == ["Who painted the bridge?", "When was the bridge built?"]
        page.locator("#history input").fill("STEPS")
        assert kept.all_inner_texts() == ["When was the bridge built?"]
        page.locator("#history input").fill("217")
        assert kept.all_inner_texts() == ["When was the bridge built?"]
        kept.click()
        assert wait_for_turn(page, 1).startswith("217")
        assert wait_for_turn(page, 0).startswith("1871")
        assert "Answered " in page.locator(".turn .checked").first.inner_text()
        page.locator("#sources mark", has_text="217 steps").wait_for()
        assert ask(page, "Who painted the bridge?").startswith("The documents do not say")
        page.locator(".turn").nth(2).locator(".footer").wait_for()
        page.get_by_role("tab", name="History").click()
        assert kept.count() == 1, "what was opened again goes on, and is not kept twice"
        page.get_by_role("tab", name="History").click()
        page.locator("#history input").fill("")
        page.once("dialog", lambda dialog: dialog.accept("Bridges"))
        page.locator("#history li", has_text="When was").get_by_text("Rename").click()
        page.once("dialog", lambda dialog: dialog.accept())
        page.locator("#history li", has_text="Who painted").get_by_text("Delete").click()
        page.locator("#history li", has_text="Who painted").wait_for(state="detached")
        assert kept.all_inner_texts() == ["Bridges"]
