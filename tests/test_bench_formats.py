"""How well files are read: the measures written out, and which text is whose."""

from pathlib import Path

import pytest

from bench.formats import by_ending, find_known, measure, words_of
from bench.tables import formats_table


def test_words_are_compared_without_the_marks_of_markdown() -> None:
    """Catches marks, addresses of links and names of images counted as words of the document."""
    known = "## The _outer_ **mole**\n\n| Length | [312 m](https://example.org/mole) |\n|---|---|\n"
    assert words_of(known + "<!-- image -->![Lamp](lamp.png) snake_case &amp; 4\\.5") == [
        *("the", "outer", "mole", "length", "312", "m", "lamp", "snake_case", "4", "5"),
    ]


def test_measures_are_over_all_words_of_a_format() -> None:
    """Catches a mean over files, recall taken for precision, and a lost file left out."""
    known = {"a.pdf": "one two three four", "b.pdf": "five six"}
    read = {"a.pdf": "one two four three seven", "b.pdf": None}
    assert measure(["a.pdf", "b.pdf"], known, read, {"a.pdf": 0.25, "b.pdf": 0.25}) == {
        "files": 2,
        "lost": 1,
        "recall": pytest.approx(4 / 6, abs=1e-4),
        "precision": pytest.approx(4 / 5),
        "order": pytest.approx(1 / 4),
        "files a second": pytest.approx(4.0),
    }


def test_a_text_is_known_only_of_the_file_that_it_belongs_to(tmp_path: Path) -> None:
    """Catches the text of one file taken for that of another with the same name."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "groundtruth").mkdir()
    for name in ("a.docx", "a.pdf", "b.pdf", "c.pdf"):
        (tmp_path / "sources" / name).write_text("")
    for name in ("a.md", "a.pdf.md", "b.md"):
        (tmp_path / "groundtruth" / name).write_text(name)
    known = {path.name: text.name for path, text in find_known(tmp_path).items()}
    assert known == {"a.pdf": "a.pdf.md", "b.pdf": "b.md"}
    assert list(by_ending(["z.PDF", "a.docx", "b.pdf"])) == [".docx", ".pdf"]


def test_readers_stand_beneath_each_other_for_each_format() -> None:
    """Catches a speed for files that were not read, and a lost file that is not told."""
    measured = {"files": 2, "lost": 1, "recall": 0.5, "precision": 1.0, "order": 1.0}
    speed = {"files a second": 12.4}
    result = {
        "versions": {"Pincite": "abc", "other": "1.0"},
        "formats": {".pdf": {"Pincite": measured | speed, "other": measured | speed | {"lost": 2}}},
    }
    assert formats_table(result).splitlines()[2:] == [
        "| .pdf (2) | Pincite abc | 0.500 | 1.000 | 1.000 | 1 | 12 |",
        "| .pdf (2) | other 1.0 | 0.500 | 1.000 | 1.000 | 2 | – |",
    ]
