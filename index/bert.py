"""The forward pass of a small BERT, for the few texts of one question or one changed file.

Importing sentence-transformers takes several seconds, most of them for training code that is not
needed here; torch and the tokenizer alone take one. For a handful of texts that is the time that
people wait for. The vectors are those of sentence-transformers, but for single precision's last
digits.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

__all__ = ["Bert", "open_tokenizer"]

STEPS = ["Transformer", "Pooling", "Normalize"]


class Bert:
    """A sentence encoder of the BERT architecture (Devlin et al. 2019) with mean pooling.

    Args:
        folder: where sentence-transformers saved it; see `readable`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        config = _json(folder / "config.json")
        self.dimension: int = config["hidden_size"]
        self.max_tokens: int = _json(folder / "sentence_bert_config.json")["max_seq_length"]
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]

    @staticmethod
    def readable(folder: Path) -> bool:
        """Say whether the model in ``folder`` is one that this class computes exactly."""
        files = ("config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors")
        if not all((folder / name).is_file() for name in files):
            return False
        steps = [step["type"].rpartition(".")[2] for step in _json(folder / "modules.json")]
        config = _json(folder / "config.json")
        if steps != STEPS or config["model_type"] != "bert" or config["hidden_act"] != "gelu":
            return False
        pooling = _json(folder / "1_Pooling" / "config.json")
        modes = [name for name, used in pooling.items() if used is True and "mode" in name]
        return modes == ["pooling_mode_mean_tokens"]

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return open_tokenizer(self._folder)

    @cached_property
    def _weights(self) -> dict[str, "Tensor"]:
        from safetensors.torch import load_file

        return load_file(self._folder / "model.safetensors")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return unit vectors of shape ``(len(texts), dimension)``; long texts are cut."""
        import torch

        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [min(len(encoding.ids), self.max_tokens) for encoding in encodings]
        ids = torch.zeros(len(texts), max(lengths), dtype=torch.long)
        mask = torch.zeros(ids.shape, dtype=torch.bool)
        for row, (encoding, length) in enumerate(zip(encodings, lengths, strict=True)):
            # The last token closes the text, also where the text is cut.
            ids[row, :length] = torch.tensor([*encoding.ids[: length - 1], encoding.ids[-1]])
            mask[row, :length] = True
        with torch.inference_mode():
            states = self._forward(ids, mask)
            counted = mask.unsqueeze(-1)
            means = (states * counted).sum(1) / counted.sum(1)
            return torch.nn.functional.normalize(means).numpy()

    def _forward(self, ids: "Tensor", mask: "Tensor") -> "Tensor":
        """Return the last layer's states, shape ``(texts, tokens, dimension)``."""
        from torch.nn.functional import gelu, scaled_dot_product_attention

        weights = self._weights
        places = weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        words = weights["embeddings.word_embeddings.weight"][ids]
        states = self._normed(words + places + kind, "embeddings.LayerNorm")
        for number in range(self._layers):
            layer = f"encoder.layer.{number}."
            query, key, value = (
                self._linear(states, f"{layer}attention.self.{name}")
                .view(*ids.shape, self._heads, -1)
                .transpose(1, 2)
                for name in ("query", "key", "value")
            )
            heads = scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
            attended = heads.transpose(1, 2).flatten(2)
            added = states + self._linear(attended, f"{layer}attention.output.dense")
            states = self._normed(added, f"{layer}attention.output.LayerNorm")
            wide = gelu(self._linear(states, f"{layer}intermediate.dense"))
            added = states + self._linear(wide, f"{layer}output.dense")
            states = self._normed(added, f"{layer}output.LayerNorm")
        return states

    def _linear(self, states: "Tensor", name: str) -> "Tensor":
        from torch.nn.functional import linear

        return linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _normed(self, states: "Tensor", name: str) -> "Tensor":
        from torch.nn.functional import layer_norm

        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return layer_norm(states, weight.shape, weight, bias, self._epsilon)


def open_tokenizer(folder: Path) -> "Tokenizer":
    """Return the tokenizer saved in ``folder``, which neither cuts nor pads what it is given."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _json(path: Path) -> Any:  # noqa: ANN401 - as in the file
    return json.loads(path.read_text("utf-8"))
