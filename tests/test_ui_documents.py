"""The chat's documents: dropped, indexed, watched, removed, and asked alone."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from reportlab.pdfgen.canvas import Canvas

import qa.chat.uploads
import ui
from index import HashEncoder, index_folder_of
from index.background import STOPPED
from tests.chat_site import Site, _close_loops, ask, opened, serving  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FileChooser, Page

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore:'future.no_silent_downcasting' is deprecated",
        "ignore:The copy keyword is deprecated",
    ),
]


def drop(page: "Page", *paths: Path) -> None:
    """Drop files or folders on the place for them, as a person's mouse does."""
    box = page.locator("#add .zone").bounding_box()
    assert box
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    place = {"x": box["x"] + 20, "y": box["y"] + 10, "data": data}
    devtools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, **place})


def show_documents(page: "Page") -> None:
    page.get_by_role("tab", name="Documents").click()
    page.locator("#documents td").first.wait_for()


def test_a_pdf_is_dropped_asked_and_shown_with_the_words_boxed(
    browser: "Browser", site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Catches any break on the way from a dropped file to the boxed words of its page."""
    dropped = tmp_path_factory.mktemp("dropped") / "ferry.pdf"
    canvas = Canvas(str(dropped), pagesize=(400, 500))
    for page_text in ("Ferries of the bay.", "The ferry carries 480 passengers.", "The end."):
        canvas.drawString(40, 250, page_text)
        canvas.showPage()
    canvas.save()
    with opened(browser, site) as page:
        show_documents(page)
        drop(page, dropped)
        page.locator("#documents td", has_text="ferry.pdf").wait_for()
        assert ask(page, "The ferry carries how many passengers?").startswith("480")
        page.locator(".turn").last.locator(".number").click()
        image = page.locator("#sources .page img")
        image.wait_for()
        assert "Page 2 of 3" in page.locator("#sources .bar").inner_text()
        whole, quoted, answer = (
            page.locator(where).bounding_box()
            for where in ("#sources .page", ".box.quoted", ".box.answer")
        )
        assert whole
        assert quoted
        assert answer
        scale = whole["width"] / 400
        assert quoted["x"] - whole["x"] == pytest.approx(40 * scale, abs=3)
        assert quoted["width"] > 2 * answer["width"]
        assert quoted["y"] - whole["y"] == pytest.approx((500 - 250 - 9) * scale, abs=4)
        assert quoted["x"] < answer["x"] < quoted["x"] + quoted["width"]
        assert ask(page, "Which captain sails the ferry?").startswith("The documents do not say")
        near = page.locator("#sources .page .box.near").first.bounding_box()
        assert near
        assert near["x"] - whole["x"] == pytest.approx(40 * scale, abs=3)
        page.locator(".turn .number").first.click()
        page.locator("#sources .bar", has_text="Page 2 of 3").wait_for()
        page.get_by_role("button", name="Previous page").click()
        page.locator("#sources .bar", has_text="Page 1 of 3").wait_for()
        assert page.locator("#sources .box").count() == 0
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        assert download.value.suggested_filename == "ferry.pdf"
        assert Path(download.value.path()).read_bytes() == dropped.read_bytes()


def test_removing_asks_first_and_keeps_the_file(browser: "Browser", site: Site) -> None:
    """Catches a click that removes, and a removed document that still answers."""
    with opened(browser, site) as page:
        page.get_by_role("tab", name="Documents").click()
        page.get_by_role("button", name="Remove towers.txt").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Keep").click()
        page.get_by_role("alertdialog").wait_for(state="detached")
        assert (site.folder / "towers.txt").is_file()
        page.get_by_role("button", name="Remove towers.txt").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
        page.locator("#documents .note", has_text="is kept as").wait_for()
        page.locator("#documents td", has_text="towers.txt").wait_for(state="detached")
        assert ask(page, "How many steps has the tower?").startswith("The documents do not say")
        assert (index_folder_of(site.folder) / "removed" / "towers.txt").is_file()


def test_a_question_is_asked_of_the_chosen_documents(browser: "Browser", site: Site) -> None:
    """Catches a choice that is shown but not asked."""
    with opened(browser, site) as page:
        page.locator("#only input").click()
        page.get_by_role("option", name="bridges.md").click()
        assert "Searched 1 document" in ask(page, "How many steps has the tower?")
        page.locator("#only .token-remove").first.click()
        assert ask(page, "How many steps has the tower?").startswith("217")


def test_a_question_is_asked_of_a_time_an_author_and_a_type(
    browser: "Browser", tmp_path: Path
) -> None:
    """Catches fields without a name, limits that are shown but not asked, and a scope untold."""
    for year, author in ((2012, "Ann Smith"), (2015, "Jane Perks")):
        said = f"---\nauthor: {author}\ndate: {year}\n---\n"
        (tmp_path / f"{year}.md").write_text(f"{said}\nThe tower has {year} steps.\n")
    (tmp_path / "hills.txt").write_text("There are 3 hills.\n")
    steps = "How many steps has the tower?"
    with serving(tmp_path, "Towers") as site, opened(browser, site) as page:
        page.get_by_label("Dated from").click()
        page.get_by_role("option", name="From 2015").click()
        assert ask(page, steps).startswith("2015")
        assert "Asked only: dated from 2015 on" in page.locator(".turn").last.inner_text()
        page.get_by_label("Dated before").fill("2015-06")
        page.get_by_label("Dated before").press("Enter")
        page.get_by_label("Author or sender").press("ArrowDown")
        page.get_by_role("option", name="By Ann Smith").click()
        refused = ask(page, steps)
        said = "is dated from 2015 on and dated before 2015-06 and by Ann Smith; ask for less."
        assert refused == f"No document in the index {said}"
        page.get_by_label("Dated from").click()
        page.get_by_role("option", name="From any time").click()
        page.get_by_label("Type").click()
        page.get_by_role("option", name="md").click()
        assert ask(page, steps).startswith("2012")
        link = page.locator(".turn").last.locator("[data-link]").get_attribute("data-link")
        assert "&before=2015-06&by=Ann+Smith&type=md&" in str(link)
        page.get_by_label("Dated before").fill("soon")
        page.get_by_label("Dated before").press("Tab")
        page.locator("#ask textarea").fill(steps)
        page.locator("#ask textarea").press("Enter")
        page.get_by_text("'soon' is no date; write a year").wait_for()
        assert page.locator("#ask textarea").input_value() == steps


def test_a_folder_without_authors_and_dates_offers_none(browser: "Browser", site: Site) -> None:
    """Catches fields that limit nothing, and a choice of one thing."""
    with opened(browser, site) as page:
        page.get_by_label("Type").wait_for()
        for label in ("Dated from", "Dated before", "Author or sender"):
            assert page.get_by_label(label).count() == 0


def test_a_folder_is_dropped_with_what_lies_in_it(
    browser: "Browser", site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Catches a folder that is taken for a file, lost places, and a refusal that nobody is told."""
    folder = tmp_path_factory.mktemp("dropped") / "harbour"
    (folder / "piers").mkdir(parents=True)
    (folder / "piers" / "north.txt").write_text("The north pier has 31 lamps.\n")
    (folder / "cranes.md").write_text("# Cranes\n\nThere are 14 cranes.\n")
    (folder / "film.mp4").write_bytes(b"not for us")
    (folder / ".DS_Store").write_bytes(b"nobody's document")
    with opened(browser, site) as page:
        show_documents(page)
        drop(page, folder)
        row = page.locator("#documents tr", has_text="harbour/piers/north.txt")
        row.wait_for()
        assert "TXT" in row.inner_text()
        page.locator("#documents td", has_text="harbour/cranes.md").wait_for()
        notes = page.locator("#documents .note").all_inner_texts()
        assert [note[:30] for note in notes] == ["harbour/film.mp4 was not added"]
        assert (site.folder / "harbour" / "piers" / "north.txt").is_file()
        assert ask(page, "The north pier has how many lamps?").startswith("31")
        page.locator("#only input").click()
        page.get_by_role("option", name="harbour/piers/", exact=True).wait_for()


@pytest.mark.parametrize("folder", [False, True])
def test_files_and_folders_are_chosen_with_the_keyboard(
    browser: "Browser", site: Site, tmp_path_factory: pytest.TempPathFactory, folder: bool
) -> None:
    """Catches buttons that do nothing for those who cannot drop."""
    chosen = tmp_path_factory.mktemp("chosen") / "lamps"
    chosen.mkdir()
    (chosen / "lamps.txt").write_text("The lighthouse has 9 lamps.\n")
    with opened(browser, site) as page:
        show_documents(page)
        with page.expect_file_chooser() as choosing:
            page.get_by_role("button", name="a folder" if folder else "choose files").press("Enter")
        chooser: FileChooser = choosing.value
        chooser.set_files(chosen if folder else chosen / "lamps.txt")
        name = "lamps/lamps.txt" if folder else "lamps.txt"
        page.locator("#documents td", has_text=name).wait_for()
        assert (site.folder / name).is_file()


def test_a_file_that_is_too_large_is_not_even_sent(
    browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches gigabytes that are copied before they are refused."""
    monkeypatch.setattr(ui, "LARGEST_FILE", 1 << 20)
    monkeypatch.setattr(qa.chat.uploads, "LARGEST_FILE", 1 << 20)
    docs, large = tmp_path / "docs", tmp_path / "large.txt"
    docs.mkdir()
    (docs / "a.txt").write_text("There are 3 hills.\n")
    large.write_bytes(b"a" * ((1 << 20) + 1))
    sent: list[str] = []
    with serving(docs, "Hills") as site, opened(browser, site) as page:
        page.on("request", lambda request: sent.append(request.url))
        show_documents(page)
        drop(page, large)
        page.locator("#documents .note", has_text="large.txt was not added: larger").wait_for()
        assert [url for url in sent if "/upload" in url] == []
        assert not (docs / "large.txt").exists()


class WaitingEncoder(HashEncoder):
    """Encodes, but only once it may."""

    def __init__(self) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return vectors, after the test has said so."""
        self.asked.set()
        assert self.may.wait(30)
        return super().encode(texts)


@pytest.fixture
def waiting() -> Iterator[WaitingEncoder]:
    encoder = WaitingEncoder()
    yield encoder
    encoder.may.set()


def test_a_build_is_watched_and_stopped_while_the_old_index_answers(
    browser: "Browser", tmp_path: Path, waiting: WaitingEncoder
) -> None:
    """Catches a build that blocks the questions, cannot be stopped, or leaves half of itself."""
    (tmp_path / "a.txt").write_text("There are 3 hills.\n")
    with serving(tmp_path, "Hills", builder=waiting) as site, opened(browser, site) as page:
        for number in range(4):
            (tmp_path / f"new{number}.txt").write_text(f"Hill {number} has {number}7 trees.\n")
        show_documents(page)
        page.locator(".change", has_text="New: new0.txt, new1.txt").wait_for()
        page.get_by_role("button", name="Update the index").click()
        assert waiting.asked.wait(20)
        page.locator("#documents [role=status]", has_text="of 4").wait_for()
        assert page.locator("#documents progress").count() == 1
        assert ask(page, "How many hills are there?").startswith("3")
        page.get_by_role("tab", name="Documents").click()
        page.get_by_role("button", name="Stop").click()
        waiting.may.set()
        page.locator("#documents .note", has_text=STOPPED).wait_for()
        assert page.locator("#documents td .id").all_inner_texts() == ["a.txt"]
        page.get_by_role("button", name="Update the index").click()
        page.locator("#documents td", has_text="new3.txt").wait_for()
        assert ask(page, "Hill 3 has how many trees?").startswith("3")
