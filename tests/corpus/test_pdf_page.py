"""Pages as images, and the boxes of words on them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from corpus import Box, FileLoader, LoadError, PageView, Span
from corpus.formats import parse
from corpus.formats.pdf.page import view_page

POINTS = (400.0, 600.0)


def pdf(tmp_path: Path, *pages: list[tuple[float, float, str]], name: str = "a.pdf") -> Path:
    """Write a PDF of lines at places counted from the bottom left; return where it is."""
    path = tmp_path / name
    canvas = Canvas(str(path), pagesize=POINTS)
    for lines in pages:
        canvas.setFont("Helvetica", 12)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def boxes_of(path: Path, words: str, page: int = 1, width: int = 800) -> tuple[PageView, list[Box]]:
    """Return a page and the boxes of ``words`` on it, found by their offsets in the text."""
    document = parse(path.read_bytes(), path.name)
    first = document.page_starts[page - 1]
    start = document.text.index(words, first) - first
    view = view_page(path.read_bytes(), page, [Span(start, start + len(words))], width)
    return view, list(view.boxes[0])


def dark(view: PageView) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return which pixels of a page are drawn on, shape ``(height, width)``."""
    return np.array(Image.open(io.BytesIO(view.png)).convert("L")) < 128


def test_a_box_is_where_the_words_are_drawn(tmp_path: Path) -> None:
    """Catches a box counted from the bottom, in points instead of shares, or of other words."""
    before, words = "The mole is ", "300 metres long"
    _, (box,) = boxes_of(pdf(tmp_path, [(50, 500, before + words + ".")]), words)
    left = 50 + stringWidth(before, "Helvetica", 12)
    assert box.left * POINTS[0] == pytest.approx(left, abs=1)
    assert box.right * POINTS[0] == pytest.approx(left + stringWidth(words, "Helvetica", 12), abs=1)
    assert (1 - box.bottom) * POINTS[1] == pytest.approx(500, abs=4)
    assert (1 - box.top) * POINTS[1] == pytest.approx(509, abs=4)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30, 350, 390, 590)])
def test_boxes_hold_all_that_is_drawn_of_the_words_and_nothing_else(
    tmp_path: Path, rotation: int, crop: tuple[int, int, int, int] | None
) -> None:
    """Catches boxes that ignore how a page is turned or cropped, that are too small or too large.

    Whatever is dark on a page that has nothing but the words must be inside of their boxes.
    """
    path = pdf(tmp_path, [(60, 500, "Words on one line"), (60, 480, "and on the next one")])
    changed = PdfDocument(path)
    changed[0].set_rotation(rotation)
    if crop:
        changed[0].set_cropbox(*crop)
    turned = tmp_path / "turned.pdf"
    changed.save(turned)
    changed.close()
    # PDFium's order of the lines depends on how the page is turned.
    view, boxes = boxes_of(turned, parse(turned.read_bytes(), "turned.pdf").text.strip())
    pixels = dark(view)
    assert pixels.any()
    covered = np.zeros_like(pixels)
    for box in boxes:
        rows = slice(int(box.top * view.height) - 1, int(box.bottom * view.height) + 2)
        columns = slice(int(box.left * view.width) - 1, int(box.right * view.width) + 2)
        assert pixels[rows, columns].any()
        covered[rows, columns] = True
    assert not (pixels & ~covered).any()
    assert pixels.sum() > 0.1 * covered.sum()


def test_a_quotation_over_lines_and_columns_has_a_box_for_each(tmp_path: Path) -> None:
    """Catches one box around two lines, which would mark other words, and a box for each word."""
    left = [(40.0, 500.0 - 20 * n, f"left line {n} here") for n in range(3)]
    right = [(220.0, 500.0 - 20 * n, f"right line {n} here") for n in range(3)]
    path = pdf(tmp_path, left + right)
    _, boxes = boxes_of(path, "left line 2 here\r\nright line 0 here")
    assert len(boxes) == 2
    first, second = boxes
    assert first.right < 0.5 < second.left
    assert first.top > second.bottom


def test_the_second_page_is_drawn(tmp_path: Path) -> None:
    """Catches a page counted from 0, or offsets counted from the start of the document."""
    path = pdf(tmp_path, [(50, 500, "One page.")], [(50, 300, "Another page with 42 words.")])
    view, (box,) = boxes_of(path, "42", page=2)
    rows = np.flatnonzero(dark(view).any(axis=1))
    assert rows[0] / view.height == pytest.approx(box.top, abs=0.01)
    assert view.width == 800


def test_very_tall_pages_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Catches an image whose height nothing limits."""
    path = tmp_path / "tall.pdf"
    canvas = Canvas(str(path), pagesize=(20, 14000))
    canvas.drawString(1, 7000, "tall")
    canvas.save()
    view, _ = boxes_of(path, "tall", width=1000)
    assert view.height <= 4001


def test_what_cannot_be_drawn_has_a_reason(tmp_path: Path) -> None:
    """Catches a traceback for a page that is not there, or for a file that is no PDF."""
    path = pdf(tmp_path, [(50, 500, "One page.")])
    for number in (0, 2):
        with pytest.raises(LoadError, match=f"no page {number}"):
            view_page(path.read_bytes(), number, [], 800)
    with pytest.raises(LoadError, match="cannot be drawn"):
        view_page(b"%PDF-1.7 nothing", 1, [], 800)


def test_the_loader_draws_what_this_process_would(tmp_path: Path) -> None:
    """Catches an image or boxes that change on their way, and a failure that ends the loader."""
    path = pdf(tmp_path, [(50, 500, "The mole is 300 metres long.")])
    with FileLoader() as loader:
        with pytest.raises(LoadError, match="vanished"):
            loader.view(tmp_path / "gone.pdf", 1, [], 600)
        view, digest = loader.view(path, 1, [Span(0, 8), Span(12, 15)], 600)
        assert digest == parse(path.read_bytes(), "a.pdf").sha256
    assert view == view_page(path.read_bytes(), 1, [Span(0, 8), Span(12, 15)], 600)
    assert [len(group) for group in view.boxes] == [1, 1]
