"""The reader's network: the encoder's transformer with a head for the ends of spans.

Attention is written out as matrix products: on a processor that multiplies bfloat16 matrices in
hardware this trains a third faster than torch's fused attention, and it exports to plain operators.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Dropout", "ReaderModel", "initial_model"]

LAYERS, WIDTH, HEADS, INNER, WORDS, PLACES = 6, 384, 12, 1536, 30522, 512
EPSILON = 1e-12
NEVER = -30000.0
# Of 256 values of a byte, how many drop a state: a tenth, as in BERT.
DROPPED = 26


class Dropout(nn.Module):
    """In training, a tenth of the states is zero and the others larger, so that the mean stays.

    One random number serves eight states, which on a processor takes a quarter of the time of
    torch's own dropout (Srivastava et al. 2014).
    """

    def forward(self, states: Tensor) -> Tensor:
        """Return states of the same shape; in use, those that were given."""
        if not self.training:
            return states
        count = states.numel()
        drawn = torch.randint(-(2**63), 2**63 - 1, (-(-count // 8),), device=states.device)
        kept = drawn.view(torch.uint8)[:count].view(states.shape) >= DROPPED
        return states * (kept.to(states.dtype) * (256 / (256 - DROPPED)))


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), with the three projections in one product."""

    def __init__(self) -> None:
        super().__init__()
        self.projections = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.dropout = Dropout()

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Return states of the same shape ``(windows, tokens, WIDTH)``."""
        windows, tokens, _ = states.shape
        heads = self.projections(states).view(windows, tokens, 3, HEADS, WIDTH // HEADS)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        scores = (query * (1 / math.sqrt(WIDTH // HEADS))) @ key.transpose(-1, -2)
        mixed = torch.softmax(scores + bias.to(scores.dtype), -1).to(value.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(windows, tokens, WIDTH)
        states = self.attended_norm(states + self.dropout(self.attended(mixed)))
        outer = self.outer(functional.gelu(self.inner(states)))
        normed: Tensor = self.norm(states + self.dropout(outer))
        return normed


class ReaderModel(nn.Module):
    """Scores each token as the start and as the end of the answer; token 0 stands for none."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.dropout = Dropout()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.ends = nn.Linear(WIDTH, 2)

    def forward(self, ids: Tensor, token_type_ids: Tensor, mask: Tensor) -> Tensor:
        """Return scores of shape ``(windows, tokens, 2)``: of a start and of an end.

        Args:
            ids: token ids, int64, shape ``(windows, tokens)``.
            token_type_ids: 0 for the question, 1 for the passage, same shape.
            mask: 1 for tokens, 0 for padding, same shape.
        """
        positions = self.places.weight[: ids.shape[1]]
        states = self.words(ids) + positions + self.kinds(token_type_ids)
        states = self.dropout(self.norm(states))
        bias = (1 - mask[:, None, None, :].to(states.dtype)) * NEVER
        for layer in self.layers:
            states = layer(states, bias)
        scores: Tensor = self.ends(states)
        return scores


def initial_model(weights: Path, seed: int) -> ReaderModel:
    """Return the network with the encoder's weights from ``weights`` and a fresh head."""
    torch.manual_seed(seed)
    model = ReaderModel()
    saved = load_file(weights)
    model.load_state_dict(_renamed(saved) | {f"ends.{k}": v for k, v in _head(model).items()})
    # Rare words' vectors would see few examples; they stay as the encoder learned them.
    model.words.weight.requires_grad_(False)
    return model


def _head(model: ReaderModel) -> dict[str, Tensor]:
    nn.init.normal_(model.ends.weight, std=0.02)
    nn.init.zeros_(model.ends.bias)
    return model.ends.state_dict()


def _renamed(saved: dict[str, Tensor]) -> dict[str, Tensor]:
    renamed = {
        "words.weight": saved["embeddings.word_embeddings.weight"],
        "places.weight": saved["embeddings.position_embeddings.weight"],
        "kinds.weight": saved["embeddings.token_type_embeddings.weight"],
        "norm.weight": saved["embeddings.LayerNorm.weight"],
        "norm.bias": saved["embeddings.LayerNorm.bias"],
    }
    names = {
        "attended": "attention.output.dense",
        "attended_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "norm": "output.LayerNorm",
    }
    for number in range(LAYERS):
        old, new = f"encoder.layer.{number}.", f"layers.{number}."
        for kind in ("weight", "bias"):
            parts = [saved[f"{old}attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
            renamed[f"{new}projections.{kind}"] = torch.cat(parts)
            renamed |= {f"{new}{n}.{kind}": saved[f"{old}{o}.{kind}"] for n, o in names.items()}
    return renamed
