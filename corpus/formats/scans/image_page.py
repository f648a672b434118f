"""A page that is an image itself, such as a scan: a file, or one of the pages of a TIFF."""

import io
import warnings

from PIL import Image, ImageOps

from corpus.errors import LoadError
from corpus.types import PageView

__all__ = ["count_frames", "open_frame", "view_image"]

# Decoders of other formats are not even tried.
FORMATS = ("PNG", "JPEG", "TIFF")
# A page of A0 at 300 dots an inch has 140 million; more would fill the memory.
MOST_PIXELS = 150_000_000
# In pixels: lower than this are buttons, logos and lines.
SMALLEST_SIDE = 64
MOST_FRAMES = 5_000
DAMAGED = (OSError, SyntaxError, Image.DecompressionBombError)
# In pixels; longer sides would cost more memory than any screen shows.
LONGEST_SIDE = 4000


def view_image(data: bytes, number: int, width: int) -> PageView:
    """Draw a page as it is meant to be seen: turned as its file says, on white.

    Args:
        data: the bytes of a PNG, JPEG or TIFF file.
        number: of the page, from 1.
        width: at most, in pixels.

    Returns:
        The page without boxes: where words were recognised, the document knows.

    Raises:
        LoadError: if the file or the page cannot be drawn.
    """
    page = open_frame(data, number)
    page.thumbnail((width, LONGEST_SIDE))
    file = io.BytesIO()
    page.save(file, "PNG")
    return PageView(file.getvalue(), page.width, page.height, ())


def open_frame(data: bytes, number: int) -> Image.Image:
    """Return a page as it is meant to be seen; see `view_image`.

    Raises:
        LoadError: if the file or the page cannot be drawn.
    """
    try:
        with _opened(data) as image:
            image.seek(number - 1)
            if image.width * image.height > MOST_PIXELS:
                raise LoadError(f"its page has more than {MOST_PIXELS:,} pixels; make it smaller")
            return _on_white(ImageOps.exif_transpose(image))
    except EOFError as error:
        raise LoadError(f"it has no page {number}") from error
    except DAMAGED as error:
        raise LoadError(f"the image cannot be drawn: {error}") from error


def count_frames(data: bytes) -> int:
    """Return how many pages an image file has.

    Raises:
        LoadError: if it is none, has too many, or is too small to hold words.
    """
    try:
        with _opened(data) as image:
            frames, size = getattr(image, "n_frames", 1), image.size
    except DAMAGED as error:
        raise LoadError(f"the image is damaged: {error}") from error
    if min(size) < SMALLEST_SIDE:
        raise LoadError("it is too small to hold words that could be read")
    if frames > MOST_FRAMES:
        raise LoadError(f"it has more than {MOST_FRAMES:,} pages; split it into parts")
    return int(frames)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Pillow warns of large images; how large they may be is said above.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(data), formats=FORMATS)


def _on_white(image: Image.Image) -> Image.Image:
    """Return an image as eight-bit grey or colours, white where it is transparent."""
    if image.mode.startswith("I"):  # of sixteen bits, which `convert` would cut off
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
