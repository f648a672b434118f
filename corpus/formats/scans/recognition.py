"""Text that stands on images: its words in reading order, with their boxes and confidences.

Tesseract reads clean, straight pages best and fastest; RapidOCR (PP-OCR's networks on onnxruntime)
reads skewed and noisy ones far better. Each does for the other where only one is installed.
"""

import io
import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from corpus.errors import LoadError
from corpus.scans import INSTALL, has_rapidocr, has_tesseract
from corpus.types import Box, RecognisedWord, Span

__all__ = ["ImageWord", "compose", "recognise"]

Gray = npt.NDArray[np.uint8]

# In degrees: how far a page is looked at askew, in which steps, and what counts as straight.
MOST_SKEW = 8.0
SKEW_STEPS = (0.5, 0.05)
STRAIGHT = 0.3
# In pixels: large enough to see the skew of lines, small enough to be fast.
SKEW_SIDE = 800
# Share of the dark pixels that stand alone: print has next to none.
MOST_SPECKS = 0.01
# Between paper and ink, of 255.
LEAST_CONTRAST = 80
# Mean confidence of a page that is read the right way up.
SENSE = 0.7
# Longer sides are scaled down by RapidOCR; its default would make small print unreadable.
LONGEST_SIDE = 4000
TESSERACT_SECONDS = 100
# What Tesseract calls a word (its level 5 of page, block, paragraph, line and word).
WORD = "5"
# Text in columns has lines of words; the columns of a table have not.
COLUMN_WORDS = 3
# Lines so far apart, in heights of a line, belong to different paragraphs.
PARAGRAPH_GAP = 0.9


@dataclass(frozen=True, slots=True)
class ImageWord:
    """A word on an image.

    Args:
        text: the word.
        box: around it.
        confidence: of the recognition, 0 to 1.
    """

    text: str
    box: Box
    confidence: float


WordLine = list[ImageWord]


def recognise(image: Image.Image) -> list[WordLine]:
    """Return the words on an image, line by line, in reading order.

    The page is set straight and upright first; the boxes are those of the image as it was given.

    Args:
        image: a page, in any mode; text should be about 20 pixels high or more.

    Raises:
        LoadError: if nothing is installed that could read it, or that failed.
    """
    if not (has_tesseract() or has_rapidocr()):
        raise LoadError(f"it is a scan; {INSTALL}")
    gray, poor = _clean(image.convert("L"))
    skew = find_skew(gray)
    by_tesseract = has_tesseract() and (not has_rapidocr() or (abs(skew) < STRAIGHT and not poor))
    best: list[WordLine] = []
    # Upside down, or on its side, a page is read without sense.
    for quarter in (0, 180, 90, 270):
        angle = quarter + (0.0 if abs(skew) < STRAIGHT else skew)
        straight = _rotate(gray, angle) if angle else gray
        lines = _read_by_tesseract(straight) if by_tesseract else _read_by_rapidocr(straight)
        if _certainty(lines) > _certainty(best):
            best = [
                [replace(w, box=_turn_back(w.box, angle, gray, straight)) for w in line]
                for line in lines
            ]
        if not lines or _certainty(best) >= SENSE:
            break
    return best


def _certainty(lines: Sequence[WordLine]) -> float:
    """Return the mean confidence over all words, by their length; 0 without any."""
    words = [word for line in lines for word in line]
    letters = sum(len(word.text) for word in words)
    return sum(len(w.text) * w.confidence for w in words) / letters if letters else 0.0


def compose(lines: Sequence[WordLine]) -> tuple[str, tuple[RecognisedWord, ...]]:
    """Return the text of a page, and where its words stand in it and on the image.

    Args:
        lines: from `recognise`.

    Returns:
        A line of text for each line, an empty one between paragraphs; and the words in text order.
    """
    text, words = "", []
    height = median([b.bottom - b.top for b in map(_hull, lines)]) if lines else 0.0
    above: Box | None = None
    for line in lines:
        box = _hull(line)
        if above is not None:
            text += "\n\n" if box.top - above.bottom > PARAGRAPH_GAP * height else "\n"
        above = box
        for number, word in enumerate(line):
            text += " " if number else ""
            start = len(text)
            text += word.text
            words.append(RecognisedWord(Span(start, len(text)), word.box, word.confidence))
    return text, tuple(words)


