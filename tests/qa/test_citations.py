"""Quotations and their verification."""

import dataclasses
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import corpus.worker
from corpus import Document, FileLoader, FoundFile, Heading, Skipped, file_sha256
from corpus.formats import parse
from qa import AnswerForm, Citation, Excerpt, ReaderOutput, Verdict, verify
from qa.citations import cite, join_parts
from qa.formats import citations_of
from tests.building import FAILING_CHILD
from tests.table_samples import PROSE, ROWS, cash_flows, cell_citation

TEXT = "One firm.\nTwo firms.\nOne firm.\nThree firms.\n"


def document(text: str = TEXT) -> Document:
    """Return a document without pages or headings."""
    return Document("notes.txt", "", "text/plain", "0" * 64, text)


def excerpt(start: int, end: int) -> Excerpt:
    """Return an excerpt of `document` that is its own short answer."""
    return Excerpt("notes.txt", start, end, start, end, 0.5)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.data())
def test_every_citation_is_verbatim(text: str, data: st.DataObject) -> None:
    """Catches any normalising, stripping or re-finding of the quoted text."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip())
    citation = cite(document(text), excerpt(start, end), 1)
    assert citation.quote == text[start:end]
    assert text.startswith(
        citation.prefix + citation.quote + citation.suffix, start - len(citation.prefix)
    )
    assert citation.answer == text[start:end]


@pytest.mark.parametrize(
    ("start", "end"), [(0, len(TEXT) + 1), (9, 10), (len(TEXT), len(TEXT) + 5)]
)
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    """Catches a quotation cut short by slicing past the end, or one of white space only."""
    with pytest.raises(ValueError, match="no part of"):
        cite(document(), excerpt(start, end), 1)


def test_the_text_of_each_form() -> None:
    """Catches sentences run together over what was left out, and steps or items on one line.

    And copies of the items' sentences, and a space for a gap between two documents.
    """
    one, two, three = (cite(document(), excerpt(*span), 1) for span in ((0, 9), (10, 20), (31, 43)))
    words = [
        cite(document(), Excerpt("notes.txt", 10, 20, *span, 0.5), 1)
        for span in ((10, 13), (14, 19))
    ]
    elsewhere = dataclasses.replace(two, document="other.txt")
    assert join_parts("span", words) == "Two"
    assert join_parts("list", words) == "Two firms"
    assert join_parts("sentences", (one, two, three)) == "One firm. Two firms. … Three firms."
    assert join_parts("sentences", (one, elsewhere)) == "One firm. … Two firms."
    assert join_parts("sentences", (two, one)) == "Two firms. … One firm."
    assert join_parts("steps", (one, two, three)) == "One firm.\nTwo firms.\nThree firms."
    for form in get_args(AnswerForm):
        assert join_parts(form, ()) == ""


@given(st.text("a. \n", min_size=3, max_size=200), st.data())
def test_adjoining_quotations_have_only_white_space_between_them(
    text: str, data: st.DataObject
) -> None:
    """Catches a gap that is looked for behind the wrong end, or beyond the end of the text."""
    cuts = data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True))
    a, b, c, d = sorted(cuts)
    assume(text[a:b].strip() and text[c:d].strip() and c - b < 48)
    first, later = (cite(document(text), excerpt(*span), 1) for span in ((a, b), (c, d)))
    assert first.adjoins(later) == (not text[b:c].strip())
    assert not later.adjoins(first)


def test_an_excerpt_of_another_document_is_refused() -> None:
    """Catches a quotation made from the wrong document's text."""
    with pytest.raises(ValueError, match="no part of"):
        cite(document(), dataclasses.replace(excerpt(0, 3), document="other.txt"), 1)


def test_excerpts_nest() -> None:
    """Catches a short answer outside its quotation."""
    with pytest.raises(ValueError, match="nested"):
        Excerpt("notes.txt", 5, 9, 4, 9, 0.5)


