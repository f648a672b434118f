"""How retrieval grows with the index: time, memory, disk, recall, up to a million passages.

The passages are made up from real ones, since neither many nor random ones would do: independent
random vectors have no neighbours to find. A made-up vector is the sum of a real passage's, 0.7
times another's and noise of length 0.5; its terms are half of one's and half of the other's. The
questions are real. The index is the product's own store, FAISS and tantivy files, opened and asked
in a process of its own; only loading, splitting and encoding a million texts are left out.

Run: ``python -m bench.growth DATA --plot docs/growth.png``; five minutes on two cores, 8 GB, Linux.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import read_lines
from bench.machine import described
from corpus import Document, FoundFile, LoadedFile, Passage
from index import (
    DenseIndex,
    Ids,
    PassageIndex,
    Store,
    Vectors,
    config_of,
    open_encoder,
    terms,
    write_lexical,
)
from index.generation import write_manifest
from qa import Retriever, understand

SIZES = (2_000, 20_000, 200_000, 1_000_000)
SECOND, NOISE = 0.7, 0.5
PASSAGES_A_DOCUMENT, CHARACTERS = 100, 40
NEIGHBOURS, CANDIDATES, HITS = 10, 100, 10
ROWS = 50_000
PASSAGE_TOKENS = 200

Timed = dict[str, list[float]]


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds corpus.jsonl.gz and questions.jsonl.gz")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--plot", type=Path, help="write a picture there")
    options = parser.parse_args()
    texts = [line["text"] for line in read_lines(options.data / "corpus.jsonl.gz")]
    asked = [line["question"] for line in read_lines(options.data / "questions.jsonl.gz")]
    asked = asked[:: max(1, len(asked) // options.questions)][: options.questions]
    encoder = open_encoder()
    fitting = [text for text in texts if encoder.count_tokens([text])[0] <= encoder.max_tokens]
    real = encoder.encode(fitting)
    words = [terms(text) for text in fitting]
    questions = np.stack([encoder.encode_question(question) for question in asked])
    sizes = []
    for size in options.passages:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            made = _alone(_write_index, folder, size, real, words, questions)
            sizes.append({"passages": size, **made, **_alone(_ask, folder, asked)})
    if options.plot:
        from bench.plots import plot_growth

        plot_growth(sizes, options.plot)
    print(json.dumps({"data": options.data.name, **described(), "sizes": sizes}, indent=1))


def made_up_vectors(real: Vectors, pairs: Ids, seed: int) -> Vectors:
    """Return a unit vector for each row of ``pairs``, shape ``(n, 2)``; see the module."""
    chance = np.random.default_rng(seed)
    made = np.empty((len(pairs), real.shape[1]), np.float32)
    for start in range(0, len(pairs), ROWS):
        first, second = pairs[start : start + ROWS].T
        noise = chance.standard_normal((len(first), real.shape[1]), np.float32)
        noise *= NOISE / np.sqrt(real.shape[1])
        rows = real[first] + np.float32(SECOND) * real[second] + noise
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        made[start : start + ROWS] = rows.astype(np.float16)  # as the store keeps them
    return made


def nearest(vectors: Vectors, questions: Vectors, k: int) -> Ids:
    """Return the rows of the exact ``k`` nearest of each question, shape ``(questions, k)``."""
    best = np.full((len(questions), k), -np.inf, np.float32)
    rows = np.zeros((len(questions), k), np.int64)
    for start in range(0, len(vectors), ROWS):
        scores = np.concatenate([best, questions @ vectors[start : start + ROWS].T], axis=1)
        chosen = np.argsort(-scores, axis=1)[:, :k]
        offsets = np.where(chosen < k, 0, chosen - k + start)
        rows = np.where(chosen < k, np.take_along_axis(rows, chosen % k, 1), offsets)
        best = np.take_along_axis(scores, chosen, axis=1)
    return rows


def _alone(task: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as the task
    """Run ``task`` in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(task, *arguments).result()


