"""Fitted models, false-answer rates, and the calibration that comes with the package."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import SettingsError
from qa.reading.calibration import (
    FALSE_ANSWER_RATES,
    FITTED,
    Calibration,
    Linear,
    calibration,
    parse_false_answer_rate,
)
from qa.reading.features import FORM_FEATURES, LEAD, SENTENCE_FEATURES, WORD_FEATURES

NAMES = ("height", "width", "age")
VALUES = np.array([[2.0, 9.0, 1.0], [0.0, 9.0, 3.0], [4.0, 9.0, -1.0]], np.float32)


def test_a_score_is_the_weighted_sum_of_named_features() -> None:
    """Catches weights applied in their own order instead of by their names, and a lost bias."""
    linear = Linear({"age": 2.0, "height": -1.0}, 0.5)
    np.testing.assert_allclose(linear.scores(VALUES, NAMES), [0.5, 6.5, -5.5])
    assert Linear({}, 0.5).scores(VALUES, NAMES).tolist() == [0.5] * 3
    assert linear.scores(VALUES[:0], NAMES).shape == (0,)


def test_probabilities_are_the_logistic_function() -> None:
    """Catches a probability that is not one."""
    found = Linear({"height": 1.0}, -2.0).probabilities(VALUES, NAMES)
    np.testing.assert_allclose(found, [0.5, 1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2))])


def test_a_weight_without_its_feature_is_an_error() -> None:
    """Catches fitted weights of another version being left out silently."""
    with pytest.raises(ValueError, match="not in tuple"):
        Linear({"weight of the keeper": 1.0}).scores(VALUES, NAMES)


def test_the_shipped_calibration_goes_by_the_features_there_are() -> None:
    """Catches a fit that nothing reads, or that knows too much: a passage's lead over others."""
    shipped = calibration()
    assert shipped.ranking.weights.keys() <= set(SENTENCE_FEATURES)
    assert shipped.answerability.weights.keys() <= set(SENTENCE_FEATURES)
    assert shipped.words.weights.keys() <= set(WORD_FEATURES)
    assert set(shipped.forms) == {"span", "list", "sentences"}
    assert all(form.weights.keys() <= set(FORM_FEATURES) for form in shipped.forms.values())
    assert shipped.fitted_on
    assert 0 < shipped.least_answerability < 1
    # Rivals count against an answer, never for it.
    assert shipped.words.weights[LEAD] > 0


def test_the_shipped_thresholds_fall_from_one_to_nothing_as_the_rates_rise() -> None:
    """Catches a fit that gives more answers to people who asked for fewer."""
    rates, least = zip(*calibration().thresholds, strict=True)
    assert (rates[0], rates[-1], least[0], least[-1]) == (0.0, 1.0, 1.0, 0.0)
    assert list(rates) == sorted(set(rates))
    assert list(least) == sorted(least, reverse=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda saved: saved["ranking"]["weights"].update({LEAD: 1.0}),
        lambda saved: saved["words"]["weights"].update({"phase of the moon": 1.0}),
        lambda saved: saved["answerability"]["weights"].update({LEAD: 1.0}),
        lambda saved: saved["forms"]["list"]["weights"].update({"question is negated": 1.0}),
        lambda saved: saved.pop("words"),
        lambda saved: saved.update({"forms": {"song": saved["forms"]["list"]}}),
        lambda saved: saved.update({"thresholds": "none"}),
    ],
)
def test_a_calibration_of_other_features_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    """Catches fitted weights of another version being used silently."""
    uncached = calibration.__wrapped__
    shipped = uncached.__globals__["_shipped"]()
    saved = json.loads(shipped.read_text("utf-8"))
    change(saved)
    file = tmp_path / FITTED
    file.write_text(json.dumps(saved), "utf-8")
    monkeypatch.setitem(uncached.__globals__, "_shipped", lambda: file)
    with pytest.raises(ValueError, match=r"was fitted to|required|should be"):
        uncached()


def test_a_rate_is_looked_up_between_the_measured_ones() -> None:
    """Catches a table read the wrong way round, and steps where there should be none."""
    none = Linear({})
    table = Calibration(none, none, none, {"span": none}, ((0, 1), (0.1, 0.6), (1, 0)), 0.5)
    assert table.threshold(0.0) == 1.0
    assert table.threshold(0.05) == pytest.approx(0.8)
    assert table.threshold(0.55) == pytest.approx(0.3)
    assert table.threshold(1.0) == 0.0


@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_the_shipped_table_never_asks_less_of_a_smaller_rate(a: float, b: float) -> None:
    """Catches a fit that gives more answers to people who asked for fewer."""
    shipped = calibration()
    low, high = sorted((a, b))
    assert 1 >= shipped.threshold(low) >= shipped.threshold(high) >= 0


@pytest.mark.parametrize(
    ("value", "rate"),
    [("cautious", 0.1), ("balanced", 0.35), ("eager", 0.6), (0.3, 0.3), ("0.3", 0.3), (1, 1.0)],
)
def test_words_and_numbers_for_rates(value: str | float, rate: float) -> None:
    """Catches a word that means something else here than in the documentation."""
    assert parse_false_answer_rate(value) == rate
    assert list(FALSE_ANSWER_RATES) == ["cautious", "balanced", "eager"]


@pytest.mark.parametrize("value", ["bold", "", "nan", -0.1, 1.5, "2%"])
def test_what_is_no_rate_is_refused(value: str | float) -> None:
    """Catches a share beyond all questions, and a word that silently means the default."""
    with pytest.raises(SettingsError, match="cautious, balanced, eager or a number from 0 to 1"):
        parse_false_answer_rate(value)
