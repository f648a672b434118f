"""The measures of answers and of abstention, written out as arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measures import coverage_at
from bench.reading import Read, best_margin, measure_with_no
from pincite.evaluation.measures import (
    area_under_roc,
    calibration_error,
    exact_match,
    f1,
    ranking_scores,
    reliability,
    same_cell,
)
from pincite.evaluation.measures import risk_coverage as curve


@pytest.mark.parametrize(
    ("answer", "gold", "exact", "overlap"),
    [
        ("The Eiffel Tower.", ["Eiffel tower"], True, 1.0),
        ("a tower", ["an apple", "the tower"], True, 1.0),
        ("Eiffel tower in Paris", ["Eiffel tower"], False, 2 * 2 / (4 + 2)),
        ("big big house", ["big house"], False, 2 * 2 / (3 + 2)),
        ("house", ["boat"], False, 0.0),
        ("", ["boat"], False, 0.0),
        ("boat", [], False, 0.0),
    ],
)
def test_squad_measures(answer: str, gold: list[str], exact: bool, overlap: float) -> None:
    """Catches articles, marks or case that count, words counted twice, and only one gold answer."""
    assert exact_match(answer, gold) is exact
    assert f1(answer, gold) == pytest.approx(overlap)


@pytest.mark.parametrize(
    ("cell", "expected", "same"),
    [
        ("$ 1,577", ["1577"], True),
        ("(12)", ["−12"], True),
        ("(£12.50)", ["-12.50"], True),
        ("-$5", ["(5)"], True),
        (".5", ["0.5"], True),
        ("12%", ["7", "12"], True),
        ("Natural\n gas.", ["natural gas"], True),
        ("(12)", ["12"], False),
        ("1.5", ["15"], False),
        ("$1.5 million", ["$15 million"], False),
        ("1,5", ["15"], False),
        ("12,345", ["12345.0"], False),
        ("—", ["-"], False),
        ("", ["0"], False),
        ("12", [], False),
    ],
)
def test_a_cell_is_right_to_the_figure(cell: str, expected: list[str], same: bool) -> None:
    """Catches SQuAD's measure, for which 1.5 is 15 and a loss is a gain, and commas that count."""
    assert same_cell(cell, expected) is same


def test_area_under_roc_is_the_share_of_pairs_in_order() -> None:
    """Catches a ranking read backwards."""
    right = np.array([True, False, True, False])
    assert area_under_roc(np.array([0.9, 0.1, 0.4, 0.6]), right) == 3 / 4


def test_calibration_error_is_weighted_by_how_many_there_are() -> None:
    """Catches a mean over bins, signs that cancel, and a probability of one left out."""
    probabilities = np.array([1.0, 1.0, 1.0, 0.25])
    right = np.array([True, True, False, True])
    assert calibration_error(probabilities, right, bins=2) == pytest.approx(
        (3 * abs(1 - 2 / 3) + 1 * abs(0.25 - 1)) / 4
    )
    assert [b.count for b in reliability(probabilities, right, bins=2)] == [1, 3]


def test_false_answers_at_a_coverage() -> None:
    """Catches a threshold taken from the wrong kind of question."""
    probabilities = np.array([0.9, 0.8, 0.7, 0.1, 0.75, 0.2, 0.05, 0.01])
    answerable = np.array([True] * 4 + [False] * 4)
    assert coverage_at(probabilities, answerable, 1.0) == 2 / 4
    assert coverage_at(probabilities, answerable, 0.5) == 1 / 4


def test_risk_coverage_starts_with_the_surest() -> None:
    """Catches a curve that begins with the least sure answers."""
    points = curve(np.array([0.2, 0.9]), np.array([False, True]))
    assert points == [(0.5, 0.0), (1.0, 0.5)]


def test_the_best_margin_is_that_of_brute_force() -> None:
    """Catches a margin that gives up answers or rightful noes."""
    rng = np.random.default_rng()
    read = [
        Read(bool(rng.random() < 0.5), float(rng.normal()), 0.0, float(rng.random()))
        for _ in range(40)
    ]

    def score(least: float) -> float:
        given = sum(r.overlap for r in read if r.answerable and r.margin >= least)
        return given + sum(not r.answerable for r in read if r.margin < least)

    tried = [score(r.margin) for r in read] + [score(float("inf"))]
    assert score(best_margin(read)) == pytest.approx(max(tried))


def test_the_margin_of_a_no_is_the_one_that_was_chosen() -> None:
    """Catches a threshold from the questions that are reported, and answers below it that count."""
    read = [Read(True, 3.0, 1.0, 1.0), Read(True, 2.7, 1.0, 1.0), Read(False, 2.0, 0.0, 0.0)]
    assert best_margin(read) == 2.7
    values = {least: measure_with_no(read, least) for least in (0.5, 2.5, 2.8)}
    for least, expected in zip(values, (2 / 3, 1, 2 / 3), strict=True):
        assert values[least]["least margin"] == least
        assert values[least]["exact match"] == values[least]["F1"]
        assert values[least]["F1"] == pytest.approx(expected, abs=1e-4)
        assert values[least]["area under ROC, answerable against not"] == 1
    assert measure_with_no(read[1:], 2.8)["F1"] == 0.5


def test_rankings_are_scored_as_written_out() -> None:
    """Catches ranks from 0, cut-offs off by one, and an ideal ranking of what was found only."""
    first, late, none = [True, False, True], [False] * 19 + [True], [False] * 20
    scores = ranking_scores([first, late, none, []], [3, 1, 2, 1])
    ideal = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    expected = {
        "success@1": [1, 0, 0, 0],
        "success@5": [1, 0, 0, 0],
        "success@20": [1, 1, 0, 0],
        "MRR@10": [1, 0, 0, 0],
        "nDCG@10": [(1 + 1 / np.log2(4)) / ideal, 0, 0, 0],
    }
    assert list(scores) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(scores[name], values, err_msg=name)


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.integers(0, 15))
def test_rankings_are_scored_as_numpy_does(right: list[bool], missed: int) -> None:
    """Catches places that trec_eval sorts into another order, and a score over 1."""
    known = max(1, sum(right) + missed)
    gains = np.array(right[:10]) / np.log2(np.arange(2, len(right[:10]) + 2))
    ideal = (1 / np.log2(np.arange(2, min(known, 10) + 2))).sum()
    ranks = [rank for rank, is_right in enumerate(right, 1) if is_right]
    scores = ranking_scores([right], [known])
    np.testing.assert_allclose(scores["nDCG@10"], gains.sum() / ideal)
    np.testing.assert_allclose(scores["MRR@10"], 1 / ranks[0] if ranks and ranks[0] < 11 else 0)
    for k in (1, 5, 20):
        assert scores[f"success@{k}"] == any(right[:k])
