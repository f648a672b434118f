"""A page of a PDF as it looks, and where the characters of its text stand on it."""

import ctypes
import io
from collections.abc import Sequence
from contextlib import closing

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.boxes import join_boxes
from corpus.errors import LoadError
from corpus.formats.pdf.text import open_page, read_page_text
from corpus.types import Box, PageView, Span

__all__ = ["box_on_page", "view_page"]

# In pixels; longer sides would cost more memory than any screen shows.
LONGEST_SIDE = 4000
# Device coordinates are whole numbers; on a page this large their rounding is not seen.
GRID = 1_000_000


def view_page(data: bytes, number: int, spans: Sequence[Span], width: int) -> PageView:
    """Draw a page.

    Args:
        data: the PDF file's bytes.
        number: of the page, from 1.
        spans: ranges of characters of the page's text, as `parse_pdf` counts them.
        width: of the image, in pixels; very tall pages get a narrower one.

    Raises:
        LoadError: if the file or the page cannot be drawn.
    """
    try:
        with closing(pypdfium2.PdfDocument(data)) as pdf:
            if not 1 <= number <= len(pdf):
                raise LoadError(f"it has no page {number}")
            with open_page(pdf, number - 1) as (page, _):
                return _view(page, spans, width)
    except pypdfium2.PdfiumError as error:
        raise LoadError(f"the page cannot be drawn: {error}") from error


def _view(page: pypdfium2.PdfPage, spans: Sequence[Span], width: int) -> PageView:
    across, down = page.get_size()
    scale = min(width / across, LONGEST_SIDE / down)
    image = page.render(scale=scale).to_pil()
    file = io.BytesIO()
    image.save(file, "PNG")
    with closing(page.get_textpage()) as characters:
        text = read_page_text(characters)
        boxes = tuple(_boxes(page, characters, text.to_characters(span)) for span in spans)
    return PageView(file.getvalue(), image.width, image.height, boxes)


def _boxes(
    page: pypdfium2.PdfPage, characters: pypdfium2.PdfTextPage, span: Span
) -> tuple[Box, ...]:
    """Return the boxes of a span's characters, those of one line joined."""
    count = characters.count_rects(span.start, span.end - span.start)
    return join_boxes(box_on_page(page, characters.get_rect(at)) for at in range(count))


def box_on_page(page: pypdfium2.PdfPage, rectangle: tuple[float, float, float, float]) -> Box:
    """Return a rectangle of the page's own coordinates as it is seen: rotated and cropped."""
    left, bottom, right, top = rectangle
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for corner in ((left, bottom), (right, top)):
        pdfium.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, *corner, x, y)
        corners.append((x.value / GRID, y.value / GRID))
    (x0, y0), (x1, y1) = corners
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
