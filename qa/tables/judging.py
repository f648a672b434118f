"""The fitted models of cells: which is the best, how surely, and from when on it is given."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from qa.reading.calibration import Linear
from qa.tables.features import CELL_FEATURES, WORTH_FEATURES
from qa.validation import validate

__all__ = ["FITTED", "CellCalibration", "cell_calibration"]

FITTED = "cells.json"


@dataclass(frozen=True, slots=True)
class CellCalibration:
    """What orders cells, and turns their features into probabilities.

    Args:
        ranking: of the cells; of `CELL_FEATURES`.
        right: probability that the best cell is right; of `WORTH_FEATURES`.
        near: probability that its row, or one of those that tie with it, answers; of the same.
        thresholds: pairs of a false-answer rate, ascending from 0 to 1, and the least probability
            of a cell that is given as an answer then.
        least_near: from which probability on a row is shown where it may stand.
        fitted_on: what the probabilities were measured on, in words.
    """

    ranking: Linear
    right: Linear
    near: Linear
    thresholds: tuple[tuple[float, float], ...]
    least_near: float
    fitted_on: str

    def threshold(self, rate: float) -> float:
        """Return the least probability of an answer that is given at ``rate``, 0 to 1."""
        rates, least = zip(*self.thresholds, strict=True)
        return float(np.interp(rate, rates, least))


@lru_cache(maxsize=1)
def cell_calibration() -> CellCalibration:
    """Return the calibration of cells that comes with the package.

    Raises:
        ValueError: if it was fitted to other features.
    """
    shipped = files("qa.tables").joinpath("weights", FITTED)
    saved = validate(CellCalibration, json.loads(shipped.read_text("utf-8")))
    for linear, known in (
        (saved.ranking, CELL_FEATURES),
        (saved.right, WORTH_FEATURES),
        (saved.near, WORTH_FEATURES),
    ):
        if unknown := linear.weights.keys() - set(known):
            raise ValueError(f"{FITTED} was fitted to {sorted(unknown)}")
    return saved
