"""Scans in a build: read after all else is published, each page once, and told where they wait."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.printing import pdf_of, print_page
from corpus import Box, FileLoader, LoadError, RecognisedPage, RecognisedWord, Span
from index import BuildReport, HashEncoder, PassageIndex, Progress, build, index_folder_of
from pincite.cli import run
from qa import verify
from qa.citations import cite
from qa.types import Excerpt

ENCODER = HashEncoder()
needs_engine = pytest.mark.skipif(
    not (find_spec("rapidocr") or shutil.which("tesseract")),
    reason="neither Tesseract nor RapidOCR is installed",
)
FIRST, SECOND = "The lamp burns 14 litres.", "The mole is 312 metres long."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "note.txt").write_text("The harbour office opens at seven.\n")
    (documents / "scan.pdf").write_bytes(pdf_of(print_page([FIRST]), print_page([SECOND])))
    return documents


def read_as(monkeypatch: pytest.MonkeyPatch, text_of: Callable[[int], str]) -> list[int]:
    """Read pages as ``text_of`` their numbers; return the list of those that are read."""
    asked: list[int] = []

    def recognise(_: FileLoader, path: Path, number: int, member: str = "") -> RecognisedPage:
        asked.append(number)
        text = text_of(number)
        word = RecognisedWord(Span(0, len(text)), Box(0, 0, 1, 1), 0.75)
        return RecognisedPage(text, (word,))

    monkeypatch.setattr(FileLoader, "recognise", recognise)
    monkeypatch.setattr(sys.modules["index.build"], "can_recognise", lambda: True)
    return asked


def built(folder: Path, show: Callable[[Progress], None] = lambda _: None) -> BuildReport:
    return build(folder, ENCODER, on_progress=show)


@contextmanager
def opened_index(folder: Path) -> Iterator[PassageIndex]:
    with closing(PassageIndex.open(index_folder_of(folder), ENCODER)) as opened, opened.snapshot():
        yield opened


def text_in(folder: Path) -> str:
    with opened_index(folder) as opened:
        return opened.document("scan.pdf").text


@needs_engine
def test_scans_are_searched_and_their_quotations_verified(folder: Path) -> None:
    """Catches words that are read but not indexed, and citations that nothing can check."""
    report = built(folder)
    assert (report.documents, report.unread) == (2, 0)
    with opened_index(folder) as opened:
        document = opened.document("scan.pdf")
    start = document.text.index("312 metres")
    citation = cite(document, Excerpt("scan.pdf", start, start + 10, start, start + 3, 1.0), 1)
    assert citation.page == 2
    assert citation.recognised is not None
    assert citation.recognised > 0.8
    (kept,) = verify([citation], folder)
    shutil.rmtree(index_folder_of(folder))
    (read_again,) = verify([citation], folder)
    assert (kept.status, read_again.status) == ("exact", "exact")


def test_all_else_is_published_before_scans_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a first question that waits until hours of scans have been read."""
    seen: list[tuple[str, int, int]] = []

    def show(progress: Progress) -> None:
        if progress.stage == "recognising":
            with opened_index(folder) as opened:
                seen.append((progress.stage, progress.done, opened.count()["documents"]))

    read_as(monkeypatch, lambda number: (FIRST, SECOND)[number - 1])
    built(folder, show)
    assert seen == [("recognising", done, 2) for done in (0, 1, 2)]
    assert text_in(folder) == f"{FIRST}\f{SECOND}"


def test_no_page_is_read_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a killed build that loses the pages it has read, and scans read by every build."""
    asked = read_as(monkeypatch, lambda number: f"Page {number}.")

    def stop(progress: Progress) -> None:
        if progress.stage == "recognising" and progress.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(folder, stop)
    built(folder)
    built(folder)
    assert asked == [1, 2]
    shutil.move(folder / "scan.pdf", folder / "moved.pdf")
    built(folder)
    assert asked == [1, 2]


def test_a_page_that_cannot_be_read_costs_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches one bad page that loses its document, or stops the build."""

    def text_of(number: int) -> str:
        if number == 1:
            raise LoadError("it takes too long")
        return SECOND

    asked = read_as(monkeypatch, text_of)
    assert built(folder).unread == 0
    assert text_in(folder) == f"\f{SECOND}"
    built(folder)
    assert asked == [1, 2]


def test_pages_wait_for_an_engine(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches scans that are lost without a word, or for good, where nothing reads them."""
    monkeypatch.setattr(sys.modules["index.build"], "can_recognise", lambda: False)
    assert run(["build", str(folder)]) == 0
    assert "2 pages are images that have not been read; install" in capsys.readouterr().out
    asked = read_as(monkeypatch, lambda number: f"Page {number}.")
    assert run(["build", str(folder)]) == 0
    assert asked == [1, 2]
    assert "not been read" not in capsys.readouterr().out


def test_a_scan_inside_of_a_file_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches scans that are attached to mails, or archived, and never read."""
    from zipfile import ZipFile

    with ZipFile(folder / "archive.zip", "w") as archive:
        archive.write(folder / "scan.pdf", "letters/scan.pdf")
    (folder / "scan.pdf").unlink()
    read_as(monkeypatch, lambda number: f"Page {number}.")
    built(folder)
    with opened_index(folder) as opened:
        document = opened.document("archive.zip/letters/scan.pdf")
    assert document.text == "Page 1.\fPage 2."
    assert [word.span for word in document.recognised] == [Span(0, 7), Span(8, 15)]
