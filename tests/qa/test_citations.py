"""Quotations and their verification."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus import Document, Heading, load_file
from qa import Citation, Excerpt, verify
from qa.citations import cite

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


def test_an_excerpt_of_another_document_is_refused() -> None:
    """Catches a quotation made from the wrong document's text."""
    with pytest.raises(ValueError, match="no part of"):
        cite(document(), dataclasses.replace(excerpt(0, 3), document="other.txt"), 1)


def test_excerpts_nest() -> None:
    """Catches a short answer outside its quotation."""
    with pytest.raises(ValueError, match="nested"):
        Excerpt("notes.txt", 5, 9, 4, 9, 0.5)


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
    return cite(load_file(path, "notes.txt"), excerpt(second, second + 9), 1)


def status(cited: Citation, folder: Path) -> tuple[str, int | None]:
    """Return what `verify` says of one citation."""
    (verdict,) = verify([cited], folder)
    return verdict.status, verdict.start


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
    (verdict,) = verify([cited], tmp_path)
    assert (verdict.status, verdict.document) == ("moved", "renamed.txt")


def test_a_deleted_file_is_changed(cited: Citation, tmp_path: Path) -> None:
    """Catches a missing file that ends the verification of all others."""
    (tmp_path / "notes.txt").unlink()
    (verdict,) = verify([cited], tmp_path)
    assert (verdict.status, verdict.detail) == ("changed", "the file is gone")


def test_a_forged_quotation_is_changed(cited: Citation, tmp_path: Path) -> None:
    """Catches trusting the hash and offsets of the saved answer."""
    forged = dataclasses.replace(cited, quote="Ten firms")
    assert status(forged, tmp_path) == ("changed", None)
