"""The chat: what its HTML shows, and the real page in a real browser."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Box, Document, Heading, IndexOutdated, PageView, SettingsError, Span
from corpus.formats import parse
from index import HashEncoder, build
from qa.assistant import Assistant, Pipeline
from qa.chat.sources import Sources
from qa.chat.views import (
    Place,
    Turn,
    conversation_html,
    leaf_of,
    leaves,
    spans_in,
    viewer_html,
    welcome_html,
)
from qa.citations import cite
from qa.types import Answer, Citation, Excerpt, Searched
from tests.chat_site import (  # noqa: F401
    TEXT,
    Site,
    _close_loops,
    ask,
    collection_of,
    opened,
    send,
    serving,
    wait_for_turn,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from starlette.types import Message, Receive, Scope, Send

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)

ATTACKS = (
    "<script>window.pwned=1</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=window.pwned=1>",
    "<img src=https://example.com/a.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:window.pwned=1'>press</a>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=https://example.com/a.css>",
    "<meta http-equiv=refresh content='0;url=https://example.com'>",
    "<form action=https://example.com><button>go</button></form>",
    "<math><mtext></mtext></math>",
    "<mark>not a quotation</mark>",
    "</mark></div></article><h1>out</h1>",
    '" onmouseover="window.pwned=1" x="',
    "' autofocus onfocus='window.pwned=1",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp; &#60;b&#62; &nbsp;",
    "[press](javascript:alert(1))",
    "![picture](https://example.com/b.png)",
    "https://example.com/auto <https://example.com/link>",
    "**bold** _slanted_ `code` # heading",
    "$$\\frac{a}{b}$$ $x^2$ \\(y\\) \\[z\\]",
    "${window.pwned=1} `${alert(1)}`",
    "{{value}} {{#each value}}x{{/each}} @children",
    "<!-- hidden --> <![CDATA[ hidden ]]>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<script src=https://example.com/x.js></script>",
    "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
    "<img/src=x/onerror=window.pwned=1>",
    "<img src=`x` onerror=`window.pwned=1`>",
    "<video><source onerror=window.pwned=1>",
    "<audio src=x onerror=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<select onfocus=window.pwned=1 autofocus>",
    "<marquee onstart=window.pwned=1>",
    "<object data=javascript:window.pwned=1></object>",
    "<embed src=javascript:window.pwned=1>",
    "<base href=https://example.com/>",
    "<template><script>window.pwned=1</script></template>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x>",
    "<svg><use href='data:image/svg+xml,<svg onload=window.pwned=1>'></use></svg>",
    "<math href=javascript:window.pwned=1>press</math>",
    "<div style='background:url(https://example.com/c.png)'>",
    "<p style=animation-name:x onanimationstart=window.pwned=1>",
    "<textarea><img src=x onerror=window.pwned=1></textarea>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    '" style="position:fixed;inset:0" data-number="9',
    "' data-action='remove' data-id='bridges.md",
    "</button></td></tr></table><script>window.pwned=1</script>",
    "\u003cscript\u003ewindow.pwned=1\u003c/script\u003e",
)


def document(text: str = TEXT, id_: str = "bridges.md", sha256: str = "a" * 64) -> Document:
    return Document(id_, "Bridges", "text/markdown", sha256, text)


def citation(source: Document, quote: str, answer: str) -> Citation:
    start = source.text.index(quote)
    at = source.text.index(answer, start)
    excerpt = Excerpt(source.id, start, start + len(quote), at, at + len(answer), 0.9)
    return cite(source, excerpt, 1)


def shown(cited: Citation, now: Document | None, leaf: int = 0, *, answers: bool = True) -> str:
    """Return the viewer with one citation, its document as it is now."""
    leaf = leaf or (leaf_of(now, cited.start) if now else 1)
    return viewer_html(Place(0, (cited,), 1, answers=answers, leaf=leaf), now, None)


def answer_of(*citations: Citation, question: str = "When?") -> Answer:
    found = bool(citations)
    text = citations[0].answer if found else ""
    searched = Searched(1, 1)
    return Answer(question, question, found, text, 0.9, citations, (), (), (), searched, 0.05, {})


class Texts(HTMLParser):
    """The elements of a page, and the text inside of each kind; fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.inside: dict[str, str] = {"": ""}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the start of an element; none may carry a script."""
        assert all(not name.startswith("on") for name, _ in attrs), attrs
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of the innermost element."""
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        """Take text."""
        for tag in {"", *self.open}:
            self.inside[tag] = self.inside.get(tag, "") + data


# Pure functions


