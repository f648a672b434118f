"""Whether two versions of Pincite give the same answers, and how long each of them takes.

Both build and ask in processes of their own, in turn: the starter folder with its golden questions,
and, if ``DATA`` is given, a folder with one text file a passage. Answers are compared as
``pincite ask --json`` writes them, every field but the timings, after fields that were renamed have
their present names.

Run: ``python -m bench.unchanged BEFORE [DATA] [--questions N]`` where BEFORE is a checkout of the
earlier version (``git worktree add BEFORE COMMIT``) that this environment can run, and DATA is as
in ``bench.answers``. Exit code 1 if an answer differs.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.checkout import HERE, ask, build, index_of, write_questions
from bench.data import read_lines, write_passages
from bench.machine import described

SEED = 20140127
ROUNDS = 4
# Former names of an answer's fields.
RENAMED = {"differing": "conflicting"}


def main() -> None:
    """Compare, print one JSON object, and exit with 1 if an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    versions = {"before": options.before.resolve(), "now": HERE}
    with tempfile.TemporaryDirectory() as scratch:
        sets = dict(folders(Path(scratch), options.data, options.questions))
        found = {name: compare(versions, *where) for name, where in sets.items()}
    print(json.dumps(described() | {"sets": found}, indent=1))
    sys.exit(any(one["different"] for one in found.values()))


def folders(
    scratch: Path, data: Path | None, count: int
) -> Iterator[tuple[str, tuple[Path, Path]]]:
    """Yield the name of each set, its folder of documents and its file of questions."""
    starter = scratch / "starter"
    shutil.copytree(HERE / "starter", starter, ignore=shutil.ignore_patterns(".*"))
    yield "golden", (starter, HERE / "tests" / "golden" / "questions.jsonl")
    if data is None:
        return
    documents, file = scratch / data.name, scratch / "questions.jsonl"
    documents.mkdir()
    write_passages(documents, list(read_lines(data / "corpus.jsonl.gz")))
    questions = list(read_lines(data / "questions.jsonl.gz"))
    random.Random(SEED).shuffle(questions)
    write_questions(file, [q["question"] for q in questions[:count]])
    yield data.name, (documents, file)


def compare(versions: dict[str, Path], documents: Path, questions: Path) -> dict[str, Any]:
    """Return how many answers differ, the first few, and the median times of each version.

    Args:
        versions: a checkout each, by its name.
        documents: the folder to index.
        questions: JSON lines with id and question.
    """
    answers: dict[str, list[dict[str, Any]]] = {}
    times: dict[str, list[float]] = {name: [] for name in versions}
    for name, checkout in versions.items():
        build(checkout, documents, index_of(documents, name))
    for at in range(ROUNDS):
        # Each version is the first in every second round: the machine's speed drifts.
        for name, checkout in list(versions.items())[:: 1 if at % 2 else -1]:
            answers[name] = ask(checkout, documents, index_of(documents, name), questions)
            times[name] += [answer.pop("timings_ms")["total"] for answer in answers[name]]
    pairs = zip(answers["before"], answers["now"], strict=True)
    different = [now["question"] for was, now in pairs if renamed(was) != renamed(now)]
    return {
        "questions": len(answers["now"]),
        "different": len(different),
        "the first of these": different[:5],
        "median milliseconds": {name: median(taken) for name, taken in times.items()},
        "time now, before = 1": round(median(times["now"]) / median(times["before"]), 3),
    }


def renamed(answer: dict[str, Any]) -> dict[str, Any]:
    """Return ``answer`` with the present names of its fields."""
    return {RENAMED.get(name, name): value for name, value in answer.items()}


if __name__ == "__main__":
    main()
