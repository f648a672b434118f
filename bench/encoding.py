"""Passages a second of the default encoder, beside sentence-transformers and the machine's limit.

The limit is what the machine multiplies: the best of several large products of float32 matrices, by
torch or numpy, with as many threads as there are processors. The encoder's work is counted as two
operations for each of the 10.6 million weights of its layers and each real token; attention's own
products (7 % more at 156 tokens), normalisation and padding are not counted, so that they lower the
share. The passages come as a build hands them over. Rounds of limit, Pincite and
sentence-transformers (with its defaults) alternate, so that a change of the machine meets all.

Run: ``python -m bench.encoding DATA --passages 512 --rounds 5``; some minutes on two cores.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from bench.data import read_lines
from bench.machine import described
from index import Vectors, default_encoder_folder, open_encoder
from index.build import BATCH, WINDOW

WEIGHTS = 10.6e6
PRODUCT, PRODUCTS = 3072, 6


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds corpus.jsonl.gz")
    parser.add_argument("--passages", type=int, help="encode only the first so many")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    texts = [line["text"] for line in read_lines(options.data / "corpus.jsonl.gz")]
    result = measure(texts[: options.passages], options.rounds)
    print(json.dumps({"data": options.data.name, **described(), **result}, indent=1))


def measure(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Return operations a second, passages a second, and how far the vectors agree."""
    threads = os.cpu_count() or 1
    torch.set_num_threads(threads)
    encoder = open_encoder()
    counted = dict(zip(texts, encoder.count_tokens(texts), strict=True))
    texts = [text for text, tokens in counted.items() if tokens <= encoder.max_tokens]
    batches = list(_as_built(texts))
    folder = str(default_encoder_folder())
    reference = SentenceTransformer(folder, device="cpu", local_files_only=True)
    limits, ours, theirs = [], [], []
    vectors: dict[str, Vectors] = {}
    for _ in range(rounds):
        limits.append(_limit())
        start = time.perf_counter()
        for batch in batches:
            vectors.update(zip(batch, encoder.encode(batch), strict=True))
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        expected = reference.encode(texts, show_progress_bar=False)
        theirs.append(time.perf_counter() - start)
    cosines = [vectors[text] @ row for text, row in zip(texts, expected, strict=True)]
    operations = 2 * WEIGHTS * sum(counted[text] for text in texts)
    return {
        "passages": len(texts),
        "operations": operations,
        "threads": threads,
        "limit_gflops": [round(limit / 1e9) for limit in limits],
        "pincite": _shares(ours, operations, limits),
        "sentence-transformers": _shares(theirs, operations, limits),
        "times_as_fast": [round(b / a, 3) for a, b in zip(ours, theirs, strict=True)],
        "least_cosine": round(float(min(cosines)), 6),
    }


def _as_built(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield batches as a build makes them: by length, within a window."""
    for start in range(0, len(texts), WINDOW):
        window = sorted(texts[start : start + WINDOW], key=len)
        yield from (window[at : at + BATCH] for at in range(0, len(window), BATCH))


def _shares(seconds: Sequence[float], operations: float, limits: Sequence[float]) -> dict[str, Any]:
    """Return seconds, and the share of the limit round by round and of the best of each."""
    pairs = zip(seconds, limits, strict=True)
    return {
        "seconds": [round(taken, 2) for taken in seconds],
        "median_share": round(median(operations / taken / limit for taken, limit in pairs), 3),
        "best_share": round(operations / min(seconds) / max(limits), 3),
    }


def _limit() -> float:
    """Return operations a second of the best of several products of large matrices."""
    one, two = np.random.default_rng(0).random((2, PRODUCT, PRODUCT), np.float32)
    first, second = torch.from_numpy(one), torch.from_numpy(two)
    ways: list[Callable[[], object]] = [lambda: one @ two, lambda: first @ second]
    seconds = []
    for way in ways * PRODUCTS:
        start = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - start)
    return 2.0 * PRODUCT**3 / min(seconds)


if __name__ == "__main__":
    main()
