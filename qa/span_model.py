"""The neural reader's network, run by onnxruntime.

Training left the vectors of words as they are in the default encoder, whose package brings them.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus import ModelUnavailable
from index import default_encoder_folder, file_sha256, open_tokenizer, word_vectors
from qa.windows import Tokens, Window, tokenize

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = ["MODEL_SHA256", "WORD_VECTORS", "Scores", "SpanModel", "WindowScores"]

Scores = npt.NDArray[np.float32]

MOST_WORKERS = 8
WORD_VECTORS = "words"  # the weight that is not in the file
MODEL_SHA256 = "2f0b8559c5b5d7087a5fcf2f4f5c9487d83095b2ff52d78462443d4d25162edd"


@dataclass(frozen=True, slots=True)
class WindowScores:
    """What the network says about one window; higher is likelier, and windows compare.

    Args:
        starts: score of each of the text's tokens as the answer's first, shape ``(n,)``.
        ends: score of each as its last, shape ``(n,)``.
        none: score of there being no answer, start and end added.
    """

    starts: Scores
    ends: Scores
    none: float


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
        return cls(Path(str(files("qa").joinpath("reader_model"))), MODEL_SHA256)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return open_tokenizer(default_encoder_folder())

    @cached_property
    def _session(self) -> "InferenceSession":
        path = self.folder / "model.onnx"
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
        """Return the network with so many threads for each window; 0 takes all processors."""
        from onnxruntime import InferenceSession, OrtValue, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = threads
        words = OrtValue.ortvalue_from_numpy(word_vectors(default_encoder_folder()))
        options.add_external_initializers([WORD_VECTORS], [words])
        path = self.folder / "model.onnx"
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
    inputs = {"ids": window.ids[None], "kinds": window.kinds[None]}
    scores: Scores = session.run(["scores"], inputs)[0][0]
    text = scores[window.first : len(window.ids) - 1]
    return WindowScores(text[:, 0], text[:, 1], float(scores[0].sum()))
