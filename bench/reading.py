"""How well the reader finds the answer in the passage that a question was asked of.

SQuAD 1.1: exact match and F1 of the best span, over all questions. SQuAD 2.0: F1 where a question
without an answer must get none; the least margin over "no answer" is chosen on another set.

Run: ``python -m bench.reading DATA [--without OTHER] [--fit OTHER]`` where DATA holds
``corpus.jsonl.gz`` and ``questions.jsonl.gz``, and OTHER is another such folder, whose articles are
not asked about or on which the margin is chosen. Prints one JSON object. Ten minutes on two cores
for 10,570 questions.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import questions_of, read_lines
from bench.machine import described
from bench.measures import mean
from corpus import Document, Span
from pincite.evaluation.measures import Floats, area_under_roc, exact_match, f1
from qa.reading.model import SpanModel
from qa.reading.spans import Context, find_spans


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a question whose passage was given.

    Args:
        answerable: whether the passage holds an answer.
        margin: score of the best span above that of no answer in its window.
        exact: whether it is a gold answer.
        overlap: its F1.
    """

    answerable: bool
    margin: float
    exact: float
    overlap: float


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, help="folder of the network; by default the shipped")
    parser.add_argument("--without", type=Path, help="a data set; do not ask about its articles")
    parser.add_argument("--fit", type=Path, help="a data set to choose the least margin on")
    options = parser.parse_args()
    model = SpanModel(options.model) if options.model else SpanModel.shipped()
    read = _read_all(model, options.data, options.without)
    scores = measure(read)
    if options.fit:
        least = best_margin(_read_all(model, options.fit, None))
        scores |= {"fitted on": options.fit.name, **measure_with_no(read, least)}
    about = {"data": options.data.name, "without": options.without and options.without.name}
    print(json.dumps(about | described() | scores, indent=1))


def measure(read: Sequence[Read]) -> dict[str, Any]:
    """Return the scores of the best spans, whatever their margin."""
    answerable = [r for r in read if r.answerable]
    return {
        "answerable": len(answerable),
        "unanswerable": len(read) - len(answerable),
        "exact match, of the answerable": mean([r.exact for r in answerable]),
        "F1, of the answerable": mean([r.overlap for r in answerable]),
    }


def measure_with_no(read: Sequence[Read], least: float) -> dict[str, float]:
    """Return the scores where a span below the ``least`` margin is no answer."""
    margins = np.array([r.margin for r in read])
    return {
        "least margin": round(least, 3),
        "exact match": mean([_given(r, r.exact, least) for r in read]),
        "F1": mean([_given(r, r.overlap, least) for r in read]),
        "area under ROC, answerable against not": round(
            area_under_roc(margins, np.array([r.answerable for r in read])), 4
        ),
    }


def best_margin(read: Sequence[Read]) -> float:
    """Return the least margin at which answers are given that makes the mean F1 highest."""
    margins: Floats = np.array([r.margin for r in read])
    order = np.argsort(-margins, kind="stable")
    # Answering one more question adds its F1, or takes away the point for a rightful no.
    gains = np.array([r.overlap if r.answerable else -1.0 for r in read])[order]
    best = int(np.argmax(np.concatenate([[0.0], np.cumsum(gains)])))
    return float(margins[order[best - 1]]) if best else float("inf")


def _given(read: Read, score: float, least: float) -> float:
    if read.margin >= least:
        return score if read.answerable else 0.0
    return 0.0 if read.answerable else 1.0


def _read_all(model: SpanModel, data: Path, without: Path | None) -> list[Read]:
    passages = {p["id"]: p["text"] for p in read_lines(data / "corpus.jsonl.gz")}
    return [_read(model, q, passages[q["doc_id"]]) for q in questions_of(data, without)]


def _read(model: SpanModel, question: dict[str, Any], text: str) -> Read:
    document = Document(question["doc_id"], "", "text/plain", "", text)
    context = Context(document, Span(0, len(text)), text, "", 0)
    best = find_spans(model, question["question"], [context])[0]
    gold = [a["text"] for a in question["answers"]]
    answerable = bool(question["answerable"])
    exact, overlap = exact_match(best.text, gold), f1(best.text, gold)
    return Read(answerable, best.score - best.null_score, exact, overlap)


if __name__ == "__main__":
    main()
