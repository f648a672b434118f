"""Pincite and its peers on the same passages and questions, in one run on one machine.

Run: ``python -m bench.peers DATA WORK [--questions 1000]``. DATA holds the folders ``squad1_dev``,
``covid_qa``, ``cranfield`` and ``npl_vaswani`` (those that are there are used). WORK is kept: each
peer gets an environment of its own there, made from ``requirements/``, on the first run.

Ranking: every passage of the data set, as Pincite splits its documents, is ranked for each
question. Reading: SQuAD, every second article indexed; each reader gets Pincite's own weights and
the ten passages that Pincite reads. Prints one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.machine import described
from bench.peers.corpora import (
    DEPTH,
    Corpus,
    Question,
    opened,
    ranked_by_pincite,
    read_by_pincite,
    read_task,
)
from bench.peers.qa_weights import write_reader
from index import default_encoder_folder
from pincite.evaluation.intervals import bootstrap, paired_test
from pincite.evaluation.measures import (
    Floats,
    area_under_roc,
    coverage_at,
    exact_match,
    f1,
    ranking_scores,
)

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
SETS = ("squad1_dev", "covid_qa", "cranfield", "npl_vaswani")
READING = "squad1_dev"
PINCITE = "Pincite"
RIGHT = 0.5
COVERAGE = 0.66
LEFT_OUT = {
    "verbatim-rag 0.2.8": "its extractors need weights from a model hub, or a language model; it "
    "has no path without either",
    "kotaemon": "its answers need a language model",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Another library, run by a script in its own environment.

    Args:
        name: as the tables have it.
        script: in ``scripts/``.
        environment: named as in ``requirements/``; None for Pincite's own.
    """

    name: str
    script: str
    environment: str | None


RANKERS = (
    Peer("BM25, bm25s", "rank_bm25s.py", "bm25s"),
    Peer("FAISS, the same encoder", "rank_faiss.py", None),
    Peer("txtai, hybrid", "rank_txtai.py", "txtai"),
    Peer("Haystack, hybrid in memory", "rank_haystack.py", "haystack"),
)
FUSED = "reciprocal ranks of BM25 and FAISS"
READERS = (
    Peer("Haystack, extractive reader", "read_haystack.py", "haystack"),
    Peer("txtai, Questions", "read_txtai.py", "txtai"),
    Peer("transformers, question answering", "read_transformers.py", "transformers"),
)


def main() -> None:
    """Run everyone and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--questions", type=int, default=1000, help="of each set, drawn at random")
    parser.add_argument("--sets", nargs="*", default=SETS)
    options = parser.parse_args()
    work = options.work.resolve()
    write_reader(work / "reader")
    ranking = {}
    for name in options.sets:
        if (options.data / name).is_dir():
            with opened(options.data / name, count=options.questions) as corpus:
                ranking[name] = compare_rankings(corpus, work)
    with opened(options.data / READING, half=True, count=options.questions) as corpus:
        reading = compare_readings(corpus, work)
    result = {**described(), "left out": LEFT_OUT, "ranking": ranking, "reading": reading}
    print(json.dumps(result, indent=1))


def compare_rankings(corpus: Corpus, work: Path) -> dict[str, Any]:
    """Return each ranker's scores, and how much higher Pincite's are, with their intervals."""
    ours, milliseconds = ranked_by_pincite(corpus)
    passages = [{"id": number, "text": text} for number, text in corpus.passages.items()]
    questions = [{"id": q.id, "question": q.text} for q in corpus.questions]
    found: dict[str, Any] = {PINCITE: {"rankings": ours, "milliseconds": milliseconds}}
    for peer in RANKERS:
        found[peer.name] = run(peer, {"passages": passages, "questions": questions}, work)
    rankings: dict[str, Any] = {name: result["rankings"] for name, result in found.items()}
    rankings[FUSED] = fused(*(rankings[peer.name] for peer in RANKERS[:2]))
    judged = [question for question in corpus.questions if question.right]
    scores = {name: _ranked(corpus, judged, ranked) for name, ranked in rankings.items()}
    return {
        "passages": len(passages),
        "questions": len(judged),
        "scores": _compared(scores),
        "timing": {name: _timing(result) for name, result in found.items()},
    }


def compare_readings(corpus: Corpus, work: Path) -> dict[str, Any]:
    """Return each reader's scores, and how much higher Pincite's are, with their intervals."""
    rankings, _ = ranked_by_pincite(corpus)
    task = read_task(corpus, rankings)
    answers, milliseconds = read_by_pincite(corpus)
    found: dict[str, Any] = {PINCITE: {"answers": answers, "milliseconds": milliseconds}}
    for peer in READERS:
        found[peer.name] = run(peer, task, work)
    scores = {name: _read(corpus.questions, result["answers"]) for name, result in found.items()}
    return {
        "passages": len(corpus.passages),
        "questions": len(corpus.questions),
        "answerable": sum(bool(question.right) for question in corpus.questions),
        "scores": _compared(scores),
        "abstention": {
            name: _abstention(corpus.questions, result["answers"]) for name, result in found.items()
        },
        "timing": {name: _timing(result) for name, result in found.items()},
    }


def run(peer: Peer, task: Mapping[str, Any], work: Path) -> dict[str, Any]:
    """Return what a peer's script writes; its environment is made if it is not there yet."""
    asked, answered = work / "task.json", work / "result.json"
    asked.write_text(json.dumps(task), "utf-8")
    places = {"ENCODER": str(default_encoder_folder()), "READER": str(work / "reader")}
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    python = _python(peer.environment, work)
    command = [python, str(SCRIPTS / peer.script), str(asked), str(answered)]
    print(f"{peer.name} ...", file=sys.stderr, flush=True)
    subprocess.run(command, check=True, env=os.environ | places | offline, stdout=sys.stderr)
    result: dict[str, Any] = json.loads(answered.read_text("utf-8"))
    return result


