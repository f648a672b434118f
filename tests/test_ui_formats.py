"""Every format's citation opens beside the chat at its place, with the words marked."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import build, open_encoder
from qa import Assistant
from tests.chat_site import Site, _close_loops, ask, opened, serving  # noqa: F401
from tests.format_questions import QUESTIONS, copy_files

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.model,
    pytest.mark.browser,
    # Gradio's own statistics of its queue use options that pandas is about to drop.
    pytest.mark.filterwarnings(
        "ignore:'future.no_silent_downcasting' is deprecated",
        "ignore:The copy keyword is deprecated",
    ),
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a running chat over a file of each format, with the default encoder and reader."""
    folder = tmp_path / "documents"
    copy_files(folder)
    encoder = open_encoder()
    build(folder, encoder)
    assistant = Assistant.open(folder, encoder=encoder)
    with serving(folder, "Formats", ["Why?"], assistant=assistant) as running:
        yield running


def marked(page: "Page", name: str) -> str:
    """Return what is marked in the source's pane, once it shows the file ``name``."""
    page.locator("#sources", has_text=name).wait_for()
    found = page.locator("#sources :is(mark, strong)")
    found.first.wait_for()
    return " ".join(found.all_inner_texts())


@pytest.mark.timeout(300)
def test_every_format_opens_at_its_place(browser: "Browser", site: Site) -> None:
    """Catches a source that opens at its top, marks other words, or does not say where it is."""
    with opened(browser, site) as page:
        for asked in QUESTIONS:
            ask(page, asked.question)
            said = marked(page, asked.file.rpartition("/")[2])
            assert asked.words.split()[0] in said, asked.file
            place = asked.place.partition(", cell")[0]
            assert place.lower() in page.locator("#sources").inner_text().lower(), asked.file
