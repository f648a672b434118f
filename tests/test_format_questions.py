"""A question for each format: from the file's bytes to the document, the place and the words.

A new format adds a small file to ``data/formats`` and a line to ``QUESTIONS``. The default encoder
and reader run as they are delivered.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from index import build, index_folder_of, open_encoder
from qa import Assistant, verify

FORMATS = Path(__file__).parent / "data" / "formats"
pytestmark = pytest.mark.model


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
    FormatQuestion("harbour.log", "Why did crane 4 stop?", "", "the wind reached 62 km/h"),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Return an assistant for a folder with a file of each format."""
    folder = tmp_path_factory.mktemp("formats") / "documents"
    shutil.copytree(FORMATS, folder, ignore=shutil.ignore_patterns(".pincite"))
    encoder = open_encoder()
    report = build(folder, encoder)
    assert not report.skipped
    with Assistant.open(folder, encoder=encoder) as opened:
        yield opened


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.file)
def test_the_answer_is_cited_from_its_file_and_place(
    assistant: Assistant, asked: FormatQuestion
) -> None:
    """Catches text that search or reading cannot use, and a place that is not where it stands."""
    answer = assistant.ask(asked.question)
    assert answer.found
    best = answer.citations[0]
    assert (best.document, best.place) == (asked.file, asked.place), best.quote
    assert asked.words in best.quote


def test_every_file_is_asked_about() -> None:
    """Catches a sample that was added without its question."""
    assert {path.name for path in FORMATS.iterdir()} == {asked.file for asked in QUESTIONS}


def test_every_citation_can_be_checked_against_its_file(
    assistant: Assistant, tmp_path: Path
) -> None:
    """Catches a loader that gives another text for the same bytes."""
    cited = [
        assistant.ask(question).citations[0] for _, question, _, _ in QUESTIONS
    ]  # fmt: skip
    verdicts = verify(cited, FORMATS, index_folder_of(FORMATS, tmp_path))
    assert [verdict.status for verdict in verdicts] == ["exact"] * len(cited)
