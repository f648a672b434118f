"""Measures that the benchmarks count besides those of ``pincite eval``."""

from collections.abc import Sequence

import numpy as np

from pincite.evaluation.intervals import Interval
from pincite.evaluation.measures import Flags, Floats

__all__ = ["coverage_at", "mean", "shown"]


def mean(values: Sequence[float] | Flags) -> float:
    """Return the mean of ``values`` to four places, as it is published."""
    return round(float(np.mean(values)), 4)


def coverage_at(probabilities: Floats, answerable: Flags, coverage: float) -> float:
    """Return the share of the unanswerable that get an answer when ``coverage`` of the rest do."""
    threshold = np.quantile(probabilities[answerable], 1 - coverage)
    return float((probabilities[~answerable] >= threshold).mean())


def shown(interval: Interval) -> dict[str, float]:
    """Return a number with its interval to four places, as it is published."""
    ends = (interval.value, interval.low, interval.high)
    value, low, high = (round(number, 4) for number in ends)
    return {"value": value, "low": low, "high": high, "of": interval.count}
