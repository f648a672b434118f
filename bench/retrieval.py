"""Recall and reciprocal rank of Pincite's retriever on passages with known answers.

The passages are written to a folder, one text file each under a number for a name (so that no
title leaks into the search), and indexed by the product's own build. Each question is asked through
the product's own retriever, of all passages, and its hits are also ranked by each half alone. A
passage counts as found at the rank of the first hit from its file.

Run: ``python -m bench.retrieval DATA`` where DATA holds ``corpus.jsonl.gz`` (id, text) and
``questions.jsonl.gz`` (question, doc_id), such as the SQuAD 1.1 development set.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.data import read_lines, write_passages
from bench.machine import described
from bench.measures import mean
from index import PassageIndex, build, index_folder_of, open_encoder
from pincite.evaluation.measures import ranking_scores
from qa import Hit, Retriever, understand

DEPTH = 100
Ranking = Callable[[list[Hit]], list[Hit]]

RANKINGS: dict[str, Ranking] = {
    "fused": lambda hits: hits,
    "similarity alone": lambda hits: _by(hits, lambda hit: hit.similarity),
    "BM25 alone": lambda hits: _by([h for h in hits if h.bm25_rank], lambda hit: hit.bm25),
    "reciprocal rank fusion": lambda hits: _by(hits, _reciprocal_rank),
}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, help="ask only the first so many")
    options = parser.parse_args()
    passages = list(read_lines(options.data / "corpus.jsonl.gz"))
    questions = list(read_lines(options.data / "questions.jsonl.gz"))
    questions = [q for q in questions if q.get("doc_id")][: options.questions]
    result = {"data": options.data.name, **described(), **measure(passages, questions)}
    print(json.dumps(result, indent=1))


def measure(
    passages: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Index ``passages``, ask ``questions``; return counts, times and each ranking's scores."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = write_passages(folder, passages)
        encoder = open_encoder()
        report = build(folder, encoder)
        index = PassageIndex.open(index_folder_of(folder), encoder)
        ranks: dict[str, list[int | None]] = {name: [] for name in RANKINGS}
        milliseconds = []
        with index.snapshot():
            retriever = Retriever(index)
            for question in questions:
                understood = understand(question["question"])
                start = time.perf_counter()
                hits = retriever.retrieve(understood, 2 * DEPTH)
                milliseconds.append((time.perf_counter() - start) * 1000)
                for name, ranking in RANKINGS.items():
                    ranks[name].append(_rank(ranking(hits), names[question["doc_id"]]))
        index.close()
    return {
        "documents": report.documents,
        "passages": report.passages,
        "questions": len(questions),
        "build_seconds": round(report.seconds, 1),
        "median_milliseconds": round(median(milliseconds), 1),
        "scores": {name: scores_of(found) for name, found in ranks.items()},
    }


def scores_of(ranks: Sequence[int | None]) -> dict[str, float]:
    """Return the mean scores of the ranks (from 1; None: not found)."""
    right = [[place == rank for place in range(1, DEPTH + 1)] for rank in ranks]
    scores = ranking_scores(right, [1] * len(ranks))
    return {name: mean(values.tolist()) for name, values in scores.items()}


def _by(hits: list[Hit], score: Callable[[Hit], float]) -> list[Hit]:
    return sorted(hits, key=score, reverse=True)


def _reciprocal_rank(hit: Hit) -> float:
    """Return the score of reciprocal rank fusion (Cormack et al. 2009, k = 60)."""
    ranks = (hit.similarity_rank, hit.bm25_rank)
    return sum(1 / (60 + rank) for rank in ranks if rank is not None)


def _rank(hits: Sequence[Hit], document: str) -> int | None:
    """Return the place of ``document`` among the documents of ``hits``."""
    documents = list(dict.fromkeys(hit.passage.document for hit in hits))
    return documents.index(document) + 1 if document in documents else None


if __name__ == "__main__":
    main()