@given(lines=st.lists(st.text("ab ", max_size=4), max_size=300), end=st.sampled_from("\n\r\f"))
def test_leaves_tile_the_text(lines: list[str], end: str) -> None:
    """Catches text that no leaf shows, that two show, and an offset looked for on another leaf."""
    source = document(end.join(lines))
    found = leaves(source)
    assert "".join(source.text[start:stop] for start, stop in found) == source.text
    for number, (start, stop) in enumerate(found, 1):
        assert {leaf_of(source, offset) for offset in range(start, stop)} <= {number}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_viewer_shows_the_leaf_and_marks_the_words(end: str) -> None:
    """Catches one that trims, marks other words, or loses what stands around them."""
    quote = f"The old bridge{end}was built in{end}1871, in May."
    text = f"# Bridges{end}{end}See: {quote} It is{end}fine.{end}"
    source = replace(document(text), headings=(Heading(0, 9, 1, "Bridges"),))
    html = shown(citation(source, quote, f"in{end}1871"), source)
    texts = Texts(html)
    assert texts.inside["mark"].split() == quote.split()
    assert texts.inside["strong"].split() == ["in", "1871"]
    words = re.findall(r'<span class="words" dir="auto">(.*?)</span></div>', html, re.DOTALL)
    plain = [unescape(re.sub(r"<[^>]+>", "", word)) for word in words]
    assert "".join(plain) == source.text.replace("\r\n", "\n").replace("\r", "\n")
    numbers = re.findall(r'"line-number">(\d+)<', html)
    assert numbers == [str(n) for n in range(1, len(words) + 1)]
    assert re.findall('class="(row[^"]*)"', html) == ["row title", *["row"] * (len(words) - 1)]


def test_a_later_leaf_keeps_counting_lines_and_marks_nothing_of_another() -> None:
    """Catches line numbers that begin again, and marks at the offsets of another leaf."""
    source = document("".join(f"line {n}\n" for n in range(1, 301)))
    cited = citation(source, "line 150", "150")
    here, after = shown(cited, source), shown(cited, source, leaf=3)
    assert leaf_of(source, cited.start) == 2
    assert Texts(here).inside["mark"] == "line 150"
    assert "mark" not in Texts(after).tags
    assert '"line-number">241<' in after
    assert "Part 2 of 3" in here
    assert 'data-leaf="1" aria-label="Previous part">' in here
    assert 'data-leaf="4" aria-label="Next part" disabled>' in after


def test_a_page_is_an_image_with_boxes() -> None:
    """Catches boxes of the wrong place or kind, and boxes that call a near passage an answer."""
    source = replace(document(), page_starts=(0, 30), id="b.pdf")
    cited = citation(source, "It is 260 metres long.", "260")
    page = PageView(b"png", 700, 1000, ((Box(0.1, 0.2, 0.5, 0.25),), (Box(0.2, 0.2, 0.3, 0.25),)))
    place = Place(0, (cited,), 1, answers=True, leaf=2)
    start = cited.start - 30
    assert spans_in(source, place) == ((start, start + 22), (start + 6, start + 9))
    assert spans_in(source, replace(place, leaf=1)) == ((30, 30), (30, 30))
    html = viewer_html(place, source, page)
    assert "Page 2 of 2" in html
    assert 'src="data:image/png;base64,cG5n"' in html
    assert 'class="box now quoted" style="left:10.000%;top:20.000%;width:40.000%;' in html
    assert 'class="box now answer" style="left:20.000%;top:20.000%;width:10.000%;' in html
    near = viewer_html(replace(place, answers=False), source, page)
    assert re.findall('class="box ([^"]*)"', near) == ["near"]


@pytest.mark.parametrize("now", [None, document("It is 261 metres long."), document("")])
def test_a_source_that_has_changed_or_gone_says_so(now: Document | None) -> None:
    """Catches one that marks words in a document that no longer holds them, or fails."""
    texts = Texts(shown(citation(document(), "It is 260 metres long.", "260"), now))
    assert "mark" not in texts.tags
    assert ("has changed" if now else "is no longer there") in texts.inside["p"]
    assert "It is 260 metres long." in texts.inside["div"]


def test_files_that_have_changed_since_the_index_was_built_are_told(tmp_path: Path) -> None:
    """Catches a page of today's file under the offsets of yesterday's, and a silent difference."""
    file = tmp_path / "a.md"
    file.write_text(TEXT)
    source = parse(file.read_bytes(), "a.md")
    with closing(Sources(tmp_path)) as sources:
        assert sources.page(source, 1, ()) == (None, "")
        assert sources.unchanged(source)
        file.write_text("Other.")
        page, note = sources.page(source, 1, ())
        assert (page, note[:32]) == (None, "The file has changed since it wa")
        assert not sources.unchanged(source)
        file.unlink()
        assert sources.page(source, 1, ())[1].startswith("The file is gone.")


