"""Reading benchmark data: JSON lines, gzipped."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["read_lines"]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a ``.jsonl.gz`` file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
