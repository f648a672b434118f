"""How far a number can be trusted: 95 % intervals, and the test of a difference in pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pincite.evaluation.measures import Floats

__all__ = ["Interval", "Paired", "bootstrap", "paired_test", "proportion"]

LEVEL = 0.95
RESAMPLES = 1000
PERMUTATIONS = 9999
SEED = 20161101


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval.

    Args:
        value: as it was measured.
        low: lower end of the interval.
        high: upper end.
        count: from how many it was measured.
    """

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Paired:
    """How much higher the second of two runs is on the same questions.

    Args:
        difference: the second's mean less the first's, with its interval.
        p: how likely a difference so far from 0 is where the runs do not differ.
    """

    difference: Interval
    p: float


def bootstrap(statistic: Callable[[Floats], float | np.floating], values: Floats) -> Interval:
    """Return ``statistic(values)`` with its percentile bootstrap interval (Efron 1979).

    Args:
        statistic: of rows drawn with replacement; where it is not a number, they do not count.
        values: one row a question, shape ``(n, ...)``, at least one; the same rows are drawn each
            time.
    """
    rng = np.random.default_rng(SEED)
    count = len(values)
    resamples = (values[rng.integers(0, count, count)] for _ in range(RESAMPLES))
    drawn = np.array([float(statistic(rows)) for rows in resamples])
    finite = drawn[np.isfinite(drawn)]
    value = float(statistic(values))
    if not len(finite):
        return Interval(value, value, value, count)
    low, high = np.quantile(finite, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high), count)


def proportion(values: Floats) -> Interval:
    """Return the share of ones among ``values``, each 0 or 1, with its Wilson interval (1927).

    A bootstrap would be sure of a share of which no exception was seen.
    """
    from scipy.stats import binomtest

    ones, count = round(float(values.sum())), len(values)
    interval = binomtest(ones, count).proportion_ci(LEVEL, method="wilson")
    return Interval(ones / count, float(interval.low), float(interval.high), count)


def paired_test(first: Floats, second: Floats) -> Paired:
    """Compare two runs on the same questions, shapes ``(n,)``: a permutation test of their means.

    The two values of a question are exchanged at random (Fisher 1935; for retrieval, Smucker et al.
    2007); the test is two-sided.
    """
    from scipy.stats import permutation_test

    differences = second - first
    # Questions with equal values are the same however they are exchanged.
    moved = differences[differences != 0]
    p = 1.0
    if len(moved) > 1:
        tested = permutation_test(
            (moved, np.zeros_like(moved)),
            lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=PERMUTATIONS,
            batch=100,
            rng=np.random.default_rng(SEED),
        )
        p = float(tested.pvalue)
    return Paired(bootstrap(np.mean, differences), p)
