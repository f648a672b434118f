"""The chat: the real page in a real browser."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import qa.chat.collection
from corpus import IndexOutdated, SettingsError
from index import HashEncoder, build
from qa.assistant import Assistant, Pipeline
from tests.chat_site import (  # noqa: F401
    TEXT,
    Site,
    _close_loops,
    ask,
    collection_of,
    find_serious_faults,
    opened,
    send,
    serving,
    wait_for_turn,
)
from tests.qa.chat.test_views import ATTACKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from starlette.types import Message, Receive, Scope, Send

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)


def test_importing_the_chat_loads_no_model_library() -> None:
    """Catches one that makes `pincite --help` wait for PyTorch."""
    code = "import ui, sys; sys.exit(bool({'torch', 'sentence_transformers'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Catches one that moves to another port unasked, or shows a traceback."""
    from pincite.server import launch

    unused = [collection_of(tmp_path, unused_assistant())]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"^Port {port} is taken; give another with --port"):
            launch(unused, "127.0.0.1", port)
    with pytest.raises(SettingsError, match=r"Cannot serve at 192\.0\.2\.1"):
        launch(unused, "192.0.2.1", 7860)


def unused_assistant() -> Assistant:
    return Assistant.__new__(Assistant)


def test_tags_of_the_template_that_point_elsewhere_are_removed() -> None:
    """Catches one that leaves Gradio's font and script links in the page, or breaks its length."""
    from pincite.server.app import _Sealed

    page = (
        b'<link rel="preconnect" href="https://fonts.googleapis.com"/><p>kept</p>'
        b'<script src="https://cdnjs.cloudflare.com/x.js" async></script><script src="/own.js">'
    )
    sent: list[Message] = []

    async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(page))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page[:90], "more_body": True})
        await send({"type": "http.response.body", "body": page[90:]})

    async def receive() -> "Message":
        return {"type": "http.disconnect"}

    async def send(message: "Message") -> None:
        sent.append(message)

    asyncio.run(_Sealed(app)({"type": "http"}, receive, send))
    start, body = sent
    assert body["body"] == b'<p>kept</p></script><script src="/own.js">'
    headers = dict(start["headers"])
    assert headers[b"content-length"] == b"%d" % len(body["body"])
    assert headers[b"content-security-policy"].startswith(b"default-src 'self'")


# The page in a browser


@pytest.mark.browser
def test_an_answer_shows_its_citation_and_its_source_marked(browser: "Browser", site: Site) -> None:
    """Catches one whose events, state or panel are not wired, or that marks other words."""
    with opened(browser, site) as page:
        page.get_by_role("button", name="When was the bridge built?").click()
        first = wait_for_turn(page, 0)
        assert first.startswith("1871")
        assert "Very likely right. Confidence 90%." in first
        assert "[1]" in first
        assert "bridges.md, line 3" in first
        page.locator("#sources mark").wait_for()
        quote = "The old bridge was built in 1871."
        assert page.locator("#sources mark").text_content() == quote
        assert page.locator("#sources mark strong").text_content() == "1871"
        assert "Characters 11 to 44" in page.locator("#sources").inner_text()
        assert page.locator("#ask textarea").input_value() == ""

        assert ask(page, "How many steps has the tower?").startswith("217")
        page.locator("#sources", has_text="towers.txt").wait_for()
        page.locator(".turn").first.locator(".number").click()
        page.locator("#sources", has_text="bridges.md").wait_for()
        assert page.locator("#sources mark").text_content() == quote
        selected = page.locator(".turn.selected")
        assert selected.locator(".asked").all_inner_texts() == ["When was the bridge built?"]

        page.get_by_role("button", name="Clear").click()
        page.locator(".welcome").wait_for()
        assert page.locator("#sources mark").count() == 0


