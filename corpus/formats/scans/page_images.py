"""The words on the images of a page, of a PDF or of a file that is an image itself."""

from contextlib import closing

import pypdfium2
from PIL import Image

from corpus.errors import LoadError
from corpus.formats.pdf.images import find_unread_images
from corpus.formats.pdf.page import box_on_page
from corpus.formats.pdf.text import open_page
from corpus.formats.scans.image_page import open_frame
from corpus.formats.scans.recognition import compose, recognise
from corpus.scans import RecognisedPage
from corpus.types import Box

__all__ = ["recognise_page"]

DOTS_PER_INCH = 200
POINTS_PER_INCH = 72
# In pixels: a page of A0 at 200 dots an inch has 62 million.
MOST_PIXELS = 64_000_000


def recognise_page(data: bytes, suffix: str, number: int) -> RecognisedPage:
    """Return what stands on the images of a page.

    Args:
        data: the bytes of a PDF or an image file.
        suffix: of its name, in lower case.
        number: of the page, from 1.

    Raises:
        LoadError: if there is no such page, or nothing is installed that reads images.
    """
    image = _page_image(data, number) if suffix == ".pdf" else open_frame(data, number)
    return RecognisedPage(*compose(recognise(image)))


def _page_image(data: bytes, number: int) -> Image.Image:
    """Return a PDF's page as an image, white but for the images that have not been read."""
    try:
        with (
            closing(pypdfium2.PdfDocument(data)) as pdf,
            open_page(pdf, number - 1) as (page, _),
            closing(page.get_textpage()) as characters,
        ):
            boxes = [box_on_page(page, edges) for edges in find_unread_images(page, characters)]
            across, down = page.get_size()
            most = (MOST_PIXELS / (across * down)) ** 0.5
            drawn = page.render(scale=min(DOTS_PER_INCH / POINTS_PER_INCH, most)).to_pil()
    except pypdfium2.PdfiumError as error:
        raise LoadError(f"the page cannot be drawn: {error}") from error
    white = Image.new("RGB", drawn.size, "white")
    for box in boxes:
        edges = _pixels(box, drawn)
        white.paste(drawn.crop(edges), edges[:2])
    return white


def _pixels(box: Box, image: Image.Image) -> tuple[int, int, int, int]:
    return (
        int(box.left * image.width),
        int(box.top * image.height),
        round(box.right * image.width),
        round(box.bottom * image.height),
    )
