"""The default encoder: a graph without weights (``minilm.onnx``), run by onnxruntime without torch.

The weights are those that the model's package brings. The vectors are those of
sentence-transformers, but for single precision's last digits.
"""

import json
import os
import re
import timeit
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.encoding.protocol import Precision, Vectors, open_tokenizer, refuse_long
from index.encoding.sentence_transformers import PASSAGE_PROMPTS, QUESTION_PROMPTS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "HEADS",
    "LAYERS",
    "WIDTH",
    "Float32Network",
    "MiniLMEncoder",
    "Network",
    "Tokens",
    "batches",
    "fastest",
    "multiplies_bfloat16",
    "pad",
    "word_vectors",
]

LAYERS, HEADS, WIDTH = 6, 12, 384
MOST_WORKERS = 8
# Fewer make the matrix products inefficient, more do not fit the processor's cache.
BATCH_TOKENS = 384

Batch = list[int]
Tokens = list[int]


class Network(Protocol):
    """MiniLM's network (Wang et al. 2020) without its tokenizer."""

    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the mean state of each text's tokens, shape ``(len(texts), WIDTH)``."""


class Float32Network:
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
        graph = files("index.encoding").joinpath("minilm.onnx").read_bytes()
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
        ids, token_weights = pad(texts)
        lengths = np.array([len(tokens) for tokens in texts], np.int32)
        inputs = {"ids": ids, "lengths": lengths, "token_weights": token_weights}
        means: Vectors = self._session.run(["means"], inputs)[0][:, 0]
        return means


def batches(lengths: Sequence[int], most_tokens: int) -> Iterator[Batch]:
    """Yield the indices of texts to run together, of like length, the longest first.

    Args:
        lengths: of the texts, in tokens.
        most_tokens: of a batch of several texts, padding included.
    """
    batch: Batch = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > most_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def pad(texts: Sequence[Tokens]) -> tuple[npt.NDArray[np.int32], Vectors]:
    """Return token ids, shape ``(texts, tokens)``, and token weights, ``(texts, 1, tokens)``.

    A token's weight in the mean of its text is 1 by the number of tokens; it is 0 for padding.
    """
    longest = max(len(tokens) for tokens in texts)
    ids = np.zeros((len(texts), longest), np.int32)
    token_weights = np.zeros((len(texts), 1, longest), np.float32)
    for row, tokens in enumerate(texts):
        ids[row, : len(tokens)] = tokens
        token_weights[row, 0, : len(tokens)] = 1 / len(tokens)
    return ids, token_weights


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
    words, positions, token_types = (
        saved[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    weights = {
        "embeddings.word_embeddings.weight": words,
        # All token type ids are 0.
        "embeddings.position_embeddings.weight": positions + token_types[0],
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


STEPS = ["Transformer", "Pooling", "Normalize"]
CONFIG = {
    "hidden_act": "gelu",
    "hidden_size": WIDTH,
    "intermediate_size": 1536,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "vocab_size": 30522,
}
# What the networks are tried on: texts, tokens of each, how often.
TRIED_TEXTS, TRIED_TOKENS, TRIED_TIMES = 16, 128, 3
LEAST_COSINE = 0.9999
# What /proc/cpuinfo calls products in bfloat16: on x86-64, with AMX, and on ARM.
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})


class MiniLMEncoder:
    """A sentence encoder of MiniLM's shape (Wang et al. 2020) with mean pooling.

    An `index.encoding.protocol.Encoder`; its weights are loaded when they are first needed.

    Args:
        name: what the settings call it.
        folder: where sentence-transformers saved it; see `readable`.
        fingerprint: the digest of its files.
        precision: what the matrices are multiplied in for texts; for questions it is float32.
    """

    dimension = WIDTH

    def __init__(
        self, name: str, folder: Path, fingerprint: str, precision: Precision = "float32"
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder
        self._precision = precision
        self.max_tokens: int = _json(folder / "sentence_bert_config.json")["max_seq_length"]

    @staticmethod
    def readable(folder: Path) -> bool:
        """Return whether the model in ``folder`` is one that this class computes exactly."""
        names = ("config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors")
        if not all((folder / name).is_file() for name in names):
            return False
        steps = [step["type"].rpartition(".")[2] for step in _json(folder / "modules.json")]
        if steps != STEPS or not CONFIG.items() <= _json(folder / "config.json").items():
            return False
        pooling = _json(folder / "1_Pooling" / "config.json")
        modes = [name for name, used in pooling.items() if used is True and "mode" in name]
        return modes == ["pooling_mode_mean_tokens"] and not _has_prompts(folder)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return open_tokenizer(self._folder)

    @cached_property
    def _float32(self) -> Network:
        return Float32Network(self._folder)

    @cached_property
    def _bfloat16(self) -> Network:
        from index.encoding.minilm_bfloat16 import Bfloat16Network

        return Bfloat16Network(self._folder)

    def fastest_precision(self) -> Precision:
        """Return the precision in which this machine encodes many texts fastest; tries both."""
        if not multiplies_bfloat16():
            return "float32"
        return fastest({"float32": self._float32, "bfloat16": self._bfloat16})

    def in_precision(self, precision: Precision) -> "MiniLMEncoder":
        """Return the encoder that encodes texts in ``precision``; questions stay in float32."""
        if precision == self._precision:
            return self
        return MiniLMEncoder(self.name, self._folder, self.fingerprint, precision)

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
        return _unit(self._bfloat16 if self._precision == "bfloat16" else self._float32, tokens)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""
        tokens = self._tokenizer.encode(question).ids
        if len(tokens) > self.max_tokens:
            tokens = [*tokens[: self.max_tokens - 1], tokens[-1]]  # the last one closes the text
        vector: Vectors = _unit(self._float32, [tokens])[0]
        return vector


def multiplies_bfloat16() -> bool:
    """Return whether this processor multiplies bfloat16 in hardware, and torch makes use of it."""
    try:
        words = re.findall(r"\w+", Path("/proc/cpuinfo").read_text("utf-8", "replace"))
    except OSError:  # not on Linux
        return False
    if BFLOAT16_FLAGS.isdisjoint(words):
        return False
    import torch

    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def fastest(networks: Mapping[Precision, Network]) -> Precision:
    """Return the precision of the fastest network here; of those that agree with float32's."""
    rng = np.random.default_rng(0)
    texts = rng.integers(1000, 20_000, (TRIED_TEXTS, TRIED_TOKENS)).tolist()
    expected = _unit(networks["float32"], texts)
    agreeing: list[Precision] = [
        precision
        for precision, network in networks.items()
        if (_unit(network, texts) * expected).sum(axis=1).min() >= LEAST_COSINE
    ]

    def seconds(precision: Precision) -> float:
        run = partial(networks[precision].means, texts)
        return min(timeit.repeat(run, number=1, repeat=TRIED_TIMES))

    return min(agreeing, key=seconds)


def _unit(network: Network, texts: Sequence[Tokens]) -> Vectors:
    """Return unit vectors of shape ``(len(texts), WIDTH)``."""
    means = network.means(texts)
    unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    return unit


def _has_prompts(folder: Path) -> bool:
    """Return whether something is to be put before the texts of the model in ``folder``."""
    path = folder / "config_sentence_transformers.json"
    prompts = _json(path).get("prompts") if path.is_file() else None
    return any((prompts or {}).get(name) for name in (*PASSAGE_PROMPTS, *QUESTION_PROMPTS))


def _json(path: Path) -> Any:  # noqa: ANN401 - as in the file
    return json.loads(path.read_text("utf-8"))
