"""Fit the ranking of sentences, both probabilities, the form of answers, and the thresholds.

The ranking is a conditional logit: among all sentences read for a question, the probability of
those that hold an answer is made as high as it can be (McFadden 1974; listwise, as ListNet, Cao et
al. 2007). What the best sentence is worth is said by two logistic regressions: that its words are
right, and that its passage answers. The thresholds of the words are the probabilities that given
shares of the near misses reach which people wrote (SQuAD 2.0's, the hardest we know); a passage may
answer from the probability on that nearly all answerable search-engine questions reach. The report
is of articles that fitted nothing.

Run: ``python -m training.fit_calibration DATA NATURAL WORK``. Writes
``qa/reading/weights/calibration.json``, ``docs/reliability.png`` and ``docs/risk_coverage.png``;
keeps what was read in ``WORK`` so that it is read once. About half an hour on two cores.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from index import Vectors
from pincite.evaluation.calibration import GRID
from pincite.evaluation.measures import Flags, Floats, area_under_roc, calibration_error
from pincite.evaluation.plots import reliability_figure, risk_coverage_figure
from qa.question import understand
from qa.reading.calibration import FALSE_ANSWER_RATES, FITTED, Calibration, Linear
from qa.reading.features import (
    FORM_FEATURES,
    LEAD,
    SENTENCE_FEATURES,
    WORD_FEATURES,
    form_features,
    word_features,
)
from qa.reading.model import SpanModel
from qa.types import AnswerForm
from training.data import SquadTrain, parts_of
from training.readings import Readings, natural_sources, read, squad2_source, squad_sources

__all__ = ["Judged", "fit", "judge"]

FITTED_ON = "questions about encyclopedia articles"
# Which share of the answerable search-engine questions is at least told where it may stand.
FOUND = 0.99
SQUAD2_QUESTIONS = 2000
# How much the questions of each source count together.
WEIGHTS = {
    "natural_a_passages": 1.5, "natural_a_articles": 1.5, "squad2_dev_a_articles": 0.7,
    "all": 1.0, "near": 0.3,
}  # fmt: skip
MARGIN, NULL = "score of the span above that of no answer", "score of no answer"
SIMILARITY = "similarity of the passage"
NOT_NEAR = "names and numbers of the question that are not near"
RANKING = SENTENCE_FEATURES[:6]
WORDS = (
    MARGIN, NULL, SIMILARITY, NOT_NEAR,
    "lacks what was asked for", "length of the span in tokens, logarithm", "question is negated",
    LEAD,
)  # fmt: skip
ANSWERABILITY = (MARGIN, NULL, SIMILARITY, NOT_NEAR)
PENALTY = 1e-3
FORMS: tuple[AnswerForm, ...] = ("span", "list", "sentences")


@dataclass(frozen=True, slots=True)
class Judged:
    """The best sentence of each question, arrays of shape ``(questions,)``.

    Args:
        confidence: probability that its words are right.
        answerability: probability that its passage answers.
        right: whether its words are right.
        exact: whether its span is an answer, word for word.
        within: whether its passage answers.
    """

    confidence: Floats
    answerability: Floats
    right: Flags
    exact: Flags
    within: Flags


def main() -> None:
    """Read, fit, write and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds squad1_train and squad2_dev_a")
    parser.add_argument("natural", type=Path, help="questions that people typed (natural_a)")
    parser.add_argument("work", type=Path)
    parser.add_argument("--model", type=Path, help="of the network; the shipped one by default")
    options = parser.parse_args()
    model = SpanModel(options.model) if options.model else SpanModel.shipped()
    fitting, checking = read_all(options.data, options.natural, options.work, model)
    fitted = fit(fitting)
    text = json.dumps(asdict(fitted), indent=1)
    Path("qa", "reading", "weights", FITTED).write_text(f"{text}\n", "utf-8")
    for name, readings in (fitting | checking).items():
        _report(name, judge(readings, fitted), readings, fitted)
    checked = judge(checking["check"], fitted)
    for figure, name in (
        (reliability_figure(checked.confidence, checked.right), "reliability"),
        (risk_coverage_figure(checked.confidence, checked.right), "risk_coverage"),
    ):
        figure.savefig(f"docs/{name}.png", dpi=110, facecolor="#ffffff")


