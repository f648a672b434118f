"""How well scans are read: six pages that are printed, spoiled, recognised and asked about.

Each page is printed here from known text and spoiled as scanners spoil pages. Recall, precision and
order of its words are those of `bench.formats`; a question about each is asked of the folder of all
six. Each engine that is installed is also measured alone.

Run: ``python -m bench.scans``. Prints one JSON object. Two minutes on two cores.
"""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bench.formats import measure
from bench.machine import described
from bench.printing import blur, fade, pdf_of, print_page, skew, speckle
from corpus import Span, recognised_boxes
from corpus.formats.scans import recognition
from corpus.formats.scans.recognition import compose, recognise
from index import build, open_encoder
from qa import Assistant

__all__ = ["PAGES", "PrintedPage", "ask"]

ENGINES = ("tesseract", "rapidocr")


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of known text, and what happens to it.

    Args:
        name: of the file that it becomes.
        columns: lines of text, column by column.
        spoil: makes the scan of the print.
        question: about the page.
        words: that answer it.
    """

    name: str
    columns: tuple[tuple[str, ...], ...]
    spoil: Callable[[Image.Image], Image.Image]
    question: str
    words: str

    @property
    def text(self) -> str:
        """All that stands on the page."""
        return "\n".join(line for column in self.columns for line in column)

    def scan(self) -> Image.Image:
        """Return the page as a scanner hands it over."""
        return self.spoil(print_page(*map(list, self.columns)))


PAGES = (
    PrintedPage(
        "letter.pdf",
        (
            (
                "Skerrow Harbour Trust",
                "12 March 1994",
                "Dear Mrs Aldous,",
                "Thank you for your letter about the outer mole. It was built in 1887 of local",
                "granite and is 312 metres long. The lamp at its head is lit at sunset by the",
                "keeper, who lives in the white cottage beside the slip.",
                "The Trust pays the Crown a yearly fee of 4,150 pounds for the foreshore.",
                "Yours sincerely,",
                "Edwin Farrow, Clerk to the Trust",
            ),
        ),
        lambda page: page,
        "How long is the outer mole?",
        "312 metres",
    ),
    PrintedPage(
        "minutes.pdf",
        (
            (
                "Minutes of the Parish Council, 4 May 2009",
                "1. Apologies were received from Councillor Bright.",
                "2. The clerk reported that the bus shelter had been repaired for 640 pounds.",
                "3. It was resolved to plant eleven lime trees along Mill Lane in November.",
                "4. The next meeting will be held in the reading room on 8 June.",
            ),
        ),
        lambda page: skew(page, 2.5),
        "What did the repair of the bus shelter cost?",
        "640 pounds",
    ),
    PrintedPage(
        "newsletter.pdf",
        (
            (
                "The spring fair was opened",
                "by the mayor at ten o'clock.",
                "More than 900 people came,",
                "twice as many as last year.",
                "The cake stall was empty by",
                "noon, to everyone's regret.",
            ),
            (
                "The village choir will sing",
                "at Saint Anne's on Whit Sunday.",
                "Its new conductor, Oona Velt,",
                "has chosen three motets by",
                "William Byrd. Admission is free",
                "and the doors open at six.",
            ),
        ),
        lambda page: skew(speckle(page, 0.01), -1.2),
        "Who conducts the village choir?",
        "Oona Velt",
    ),
    PrintedPage(
        "invoice.pdf",
        (
            (
                "Harrow & Pike, boatbuilders",
                "Invoice 2207",
                "To one clinker dinghy, varnished, with oars and rowlocks",
                "Delivered to the sailing club on 19 July",
                "The price of the dinghy is 1,875.00 euros",
                "Payable within thirty days to the account below",
            ),
        ),
        lambda page: speckle(page, 0.03),
        "What is the price of the dinghy?",
        "1,875.00 euros",
    ),
    PrintedPage(
        "fax.pdf",
        (
            (
                "By fax to the weather office",
                "The gauge at Ardle Weir stood at 2.84 metres this morning.",
                "Both sluices have been open since four o'clock and the lower",
                "meadow is under water. We expect the peak before midnight.",
                "Please send the evening forecast to the lock keeper.",
            ),
        ),
        lambda page: fade(blur(page, 1.6)),
        "What was the level of the gauge at Ardle Weir?",
        "2.84 metres",
    ),
    PrintedPage(
        "certificate.png",
        (
            (
                "Certificate of seaworthiness",
                "The ferry Marigold was inspected in dry dock on 2 October 2016.",
                "She may carry 146 passengers in summer and 90 in winter.",
                "This certificate expires after five years.",
            ),
        ),
        lambda page: page.rotate(180),
        "How many passengers may the Marigold carry in summer?",
        "146 passengers",
    ),
)


def main() -> None:
    """Measure and print one JSON object."""
    engines = [name for name in ENGINES if getattr(recognition, f"has_{name}")()]
    read = {"as chosen by page": read_all()}
    for name in engines if len(engines) > 1 else ():
        with pytest.MonkeyPatch.context() as patch:
            for other in set(ENGINES) - {name}:
                patch.setattr(recognition, f"has_{other}", lambda: False)
            read[f"{name} alone"] = read_all()
    print(json.dumps({**described(), "engines": engines, "pages": read, "asked": ask()}, indent=1))


def read_all() -> dict[str, dict[str, float]]:
    """Return the measures of each page, and of all together."""
    known = {page.name: page.text for page in PAGES}
    texts: dict[str, str | None] = {}
    seconds: dict[str, float] = {}
    for page in PAGES:
        image, began = page.scan(), _processor_seconds()
        texts[page.name] = compose(recognise(image))[0]
        seconds[page.name] = _processor_seconds() - began

    def measured(names: Sequence[str]) -> dict[str, float]:
        return measure(names, known, texts, seconds)

    return {**{name: measured([name]) for name in known}, "all": measured(list(known))}


def _processor_seconds() -> float:
    """Return the time that this process and those it has waited for have taken."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def ask() -> list[dict[str, Any]]:
    """Return what becomes of the questions, asked of a folder of all pages."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, encoder = Path(scratch), open_encoder()
        for page in PAGES:
            _write(page, folder / page.name)
        build(folder, encoder)
        with Assistant.open(folder, encoder=encoder) as assistant:
            return [_judge(assistant, page) for page in PAGES]


def _write(page: PrintedPage, path: Path) -> None:
    if path.suffix == ".pdf":
        path.write_bytes(pdf_of(page.scan()))
    else:
        page.scan().save(path)


def _judge(assistant: Assistant, page: PrintedPage) -> dict[str, Any]:
    answer = assistant.ask(page.question)
    best = answer.citations[0] if answer.citations else None
    boxed = best and recognised_boxes(
        assistant.document(best.document), Span(best.answer_start, best.answer_end)
    )
    return {
        "question": page.question,
        "verdict": answer.verdict,
        "answer": answer.text,
        "right": best is not None and best.document == page.name and page.words in best.quote,
        "boxes": len(boxed or ()),
        "recognised": best and best.recognised,
    }


if __name__ == "__main__":
    main()
