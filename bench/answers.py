"""How often the first answer is right, and how well its probability says so.

The evaluation of ``pincite eval``, on one of two folders with one text file a passage under a
number for a name: that of all articles (what is the first answer's exact match and F1?) or that of
every second article (does the probability tell right answers from wrong ones, and from questions
without an answer?). Every question gets its best answer, whatever its probability; what the
settings give follows from those.

Run: ``python -m bench.answers DATA [--folder all|half] [--without OTHER] [--questions N]`` where
DATA holds ``corpus.jsonl.gz`` (id, title, text) and ``questions.jsonl.gz`` (question, doc_id,
answers), and OTHER is another data set whose articles are not asked about, such as one that the
reader has learned from. About 20 minutes a folder on two cores for 10,570 questions.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.data import every_second_article, questions_of, read_lines, write_passages
from bench.machine import described
from bench.measures import coverage_at, mean, shown
from index import build, index_folder_of, open_encoder
from pincite.evaluation.measures import Flags
from pincite.evaluation.questions import Expected
from pincite.evaluation.records import Record
from pincite.evaluation.report import measures_of
from pincite.evaluation.run import ask_all
from qa.reading import FALSE_ANSWER_RATES, calibration
from qa.reading.model import SpanModel, windows_of

SEED = 20140127
COVERAGE = 0.66
WINDOW = 200


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", choices=("all", "half"), default="half")
    parser.add_argument("--without", type=Path, help="a data set; do not ask about its articles")
    parser.add_argument("--questions", type=int, help="ask so many, drawn at random; default all")
    options = parser.parse_args()
    passages = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = [q for q in questions_of(options.data, options.without) if q["answers"]]
    random.Random(SEED).shuffle(questions)
    if options.folder == "half":
        passages = every_second_article(passages)
    records = ask(passages, questions[: options.questions])
    measured = measure(records) if options.folder == "all" else measure(records) | settings(records)
    result = {
        "data": options.data.name,
        "without": options.without and options.without.name,
        "folder": options.folder,
        "passages": len(passages),
        "questions": len(records),
    }
    print(json.dumps(result | described() | measured, indent=1))


def ask(passages: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]]) -> list[Record]:
    """Index ``passages`` and return what became of each question."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = write_passages(folder, passages)
        build(folder, open_encoder())
        where = index_folder_of(folder)
        expected = [_expected(n, q, names) for n, q in enumerate(questions, 1)]
        balanced = FALSE_ANSWER_RATES["balanced"]
        asked = ask_all(folder, where, expected, calibration(), balanced, lambda _: None)
    return list(asked.records)


def measure(records: Sequence[Record]) -> dict[str, Any]:
    """Return every measure of the report with its interval, and the time of one window."""
    window = window_milliseconds(SpanModel.shipped())
    total = median(record.milliseconds["total"] for record in records)
    return {
        "measures": {f"{m.group}: {m.name}": shown(m.interval) for m in measures_of(records)},
        "milliseconds of one window of 200 tokens": round(window, 1),
        "median question in such windows": round(total / window, 2),
    }


def settings(records: Sequence[Record]) -> dict[str, Any]:
    """Return what every setting gives, where some questions have no answer."""
    confidence = np.array([r.confidence for r in records])
    answerable = np.array([bool(r.expected.answerable) for r in records])
    right = np.array([bool(r.right) for r in records])
    return {
        "unanswerable answered at 66 % coverage": round(
            coverage_at(confidence, answerable, COVERAGE), 4
        ),
        "settings": {
            word: _at(confidence >= calibration().threshold(rate), answerable, right)
            for word, rate in FALSE_ANSWER_RATES.items()
        },
    }


def window_milliseconds(model: SpanModel) -> float:
    """Return the median time of the network on one window of 200 tokens, on all cores."""
    session = model.open_session(0)
    tokens = model.tokenize(["what is this", "", "word " * (WINDOW - 6)])
    window = next(windows_of(*tokens))
    times = []
    for _ in range(50):
        began = time.perf_counter()
        session.run(["scores"], {"ids": window.ids[None], "kinds": window.token_type_ids[None]})
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


def _expected(number: int, question: dict[str, Any], names: dict[str, str]) -> Expected:
    asked, name = question["question"], names.get(question["doc_id"])
    if name is None:
        return Expected(number, str(number), asked, answerable=False)
    gold = tuple(answer["text"] for answer in question["answers"])
    return Expected(number, str(number), asked, (name,), gold, answerable=True)


def _at(given: Flags, answerable: Flags, right: Flags) -> dict[str, float]:
    return {
        "answered, of the answerable": mean(given[answerable]),
        "right, of these": mean(right[answerable & given]),
        "answered, of the unanswerable": mean(given[~answerable]),
    }


if __name__ == "__main__":
    main()
