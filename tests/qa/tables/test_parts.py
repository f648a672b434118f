"""Questions that need several cells."""

import pytest

from qa.question import understand
from qa.tables.parts import questions_of_cells
from qa.tables.periods import periods_in


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("By how much did net sales change from 2017 to 2018?", ["2017", "2018"]),
        ("How did wages compare between 2016 and 2018?", ["2016", "2018"]),
        ("How much did revenue grow in 2018?", ["2017", "2018"]),
        ("What was revenue in 2018?", []),
        ("What was revenue?", []),
    ],
)
def test_a_change_is_between_two_years(question: str, years: list[str]) -> None:
    """Catches a change answered with one of its two numbers."""
    parts = questions_of_cells(understand(question))
    assert [set(periods_in(part.text).years) for part in parts] == [{year} for year in years]


@pytest.mark.parametrize(
    "question",
    [
        "What was the ratio of net income to net sales in 2018?",
        "What was net income as a percentage of net sales in 2018?",
        "What is net income divided by net sales in 2018?",
    ],
)
def test_a_ratio_is_of_two_items(question: str) -> None:
    """Catches a ratio answered with its numerator, or a year that one of the two has lost."""
    one, two = questions_of_cells(understand(question))
    assert ("incom" in one.terms, "sale" in one.terms) == (True, False)
    assert ("incom" in two.terms, "sale" in two.terms) == (False, True)
    assert all("2018" in part.terms for part in (one, two))
