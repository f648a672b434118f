"""Fit the ranking of a table's cells, its two probabilities, and the thresholds.

The ranking is a conditional logit over all cells of the tables at the hits; what the best is worth
is said by two logistic regressions: that it is right, and that its row, or one that ties with it,
answers. All of it is fitted to generated tables (`training.table_questions`), and reported for the
companies' trade that was left out of the fit; the thresholds come from these left-out questions.

Run: ``python -m training.fit_cells``. Writes ``qa/tables/weights/cells.json``. Five minutes.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from index import Encoder, PassageIndex, Vectors, build, index_folder_of, open_encoder
from pincite.evaluation.calibration import GRID
from pincite.evaluation.measures import Flags, Floats, area_under_roc, calibration_error
from qa.question import understand
from qa.reading.calibration import FALSE_ANSWER_RATES, Linear
from qa.retriever import Retriever
from qa.tables.features import CELL_FEATURES, EQUAL, LEAD, NEAR, WORTH_FEATURES, worth_features
from qa.tables.finding import describe_cells, near_cells
from qa.tables.judging import FITTED, CellCalibration
from qa.tables.views import TableCell, views_of
from training.table_questions import TRADES, Kind, MadeFolder, folders

__all__ = ["Described", "describe", "fit_ranking", "fit_worth"]

FITTED_ON = "questions about generated tables"
HITS = 10
PENALTY = 2e-3
# What the probabilities go by: few, so that they hold for other words than these tables'.
WORTH = (
    "row's head in the question", "question in all heads of row and column",
    "heads of the row say nothing of it", "question found nowhere", "names found nowhere",
    "another year", "another part of a year", "similarity of the row",
    "similarity of the passage", LEAD, NEAR, EQUAL,
)  # fmt: skip
# Which share of the questions that a row answers, but no cell surely, is shown the row.
FOUND = 0.85
# No cell is given that is likelier wrong than right.
LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Described:
    """A question with all cells that were looked at.

    Args:
        text: of the question.
        fold: which of the trades its folder is of.
        kind: what answers it.
        cells: as they are found.
        values: their features.
        right: which of them answer, or might.
    """

    text: str
    fold: int
    kind: Kind
    cells: list[TableCell]
    values: Vectors
    right: Flags


def main() -> None:
    """Describe, fit, write and report."""
    encoder = open_encoder()
    every = [
        one
        for number, folder in enumerate(folders())
        for one in describe(folder, number % len(TRADES), encoder)
        if one.cells  # without any the text alone answers
    ]
    checked = _cross_validate(every)
    fitted = _with_thresholds(_fit_all(every), checked)
    path = Path("qa", "tables", "weights", FITTED)
    path.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    _report(checked, fitted)


def describe(folder: MadeFolder, fold: int, encoder: Encoder) -> list[Described]:
    """Return the questions about ``folder`` with the cells that are found for them."""
    described = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, page in folder.pages.items():
            Path(scratch, name).write_text(page, "utf-8")
        build(Path(scratch), encoder)
        index = PassageIndex.open(index_folder_of(Path(scratch)), encoder)
        with index.snapshot():
            for asked in folder.questions:
                question = understand(asked.text)
                hits = Retriever(index).retrieve(question, HITS)
                cells, values = describe_cells(index, question, hits, views_of(index, hits))
                right = [
                    cell.text in asked.values and cell.view.document.id in asked.documents
                    for cell in cells
                ]
                described.append(
                    Described(asked.text, fold, asked.kind, cells, values, np.array(right, bool))
                )
        index.close()
    return described


def fit_ranking(questions: Sequence[Described]) -> Linear:
    """Return the conditional logit: the probability falls on the cells that answer."""
    used = [q for q in questions if q.kind == "cell" and q.right.any()]
    values = np.concatenate([q.values for q in used]).astype(np.float64)
    right = np.concatenate([q.right for q in used])
    scale = values.std(axis=0) + 1e-6
    values /= scale
    starts = np.cumsum([0, *(len(q.right) for q in used[:-1])])
    owner = np.repeat(np.arange(len(used)), [len(q.right) for q in used])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = values @ weights
        wanted = np.where(right, scores, -np.inf)
        total, held = (np.logaddexp.reduceat(s, starts) for s in (scores, wanted))
        slope = np.exp(scores - total[owner]) - np.exp(wanted - held[owner])
        gradient = values.T @ slope / len(used) + 2 * PENALTY * weights
        return float((total - held).mean() + PENALTY * weights @ weights), gradient

    found = minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B")
    return _linear(CELL_FEATURES, found.x / scale)


def fit_worth(questions: Sequence[Described], ranking: Linear) -> tuple[Linear, Linear]:
    """Return the probabilities that the best cell is right, and that its row answers."""
    rows, right, near = _judged(questions, ranking)
    return _logistic(rows, right), _logistic(rows, near)


def _judged(questions: Sequence[Described], ranking: Linear) -> tuple[Vectors, Flags, Flags]:
    rows, right, near = [], [], []
    for q in questions:
        scores = ranking.scores(q.values, CELL_FEATURES)
        best, worth = worth_features(q.cells, q.values, scores)
        rows.append(worth[0])
        right.append(q.kind == "cell" and bool(q.right[best]))
        near.append(any(q.right[at] for at in near_cells(scores)))
    return np.array(rows), np.array(right), np.array(near)


def _logistic(values: Vectors, true: Flags) -> Linear:
    rows = values[:, [WORTH_FEATURES.index(name) for name in WORTH]]
    scale = rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=3000).fit(rows / scale, true)
    return _linear(WORTH, model.coef_[0] / scale, float(model.intercept_[0]))


def _linear(names: Sequence[str], weights: Floats, bias: float = 0.0) -> Linear:
    rounded = (round(float(weight), 4) for weight in weights)
    return Linear(dict(zip(names, rounded, strict=True)), round(bias, 4))


def _fit_all(questions: Sequence[Described]) -> CellCalibration:
    ranking = fit_ranking(questions)
    right, near = fit_worth(questions, ranking)
    return CellCalibration(ranking, right, near, ((0.0, 1.0), (1.0, 0.0)), 0.5, FITTED_ON)


@dataclass(frozen=True, slots=True)
class Checked:
    """Questions of the trade that was left out, arrays of shape ``(questions,)``."""

    texts: list[str]
    kinds: np.ndarray
    confidence: Floats
    answerability: Floats
    right: Flags
    near: Flags


def _cross_validate(questions: Sequence[Described]) -> Checked:
    parts = []
    for fold in sorted({q.fold for q in questions}):
        fitted = _fit_all([q for q in questions if q.fold != fold])
        held = [q for q in questions if q.fold == fold]
        rows, right, near = _judged(held, fitted.ranking)
        parts.append((
            [q.text for q in held],
            np.array([q.kind for q in held]),
            fitted.right.probabilities(rows, WORTH_FEATURES),
            fitted.near.probabilities(rows, WORTH_FEATURES),
            right,
            near,
        ))  # fmt: skip
    texts, *arrays = zip(*parts, strict=True)
    return Checked([t for part in texts for t in part], *(np.concatenate(a) for a in arrays))


def _with_thresholds(fitted: CellCalibration, checked: Checked) -> CellCalibration:
    misses = checked.confidence[checked.kinds == "none"]
    pairs = ((r, max(LEAST, round(float(np.quantile(misses, 1 - r)), 4))) for r in GRID)
    unsure = checked.near & (checked.confidence < LEAST)
    least = round(float(np.quantile(checked.answerability[unsure], 1 - FOUND)), 4)
    return replace(fitted, thresholds=((0.0, 1.0), *pairs, (1.0, 0.0)), least_near=least)


def _report(checked: Checked, fitted: CellCalibration) -> None:
    for kind in ("cell", "several", "none"):
        of = checked.kinds == kind
        print(
            f"{kind}: {of.sum()}, best right {checked.right[of].mean():.3f}, "
            f"row shown {checked.near[of].mean():.3f}"
        )
        for word, rate in FALSE_ANSWER_RATES.items():
            given = checked.confidence >= fitted.threshold(rate)
            perhaps = ~given & (checked.answerability >= fitted.least_near)
            print(
                f"  {word}: answered {given[of].mean():.3f}, of these wrong "
                f"{(~checked.right)[of & given].sum()}; perhaps {perhaps[of].mean():.3f}"
            )
    print(
        f"area under ROC: right {area_under_roc(checked.confidence, checked.right):.3f}, "
        f"row {area_under_roc(checked.answerability, checked.near):.3f}; calibration error "
        f"{calibration_error(checked.confidence, checked.right):.3f}, "
        f"{calibration_error(checked.answerability, checked.near):.3f}"
    )


if __name__ == "__main__":
    main()