def _hull(line: WordLine) -> Box:
    boxes = [word.box for word in line]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


# ---- the page ----


def find_skew(gray: Image.Image) -> float:
    """Return by how many degrees a page must be turned, counterclockwise, to be straight.

    Lines of text make the sums of pixel rows vary most where the page is straight (Postl 1986,
    "Detection of linear oblique structures and skew scan in digitized documents").
    """
    scale = SKEW_SIDE / max(gray.size)
    small = gray.resize([max(1, round(side * min(1.0, scale))) for side in gray.size])
    dark = 255 - np.asarray(small, np.float32)
    dark[dark < 128] = 0
    best, reach = 0.0, MOST_SKEW
    for step in SKEW_STEPS:
        angles = best + np.arange(-reach, reach + step / 2, step)
        best = float(max(angles, key=lambda angle: (_variation(dark, angle), -abs(angle))))
        reach = step
    return best


def _variation(dark: npt.NDArray[np.float32], angle: float) -> float:
    """Return how much the sums of the rows of a page vary that is turned by ``angle`` degrees."""
    # Shearing is turning, for small angles, and sums along sheared rows need no new image.
    height, width = dark.shape
    shifts = np.rint(-np.tan(math.radians(angle)) * (np.arange(width) - width / 2)).astype(int)
    rows = np.arange(height)[:, None] + shifts
    np.clip(rows, 0, height - 1, out=rows)
    sums = np.bincount(rows.ravel(), dark.ravel(), height)
    return float(np.square(np.diff(sums)[1:-1]).sum())


def _rotate(gray: Image.Image, angle: float) -> Image.Image:
    return gray.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _turn_back(box: Box, angle: float, gray: Image.Image, straight: Image.Image) -> Box:
    """Return a box of the straight image as a box of the image that it was made from."""
    if straight is gray:
        return box
    turn = math.radians(angle)
    cosine, sine = math.cos(turn), math.sin(turn)
    corners = []
    for x, y in (
        (box.left, box.top),
        (box.right, box.top),
        (box.left, box.bottom),
        (box.right, box.bottom),
    ):
        across, down = (x - 0.5) * straight.width, (y - 0.5) * straight.height
        corners.append(
            (
                (across * cosine - down * sine) / gray.width + 0.5,
                (across * sine + down * cosine) / gray.height + 0.5,
            )
        )
    xs, ys = zip(*corners, strict=True)
    return Box(max(0.0, min(xs)), max(0.0, min(ys)), min(1.0, max(xs)), min(1.0, max(ys)))


def _clean(gray: Image.Image) -> tuple[Image.Image, bool]:
    """Return a page without specks, and whether it was poor: full of them, or faint."""
    values = np.asarray(gray)
    darkest, lightest = np.quantile(values[::2, ::2], (0.0005, 0.9))
    dark = values < (darkest + lightest) / 2
    specks, holes = _alone(dark), _alone(~dark)
    poor = lightest - darkest < LEAST_CONTRAST or specks.sum() > MOST_SPECKS * dark.sum()
    if not poor:
        return gray, False
    cleaned = values.copy()
    cleaned[specks], cleaned[holes] = lightest, darkest
    return Image.fromarray(cleaned), True


