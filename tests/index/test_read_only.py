"""Indexes that can only be read: on a read-only disk, and in somebody else's folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

from corpus import IndexBusy
from index import Encoder, HashEncoder, PassageIndex, Store, build

NOBODY = 65534
# Asks an index once for each line that it is given, and prints the text that it finds, or why not.
READER = """
import os, sys
from contextlib import closing
from pathlib import Path
from corpus import PinciteError
from index import HashEncoder, PassageIndex, terms
uid, folder = int(sys.argv[1]), Path(sys.argv[2])
terms("what is imported late")
os.setuid(uid)
try:
    assert not os.access(folder, os.W_OK)
    with closing(PassageIndex.open(folder, HashEncoder())) as index:
        for _ in sys.stdin:
            with index.snapshot():
                near, _ = index.search_vectors(index.encoder.encode_question("paint"), 9)
                matching, _ = index.search_terms(terms("paint"), 9)
                assert len(matching) and len(near) == min(9, index.count()["passages"])
                found = index.document("state.txt").text, len(index.documents())
            print(*found, flush=True)
        assert index.find_damage() == []
except PinciteError as error:
    print(f"{type(error).__name__}: {error}", flush=True)
"""


def reader(folder: Path, uid: int = NOBODY) -> list[str]:
    """Return the command that reads the index in ``folder`` as another user."""
    return [sys.executable, "-c", READER, str(uid), str(folder)]


def read(*command: str) -> str:
    """Return what the command finds when it asks once, or its errors."""
    done = subprocess.run(command, input="\n", text=True, capture_output=True, check=False)
    return done.stdout.strip() or done.stderr


class ReadingProcess:
    """A process of a user who may not write, with the index open."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            reader(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self) -> str:
        """Return what it finds now."""
        asked, said = self._pipes()
        asked.write("\n")
        asked.flush()
        return said.readline().strip()

    def close(self) -> str:
        """End it and return what it says last."""
        said, _ = self.process.communicate(timeout=60)
        return said

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a folder with an index that another user may read; that user's files are elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process of another user")
    with TemporaryDirectory(prefix="shared-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "state.txt").write_text("state 1 of the paint")
        build(folder, HashEncoder())
        yield folder


def test_who_may_only_read_can_ask(shared: Path) -> None:
    """Catches a lock that must be written, and files that only their owner can open."""
    index = shared / ".pincite"
    before = sorted(index.rglob("*"))
    assert read(*reader(index)) == "state 1 of the paint 1"
    assert sorted(index.rglob("*")) == before


def test_who_may_only_read_sees_what_others_build(shared: Path) -> None:
    """Catches a database that is taken to be immutable while its owner writes to it."""
    reader = ReadingProcess(shared / ".pincite")
    for number in range(1, 5):
        text = f"state {number} of the paint"
        (shared / "state.txt").write_text(text)
        (shared / f"{number}.txt").write_text(f"Paint, number {number}.")
        build(shared, HashEncoder())
        assert reader.ask() == f"{text} {number + 1}"
    store = Store.create(shared / ".pincite")  # from here on there is a writer
    for number in range(5, 8):
        text = f"state {number} of the paint"
        (shared / "state.txt").write_text(text)
        build(shared, HashEncoder())
        assert reader.ask() == f"{text} 5"
    store.close()
    assert reader.ask() == "state 7 of the paint 5"
    assert reader.close() == ""


def test_who_may_only_read_is_told_that_the_index_is_gone(shared: Path) -> None:
    """Catches an error of the operating system that gets out."""
    reader = ReadingProcess(shared / ".pincite")
    assert reader.ask() == "state 1 of the paint 1"
    shutil.rmtree(shared / ".pincite")
    assert reader.ask().startswith("IndexMissing: There is no index in ")
    assert reader.close() == ""


@pytest.mark.usefixtures("built")
def test_a_state_that_is_written_into_while_it_is_read_is_refused(
    documents: Path, index_folder: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an answer from pages of which some are older than the others."""
    with monkeypatch.context() as patch:
        patch.setattr("index.store.os.access", lambda *_: False)
        index = PassageIndex.open(index_folder, encoder)
    (documents / "state.txt").write_text("state 1 of the paint")
    with pytest.raises(IndexBusy, match="has just been changed; try again"), index.snapshot():
        build(documents, encoder)
    with index.snapshot():
        assert index.document("state.txt").text == "state 1 of the paint"
    index.close()


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_killed_program_left_is_read_if_it_can_be(shared: Path, killed: bool) -> None:
    """Catches the last build left out, because it still stands in SQLite's log."""
    index = shared / ".pincite"
    (shared / "state.txt").write_text("state 2 of the paint")
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom index import HashEncoder, Store, build\n"
        "folder = Path(sys.argv[1])\nreader = Store.open(folder / '.pincite')\n"
        "with reader.snapshot():\n    reader.count()\n    build(folder, HashEncoder())\n"
        "    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(shared)], check=True)
    assert (index / "index.sqlite-wal").stat().st_size > 0
    if not killed:
        (index / "index.sqlite-shm").unlink()
        said = read(*reader(index))
        assert said.startswith("InputError: The index in ")
        assert "cannot be opened (unable to open database file); see that you may read" in said
        Store.open(index).close()
    assert read(*reader(index)) == "state 2 of the paint 1"


@pytest.mark.parametrize("name", ["index.sqlite", "dense.faiss", "meta.json"])
def test_what_may_not_be_read_is_not_called_damaged(shared: Path, name: str) -> None:
    """Catches people who are told to build again what somebody else has to open to them."""
    (path,) = (shared / ".pincite").rglob(name)
    path.chmod(0o600)
    said = read(*reader(shared / ".pincite"))
    assert said.startswith("InputError: ")
    assert "cannot be opened (" in said
    assert "build" not in said.replace("a build was killed", "")


MOUNTS = {
    "a disk": 'mount -t tmpfs tmpfs "$2" && cp -r "$1/." "$2" && mount -o remount,ro "$2"',
    "a view": 'mount --bind "$1" "$2" && mount -o remount,bind,ro "$2"',
}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("writer", [False, True])
@pytest.mark.parametrize("kind", MOUNTS)
def test_an_index_on_a_read_only_disk_can_be_asked(
    documents: Path, encoder: Encoder, index_folder: Path, tmp_path: Path, kind: str, writer: bool
) -> None:
    """Catches a healthy index called damaged, and its newest state missed in SQLite's log."""
    unshare = shutil.which("unshare")
    mount = tmp_path / "mount"
    mount.mkdir()
    mine = [] if os.geteuid() == 0 else ["--map-root-user"]
    alone = [str(unshare), "--mount", *mine, "sh", "-c"]
    mounting = [*alone, f'{MOUNTS[kind]} && shift 2 && exec "$@"', "sh", str(documents), str(mount)]
    if unshare is None or subprocess.run([*mounting, "true"], check=False).returncode != 0:
        pytest.skip("no disk may be mounted here")
    store = Store.open(index_folder)
    with ExitStack() as stack:
        if writer:
            stack.enter_context(store.snapshot())
            assert store.generation == 1  # holds what is read, so that the log cannot be emptied
        (documents / "state.txt").write_text("state 2 of the paint")
        build(documents, encoder)
        if not writer:
            store.close()
        assert (index_folder / "index.sqlite-wal").exists() == writer
        assert (
            read(*mounting, *reader(mount / ".pincite", os.geteuid())) == "state 2 of the paint 7"
        )
    store.close()
