"""The digest that tells whether a file is the same."""

import hashlib
from pathlib import Path

__all__ = ["file_sha256"]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, lower-case hexadecimal; OSError if it is unreadable."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