@pytest.mark.browser
def test_the_page_is_there_before_its_offers(
    browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a page that waits for questions to begin with, or that looks for them itself."""
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
    found = threading.Event()
    looked: list[int] = []

    def suggest(*_: object) -> list[str]:
        looked.append(1)
        assert found.wait(20)
        return ["When was the bridge built?"]

    monkeypatch.setattr(qa.chat.collection, "suggest", suggest)
    with serving(tmp_path, "Bridges") as site, opened(browser, site) as one:
        assert ask(one, "How long is the bridge in metres?")
        with opened(browser, site) as two:
            assert two.locator("[data-example]").count() == 0
            found.set()
            two.locator("[data-example]", has_text="When was the bridge built?").click()
            assert wait_for_turn(two, 0).startswith("1871")
    assert looked == [1]


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_the_page_can_be_used_by_everyone(
    browser: "Browser", site: Site, theme: str, width: int
) -> None:
    """Catches missing names and labels, poor contrast and wrong roles, by axe-core's rules."""
    with opened(browser, site) as page:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site.url}?__theme={theme}")
        page.locator(".welcome button").first.wait_for()
        serious = [f"welcome: {found}" for found in find_serious_faults(page)]
        ask(page, "When was the bridge built?")
        page.locator(".turn .footer").wait_for()
        serious += [f"answer: {found}" for found in find_serious_faults(page)]
        ask(page, "Who painted the bridge?")
        serious += [f"no: {found}" for found in find_serious_faults(page)]
        page.get_by_role("tab", name="Documents").click()
        page.locator("#documents td").first.wait_for()
        serious += [f"documents: {found}" for found in find_serious_faults(page)]
    assert serious == [], "\n".join(serious)


@pytest.mark.browser
def test_on_a_phone_the_answer_is_seen_first_and_its_source_on_request(
    browser: "Browser", site: Site
) -> None:
    """Catches a page that scrolls past the answer, or a citation that leads nowhere."""
    in_sight = "{ const r = %s.getBoundingClientRect(); return r.top >= 0 && r.bottom <= 800; }"
    last = "[...document.querySelectorAll('.turn .short')].at(-1)"
    with opened(browser, site) as page:
        page.set_viewport_size({"width": 390, "height": 800})
        for number in range(3):
            ask(page, ("When was the bridge built?", "How many steps has the tower?")[number % 2])
            page.locator(".turn .checked").nth(number).wait_for()
            page.locator("#sources mark").wait_for()
            page.wait_for_function(f"() => {in_sight % last}")
        page.wait_for_timeout(700)
        assert page.evaluate(f"() => {in_sight % last}")
        page.locator(".turn .number").last.click()
        page.wait_for_function("() => " + in_sight % "document.querySelector('#sources mark')")


@pytest.mark.browser
def test_a_no_says_what_was_searched_and_what_is_nearest(browser: "Browser", site: Site) -> None:
    """Catches one that passes off the nearest passage as an answer."""
    with opened(browser, site) as page:
        answer = ask(page, "Who painted the bridge?")
        assert answer.startswith("The documents do not say")
        assert "Searched 2 documents" in answer
        page.locator("#sources .near").first.wait_for()
        assert "Not an answer" in page.locator("#sources").inner_text()
        assert "1871" in page.locator("#sources").inner_text()
        assert page.locator("#sources mark").count() == 0


@pytest.mark.browser
def test_no_text_of_documents_names_or_questions_runs(browser: "Browser", tmp_path: Path) -> None:
    """Catches one that lets HTML, Markdown, LaTeX or a template string through to the page."""
    for number, attack in enumerate(ATTACKS):
        name = f"canary{number} {attack.replace('/', '∕')}.md"
        text = f"# Title {attack}\n\nThe canary{number:02} says {attack} to 77 others.\n"
        (tmp_path / name).write_text(text, "utf-8")
    requests: list[str] = []
    dialogs: list[str] = []
    with serving(tmp_path, ATTACKS[2], ATTACKS[:3]) as site, opened(browser, site) as page:
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        for number, attack in enumerate(ATTACKS):
            assert "77" in ask(page, f"What says canary{number:02}? <{attack}")
            source = page.locator("#sources .page", has_text=f"canary{number:02} says")
            source.first.wait_for()
            marked = page.locator("#sources mark").first.text_content()
            assert marked == f"The canary{number:02} says {attack} to 77 others."
            assert f"<{attack}" in (page.locator(".turn .asked").last.text_content() or "")
        foreign = (
            "img, script, a:not(.download), iframe, svg, style, link, meta, form, math, h1, "
            ".katex, [onload]"
        )
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").first.wait_for()
        page.get_by_role("tab", name="Documents").click()
        page.locator("#documents td").first.wait_for()
        for pane in ("#conversation", "#sources", "#documents", "#history"):
            assert page.locator(pane).locator(foreign).count() == 0
        assert page.locator("#top img").count() == 0
        assert page.title() == ATTACKS[2]
        assert page.evaluate("window.pwned") is None
        assert dialogs == []
        assert outside(requests) == []


