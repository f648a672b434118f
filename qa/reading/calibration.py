"""Fitted probabilities, and the least one at which an answer is given."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import SettingsError
from index import Vectors
from qa.reading.features import SPAN_FEATURES
from qa.reading.model import MODEL_SHA256
from qa.validation import validate

__all__ = [
    "FALSE_ANSWER_RATES",
    "FITTED",
    "RECALIBRATION",
    "Calibration",
    "Recalibration",
    "calibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "parse_false_answer_rate",
    "recalibrate",
]

FITTED = "calibration.json"
# What people may say instead of a number: the share of unanswerable questions that get an answer.
FALSE_ANSWER_RATES = {"cautious": 0.01, "balanced": 0.03, "eager": 0.1}
RECALIBRATION = "calibration.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the network's scores into a probability, and that into an answer or none.

    Args:
        weights: of a logistic regression, one for each of `SPAN_FEATURES`.
        bias: added to the weighted sum.
        thresholds: pairs of a share of unanswerable questions that get an answer, ascending from 0
            to 1, and the least probability of an answer that is given then.
        fitted_on: what the probabilities were measured on, in words; empty if that is not known.
    """

    weights: tuple[float, ...]
    bias: float
    thresholds: tuple[tuple[float, float], ...]
    fitted_on: str = ""

    def probabilities(self, values: Vectors) -> npt.NDArray[np.float64]:
        """Return the probability of each row of ``values``, shape ``(n, features)``.

        Raises:
            ValueError: if the number of features is not the number of weights.
        """
        if values.shape[1] != len(self.weights):
            raise ValueError(f"{values.shape[1]} features for {len(self.weights)} weights")
        logits = values.astype(np.float64) @ np.array(self.weights) + self.bias
        probabilities: npt.NDArray[np.float64] = 1 / (1 + np.exp(-logits))
        return probabilities

    def threshold(self, rate: float) -> float:
        """Return the least probability of an answer that is given at ``rate``, 0 to 1."""
        rates, least = zip(*self.thresholds, strict=True)
        return float(np.interp(rate, rates, least))


@dataclass(frozen=True, slots=True)
class Recalibration:
    """How the shipped confidence is changed, and from which confidence on an answer is given.

    The logit of the confidence becomes ``slope * logit + intercept`` (Platt 1999), so that the
    order of answers stays.

    Args:
        slope: above 0.
        intercept: added to it.
        thresholds: pairs of a false-answer rate, ascending from 0 to 1, and the least confidence.
        answerable: how many answerable questions it was fitted to.
        unanswerable: how many others.
    """

    slope: float
    intercept: float
    thresholds: tuple[tuple[float, float], ...]
    answerable: int
    unanswerable: int

    def __post_init__(self) -> None:
        numbers = (self.slope, self.intercept, *(n for pair in self.thresholds for n in pair))
        if not all(abs(n) < 1e6 for n in numbers):  # infinite ones too, and what is no number
            raise ValueError("a number is out of bounds")
        if self.slope <= 0:
            raise ValueError(f"the slope is {self.slope}")
        rates, least = zip(*self.thresholds, strict=True)
        if list(rates) != sorted(set(rates)) or list(least) != sorted(least, reverse=True):
            raise ValueError("the rates do not ascend, or the confidences do not descend")


def parse_false_answer_rate(value: str | float) -> float:
    """Return the rate meant by a word of `FALSE_ANSWER_RATES` or by a number.

    Raises:
        SettingsError: if it is neither.
    """
    try:
        known = value in FALSE_ANSWER_RATES
        rate = FALSE_ANSWER_RATES[str(value)] if known else float(value)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        words = ", ".join(FALSE_ANSWER_RATES)
        raise SettingsError(
            f"{value!r} is no false-answer rate: use {words} or a number from 0 to 1, the share of "
            "questions without an answer in the documents that may get one."
        )
    return rate


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Return the calibration that comes with the package.

    Raises:
        ValueError: if it was fitted to other features.
    """
    saved: dict[str, Any] = json.loads(_shipped().read_text("utf-8"))
    if list(saved["weights"]) != list(SPAN_FEATURES):
        raise ValueError(f"{FITTED} was fitted to {list(saved['weights'])}")
    weights, thresholds = tuple(saved["weights"].values()), tuple(saved["thresholds"])
    return Calibration(weights, saved["bias"], thresholds, saved["fitted_on"])


def calibration_in(index_folder: Path) -> Calibration:
    """Return the calibration of an index: the refitted one if there is one, else the shipped one.

    Raises:
        SettingsError: if the refit is damaged or was made with another reader.
    """
    path = index_folder / RECALIBRATION
    try:
        kept = json.loads(path.read_text("utf-8"))
        if kept["format"] != FORMAT or kept["reader"] != _reader():
            raise ValueError("it was made with another version of Pincite")
        return recalibrate(validate(Recalibration, kept))
    except FileNotFoundError:
        return calibration()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"The refitted confidence {path} cannot be used ({error}); run `pincite eval` with "
            "--fit again, or with --unfit to do without it."
        ) from error


def recalibrate(refit: Recalibration) -> Calibration:
    """Return the shipped calibration changed by ``refit``; it is a logistic regression again."""
    shipped = calibration()
    weights = tuple(weight * refit.slope for weight in shipped.weights)
    bias = shipped.bias * refit.slope + refit.intercept
    fitted_on = f"{refit.answerable + refit.unanswerable:,} questions about this folder"
    return Calibration(weights, bias, refit.thresholds, fitted_on)


def keep_recalibration(index_folder: Path, refit: Recalibration) -> Path:
    """Write ``refit`` beside the index, for the next time that it is opened; return the file."""
    path = index_folder / RECALIBRATION
    text = json.dumps({"format": FORMAT, "reader": _reader()} | asdict(refit), indent=1)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(text + "\n", "utf-8")
    unfinished.replace(path)
    return path


def forget_recalibration(index_folder: Path) -> bool:
    """Remove the refit of an index, whatever its state; return whether there was one."""
    try:
        (index_folder / RECALIBRATION).unlink()
    except FileNotFoundError:
        return False
    return True


def _reader() -> str:
    """Return a digest of what gives the confidence that was refitted."""
    return sha256(MODEL_SHA256.encode() + _shipped().read_bytes()).hexdigest()[:16]


def _shipped() -> Traversable:
    return files("qa.reading").joinpath("weights", FITTED)
