"""A question for each format: from the file's bytes to the document, the place and the words.

A new format adds a small file to ``data/formats`` and a line to `QUESTIONS`. The default encoder
and reader run as they are delivered.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import build, open_encoder
from qa import Assistant, verify
from tests.format_questions import FORMATS, QUESTIONS, FormatQuestion, copy_files

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Return an assistant for a folder with a file of each format."""
    folder = tmp_path_factory.mktemp("formats") / "documents"
    copy_files(folder)
    encoder = open_encoder()
    report = build(folder, encoder)
    inside = ["lamp.msg/Earlier mail.msg", "reports.zip/photo.xyz"]
    assert sorted(skipped.id for skipped in report.skipped) == inside
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
    assert {path.name for path in FORMATS.iterdir()} <= {asked.file for asked in QUESTIONS}


def test_every_citation_can_be_checked_against_its_file(
    assistant: Assistant, tmp_path: Path
) -> None:
    """Catches a loader that gives another text for the same bytes."""
    cited = [
        assistant.ask(question).citations[0] for _, question, _, _ in QUESTIONS
    ]  # fmt: skip
    copy_files(tmp_path / "documents")
    verdicts = verify(cited, tmp_path / "documents")
    assert [verdict.status for verdict in verdicts] == ["exact"] * len(cited)
