"""Which years and parts of years a text names."""

import pytest

from qa.tables.periods import Periods, periods_in


@pytest.mark.parametrize(
    ("text", "years", "parts"),
    [
        ("What was revenue in FY2018?", {"2018"}, set()),
        ("FY18", {"2018"}, set()),
        ("fiscal '17", {"2017"}, set()),
        ("2018/19", {"2018/2019"}, set()),
        ("2018–2019", {"2018/2019"}, set()),
        ("from 2017 to 2018", {"2017", "2018"}, set()),
        ("£2,018 was paid", set(), set()),
        ("costs of 2018.5", set(), set()),
        ("Q2 2018", {"2018"}, {"q2", "3m"}),
        ("2Q2018", {"2018"}, {"q2", "3m"}),
        ("the second quarter of 2018", {"2018"}, {"q2", "3m"}),
        ("Three months ended June 30, 2018", {"2018"}, {"3m", "Jun"}),
        ("H1 2020", {"2020"}, {"h1"}),
        ("What may it cost in May?", set(), {"May"}),
    ],
)
def test_periods_of_a_text(text: str, years: set[str], parts: set[str]) -> None:
    """Catches an amount taken for a year, and a fiscal year or a quarter that is not seen."""
    assert periods_in(text) == Periods(frozenset(years), frozenset(parts))


def test_a_year_that_two_share_fits_half() -> None:
    """Catches 2018 taken for 2018/19, and for something else altogether."""
    split = periods_in("Budget 2018/19")
    assert (split.year_fits("2018/2019"), split.year_fits("2018"), split.year_fits("2017")) == (
        1.0,
        0.5,
        0.0,
    )
