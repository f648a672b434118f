"""Images on a PDF's pages that may hold words: scans, and pictures of text beside text."""

from collections.abc import Iterator
from itertools import islice

import pypdfium2
import pypdfium2.raw as pdfium

__all__ = ["Edges", "find_unread_images"]

# As a share of the page: smaller pictures are logos and ornaments.
LEAST_AREA = 0.1
MOST_IMAGES = 100
# How deep images may lie in forms that are drawn as one.
MOST_DEPTH = 3

Edges = tuple[float, float, float, float]


def find_unread_images(page: pypdfium2.PdfPage, characters: pypdfium2.PdfTextPage) -> list[Edges]:
    """Return the images that take much of a page and that none of its text lies over.

    Args:
        page: of a PDF.
        characters: its text.

    Returns:
        Left, bottom, right and top edges in points, within the page.
    """
    if not characters.count_chars():
        has_images = next(iter(_images(page, MOST_DEPTH)), None) is not None
        return [page.get_bbox()] if has_images else []
    left, bottom, right, top = page.get_bbox()
    least = LEAST_AREA * (right - left) * (top - bottom)
    found = []
    for image in _images(page, 1):
        x0, y0, x1, y1 = image.get_bounds()
        box = max(x0, left), max(y0, bottom), min(x1, right), min(y1, top)
        width, height = box[2] - box[0], box[3] - box[1]
        large = width > 0 and height > 0 and width * height >= least
        if large and not characters.get_text_bounded(*box).strip():
            found.append(box)
    return found


def _images(page: pypdfium2.PdfPage, depth: int) -> Iterator[pypdfium2.PdfObject]:
    kind = (pdfium.FPDF_PAGEOBJ_IMAGE,)
    return islice(page.get_objects(filter=kind, max_depth=depth), MOST_IMAGES)
