"""Source code, settings and logs: the file as it is; lines are those of the file."""

from corpus.formats.decoding import declared_encoding, decode
from corpus.types import Parsed

__all__ = ["parse_code"]


def parse_code(data: bytes) -> Parsed:
    """Return the file's characters; each line stands for itself.

    Raises:
        LoadError: the bytes are no text.
    """
    return Parsed(decode(data, declared_encoding(data)))
