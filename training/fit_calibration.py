"""Fit the probability that an answer is right, and the thresholds that follow from it.

Articles that trained nothing are indexed by halves, and the questions of all of them are asked, so
that about half of the questions have no answer in the index; in folders of a few articles, of all,
and of all among many others, because a bigger index gives a wrong answer more chances. Questions
about indexed articles are also asked changed in one point (`training.near_misses`), and have no
answer then. A candidate is right if its words are at least half those of a gold answer (F1), and
its question has an answer in the index. The thresholds are the probabilities that given shares of
the unanswerable questions reach; one in ten of those counts as changed. The report is of other
articles still.

Run: ``python -m training.fit_calibration DATA WORK``. Writes
``qa/reading/weights/calibration.json``, ``docs/reliability.png`` and ``docs/risk_coverage.png``;
keeps what was read in ``WORK`` so that it is read once. About half an hour on two cores.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import linear_model

from bench.data import write_articles
from bench.measures import coverage_at
from index import PassageIndex, Vectors, build, index_folder_of, open_encoder
from pincite.evaluation.measures import (
    Flags,
    Floats,
    area_under_roc,
    calibration_error,
    exact_match,
    f1,
)
from pincite.evaluation.plots import reliability_figure, risk_coverage_figure
from qa.question import understand
from qa.reading.calibration import FALSE_ANSWER_RATES, FITTED, Calibration
from qa.reading.features import SPAN_FEATURES
from qa.reading.model import SpanModel
from qa.reading.reader import find_candidates
from qa.retriever import Retriever
from training.data import Example, Part, SquadTrain, parts_of
from training.near_misses import changed_example, questions_by_article

SEED = 20181108
# What people are told of where the probabilities were measured.
FITTED_ON = "encyclopedia questions written with the passage in view"
HITS = 10
RIGHT = 0.5
# Which share of the unanswerable questions is taken to miss the documents by one point only.
NEAR = 0.1
GRID = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of articles and how many questions it is asked.

    Args:
        name: of the file that keeps what was read.
        indexed: titles of its articles.
        asked: titles of the articles that the questions are about.
        questions: how many are asked.
        changed: whether they are changed so that they have no answer.
    """

    name: str
    indexed: frozenset[str]
    asked: frozenset[str]
    questions: int
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Readings:
    """The candidates of several questions, one row each, questions in order.

    Args:
        values: features, shape ``(candidates, features)``.
        overlap: F1 with the nearest gold answer, shape ``(candidates,)``.
        exact: whether it is one, shape ``(candidates,)``.
        question: number of the candidate's question, shape ``(candidates,)``.
        answerable: of each question, shape ``(questions,)``.
    """

    values: Vectors
    overlap: Floats
    exact: Flags
    question: np.ndarray[tuple[int], np.dtype[np.int64]]
    answerable: Flags

    @property
    def right(self) -> Flags:
        """Whether each candidate is a right answer."""
        return (self.overlap >= RIGHT) & self.answerable[self.question]


