"""The default encoder: from texts to unit vectors, by the network that is faster here."""

import json
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.bert_network import HEADS, LAYERS, WIDTH, Network, SingleNetwork, Tokens, Vectors
from index.tokens import open_tokenizer, refuse_long

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["BertEncoder", "faster"]

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
# So many texts take about five times as long as importing torch and trying its network.
MANY = 1024
# What the networks are tried on: texts, tokens of each, how often.
TRIED_TEXTS, TRIED_TOKENS, TRIED_TIMES = 16, 128, 3
LEAST_COSINE = 0.9999


class BertEncoder:
    """A sentence encoder of MiniLM's shape (Wang et al. 2020) with mean pooling.

    An `index.encoder.Encoder`; its weights are loaded when they are first needed. Once it has
    encoded ``many`` texts it tries the network in bfloat16, once, and goes on with the faster one.

    Args:
        name: what the settings call it.
        folder: where sentence-transformers saved it; see `readable`.
        fingerprint: the digest of its files.
        many: how many texts are worth the trial; infinity for never.
    """

    dimension = WIDTH

    def __init__(self, name: str, folder: Path, fingerprint: str, many: float = MANY) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder
        self._many = many
        self._encoded = 0
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
    def _single(self) -> Network:
        return SingleNetwork(self._folder)

    @cached_property
    def fastest(self) -> Network:
        """The network for many texts; tried when it is first needed."""
        from index.bert_bfloat16 import Bfloat16Network

        return faster(self._single, Bfloat16Network(self._folder))

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
        self._encoded += len(texts)
        return _unit(self._single if self._encoded < self._many else self.fastest, tokens)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""
        tokens = self._tokenizer.encode(question).ids
        if len(tokens) > self.max_tokens:
            tokens = [*tokens[: self.max_tokens - 1], tokens[-1]]  # the last one closes the text
        vector: Vectors = _unit(self._single, [tokens])[0]
        return vector


def faster(one: Network, other: Network) -> Network:
    """Return the faster of two networks on this machine; ``one`` if their vectors differ."""
    rng = np.random.default_rng(0)
    texts = rng.integers(1000, 20_000, (TRIED_TEXTS, TRIED_TOKENS)).tolist()
    cosines = (_unit(one, texts) * _unit(other, texts)).sum(axis=1)
    if cosines.min() < LEAST_COSINE:
        return one
    return min((one, other), key=lambda network: _seconds(network, texts))


def _seconds(network: Network, texts: Sequence[Tokens]) -> float:
    """Return the least time that ``network`` takes for ``texts``."""
    taken = []
    for _ in range(TRIED_TIMES):
        start = time.perf_counter()
        network.means(texts)
        taken.append(time.perf_counter() - start)
    return min(taken)


def _unit(network: Network, texts: Sequence[Tokens]) -> Vectors:
    """Return unit vectors of shape ``(len(texts), WIDTH)``."""
    means = network.means(texts)
    unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    return unit


def _json(path: Path) -> Any:  # noqa: ANN401 - as in the file
    return json.loads(path.read_text("utf-8"))
