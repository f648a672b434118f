"""The confidence and the thresholds, fitted again to the user's own questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import InputError
from pincite.evaluation.measures import Flags, Floats, calibration_error
from pincite.evaluation.questions import Expected
from pincite.evaluation.records import Record
from qa.reading import FALSE_ANSWER_RATES, Recalibration, calibration

__all__ = ["FEWEST", "GRID", "Refit", "RefitRow", "expect_enough", "refit"]

FEWEST = 50
FOLDS = 5
SEED = 20191101
GRID = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
# Probabilities of 0 and 1 have no logit.
NEAREST = 1e-6


@dataclass(frozen=True, slots=True)
class RefitRow:
    """One number before and after, on questions that were left out of the fit.

    Args:
        name: what it is.
        before: as shipped.
        after: as refitted.
    """

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Refit:
    """A refit and what it is worth.

    Args:
        kept: what is written beside the index, fitted to all questions.
        rows: cross-validated numbers.
    """

    kept: Recalibration
    rows: tuple[RefitRow, ...]


def refit(records: Sequence[Record]) -> Refit:
    """Fit confidence and thresholds to ``records``, asked with the confidence as shipped.

    The confidence's logit gets a slope and an intercept by logistic regression (Platt 1999); the
    threshold of a rate is the confidence that so large a share of the unanswerable questions
    reaches.

    Raises:
        InputError: if there are fewer than `FEWEST` answerable or unanswerable questions, or the
            confidence does not tell right answers from wrong ones.
    """
    expect_enough([record.expected for record in records])
    known = [record for record in records if record.right is not None]
    answerable = np.array([bool(r.expected.answerable) for r in known], bool)
    confidence = np.array([r.confidence for r in known], np.float64)
    right = np.array([bool(r.right) for r in known], bool)
    kept = fit(confidence, right, answerable)
    return Refit(kept, tuple(_cross_validated(confidence, right, answerable)))


def expect_enough(questions: Sequence[Expected]) -> None:
    """Raise `InputError` if there are too few questions of a kind to fit to."""
    answerable = sum(bool(q.answerable and (q.answers or q.documents)) for q in questions)
    unanswerable = sum(q.answerable is False for q in questions)
    if min(answerable, unanswerable) < FEWEST:
        raise InputError(
            f"--fit needs at least {FEWEST} answerable questions with their answers or documents "
            f"and {FEWEST} unanswerable ones; there are {answerable} and {unanswerable}."
        )


def fit(confidence: Floats, right: Flags, answerable: Flags) -> Recalibration:
    """Return the refit to all of these questions; arrays of shape ``(n,)``.

    Raises:
        InputError: as `refit`.
    """
    from sklearn.linear_model import LogisticRegression

    useless = InputError(
        "The confidence does not tell right answers from wrong ones on these questions, so that "
        "it cannot be refitted; look at the worst questions of the report first."
    )
    if right.all() or not right.any():
        raise useless
    model = LogisticRegression(C=1e6).fit(logit(confidence)[:, None], right)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope <= 0:
        raise useless
    refitted = changed(confidence, slope, intercept)
    return Recalibration(
        slope=round(slope, 6),
        intercept=round(intercept, 6),
        thresholds=thresholds(refitted[~answerable]),
        answerable=int(answerable.sum()),
        unanswerable=int((~answerable).sum()),
    )


def thresholds(unanswerable: Floats) -> tuple[tuple[float, float], ...]:
    """Return pairs of a rate and the confidence that such a share of new questions reaches.

    Of n questions with no ties, a new one exceeds the k-th highest with probability k / (n + 1)
    (Vovk et al. 2005); between these, and up to a confidence of 1 at rate 0, it is interpolated.

    Args:
        unanswerable: confidence of each unanswerable question, shape ``(n,)``.
    """
    count = len(unanswerable)
    shares = np.arange(count + 2) / (count + 1)
    confidences = np.concatenate([[1.0], np.sort(unanswerable)[::-1], [0.0]])
    inner = np.interp(GRID, shares, confidences)
    pairs = zip(GRID, (round(float(c), 6) for c in inner), strict=True)
    return ((0.0, 1.0), *pairs, (1.0, 0.0))


def logit(probability: Floats) -> Floats:
    """Return the logarithm of the odds, shape as given; never infinite."""
    inside = np.clip(probability, NEAREST, 1 - NEAREST)
    odds: Floats = np.log(inside / (1 - inside))
    return odds


def changed(confidence: Floats, slope: float, intercept: float) -> Floats:
    """Return the confidence with slope and intercept on its logit."""
    refitted: Floats = 1 / (1 + np.exp(-(slope * logit(confidence) + intercept)))
    return refitted


def _cross_validated(confidence: Floats, right: Flags, answerable: Flags) -> list[RefitRow]:
    from sklearn.model_selection import StratifiedKFold

    after = np.zeros_like(confidence)
    given = {word: np.zeros(len(confidence), bool) for word in FALSE_ANSWER_RATES}
    strata = 2 * answerable + right
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(confidence, strata)
    for fitting, testing in splits:
        fitted = fit(confidence[fitting], right[fitting], answerable[fitting])
        after[testing] = changed(confidence[testing], fitted.slope, fitted.intercept)
        rates, least = zip(*fitted.thresholds, strict=True)
        for word, rate in FALSE_ANSWER_RATES.items():
            given[word][testing] = after[testing] >= np.interp(rate, rates, least)
    rows = [
        RefitRow(
            "expected calibration error",
            calibration_error(confidence, right),
            calibration_error(after, right),
        )
    ]
    for word, rate in FALSE_ANSWER_RATES.items():
        before = confidence >= calibration().threshold(rate)
        for name, kind in (("unanswerable", ~answerable), ("answerable", answerable)):
            shares = float(before[kind].mean()), float(given[word][kind].mean())
            rows.append(RefitRow(f"{word}: {name} questions answered", *shares))
        right_of = (float(right[g].mean()) if g.any() else 0.0 for g in (before, given[word]))
        rows.append(RefitRow(f"{word}: right, of the answers given", *right_of))
    return rows
