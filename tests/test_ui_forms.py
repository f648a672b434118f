"""The chat: answers of each form and verdict, their parts clicked one by one, in a real browser."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import index_folder_of
from qa import AnswerForm, AnswerVerdict, Excerpt, Hit, Question, ReaderOutput
from qa.citations import verify
from qa.formats import citations_from_json
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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

# Gradio's own statistics of its queue use options that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated"
)

ALLOY = "Bronze is an alloy of copper, tin and a little lead."
HARDER = "It is harder than copper, because tin hinders the layers of the metal from sliding."
LATER = "Bells ring for long, because the alloy damps them little."
BRASS = "Brass has zinc in place of tin."
HOLD, WAIT, PRESS = (
    "1. Hold the red button for three seconds.",
    "2. Wait until the lamp\n   blinks green.",
    "3. Press the button of the lamp twice; the remote is paired when the lamp stays on.",
)
MEDALS = "Medals of the third place are struck from bronze."
TEXTS = {
    "metals/bronze.md": f"# Bronze\n\n{ALLOY} {HARDER}\n\nBells are cast from it. {LATER}\n",
    "metals/brass.txt": f"{BRASS}\n{MEDALS}\n",
    "remote.md": f"# The remote\n\n## Pairing the remote\n\n{HOLD}\n{WAIT}\n{PRESS}\n",
}
MEASURED = "1,215 questions that people typed into a search engine"


@dataclass(frozen=True)
class Case:
    """An answer made by hand: its quotations, each with its marked words."""

    verdict: AnswerVerdict
    form: AnswerForm
    parts: int
    cited: tuple[tuple[str, str, str], ...]
    conflicting: tuple[int, ...] = ()

    def faint(self, quote: str, answer: str) -> bool:
        """Return whether a sentence is only marked, because none of its words is an answer."""
        return self.verdict == "perhaps" and quote == answer


BRONZE, OTHER, REMOTE = TEXTS
CASES = {
    "When was bronze smelted?": Case("not_in_documents", "span", 0, ()),
    "Which metal hinders the layers of bronze?": Case(
        "answered", "span", 1, ((BRONZE, HARDER, "tin"),)
    ),
    "What are the metals of bronze?": Case(
        "answered",
        "list",
        3,
        (
            (BRONZE, ALLOY, "copper"),
            (BRONZE, ALLOY, "tin"),
            (BRONZE, ALLOY, "a little lead"),
            (OTHER, BRASS, "tin"),
        ),
    ),
    "Why is bronze used for bells?": Case(
        "answered",
        "sentences",
        3,
        (
            (BRONZE, ALLOY, ALLOY),
            (BRONZE, HARDER, HARDER),
            (BRONZE, LATER, LATER),
            (OTHER, BRASS, BRASS),
        ),
        conflicting=(0, 3),
    ),
    "How do I pair the remote?": Case(
        "answered",
        "steps",
        3,
        ((REMOTE, HOLD, HOLD), (REMOTE, WAIT, WAIT), (REMOTE, PRESS, PRESS)),
    ),
    "What are medals of bronze worth?": Case(
        "perhaps", "sentences", 2, ((OTHER, MEDALS, MEDALS), (BRONZE, HARDER, "harder"))
    ),
}
FOUND = {question: case for question, case in CASES.items() if case.cited}


class CaseReader(LineReader):
    """Gives the answers made by hand."""

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the answer of the case with this question."""
        del hits
        case = CASES[question.text]
        excerpts = tuple(self._excerpt(*cited) for cited in case.cited)
        odds = 0.83, 0.61 if case.cited else 0.22
        return ReaderOutput(
            excerpts, case.verdict, case.form, *odds, max(1, case.parts), case.conflicting
        )

    def _excerpt(self, document: str, quote: str, answer: str) -> Excerpt:
        start = self._index.document(document).text.index(quote)
        at = start + quote.index(answer)
        return Excerpt(document, start, start + len(quote), at, at + len(answer), 0.8)


@pytest.fixture
def forms(tmp_path: Path) -> Iterator[Site]:
    """Return a running chat that gives the answers made by hand."""
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assistant = open_folder(tmp_path, CaseReader, MEASURED)
    with serving(tmp_path, "Metals", ["Why?"], assistant=assistant) as site:
        yield site


def wait_for_mark(page: "Page", quote: str, answer: str) -> None:
    """Wait until the source's pane marks exactly this quotation and these words in it."""
    said = """([quote, answer]) => {
        const words = (name) => [...document.querySelectorAll(`#sources ${name}`)]
            .map((mark) => mark.textContent).join(' ').replace(/\\s+/g, ' ').trim();
        return words('mark') === quote && words('mark strong') === answer;
    }"""
    page.wait_for_function(said, arg=[" ".join(quote.split()), " ".join(answer.split())])


def part(turn: "Locator", number: int) -> "Locator":
    return turn.locator(f"[role=button][data-number='{number}']")


@pytest.mark.browser
@pytest.mark.parametrize("question", FOUND)
def test_each_part_leads_to_exactly_its_words(
    browser: "Browser", forms: Site, question: str
) -> None:
    """Catches a part that cannot be clicked, that opens another, or whose words are not marked."""
    case = FOUND[question]
    with opened(browser, forms) as page:
        ask(page, question)
        turn = page.locator(".turn")
        turn.locator(".footer").wait_for()
        first = case.cited[0][1:]
        wait_for_mark(page, first[0], "" if case.faint(*first) else first[1])
        parts = case.parts if case.verdict == "answered" and case.form != "span" else 0
        assert turn.locator("[role=button]").count() == parts
        for number, (document, quote, answer) in reversed(list(enumerate(case.cited, 1))):
            number_of = turn.locator(f"li .number[data-number='{number}']")
            (part(turn, number) if number <= parts else number_of).click()
            wait_for_mark(page, quote, "" if case.faint(quote, answer) else answer)
            assert page.locator("#sources h3").inner_text() == document
            said = page.locator("#sources .hint", has_text="Not a sure answer").count()
            assert said == (case.verdict == "perhaps")


