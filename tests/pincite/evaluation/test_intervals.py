"""Intervals and the paired test, against written-out formulas and simulation."""

import numpy as np
import pytest
from scipy import stats

from pincite.evaluation.intervals import bootstrap, paired_test, proportion


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Catches an interval of no width where nothing went wrong, and one that leaves 0 to 1."""
    z = stats.norm.ppf(0.975)
    for ones, count in ((0, 10), (10, 10), (3, 7)):
        found = proportion(np.repeat([1.0, 0.0], [ones, count - ones]))
        p = ones / count
        middle = (p + z * z / (2 * count)) / (1 + z * z / count)
        half = z / (1 + z * z / count) * np.sqrt(p * (1 - p) / count + z * z / (4 * count**2))
        assert found.value == p
        assert found.count == count
        assert (found.low, found.high) == pytest.approx((middle - half, middle + half))


def test_the_bootstrap_is_as_wide_as_theory_says() -> None:
    """Catches quantiles of one side, too few resamples, and rows drawn without replacement."""
    ends = []
    for _ in range(8):
        values = np.random.default_rng().normal(3.0, 2.0, 2000)
        found = bootstrap(lambda drawn: float(drawn.mean()), values)
        assert found.value == values.mean()
        half = values.std() / np.sqrt(len(values))
        ends.append(((found.value - found.low) / half, (found.high - found.value) / half))
    # The standard error of these means is 0.03.
    np.testing.assert_allclose(np.mean(ends, axis=0), 1.96, atol=0.15)


def test_rows_stay_together() -> None:
    """Catches confidence and rightness drawn apart from each other."""
    rows = np.column_stack([np.arange(50.0), np.arange(50.0)])
    found = bootstrap(lambda drawn: float((drawn[:, 0] == drawn[:, 1]).mean()), rows)
    assert (found.low, found.high) == (1, 1)


def test_what_is_no_number_does_not_count() -> None:
    """Catches an interval that is not a number because one sample had no right answer."""
    values = np.array([0.0, 1.0])
    found = bootstrap(lambda drawn: 0.5 if 0 < drawn.sum() < 2 else float("nan"), values)
    assert (found.low, found.high) == (0.5, 0.5)
    nowhere = bootstrap(lambda drawn: 1.0 if len(drawn) == 0 else 2.0, values)
    assert nowhere.value == 2.0


def test_a_paired_test_gives_fishers_exact_probability() -> None:
    """Catches a one-sided test, and one that forgets which values are a pair."""
    # All of 8 pairs differ to the same side: 2 of the 2**8 exchanges are as extreme.
    first, second = np.arange(8.0), np.arange(8.0) + 1
    assert paired_test(first, second).p == pytest.approx(2 / 2**8)
    assert paired_test(first, second).difference.value == 1
    assert paired_test(second, first).difference.value == -1


def test_equal_runs_do_not_differ() -> None:
    """Catches a test that fails, or finds something, where nothing differs."""
    values = np.array([0.0, 1.0, 1.0])
    assert paired_test(values, values).p == 1
    assert paired_test(values, np.array([1.0, 1.0, 1.0])).p == 1


def test_the_paired_test_is_seldom_wrong_where_nothing_differs() -> None:
    """Catches probabilities that are too small."""
    rng = np.random.default_rng()
    pairs = (rng.normal(size=(2, 25)) for _ in range(60))
    small = sum(paired_test(one, two).p < 0.05 for one, two in pairs)
    # More than 14 of 60 at 0.05 come once in 200,000 times.
    assert small <= 14
