"""After any edits, an incremental build is what a build from scratch would be."""

import os
import random
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from index import HashEncoder, build
from tests.building import NAMES, changes, content, load_in_process, scratch

WORDS = [
    "lamp",
    "boat",
    "tide",
    "policy",
    "covers",
    "landing",
    "keeper",
    "horn",
    "£412,000",
    "lit",
    "insurance",
    "paint",
]


def some_text(rng: random.Random) -> str:
    sentences = [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))).capitalize() for _ in range(9)]
    return "".join(s + rng.choice([". ", ".\n\n"]) for s in sentences[: rng.randint(1, 9)])


def add(folder: Path, files: list[Path], rng: random.Random) -> None:
    path = folder / rng.choice("xyz") / f"{rng.randint(0, 9)}{rng.choice(['.txt', '.md'])}"
    path.parent.mkdir(exist_ok=True)
    path.write_text(some_text(rng))


def change(folder: Path, files: list[Path], rng: random.Random) -> None:
    path = rng.choice([path for path in files if path.suffix in {".txt", ".md"}])
    path.write_text(path.read_text() + "\n\n" + some_text(rng))


def delete(folder: Path, files: list[Path], rng: random.Random) -> None:
    if len(files) > 3:
        rng.choice(files).unlink()


def rename(folder: Path, files: list[Path], rng: random.Random) -> None:
    path = rng.choice(files)
    path.rename(path.with_stem(f"{rng.choice(NAMES)} {rng.randint(0, 99)}"))


def swap(folder: Path, files: list[Path], rng: random.Random) -> None:
    one, two = rng.sample(files, 2)
    if one.suffix == two.suffix:
        one.rename(folder / "between")
        two.rename(one)
        (folder / "between").rename(two)


def copy(folder: Path, files: list[Path], rng: random.Random) -> None:
    path = rng.choice(files)
    shutil.copy(path, folder / f"copy{rng.randint(0, 9)}{path.suffix}")


def move_folder(folder: Path, files: list[Path], rng: random.Random) -> None:
    inner = rng.choice(files).parent
    target = folder / rng.choice(["x", f"{rng.choice(NAMES)} {rng.randint(0, 99)}"])
    if inner != folder and not target.exists():
        inner.rename(target)


def touch(folder: Path, files: list[Path], rng: random.Random) -> None:
    os.utime(rng.choice(files), (1, rng.randint(1, 9)))


def break_one(folder: Path, files: list[Path], rng: random.Random) -> None:
    (folder / "torn.pdf").write_bytes(b"torn" * rng.randint(1, 3))


def ignore(folder: Path, files: list[Path], rng: random.Random) -> None:
    (folder / ".pinciteignore").write_text(rng.choice(["*.md\n", "x/\n", ""]))


EDITS: list[Callable[[Path, list[Path], random.Random], None]] = [
    *(add, change, delete, rename, swap, copy, move_folder, touch, break_one, ignore)
]


@pytest.mark.parametrize("lazily", [False, True], ids=["rewritten", "deleted lazily"])
@pytest.mark.parametrize("seed", range(2))
def test_an_incremental_build_is_a_build_from_scratch(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, lazily: bool
) -> None:
    """Catches passages, vectors or terms that stay behind, are lost, or belong to another file.

    The words of names are among the terms: a renamed file keeps none of its old ones.
    """
    # BM25 counts deleted passages until they are cleared away; without them scores are exact.
    if not lazily:
        monkeypatch.setattr(import_module("index.generation"), "MOST_DELETED", 0.0)
    load_in_process(monkeypatch)
    rng = random.Random(seed)
    build(documents, HashEncoder())
    for number in range(7):
        for edit in rng.choices(EDITS, k=rng.randint(1, 4)):
            files = [p for p in documents.rglob("*.*") if p.is_file() and ".pincite" not in str(p)]
            edit(documents, sorted(files), rng)
        build(documents, HashEncoder())
        found, fresh = content(documents / ".pincite"), scratch(documents, tmp_path / str(number))
        assert (found.documents, found.passages) == (fresh.documents, fresh.passages)
        assert found.near == fresh.near
        assert [hits.keys() for hits in found.matching] == [hits.keys() for hits in fresh.matching]
        if not lazily:
            assert found.matching == tuple(map(pytest.approx, fresh.matching))
        assert changes(build(documents, HashEncoder())).keys() <= {"skipped"}
