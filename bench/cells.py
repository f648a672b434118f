"""How many questions about figures in annual reports get the single right cell.

The reports of four companies are made here (`bench.annual_reports`), in one format, eight files in
one folder; each question is asked of the whole folder. Right is an answer of exactly the cells that
were wanted, from a report that holds them; wrong is any other answer, also one to a near miss.
Nothing is tuned on them: what judges cells is fitted to others (`training.table_questions`).

Run: ``python -m bench.cells [--format pdf|html]``.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.annual_reports import FORMATS, NEAR_MISSES, QUESTIONS, FigureQuestion, write
from bench.machine import described
from index import build, open_encoder
from qa import Answer, Assistant

__all__ = ["ask", "measure"]

SURE = 0.8


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", choices=FORMATS, default="pdf")
    options = parser.parse_args()
    asked, near = ask(options.format)
    result = {"format": options.format, **described(), **measure(asked, near)}
    print(json.dumps(result, indent=1, ensure_ascii=False))


def ask(suffix: str) -> tuple[list[Answer], list[Answer]]:
    """Return the answers to `QUESTIONS` and to `NEAR_MISSES`, from reports in one format."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, encoder = Path(scratch), open_encoder()
        write(folder, suffix)
        build(folder, encoder)
        with Assistant.open(folder, encoder=encoder) as assistant:
            asked = [assistant.ask(question.text) for question in QUESTIONS]
            return asked, [assistant.ask(question) for question in NEAR_MISSES]


def measure(asked: Sequence[Answer], near: Sequence[Answer]) -> dict[str, Any]:
    """Return how many of the answers are right, and how many are wrong and how sure of it."""
    pairs = list(zip(QUESTIONS, asked, strict=True))
    right = [is_right(question, answer) for question, answer in pairs]
    given = [answer.verdict == "answered" for answer in (*asked, *near)]
    wrong = [
        answer
        for answer, is_given, fits in zip(
            (*asked, *near), given, (*right, *(False for _ in near)), strict=True
        )
        if is_given and not fits
    ]
    return {
        "questions": len(asked),
        "right": sum(right),
        "the right cell is shown": sum(is_shown(question, answer) for question, answer in pairs),
        "near misses": len(near),
        "wrong": len(wrong),
        f"wrong at {SURE} or more": sum(answer.confidence >= SURE for answer in wrong),
        "median milliseconds": median(answer.timings_ms["total"] for answer in asked),
        "not right": {
            question.text: f"{answer.verdict} {answer.confidence:.2f}: {answer.text[:80]}"
            for (question, answer), fits in zip(pairs, right, strict=True)
            if not fits
        },
        "wrong answers": {answer.question: f"{answer.confidence:.2f}" for answer in wrong},
    }


def is_right(question: FigureQuestion, answer: Answer) -> bool:
    """Return whether ``answer`` is exactly the cells that were wanted."""
    parts = answer.citations[: answer.parts]
    return (
        answer.verdict == "answered"
        and tuple(part.answer for part in parts) == question.values
        and all(Path(part.document).stem in question.reports for part in parts)
    )


def is_shown(question: FigureQuestion, answer: Answer) -> bool:
    """Return whether each cell that was wanted stands in one of the quotations."""
    quotes = [c.quote for c in answer.citations if Path(c.document).stem in question.reports]
    return all(any(value in quote for quote in quotes) for value in question.values)


if __name__ == "__main__":
    main()
