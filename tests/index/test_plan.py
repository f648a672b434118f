"""Plans: what differs, from as little reading as possible, and without writing."""

import os
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from corpus import FoundFile, InputError
from index import HashEncoder, config_of, plan
from index.config import IndexConfig
from tests.building import spy_on_hashing

PLAN = import_module("index.plan")  # the package has a function of the same name
CONFIG = import_module("index.config")
SHAPE = config_of(HashEncoder(), 200)


def test_without_an_index_everything_is_new_and_nothing_is_written(documents: Path) -> None:
    """Catches a plan that makes an index folder, and a rebuild announced for a first build."""
    found = plan(documents, documents / ".pincite", SHAPE)
    assert (len(found.added), found.rebuild, found.unchanged) == (6, (), 0)
    assert [file.id for file in found.load] == list(found.added)
    assert not found.nothing_to_do
    assert not (documents / ".pincite").exists()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """Catches a plan to remove everything."""
    with pytest.raises(InputError, match="is not a folder"):
        plan(tmp_path / "missing", tmp_path / "index", SHAPE)


@pytest.mark.usefixtures("built")
def test_moves_are_paired_by_content_one_to_one(documents: Path) -> None:
    """Catches one old file moved to two places, and pairs that depend on the order of listing."""
    log = documents / "station" / "log.txt"
    text = log.read_bytes()
    log.unlink()
    for name in ("c.txt", "b.txt", "d.md"):
        (documents / name).write_bytes(text)
    found = plan(documents, documents / ".pincite", SHAPE)
    assert found.moved == (("station/log.txt", "b.txt"),)
    assert found.added == ("c.txt", "d.md")
    assert found.removed == ()


@pytest.mark.usefixtures("built")
def test_only_files_of_a_gone_files_size_are_hashed(
    documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches thousands of new files read twice."""
    (documents / "new.txt").write_text("A gale.")
    (documents / "station" / "log.txt").rename(documents / "moved.txt")
    hashed = spy_on_hashing(monkeypatch)
    found = plan(documents, documents / ".pincite", SHAPE)
    assert found.moved == (("station/log.txt", "moved.txt"),)
    assert "new.txt" not in hashed


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (SHAPE, ()),
        (None, ()),
        (replace(SHAPE, format=0), (f"the index format changed from 0 to {CONFIG.FORMAT}",)),
        (replace(SHAPE, encoder="e5"), ("the encoder changed from e5 to hash",)),
        (replace(SHAPE, fingerprint="x"), ("the weights of the encoder hash changed",)),
        (
            replace(SHAPE, fingerprint="x", passage_tokens=64),
            (
                "the weights of the encoder hash changed",
                "the size of passages changed from 64 to 200 tokens",
            ),
        ),
    ],
)
def test_a_difference_of_shape_has_a_name(
    other: IndexConfig | None, reasons: tuple[str, ...]
) -> None:
    """Catches a rebuild that nobody can explain, and one that should be and is not."""
    assert CONFIG.compare_configs(other, SHAPE) == reasons


def test_a_fresh_files_time_proves_nothing(tmp_path: Path) -> None:
    """Catches a second write in the same tick of the clock that goes unseen."""
    path = tmp_path / "a.txt"
    path.write_text("x")
    now = time.time_ns()
    file = FoundFile("a.txt", path, 1, now, now)
    assert PLAN.drop_fresh_time(file) == replace(file, mtime_ns=-1)
    old = replace(file, mtime_ns=now - 10**10, ctime_ns=now - 10**10)
    assert PLAN.drop_fresh_time(old) == old
    assert PLAN.drop_fresh_time(replace(old, ctime_ns=now)).mtime_ns == -1


@pytest.mark.usefixtures("built")
def test_a_file_that_cannot_be_read_is_left_to_the_build(documents: Path) -> None:
    """Catches a plan that fails because a file vanished under it."""
    log = documents / "station" / "log.txt"
    assert PLAN._sha256(documents / "missing.txt") is None
    os.utime(log, (1, 1))
    assert plan(documents, documents / ".pincite", SHAPE).changed == ()
