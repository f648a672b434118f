"""How often the assistant answers, rightly, and how often where there is no answer.

The passages of every second article are indexed, one text file each under a number for a name, and
questions about all articles are asked, so that about half have no answer in the index. An answer is
right if its first quotation is from the right passage and holds a gold answer.

Run: ``python -m bench.answers DATA --questions 2000`` where DATA holds ``corpus.jsonl.gz`` (id,
title, text) and ``questions.jsonl.gz`` (question, doc_id, answers); ten minutes on two cores.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.data import read_lines, write_passages
from bench.machine import described
from index import build, open_encoder
from qa import Answer, Assistant, Citation

SEED = 20140127


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=2000, help="ask so many, drawn at random")
    options = parser.parse_args()
    passages = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = [q for q in read_lines(options.data / "questions.jsonl.gz") if q["answers"]]
    random.Random(SEED).shuffle(questions)
    result = measure(passages, questions[: options.questions])
    print(json.dumps({"data": options.data.name, **described(), **result}, indent=1))


def measure(
    passages: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Index every second article, ask ``questions``; return counts, shares and milliseconds."""
    titles = sorted({passage["title"] for passage in passages})
    indexed = [p for p in passages if p["title"] in set(titles[::2])]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = write_passages(folder, indexed)
        encoder = open_encoder()
        build(folder, encoder)
        with Assistant.open(folder, encoder=encoder) as assistant:
            answers = [assistant.ask(question["question"]) for question in questions]
    answerable = np.array([question["doc_id"] in names for question in questions])
    found = np.array([answer.found for answer in answers])
    right = np.array(
        [
            _is_right(answer.citations[:1], names.get(question["doc_id"]), question)
            for answer, question in zip(answers, questions, strict=True)
        ]
    )
    return {
        "answerable": int(answerable.sum()),
        "unanswerable": int((~answerable).sum()),
        "answered, of the answerable": _share(found[answerable]),
        "right, of the answered answerable": _share(right[answerable & found]),
        "answered, of the unanswerable": _share(found[~answerable]),
        "by confidence": _reliability(answers, right & found),
        "median_milliseconds": round(median(a.timings_ms["total"] for a in answers), 1),
    }


def _is_right(citations: Sequence[Citation], name: str | None, question: dict[str, Any]) -> bool:
    return any(
        citation.document == name
        and citation.start <= gold["start"]
        and gold["start"] + len(gold["text"]) <= citation.end
        for citation in citations
        for gold in question["answers"]
    )


def _reliability(
    answers: Sequence[Answer], right: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> list[dict[str, float]]:
    """Return the share of right answers by tenths of confidence, of the answers that were given."""
    confidence = np.array([answer.confidence for answer in answers])
    given = np.array([answer.found for answer in answers])
    bins = []
    for low in np.arange(0, 1, 0.1):
        inside = given & (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            count = int(inside.sum())
            bins.append(
                {"from": round(float(low), 1), "answers": count, "right": _share(right[inside])}
            )
    return bins


def _share(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return round(float(flags.mean()), 4)


if __name__ == "__main__":
    main()
