"""The precision of an index's vectors: chosen once, recorded, and kept."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Self

import pytest

from index import HashEncoder, Precision, Store, Vectors, build
from tests.building import load_in_process

BUILD = import_module("index.build")  # the package has a function of the same name


class TwoPrecisions(HashEncoder):
    """A `HashEncoder` whose vectors tell their precision, and whose trial comes out as told."""

    def __init__(self, fastest: Precision, precision: Precision = "float32") -> None:
        self.fastest = fastest
        self.precision = precision
        self.trials = 0

    def fastest_precision(self) -> Precision:
        """Return what the trial is told to find."""
        self.trials += 1
        return self.fastest

    def in_precision(self, precision: Precision) -> Self:
        """Return an encoder that encodes in ``precision``."""
        return type(self)(self.fastest, precision)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return vectors that are turned round in bfloat16."""
        vectors = super().encode(texts)
        return vectors if self.precision == "float32" else -vectors


@pytest.fixture(autouse=True)
def _few_texts_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BUILD, "MANY", 3)
    load_in_process(monkeypatch)


def precisions(index_folder: Path) -> set[str]:
    """Return the precisions of the vectors that an index has."""
    store = Store.open(index_folder)
    try:
        ids = store.searchable_ids_of(store.files())
        return {"bfloat16" if v.sum() < 0 else "float32" for v in store.vectors(ids)}
    finally:
        store.close()


@pytest.mark.parametrize("first", ["float32", "bfloat16"])
def test_an_index_keeps_the_precision_of_its_first_build(
    documents: Path, index_folder: Path, first: Precision
) -> None:
    """Catches vectors that depend on which network was faster on the day of each build."""
    other: Precision = "float32" if first == "bfloat16" else "bfloat16"
    build(documents, TwoPrecisions(first))
    for number in range(9):
        (documents / f"new {number}.txt").write_text(f"The tide of day {number}.", "utf-8")
    later = TwoPrecisions(other)
    assert build(documents, later).encoded == 9
    assert later.trials == 0
    assert precisions(index_folder) == {first}
    build(documents, later, full=True)
    assert later.trials == 1
    assert precisions(index_folder) == {other}


def test_an_interrupted_first_build_keeps_it_too(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a choice that is recorded when the build is published, and vectors of both kinds."""

    class Stopped(TwoPrecisions):
        batches = 0

        def encode(self, texts: Sequence[str]) -> Vectors:
            """Encode one batch, and stop at the next."""
            Stopped.batches += 1
            if Stopped.batches == 2:
                raise KeyboardInterrupt
            return super().encode(texts)

    monkeypatch.setattr(BUILD, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        build(documents, Stopped("bfloat16"))
    build(documents, TwoPrecisions("float32"))
    assert precisions(index_folder) == {"bfloat16"}


def test_a_small_first_build_tries_nothing(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches torch loaded for a small folder, and vectors of both kinds when it grows."""
    monkeypatch.setattr(BUILD, "MANY", 1000)
    small = TwoPrecisions("bfloat16")
    build(documents, small)
    assert small.trials == 0
    monkeypatch.setattr(BUILD, "MANY", 1)
    (documents / "new.txt").write_text("The tide is low.", "utf-8")
    build(documents, TwoPrecisions("bfloat16"))
    assert precisions(index_folder) == {"float32"}


def test_an_index_that_recorded_nothing_needs_no_rebuild(
    documents: Path, index_folder: Path
) -> None:
    """Catches an index of an earlier version that is encoded again, or continued in bfloat16."""
    build(documents, HashEncoder())
    store = Store.create(index_folder)
    store._db.execute("DELETE FROM meta WHERE key LIKE 'precision%'")
    store.close()
    for number in range(9):
        (documents / f"new {number}.txt").write_text(f"The tide of day {number}.", "utf-8")
    report = build(documents, TwoPrecisions("bfloat16"))
    assert (report.rebuild, report.encoded) == ((), 9)
    assert precisions(index_folder) == {"float32"}


def test_another_encoder_is_another_choice(documents: Path, index_folder: Path) -> None:
    """Catches a change of encoder that stays in the precision of the one before."""
    build(documents, TwoPrecisions("float32"))
    other = TwoPrecisions("bfloat16")
    other.fingerprint = "other"
    build(documents, other)
    assert precisions(index_folder) == {"bfloat16"}
