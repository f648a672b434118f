"""Which words of a question a head stands for."""

import pytest

from index import terms
from qa.question import understand
from qa.tables.wording import ask, head_words


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("What was the research expense?", "Research expenses"),
        ("How much was spent on R&D?", "Research and development"),
        ("What was R&D?", "Research & development costs"),
        ("What were SG&A costs?", "Selling, general and administrative"),
        ("What was PP&E?", "Property, plant and equipment, net"),
        ("What was the EPS?", "Diluted earnings per share"),
        ("What was EBITDA?", "Earnings before interest, taxes, depreciation and amortization"),
        ("What was capex?", "Capital expenditures"),
        ("What was capex?", "Purchases of property, plant and equipment"),
        ("What was the opex?", "Operating expenses"),
        ("What was the bottom line?", "Net income"),
        ("What is the return on equity?", "ROE"),
        ("What was revenue?", "Net sales"),
    ],
)
def test_a_head_stands_for_the_whole_item(question: str, head: str) -> None:
    """Catches an abbreviation or another standard name that is not known for what it is."""
    asked = ask(understand(question), {})
    found, _ = asked.explain(head_words(head))
    assert asked.weight(found, set()) == pytest.approx(1.0, abs=0.5)
    assert found


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("What was the cost of rent?", "Commercial studios"),
        ("What was the EPS?", "Employees"),
        ("What was R&D?", "Depreciation (d)"),
        ("What were the wages?", "Rent"),
    ],
)
def test_a_head_of_something_else_stands_for_nothing(question: str, head: str) -> None:
    """Catches initials that are found in any letters, and a note's letter taken for a word."""
    assert ask(understand(question), {}).explain(head_words(head)) == (frozenset(), frozenset())


def test_words_about_time_and_counting_are_not_looked_for() -> None:
    """Catches a year or "in millions" counted as missing from the head of a row."""
    asked = ask(understand("How many millions of revenue in fiscal year 2018?"), {})
    assert set(asked.weights) == set(terms("revenue"))
