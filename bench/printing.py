"""Printed pages as images, and what scanners make of them; also for the tests."""

import io

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

__all__ = ["blur", "fade", "pdf_of", "print_page", "skew", "speckle"]

POINTS = (595, 842)
DPI = 200


def print_page(*columns: list[str], size: int = 12) -> Image.Image:
    """Return a page in gray with ``columns`` of lines beside each other, at 200 dots an inch."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=POINTS)
    canvas.setFont("Times-Roman", size)
    width = (POINTS[0] - 100) / len(columns)
    for number, lines in enumerate(columns):
        for row, line in enumerate(lines):
            canvas.drawString(50 + number * width, 770 - row * 1.4 * size, line)
    canvas.showPage()
    canvas.save()
    page = pypdfium2.PdfDocument(file.getvalue())[0]
    image: Image.Image = page.render(scale=DPI / 72).to_pil().convert("L")
    return image


def skew(image: Image.Image, degrees: float) -> Image.Image:
    """Return a page as it looks that lay askew, turned counterclockwise."""
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def speckle(image: Image.Image, share: float = 0.02) -> Image.Image:
    """Return a page with ``share`` of its pixels black or white by chance."""
    pixels = np.array(image)
    chance = np.random.default_rng(7).random(pixels.shape)
    pixels[chance < share / 2] = 0
    pixels[chance > 1 - share / 2] = 255
    return Image.fromarray(pixels)


def blur(image: Image.Image, radius: float = 1.5) -> Image.Image:
    """Return a page out of focus."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def fade(image: Image.Image) -> Image.Image:
    """Return a page as toner that runs out prints it: grey on light grey."""
    return image.point(lambda value: 120 + value * 110 // 255)


def pdf_of(*images: Image.Image) -> bytes:
    """Return a PDF whose pages are images alone, as scanners write it."""
    file = io.BytesIO()
    first, *others = images
    first.save(file, "PDF", resolution=DPI, save_all=True, append_images=others)
    return file.getvalue()