def test_a_verdict_has_the_excerpts_that_it_speaks_of() -> None:
    """Catches a reader that answers with nothing, or makes an answer of excerpts it has not got."""
    one = excerpt(0, 9)
    for answered in ("answered", "perhaps"):
        with pytest.raises(ValueError, match=f"0 excerpts for the verdict {answered}"):
            ReaderOutput((), answered, "span", 0.5, 0.5)
    with pytest.raises(ValueError, match="1 excerpts for the verdict not_in_documents"):
        ReaderOutput((one,), "not_in_documents", "span", 0.5, 0.5)
    for parts in (0, 2):
        with pytest.raises(ValueError, match=f"{parts} parts of 1 excerpts"):
            ReaderOutput((one,), "answered", "list", 0.5, 0.5, parts)


def test_repeated_text_cites_the_right_occurrence() -> None:
    """Catches offsets found again by searching for the quotation."""
    second = TEXT.rindex("One firm.")
    citation = cite(document(), excerpt(second, second + 9), 2)
    assert (citation.start, citation.line) == (second, 3)
    assert citation.prefix.endswith("Two firms.\n")


def test_page_line_and_heading_are_filled() -> None:
    """Catches lines counted from the top of the file where there are pages."""
    text = "Title\nfirst\fSecond\nwanted here"
    paged = Document(
        "a.pdf", "", "application/pdf", "0" * 64, text, (0, 12), (Heading(12, 18, 1, "Second"),)
    )
    start = text.index("wanted")
    citation = cite(paged, Excerpt("a.pdf", start, start + 6, start, start + 6, 0.5), 1)
    assert (citation.page, citation.line, citation.heading) == (2, 2, "Second")


@pytest.fixture
def cited(tmp_path: Path) -> Citation:
    """Return a citation of the second "One firm." in a file."""
    path = tmp_path / "notes.txt"
    path.write_bytes(TEXT.encode())
    second = TEXT.rindex("One firm.")
    return cite(parse(path.read_bytes(), "notes.txt"), excerpt(second, second + 9), 1)


def verdict(cited: Citation, folder: Path) -> Verdict:
    """Return what `verify` says of one citation."""
    (only,) = verify([cited], folder)
    return only


def status(cited: Citation, folder: Path) -> tuple[str, int | None]:
    """Return the status and where the quotation stands now."""
    found = verdict(cited, folder)
    return found.status, found.start


def test_what_an_answer_has_is_verified_in_a_folder_by_its_name(
    cited: Citation, tmp_path: Path
) -> None:
    """Catches only lists and paths taken, where an answer has a tuple and `open` takes a name."""
    hidden = tmp_path / "index"
    hidden.mkdir()
    (tmp_path / "notes.txt").rename(hidden / "notes.txt")
    statuses = [
        [found.status for found in verify((cited,), str(tmp_path), index)]
        for index in (None, str(hidden))
    ]
    assert statuses == [["moved"], ["changed"]]


def test_an_unchanged_file_is_exact(cited: Citation, tmp_path: Path) -> None:
    """Catches verification against something else than the file."""
    assert status(cited, tmp_path) == ("exact", cited.start)


def test_text_added_before_is_moved_to_the_right_occurrence(
    cited: Citation, tmp_path: Path
) -> None:
    """Catches the first of several equal texts being taken for the cited one."""
    (tmp_path / "notes.txt").write_bytes(("New.\n" + TEXT).encode())
    assert status(cited, tmp_path) == ("moved", cited.start + 5)


def test_text_added_behind_is_exact(cited: Citation, tmp_path: Path) -> None:
    """Catches a changed hash alone being taken for a changed quotation."""
    (tmp_path / "notes.txt").write_bytes((TEXT + "New.\n").encode())
    assert status(cited, tmp_path) == ("exact", cited.start)


def test_one_changed_character_is_changed(cited: Citation, tmp_path: Path) -> None:
    """Catches fuzzy matching: 36 months is not 24 months."""
    (tmp_path / "notes.txt").write_bytes(TEXT.replace("One", "Ten").encode())
    assert status(cited, tmp_path) == ("changed", None)


