"""The cells of tables that may answer a question, in the order of the learned ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from index import PassageIndex, Vectors
from qa.question import Question
from qa.reading.features import Floats
from qa.tables.features import (
    CELL_FEATURES,
    EQUAL,
    TIE,
    WORTH_FEATURES,
    add_similarities,
    cell_features,
    worth_features,
)
from qa.tables.judging import CellCalibration
from qa.tables.views import TableCell, TableView
from qa.tables.wording import Sought, ask, head_words
from qa.types import Hit

__all__ = ["Found", "describe_cells", "find_cells", "near_cells"]

MOST_SHOWN = 3
# Of two cells that the question does not tell apart, neither is given.
LEAST_OF_EQUALS = 0.9
NOWHERE = CELL_FEATURES.index("question found nowhere")


@dataclass(frozen=True, slots=True)
class Found:
    """The best cells for a question.

    Args:
        cells: the best one, then those that nearly tie with it, best first; at least one.
        right: probability that the best one is right.
        near: probability that it, or one of the rows of the others, answers.
        nowhere: share of the question that no head of the best one says.
    """

    cells: tuple[TableCell, ...]
    right: float
    near: float
    nowhere: float


def find_cells(
    index: PassageIndex,
    question: Question,
    hits: Sequence[Hit],
    views: Sequence[TableView],
    fitted: CellCalibration,
) -> Found | None:
    """Return the cells of ``views`` that answer ``question`` best, or None if there are none.

    Args:
        index: an open index.
        question: what was asked.
        hits: what was found, best first.
        views: the tables at the hits.
        fitted: the models.
    """
    cells, values = describe_cells(index, question, hits, views)
    if not cells:
        return None
    scores = fitted.ranking.scores(values, CELL_FEATURES)
    best, worth = worth_features(cells, values, scores)
    right = float(fitted.right.probabilities(worth, WORTH_FEATURES)[0])
    equals = float(worth[0, WORTH_FEATURES.index(EQUAL)])
    return Found(
        tuple(cells[at] for at in near_cells(scores)),
        min(right, LEAST_OF_EQUALS / (1 + equals)) if equals else right,
        float(fitted.near.probabilities(worth, WORTH_FEATURES)[0]),
        float(values[best, NOWHERE]),
    )


def near_cells(scores: Floats) -> list[int]:
    """Return the places of the best score and of those that nearly tie with it, a few at most."""
    order = np.argsort(-scores, kind="stable")[:MOST_SHOWN]
    return [int(at) for at in order if scores[at] >= scores[order[0]] - TIE]


def describe_cells(
    index: PassageIndex, question: Question, hits: Sequence[Hit], views: Sequence[TableView]
) -> tuple[list[TableCell], Vectors]:
    """Return the cells of ``views`` and their features, shape ``(n, len(CELL_FEATURES))``."""
    asked = _ask(index, question)
    described = [cell_features(asked, view, hits) for view in views]
    cells = [cell for found, _ in described for cell in found]
    empty = np.empty((0, len(CELL_FEATURES)), np.float32)
    values = np.concatenate([empty, *(part for _, part in described)])
    if cells:
        add_similarities(index.encoder, asked, cells, values)
    return cells, values


def _ask(index: PassageIndex, question: Question) -> Sought:
    """Return what is asked, each term with how rare it is in the index, 0 to 1."""
    passages = len(index)
    every = head_words(question.text)
    told = every.stems.union(*(found for _, found in every.abbreviations))
    counts = {term: index.document_frequency(term) for term in told}
    return ask(
        question, {t: log((passages + 1) / (n + 1)) / log(passages + 2) for t, n in counts.items()}
    )