def _alone(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the marked pixels with no other one around them."""
    padded = np.pad(marked, 1).astype(np.uint8)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    alone: npt.NDArray[np.bool_] = marked & (around == 1)
    return alone


# ---- reading order ----


def _in_reading_order(pieces: Sequence[WordLine]) -> list[WordLine]:
    """Return pieces of lines as lines, column by column (Nagy & Seth 1984, the XY-cut)."""
    ordered: list[WordLine] = []
    waiting = [[piece for piece in pieces if piece]]
    while waiting:
        block = waiting.pop()
        halves = _columns(block) or _halves(block)
        if halves:
            waiting += reversed(halves)
        elif block:
            row = sorted(block, key=lambda piece: _hull(piece).left)
            ordered.append([word for piece in row for word in piece])
    return ordered


def _columns(block: list[WordLine]) -> list[list[WordLine]]:
    """Return the two parts of a block left and right of a gap, where both are columns of text."""
    ordered = sorted(block, key=lambda piece: _hull(piece).left)
    right = 0.0
    for number, piece in enumerate(ordered):
        if number > 1 and _hull(piece).left >= right and number < len(ordered) - 1:
            parts = [ordered[:number], ordered[number:]]
            if all(median(map(len, part)) >= COLUMN_WORDS for part in parts):
                return parts
        right = max(right, _hull(piece).right)
    return []


def _halves(block: list[WordLine]) -> list[list[WordLine]]:
    """Return the two parts of a block above and below its widest gap; none if it is one row."""
    # The boxes of neighbouring lines overlap, their middles are apart.
    middles = sorted((_hull(p).top + _hull(p).bottom, number) for number, p in enumerate(block))
    height = median(_hull(piece).bottom - _hull(piece).top for piece in block)
    widest, best = max(
        ((two[0] - one[0], number) for number, (one, two) in enumerate(pairwise(middles), 1)),
        default=(0.0, 0),
    )
    if widest < height:
        return []
    ordered = [block[number] for _, number in middles]
    return [ordered[:best], ordered[best:]]


# ---- engines ----


def _read_by_tesseract(gray: Image.Image) -> list[WordLine]:
    file = io.BytesIO()
    gray.save(file, "PNG")
    command = ["tesseract", "stdin", "stdout", "-l", _tesseract_languages(), "tsv"]
    try:
        done = subprocess.run(
            command,
            input=file.getvalue(),
            capture_output=True,
            check=True,
            timeout=TESSERACT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LoadError(f"Tesseract failed on it: {error}") from error
    rows = [row.split("\t") for row in done.stdout.decode("utf-8", "replace").splitlines()[1:]]
    # level, page, block, paragraph, line, word, left, top, width, height, confidence, text
    words = [row for row in rows if len(row) == 12 and row[0] == WORD and row[11].strip()]
    return [
        [_tesseract_word(row, gray) for row in line]
        for _, line in groupby(words, key=lambda row: row[1:5])
    ]


def _tesseract_word(row: Sequence[str], gray: Image.Image) -> ImageWord:
    left, top, width, height = map(int, row[6:10])
    box = Box(
        left / gray.width,
        top / gray.height,
        (left + width) / gray.width,
        (top + height) / gray.height,
    )
    return ImageWord(row[11].strip(), box, max(0.0, float(row[10])) / 100)


@lru_cache(maxsize=1)
def _tesseract_languages() -> str:
    """Return the installed languages as Tesseract takes them: English first, at most four."""
    command = ["tesseract", "--list-langs"]
    done = subprocess.run(command, capture_output=True, check=True)
    names = [name for name in done.stdout.decode().split("\n")[1:] if name and name != "osd"]
    return "+".join(sorted(names, key=lambda name: (name != "eng", name))[:4])


def _read_by_rapidocr(gray: Image.Image) -> list[WordLine]:
    output = _rapidocr()(np.asarray(gray.convert("RGB"))[:, :, ::-1])
    if output.txts is None:  # there is no text
        return []
    return _in_reading_order(
        [
            [_rapidocr_word(word, gray) for word in line if word[0].strip()]
            for line in output.word_results
        ]
    )


def _rapidocr_word(
    word: tuple[str, float, Sequence[Sequence[float]]], gray: Image.Image
) -> ImageWord:
    text, confidence, corners = word
    points = (np.asarray(corners, np.float64) / gray.size).clip(0, 1)
    box = Box(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    return ImageWord(text.strip(), box, float(confidence))


@lru_cache(maxsize=1)
def _rapidocr() -> Any:  # noqa: ANN401 - it has no types
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": LONGEST_SIDE,
            "Global.return_word_box": True,
            # Which way up a line stands is told better by the whole page; see `recognise`.
            "Global.use_cls": False,
        }
    )
