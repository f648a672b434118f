"""The six scans of the benchmark: known text, and answers that are boxed on them."""

import shutil
from importlib.util import find_spec

import pytest

from bench.scans import PAGES, ask


def test_every_page_says_what_it_is_asked() -> None:
    """Catches a question whose answer was never printed."""
    assert len({page.name for page in PAGES}) == len(PAGES) == 6
    for page in PAGES:
        assert page.words in " ".join(page.text.split())


@pytest.mark.model
@pytest.mark.skipif(
    not (find_spec("rapidocr") or shutil.which("tesseract")),
    reason="neither Tesseract nor RapidOCR is installed",
)
def test_answers_from_scans_are_right_and_boxed() -> None:
    """Catches words that are read but not found, or quoted without their place on the scan."""
    judged = ask()
    assert [one["question"] for one in judged if not one["right"]] == []
    assert [one["question"] for one in judged if not one["boxes"]] == []
    assert all(0.5 < one["recognised"] <= 1 for one in judged)
