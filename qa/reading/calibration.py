"""Fitted probabilities, and the least one at which an answer is given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np

from corpus import SettingsError
from index import Vectors
from qa.reading.features import FORM_FEATURES, SENTENCE_FEATURES, WORD_FEATURES, Floats
from qa.reading.model import MODEL_SHA256
from qa.types import AnswerForm
from qa.validation import validate

__all__ = [
    "FALSE_ANSWER_RATES",
    "FITTED",
    "RECALIBRATION",
    "Calibration",
    "Linear",
    "Recalibration",
    "calibration",
    "calibration_in",
    "forget_recalibration",
    "keep_recalibration",
    "parse_false_answer_rate",
    "recalibrate",
]

FITTED = "calibration.json"
# What people may say instead of a number: the share of near misses that get an answer.
FALSE_ANSWER_RATES = {"cautious": 0.1, "balanced": 0.35, "eager": 0.6}
RECALIBRATION = "calibration.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of features.

    Args:
        weights: by the feature's name.
        bias: added to the sum.
    """

    weights: Mapping[str, float]
    bias: float = 0.0

    def scores(self, values: Vectors, names: Sequence[str]) -> Floats:
        """Return the sum for each row of ``values``, shape ``(n,)``.

        Args:
            values: features, shape ``(n, len(names))``.
            names: of the features; those without a weight count nothing.

        Raises:
            ValueError: if a weighted feature is missing.
        """
        columns = [names.index(name) for name in self.weights]
        weights = np.array(list(self.weights.values()), np.float64)
        return np.asarray(values[:, columns].astype(np.float64) @ weights + self.bias)

    def probabilities(self, values: Vectors, names: Sequence[str]) -> Floats:
        """Return the logistic function of `scores`."""
        return np.asarray(1 / (1 + np.exp(-self.scores(values, names))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the network's scores into an order, into probabilities, and those into a verdict.

    Args:
        ranking: of the sentences; of `SENTENCE_FEATURES`.
        words: probability that the best sentence's words are right; of these and the lead.
        answerability: probability that the best sentence's passage answers the question.
        forms: score of each form; of `FORM_FEATURES`.
        thresholds: pairs of a false-answer rate, ascending from 0 to 1, and the least probability
            of words that are given as an answer then.
        least_answerability: from which probability on a passage may answer.
        fitted_on: what the probabilities were measured on, in words; empty if that is not known.
    """

    ranking: Linear
    words: Linear
    answerability: Linear
    forms: Mapping[AnswerForm, Linear]
    thresholds: tuple[tuple[float, float], ...]
    least_answerability: float
    fitted_on: str = ""

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
            "near misses, which a passage just fails to answer, that may get an answer."
        )
    return rate


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Return the calibration that comes with the package.

    Raises:
        ValueError: if it was fitted to other features.
    """
    saved = validate(Calibration, json.loads(_shipped().read_text("utf-8")))
    for linear, known in (
        (saved.ranking, SENTENCE_FEATURES),
        (saved.words, WORD_FEATURES),
        (saved.answerability, SENTENCE_FEATURES),
        *((form, FORM_FEATURES) for form in saved.forms.values()),
    ):
        if unknown := linear.weights.keys() - set(known):
            raise ValueError(f"{FITTED} was fitted to {sorted(unknown)}")
    return saved


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
    fitted_on = f"{refit.answerable + refit.unanswerable:,} questions about this folder"
    words = _rescaled(shipped.words, refit.slope, refit.intercept)
    return replace(shipped, words=words, thresholds=refit.thresholds, fitted_on=fitted_on)


def _rescaled(linear: Linear, slope: float, intercept: float) -> Linear:
    weights = {name: weight * slope for name, weight in linear.weights.items()}
    return Linear(weights, linear.bias * slope + intercept)


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
