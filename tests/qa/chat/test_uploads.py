"""Files into the folder and out of it, on other disks and on disks that cannot link."""

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import InputError
from qa.chat.uploads import Upload, add_files, move_to_trash

MEMORY = Path("/dev/shm")  # noqa: S108 - a second file system, where there is one


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on another disk than ``tmp_path``."""
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to move to")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(params=[errno.EPERM, errno.ENOTSUP])
def no_links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system refuse to link, as exFAT and many network disks do."""

    def link(source: object, target: object) -> None:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(os, "link", link)


def test_a_file_is_removed_to_another_disk(tmp_path: Path, elsewhere: Path) -> None:
    """Catches a rename, which no system does from one disk to another."""
    for number, text in enumerate(("one", "two")):
        (tmp_path / "sub").mkdir(exist_ok=True)
        (tmp_path / "sub" / "a.md").write_text(text)
        moved = move_to_trash(tmp_path, "sub/a.md", elsewhere / "removed")
        assert moved.read_text() == text
        assert len(list(moved.parent.iterdir())) == number + 1
    assert list((tmp_path / "sub").iterdir()) == []


def test_a_file_that_cannot_be_copied_whole_stays(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an original that is deleted before its copy is safe, and half a copy left over."""
    (tmp_path / "a.md").write_text("one")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"a\.md was not removed: No space left"):
        move_to_trash(tmp_path, "a.md", elsewhere)
    assert (tmp_path / "a.md").read_text() == "one"
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_cannot_be_deleted_is_not_kept_twice(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a document that is said to be removed, and is still in the folder."""
    original = tmp_path / "a.md"
    original.write_text("one")
    unlink = Path.unlink

    def fixed(path: Path, missing_ok: bool = False) -> None:
        if path == original:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", fixed)
    with pytest.raises(InputError, match=r"a\.md was not removed: Permission denied"):
        move_to_trash(tmp_path, "a.md", elsewhere)
    assert original.read_text() == "one"
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("no_links")
def test_a_file_is_added_where_the_disk_cannot_link(tmp_path: Path) -> None:
    """Catches a folder on a memory stick to which nothing can be added."""
    folder, source = tmp_path / "docs", tmp_path / "upload"
    folder.mkdir()
    source.write_bytes(b"content")
    assert add_files(folder, [Upload("sub/a.md", 7, source)]) == ()
    assert (folder / "sub" / "a.md").read_bytes() == b"content"
    assert os.listdir(folder / "sub") == ["a.md"]


@pytest.mark.usefixtures("no_links")
def test_without_links_nothing_is_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a plain rename, which replaces the file of somebody who was a moment faster."""
    folder, source = tmp_path / "docs", tmp_path / "upload"
    folder.mkdir()
    source.write_bytes(b"mine")
    chmod = os.chmod

    def meanwhile(path: str, mode: int) -> None:
        (folder / "a.md").write_bytes(b"theirs")
        chmod(path, mode)

    monkeypatch.setattr(os, "chmod", meanwhile)
    (said,) = add_files(folder, [Upload("a.md", 4, source)])
    assert said == "a.md was not added: File exists."
    assert (folder / "a.md").read_bytes() == b"theirs"
    assert os.listdir(folder) == ["a.md"]


@pytest.mark.usefixtures("no_links")
def test_a_name_is_given_back_if_the_file_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an empty file left in the place of one that could not be added."""
    folder, source = tmp_path / "docs", tmp_path / "upload"
    folder.mkdir()
    source.write_bytes(b"mine")

    def fails(source: object, target: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "replace", fails)
    (said,) = add_files(folder, [Upload("a.md", 4, source)])
    assert said == f"a.md was not added: {os.strerror(errno.EIO)}."
    assert os.listdir(folder) == []
