"""Images on a PDF's pages that may hold words: scans, and pictures of text beside text."""

import ctypes
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
        kind = (pdfium.FPDF_PAGEOBJ_IMAGE,)
        anywhere = page.get_objects(filter=kind, max_depth=MOST_DEPTH)
        return [page.get_bbox()] if next(anywhere, None) is not None else []
    images = list(islice(_images(page), MOST_IMAGES))
    if not images:
        return []
    left, bottom, right, top = page.get_bbox()
    least = LEAST_AREA * (right - left) * (top - bottom)
    found = []
    for x0, y0, x1, y1 in images:
        box = max(x0, left), max(y0, bottom), min(x1, right), min(y1, top)
        width, height = box[2] - box[0], box[3] - box[1]
        large = width > 0 and height > 0 and width * height >= least
        if large and not characters.get_text_bounded(*box).strip():
            found.append(box)
    return found


def _images(page: pypdfium2.PdfPage) -> Iterator[Edges]:
    """Yield the edges of the images on a page; asks PDFium itself, for objects are many."""
    edges = [ctypes.c_float() for _ in range(4)]
    handle = page.raw
    for index in range(pdfium.FPDFPage_CountObjects(handle)):
        drawn = pdfium.FPDFPage_GetObject(handle, index)
        if pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_IMAGE:
            pdfium.FPDFPageObj_GetBounds(drawn, *edges)
            left, bottom, right, top = (edge.value for edge in edges)
            yield left, bottom, right, top
