"""Probabilities and false-answer rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import SettingsError
from qa.reading.calibration import (
    FALSE_ANSWER_RATES,
    FITTED,
    Calibration,
    calibration,
    parse_false_answer_rate,
)
from qa.reading.features import SPAN_FEATURES


def test_probabilities_are_the_logistic_function() -> None:
    """Catches a probability that is not one."""
    regression = Calibration((1.0, 0.0), -2.0, ())
    values = np.array([[2.0, 9.0], [0.0, 9.0], [4.0, 9.0]], np.float32)
    expected = [0.5, 1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2))]
    np.testing.assert_allclose(regression.probabilities(values), expected)


def test_weights_must_fit_the_features(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches fitted weights of another version being used silently."""
    with pytest.raises(ValueError, match=r"2 features for 3 weights"):
        Calibration((0.1, 0.2, 0.3), 0.0, ()).probabilities(np.zeros((1, 2), np.float32))
    uncached = calibration.__wrapped__
    monkeypatch.setitem(uncached.__globals__, "SPAN_FEATURES", SPAN_FEATURES[1:])
    with pytest.raises(ValueError, match=rf"{FITTED} was fitted to"):
        uncached()


def test_a_rate_is_looked_up_between_the_measured_ones() -> None:
    """Catches a table read the wrong way round, and steps where there should be none."""
    table = Calibration((), 0.0, ((0.0, 1.0), (0.1, 0.6), (1.0, 0.0)))
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
    [("cautious", 0.01), ("balanced", 0.03), ("eager", 0.1), (0.3, 0.3), ("0.3", 0.3), (1, 1.0)],
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
