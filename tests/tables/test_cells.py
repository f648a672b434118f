"""Forty questions about figures, asked of annual reports as files: the single right cell."""

import pytest

from bench.annual_reports import FORMATS, NEAR_MISSES, QUESTIONS
from bench.cells import ask, measure
from corpus import supported_suffixes

# Of forty, in each format.
LEAST_RIGHT = 36
MOST_WRONG_NEAR_MISSES = 2


@pytest.mark.model
@pytest.mark.parametrize("suffix", [s for s in FORMATS if f".{s}" in supported_suffixes()])
def test_figures_are_answered_by_their_cells(suffix: str) -> None:
    """Catches flattened rows, another year's or company's number, and a sure wrong answer."""
    found = measure(*ask(suffix))
    assert found["right"] >= LEAST_RIGHT, found
    assert found["wrong at 0.8 or more"] == 0, found
    assert found["wrong"] <= len(QUESTIONS) - LEAST_RIGHT + MOST_WRONG_NEAR_MISSES, found


def test_the_questions_are_what_they_claim() -> None:
    """Catches a set from which the hard questions have been taken away."""
    assert len(QUESTIONS) == 40
    assert len({question.text for question in QUESTIONS}) == 40
    assert sum(len(question.values) > 1 for question in QUESTIONS) == 2
    assert len(NEAR_MISSES) == 10
