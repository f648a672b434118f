"""A build that is killed, at any moment, costs nothing but the time since its last step."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from corpus import IndexMissing
from index import build
from tests.building import Content, CountingEncoder, content, load_in_process, scratch

SCRIPT = Path(__file__).with_name("killed_build.py")
KILLS = 50


class Builder:
    """A process that starts builds to be killed."""

    def __init__(self) -> None:
        root = SCRIPT.parents[2]
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            env={"PYTHONPATH": str(root)},
        )

    def ask(self, folder: Path, log: Path) -> int:
        """Start a build; return its process id."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{folder}\t{log}\n")
        return int(self.answer())

    def answer(self) -> str:
        """Read a line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def build(self, folder: Path, log: Path, seconds: float) -> bool:
        """Build and kill -9 after ``seconds``; say whether the build had ended by itself."""
        child = self.ask(folder, log)
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return self.answer() == "ended"

    def seconds(self, folder: Path, log: Path) -> float:
        """Return how long a build takes."""
        started = time.monotonic()
        self.ask(folder, log)
        assert self.answer() == "ended"
        return time.monotonic() - started


@pytest.fixture
def builder() -> Iterator[Builder]:
    builder = Builder()
    yield builder
    builder.process.communicate()


def edit(folder: Path, number: int) -> None:
    """Change, add, rename and delete, so that every build has some of everything to do."""
    (folder / "log.txt").write_text(f"The log of day {number}. " + "The lamp was lit. " * number)
    (folder / f"new{number}.txt").write_text(f"Boat {number} landed. It brought paint.")
    with zipfile.ZipFile(folder / f"new{number}.zip", "w") as archive:
        for tide in range(4):
            archive.writestr(f"tide{tide}.txt", f"Tide {tide} of day {number} was high.")
        archive.writestr("photo.xyz", "not read")
    for old in folder.glob(f"moved{number - 2}.*"):
        old.unlink()
    for old in folder.glob(f"new{number - 1}.*"):
        old.rename(folder / f"moved{number - 1}{old.suffix}")


def opened(folder: Path) -> Content | None:
    """Return the content of an index that was killed while being built, None before the first."""
    try:
        return content(folder / ".pincite")
    except IndexMissing:
        return None


@pytest.mark.timeout(240)
def test_killed_at_any_moment_it_is_the_old_state_or_the_new_one(
    documents: Path, tmp_path: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a mixed state, lost documents, leftovers, and vectors that are made twice."""
    load_in_process(monkeypatch)
    rng = random.Random()
    edit(documents, 1)
    probe = shutil.copytree(documents, tmp_path / "probe")
    longest = builder.seconds(probe, tmp_path / "log")
    before: Content | None = None
    unfinished = 0
    for number in range(2, KILLS + 2):
        log = tmp_path / f"log{number}"
        edit(documents, number)
        ended = builder.build(documents, log, rng.uniform(0, longest))
        longest *= 0.8 if ended else 1.1  # some seven in ten are killed, however fast the machine
        found = opened(documents)
        fresh = scratch(documents, tmp_path / f"fresh{number}")
        if found is None or same(found, before):
            assert not ended
            unfinished += 1
        else:
            assert same(found, fresh)
        before = finish(documents, log, fresh) if number % 3 == 0 else found
        shutil.rmtree(tmp_path / f"fresh{number}")
    assert unfinished > KILLS // 4


def finish(documents: Path, log: Path, fresh: Content) -> Content:
    """Build to the end; only what had not been encoded and kept may be encoded."""
    counting = CountingEncoder()
    build(documents, counting)
    started = log.read_text("utf-8").splitlines() if log.exists() else []
    again = {repr(text) for text in counting.encoded} & set(started)
    assert len(again) <= 2  # the batch under way when the build was killed
    found = content(documents / ".pincite")
    assert same(found, fresh)
    assert len(list((documents / ".pincite" / "generations").iterdir())) == 1
    return found


def same(one: Content, two: Content | None) -> bool:
    """Compare what does not depend on the index's history: BM25 counts what was deleted, too."""
    return (
        two is not None
        and (one.documents, one.passages, one.near) == (two.documents, two.passages, two.near)
        and [hits.keys() for hits in one.matching] == [hits.keys() for hits in two.matching]
    )
