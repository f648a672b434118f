"""Words on images: read by whichever engine fits, in reading order, with boxes on the image."""

import shutil
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bench.printing import blur, print_page, skew, speckle
from corpus import Box, LoadError
from corpus.formats.scans import recognition
from corpus.formats.scans.recognition import ImageWord, compose, find_skew, recognise

LETTER = [
    "Skerrow Harbour Trust",
    "The outer mole was built in 1887 and is 312 metres long.",
    "It is kept by the Trust, which pays a yearly fee of 4,150 pounds",
    "to the Crown. The fee was last raised in 1994.",
    "Repairs of the lamp are paid for by the Commissioners.",
]
PAGE = print_page(LETTER)
HAS_RAPIDOCR = find_spec("rapidocr") is not None
HAS_TESSERACT = shutil.which("tesseract") is not None

needs_rapidocr = pytest.mark.skipif(not HAS_RAPIDOCR, reason="RapidOCR is not installed")
needs_either = pytest.mark.skipif(
    not (HAS_RAPIDOCR or HAS_TESSERACT), reason="neither Tesseract nor RapidOCR is installed"
)


def text_of(image: Image.Image) -> str:
    return " ".join(compose(recognise(image))[0].split())


def share_read(text: str) -> float:
    """Return the share of the letter's words that stand in ``text``."""
    words = " ".join(LETTER).split()
    read = set(text.split())
    return sum(word in read for word in words) / len(words)


@pytest.mark.parametrize("angle", [-6.0, -2.3, 0.0, 0.7, 4.5])
def test_the_skew_of_a_page_is_found(angle: float) -> None:
    """Catches an angle of the wrong sign, or one that is only roughly right."""
    assert find_skew(skew(PAGE, angle)) == pytest.approx(-angle, abs=0.15)


@needs_either
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_clean_pages_are_read_whichever_way_they_lie(turn: int) -> None:
    """Catches letters read upside down."""
    assert share_read(text_of(PAGE.rotate(turn, expand=True))) > 0.95


@needs_rapidocr
@pytest.mark.parametrize(
    "page",
    [skew(PAGE, 3), speckle(PAGE), speckle(skew(PAGE, -2)), blur(PAGE)],
    ids=["skewed", "specks", "both", "blurred"],
)
def test_poor_pages_are_read(page: Image.Image) -> None:
    """Catches pages that are not set straight, and specks left to the engine they confuse."""
    assert share_read(text_of(page)) > 0.9


@needs_either
@pytest.mark.parametrize("angle", [0.0, 180.0, 90.0, 3.0, -5.0])
def test_boxes_stand_around_the_words_of_the_image_as_it_was_given(angle: float) -> None:
    """Catches boxes of the straightened page: they would mark other words on the scan."""
    page = skew(PAGE, angle)
    lines = recognise(page)
    dark = np.array(page) < 128
    covered = np.zeros_like(dark)
    for word in (word for line in lines for word in line):
        box = word.box
        rows = slice(int(box.top * page.height), int(box.bottom * page.height) + 1)
        columns = slice(int(box.left * page.width), int(box.right * page.width) + 1)
        assert dark[rows, columns].any()
        covered[rows, columns] = True
    assert (dark & covered).sum() > 0.9 * dark.sum()
    assert covered.mean() < 0.2


@pytest.mark.parametrize(
    ("page", "reads"),
    [(PAGE, "tesseract"), (skew(PAGE, 2), "rapidocr"), (speckle(PAGE), "rapidocr")],
    ids=["clean", "skewed", "specks"],
)
def test_the_engine_is_chosen_by_the_page(
    page: Image.Image, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches the slow engine for every page, and the fast one where it fails."""
    asked = watch_engines(monkeypatch)
    recognise(page)
    assert asked == [reads]
    for only in ("tesseract", "rapidocr"):
        asked = watch_engines(monkeypatch, only)
        recognise(page)
        assert asked == [only]


def watch_engines(monkeypatch: pytest.MonkeyPatch, only: str = "") -> list[str]:
    """Replace both engines, or leave ``only`` one installed; return which of them is asked."""
    asked: list[str] = []
    for name in ("tesseract", "rapidocr"):

        def read(_: Image.Image, name: str = name) -> list[list[ImageWord]]:
            asked.append(name)
            return [[ImageWord("word", Box(0.1, 0.1, 0.2, 0.2), 0.9)]]

        monkeypatch.setattr(recognition, f"_read_by_{name}", read)
        monkeypatch.setattr(recognition, f"has_{name}", lambda has=only in ("", name): has)
    return asked


def test_without_an_engine_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a scan that is silently empty."""
    watch_engines(monkeypatch, "none")
    with pytest.raises(LoadError, match=r"install Tesseract, or pincite\[ocr\]"):
        recognise(PAGE)


@needs_rapidocr
def test_an_empty_page_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a crash where there is nothing to read."""
    monkeypatch.setattr(recognition, "has_tesseract", lambda: False)
    assert recognise(Image.new("RGB", (600, 800), "white")) == []


# Reading order


def piece(text: str, left: float, top: float) -> list[ImageWord]:
    """Return a piece of a line whose letters are all 0.01 wide and 0.02 high."""
    words, at = [], left
    for word in text.split():
        right = at + 0.01 * len(word)
        words.append(ImageWord(word, Box(at, top, right, top + 0.02), 0.9))
        at = right + 0.005
    return words


def order(pieces: Sequence[list[ImageWord]]) -> list[str]:
    lines = recognition._in_reading_order(pieces)
    return [" ".join(word.text for word in line) for line in lines]


def test_columns_are_read_one_after_the_other_under_their_title() -> None:
    """Catches lines of two columns read across, and a title read between them."""
    left = [piece(f"left column line {n}", 0.1, 0.3 + 0.03 * n) for n in range(4)]
    right = [piece(f"right column line {n}", 0.55, 0.3 + 0.03 * n) for n in range(4)]
    title = piece("A title over both of the columns that stand under it", 0.1, 0.2)
    mixed = [*right[:2], title, *left, *right[2:]]
    assert order(mixed)[0].startswith("A title")
    assert order(mixed)[1:] == [
        *(f"left column line {n}" for n in range(4)),
        *(f"right column line {n}" for n in range(4)),
    ]


def test_rows_of_a_table_are_read_across() -> None:
    """Catches a table read column by column, in which no value stands beside its head."""
    rows = [("Revenue", "1,577"), ("Costs", "984"), ("Result", "593")]
    cells = [
        piece(t, left, 0.3 + 0.04 * n)
        for n, row in enumerate(rows)
        for t, left in zip(row, (0.1, 0.6), strict=True)
    ]
    assert order(cells[::-1]) == ["Revenue 1,577", "Costs 984", "Result 593"]


@given(st.lists(st.lists(st.text("ab,1", min_size=1, max_size=4), min_size=1, max_size=4)))
def test_words_stand_where_the_text_has_them(lines: list[list[str]]) -> None:
    """Catches offsets that forget a space or a line break."""
    pieces = [piece(" ".join(line), 0.1, 0.05 + 0.04 * n) for n, line in enumerate(lines)]
    text, words = compose(pieces)
    assert [text[w.span.start : w.span.end] for w in words] == [w for line in lines for w in line]
    assert text.split() == [word for line in lines for word in line]
