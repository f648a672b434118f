"""What the driver and the scripts of the peers tell each other: JSON files, nothing imported.

Each peer runs in an environment of its own, so this module and the scripts beside it import nothing
of Pincite and nothing of each other's libraries.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

__all__ = ["convert_all", "rank_all", "read_all"]

DEPTH = 20


def rank_all(make: Callable[[list[str]], Callable[[str, int], list[int]]], version: str) -> None:
    """Index the passages, rank them for each question, and write what was found.

    Args:
        make: indexes texts; returns what gives the places of the best texts for a question.
        version: of the library.
    """
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    began = time.perf_counter()
    rank = make([passage["text"] for passage in task["passages"]])
    indexed = time.perf_counter() - began
    found, milliseconds = _timed(lambda q: rank(q["question"], DEPTH), task["questions"])
    ids = [passage["id"] for passage in task["passages"]]
    rankings = {question: [ids[place] for place in places] for question, places in found.items()}
    _write({"version": version, "index_seconds": round(indexed, 2), "rankings": rankings}
           | {"milliseconds": milliseconds})  # fmt: skip


def read_all(read: Callable[[str, list[str]], tuple[str, float, int]], version: str) -> None:
    """Read the passages of each question and write the best answer.

    Args:
        read: returns answer, score and place of its passage; no answer is ``""``.
        version: of the library.
    """
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    answers, milliseconds = _timed(lambda q: read(q["question"], q["passages"]), task["questions"])
    _write({"version": version, "answers": answers, "milliseconds": milliseconds})


def convert_all(convert: Callable[[str], str], version: str) -> None:
    """Read the files at the paths and write their texts, None for those that it cannot read.

    Args:
        convert: returns the text of a file.
        version: of the library.
    """
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    texts, seconds = {}, {}
    # The first file of each kind is read once more before: libraries load what they need then.
    first = {Path(path).suffix.lower(): path for path in reversed(task["paths"])}
    for path in (*first.values(), *task["paths"]):
        began = time.process_time()
        try:
            texts[path] = convert(path)
        except Exception as error:  # noqa: BLE001 - whatever a library raises, the file is lost
            print(f"{path}: {error}", file=sys.stderr)
            texts[path] = None
        seconds[path] = time.process_time() - began
    _write({"version": version, "texts": texts, "seconds": seconds})


def _timed(
    answer: Callable[[dict[str, Any]], Any], questions: Iterable[dict[str, Any]]
) -> tuple[dict[str, Any], list[float]]:
    answers, milliseconds = {}, []
    for question in questions:
        began = time.perf_counter()
        answers[question["id"]] = answer(question)
        milliseconds.append(round(1000 * (time.perf_counter() - began), 2))
    return answers, milliseconds


def _write(result: dict[str, Any]) -> None:
    Path(sys.argv[2]).write_text(json.dumps(result), "utf-8")
