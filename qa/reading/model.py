"""The neural reader's network: what it sees at once, and the scores that it gives; onnxruntime.

A window is a question, the line above a text, and some of the text, in BERT's layout for two
segments: ``[CLS] question [SEP] heading [SEP] text [SEP]``. A text that does not fit is read in
overlapping windows. Training left the vectors of words as they are in the default encoder, whose
package brings them.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus import ModelUnavailable, file_sha256
from index import default_encoder_folder, open_tokenizer, word_vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = [
    "MODEL_SHA256",
    "WORD_VECTORS",
    "Scores",
    "SpanModel",
    "Tokens",
    "Window",
    "WindowScores",
    "tokenize",
    "windows_of",
]

Integers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

WEIGHTS = "model.onnx"
MODEL_SHA256 = "2f0b8559c5b5d7087a5fcf2f4f5c9487d83095b2ff52d78462443d4d25162edd"
WORD_VECTORS = "words"  # the weight that is not in the file
MOST_WORKERS = 8

WINDOW_TOKENS = 384
# How far the next window over a long text starts after the one before.
STRIDE = 128
QUESTION_TOKENS = 64
HEADING_TOKENS = 32
FIRST, SEPARATOR = 101, 102


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text.

    Args:
        ids: shape ``(n,)``.
        starts: character offset of each token in the text, shape ``(n,)``.
        ends: offset after each token, shape ``(n,)``.
    """

    ids: Integers
    starts: Integers
    ends: Integers


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the reader.

    Args:
        ids: token ids, shape ``(n,)``.
        token_type_ids: 0 for the question's segment, 1 for the text's, shape ``(n,)``.
        text_start: where in ``ids`` the text's tokens begin; they end before the last token.
        starts: offset in the text of each of its tokens in the window.
        ends: offset after each of them.
    """

    ids: Integers
    token_type_ids: Integers
    text_start: int
    starts: Integers
    ends: Integers


@dataclass(frozen=True, slots=True)
class WindowScores:
    """What the network says about one window; higher is likelier, and windows compare.

    Args:
        starts: score of each of the text's tokens as the answer's first, shape ``(n,)``.
        ends: score of each as its last, shape ``(n,)``.
        null_score: of there being no answer, start and end added.
    """

    starts: Scores
    ends: Scores
    null_score: float


def tokenize(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[Tokens]:
    """Return the tokens of each text, without special tokens."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    tokens = []
    for encoding in encodings:
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        tokens.append(Tokens(np.array(encoding.ids, np.int64), offsets[:, 0], offsets[:, 1]))
    return tokens


def windows_of(question: Tokens, heading: Tokens, text: Tokens) -> Iterator[Window]:
    """Yield the windows that cover ``text``; at least one, even if it has no tokens."""
    asked = [FIRST, *question.ids[:QUESTION_TOKENS], SEPARATOR]
    above = [*heading.ids[:HEADING_TOKENS], SEPARATOR] if len(heading.ids) else []
    text_start = len(asked) + len(above)
    room = WINDOW_TOKENS - text_start - 1
    for begin in range(0, max(0, len(text.ids) - room) + STRIDE, STRIDE):
        part = slice(begin, begin + room)
        ids = np.array([*asked, *above, *text.ids[part], SEPARATOR], np.int64)
        token_type_ids = np.zeros(len(ids), np.int64)
        token_type_ids[len(asked) :] = 1
        yield Window(ids, token_type_ids, text_start, text.starts[part], text.ends[part])


class SpanModel:
    """Scores where in a window the answer begins and ends; loaded on first use.

    Args:
        folder: holds ``model.onnx``.
        expected_sha256: of ``model.onnx``; None accepts any.
    """

    def __init__(self, folder: Path, expected_sha256: str | None = None) -> None:
        self.folder = folder
        self._expected = expected_sha256

    @classmethod
    def shipped(cls) -> "SpanModel":
        """Return the network that comes with the package."""
        return cls(Path(str(files("qa.reading").joinpath("weights"))), MODEL_SHA256)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return open_tokenizer(default_encoder_folder())

    @cached_property
    def _session(self) -> "InferenceSession":
        path = self.folder / WEIGHTS
        if not path.is_file():
            raise ModelUnavailable(
                f"The reader's weights {path} are missing; install pincite again."
            )
        if self._expected is not None and (found := file_sha256(path)) != self._expected:
            raise ModelUnavailable(
                f"The reader's weights in {path} have sha256 {found[:12]}… instead of "
                f"{self._expected[:12]}…; install pincite again."
            )
        return self.open_session(1)

    def open_session(self, threads: int) -> "InferenceSession":
        """Open the network with ``threads`` threads for each window; 0 takes all processors."""
        from onnxruntime import InferenceSession, OrtValue, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = threads
        words = OrtValue.ortvalue_from_numpy(word_vectors(default_encoder_folder()))
        options.add_external_initializers([WORD_VECTORS], [words])
        path = self.folder / WEIGHTS
        return InferenceSession(path, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_WORKERS), "reader")

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text, without special tokens."""
        return tokenize(self._tokenizer, texts)

    def score(self, windows: Sequence[Window]) -> list[WindowScores]:
        """Return the scores of each window.

        Raises:
            ModelUnavailable: if the weights are missing or are not the expected bytes.
        """
        # A window to each processor, the longest first: a batch is slower and has padding, and
        # one window on all processors leaves them waiting for each other.
        order = sorted(range(len(windows)), key=lambda i: -len(windows[i].ids))
        session = self._session
        scored = self._workers.map(lambda i: _score(session, windows[i]), order)
        by_window = dict(zip(order, scored, strict=True))
        return [by_window[i] for i in range(len(windows))]


def _score(session: "InferenceSession", window: Window) -> WindowScores:
    inputs = {"ids": window.ids[None], "kinds": window.token_type_ids[None]}
    scores: Scores = session.run(["scores"], inputs)[0][0]
    text = scores[window.text_start : len(window.ids) - 1]
    return WindowScores(text[:, 0], text[:, 1], float(scores[0].sum()))