def read_all(
    data: Path, natural: Path, work: Path, model: SpanModel
) -> tuple[dict[str, Readings], dict[str, Readings]]:
    """Return what the reader makes of the questions to fit with and to check with, by name."""
    squad = SquadTrain(data / "squad1_train")
    parts = parts_of(squad.titles, squad.titles_of(data / "squad2_train_10art"))
    fitting, checking = squad_sources(squad, parts)
    people = [*natural_sources(natural), squad2_source(data / "squad2_dev_a", SQUAD2_QUESTIONS)]
    return (
        {source.name: read(source, model, work) for source in (*people, *fitting)},
        {source.name: read(source, model, work) for source in checking},
    )


def fit(readings: dict[str, Readings]) -> Calibration:
    """Return all that is fitted, to `Readings` by the names in `WEIGHTS`."""
    ranking = _fit_ranking(readings)
    best = {name: _best_rows(r, ranking) for name, r in readings.items()}
    values = np.concatenate([found for found, _ in best.values()])
    right = np.concatenate([r.right[best[name][1]] for name, r in readings.items()])
    within = np.concatenate([r.within[best[name][1]] for name, r in readings.items()])
    sizes = [len(r.texts) for r in readings.values()]
    each = [1000 * WEIGHTS[name] / size for name, size in zip(readings, sizes, strict=True)]
    weights = np.repeat(each, sizes)
    words = _fit_probability(WORDS, values, right, weights)
    answerability = _fit_probability(ANSWERABILITY, values, within, weights)
    forms = _fit_forms(readings, ranking)
    fitted = Calibration(ranking, words, answerability, forms, (), 0.0, FITTED_ON)
    near = readings["squad2_dev_a_articles"]
    misses = judge(near, fitted).confidence[~near.answerable]
    people = [r for name, r in readings.items() if name.startswith("natural")]
    found = np.concatenate([judge(r, fitted).answerability[r.answerable] for r in people])
    pairs = ((rate, round(float(np.quantile(misses, 1 - rate)), 4)) for rate in GRID)
    least = round(float(np.quantile(found, 1 - FOUND)), 4)
    thresholds = ((0.0, 1.0), *pairs, (1.0, 0.0))
    return replace(fitted, thresholds=thresholds, least_answerability=least)


def judge(readings: Readings, fitted: Calibration) -> Judged:
    """Return what becomes of the best sentence of each question."""
    values, rows = _best_rows(readings, fitted.ranking)
    return Judged(
        fitted.words.probabilities(values, WORD_FEATURES),
        fitted.answerability.probabilities(values, WORD_FEATURES),
        readings.right[rows],
        readings.exact[rows],
        readings.within[rows],
    )


def _best_rows(readings: Readings, ranking: Linear) -> tuple[Vectors, np.ndarray]:
    """Return `WORD_FEATURES` and the row of each question's best sentence."""
    scores = ranking.scores(readings.values, SENTENCE_FEATURES)
    values, rows = [], []
    for number in range(len(readings.texts)):
        part = readings.rows(number)
        best = int(scores[part].argmax())
        values.append(word_features(readings.values[part], scores[part])[best])
        rows.append(part.start + best)
    return np.array(values, np.float32), np.array(rows)


