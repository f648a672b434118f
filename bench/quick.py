"""A few minutes' check that no change has made Pincite worse: fails on a drop of quality.

The starter documents with their golden questions and, where DATA is given, a thousand questions of
a benchmark, every second article indexed. A measure has dropped if what was committed lies outside
of its 95 % interval now, on the better side. Times are neither compared nor kept.

Run: ``python -m bench.quick [DATA] [--without OTHER] [--update]``; DATA and OTHER as in
`bench.answers`. Ends with 1 if something has dropped; ``--update`` writes
``bench/results/quick.json`` instead.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.answers import SEED, ask
from bench.data import every_second_article, questions_of, read_lines
from bench.machine import described
from index import build, index_folder_of, open_encoder
from pincite.evaluation.questions import read_questions
from pincite.evaluation.records import Record
from pincite.evaluation.report import Measure, measures_of
from pincite.evaluation.run import ask_all
from qa.reading import FALSE_ANSWER_RATES, calibration

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "bench" / "results" / "quick.json"
QUESTIONS = 1000


def main() -> None:
    """Measure, and compare with what is committed or commit it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="a benchmark; the starter alone without")
    parser.add_argument("--without", type=Path, help="a data set; do not ask about its articles")
    parser.add_argument("--update", action="store_true", help="keep the numbers of this run")
    options = parser.parse_args()
    measured = {"starter": qualities(starter())}
    if options.data:
        measured[options.data.name] = qualities(benchmark(options.data, options.without))
    committed = json.loads(COMMITTED.read_text("utf-8")) if COMMITTED.exists() else {}
    if options.update:
        values = {
            name: {m.name: round(m.interval.value, 4) for m in measures}
            for name, measures in measured.items()
        }
        text = json.dumps(committed | described() | values, indent=1)
        COMMITTED.write_text(f"{text}\n", "utf-8")
        return
    dropped = [line for name in measured for line in drops(measured[name], committed[name])]
    for line in dropped or ["no measure of quality has dropped"]:
        print(line)
    sys.exit(1 if dropped else 0)


def starter() -> Sequence[Record]:
    """Return what became of the golden questions."""
    questions = read_questions(ROOT / "tests" / "golden" / "questions.jsonl").asked
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "starter")
        shutil.copytree(ROOT / "starter", folder, ignore=shutil.ignore_patterns(".pincite"))
        build(folder, open_encoder())
        where, balanced = index_folder_of(folder), FALSE_ANSWER_RATES["balanced"]
        asked = ask_all(folder, where, questions, calibration(), balanced, lambda _: None)
    return asked.records


def benchmark(data: Path, without: Path | None) -> Sequence[Record]:
    """Return what became of a thousand questions, of which about half have no answer."""
    passages = list(read_lines(data / "corpus.jsonl.gz"))
    questions = [q for q in questions_of(data, without) if q["answers"]]
    drawn = random.Random(SEED).sample(questions, min(QUESTIONS, len(questions)))
    return ask(every_second_article(passages), drawn)


def qualities(records: Sequence[Record]) -> list[Measure]:
    """Return every measure but the times."""
    return [measure for measure in measures_of(records) if measure.unit != "ms"]


def drops(measures: Sequence[Measure], committed: Mapping[str, float]) -> list[str]:
    """Return a sentence for each measure that is worse than ``committed`` beyond its interval."""
    found = []
    for measure in measures:
        now, before = measure.interval, committed[measure.name]
        worse = now.low > before if measure.lower_is_better else now.high < before
        if worse:
            found.append(
                f"{measure.name} is {now.value:.3f} ({now.low:.3f} to {now.high:.3f}); it was "
                f"{before:.3f}"
            )
    return found


if __name__ == "__main__":
    main()
