"""An encoder's tokens: its tokenizer, and its limit."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["open_tokenizer", "refuse_long"]


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
