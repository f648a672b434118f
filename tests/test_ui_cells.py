"""The chat: cells of tables, places and scans, looked at and pressed in a real browser."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from corpus import (
    Box,
    Document,
    FileLoader,
    LoadedFile,
    Metadata,
    Place,
    RecognisedWord,
    Span,
    Table,
    TableRow,
    file_sha256,
)
from corpus.formats import LOADERS, Loader, parse
from qa import AnswerForm, AnswerVerdict, Excerpt, Hit, Question, ReaderOutput
from tests.chat_site import (  # noqa: F401
    LineReader,
    Site,
    _close_loops,
    ask,
    find_serious_faults,
    open_folder,
    opened,
    serving,
)
from tests.table_samples import (
    CAPTION,
    GROUP,
    PURCHASES,
    ROWS,
    YEAR,
    cash_flows,
    excerpt_at,
    row_excerpt,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)

PDF, HTML, SHEET, DECK, SCAN = "report.pdf", "report.html", "budget.xlsx", "deck.pptx", "scan.png"
GRID = "Item\tPlan\tSpent\nRoads\t1,200\t1,150\nSchools\t3,400\t3,420\nParks\t90\t71\n"
SLIDES = ("Our year", "What we sold\nThe shop sold 410 bicycles in May.", "Thank you")
READ = ("Invoice 2207", "Total due: 84.50 euros", "Payable within 30 days")


def write_pdf(path: Path) -> None:
    """Write a report of two pages, the second one with a table."""
    canvas = Canvas(str(path), pagesize=(420, 595), invariant=1)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(40, 520, "Annual report 2018")
    canvas.showPage()
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(40, 530, CAPTION)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(40, 512, "(in millions)")
    canvas.drawRightString(380, 500, YEAR)
    for x, year in ((310, "2018"), (380, "2017")):
        canvas.drawRightString(x, 486, year)
    y, group = 468, ""
    for above, own, *values in ROWS:
        if above != group:
            canvas.setFont("Helvetica-Bold", 9)
            canvas.drawString(40, y, above)
            canvas.setFont("Helvetica", 9)
            y, group = y - 16, above
        canvas.drawString(50, y, own)
        for x, value in zip((310, 380), values, strict=True):
            canvas.drawRightString(x, y, value)
        y -= 16
    canvas.showPage()
    canvas.save()


def with_table(document: Document) -> Document:
    """Return the report with the table that stands on its second page."""
    text = document.text
    at = document.page_starts[1]

    def find(words: str) -> Span:
        nonlocal at
        start = text.index(words, at)
        at = start + len(words)
        return Span(start, at)

    caption, unit, over = find(CAPTION), find("(in millions)"), find(YEAR)
    years = find("2018"), find("2017")
    rows, group = [], Span(0, 0)
    for above, own, *values in ROWS:
        if text[group.start : group.end] != above:
            group = find(above)
        head = find(own)
        cells = tuple(find(value) if value else Span(0, 0) for value in values)
        rows.append(TableRow((group, head), cells))
    table = Table(tuple((over, year) for year in years), tuple(rows), (caption,), (unit,))
    return replace(document, tables=(table,))


def sheet() -> Document:
    """Return a workbook of two sheets, the second one with a table."""
    notes = "Notes\nRevised in May.\n"
    text = notes + GRID
    spans, at = [], len(notes)
    for line in GRID.splitlines():
        row = []
        for cell in line.split("\t"):
            row.append(Span(at, at + len(cell)))
            at += len(cell) + 1
        spans.append(row)
    rows = tuple(TableRow((row[0],), tuple(row[1:])) for row in spans[1:])
    table = Table(tuple((head,) for head in spans[0][1:]), rows)
    places = (Place(0, "sheet Notes", 1, 1), Place(len(notes), "sheet Budget", 5, 1))
    return Document(SHEET, "", "text/html", "", text, tables=(table,), places=places)


def deck() -> Document:
    """Return a deck of three slides, by somebody."""
    starts = [sum(len(slide) + 1 for slide in SLIDES[:n]) for n in range(len(SLIDES))]
    places = tuple(Place(start, f"slide {n}") for n, start in enumerate(starts, 1))
    text = "".join(f"{slide}\n" for slide in SLIDES)
    metadata = Metadata(author="Ann Smith", date="2019-05")
    return Document(DECK, "Shop", "text/html", "", text, places=places, metadata=metadata)


def scan(path: Path) -> Document:
    """Write a scan and return what was read off it."""
    image = Image.new("L", (840, 594), 246)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(30)
    text, words = "", []
    for line, said in enumerate(READ):
        x = 90.0
        for word in said.split():
            left, top, right, bottom = draw.textbbox((x, 120 + 70 * line), word, font)
            draw.text((x, 120 + 70 * line), word, 40, font)
            box = Box(left / 840, top / 594, right / 840, bottom / 594)
            words.append(RecognisedWord(Span(len(text), len(text) + len(word)), box, 0.93))
            text += f"{word} "
            x = right + 12
        text = text[:-1] + "\n"
    image.rotate(270, expand=True).save(path, exif=_turned())
    return Document(SCAN, "", "image/png", "", text, page_starts=(0,), recognised=tuple(words))


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 8
    return exif.tobytes()


@dataclass(frozen=True)
class CellCase:
    """An answer made by hand: the document, the cells or words in it, and the verdict."""

    document: str
    cited: tuple[str, ...]
    verdict: AnswerVerdict = "answered"
    conflicting: tuple[int, ...] = ()


CASES = {
    "How much was spent on property?": CellCase(PDF, ("1,577",)),
    "How much was spent on property in each year?": CellCase(HTML, ("1,577", "1,373")),
    "How much was acquired?": CellCase(HTML, ("Acquisitions",), "perhaps"),
    "What did the schools cost?": CellCase(SHEET, ("3,420",)),
    "How many bicycles did the shop sell?": CellCase(DECK, ("410",)),
    "How much is due?": CellCase(SCAN, ("84.50",)),
}


class CellReader(LineReader):
    """Gives the answers made by hand."""

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the answer of the case with this question."""
        del hits
        case = CASES[question.text]
        document = self._index.document(case.document)
        excerpts = tuple(self._excerpt(document, words, case.verdict) for words in case.cited)
        form: AnswerForm = "cells" if document.tables else "span"
        parts = len(excerpts)
        return ReaderOutput(excerpts, case.verdict, form, 0.83, 0.61, parts, case.conflicting)

    def _excerpt(self, document: Document, words: str, verdict: AnswerVerdict) -> Excerpt:
        if verdict == "perhaps":
            return row_excerpt(document, words)
        at = document.text.index(words)
        span = Span(at, at + len(words))
        if document.tables:
            return excerpt_at(document, span)
        start, end = document.text.rfind("\n", 0, at) + 1, document.text.index("\n", at)
        return Excerpt(document.id, start, end, *span, 0.9)


