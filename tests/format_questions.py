"""A question for each format, with a small file that answers it."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

__all__ = ["FORMATS", "QUESTIONS", "FormatQuestion", "copy_files"]

DATA = Path(__file__).parent / "data"
FORMATS = DATA / "formats"
# Samples of the loaders' own tests that are asked about too.
LOADERS = DATA / "loaders"


class FormatQuestion(NamedTuple):
    """A question to which one file has the answer.

    ``place`` is what the citation says of where it stands, ``""`` where the format has no places;
    ``words`` are the answer's own, which the quotation must hold.
    """

    file: str
    question: str
    place: str
    words: str


QUESTIONS = [
    FormatQuestion("pump.py", "After how many minutes does the bilge pump stop?", "", "40 minutes"),
    FormatQuestion(
        "orchard.adoc", "When are the pear trees pruned?", "", "second week of February"
    ),
    FormatQuestion("lighthouse.org", "Where are the spare wicks kept?", "", "in the green chest"),
    FormatQuestion("interview.srt", "Who gave the school its piano?", "00:01:12", "The baker"),
    FormatQuestion("letters.epub", "When was the ferry launched?", "The Ferry", "2 May 1908"),
    FormatQuestion("tides.ipynb", "How often was the gauge read?", "cell 1", "every ten minutes"),
    FormatQuestion("lease.rtf", "For how long is the boathouse let?", "", "nine years"),
    FormatQuestion("kiln.tex", "What is green glaze made from?", "", "copper ash"),
    FormatQuestion(
        "orders.json", "Why was the lantern returned?", "$.orders[1].note", "the glass had cracked"
    ),
    FormatQuestion(
        "visits.jsonl", "Who inspected the mill wheel?", "$", "Nadia Petrov inspected the north"
    ),
    FormatQuestion("museum.xml", "Who carved the whalebone chess set?", "", "Jonas Lind"),
    FormatQuestion(
        "budget.xlsx",
        "What did the harbour office spend in 2024?",
        "sheet Budget, cell D6",
        "$1,500",
    ),
    FormatQuestion("macros.xlsm", "What is the post of Ada Lunt?", "sheet Crew, cell B2", "pilot"),
    FormatQuestion("rates.xls", "What is the fare of the ferry?", "sheet Rates, cell C4", "12.5"),
    FormatQuestion("tides.csv", "How high is the water on Monday morning?", "", "2,10"),
    FormatQuestion("ports.tsv", "Which port has the code XB?", "", "South quay"),
    FormatQuestion("harbour.pptx", "How many ships used berth North in 2024?", "slide 3", "295"),
    FormatQuestion("report.docx", "How many passengers had line North in May 2024?", "", "2.4"),
    FormatQuestion("letter.odt", "What must be paid at the office?", "", "Pay the deposit"),
    FormatQuestion("talk.odp", "What do the piles of the new quay cost?", "slide 2", "1.2"),
    FormatQuestion("lamp.msg", "When does the lamp oil come?", "", "on Monday"),
    FormatQuestion("offer.eml", "For how much is the bridge offered?", "", "400,000"),
    FormatQuestion("list.mbox", "When does the bridge open?", "message 1", "3 May"),
    FormatQuestion(
        "reports.zip/reports/März.txt", "On how many nights was the lamp lit?", "", "12 nights"
    ),
    FormatQuestion("harbour.log", "Why did crane 4 stop?", "", "the wind reached 62 km/h"),
]


def copy_files(folder: Path) -> None:
    """Put a file of each format into ``folder``, which is made."""
    shutil.copytree(FORMATS, folder, ignore=shutil.ignore_patterns(".pincite"))
    for name in {asked.file.partition("/")[0] for asked in QUESTIONS}:
        if not (folder / name).exists():
            _copy_sample(name, folder)


def _copy_sample(name: str, folder: Path) -> None:
    """Copy a sample, or write the one whose text stands beside what is expected of it."""
    if (LOADERS / name).exists():
        shutil.copy(LOADERS / name, folder)
        return
    expected = json.loads((LOADERS / f"{name}.json").read_text("utf-8"))
    (folder / name).write_text(expected["source"], "utf-8")
