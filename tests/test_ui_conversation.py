"""Conversations: follow-ups, judgements, several events at a time, what the browser keeps."""

import gc
import json
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import qa.chat.chat
import qa.chat.views
from index import index_folder_of
from qa.chat.chat import Chat
from qa.chat.conversation import Conversation, News
from qa.chat.sources import Sources
from qa.citations import verify
from qa.formats.json import citations_from_json
from qa.question import Question
from qa.types import Hit, ReaderOutput
from tests.chat_site import (  # noqa: F401
    PEOPLE,
    STEPS,
    TEXT,
    WHEN,
    LineReader,
    Site,
    _close_loops,
    ask,
    opened,
    send,
    serving,
    wait_for_turn,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)


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
def test_a_follow_up_that_could_mean_two_things_offers_the_other(
    browser: "Browser", tmp_path: Path
) -> None:
    """Catches a reading that cannot be asked, that is completed again, or that is forgotten."""
    (tmp_path / "people.txt").write_text(PEOPLE, "utf-8")
    with serving(tmp_path, "People", [WHEN]) as site, opened(browser, site) as page:
        assert ask(page, "When did Watson meet Crick?").startswith("1951")
        assert ask(page, "When was he buried?").startswith("2007")
        turns = page.locator(".turn")
        assert turns.nth(0).locator(".understood").count() == 0
        assert turns.nth(1).locator("q").inner_text() == "When was Watson buried?"
        page.locator("#ask textarea").fill("And then")
        other = turns.nth(1).get_by_role("button", name="When was Crick buried?")
        other.click()
        assert wait_for_turn(page, 2).startswith("2004")
        assert turns.nth(2).locator(".asked").inner_text() == "When was Crick buried?"
        assert turns.nth(2).locator(".understood").count() == 0
        turns.nth(2).locator(".footer").wait_for()
        assert page.locator("#ask textarea").input_value() == "And then"
        page.get_by_role("button", name="Clear").click()
        page.locator("#welcome .welcome").wait_for()
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").click()
        other.wait_for()
        assert turns.count() == 3


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