def test_the_page_of_another_file_is_never_shown(tmp_path: Path) -> None:
    """Catches boxes at the old offsets on the new page, when a PDF has been replaced."""
    briefing = Path("starter/trade/briefing.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(briefing)
    source = parse((tmp_path / "a.pdf").read_bytes(), "a.pdf")
    with closing(Sources(tmp_path)) as sources:
        page, note = sources.page(source, 2, (Span(0, 5),))
        assert page is not None
        assert (len(page.boxes), note) == (1, "")
        (tmp_path / "a.pdf").write_bytes(Path("starter/council/policing-note.pdf").read_bytes())
        assert sources.page(source, 1, ())[0] is None
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nonsense")
        page, note = sources.page(source, 1, ())
        assert (page, note[:20]) == (None, "The file has changed")


def test_sources_that_differ_stand_side_by_side() -> None:
    """Catches one of two answers being shown as the only one, and agreement called difference."""
    one = citation(document(), "The old bridge was built in 1871.", "1871")
    other = replace(citation(document(id_="b.md"), "It is 260 metres long.", "260"), number=2)
    agreeing = answer_of(one, other)
    html = conversation_html([Turn("When?", replace(agreeing, conflicting=(1, 2)))])
    texts = Texts(html)
    assert "The sources differ:" in texts.inside["p"]
    sides = html.partition('class="sides"')[2].partition("<ol>")[0]
    assert sides.count("1871") == sides.count("260") == 1
    assert sides.index("1871") < sides.index("bridges.md") < sides.index("260")
    assert "sources differ" not in conversation_html([Turn("When?", agreeing)])


def test_nearest_passages_are_not_marked() -> None:
    """Catches one that makes a passage that does not answer look like an answer."""
    cited = citation(document(), "It is 260 metres long.", "It is 260 metres long.")
    texts = Texts(shown(cited, document(), answers=False))
    assert not {"mark", "strong"} & set(texts.tags)
    assert "It is 260 metres long." in texts.inside["div"]
    assert "Not an answer" in texts.inside["p"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_shown_is_markup(attack: str) -> None:
    """Catches one that forgets to escape one of: text, name, title, heading, question, failure."""
    source = document(f"Before {attack} 42 after {attack}\nNext.", id_=f"{attack}.md")
    cited = replace(
        citation(source, f"{attack} 42 after", "42"), title=f"T {attack}", heading=f"H {attack}"
    )
    plain = Texts(shown(citation(document(), "It is 260", "260"), document()))
    texts = Texts(shown(cited, source))
    assert set(texts.tags) == set(plain.tags)
    assert texts.inside["mark"] == cited.quote
    for kind in (f"T {attack}", f"H {attack}", f"{attack}.md"):
        assert kind in texts.inside[""]
    changed = Texts(shown(cited, None))
    assert set(changed.tags) <= {"button", "h3", "span", "p", "div"}
    turns = (Turn(attack, answer=answer_of(cited, question=attack)), Turn(attack, failure=attack))
    talk = Texts(conversation_html(turns))
    assert set(talk.tags) <= {"section", "div", "p", "span", "i", "ol", "li", "button", "b"}
    assert talk.inside[""].count(attack) >= 4
    assert attack in Texts(welcome_html([attack])).inside["button"]


def test_what_no_page_can_carry_is_replaced() -> None:
    """Catches one that fails on lone surrogates (JSON cannot carry them) or passes on controls."""
    html = conversation_html([Turn("a\ud800b\x00c\x1bd\r\ne")])
    assert "a\ufffdb\ufffdc\ufffdd\ne" in html
    html.encode("utf-8")


def test_importing_the_chat_loads_no_model_library() -> None:
    """Catches one that makes `pincite --help` wait for PyTorch."""
    code = "import ui, sys; sys.exit(bool({'torch', 'sentence_transformers'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Catches one that moves to another port unasked, or shows a traceback."""
    from pincite.server.app import launch

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
        assert "Very likely right, 90%" in first
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
        page.locator('.turn[data-turn="0"] .number').click()
        page.locator("#sources", has_text="bridges.md").wait_for()
        assert page.locator("#sources mark").text_content() == quote
        assert page.locator(".turn.selected").get_attribute("data-turn") == "0"

        page.get_by_role("button", name="Clear").click()
        page.locator(".welcome").wait_for()
        assert page.locator("#sources mark").count() == 0


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
        serious = [f"welcome: {found}" for found in _serious(page)]
        ask(page, "When was the bridge built?")
        page.locator(".turn .footer").wait_for()
        serious += [f"answer: {found}" for found in _serious(page)]
        ask(page, "Who painted the bridge?")
        serious += [f"no: {found}" for found in _serious(page)]
        page.get_by_role("tab", name="Documents").click()
        page.locator("#documents td").first.wait_for()
        serious += [f"documents: {found}" for found in _serious(page)]
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


def _serious(page: "Page") -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


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
            source = page.locator("#sources .leaf", has_text=f"canary{number:02} says")
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
            page.locator(f'.turn[data-turn="{number}"] .number').click()
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
