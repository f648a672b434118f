"""Fitted probabilities, and the least one at which an answer is given."""

from collections.abc import Sequence
from importlib.resources import files
from json import loads
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import SettingsError
from index import Vectors

__all__ = ["RISKS", "LogisticRegression", "RiskTable", "fitted", "risk_of"]

# What people may say instead of a number: the share of unanswerable questions that get an answer.
RISKS = {"cautious": 0.01, "balanced": 0.03, "eager": 0.1}


class LogisticRegression:
    """A fitted logistic regression.

    Args:
        weights: one for each feature, shape ``(features,)``.
        bias: added to the weighted sum.
    """

    def __init__(self, weights: Sequence[float], bias: float) -> None:
        self.weights = np.array(weights, np.float64)
        self.bias = bias

    def probabilities(self, values: Vectors) -> npt.NDArray[np.float64]:
        """Return the probability of each row of ``values``, shape ``(n, features)``.

        Raises:
            ValueError: if the number of features is not the number of weights.
        """
        if values.shape[1] != len(self.weights):
            raise ValueError(f"{values.shape[1]} features for {len(self.weights)} weights")
        logits: npt.NDArray[np.float64] = values.astype(np.float64) @ self.weights + self.bias
        return 1 / (1 + np.exp(-logits))


class RiskTable:
    """Which probability only a given share of the unanswerable questions reaches.

    Args:
        risks: shares of unanswerable questions that get an answer, ascending, 0 to 1.
        thresholds: the least probability of an answer that is given, for each of them.
    """

    def __init__(self, risks: Sequence[float], thresholds: Sequence[float]) -> None:
        self._risks = np.array(risks, np.float64)
        self._thresholds = np.array(thresholds, np.float64)

    def threshold(self, risk: float) -> float:
        """Return the least probability of an answer that is given at ``risk``, 0 to 1."""
        return float(np.interp(risk, self._risks, self._thresholds))


def risk_of(value: str | float) -> float:
    """Return the risk meant by a word of `RISKS` or by a number.

    Raises:
        SettingsError: if it is neither.
    """
    if value in RISKS:
        return RISKS[str(value)]
    try:
        risk = float(value)
    except ValueError:
        risk = -1.0
    if not 0 <= risk <= 1:
        words = ", ".join(RISKS)
        raise SettingsError(
            f"{value!r} is no risk: use {words} or a number from 0 to 1, the share of questions "
            "without an answer in the documents that may get one."
        )
    return risk


def fitted(name: str, features: Sequence[str]) -> tuple[LogisticRegression, dict[str, Any]]:
    """Return the regression saved in the package's file ``name``, and all else that it holds.

    Raises:
        ValueError: if it was fitted to other features.
    """
    saved: dict[str, Any] = loads(files("qa").joinpath(name).read_text("utf-8"))
    if list(saved["weights"]) != list(features):
        raise ValueError(f"{name} was fitted to {list(saved['weights'])}")
    return LogisticRegression(list(saved["weights"].values()), saved["bias"]), saved