def test_a_renamed_file_is_moved(cited: Citation, tmp_path: Path) -> None:
    """Catches a renamed file being reported as gone."""
    (tmp_path / "notes.txt").rename(tmp_path / "renamed.txt")
    found = verdict(cited, tmp_path)
    assert (found.status, found.document) == ("moved", "renamed.txt")


def test_a_deleted_file_is_changed(cited: Citation, tmp_path: Path) -> None:
    """Catches a missing file that ends the verification of all others."""
    (tmp_path / "notes.txt").unlink()
    found = verdict(cited, tmp_path)
    assert (found.status, found.detail) == ("changed", "the file is gone")


def test_a_forged_quotation_is_changed(cited: Citation, tmp_path: Path) -> None:
    """Catches trusting the hash and offsets of the saved answer."""
    forged = dataclasses.replace(cited, quote="Ten firms")
    assert status(forged, tmp_path) == ("changed", None)


# Files inside files


@pytest.fixture
def packed(tmp_path: Path) -> Citation:
    """Write an archive that holds `TEXT`, beside others, and return a citation into it."""
    (tmp_path / "mail").mkdir()
    pack(tmp_path / "mail" / "old.zip", {"notes.txt": TEXT, "photo.xyz": "x"})
    pack(tmp_path / "other.zip", {"notes.txt": "Ten firms.\n"})
    (tmp_path / "torn.zip").write_bytes(b"PK")
    document = parse(TEXT.encode(), "mail/old.zip/notes.txt")
    at = TEXT.index("Two")
    return cite(document, Excerpt(document.id, at, at + 10, at, at + 3, 0.5), 1)


