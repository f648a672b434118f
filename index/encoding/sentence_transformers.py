"""Any model of sentence-transformers, on the CPU, with its own prompts and its own window."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus import ModelUnavailable
from index.encoding.protocol import SinglePrecision, Vectors, refuse_long

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["PASSAGE_PROMPTS", "QUESTION_PROMPTS", "SentenceTransformerEncoder"]

# Under which names models keep what they want before a question and before a passage.
QUESTION_PROMPTS = ("query",)
PASSAGE_PROMPTS = ("document", "passage", "corpus")
# Title and headings may take 98 of them.
LEAST_TOKENS = 112


class SentenceTransformerEncoder(SinglePrecision):
    """A sentence-transformers model of any kind on the CPU, loaded on first use.

    A text is counted and encoded with the model's prompt for passages before it, a question with
    that for questions.

    Args:
        name: what the settings call it.
        folder: where the model was saved.
        fingerprint: the digest of its files.
    """

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self._folder = folder

    @cached_property
    def _model(self) -> "SentenceTransformer":
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelUnavailable(
                f"The encoder {self.name} cannot be loaded ({error}); choose another one."
            ) from error

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def max_tokens(self) -> int:
        """The most tokens of one text, special tokens and the prompt for passages included.

        Raises:
            ModelUnavailable: if that leaves too few for a passage.
        """
        window = self._model.max_seq_length or 512
        taken = self.count_tokens([""])[0]
        if window - taken < LEAST_TOKENS:
            raise ModelUnavailable(
                f"The encoder {self.name} takes {window} tokens at a time, {taken} of them its own;"
                f" a passage needs {LEAST_TOKENS}, so choose another one."
            )
        return int(min(window, np.iinfo(np.int32).max))  # some have no limit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text with its prompt, special tokens included."""
        if not texts:
            return []
        tokenizer: Any = self._model.tokenizer
        prompted = [self._prompt(PASSAGE_PROMPTS) + text for text in texts]
        if callable(tokenizer):
            encoded = tokenizer(prompted, truncation=False, verbose=False)["input_ids"]
            return [len(ids) for ids in encoded]
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(prompted)]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``; see `Encoder.encode`."""
        refuse_long(self.count_tokens(texts), self.max_tokens)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        prompt = self._prompt(PASSAGE_PROMPTS)
        vectors = self._model.encode_document(
            list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""
        prompt = self._prompt(QUESTION_PROMPTS)
        vectors = self._model.encode_query(
            [question], prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        vector: Vectors = np.asarray(vectors, np.float32)[0]
        return vector

    def _prompt(self, names: Sequence[str]) -> str:
        """Return the first prompt that the model keeps under one of ``names``, else none."""
        return next((found for name in names if (found := self._model.prompts.get(name))), "")
