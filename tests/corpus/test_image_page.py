"""Scans as pages, and the boxes of the words that were read off them."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from corpus import Box, Document, FileLoader, LoadError, PageView, RecognisedWord, Span
from corpus import recognised_boxes as boxes_of
from corpus.formats.scans.image_page import view_image

INK, PAPER = (200, 0, 0), (250, 250, 240)
ORIENTATION = 0x0112


def scan(size: tuple[int, int] = (60, 40), kind: str = "PNG", orientation: int = 1) -> bytes:
    """Return an image file whose top left quarter, as it is stored, is red."""
    image = Image.new("RGB", size, PAPER)
    image.paste(INK, (0, 0, size[0] // 2, size[1] // 2))
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def pages(*colours: str) -> bytes:
    """Return a TIFF with a page of each colour."""
    first, *rest = (Image.new("RGB", (30, 20), colour) for colour in colours)
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=rest)
    return file.getvalue()


def seen(view: PageView) -> Image.Image:
    return Image.open(io.BytesIO(view.png)).convert("RGB")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (60, 40), (5, 5)),
        (3, (60, 40), (55, 35)),
        (6, (40, 60), (35, 5)),
        (8, (40, 60), (5, 55)),
    ],
)
def test_a_scan_is_turned_as_its_file_says(
    kind: str, orientation: int, size: tuple[int, int], corner: tuple[int, int]
) -> None:
    """Catches a page on its side, one that is turned twice, and a width taken for its height."""
    view = view_image(scan(kind=kind, orientation=orientation), 1, 800)
    assert (view.width, view.height, view.boxes) == (*size, ())
    red, _, blue = seen(view).getpixel(corner)  # type: ignore[misc]
    assert red > 150 > 100 > blue


def test_a_page_of_many_is_drawn() -> None:
    """Catches the first page drawn for each, and pages counted from 0."""
    data = pages("white", "black", "red")
    drawn = [seen(view_image(data, number, 800)).getpixel((5, 5)) for number in (1, 2, 3)]
    assert drawn == [(255, 255, 255), (0, 0, 0), (255, 0, 0)]
    for number in (0, 4):
        with pytest.raises(LoadError, match=f"no page {number}"):
            view_image(data, number, 800)
    with pytest.raises(LoadError, match="no page 2"):
        view_image(scan(), 2, 800)


@pytest.mark.parametrize(("size", "drawn"), [((3000, 300), (800, 80)), ((20, 30000), (3, 4000))])
def test_large_scans_are_made_smaller(size: tuple[int, int], drawn: tuple[int, int]) -> None:
    """Catches a page of a size that no screen shows, or one that is pressed out of shape."""
    view = view_image(scan(size), 1, 800)
    assert (view.width, view.height) == drawn


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("I;16", 90 * 256, (90, 90, 90)),
        ("RGBA", (9, 9, 9, 0), (255, 255, 255)),
        ("LA", (9, 0), (255, 255, 255)),
        ("RGB", (1, 2, 3), (1, 2, 3)),
    ],
)
def test_any_kind_of_pixels_is_shown(
    mode: str, colour: int | tuple[int, ...], shown: tuple[int, int, int]
) -> None:
    """Catches sixteen bits cut to white, and transparent paper that turns black."""
    file = io.BytesIO()
    Image.new(mode, (9, 9), colour).save(file, "PNG")
    assert seen(view_image(file.getvalue(), 1, 800)).getpixel((4, 4)) == shown


@pytest.mark.parametrize("data", [b"", b"GIF89a nothing", scan()[:100], pages("red")[:-40]])
def test_what_is_no_image_has_a_reason(data: bytes) -> None:
    """Catches a traceback for a damaged scan, and a decoder that nobody needs."""
    with pytest.raises(LoadError, match="the image cannot be drawn"):
        view_image(data, 1, 800)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """Catches gigabytes of memory taken by a file of a few kilobytes."""
    file = io.BytesIO()
    Image.new("1", (13_000, 12_000)).save(file, "PNG")
    with pytest.raises(LoadError, match="more than 150,000,000 pixels"):
        view_image(file.getvalue(), 1, 800)


def test_the_loader_draws_scans_too(tmp_path: Path) -> None:
    """Catches a scan that is given to PDFium."""
    path = tmp_path / "scan.PNG"
    path.write_bytes(scan())
    with FileLoader() as loader:
        view, digest = loader.view(path, 1, [Span(0, 3)], 800)
        with pytest.raises(LoadError, match="no page 2"):
            loader.view(path, 2, [], 800)
    assert view == view_image(scan(), 1, 800)
    assert len(digest) == 64


WORDS = ("Net", "income", "was", "5,349")


def scanned() -> Document:
    """Return a page on which the first three words stand in a line and the last far to the right.

    Below stands a second line with the same words.
    """
    text, words = "", []
    for line in range(2):
        for at, word in enumerate(WORDS):
            left = 0.1 + 0.06 * at + (0.4 if word[0] == "5" else 0)
            box = Box(left, 0.1 + 0.1 * line, left + 0.05, 0.13 + 0.1 * line)
            words.append(RecognisedWord(Span(len(text), len(text) + len(word)), box, 0.9))
            text += word + (" " if at < 3 else "\n")
    return Document(
        "scan.png", "", "image/png", "0" * 64, text, page_starts=(0,), recognised=tuple(words)
    )


def test_words_of_a_line_have_one_box() -> None:
    """Catches a box for each word, and one over a gap in which other things may stand."""
    document = scanned()
    first, last = boxes_of(document, Span(0, document.text.index("\n")))
    assert (first.left, first.right) == pytest.approx((0.1, 0.27))
    assert (last.left, last.right) == pytest.approx((0.68, 0.73))
    assert [round(box.top, 2) for box in boxes_of(document, Span(18, 27))] == [0.1, 0.2]
    assert boxes_of(document, Span(5, 5)) == ()


@given(st.integers(0, 45), st.integers(1, 45))
def test_boxes_are_of_exactly_the_words_inside(start: int, length: int) -> None:
    """Catches a word before or after the span, and one lost of which only a part is inside."""
    document = scanned()
    span = Span(start, start + length)
    inside = [word.box for word in document.recognised if word.span.overlaps(span)]
    found = boxes_of(document, span)
    assert bool(found) == bool(inside)
    for box in inside:
        assert any(
            whole.left <= box.left and box.right <= whole.right and whole.top == box.top
            for whole in found
        )
    edges = {box.left for box in inside}
    assert all(whole.left in edges for whole in found)