def write_documents(folder: Path) -> dict[str, Document]:
    """Write the files into ``folder``; return what their loaders make of them, by name."""
    write_pdf(folder / PDF)
    found = {SCAN: scan(folder / SCAN), HTML: cash_flows(), SHEET: sheet(), DECK: deck()}
    found[PDF] = with_table(parse((folder / PDF).read_bytes(), PDF))
    for name, document in found.items():
        if not (folder / name).exists():
            (folder / name).write_text(document.text, "utf-8")
        found[name] = replace(document, sha256=file_sha256(folder / name))
    return found


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a running chat that gives the answers made by hand."""
    for suffix in (".png", ".xlsx", ".pptx"):
        monkeypatch.setitem(LOADERS, suffix, Loader("image/png", "plain.text", "parse_text"))
    found = write_documents(tmp_path)
    monkeypatch.setattr(
        FileLoader, "load_all", lambda _loader, _path, id_: LoadedFile("", (found[id_],))
    )
    assistant = open_folder(tmp_path, CellReader)
    with serving(tmp_path, "Reports", ["Why?"], assistant=assistant) as site:
        yield site


def words_of(page: "Page", selector: str) -> list[str]:
    """Return the words of the elements in the source's pane, each on one line."""
    found = page.locator(f"#sources {selector}").all_inner_texts()
    return [" ".join(words.split()) for words in found]


@pytest.mark.browser
def test_each_cell_opens_its_source_with_what_names_it(browser: "Browser", cells: Site) -> None:
    """Catches a cell that cannot be pressed by key or mouse, and marks of the cell before."""
    with opened(browser, cells) as page:
        ask(page, "How much was spent on property in each year?")
        page.locator(".turn .footer").wait_for()
        page.locator("#sources strong", has_text="1,577").wait_for()
        assert words_of(page, ".of-column:not(i)") == [YEAR, "2018"]
        assert words_of(page, ".of-row:not(i)") == [GROUP, PURCHASES]
        page.get_by_role("button", name="1,373 source 2", exact=True).focus()
        page.keyboard.press("Enter")
        page.locator("#sources strong", has_text="1,373").wait_for()
        assert words_of(page, ".of-column:not(i)") == [YEAR, "2017"]
        page.locator(".turn td.cell", has_text="1,577").click()
        page.locator("#sources strong", has_text="1,577").wait_for()
        assert words_of(page, "strong") == ["1,577"]
        row = page.get_by_role("row", name=PURCHASES).first
        assert row.get_by_role("rowheader").count() == 1
        table = page.locator(".turn").get_by_role("table", name=CAPTION)
        assert table.get_by_role("columnheader").all_inner_texts() == [YEAR, "2018", "2017"]


