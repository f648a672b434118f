"""The default encoder's network, run by onnxruntime; no torch, which takes a second to import.

``bert.onnx`` holds the operators only; the weights are those that the model's package brings. The
vectors are those of sentence-transformers, but for single precision's last digits.
"""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.tokens import open_tokenizer, refuse_long

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = ["BertEncoder"]

STEPS = ["Transformer", "Pooling", "Normalize"]
LAYERS, WIDTH = 6, 384
CONFIG = {
    "hidden_act": "gelu",
    "hidden_size": WIDTH,
    "intermediate_size": 1536,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": 12,
    "num_hidden_layers": LAYERS,
    "vocab_size": 30522,
}
MOST_WORKERS = 8
# Fewer make the matrix products inefficient, more do not fit the processor's cache.
BATCH_TOKENS = 384

Batch = list[int]
Tokens = list[int]
Vectors = npt.NDArray[np.float32]


class BertEncoder:
    """A sentence encoder of MiniLM's shape (Wang et al. 2020) with mean pooling.

    An `index.encoder.Encoder`; its weights are loaded when they are first needed.

    Args:
        name: what the settings call it.
        folder: where sentence-transformers saved it; see `readable`.
        fingerprint: the digest of its files.
    """

    dimension = WIDTH

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder
        self.max_tokens: int = _json(folder / "sentence_bert_config.json")["max_seq_length"]

    @staticmethod
    def readable(folder: Path) -> bool:
        """Say whether the model in ``folder`` is one that this class computes exactly."""
        names = ("config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors")
        if not all((folder / name).is_file() for name in names):
            return False
        steps = [step["type"].rpartition(".")[2] for step in _json(folder / "modules.json")]
        if steps != STEPS or not CONFIG.items() <= _json(folder / "config.json").items():
            return False
        pooling = _json(folder / "1_Pooling" / "config.json")
        modes = [name for name, used in pooling.items() if used is True and "mode" in name]
        return modes == ["pooling_mode_mean_tokens"]

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return open_tokenizer(self._folder)

    @cached_property
    def _session(self) -> "InferenceSession":
        from onnxruntime import GraphOptimizationLevel, InferenceSession, OrtValue, SessionOptions

        options = SessionOptions()
        # One batch to each processor: several on one batch wait for each other.
        options.intra_op_num_threads = 1
        # Further levels would fuse additions into SkipLayerNormalization, which is slower.
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_BASIC
        weights = _weights(self._folder / "model.safetensors")
        values = [OrtValue.ortvalue_from_numpy(weight) for weight in weights.values()]
        options.add_external_initializers(list(weights), values)
        graph = files("index").joinpath("bert.onnx").read_bytes()
        return InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_WORKERS), "encoder")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``.

        Raises:
            ValueError: if a text has more than ``max_tokens`` tokens; nothing is cut unseen.
        """
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        refuse_long([len(ids) for ids in tokens], self.max_tokens)
        return self._encode(tokens)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""
        tokens = self._tokenizer.encode(question).ids
        if len(tokens) > self.max_tokens:
            tokens = [*tokens[: self.max_tokens - 1], tokens[-1]]  # the last one closes the text
        vector: Vectors = self._encode([tokens])[0]
        return vector

    def _encode(self, texts: Sequence[Tokens]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``."""
        means = np.empty((len(texts), WIDTH), np.float32)
        batches = list(_batches([len(tokens) for tokens in texts]))
        session = self._session
        found = self._workers.map(lambda batch: _means(session, [texts[i] for i in batch]), batches)
        for batch, rows in zip(batches, found, strict=True):
            means[batch] = rows
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


def _means(session: "InferenceSession", texts: Sequence[Tokens]) -> Vectors:
    """Return the mean state of each text's tokens, shape ``(len(texts), dimension)``."""
    lengths = np.array([len(tokens) for tokens in texts], np.int32)
    ids = np.zeros((len(texts), lengths.max()), np.int32)
    shares = np.zeros((len(texts), 1, lengths.max()), np.float32)
    for row, tokens in enumerate(texts):
        ids[row, : len(tokens)] = tokens
        shares[row, 0, : len(tokens)] = 1 / len(tokens)
    inputs = {"ids": ids, "lengths": lengths, "shares": shares}
    means: Vectors = session.run(["means"], inputs)[0][:, 0]
    return means


def _batches(lengths: Sequence[int]) -> Iterator[Batch]:
    """Yield the places of texts to run together, of like length, the longest first."""
    batch: Batch = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


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


def _json(path: Path) -> Any:  # noqa: ANN401 - as in the file
    return json.loads(path.read_text("utf-8"))
