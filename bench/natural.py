"""Questions that people typed into a search engine, beside another version of Pincite.

Every passage is a text file of one folder, and every question is asked of the whole folder at the
default false-answer rate. What this version's reader makes of its scores is fitted on such
questions, so that they are asked in five parts: each of a reader that is fitted as
`training.fit_calibration` does it, but without the questions on the articles of that part.

Run: ``python -m bench.natural TRAIN NATURAL WORK [--before CHECKOUT]``; TRAIN, NATURAL and WORK as
for `training.fit_calibration`, CHECKOUT as in `bench.unchanged`. Prints one JSON object. Half an
hour on two cores to read what is fitted on, unless WORK has it, and ten minutes to ask.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from bench.checkout import HERE, ask, build, index_of, write_questions
from bench.data import write_passages
from bench.machine import commit_of, described
from bench.verdicts import (
    AnswerJson,
    quoted,
    summarised,
    times,
    verdict_of,
    verdict_scores,
)
from index import PassageIndex
from pincite.evaluation.measures import f1, holds, share_held
from qa import Assistant
from qa.formats import answer_to_dict
from qa.reading import FALSE_ANSWER_RATES, Calibration, NeuralReader
from qa.reading.model import SpanModel
from training.fit_calibration import fit, read_all
from training.readings import Asked, Readings, Source, natural_sources

FOLDS = 5
FACTOID = "factoid: first quotation holds the answer"
LIST = "list: share of the items quoted"
SENTENCES = "sentences: word F1 of the quotations"
FIRST = "right passage first"
RETRIEVED = "right passage first, by the retriever alone"
GRADED = frozenset({LIST, SENTENCES})


def main() -> None:
    """Fit, ask and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("natural", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--before", type=Path, help="checkout of another version")
    options = parser.parse_args()
    model = SpanModel.shipped()
    readings, _ = read_all(options.train, options.natural, options.work, model)
    of_passages, of_articles = natural_sources(options.natural)
    folds = list(held_out(readings, (of_passages.name, of_articles.name)))
    answers, places = ask_folds(of_passages, folds, model, options.before)
    result = {
        "data": options.natural.name,
        **described(),
        **({"before": commit_of(options.before)} if options.before else {}),
        "passages": len(of_passages.passages),
        "questions": Counter(question.kind for question in of_passages.questions),
        "columns": {
            name: measure(of_passages.questions, found, places) for name, found in answers.items()
        },
    }
    if options.before:
        taken = {n: median(a["timings_ms"]["total"] for a in found) for n, found in answers.items()}
        result["time now, before = 1"] = round(taken["now"] / taken["before"], 3)
    print(json.dumps(result, indent=1))


def held_out(
    readings: Mapping[str, Readings], natural: Collection[str]
) -> Iterator[tuple[dict[str, Readings], npt.NDArray[np.int64]]]:
    """Yield for each part what is fitted on, and the numbers of the questions that are asked.

    Args:
        readings: what the reader makes of all sources, by name.
        natural: names of those with the questions that are asked, in the same order.
    """
    articles = readings[next(iter(natural))].articles
    for kept, held in GroupKFold(FOLDS).split(articles, groups=articles):
        yield {n: r.only(kept) if n in natural else r for n, r in readings.items()}, held


def ask_folds(
    source: Source,
    folds: Sequence[tuple[dict[str, Readings], npt.NDArray[np.int64]]],
    model: SpanModel,
    before: Path | None,
) -> tuple[dict[str, list[AnswerJson]], dict[str, str]]:
    """Return the answers of each version in the order of the questions, and passages' documents.

    The versions take turns part by part: the machine's speed drifts.
    """
    answers: dict[str, dict[int, AnswerJson]] = {"before": {}, "now": {}} if before else {"now": {}}
    with tempfile.TemporaryDirectory() as scratch:
        documents, file = Path(scratch, "passages"), Path(scratch, "questions.jsonl")
        documents.mkdir()
        places = write_passages(documents, source.passages)
        for name, checkout in (("now", HERE), ("before", before)):
            if checkout:
                build(checkout.resolve(), documents, index_of(documents, name))
        for fitting, held in folds:
            texts = [source.questions[number].text for number in held]
            now = ask_fitted(index_of(documents, "now"), model, fit(fitting), texts)
            answers["now"] |= zip(held.tolist(), now, strict=True)
            if before:
                write_questions(file, texts)
                then = ask(before.resolve(), documents, index_of(documents, "before"), file)
                answers["before"] |= zip(held.tolist(), then, strict=True)
    return {name: [found[n] for n in sorted(found)] for name, found in answers.items()}, places


def ask_fitted(
    index_folder: Path, model: SpanModel, fitted: Calibration, questions: Sequence[str]
) -> list[AnswerJson]:
    """Return the answers of this version with other fitted probabilities than its own."""
    rate = FALSE_ANSWER_RATES["balanced"]
    index = PassageIndex.open(index_folder)
    reader = NeuralReader(index, rate, model, fitted)
    with Assistant(index, reader, rate, fitted_on=fitted.fitted_on) as assistant:
        return [answer_to_dict(assistant.ask(question)) for question in questions]


def measure(
    questions: Sequence[Asked], answers: Sequence[AnswerJson], places: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Return every measure with its interval.

    Args:
        questions: what was asked.
        answers: to each of them.
        places: the document of each passage, by its id.
    """
    pairs = zip(questions, answers, strict=True)
    scores = [scores_of(asked, answer, places.get(asked.passage)) for asked, answer in pairs]
    return summarised(scores, GRADED) | times(answers)


def scores_of(asked: Asked, answer: AnswerJson, document: str | None) -> dict[str, float]:
    """Return what a question counts for each measure that it counts for, 0 to 1.

    Args:
        asked: the question with its answers.
        answer: that it got; of a no, nothing is quoted.
        document: its passage; None if no passage answers.
    """
    scores = verdict_scores(verdict_of(answer), answerable=document is not None)
    if document is None:
        return scores
    citations = answer["citations"]
    if asked.kind == "span":
        first = citations[0]["quote"] if citations else ""
        scores[FACTOID] = float(holds(first, asked.texts))
    elif asked.kind == "list":
        scores[LIST] = share_held(quoted(answer), tuple(dict.fromkeys(asked.texts)))
    else:
        whole = verdict_of(answer) == "perhaps"
        parts = citations if whole else citations[: answer.get("parts", 1)]
        scores[SENTENCES] = f1(" ".join(c["quote"] for c in parts), [" ".join(asked.texts)])
    retrieved = sorted(answer["hits"], key=lambda hit: -hit["score"])
    scores[FIRST] = _is_first(answer["hits"], document)
    scores[RETRIEVED] = _is_first(retrieved, document)
    return scores


def _is_first(hits: Sequence[Mapping[str, Any]], document: str) -> float:
    return float(bool(hits) and hits[0]["document"] == document)


if __name__ == "__main__":
    main()
