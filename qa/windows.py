"""What the neural reader sees at once: a question, the line above a text, and some of the text.

The layout is BERT's for two segments, ``[CLS] question [SEP] heading [SEP] text [SEP]``; a text
that does not fit is read in overlapping windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Tokens", "Window", "tokenize", "windows_of"]

Integers = npt.NDArray[np.int64]

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
        kinds: 0 for the question's segment, 1 for the text's, shape ``(n,)``.
        first: where in ``ids`` the text's tokens begin; they end before the last token.
        starts: offset in the text of each of its tokens in the window.
        ends: offset after each of them.
    """

    ids: Integers
    kinds: Integers
    first: int
    starts: Integers
    ends: Integers


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
    first = len(asked) + len(above)
    room = WINDOW_TOKENS - first - 1
    begin = 0
    while True:
        part = slice(begin, begin + room)
        ids = np.array([*asked, *above, *text.ids[part], SEPARATOR], np.int64)
        kinds = np.zeros(len(ids), np.int64)
        kinds[len(asked) :] = 1
        yield Window(ids, kinds, first, text.starts[part], text.ends[part])
        if begin + room >= len(text.ids):
            return
        begin += STRIDE
