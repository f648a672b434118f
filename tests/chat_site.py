"""A running chat for tests: a folder, a reader that needs no weights, and the real server."""

import asyncio
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import (
    PASSAGE_TOKENS,
    BackgroundBuild,
    HashEncoder,
    PassageIndex,
    build,
    config_of,
    index_folder_of,
    plan,
)
from qa import Assistant, Excerpt, Hit, Question, ReaderOutput
from qa.chat import Collection

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TEXT = "# Bridges\n\nThe old bridge was built in 1871.\nIt is 260 metres long.\n"
WHEN, STEPS, WHO = (
    "When was the bridge built?",
    "How many steps has the tower?",
    "Who painted the bridge?",
)
PEOPLE = "Watson met Crick in 1951.\n\nWatson was buried in 2007.\n\nCrick was buried in 2004.\n"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class LineReader:
    """Answers with the lines that hold every long word of the question; needs no weights."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the lines, best hit first; the short answer is a line's first number."""
        words = re.findall(r"\w{5,}", question.text.casefold().partition("<")[0])[:6]
        excerpts: list[Excerpt] = []
        for hit in hits:
            text = self._index.document(hit.passage.document).text
            for line in re.finditer(r"[^\n\f]+", text):
                inside = hit.passage.start <= line.start() < hit.passage.end
                if inside and words and all(word in line[0].casefold() for word in words):
                    short = re.compile(r"\d+|\S.*").search(text, *line.span())
                    number = re.compile(r"\d+").search(text, *line.span()) or short
                    assert number
                    span = (*line.span(), *number.span())
                    excerpts.append(Excerpt(hit.passage.document, *span, 0.9))
        if not excerpts:
            return ReaderOutput((), "not_in_documents", "span", 0.1, 0.1)
        return ReaderOutput(tuple(excerpts[:3]), "answered", "span", 0.9, 0.9)


def open_folder(
    folder: Path, reader: type[LineReader] = LineReader, fitted_on: str = ""
) -> Assistant:
    build(folder, HashEncoder())
    index = PassageIndex.open(index_folder_of(folder, None), HashEncoder())
    return Assistant(index, reader(index), fitted_on=fitted_on)


def collection_of(
    folder: Path, assistant: Assistant, name: str = "T", builder: HashEncoder | None = None
) -> Collection:
    where, encoder = index_folder_of(folder), builder or HashEncoder()
    return Collection(
        name=name,
        folder=folder,
        index=where,
        assistant=assistant,
        building=BackgroundBuild(lambda show: build(folder, encoder, on_progress=show)),
        plan=lambda: plan(folder, where, config_of(encoder, PASSAGE_TOKENS)),
    )


@dataclass(frozen=True)
class Site:
    """A running chat: its folder, its address, and the names and addresses that it looked up."""

    folder: Path
    url: str
    asked: list[str]


@contextmanager
def serving(
    folder: Path,
    title: str,
    examples: Sequence[str] = (),
    builder: HashEncoder | None = None,
    assistant: Assistant | None = None,
) -> Iterator[Site]:
    from pincite.server import launch

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    asked: list[str] = []
    with (
        pytest.MonkeyPatch.context() as patch,
        closing(
            collection_of(folder, assistant or open_folder(folder), title, builder)
        ) as collection,
    ):
        patch_lookups(patch, asked)
        chat, url = launch([collection], "127.0.0.1", port, examples)
        try:
            yield Site(folder, url, asked)
        finally:
            chat.close(verbose=False)


def patch_lookups(patch: pytest.MonkeyPatch, asked: list[str]) -> None:
    look_up = socket.getaddrinfo

    def recorded(host: str, *arguments: object, **keywords: object) -> object:
        asked.append(str(host))
        return look_up(host, *arguments, **keywords)  # type: ignore[arg-type]

    patch.setattr(socket, "getaddrinfo", recorded)


@pytest.fixture(autouse=True)
def _close_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the event loops that Gradio makes for its locks and leaves open."""
    made: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def recorded() -> asyncio.AbstractEventLoop:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", recorded)
    yield
    for loop in made:
        if not loop.is_running():
            loop.close()


@contextmanager
def opened(browser: "Browser", site: Site) -> Iterator["Page"]:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(site.url)
        page.wait_for_selector("#welcome .welcome")
        yield page
    finally:
        context.close()


def send(page: "Page", question: str) -> None:
    page.locator("#ask textarea").fill(question)
    page.locator("#ask textarea").press("Enter")


def wait_for_turn(page: "Page", number: int) -> str:
    turn = page.locator(".turn").nth(number)
    turn.locator(".short, .note").first.wait_for()
    return turn.locator(".answer").inner_text()


def ask(page: "Page", question: str) -> str:
    number = page.locator(".turn").count()
    send(page, question)
    return wait_for_turn(page, number)


def find_serious_faults(page: "Page") -> list[str]:
    """Return what would keep people from using the page, by axe-core's rules."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
