"""How well a probability tells right answers from wrong ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

__all__ = [
    "ReliabilityBin",
    "area_under_roc",
    "calibration_error",
    "coverage_at",
    "reliability",
    "risk_coverage",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 15


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose probability lies in one interval.

    Args:
        count: how many they are.
        probability: their mean probability.
        right: the share of them that is right.
    """

    count: int
    probability: float
    right: float


def area_under_roc(probabilities: Floats, right: Flags) -> float:
    """Return the chance that a right answer has a higher probability than a wrong one, 0 to 1."""
    return float(roc_auc_score(right, probabilities))


def reliability(probabilities: Floats, right: Flags, bins: int = BINS) -> list[ReliabilityBin]:
    """Return what is right in each of ``bins`` equal intervals of probability; no empty ones."""
    places = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    found = []
    for place in np.unique(places):
        inside = places == place
        mean, share = float(probabilities[inside].mean()), float(right[inside].mean())
        found.append(ReliabilityBin(int(inside.sum()), mean, share))
    return found


def calibration_error(probabilities: Floats, right: Flags, bins: int = BINS) -> float:
    """Return the expected calibration error (Guo et al. 2017), 0 to 1."""
    found = reliability(probabilities, right, bins)
    return sum(b.count * abs(b.probability - b.right) for b in found) / len(probabilities)


def coverage_at(probabilities: Floats, answerable: Flags, coverage: float) -> float:
    """Return which share of the unanswerable gets an answer when ``coverage`` of the rest does."""
    threshold = np.quantile(probabilities[answerable], 1 - coverage)
    return float((probabilities[~answerable] >= threshold).mean())


def risk_coverage(probabilities: Floats, right: Flags) -> Sequence[tuple[float, float]]:
    """Return points (share answered, share of those that is wrong), the surest answers first."""
    order = np.argsort(-probabilities, kind="stable")
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order]) / answered
    return [(float(n / len(order)), float(w)) for n, w in zip(answered, wrong, strict=True)]