def hold_answers(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let nothing be read until the event that is returned is set."""
    go_on = threading.Event()
    read = LineReader.read

    def wait(self: LineReader, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        assert go_on.wait(20)
        return read(self, question, hits)

    monkeypatch.setattr(LineReader, "read", wait)
    return go_on


@pytest.mark.browser
def test_a_judgement_is_kept_that_is_given_while_another_question_is_answered(
    browser: "Browser", site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an answer that puts back all other turns as they were when it was asked for."""
    go_on = hold_answers(monkeypatch)
    go_on.set()
    with opened(browser, site) as page:
        ask(page, WHEN)
        page.locator(".turn .footer").wait_for()
        go_on.clear()
        send(page, STEPS)
        page.locator(".turn").nth(1).locator(".waiting").wait_for()
        right = page.locator(".turn").first.get_by_role("button", name="This is right")
        right.click()
        page.locator(".turn [aria-pressed=true]").wait_for()
        go_on.set()
        assert wait_for_turn(page, 1).startswith("217")
        page.locator(".turn").nth(1).locator(".footer").wait_for()
        assert right.get_attribute("aria-pressed") == "true"


@pytest.mark.browser
def test_an_offered_and_a_typed_question_are_both_answered(
    browser: "Browser", site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches two events of which one forgets the turn of the other."""
    go_on = hold_answers(monkeypatch)
    with opened(browser, site) as page:
        page.locator("#ask textarea").fill(STEPS)
        page.evaluate(
            """() => {
                document.querySelector('[data-example]').click();
                document.querySelector('#ask .submit-button').click();
            }"""
        )
        page.locator(".turn .waiting").first.wait_for()
        page.wait_for_timeout(1000)
        go_on.set()
        for text in ("1871", "217"):
            turn = page.locator(".turn", has=page.locator(".short", has_text=text))
            turn.locator(".footer").wait_for()
        assert page.locator(".turn").count() == 2


@pytest.mark.browser
def test_a_long_conversation_costs_what_a_short_one_does(browser: "Browser", site: Site) -> None:
    """Catches stages that send every turn again, and earlier turns whose buttons are dead."""
    with opened(browser, site) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        streams: set[str] = set()
        received: list[int] = []

        def begin(event: dict[str, Any]) -> None:
            if "/queue/data" in event["request"]["url"]:
                streams.add(event["requestId"])

        def receive(event: dict[str, Any]) -> None:
            if event["requestId"] in streams:
                received.append(event["dataLength"])

        network.on("Network.requestWillBeSent", begin)
        network.on("Network.dataReceived", receive)
        costs = []
        for number in range(12):
            ask(page, (WHEN, STEPS)[number % 2])
            page.locator(".turn").nth(number).locator(".footer").wait_for()
            page.wait_for_timeout(300)
            costs.append(sum(received))
            received.clear()
        # The first may come on a stream that was open before anybody listened.
        assert sum(costs[-4:]) < 1.1 * sum(costs[2:6]), costs
        first = page.locator(".turn").first
        first.locator(".number").click()
        page.locator("#sources mark", has_text="1871").wait_for()
        first.get_by_role("button", name="This is right").click()
        first.locator("[data-good=yes][aria-pressed=true]").wait_for()
        assert page.locator(".turn [aria-pressed=true]").count() == 1
        with page.expect_download() as download:
            page.locator("[data-save=jsonl]").click()
        with page.expect_download():
            page.locator("[data-save=jsonl]").click()
        saved = Path(download.value.path()).read_text("utf-8").splitlines()
        assert [json.loads(line)["text"] for line in saved] == ["1871", "217"] * 6
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").click()
        page.locator(".turn .checked", has_text="Answered").nth(11).wait_for()
        assert page.locator(".turn").count() == 12


@pytest.mark.browser
def test_a_page_asks_for_the_news_that_it_has_missed(
    browser: "Browser", site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a turn that stays at "Checking" because two updates came in quick succession.

    And a page that asks again and again for what it has.
    """
    asked: list[int] = []
    told: list[dict[str, object]] = []
    lost: list[News] = []
    show_news, render_news = Chat.show_news, qa.chat.views.render_news

    def show(self: Chat, conversation: Conversation, since: int = 0) -> Mapping[str, object]:
        asked.append(since)
        return show_news(self, conversation, since)

    def lose(news: News) -> dict[str, object]:
        if not lost and any(turn.answer and not turn.stage for turn in news.turns):
            lost.append(news)
            return told[-1]  # the page takes no notice of what it has had last
        told.append(render_news(news))
        return told[-1]

    monkeypatch.setattr(Chat, "show_news", show)
    with opened(browser, site) as page:
        for _ in range(2):
            ask(page, WHEN)
            page.locator(".turn .footer").wait_for()
            page.get_by_role("button", name="Clear").click()
            page.locator("#welcome .welcome").wait_for()
        monkeypatch.setattr(qa.chat.chat, "render_news", lose)
        ask(page, WHEN)
        page.wait_for_timeout(1000)
        assert page.locator(".turn .footer").count() == 0
        assert (len(lost), asked) == (1, [])
        ask(page, STEPS)
        page.locator(".turn .footer").nth(1).wait_for()
        page.locator(".turn .waiting").wait_for(state="detached")
    assert asked


@pytest.mark.browser
def test_a_conversation_is_forgotten_with_its_page(
    browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a server that keeps the conversation of everyone who was ever there."""
    monkeypatch.setenv("GRADIO_IS_E2E_TEST", "1")  # else Gradio waits for an hour
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
    made: list[weakref.ref[Conversation]] = []
    copied = Conversation.__deepcopy__

    def watch(self: Conversation, memo: object) -> Conversation:
        new = copied(self, memo)
        made.append(weakref.ref(new))
        return new

    monkeypatch.setattr(Conversation, "__deepcopy__", watch)
    with serving(tmp_path, "Bridges", [WHEN]) as site:
        with opened(browser, site) as page:
            ask(page, WHEN)
            page.locator(".turn .footer").wait_for()
            (ref,) = filter(is_begun, made)
        for _ in range(200):
            gc.collect()
            if ref() is None:
                break
            time.sleep(0.1)
        assert ref() is None


def is_begun(ref: "weakref.ref[Conversation]") -> bool:
    conversation = ref()
    return conversation is not None and len(conversation.turns) > 0
