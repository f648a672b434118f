"""What rankings and readings are worth: scores, intervals, and Pincite's lead."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.measures import coverage_at
from bench.peers.corpora import DEPTH, Corpus, JudgedQuestion
from pincite.evaluation.intervals import bootstrap, paired_test
from pincite.evaluation.measures import (
    Floats,
    area_under_roc,
    exact_match,
    f1,
    ranking_scores,
)

__all__ = ["PINCITE", "abstention", "compared", "fused", "ranked", "read"]

PINCITE = "Pincite"
RIGHT = 0.5
COVERAGE = 0.66


def fused(*runs: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return the rankings by the sum of reciprocal ranks (Cormack et al. 2009, k = 60)."""
    return {question: _fused([run[question] for run in runs]) for question in runs[0]}


def _fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (60 + rank)
    return sorted(scores, key=lambda number: -scores[number])[:DEPTH]


def ranked(
    corpus: Corpus, questions: Sequence[JudgedQuestion], rankings: Mapping[str, Sequence[int]]
) -> dict[str, Floats]:
    """Return the scores of the rankings, each of shape ``(questions,)``."""
    flags = [_flags(corpus, question, rankings[question.id]) for question in questions]
    return ranking_scores(flags, [len(question.right) for question in questions])


def _flags(corpus: Corpus, question: JudgedQuestion, ranking: Sequence[int]) -> list[bool]:
    """Return for each place whether its unit is right, each unit once, the ignored left out."""
    units = dict.fromkeys(corpus.units[number] for number in ranking)
    return [unit in question.right for unit in units if unit not in question.ignored]


def read(
    questions: Sequence[JudgedQuestion], answers: Mapping[str, Sequence[Any]]
) -> dict[str, Floats]:
    """Return the scores of the best answers to the answerable questions, of shape ``(n,)``."""
    answerable = [(answers[q.id][0], q.gold) for q in questions if q.right]
    return {
        "exact match": np.array([float(exact_match(text, gold)) for text, gold in answerable]),
        "F1": np.array([f1(text, gold) for text, gold in answerable]),
    }


def abstention(
    questions: Sequence[JudgedQuestion], answers: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """Return how well a reader's own score tells right answers from all else."""
    score = np.array([answers[q.id][1] if answers[q.id][0] else 0.0 for q in questions])
    answerable = np.array([bool(q.right) for q in questions])
    overlap = np.array([f1(answers[q.id][0], q.gold) for q in questions])
    right = answerable & (overlap >= RIGHT)
    both = np.stack([score, right, answerable], axis=1).astype(np.float64)

    def area(rows: Floats) -> float:
        return area_under_roc(rows[:, 0], rows[:, 1] > 0)

    def false(rows: Floats) -> float:
        return coverage_at(rows[:, 0], rows[:, 2] > 0, COVERAGE)

    return {
        "area under ROC": _rounded(asdict(bootstrap(area, both))),
        f"unanswerable answered at {COVERAGE:.0%} coverage": _rounded(
            asdict(bootstrap(false, both))
        ),
    }


def compared(scores: Mapping[str, Mapping[str, Floats]]) -> dict[str, dict[str, Any]]:
    """Return each score with its interval, and Pincite's lead with the probability of no lead."""
    ours = scores[PINCITE]
    return {
        name: {
            measure: _rounded(asdict(bootstrap(_mean, values)))
            | ({} if name == PINCITE else _lead(values, ours[measure]))
            for measure, values in theirs.items()
        }
        for name, theirs in scores.items()
    }


def _lead(theirs: Floats, ours: Floats) -> dict[str, Any]:
    paired = paired_test(theirs, ours)
    return {"Pincite's lead": _rounded(asdict(paired.difference)), "p": round(paired.p, 4)}


def _mean(values: Floats) -> float:
    return float(values.mean())


def _rounded(interval: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in interval.items()}
