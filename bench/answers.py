"""How often the first answer is right, and how well its probability says so.

One of two folders is asked, one text file a passage under a number for a name: that of all articles
(what is the first answer's exact match and F1?) or that of every second article (does the
probability tell right answers from wrong ones, and from questions without an answer?). Every
question gets its best answer, whatever its probability; what the settings give follows from those.

Run: ``python -m bench.answers DATA [--folder all|half] [--questions N]`` where DATA holds
``corpus.jsonl.gz`` (id, title, text) and ``questions.jsonl.gz`` (question, doc_id, answers). About
20 minutes a folder on two cores for 10,570 questions.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from onnxruntime import InferenceSession

from bench.abstention import Flags, area_under_roc, calibration_error, coverage_at
from bench.data import read_lines, write_passages
from bench.machine import described
from bench.metrics import exact_match, f1, mean
from index import build, open_encoder
from qa import RISKS, Answer, Assistant, threshold_of
from qa.span_model import SpanModel
from qa.windows import windows_of

SEED = 20140127
RIGHT = 0.5
COVERAGE = 0.66
WINDOW = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the best answer to it.

    Args:
        answerable: whether its article is in the folder.
        exact: whether the short answer is a gold answer.
        overlap: its F1.
        retrieved: whether the first passage by retrieval is the one with the answer.
        read: whether the first citation's passage is.
        answer: all of it.
    """

    answerable: bool
    exact: bool
    overlap: float
    retrieved: bool
    read: bool
    answer: Answer


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", choices=("all", "half"), default="half")
    parser.add_argument("--questions", type=int, help="ask so many, drawn at random; default all")
    options = parser.parse_args()
    passages = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = [q for q in read_lines(options.data / "questions.jsonl.gz") if q["answers"]]
    random.Random(SEED).shuffle(questions)
    if options.folder == "half":
        titles = sorted({passage["title"] for passage in passages})
        passages = [p for p in passages if p["title"] in set(titles[::2])]
    asked = ask(passages, questions[: options.questions])
    measured = measure(asked) if options.folder == "all" else measure(asked) | abstention(asked)
    result = {"data": options.data.name, "folder": options.folder, "passages": len(passages)}
    print(json.dumps(result | described() | measured, indent=1))


def ask(passages: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]]) -> list[Asked]:
    """Index ``passages`` and return the best answer to each question."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = write_passages(folder, passages)
        encoder = open_encoder()
        build(folder, encoder)
        with Assistant.open(folder, encoder=encoder, risk=1.0) as assistant:
            return [_asked(q, assistant.ask(q["question"]), names) for q in questions]


def measure(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the scores of the first answer to the answerable questions, and milliseconds."""
    answerable = [a for a in asked if a.answerable]
    times = [a.answer.timings_ms["total"] for a in asked]
    window = window_milliseconds(SpanModel.shipped())
    return {
        "answerable": len(answerable),
        "exact match": mean([a.exact for a in answerable]),
        "F1": mean([a.overlap for a in answerable]),
        "recall@1 before reading": mean([a.retrieved for a in answerable]),
        "recall@1 after reading": mean([a.read for a in answerable]),
        "median_milliseconds": round(median(times), 1),
        "milliseconds, 95th percentile": round(quantiles(times, n=20)[-1], 1),
        "milliseconds of one window of 200 tokens": round(window, 1),
        "median question in such windows": round(median(times) / window, 2),
    }


def abstention(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return how well the probability tells right answers from all else."""
    probability = np.array([a.answer.confidence for a in asked])
    answerable = np.array([a.answerable for a in asked])
    right = answerable & np.array([a.overlap >= RIGHT for a in asked])
    return {
        "unanswerable": int((~answerable).sum()),
        "area under ROC": round(area_under_roc(probability, right), 4),
        "expected calibration error": round(calibration_error(probability, right), 4),
        "unanswerable answered at 66 % coverage": round(
            coverage_at(probability, answerable, COVERAGE), 4
        ),
        "settings": {
            word: _at(probability >= threshold_of(risk), answerable, right)
            for word, risk in RISKS.items()
        },
    }


def window_milliseconds(model: SpanModel) -> float:
    """Return the median time of the network on one window of 200 tokens, on all cores."""
    session = InferenceSession(model.folder / "model.onnx", providers=["CPUExecutionProvider"])
    tokens = model.tokenize(["what is this", "", "word " * (WINDOW - 6)])
    window = next(windows_of(*tokens))
    times = []
    for _ in range(50):
        began = time.perf_counter()
        session.run(["scores"], {"ids": window.ids[None], "kinds": window.kinds[None]})
        times.append(1000 * (time.perf_counter() - began))
    return median(times)


def _asked(question: dict[str, Any], answer: Answer, names: dict[str, str]) -> Asked:
    name = names.get(question["doc_id"])
    gold = [g["text"] for g in question["answers"]]
    return Asked(
        answerable=name is not None,
        exact=exact_match(answer.text, gold),
        overlap=f1(answer.text, gold),
        retrieved=_first_found(answer) == name,
        read=[citation.document for citation in answer.citations[:1]] == [name],
        answer=answer,
    )


def _at(given: Flags, answerable: Flags, right: Flags) -> dict[str, float]:
    return {
        "answered, of the answerable": mean(given[answerable]),
        "right, of these": mean(right[answerable & given]),
        "answered, of the unanswerable": mean(given[~answerable]),
    }


def _first_found(answer: Answer) -> str | None:
    """Return the document that the search put first; the hits come in the reader's order."""
    best = max(answer.hits, key=lambda hit: hit.score, default=None)
    return best.passage.document if best else None


if __name__ == "__main__":
    main()