def fused(*runs: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return the rankings by the sum of reciprocal ranks (Cormack et al. 2009, k = 60)."""
    return {question: _fused([run[question] for run in runs]) for question in runs[0]}


def _fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (60 + rank)
    return sorted(scores, key=lambda number: -scores[number])[:DEPTH]


def _python(environment: str | None, work: Path) -> str:
    if environment is None:
        return sys.executable
    requirements = (HERE / "requirements" / f"{environment}.txt").read_text("utf-8")
    folder = work / environment
    made = folder / "made-from.txt"
    if not made.exists() or made.read_text("utf-8") != requirements:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        listed = str(HERE / "requirements" / f"{environment}.txt")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", listed]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        made.write_text(requirements, "utf-8")
    return str(folder / "bin" / "python")


def _ranked(
    corpus: Corpus, questions: Sequence[Question], rankings: Mapping[str, Sequence[int]]
) -> dict[str, Floats]:
    flags = [_flags(corpus, question, rankings[question.id]) for question in questions]
    return ranking_scores(flags, [len(question.right) for question in questions])


def _flags(corpus: Corpus, question: Question, ranking: Sequence[int]) -> list[bool]:
    """Return for each place whether its unit is right, each unit once, the ignored left out."""
    units = dict.fromkeys(corpus.units[number] for number in ranking)
    return [unit in question.right for unit in units if unit not in question.ignored]


def _read(questions: Sequence[Question], answers: Mapping[str, Sequence[Any]]) -> dict[str, Floats]:
    answerable = [(answers[q.id][0], q.gold) for q in questions if q.right]
    return {
        "exact match": np.array([float(exact_match(text, gold)) for text, gold in answerable]),
        "F1": np.array([f1(text, gold) for text, gold in answerable]),
    }


def _abstention(
    questions: Sequence[Question], answers: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """Return how well a reader's own score tells right answers from all else."""
    score = np.array([answers[q.id][1] if answers[q.id][0] else 0.0 for q in questions])
    answerable = np.array([bool(q.right) for q in questions])
    overlap = np.array([f1(answers[q.id][0], q.gold) for q in questions])
    right = answerable & (overlap >= RIGHT)
    both = np.stack([score, right, answerable], axis=1).astype(np.float64)

    def area(rows: Floats) -> float:
        return area_under_roc(rows[:, 0], rows[:, 1] > 0)

    def false(rows: Floats) -> float:
        return coverage_at(rows[:, 0], rows[:, 2] > 0, COVERAGE)

    return {
        "area under ROC": _rounded(asdict(bootstrap(area, both))),
        f"unanswerable answered at {COVERAGE:.0%} coverage": _rounded(
            asdict(bootstrap(false, both))
        ),
    }


def _compared(scores: Mapping[str, Mapping[str, Floats]]) -> dict[str, dict[str, Any]]:
    """Return each score with its interval, and Pincite's lead with the probability of no lead."""
    ours = scores[PINCITE]
    return {
        name: {
            measure: _rounded(asdict(bootstrap(_mean, values)))
            | ({} if name == PINCITE else _lead(values, ours[measure]))
            for measure, values in theirs.items()
        }
        for name, theirs in scores.items()
    }


def _lead(theirs: Floats, ours: Floats) -> dict[str, Any]:
    paired = paired_test(theirs, ours)
    return {"Pincite's lead": _rounded(asdict(paired.difference)), "p": round(paired.p, 4)}


def _mean(values: Floats) -> float:
    return float(values.mean())


def _timing(result: Mapping[str, Any]) -> dict[str, Any]:
    about = {key: result[key] for key in ("version", "index_seconds") if key in result}
    return about | {"median milliseconds": round(median(result["milliseconds"]), 1)}


def _rounded(interval: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in interval.items()}


if __name__ == "__main__":
    main()
