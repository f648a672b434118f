"""Benchmark data: read from gzipped JSON lines, written as folders of documents."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["read_lines", "write_passages"]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a ``.jsonl.gz`` file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def write_passages(folder: Path, passages: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Write one text file a passage, numbered so that no title leaks in; return names by id."""
    names = {passage["id"]: f"{number:06d}.txt" for number, passage in enumerate(passages)}
    for passage in passages:
        (folder / names[passage["id"]]).write_bytes(passage["text"].encode())
    return names