@pytest.mark.browser
def test_parts_are_pressed_by_keys_and_have_names(browser: "Browser", forms: Site) -> None:
    """Catches parts for the mouse alone, and a key that does nothing while words are selected."""
    with opened(browser, forms) as page:
        ask(page, "What are the metals of bronze?")
        page.locator(".turn .footer").wait_for()
        page.get_by_role("button", name="copper source 1", exact=True).focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        wait_for_mark(page, ALLOY, "tin")
        page.evaluate("getSelection().selectAllChildren(document.querySelector('#sources h3'))")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        wait_for_mark(page, ALLOY, "a little lead")
        page.evaluate("getSelection().removeAllRanges()")
        page.locator(".turn b", has_text="copper").click()
        wait_for_mark(page, ALLOY, "copper")
        page.locator(".turn .quote", has_text="Brass").click()
        wait_for_mark(page, BRASS, "tin")


@pytest.mark.browser
def test_all_forms_are_kept_copied_judged_linked_and_saved(browser: "Browser", forms: Site) -> None:
    """Catches a form that is lost on the way to the clipboard, the browser's store or a file."""
    with opened(browser, forms) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        for at, question in enumerate(CASES):
            ask(page, question)
            page.locator(".turn").nth(at).locator(".footer").wait_for()
        before = page.locator(".turn .answer").evaluate_all("(all) => all.map((a) => a.innerHTML)")
        links = []
        for at in range(len(CASES)):
            turn = page.locator(".turn").nth(at)
            for wanted in ("copy", "link"):
                turn.locator(f"[data-{wanted}]").click()
                turn.locator(f"[data-{wanted}]", has_text="Copied").wait_for()
                links.append(page.evaluate("navigator.clipboard.readText()"))
            turn.get_by_role("button", name="This is right").click()
            turn.locator("[aria-pressed=true]").wait_for()
        copied, links = links[::2], links[1::2]
        assert copied[2].startswith("[1] copper\n[2] tin\n[3] a little lead\nConfidence 83%")
        assert copied[3].startswith(f"{ALLOY} [1] {HARDER} [2] … {LATER} [3]\n")
        assert copied[5].startswith("No sure answer. It may stand here:\n")
        kept = (index_folder_of(forms.folder) / "feedback.jsonl").read_text("utf-8").splitlines()
        judged = [(line["verdict"], line["form"]) for line in map(json.loads, kept)]
        assert judged == [(case.verdict, case.form) for case in CASES.values()]
        with page.expect_download() as download:
            page.locator("[data-save=jsonl]").click()
        saved = citations_from_json(Path(download.value.path()).read_text("utf-8"))
        assert len(saved) == sum(len(case.cited) for case in CASES.values())
        assert {verdict.status for verdict in verify(saved, forms.folder)} == {"exact"}
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").click()
        page.locator(".turn .checked", has_text="Answered").nth(4).wait_for()
        after = page.locator(".turn .answer").evaluate_all("(all) => all.map((a) => a.innerHTML)")
        assert [a.partition("✓")[0].partition("Answered")[0] for a in after] == [
            b.partition("✓")[0] for b in before
        ]
        for link, (question, case) in zip(links, CASES.items(), strict=True):
            page.goto(link)
            turn = page.locator(".turn", has_text=question)
            turn.locator(".footer").wait_for()
            assert turn.get_by_text("When this link was copied").count() == 0
            assert turn.locator(".answer.perhaps").count() == (case.verdict == "perhaps")


@pytest.mark.browser
def test_conversations_of_earlier_versions_open(browser: "Browser", forms: Site) -> None:
    """Catches one that asks more of a kept answer than browsers kept before there were forms."""
    question = "Which metal hinders the layers of bronze?"
    with opened(browser, forms) as page:
        ask(page, question)
        page.locator(".turn .footer").wait_for()
        page.evaluate(
            """() => {
                const kept = JSON.parse(localStorage.getItem('pincite-conversations'));
                for (const name of ['verdict', 'form', 'answerability', 'parts', 'fitted_on']) {
                    delete kept[0].turns[0].answer[name];
                }
                localStorage.setItem('pincite-conversations', JSON.stringify(kept));
            }"""
        )
        page.reload()
        page.locator("#welcome .welcome").wait_for()
        page.get_by_role("tab", name="History").click()
        page.locator("#history .open").click()
        page.locator(".turn .checked", has_text="Answered").wait_for()
        answer = page.locator(".turn .answer").inner_text()
        assert answer.startswith("tin")
        assert "Likely right. Confidence 83%.\n" in answer
        wait_for_mark(page, HARDER, "tin")


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_all_forms_can_be_used_by_everyone(
    browser: "Browser", forms: Site, theme: str, width: int
) -> None:
    """Catches poor contrast, wrong roles, missing names, and words that leave a narrow page."""
    with opened(browser, forms) as page:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{forms.url}?__theme={theme}")
        page.locator("#welcome .welcome").wait_for()
        for at, question in enumerate(CASES):
            ask(page, question)
            page.locator(".turn").nth(at).locator(".footer").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert find_serious_faults(page) == []
        levels = page.locator("h1, #conversation h2, #conversation h3").evaluate_all(
            "(all) => all.map((heading) => heading.tagName)"
        )
        assert levels == ["H1", "H2", "H3", *["H2"] * 5, "H3"]