def _write_index(
    folder: Path, size: int, real: Vectors, words: Sequence[list[str]], questions: Vectors
) -> dict[str, Any]:
    """Write the index; return seconds, bytes, and how many of the nearest its search finds."""
    pairs = np.random.default_rng(size).integers(len(real), size=(size, 2))
    vectors = made_up_vectors(real, pairs, size)
    store = Store.create(folder)
    config = config_of(open_encoder(), PASSAGE_TOKENS)
    store.begin_staging(config, [])
    for start in range(0, size, PASSAGES_A_DOCUMENT):
        _stage(store, start, vectors[start : start + PASSAGES_A_DOCUMENT])
    generation = folder / "generations" / "1"
    generation.mkdir(parents=True)
    ids = np.arange(1, size + 1)
    clock = [time.perf_counter()]
    dense = DenseIndex.build(ids, vectors)
    dense.write(generation / "dense.faiss")
    clock.append(time.perf_counter())
    write_lexical(generation / "lexical", [], _entries(pairs, words), None)
    clock.append(time.perf_counter())
    write_manifest(generation, 0)
    store.publish(config=config, generation=1, removed=[], kept=[], skipped=[])
    store.close()
    exact = nearest(vectors, questions, NEIGHBOURS) + 1
    found = [dense.search(question, NEIGHBOURS)[0] for question in questions]
    hits = [len(set(a.tolist()) & set(b.tolist())) for a, b in zip(exact, found, strict=True)]
    search = sum(path.stat().st_size for path in generation.rglob("*") if path.is_file())
    return {
        "dense_build_seconds": round(clock[1] - clock[0], 1),
        "lexical_build_seconds": round(clock[2] - clock[1], 1),
        "search_bytes_a_passage": round(search / size),
        "store_bytes_a_passage": round((folder / "index.sqlite").stat().st_size / size),
        "exhaustive": dense.exact,
        "recall@10": round(float(np.mean(hits)) / NEIGHBOURS, 4),
    }


def _stage(store: Store, start: int, vectors: Vectors) -> None:
    """Put one document of as many passages as ``vectors`` into the store."""
    name = f"{start:07d}.txt"
    places = range(0, len(vectors) * CHARACTERS, CHARACTERS)
    text = "".join(f"{start + n:<{CHARACTERS}}" for n in range(len(vectors)))
    document = Document(name, "", "text/plain", "", text)
    keys = [(start + n).to_bytes(16, "big") for n in range(len(vectors))]
    passages = [Passage(name, place, place + CHARACTERS, "") for place in places]
    file = FoundFile(name, Path(name), len(text), 0, 0)
    split = [(p, text, key) for p, key in zip(passages, keys, strict=True)]
    store.stage(file, LoadedFile("", (document,)), [split])
    store.put_vectors(keys, vectors)


def _entries(pairs: Ids, words: Sequence[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for id_, (first, second) in enumerate(pairs.tolist(), 1):
        one, two = words[first], words[second]
        yield id_, one[: len(one) // 2] + two[len(two) // 2 :]


def _ask(folder: Path, asked: Sequence[str]) -> dict[str, Any]:
    """Open the index and ask; return times and the memory that it took."""
    begun = time.perf_counter()
    index = PassageIndex.open(folder)
    opened = time.perf_counter() - begun
    timed: Timed = {name: [] for name in ("encoding", "dense", "lexical", "retrieval")}
    with index.snapshot():
        retriever = Retriever(index)
        retriever.retrieve(understand(asked[-1]), HITS)  # loads the weights
        for text in asked:
            question = understand(text)
            clock = [time.perf_counter()]
            vector = index.encoder.encode_question(question.text)
            clock.append(time.perf_counter())
            index.search_vectors(vector, CANDIDATES)
            clock.append(time.perf_counter())
            index.search_terms(question.terms, CANDIDATES)
            clock.append(time.perf_counter())
            retriever.retrieve(question, HITS)
            clock.append(time.perf_counter())
            for name, taken in zip(timed, np.diff(clock), strict=True):
                timed[name].append(1000 * float(taken))
    index.close()
    return {
        "open_seconds": round(opened, 2),
        "memory_mb": _most_memory_mb(),
        "median_ms": {name: round(float(np.median(times)), 1) for name, times in timed.items()},
        "p95_ms": {name: round(float(np.percentile(t, 95)), 1) for name, t in timed.items()},
    }


def _most_memory_mb() -> int:
    """Return the most memory that this process has held."""
    # Not getrusage: its maximum is handed on from the process that started this one.
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
