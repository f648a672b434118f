"""What the tests of builds share: an encoder that counts, and an index's whole content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from corpus import Document, FileLoader, LoadedFile, Skipped
from corpus.containers import documents_in
from index import BuildReport, HashEncoder, PassageIndex, Store, Vectors, build, terms

# Words that stand in no document, for the names of files and folders.
NAMES = ("zephyr", "mistral", "sirocco")
QUESTIONS = (
    *NAMES,
    "When is the lamp lit?",
    "What does the policy cover?",
    "boat landing tide",
    "£412,000",
)
# A child process whose loader of plain text does what a file says: all that a parser may do.
FAILING_CHILD = """
import os, sys, time
from corpus import worker
from corpus.formats.plain import text as plain
from corpus.types import Parsed

ACTS = {
    b"abort": os.abort,
    b"exit": lambda: os._exit(3),
    b"hang": lambda: time.sleep(60),
    b"grow": lambda: bytes(1 << 33),
    b"raise": lambda: {}["boom"],
    b"nested": lambda: sys.setrecursionlimit(10 ** 9) or 1 / 0,
    b"print": lambda: print("+[]") or os.write(1, b"-[]\\n"),
}

def parse_text(data):
    ACTS.get(data, lambda: None)()
    return Parsed(data.decode())

plain.parse_text = parse_text
worker.serve()
"""
Hits = dict[tuple[str, int], float]


class CountingEncoder(HashEncoder):
    """A `HashEncoder` that remembers what it encoded."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors; see `Encoder.encode`."""
        self.encoded += texts
        return super().encode(texts)


@dataclass(frozen=True)
class Content:
    """All that can be seen of an index, without its internal numbers."""

    documents: dict[str, Document]
    passages: dict[str, list[tuple[int, int, str, bytes | None]]]
    near: tuple[Hits, ...]
    matching: tuple[Hits, ...]


def content(index_folder: Path) -> Content:
    """Read everything in an index and ask it some questions."""
    index = PassageIndex.open(index_folder, HashEncoder())
    store = Store.open(index_folder)
    try:
        assert index.find_damage() == []
        passages = {}
        for path, document in store.documents().items():
            rows = store.passages_in(document.row)
            passages[path] = [
                (
                    row.passage.start,
                    row.passage.end,
                    row.passage.heading,
                    store.vectors([row.id]).tobytes() if row.text_key else None,
                )
                for row in rows
            ]
        with index.snapshot():
            documents = {path: index.document(path) for path in index.documents()}
            vectors = [index.encoder.encode_question(question) for question in QUESTIONS]
            near = tuple(hits(index, *index.search_vectors(vector, 999)) for vector in vectors)
            matching = tuple(
                hits(index, *index.search_terms(terms(question), 999)) for question in QUESTIONS
            )
    finally:
        store.close()
        index.close()
    return Content(documents, passages, near, matching)


def hits(index: PassageIndex, ids: Any, scores: Any) -> Hits:  # noqa: ANN401 - arrays
    """Return the scores by document and offset; every id must have a passage."""
    passages = index.passages(ids.tolist())
    places = [(passages[id_].document, passages[id_].start) for id_ in ids.tolist()]
    assert len(set(places)) == len(places)
    return dict(zip(places, scores.tolist(), strict=True))


def scratch(folder: Path, index_folder: Path) -> Content:
    """Build a new index of ``folder`` elsewhere and return its content."""
    build(folder, HashEncoder(), index=index_folder)
    return content(index_folder)


def load_in_process(patch: pytest.MonkeyPatch) -> None:
    """Parse files without a child process, which takes longer and has its own tests."""

    def load_all(_: FileLoader, path: Path, file_id: str) -> LoadedFile | Skipped:
        data = path.read_bytes()
        found = list(documents_in(data, file_id))
        documents = tuple(one for one in found if isinstance(one, Document))
        skipped = tuple(one for one in found if isinstance(one, Skipped))
        loaded = LoadedFile(hashlib.sha256(data).hexdigest(), documents, skipped)
        return loaded if documents else skipped[0]

    patch.setattr(FileLoader, "load_all", load_all)


def spy_on_hashing(patch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the name of every file that a plan reads to compare its digest."""
    plan = import_module("index.plan")  # the package has a function of the same name
    sha256, hashed = plan._sha256, []

    def spy(path: Path) -> object:
        hashed.append(path.name)
        return sha256(path)

    patch.setattr(plan, "_sha256", spy)
    return hashed


def changes(report: BuildReport) -> dict[str, Any]:
    """Return what a report says apart from counts; only what is not empty."""
    names = ("added", "changed", "moved", "removed", "skipped", "rebuild")
    return {name: value for name in names if (value := getattr(report, name))}