@pytest.mark.browser
def test_nothing_leaves_the_machine(browser: "Browser", site: Site) -> None:
    """Catches Gradio's analytics, version check, web fonts and script links, in page and server."""
    requests: list[str] = []
    context = browser.new_context()
    with closing(context):
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        response = page.goto(site.url)
        assert response is not None
        page.wait_for_selector("#welcome .welcome")
        ask(page, "When was the bridge built?")
        ask(page, "Who painted the bridge?")
        page.wait_for_load_state("load")
        assert len(requests) > 10
        assert outside(requests) == []
        assert "connect-src" not in response.headers["content-security-policy"]
        blocked = "() => fetch('https://example.com').then(() => 'sent', () => 'blocked')"
        assert page.evaluate(blocked) == "blocked"
        assert re.search(r"<(link|script)[^>]*https?://", response.text()) is None
    assert set(site.asked) <= {"127.0.0.1", "localhost", "::1"}
    assert site.asked


def outside(urls: Sequence[str]) -> list[str]:
    hosts = {"127.0.0.1", "localhost", None}
    return [url for url in urls if urlsplit(url).hostname not in hosts]


@pytest.mark.browser
def test_a_rebuilt_index_is_picked_up(browser: "Browser", site: Site) -> None:
    """Catches one that keeps the first index, or marks old offsets in a changed document."""
    with opened(browser, site) as page:
        assert ask(page, "When was the bridge built?").startswith("1871")
        assert ask(page, "How many steps has the tower?").startswith("217")
        (site.folder / "bridges.md").write_text(TEXT.replace("1871", "in or about 1872"), "utf-8")
        (site.folder / "towers.txt").unlink()
        (site.folder / "tunnels.txt").write_text("The tunnel has 3 lanes.\n", "utf-8")
        build(site.folder, HashEncoder())
        assert ask(page, "How many lanes has the tunnel?").startswith("3")
        for number, said in ((0, "has changed"), (1, "is no longer there")):
            page.locator(".turn").nth(number).locator(".number").click()
            page.locator("#sources .note", has_text=said).wait_for()
            assert page.locator("#sources mark").count() == 0


@pytest.mark.browser
def test_odd_questions_break_nothing(browser: "Browser", site: Site) -> None:
    """Catches one that asks an empty question, or stumbles over a very long one or one of signs."""
    with opened(browser, site) as page:
        send(page, "   ")
        page.wait_for_timeout(500)
        assert ask(page, "?!").startswith("There is nothing to search for")
        assert page.locator(".turn").count() == 1
        assert ask(page, "tower steps " * 8334).startswith("217")
        assert "1871" in ask(page, "a\u202eb\u0000c \ufffe bridge")
        assert ask(page, "When was the bridge built?").startswith("1871")


@pytest.mark.browser
def test_an_error_is_one_sentence_in_the_chat(
    browser: "Browser", site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches one that shows a traceback, hangs at "Searching", or is of no use afterwards."""
    with opened(browser, site) as page:
        for error, shown in (
            (IndexOutdated("The index is <b>old</b>; run `pincite build`."), "The index is <b>old"),
            (RuntimeError("a bug"), "Something went wrong"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(Pipeline, "answer", raising(error))
                assert ask(page, "When was the bridge built?").startswith(shown)
        assert ask(page, "When was the bridge built?").startswith("1871")


def raising(error: Exception) -> object:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_the_chat_ends_with_ctrl_c_and_tells_its_address(tmp_path: Path) -> None:
    """Catches one that returns at once, cannot be ended, or keeps the port."""
    (tmp_path / "bridges.md").write_text(TEXT, "utf-8")
    (tmp_path / ".pincite").mkdir()
    (tmp_path / ".pincite" / "settings.toml").write_text('encoder = "hash"\n', "utf-8")
    build(tmp_path, HashEncoder())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pincite", "chat", str(tmp_path), "--port", str(port)]
    # Whoever runs the tests in the background may have had this signal ignored for all below.
    with subprocess.Popen(
        [*command, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as chat:
        assert chat.stdout
        assert (
            chat.stdout.readline().decode().startswith(f"The chat is at http://127.0.0.1:{port}/")
        )
        chat.send_signal(signal.SIGINT)
        out, err = chat.communicate(timeout=60)
        assert (chat.returncode, out, err) == (0, b"", b"")
    with socket.create_server(("127.0.0.1", port)):
        pass