@pytest.mark.browser
def test_a_cell_is_boxed_on_its_page(browser: "Browser", cells: Site) -> None:
    """Catches boxes on other words than those that name the cell, and heads without a colour."""
    with opened(browser, cells) as page:
        ask(page, "How much was spent on property?")
        page.locator("#sources .box.now.answer").wait_for()
        where = {
            kind: page.locator(f"#sources .box.{kind}").evaluate_all(
                "(all) => all.map((box) => box.getBoundingClientRect().toJSON())"
            )
            for kind in ("answer", "of-row", "of-column", "of-unit", "of-caption")
        }
        (cell,) = where["answer"]
        over, year = where["of-column"]
        group, head = where["of-row"]
        assert abs(year["right"] - cell["right"]) < 3
        assert over["bottom"] <= year["top"] < cell["top"]
        assert abs(head["top"] - cell["top"]) < 4
        assert group["bottom"] <= head["top"]
        assert head["right"] < cell["left"]
        assert len(where["of-unit"]) == len(where["of-caption"]) == 1
        colours = {
            page.locator(f"#sources .box.{kind}").first.evaluate(
                "(box) => getComputedStyle(box).backgroundColor"
            )
            for kind in where
        }
        assert len(colours) == len(where)
        page.get_by_role("button", name="Previous page").click()
        page.get_by_text("Page 1 of 2").wait_for()
        assert page.locator("#sources .box").count() == 0
        assert page.locator("#sources .legend").count() == 0


@pytest.mark.browser
def test_a_row_that_may_answer_leads_to_its_source(browser: "Browser", cells: Site) -> None:
    """Catches a candidate row that does nothing when it is pressed."""
    with opened(browser, cells) as page:
        ask(page, "How much was acquired?")
        page.locator(".turn .footer").wait_for()
        assert page.locator(".turn [role=button]").count() == 0
        page.locator("#sources mark", has_text="Acquisitions").wait_for()
        page.get_by_role("tab", name="History").click()
        page.locator(".turn tr.candidate th").click()
        page.locator("#sources mark", has_text="Acquisitions").wait_for()
        assert words_of(page, "mark") == ["Acquisitions", "10", "2,023"]
        assert words_of(page, "strong") == []


@pytest.mark.browser
def test_places_and_scans_are_shown_as_what_they_are(browser: "Browser", cells: Site) -> None:
    """Catches a slide among all slides, a sheet without its cells, a scan as bare text."""
    with opened(browser, cells) as page:
        ask(page, "How many bicycles did the shop sell?")
        page.get_by_text("Slide 2 of 3").wait_for()
        assert (
            page.locator(".turn .place").inner_text() == "deck.pptx, slide 2 · Ann Smith, 2019-05"
        )
        page.get_by_role("button", name="Next part").click()
        page.get_by_text("Thank you").wait_for()
        ask(page, "What did the schools cost?")
        page.get_by_text("Sheet Budget (2 of 2)").wait_for()
        sheet = page.locator("#sources").get_by_role("table")
        assert sheet.get_by_role("columnheader").all_inner_texts() == ["A", "B", "C"]
        row = sheet.get_by_role("row").filter(has=page.locator("strong"))
        assert row.get_by_role("rowheader").inner_text() == "7"
        ask(page, "How much is due?")
        page.locator("#sources img").wait_for()
        size = page.locator("#sources img").evaluate("(i) => [i.naturalWidth, i.naturalHeight]")
        assert size == [840, 594]
        assert page.locator("#sources .box.now").count() == 2


@pytest.mark.browser
def test_a_kept_answer_has_its_table_again(browser: "Browser", cells: Site) -> None:
    """Catches labels or tables that are lost when a conversation is opened again."""
    with opened(browser, cells) as page:
        ask(page, "How much was spent on property in each year?")
        page.locator(".turn .footer").wait_for()
        before = page.locator(".turn ul.cells, .turn .excerpt").evaluate_all(
            "(all) => all.map((one) => one.outerHTML)"
        )
        page.reload()
        page.locator("#welcome .welcome").wait_for()
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").click()
        page.locator(".turn .checked", has_text="Answered").wait_for()
        after = page.locator(".turn ul.cells, .turn .excerpt").evaluate_all(
            "(all) => all.map((one) => one.outerHTML)"
        )
        assert len(before) == 2
        assert after == before


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_cells_can_be_used_by_everyone(
    browser: "Browser", cells: Site, theme: str, width: int
) -> None:
    """Catches poor contrast, a table that cannot be scrolled by key, a page wider than a phone."""
    with opened(browser, cells) as page:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{cells.url}?__theme={theme}")
        page.locator("#welcome .welcome").wait_for()
        for at, question in enumerate(CASES):
            ask(page, question)
            page.locator(".turn").nth(at).locator(".footer").wait_for()
            page.locator("#sources h3", has_text=CASES[question].document).wait_for()
            assert find_serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        wide = page.locator(".turn .excerpt").evaluate_all(
            "(all) => all.filter((one) => one.scrollWidth > one.clientWidth && one.tabIndex < 0)"
        )
        assert wide == []
