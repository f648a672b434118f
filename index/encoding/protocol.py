"""What the index needs of an encoder, and the simplest that there is."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "HASH_ENCODER",
    "Encoder",
    "HashEncoder",
    "Precision",
    "SinglePrecision",
    "Vectors",
    "open_tokenizer",
    "refuse_long",
]

Vectors = npt.NDArray[np.float32]
# What matrices are multiplied in; a vector's numbers are float32 in any case.
Precision = Literal["float32", "bfloat16"]

HASH_ENCODER = "hash"


class Encoder(Protocol):
    """What the index needs of an encoder."""

    @property
    def name(self) -> str:
        """What the settings call it."""

    @property
    def fingerprint(self) -> str:
        """A digest of everything that shapes its vectors; costs no model loading."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text, as `count_tokens` counts them."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special ones and those of prompts included."""

    def fastest_precision(self) -> Precision:
        """Return the precision in which this machine encodes many texts fastest."""

    def in_precision(self, precision: Precision) -> "Encoder":
        """Return the encoder that encodes texts in ``precision``; questions stay in float32."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``.

        Raises:
            ValueError: if a text has more than ``max_tokens`` tokens; nothing is cut unseen.
        """

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""


class SinglePrecision:
    """The common part of encoders that work in float32 only."""

    def fastest_precision(self) -> Precision:
        """Return ``float32``."""
        return "float32"

    def in_precision(self, precision: Precision) -> Self:  # noqa: ARG002 - there is one only
        """Return the encoder itself."""
        return self


class HashEncoder(SinglePrecision):
    """Bags of hashed words: two texts are similar when they share words. For tests."""

    name = HASH_ENCODER
    fingerprint = "hash-256"
    dimension = 256
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words and single other characters, plus two, as a real one would."""
        return [2 + len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), 256)``; see `Encoder.encode`."""
        refuse_long(self.count_tokens(texts), self.max_tokens)
        vectors = [self.encode_question(text) for text in texts]
        return np.array(vectors, np.float32).reshape(len(texts), self.dimension)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(256,)``."""
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", question.casefold()):
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        vector[0] += 1e-3  # a text without words still has a direction
        return vector / np.float32(np.linalg.norm(vector))


def open_tokenizer(folder: Path) -> "Tokenizer":
    """Return the tokenizer saved in ``folder``, which neither cuts nor pads what it is given."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def refuse_long(lengths: Sequence[int], most: int) -> None:
    """Raise ValueError if one of ``lengths``, in tokens, is greater than ``most``."""
    longest = max(lengths, default=0)
    if longest > most:
        raise ValueError(f"a text has {longest} tokens, more than the encoder's {most}")
