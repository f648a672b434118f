"""The refit of the confidence: fitted, kept, read when the index opens, removed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError, SettingsError
from index import BuildReport
from pincite.cli import FAILED, run
from pincite.evaluation.calibration import changed, fit, logit, refit, thresholds
from pincite.evaluation.questions import Expected
from pincite.evaluation.records import Record
from qa import Assistant
from qa.reading import (
    FALSE_ANSWER_RATES,
    Recalibration,
    calibration,
    calibration_in,
    forget_recalibration,
    keep_recalibration,
)
from qa.reading.calibration import RECALIBRATION, recalibrate
from qa.reading.features import WORD_FEATURES
from tests.pincite.evaluation.test_evaluation import HORN, as_line, record

NEVER = Recalibration(1.0, -20.0, ((0.0, 1.0), (1.0, 0.5)), 50, 50)


def records(answerable: int, unanswerable: int, seed: int | None = None) -> list[Record]:
    """Return records whose confidence is much too high: the true logit is half of it less one."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(answerable + unanswerable):
        is_answerable = number < answerable
        said = float(rng.normal(2 if is_answerable else -2, 2))
        right = is_answerable and bool(rng.random() < 1 / (1 + np.exp(-(said / 2 - 1))))
        expected = Expected(number, "", "?", (), ("x",) * is_answerable, is_answerable)
        confidence = 1 / (1 + np.exp(-said))
        made.append(record(expected=expected, confidence=confidence, right=right))
    return made


@given(st.floats(0, 1), st.floats(0.1, 10), st.floats(-5, 5))
def test_the_order_of_answers_stays(confidence: float, slope: float, intercept: float) -> None:
    """Catches a refit that turns the order of answers round."""
    two = np.array([confidence, min(1.0, confidence + 0.05)])
    low, high = changed(two, slope, intercept)
    assert 0 <= low <= high <= 1


def test_no_change_is_no_change() -> None:
    """Catches a logit that is not undone."""
    values = np.array([0.001, 0.3, 0.5, 0.999])
    np.testing.assert_allclose(changed(values, 1.0, 0.0), values)
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


def test_slope_and_intercept_are_found_again() -> None:
    """Catches a fit to the probability instead of its logit, and a strong pull to zero."""
    rng = np.random.default_rng()
    said = rng.normal(0, 2, 20_000)
    right = rng.random(len(said)) < 1 / (1 + np.exp(-(0.5 * said - 1)))
    answerable = rng.random(len(said)) < 0.5
    found = fit(1 / (1 + np.exp(-said)), right, answerable)
    assert found.slope == pytest.approx(0.5, abs=0.06)
    assert found.intercept == pytest.approx(-1, abs=0.1)


def test_a_threshold_is_passed_by_its_share_of_new_questions() -> None:
    """Catches thresholds of the wrong end, and promises that the questions cannot bear."""
    rng = np.random.default_rng()
    passed = []
    for _ in range(400):
        least = dict(thresholds(rng.random(99)))
        passed.append(float((rng.random(100) >= least[0.1]).mean()))
    # The k-th highest of n uniform numbers is passed by k / (n + 1) in the mean.
    assert np.mean(passed) == pytest.approx(0.1, abs=0.012)
    few = thresholds(np.array([0.2, 0.4]))
    assert dict(few)[0.2] == pytest.approx(1 - 0.6 * 0.2 * 3)
    assert dict(few).keys() >= set(FALSE_ANSWER_RATES.values())  # none between two others
    assert few[0] == (0.0, 1.0)
    assert few[-1] == (1.0, 0.0)


def test_the_refit_is_better_where_the_confidence_was_wrong() -> None:
    """Catches numbers before and after that are exchanged."""
    found = refit(records(2000, 2000))
    rows = {row.name: row for row in found.rows}
    error = rows["expected calibration error"]
    assert error.after < error.before / 2
    answered = rows["eager: unanswerable questions answered"]
    assert answered.after == pytest.approx(FALSE_ANSWER_RATES["eager"], abs=0.035)
    assert (found.kept.answerable, found.kept.unanswerable) == (2000, 2000)


@pytest.mark.parametrize(("answerable", "unanswerable"), [(49, 50), (50, 49), (300, 0)])
def test_too_few_questions_are_refused(answerable: int, unanswerable: int) -> None:
    """Catches a refit to a handful of questions."""
    message = rf"at least 50 .* there are {answerable} and {unanswerable}\."
    with pytest.raises(InputError, match=message):
        refit(records(answerable, unanswerable))


