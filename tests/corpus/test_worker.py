"""Parsing in a child process: no file takes the build down, or the next file."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import corpus.worker
from corpus import Document, FileLoader, Skipped
from corpus.formats import parse
from tests.building import FAILING_CHILD


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileLoader]:
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-P", "-c", FAILING_CHILD))
    with FileLoader(seconds=3) as loader:
        yield loader


def write(folder: Path, content: str) -> Path:
    path = folder / "a.txt"
    path.write_text(content)
    return path


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("abort", "the parser crashed on it (SIGABRT)"),
        ("exit", "the parser crashed on it (exit status 3)"),
        ("hang", "parsing it took longer than 3 seconds"),
        ("grow", "it needs more than 4 GB of memory"),
        ("raise", "the parser failed: KeyError: 'boom'"),
        ("nested", "the parser failed: ZeroDivisionError: division by zero"),
    ],
)
def test_a_bad_file_is_skipped_and_the_next_one_loads(
    loader: FileLoader, tmp_path: Path, act: str, reason: str
) -> None:
    """Catches a dead or hanging child that is asked again, and one reason for every failure."""
    assert loader.load(write(tmp_path, act), "bad.txt") == Skipped("bad.txt", reason)
    loaded = loader.load(write(tmp_path, "good"), "good.txt")
    assert isinstance(loaded, Document)
    assert (loaded.id, loaded.text) == ("good.txt", "good")


def test_what_a_parser_prints_is_no_answer(loader: FileLoader, tmp_path: Path) -> None:
    """Catches answers read from the same stream that libraries print to."""
    for content in ("print", "other"):
        loaded = loader.load(write(tmp_path, content), "a.txt")
        assert isinstance(loaded, Document)
        assert loaded.text == content


def test_the_time_limit_is_for_one_file(loader: FileLoader, tmp_path: Path) -> None:
    """Catches a timer that is not stopped and kills the child under a later file."""
    first = loader.load(write(tmp_path, "one"), "a.txt")
    child = loader._child
    assert isinstance(first, Document)
    assert isinstance(loader.load(write(tmp_path, "two"), "a.txt"), Document)
    assert loader._child is child


def test_a_child_that_dies_at_once_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Catches a broken pipe that gets out, on writing or on closing it."""
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-c", "raise SystemExit(5)"))
    with FileLoader() as loader:
        for _ in range(2):
            skipped = loader.load(write(tmp_path, "x"), "a.txt")
            assert skipped == Skipped("a.txt", "the parser crashed on it (exit status 5)")


@pytest.mark.parametrize("part", ["+[", "-"])
def test_a_child_that_dies_while_it_answers_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str
) -> None:
    """Catches half an answer that is taken for one and ends the build."""
    script = f"import os, sys; sys.stdin.readline(); os.write(0, {part.encode()!r}); os._exit(5)"
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-c", script))
    with FileLoader(seconds=10) as loader:
        loaded = loader.load(write(tmp_path, "x"), "a.txt")
    assert loaded == Skipped("a.txt", "the parser crashed on it (exit status 5)")


def test_a_child_that_died_between_files_blames_no_file(loader: FileLoader, tmp_path: Path) -> None:
    """Catches a good file skipped because the child was killed while it waited."""
    loader.load(write(tmp_path, "one"), "a.txt")
    assert loader._child is not None
    loader._child.kill()
    loader._child.wait()
    assert isinstance(loader.load(write(tmp_path, "two"), "a.txt"), Document)


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    """Catches one orphan process per build."""
    with FileLoader() as loader:
        assert isinstance(loader.load(write(tmp_path, "x"), "a.txt"), Document)
        child = loader._child
    assert child is not None
    assert child.returncode is not None


def test_the_child_gives_what_this_process_gives(tmp_path: Path) -> None:
    """Catches titles, maps or odd characters lost between the processes."""
    path = tmp_path / "a.md"
    data = "---\ntitle: Tea\n---\n# 茶 \u2028\n\ntext\x0c\r\nmore \U0001f375".encode()
    path.write_bytes(data)
    with FileLoader() as loader:
        assert loader.load(path, "dir/a\n.md") == parse(data, "dir/a\n.md")


def test_a_file_that_is_gone_or_too_large_says_so(tmp_path: Path) -> None:
    """Catches an error of the operating system that gets out, and a huge file read into memory."""
    large = tmp_path / "large.txt"
    large.touch()
    os.truncate(large, (1 << 29) + 1)
    reasons = {
        tmp_path / "gone.txt": "the file vanished while being read",
        tmp_path: "the file cannot be read: Is a directory",
        large: "it is larger than 512 MB; split it into parts",
    }
    with FileLoader() as loader:
        for path, reason in reasons.items():
            assert loader.load(path, "a.txt") == Skipped("a.txt", reason)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    """Catches a file skipped in silence, and a build that ends at it."""
    path = write(tmp_path, "x")
    path.chmod(0)
    with FileLoader() as loader:
        skipped = loader.load(path, "a.txt")
    assert skipped == Skipped("a.txt", "the file cannot be read: Permission denied")
