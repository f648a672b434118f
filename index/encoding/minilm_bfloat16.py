"""The default encoder's network in bfloat16, by torch: faster where the processor has the hardware.

Matrices are multiplied in bfloat16 (8 bits of mantissa); sums, normalisation and pooling are in
single precision, which keeps the cosine with the single-precision vectors above 0.9999. Where there
is no such hardware, the weights are rounded and the rest is in single precision, so that an index
that was begun in bfloat16 can be continued anywhere.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import BertModel
from transformers.utils.logging import disable_progress_bar

from index.encoding.minilm import WIDTH, Tokens, batches, multiplies_bfloat16, pad
from index.encoding.protocol import Vectors

__all__ = ["Bfloat16Network"]

# Larger ones than in single precision: each operation of torch has a price of its own.
BATCH_TOKENS = 4096


class Bfloat16Network:
    """MiniLM's network (Wang et al. 2020) without its tokenizer.

    Args:
        folder: where sentence-transformers saved the model.
    """

    def __init__(self, folder: Path) -> None:
        disable_progress_bar()  # type: ignore[no-untyped-call]
        self._model = BertModel.from_pretrained(folder, local_files_only=True)
        self._in_hardware = multiplies_bfloat16()
        if not self._in_hardware:
            with torch.no_grad():
                for weight in self._model.parameters():
                    weight.copy_(weight.bfloat16())

    @torch.inference_mode()
    def means(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the mean state of each text's tokens, shape ``(len(texts), WIDTH)``."""
        means = np.empty((len(texts), WIDTH), np.float32)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._in_hardware):
            for batch in batches([len(tokens) for tokens in texts], BATCH_TOKENS):
                means[batch] = self._run([texts[i] for i in batch]).numpy()
        return means

    def _run(self, texts: Sequence[Tokens]) -> Tensor:
        ids, token_weights = map(torch.from_numpy, pad(texts))
        mask = (token_weights[:, 0] > 0).long()
        states: Tensor = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
        return (token_weights.transpose(1, 2) * states).sum(dim=1)  # `@` would round to bfloat16