def _fit_ranking(readings: dict[str, Readings]) -> Linear:
    columns = [SENTENCE_FEATURES.index(name) for name in RANKING]
    every = np.concatenate([r.values[:, columns] for r in readings.values()])
    scale = every.std(axis=0) + 1e-6
    groups = [
        (r.values[part][:, columns] / scale, r.holds[part], WEIGHTS[name] / len(r.texts))
        for name, r in readings.items()
        for part in map(r.rows, range(len(r.texts)))
        if r.holds[part].any() and not r.holds[part].all()
    ]
    most = max(len(held) for _, held, _ in groups)
    values = torch.zeros(len(groups), most, len(columns), dtype=torch.float64)
    padding = torch.full((len(groups), most), -torch.inf, dtype=torch.float64)
    wanted = padding.clone()
    for row, (part, held, _) in enumerate(groups):
        values[row, : len(held)] = torch.from_numpy(part)
        padding[row, : len(held)] = 0
        wanted[row, : len(held)] = torch.where(torch.from_numpy(held), 0.0, -torch.inf)
    share = torch.tensor([weight for *_, weight in groups], dtype=torch.float64)
    share /= share.sum()
    weights = torch.zeros(len(columns), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> float:
        optimizer.zero_grad()
        scores = values @ weights
        missed = torch.logsumexp(scores + padding, 1) - torch.logsumexp(scores + wanted, 1)
        total = (missed * share).sum() + PENALTY * (weights**2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return float(total.detach())

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return _linear(RANKING, weights.detach().numpy() / scale)


def _fit_probability(names: Sequence[str], values: Vectors, true: Flags, weights: Floats) -> Linear:
    """Return a logistic regression on the `WORD_FEATURES` of the best sentences."""
    rows = values[:, [WORD_FEATURES.index(name) for name in names]]
    scale = rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit(rows / scale, true, weights)
    return _linear(names, model.coef_[0] / scale, float(model.intercept_[0]))


def _fit_forms(readings: dict[str, Readings], ranking: Linear) -> dict[AnswerForm, Linear]:
    """Return a multinomial logistic regression on the questions that have an answer."""
    values, kinds, weights = [], [], []
    for name, r in readings.items():
        scores = ranking.scores(r.values, SENTENCE_FEATURES)
        for number in np.flatnonzero(r.answerable):
            part, question = r.rows(int(number)), understand(str(r.texts[number]))
            values.append(form_features(question, r.values[part], scores[part])[0])
            kinds.append(r.kinds[number])
            weights.append(1000 * WEIGHTS[name] / len(r.texts))
    rows = np.array(values)
    scale = rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit(rows / scale, kinds, weights)
    fitted = zip(FORMS, model.coef_, model.intercept_, strict=True)
    return {form: _linear(FORM_FEATURES, w / scale, float(bias)) for form, w, bias in fitted}


def _linear(names: Sequence[str], weights: Floats, bias: float = 0.0) -> Linear:
    rounded = (round(float(weight), 5) for weight in weights)
    return Linear(dict(zip(names, rounded, strict=True)), round(bias, 5))


def _report(name: str, judged: Judged, readings: Readings, fitted: Calibration) -> None:
    answerable = readings.answerable
    print(f"{name}: {answerable.sum()} answerable, {(~answerable).sum()} not")
    if answerable.any():
        right, exact, within = judged.right, judged.exact, judged.within
        print(
            f"  of the answerable, best words right {right[answerable].mean():.3f}, exact "
            f"{exact[answerable].mean():.3f}, right passage first {within[answerable].mean():.3f}"
        )
        print(
            f"  area under ROC: words right {area_under_roc(judged.confidence, right):.3f}, "
            f"passage {area_under_roc(judged.answerability, within):.3f}; calibration error: "
            f"{calibration_error(judged.confidence, right):.3f}, "
            f"{calibration_error(judged.answerability, within):.3f}"
        )
    for word, rate in FALSE_ANSWER_RATES.items():
        answered = judged.confidence >= fitted.threshold(rate)
        told = ~answered & (judged.answerability < fitted.least_answerability)
        shares = [
            f"{what}: answered {answered[which].mean():.3f}, perhaps "
            f"{(~answered & ~told)[which].mean():.3f}"
            for what, which in (("answerable", answerable), ("not", ~answerable))
            if which.any()
        ]
        truly = (~answerable)[told].mean() if told.any() else float("nan")
        print(f"  {word}: {'; '.join(shares)}; told no: {truly:.3f} truly not")


if __name__ == "__main__":
    main()
