"""The default encoder's network in bfloat16, by torch: faster where the processor has the hardware.

Matrices are multiplied in bfloat16 (8 bits of mantissa); sums, normalisation and pooling are in
single precision, which keeps the cosine with the single-precision vectors above 0.9999. Where there
is no such hardware, the same rounded numbers are multiplied in single precision: an index that was
begun in bfloat16 can be continued anywhere.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from index.encoding.minilm import (
    HEADS,
    LAYERS,
    WIDTH,
    Tokens,
    batches,
    multiplies_bfloat16,
    pad,
)
from index.encoding.protocol import Vectors

__all__ = ["Bfloat16Network"]

BATCH_TOKENS = 4096
EPSILON = 1e-12
MASKED = -30000.0


class _Linear(NamedTuple):
    """A matrix of shape ``(outputs, inputs)`` and what is added to its product."""

    weight: Tensor
    bias: Tensor


class _Layer(NamedTuple):
    """The weights of one layer of BERT (Devlin et al. 2019)."""

    projections: _Linear
    attended: _Linear
    attended_norm: _Linear
    inner: _Linear
    outer: _Linear
    norm: _Linear


class Bfloat16Network:
    """MiniLM's network (Wang et al. 2020) without its tokenizer.

    Args:
        folder: where sentence-transformers saved the model.
    """

    def __init__(self, folder: Path) -> None:
        saved = load_file(folder / "model.safetensors")
        embeddings = (saved[f"embeddings.{n}_embeddings.weight"] for n in ("word", "position"))
        self._words, self._positions = embeddings
        self._token_type = saved["embeddings.token_type_embeddings.weight"][0]  # all ids are 0
        self._norm = _linear(saved, "embeddings.LayerNorm")
        kind = torch.bfloat16 if multiplies_bfloat16() else torch.float32
        self._layers = [_layer(saved, f"encoder.layer.{n}", kind) for n in range(LAYERS)]

    @torch.inference_mode()
    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the mean state of each text's tokens, shape ``(len(texts), WIDTH)``."""
        means = np.empty((len(texts), WIDTH), np.float32)
        for batch in batches([len(tokens) for tokens in texts], BATCH_TOKENS):
            means[batch] = self._run([texts[i] for i in batch]).numpy()
        return means

    def _run(self, texts: Sequence[Tokens]) -> Tensor:
        ids, token_weights = map(torch.from_numpy, pad(texts))
        mask = torch.where(token_weights > 0, 0.0, MASKED)[:, None]
        states = self._words[ids] + self._positions[: ids.shape[1]] + self._token_type
        states = _normed(states, self._norm)
        for layer in self._layers:
            states = _through(layer, states, mask)
        return (token_weights @ states)[:, 0]


def _through(layer: _Layer, states: Tensor, mask: Tensor) -> Tensor:
    """Return the states after ``layer``, of the same shape ``(texts, tokens, 384)``."""
    texts, tokens, _ = states.shape
    heads = _product(states, layer.projections)
    heads = heads.view(texts, tokens, 3, HEADS, WIDTH // HEADS)
    query, key, value = heads.permute(2, 0, 3, 1, 4)
    mixed = functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask.to(heads.dtype)
    )
    mixed = mixed.transpose(1, 2).reshape(texts, tokens, WIDTH)
    states = _normed(states + _product(mixed, layer.attended), layer.attended_norm)
    inner = functional.gelu(_product(states, layer.inner))
    return _normed(states + _product(inner, layer.outer), layer.norm)


def _product(states: Tensor, linear: _Linear) -> Tensor:
    """Return the product of rounded numbers, rounded, in the type that holds the weights."""
    kind = linear.weight.dtype
    product = functional.linear(states.bfloat16().to(kind), *linear)
    return product.bfloat16().to(kind)


def _normed(states: Tensor, norm: _Linear) -> Tensor:
    return functional.layer_norm(states, (WIDTH,), *norm, EPSILON)


def _layer(saved: dict[str, Tensor], name: str, kind: torch.dtype) -> _Layer:
    three = [_linear(saved, f"{name}.attention.self.{n}") for n in ("query", "key", "value")]
    joined = _Linear(torch.cat([n.weight for n in three]), torch.cat([n.bias for n in three]))
    return _Layer(
        _rounded(joined, kind),
        _rounded(_linear(saved, f"{name}.attention.output.dense"), kind),
        _linear(saved, f"{name}.attention.output.LayerNorm"),
        _rounded(_linear(saved, f"{name}.intermediate.dense"), kind),
        _rounded(_linear(saved, f"{name}.output.dense"), kind),
        _linear(saved, f"{name}.output.LayerNorm"),
    )


def _linear(saved: dict[str, Tensor], name: str) -> _Linear:
    return _Linear(saved[f"{name}.weight"], saved[f"{name}.bias"])


def _rounded(linear: _Linear, kind: torch.dtype) -> _Linear:
    """Return the weights with bfloat16's precision, held in ``kind``."""
    return _Linear(linear.weight.bfloat16().to(kind), linear.bias.bfloat16().to(kind))