def main() -> None:
    """Read, fit, write and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds squad1_train")
    parser.add_argument("work", type=Path)
    parser.add_argument("--model", type=Path, help="of the network; the shipped one by default")
    options = parser.parse_args()
    squad = SquadTrain(options.data / "squad1_train")
    parts = parts_of(squad.titles, squad.titles_of(options.data / "squad2_train_10art"))
    model = SpanModel(options.model) if options.model else SpanModel.shipped()
    fitting, fitting_near, checking, checking_near = (
        [_read(folder, squad, model, options.work) for folder in folders]
        for folders in _folders(parts)
    )
    calibrated, saved = _fit(fitting, fitting_near)
    Path("qa", "reading", "weights", FITTED).write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    _report(checking[0], checking_near[0], calibrated)


def _folders(parts: Part) -> tuple[list[Folder], ...]:
    """Return the folders to fit with and to check with, each with those of changed questions."""
    titles = sorted(parts.fit)
    random.Random(SEED).shuffle(titles)
    half = frozenset(titles[::2])
    crowd = sorted(parts.train)
    random.Random(SEED).shuffle(crowd)
    few = [frozenset(titles[at : at + 8]) for at in range(0, 40, 8)]
    check = frozenset(sorted(parts.check)[::2])
    fitting = [
        Folder("all", half, parts.fit, 2000),
        Folder("crowd", half | frozenset(crowd[:60]), parts.fit, 800),
        *(Folder(f"few{n}", frozenset(sorted(t)[::2]), t, 160) for n, t in enumerate(few)),
    ]
    return (
        fitting,
        [Folder("near", half, half, 800, changed=True)],
        [Folder("check", check, parts.check, 1500)],
        [Folder("check_near", check, check, 400, changed=True)],
    )


def _read(folder: Folder, squad: SquadTrain, model: SpanModel, work: Path) -> Readings:
    """Ask the folder; what was read is kept."""
    kept = work / f"readings_{folder.name}.npz"
    if not kept.exists():
        examples = squad.examples(folder.asked)
        random.Random(SEED).shuffle(examples)
        if folder.changed:
            examples = list(_changed(examples))
        readings = _ask(folder, squad, model, examples[: folder.questions])
        np.savez(kept, **{name: getattr(readings, name) for name in Readings.__slots__})
    with np.load(kept) as saved:
        return Readings(*(saved[name] for name in Readings.__slots__))


def _changed(examples: Sequence[Example]) -> Iterator[Example]:
    """Yield those that can be changed in one point, changed, without an answer."""
    rng = random.Random(SEED)
    asked = questions_by_article(examples)
    for example in examples:
        if (changed := changed_example(example, asked, rng)) is not None:
            yield changed


def _ask(
    folder: Folder, squad: SquadTrain, model: SpanModel, examples: Sequence[Example]
) -> Readings:
    values, overlap, exact, numbers = [], [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        write_articles(Path(scratch), squad.rows(folder.indexed))
        encoder = open_encoder()
        build(Path(scratch), encoder)
        index = PassageIndex.open(index_folder_of(Path(scratch)), encoder)
        retriever = Retriever(index)
        with index.snapshot():
            for number, example in enumerate(examples):
                question = understand(example.question)
                hits = retriever.retrieve(question, HITS)
                found, rows = find_candidates(index, model, question, hits)
                values.append(rows)
                overlap += [f1(candidate.text, example.texts) for candidate in found]
                exact += [exact_match(candidate.text, example.texts) for candidate in found]
                numbers += [number] * len(found)
        index.close()
    answerable = [e.span is not None and e.passage.title in folder.indexed for e in examples]
    return Readings(
        np.concatenate(values),
        np.array(overlap),
        np.array(exact, bool),
        np.array(numbers),
        np.array(answerable, bool),
    )


def _fit(
    readings: Sequence[Readings], near: Sequence[Readings]
) -> tuple[Calibration, dict[str, Any]]:
    values = np.concatenate([r.values for r in (*readings, *near)])
    right = np.concatenate([r.right for r in (*readings, *near)])
    # Near misses weigh as if `NEAR` of the unanswerable questions were such.
    far = sum(int((~r.answerable).sum()) for r in readings)
    each = far * NEAR / (1 - NEAR) / sum(len(r.answerable) for r in near)
    sizes = [(len(r.values), 1.0) for r in readings] + [(len(r.values), each) for r in near]
    weights = np.concatenate([np.full(size, weight) for size, weight in sizes])
    scale = values.std(axis=0) + 1e-6
    model = linear_model.LogisticRegression(C=1.0, max_iter=2000)
    model.fit(values / scale, right, sample_weight=weights)
    coefficients = [round(w, 5) for w in (model.coef_[0] / scale).tolist()]
    bias = round(float(model.intercept_[0]), 5)
    fitted = Calibration(tuple(coefficients), bias, ())
    elsewhere, changed = (
        np.concatenate([best_of(r, fitted)[0][~r.answerable] for r in kind])
        for kind in (readings, near)
    )
    thresholds = [(rate, round(_reached_by(rate, elsewhere, changed), 4)) for rate in GRID]
    fitted = replace(fitted, thresholds=((0.0, 1.0), *thresholds, (1.0, 0.0)))
    saved = {
        "made by": "training/fit_calibration.py",
        "fitted_on": FITTED_ON,
        "weights": dict(zip(SPAN_FEATURES, coefficients, strict=True)),
        "bias": bias,
        "thresholds": fitted.thresholds,
    }
    return fitted, saved


def _reached_by(rate: float, far: Floats, near: Floats) -> float:
    """Return the probability that a share of ``rate`` reaches, `NEAR` of them near misses."""
    probabilities = np.concatenate([far, near])
    parts = ((far, 1 - NEAR), (near, NEAR))
    weights = np.concatenate([np.full(len(part), weight / len(part)) for part, weight in parts])
    order = np.argsort(-probabilities, kind="stable")
    shares = np.cumsum(weights[order])
    return float(np.interp(rate, shares, probabilities[order]))


def best_of(readings: Readings, calibrated: Calibration) -> tuple[Floats, Flags, Flags]:
    """Return of each question's best candidate: its probability, whether it is right, and exact."""
    probabilities = calibrated.probabilities(readings.values)
    count = len(readings.answerable)
    best, right, exact = np.zeros(count), np.zeros(count, bool), np.zeros(count, bool)
    is_right = readings.right
    # Ascending, so that each question keeps its most probable candidate.
    for row in np.argsort(probabilities, kind="stable"):
        question = readings.question[row]
        best[question] = probabilities[row]
        right[question] = is_right[row]
        exact[question] = readings.exact[row]
    return best, right, exact


def _report(readings: Readings, near: Readings, calibrated: Calibration) -> None:
    best, right, exact = best_of(readings, calibrated)
    best_near, _, _ = best_of(near, calibrated)
    answerable = readings.answerable
    print(f"questions: {answerable.sum()} answerable, {(~answerable).sum()} not")
    print(f"best candidate right, of the answerable: {right[answerable].mean():.3f}")
    print(f"best candidate exact, of the answerable: {exact[answerable].mean():.3f}")
    print(f"area under ROC, right against all else: {area_under_roc(best, right):.3f}")
    print(f"expected calibration error: {calibration_error(best, right):.3f}")
    false = coverage_at(best, answerable, 0.66)
    print(f"unanswerable answered at 66 % coverage of the answerable: {false:.3f}")
    for word, rate in FALSE_ANSWER_RATES.items():
        threshold = calibrated.threshold(rate)
        given = best >= threshold
        print(
            f"{word}: answered {given[answerable].mean():.3f} of the answerable, "
            f"{right[given & answerable].mean():.3f} of these right; "
            f"answered {given[~answerable].mean():.3f} of those about other articles, "
            f"{(best_near >= threshold).mean():.3f} of those changed in one point"
        )
    for figure, name in (
        (reliability_figure(best, right), "reliability"),
        (risk_coverage_figure(best, right), "risk_coverage"),
    ):
        figure.savefig(f"docs/{name}.png", dpi=110, facecolor="#ffffff")


if __name__ == "__main__":
    main()