def pack(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_a_citation_into_an_archive_is_checked_against_the_file_inside(
    packed: Citation, tmp_path: Path
) -> None:
    """Catches the archive's digest compared with the cited file's, which is another."""
    found = verdict(packed, tmp_path)
    assert (found.status, found.detail) == ("exact", "the file is unchanged")
    pack(tmp_path / "mail" / "old.zip", {"more.txt": "more", "notes.txt": TEXT})
    assert verdict(packed, tmp_path).detail == "the file is unchanged"
    pack(tmp_path / "mail" / "old.zip", {"notes.txt": "Zero firms.\n" + TEXT})
    assert status(packed, tmp_path) == ("moved", packed.start + 12)
    pack(tmp_path / "mail" / "old.zip", {"more.txt": TEXT})
    assert verdict(packed, tmp_path).detail == "there is no notes.txt in the file"


def test_a_citation_follows_an_archive_that_was_moved(packed: Citation, tmp_path: Path) -> None:
    """Catches members looked for as files of the folder only, and another one of their name."""
    (tmp_path / "mail" / "old.zip").rename(tmp_path / "new.ZIP")
    found = verdict(packed, tmp_path)
    assert (found.status, found.document) == ("moved", "new.ZIP/notes.txt")
    pack(tmp_path / "new.ZIP", {"mail/old.zip": "", "notes.txt": "None."})
    assert verdict(packed, tmp_path).detail == "the file is gone"


def test_a_citation_follows_a_file_that_was_unpacked(packed: Citation, tmp_path: Path) -> None:
    """Catches a file that is called gone because its archive is."""
    (tmp_path / "mail" / "old.zip").unlink()
    (tmp_path / "plain.txt").write_text(TEXT)
    found = verdict(packed, tmp_path)
    assert (found.status, found.document) == ("moved", "plain.txt")


# Where it is parsed


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return a record of which files are hashed and which are parsed, by name."""
    seen: dict[str, list[str]] = {"hashed": [], "parsed": []}
    load = FileLoader.load

    def spy_on_load(
        loader: FileLoader, path: Path, document_id: str, member: str = ""
    ) -> Document | Skipped:
        seen["parsed"].append(document_id)
        return load(loader, path, document_id, member)

    def spy_on_hash(path: Path) -> str:
        seen["hashed"].append(path.name)
        return file_sha256(path)

    monkeypatch.setattr(FileLoader, "load", spy_on_load)
    monkeypatch.setattr("qa.citations.file_sha256", spy_on_hash)
    return seen


def test_a_file_that_no_citation_names_is_not_opened(
    cited: Citation, tmp_path: Path, opened: dict[str, list[str]]
) -> None:
    """Catches a folder that is parsed for one citation, and a file parsed again for each."""
    (tmp_path / "other.txt").write_bytes(TEXT.encode())
    verify([cited] * 3, tmp_path)
    assert opened == {"hashed": [], "parsed": ["notes.txt"]}


def test_only_the_file_with_the_cited_bytes_is_parsed_for_one_that_is_gone(
    cited: Citation, tmp_path: Path, opened: dict[str, list[str]]
) -> None:
    """Catches every file of that ending parsed in search of it, and others hashed."""
    (tmp_path / "notes.txt").rename(tmp_path / "moved.TXT")
    for name in ("a.txt", "z.txt", "c.md", "d.pdf"):
        (tmp_path / name).write_text(name)
    gone = dataclasses.replace(cited, document="gone.txt", sha256="0" * 64)
    assert [v.status for v in verify([cited, gone, cited], tmp_path)] == [
        "moved",
        "changed",
        "moved",
    ]
    assert opened == {"hashed": ["a.txt", "moved.TXT", "z.txt"], "parsed": ["moved.TXT"]}


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("abort", "the parser crashed on it (SIGABRT)"),
        ("hang", "parsing it took longer than 3 seconds"),
        ("grow", "it needs more than 4 GB of memory"),
    ],
)
def test_a_hostile_file_is_a_verdict(
    monkeypatch: pytest.MonkeyPatch, cited: Citation, tmp_path: Path, act: str, reason: str
) -> None:
    """Catches parsing in the caller's process, which such a file would end, stop or fill."""
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-P", "-c", FAILING_CHILD))
    monkeypatch.setattr("qa.citations.FileLoader", lambda: FileLoader(seconds=3))
    (tmp_path / "bad.txt").write_text(act)
    bad = dataclasses.replace(cited, document="bad.txt")
    assert [(v.status, v.detail) for v in verify([bad, cited], tmp_path)] == [
        ("changed", reason),
        ("exact", "the file is unchanged"),
    ]


MANY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

from pincite.server.service import Service
from qa import Citation

folder = Path(sys.argv[1])
cited = [
    asdict(Citation(1, path.name, "", "", 1, 1, "", 0, 3, "the", 0, 3, "", ""))
    for path in sorted(folder.iterdir())
]
service = Service([SimpleNamespace(folder=folder, index=None)])
with ThreadPoolExecutor(24) as pool:
    done = list(pool.map(service.verify, [{"citations": cited}] * 24))
assert all(len(verdicts) == len(cited) for verdicts in done)
assert all(verdicts == done[0] for verdicts in done)
"""


def test_many_at_once_do_not_end_the_server(tmp_path: Path) -> None:
    """Catches PDFium called from several threads of one process: a segmentation fault."""
    samples = Path(__file__).parents[1] / "data" / "loaders"
    for path in samples.glob("*.pdf"):
        for copy in range(10):
            shutil.copy(path, tmp_path / f"{copy}-{path.name}")
    command = [sys.executable, "-c", MANY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_few_processes_parse_at_a_time(
    monkeypatch: pytest.MonkeyPatch, cited: Citation, tmp_path: Path
) -> None:
    """Catches a child process, with its share of the memory, for each of many requests."""
    running: set[FileLoader] = set()
    most: list[int] = []

    def load(loader: FileLoader, path: Path, document_id: str, member: str) -> Skipped:
        running.add(loader)
        most.append(len(running))
        time.sleep(0.02)
        running.remove(loader)
        return Skipped(document_id, "not read")

    monkeypatch.setattr(FileLoader, "load", load)
    with ThreadPoolExecutor(12) as pool:
        verdicts = list(pool.map(lambda _: verdict(cited, tmp_path), range(24)))
    assert {found.detail for found in verdicts} == {"not read"}
    assert max(most) <= 2


# Cells, and what names them


def changed_to(now: Document, saved: Citation, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Return what is said of a citation when its file has become the document ``now``."""
    monkeypatch.setattr(FileLoader, "load", lambda *_: now)
    found = FoundFile(now.id, Path(now.id), 1, 1, 1)
    monkeypatch.setattr("qa.citations.scan", lambda *_, **_keywords: [found])
    (only,) = verify([saved], "folder")
    return only


def replace_text(now: Document, words: str, others: str) -> Document:
    return dataclasses.replace(now, text=now.text.replace(words, others))


ADDED = (ROWS[0], ("Investing activities", "Purchases of shares", "7", "8"), *ROWS[1:])
LOST = "the quotation is there, but its {} does not name it any more"
REGROUPED = (ROWS[0], ("Discontinued operations", *ROWS[1][1:]), *ROWS[2:])


@pytest.mark.parametrize(
    ("now", "status", "detail"),
    [
        (cash_flows(), "exact", "the file is unchanged"),
        (cash_flows(before=f"New.\n{PROSE}"), "moved", "it now starts at"),
        (cash_flows(ADDED), "moved", "it now starts at"),
        (
            cash_flows(years=("2019", "2017")),
            "changed",
            LOST.format("column head “2018”"),
        ),
        (
            cash_flows(years=("2017", "2018")),
            "changed",
            LOST.format("column head “2018”"),
        ),
        (
            cash_flows(REGROUPED),
            "changed",
            LOST.format("row head “Investing activities”"),
        ),
        (
            replace_text(cash_flows(), "(in millions)", "(in billions)"),
            "changed",
            LOST.format("unit “(in millions)”"),
        ),
        (
            replace_text(cash_flows(), "1,577", "1,578"),
            "changed",
            "the quotation is not in the file",
        ),
    ],
)
def test_a_cell_is_checked_with_all_that_names_it(
    now: Document, status: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a figure that stands although its year is renamed, and heads found anywhere.

    Two exchanged heads are both still in the file; a row that was inserted between the heads and
    the cell moves one of them only, and changes nothing.
    """
    saved = cell_citation(cash_flows(), "1,577")
    found = changed_to(now, saved, monkeypatch)
    assert (found.status, found.detail[: len(detail)]) == (status, detail)
    if found.start is not None:
        assert now.text[found.start :].startswith(saved.quote)


def test_a_head_that_only_stands_elsewhere_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a citation that is called exact although one of its labels is not where it says."""
    saved = cell_citation(cash_flows(), "1,577")
    labels = [
        dataclasses.replace(label, start=label.start + (label.role == "unit"))
        for label in saved.labels
    ]
    other = dataclasses.replace(saved, labels=tuple(labels))
    found = changed_to(cash_flows(), other, monkeypatch)
    assert (found.status, found.start) == ("moved", saved.start)
    assert found.detail == "its unit “(in millions)” now stands elsewhere in its table"


def test_what_was_saved_without_labels_is_still_verified(cited: Citation, tmp_path: Path) -> None:
    """Catches a saved answer of an earlier version that is refused or called changed."""
    saved = dataclasses.asdict(cited)
    for later in ("place", "labels", "author", "date", "recognised"):
        del saved[later]
    (loaded,) = citations_of([{"citations": [saved]}])
    assert loaded == cited
    assert verdict(loaded, tmp_path).status == "exact"


@given(st.integers(1, len(cash_flows().text) - 5))
def test_a_label_before_the_text_is_lost(at: int) -> None:
    """Catches offsets below nought, which Python counts from the end of the text."""
    now = cash_flows()
    saved = cell_citation(now, "1,577")
    start, quote = at - len(now.text), now.text[at : at + 5]
    label = dataclasses.replace(saved.labels[0], start=start, end=start + 5, quote=quote)
    forged = dataclasses.replace(saved, labels=(label,))
    with pytest.MonkeyPatch.context() as patch:
        assert changed_to(now, forged, patch).status == "changed"
