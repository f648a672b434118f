"""Pincite and its peers on the same passages and questions, in one run on one machine.

Run: ``python -m bench.peers ranking DATA WORK``, or ``reading`` in its place; DATA
is the folder of one data set. WORK is kept: each peer gets an environment of its own there, made
from ``requirements/``, on the first run.

Ranking: every passage of the data set, as Pincite splits its documents, is ranked for each
question. ReaderOutput: every second article is indexed, and each reader gets the ten passages that
Pincite reads; with ``--given`` everything is indexed and each reader gets the passage that was
asked of. All readers have Pincite's own weights. Prints one JSON object.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.machine import described
from bench.peers.corpora import (
    Corpus,
    opened,
    passages_given,
    ranked_by_pincite,
    read_by_pincite,
    read_task,
)
from bench.peers.environments import Peer, run
from bench.peers.scores import PINCITE, abstention, compared, fused, ranked, read

LEFT_OUT = {
    "verbatim-rag 0.2.8": "its extractors need weights from a model hub, or a language model; it "
    "has no path without either",
    "kotaemon": "its answers need a language model",
}


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
    parser.add_argument("what", choices=("ranking", "reading"))
    parser.add_argument("data", type=Path, help="holds corpus.jsonl.gz and questions.jsonl.gz")
    parser.add_argument("work", type=Path)
    parser.add_argument("--questions", type=int, help="so many, drawn at random; all by default")
    parser.add_argument("--given", action="store_true", help="read the passage that was asked of")
    parser.add_argument("--without", type=Path, help="a data set; do not ask about its articles")
    options = parser.parse_args()
    work = options.work.resolve()
    half = options.what == "reading" and not options.given
    count, without = options.questions, options.without
    with opened(options.data, half=half, count=count, without=without) as corpus:
        if options.what == "ranking":
            result = compare_rankings(corpus, work)
        else:
            from bench.peers.qa_weights import write_reader  # needs onnx, as ranking does not

            write_reader(work / "reader")
            result = compare_readings(corpus, work, given=options.given)
    about = {
        "data": options.data.name,
        "without": options.without and options.without.name,
        **described(),
        "left out": LEFT_OUT,
    }
    print(json.dumps({**about, **result}, indent=1))


def compare_rankings(corpus: Corpus, work: Path) -> dict[str, Any]:
    """Return each ranker's scores, and how much higher Pincite's are, with their intervals."""
    ours, milliseconds = ranked_by_pincite(corpus)
    passages = [{"id": number, "text": text} for number, text in corpus.passages.items()]
    questions = [{"id": q.id, "question": q.text} for q in corpus.questions]
    found: dict[str, Any] = {
        PINCITE: {
            "rankings": ours,
            "milliseconds": milliseconds,
            "index_seconds": corpus.index_seconds,
        }
    }
    for peer in RANKERS:
        found[peer.name] = run(peer, {"passages": passages, "questions": questions}, work)
    rankings: dict[str, Any] = {name: result["rankings"] for name, result in found.items()}
    rankings[FUSED] = fused(*(rankings[peer.name] for peer in RANKERS[:2]))
    judged = [question for question in corpus.questions if question.right]
    scores = {name: ranked(corpus, judged, ranking) for name, ranking in rankings.items()}
    return {
        "passages": len(passages),
        "questions": len(judged),
        "scores": compared(scores),
        "timing": {name: _timing(result) for name, result in found.items()},
    }


def compare_readings(corpus: Corpus, work: Path, *, given: bool) -> dict[str, Any]:
    """Return each reader's scores, and how much higher Pincite's are, with their intervals."""
    rankings = passages_given(corpus) if given else ranked_by_pincite(corpus)[0]
    task = read_task(corpus, rankings)
    answers, milliseconds = read_by_pincite(corpus, given=given)
    found: dict[str, Any] = {PINCITE: {"answers": answers, "milliseconds": milliseconds}}
    for peer in READERS:
        found[peer.name] = run(peer, task, work)
    scores = {name: read(corpus.questions, result["answers"]) for name, result in found.items()}
    return {
        "passages": len(corpus.passages),
        "questions": len(corpus.questions),
        "answerable": sum(bool(question.right) for question in corpus.questions),
        "scores": compared(scores),
        "abstention": {
            name: abstention(corpus.questions, result["answers"]) for name, result in found.items()
        },
        "timing": {name: _timing(result) for name, result in found.items()},
    }


def _timing(result: Mapping[str, Any]) -> dict[str, Any]:
    about = {key: result[key] for key in ("version", "index_seconds") if key in result}
    return about | {"median milliseconds": round(median(result["milliseconds"]), 1)}


if __name__ == "__main__":
    main()