def test_a_confidence_that_says_nothing_is_refused() -> None:
    """Catches a refit that turns the confidence upside down."""
    confidence = np.linspace(0.1, 0.9, 100)
    right = confidence < 0.5
    with pytest.raises(InputError, match="does not tell right answers from wrong ones"):
        fit(confidence, right, right)
    with pytest.raises(InputError, match="does not tell"):
        fit(confidence, np.ones(100, bool), right)


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    """Catches a refit that is not the one that was fitted."""
    kept = Recalibration(0.5, -1.0, ((0.0, 1.0), (0.03, 0.7), (1.0, 0.0)), 60, 70)
    keep_recalibration(tmp_path, kept)
    shape = (50, len(WORD_FEATURES))
    values = np.random.default_rng().normal(size=shape).astype(np.float32)
    found, ours = calibration_in(tmp_path), recalibrate(kept)
    before = calibration().words.probabilities(values, WORD_FEATURES)
    usual = (before > 1e-4) & (before < 1 - 1e-4)  # nearer to 0 and 1 the logit is cut off
    values, before = values[usual], before[usual]
    assert len(values)
    for one in (found, ours):
        after = one.words.probabilities(values, WORD_FEATURES)
        np.testing.assert_allclose(after, changed(before, 0.5, -1.0), atol=1e-5)
        assert (one.ranking, one.forms) == (calibration().ranking, calibration().forms)
        assert one.answerability == calibration().answerability
    assert found.threshold(0.03) == 0.7
    assert found.fitted_on == "130 questions about this folder"
    assert forget_recalibration(tmp_path)
    assert not forget_recalibration(tmp_path)
    assert calibration_in(tmp_path) is calibration()


def test_the_assistant_uses_it_until_it_is_removed(
    built: BuildReport, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a refit that changes nothing, and one that cannot be undone."""

    def confidence() -> float:
        with Assistant.open(documents) as assistant:
            answer = assistant.ask(HORN)
        return answer.confidence

    before = confidence()
    keep_recalibration(documents / ".pincite", NEVER)
    assert confidence() < before / 1000
    assert run(["eval", str(documents), "--unfit"]) == 0
    assert "The refit is removed" in capsys.readouterr().out
    assert confidence() == before
    assert run(["eval", str(documents), "--unfit"]) == 0
    assert "There is no refit" in capsys.readouterr().out


def test_the_command_refits_and_says_what_it_is_worth(
    built: BuildReport,
    documents: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches a refit that is shown and not kept, or fitted on top of an earlier one."""
    nouns = [f"{word}{n}" for n in range(15) for word in ("moon", "sun", "star", "comet")]
    rows = [Expected(n, f"n{n}", f"Who owns the {noun}?") for n, noun in enumerate(nouns)]
    lines = [as_line(replace(row, answerable=False)) for row in rows]
    for n, row in enumerate(rows):
        right = n % 2
        asked = HORN if right else f"{row.question} And does the lamp burn?"
        answers = ("90 seconds",) if right else ("nobody",)
        lines.append(as_line(replace(row, question=asked, answers=answers, answerable=True)))
    (tmp_path / "q.jsonl").write_text("\n".join(lines), "utf-8")
    command = ["eval", str(documents), str(tmp_path / "q.jsonl"), "--out", str(tmp_path / "out")]
    assert run([*command, "--fit"]) == 0
    assert "Refitted, cross-validated: before and after" in capsys.readouterr().out
    assert "Refitted to these questions" in (tmp_path / "out" / "report.html").read_text("utf-8")
    path = documents / ".pincite" / RECALIBRATION
    first = path.read_text("utf-8")
    assert json.loads(first)["unanswerable"] == 60
    assert run([*command, "--fit"]) == 0
    assert path.read_text("utf-8") == first
    assert run(command) == 0
    assert "as refitted to this folder" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: "",
        lambda saved: "[1]",
        lambda saved: json.dumps(saved | {"format": 1}),
        lambda saved: json.dumps(saved | {"reader": "another"}),
        lambda saved: json.dumps(saved | {"slope": -1.0}),
        lambda saved: json.dumps(saved | {"slope": "1"}),
        lambda saved: json.dumps(saved | {"intercept": float("nan")}),
        lambda saved: json.dumps(saved | {"thresholds": []}),
        lambda saved: json.dumps(saved | {"thresholds": [[0, 0.1], [1, 0.9]]}),
        lambda saved: json.dumps({k: v for k, v in saved.items() if k != "thresholds"}),
    ],
)
def test_a_damaged_refit_is_one_sentence(
    built: BuildReport, documents: Path, capsys: pytest.CaptureFixture[str], damage: object
) -> None:
    """Catches a damaged refit that is used, ignored in silence, or ends in a traceback."""
    path = keep_recalibration(documents / ".pincite", NEVER)
    path.write_text(damage(json.loads(path.read_text("utf-8"))), "utf-8")  # type: ignore[operator]
    assert run(["ask", str(documents), HORN]) == FAILED
    err = capsys.readouterr().err
    assert err.startswith("pincite: The refitted confidence")
    assert RECALIBRATION in err
    assert "--unfit" in err
    assert err.count("\n") == 1
    with pytest.raises(SettingsError):
        calibration_in(documents / ".pincite")
