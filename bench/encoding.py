"""Passages a second of the default encoder, beside sentence-transformers and the machine's limit.

The limit is what the machine multiplies: the best of several large products of float32 matrices, by
torch or numpy, with as many threads as there are processors. Beside it stands that of bfloat16,
which the encoder uses for many texts where it is faster; a processor without such hardware would
take hours, and null stands there instead. The encoder's work is counted as two operations for each
of the 10.6 million weights of its layers and each real token; attention's own products (7 % more at
156 tokens), normalisation and padding are not counted, so that they lower the utilisation. The
passages come as a build hands them over. Rounds of limit, Pincite in single precision, Pincite as
it chooses for many texts, and sentence-transformers (with its defaults) alternate, so that a change
of the machine meets all.

Run: ``python -m bench.encoding DATA --passages 512``; some minutes on two cores.
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
from index import Encoder, Vectors, default_encoder_folder, open_encoder
from index.build import BATCH, WINDOW
from index.encoding.minilm import multiplies_bfloat16

WEIGHTS = 10.6e6
PRODUCT, PRODUCTS = 3072, 6


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds corpus.jsonl.gz")
    parser.add_argument("--passages", type=int, help="encode only the first so many")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    texts = [line["text"] for line in read_lines(options.data / "corpus.jsonl.gz")]
    result = measure(texts[: options.passages], options.rounds)
    print(json.dumps({"data": options.data.name, **described(), **result}, indent=1))


def measure(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Return operations a second, passages a second, and how far the vectors agree."""
    threads = os.cpu_count() or 1
    torch.set_num_threads(threads)
    few = open_encoder()
    chosen = few.fastest_precision()
    many = few.in_precision(chosen)
    for encoder in (few, many):
        encoder.encode(["a text"])  # loads the weights
    counted = dict(zip(texts, few.count_tokens(texts), strict=True))
    texts = [text for text, tokens in counted.items() if tokens <= few.max_tokens]
    ordered = [text for batch in _as_built(texts) for text in batch]
    reference = SentenceTransformer(str(default_encoder_folder()), device="cpu")
    ways: dict[str, Callable[[], Vectors]] = {
        "single precision": lambda: _encoded(few, texts),
        "chosen for many texts": lambda: _encoded(many, texts),
        "sentence-transformers": lambda: reference.encode(ordered, show_progress_bar=False),
    }
    dtypes = [torch.float32, *([torch.bfloat16] if multiplies_bfloat16() else [])]
    limits: dict[torch.dtype, list[float]] = {dtype: [] for dtype in dtypes}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    vectors: dict[str, Vectors] = {}
    for _ in range(rounds):
        for dtype, found in limits.items():
            found.append(_limit(dtype))
        for name, way in ways.items():
            start = time.perf_counter()
            vectors[name] = way()
            seconds[name].append(time.perf_counter() - start)
    expected = vectors.pop("sentence-transformers")
    operations = 2 * WEIGHTS * sum(counted[text] for text in texts)
    return {
        "passages": len(texts),
        "operations": operations,
        "threads": threads,
        "limit_gflops": [round(limit / 1e9) for limit in limits[torch.float32]],
        "limit_bfloat16_gflops": [round(limit / 1e9) for limit in limits[torch.bfloat16]]
        if torch.bfloat16 in limits
        else None,
        "chosen": chosen,
        "least_cosine": {
            n: round(float(_cosines(v, expected).min()), 6) for n, v in vectors.items()
        },
        **{
            name: _utilisation(taken, operations, limits[torch.float32])
            | {"times_as_fast": _ratios(seconds["sentence-transformers"], taken)}
            for name, taken in seconds.items()
        },
    }


def _encoded(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Return the vectors of ``texts``, shape ``(n, dimension)``, in the order of a build."""
    return np.concatenate([encoder.encode(batch) for batch in _as_built(texts)])


def _cosines(one: Vectors, other: Vectors) -> Vectors:
    """Return the cosines of the rows of two arrays of unit vectors, shape ``(n,)``."""
    cosines: Vectors = np.sum(one * other, axis=1)
    return cosines


def _ratios(theirs: Sequence[float], ours: Sequence[float]) -> list[float]:
    return [round(b / a, 3) for a, b in zip(ours, theirs, strict=True)]


def _as_built(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield batches as a build makes them: by length, within a window."""
    for start in range(0, len(texts), WINDOW):
        window = sorted(texts[start : start + WINDOW], key=len)
        yield from (window[at : at + BATCH] for at in range(0, len(window), BATCH))


def _utilisation(
    seconds: Sequence[float], operations: float, limits: Sequence[float]
) -> dict[str, Any]:
    """Return seconds, and how much of the limit was reached, by round and at best."""
    pairs = zip(seconds, limits, strict=True)
    return {
        "seconds": [round(taken, 2) for taken in seconds],
        "median_utilisation": round(
            median(operations / taken / limit for taken, limit in pairs), 3
        ),
        "best_utilisation": round(operations / min(seconds) / max(limits), 3),
    }


def _limit(dtype: torch.dtype) -> float:
    """Return operations a second of the best of several products of large matrices."""
    one, two = np.random.default_rng(0).random((2, PRODUCT, PRODUCT), np.float32)
    first, second = torch.from_numpy(one).to(dtype), torch.from_numpy(two).to(dtype)
    ways: list[Callable[[], object]] = [lambda: first @ second]
    if dtype is torch.float32:
        ways.append(lambda: one @ two)
    seconds = []
    for way in ways * PRODUCTS:
        start = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - start)
    return 2.0 * PRODUCT**3 / min(seconds)


if __name__ == "__main__":
    main()
