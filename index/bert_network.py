"""The default encoder's network, run by onnxruntime; no torch, which takes a second to import.

``bert.onnx`` holds the operators only; the weights are those that the model's package brings. The
vectors are those of sentence-transformers, but for single precision's last digits.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = [
    "HEADS",
    "LAYERS",
    "WIDTH",
    "Network",
    "SingleNetwork",
    "Tokens",
    "Vectors",
    "batches",
    "padded",
]

LAYERS, HEADS, WIDTH = 6, 12, 384
MOST_WORKERS = 8
# Fewer make the matrix products inefficient, more do not fit the processor's cache.
BATCH_TOKENS = 384

Batch = list[int]
Tokens = list[int]
Vectors = npt.NDArray[np.float32]


class Network(Protocol):
    """MiniLM's network (Wang et al. 2020) without its tokenizer."""

    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the mean state of each text's tokens, shape ``(len(texts), WIDTH)``."""


class SingleNetwork:
    """The network in single precision.

    Args:
        folder: where sentence-transformers saved the model.
    """

    def __init__(self, folder: Path) -> None:
        from onnxruntime import GraphOptimizationLevel, InferenceSession, OrtValue, SessionOptions

        options = SessionOptions()
        # One batch to each processor: several on one batch wait for each other.
        options.intra_op_num_threads = 1
        # Further levels would fuse additions into SkipLayerNormalization, which is slower.
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
        weights = _weights(folder / "model.safetensors")
        values = [OrtValue.ortvalue_from_numpy(weight) for weight in weights.values()]
        options.add_external_initializers(list(weights), values)
        graph = files("index").joinpath("bert.onnx").read_bytes()
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._workers = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_WORKERS), "encoder")

    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the mean state of each text's tokens, shape ``(len(texts), WIDTH)``."""
        means = np.empty((len(texts), WIDTH), np.float32)
        chosen = list(batches([len(tokens) for tokens in texts], BATCH_TOKENS))
        found = self._workers.map(lambda batch: self._run([texts[i] for i in batch]), chosen)
        for batch, rows in zip(chosen, found, strict=True):
            means[batch] = rows
        return means

    def _run(self, texts: Sequence[Tokens]) -> Vectors:
        ids, shares = padded(texts)
        lengths = np.array([len(tokens) for tokens in texts], np.int32)
        inputs = {"ids": ids, "lengths": lengths, "shares": shares}
        means: Vectors = self._session.run(["means"], inputs)[0][:, 0]
        return means


def batches(lengths: Sequence[int], most_tokens: int) -> Iterator[Batch]:
    """Yield the places of texts to run together, of like length, the longest first.

    Args:
        lengths: of the texts, in tokens.
        most_tokens: of a batch of several texts, padding included.
    """
    batch: Batch = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > most_tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def padded(texts: Sequence[Tokens]) -> tuple[npt.NDArray[np.int32], Vectors]:
    """Return token ids, shape ``(texts, tokens)``, and shares, ``(texts, 1, tokens)``.

    A token's share of its text's mean is 1 by the number of tokens; it is 0 for padding.
    """
    longest = max(len(tokens) for tokens in texts)
    ids = np.zeros((len(texts), longest), np.int32)
    shares = np.zeros((len(texts), 1, longest), np.float32)
    for row, tokens in enumerate(texts):
        ids[row, : len(tokens)] = tokens
        shares[row, 0, : len(tokens)] = 1 / len(tokens)
    return ids, shares


def word_vectors(folder: Path) -> Vectors:
    """Return the network's vectors of words, shape ``(words, WIDTH)``."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "numpy") as saved:
        words: Vectors = saved.get_tensor("embeddings.word_embeddings.weight")
    return words


def _weights(path: Path) -> dict[str, Vectors]:
    """Return the weights in the graph's layout: inputs by outputs, the three projections in one."""
    from safetensors.numpy import load_file

    saved = load_file(path)
    words, places, kinds = (
        saved[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    weights = {
        "embeddings.word_embeddings.weight": words,
        # All tokens are of one kind.
        "embeddings.position_embeddings.weight": places + kinds[0],
    }
    for name, value in saved.items():
        if "LayerNorm" in name or (name.startswith("encoder.") and ".dense." in name):
            weights[name] = np.ascontiguousarray(value.T)
    for number in range(LAYERS):
        attention = f"encoder.layer.{number}.attention.self"
        for part in ("weight", "bias"):
            three = [saved[f"{attention}.{name}.{part}"] for name in ("query", "key", "value")]
            joined = np.concatenate(three).T
            weights[f"{attention}.projections.{part}"] = np.ascontiguousarray(joined)
    return weights
