"""Builds of files that hold documents: they come and go with their file."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from corpus import FileLoader, LoadedFile, Skipped
from index import PassageIndex, Store, build, config_of, plan
from tests.building import CountingEncoder, changes, content, load_in_process, scratch

BUILD = import_module("index.build")  # the package has a function of the same name
INSIDE = {"logs/zephyr.txt": "The boat landed in June.", "b.md": "# Oil\n\nThe lamp burns oil."}


def archive(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> CountingEncoder:
    load_in_process(monkeypatch)
    return CountingEncoder()


@pytest.fixture
def folder(tmp_path: Path, counting: CountingEncoder) -> Path:
    """Return a folder of a file and an archive, with its index built."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The paint is green.")
    (folder / "old.zip").write_bytes(archive(INSIDE | {"photo.xyz": "x"}))
    report = build(folder, counting)
    assert changes(report) == {"added": ("a.txt", "old.zip"), "skipped": (PHOTO,)}
    assert report.documents == 3
    counting.encoded.clear()
    return folder


PHOTO = Skipped("old.zip/photo.xyz", "files ending in .xyz are not supported")


def ids(folder: Path) -> list[str]:
    return list(content(folder / ".pincite").documents)


def test_what_an_archive_holds_is_searched_and_counted(folder: Path) -> None:
    """Catches members without passages, without the archive's name, or not counted."""
    index = PassageIndex.open(folder / ".pincite", CountingEncoder())
    with index.snapshot():
        found = index.passages(index.search_terms(["zephyr"], 9)[0].tolist()).values()
        assert [passage.document for passage in found] == ["old.zip/logs/zephyr.txt"]
        assert index.count()["documents"] == 3
        assert index.count()["skipped"] == 1
        assert index.skipped() == [PHOTO]
        summaries = index.list_documents()
        assert [(one.id, one.file) for one in summaries] == [
            ("a.txt", "a.txt"),
            ("old.zip/b.md", "old.zip"),
            ("old.zip/logs/zephyr.txt", "old.zip"),
        ]
        only = index.passage_ids(["old.zip/b.md", "old.zip", "none"]).tolist()
        assert {p.document for p in index.passages(only).values()} == {"old.zip/b.md"}
        for id_ in ("old.zip", "old.zip/", "old.zip/logs", "a.txt/b.md"):
            with pytest.raises(KeyError):
                index.document(id_)
    index.close()


def test_nothing_is_read_again_and_what_was_skipped_is_still_told(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches archives unpacked at every build, and reasons told only once."""
    monkeypatch.setattr(FileLoader, "load_all", None)
    report = build(folder, counting)
    assert changes(report) == {"skipped": (PHOTO,)}
    assert (report.unchanged, report.documents) == (2, 3)
    assert plan(folder, folder / ".pincite", config_of(counting, 200)).skipped == (PHOTO,)


def test_a_renamed_archive_takes_all_its_documents_along(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Catches members read or encoded again, or left under the old name, in the search too."""
    (folder / "old.zip").rename(folder / "sirocco.zip")
    with monkeypatch.context() as patch:
        patch.setattr(FileLoader, "load_all", None)
        report = build(folder, counting)
    assert report.moved == (("old.zip", "sirocco.zip"),)
    assert [skipped.id for skipped in report.skipped] == ["sirocco.zip/photo.xyz"]
    assert counting.encoded == []
    assert ids(folder) == ["a.txt", "sirocco.zip/b.md", "sirocco.zip/logs/zephyr.txt"]
    assert content(folder / ".pincite") == scratch(folder, tmp_path / "fresh")


def test_a_changed_archive_is_read_again_and_encodes_what_is_new(
    folder: Path, counting: CountingEncoder, tmp_path: Path
) -> None:
    """Catches members that are gone but stay, and all texts encoded for one that changed."""
    files = {"logs/zephyr.txt": INSIDE["logs/zephyr.txt"], "c.txt": "The gale came in May."}
    (folder / "old.zip").write_bytes(archive(files))
    report = build(folder, counting)
    assert changes(report) == {"changed": ("old.zip",)}
    assert len(counting.encoded) == report.encoded == 1
    assert ids(folder) == ["a.txt", "old.zip/c.txt", "old.zip/logs/zephyr.txt"]
    assert content(folder / ".pincite").documents == scratch(folder, tmp_path / "new").documents


def test_a_removed_archive_takes_all_its_documents_away(
    folder: Path, counting: CountingEncoder
) -> None:
    """Catches documents whose file is gone."""
    (folder / "old.zip").unlink()
    report = build(folder, counting)
    assert changes(report) == {"removed": ("old.zip",)}
    assert report.documents == 1
    assert ids(folder) == ["a.txt"]
    store = Store.open(folder / ".pincite")
    assert store.skipped_members() == {}
    store.close()


def test_an_archive_that_is_damaged_now_is_skipped_as_a_whole(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a file without documents that counts as read, and one that is read every time."""
    (folder / "old.zip").write_bytes(b"PK")
    for _ in range(2):
        report = build(folder, counting)
        reason = "the archive is damaged: File is not a zip file"
        assert changes(report) == {"skipped": (Skipped("old.zip", reason),)}
        assert report.documents == 1
        monkeypatch.setattr(FileLoader, "load_all", None)


def test_other_passages_are_made_of_the_texts_that_are_there(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches members, or what was skipped among them, lost in a rebuild."""
    monkeypatch.setattr(FileLoader, "load_all", None)
    report = build(folder, counting, passage_tokens=60)
    assert report.rebuild
    assert report.documents == 3
    assert report.skipped == (PHOTO,)


def test_a_file_that_was_staged_is_staged_with_all_its_documents(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an archive of which an interrupted build has kept a part, and takes it for all."""
    shutil.copy(folder / "old.zip", folder / "new.zip")
    (folder / "new.zip").write_bytes(archive({f"{n}.txt": f"Boat {n} landed." for n in range(5)}))
    split = BUILD.split
    calls: list[str] = []

    def stop(document: object, *rest: object) -> object:
        calls.append(document.id)  # type: ignore[attr-defined]
        if len(calls) == 3:
            raise KeyboardInterrupt
        return split(document, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(BUILD, "split", stop)
        with pytest.raises(KeyboardInterrupt):
            build(folder, counting)
    store = Store.open(folder / ".pincite")
    assert store.files(live=False) == {}
    store.close()
    assert build(folder, counting).documents == 8


def test_a_staged_archive_is_not_read_again(
    folder: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches work lost with a build that was killed while it encoded."""
    monkeypatch.setattr(import_module("index.plan"), "CLOCK_GRAIN_NS", 0)
    (folder / "new.zip").write_bytes(archive({"n.txt": "Boat 9 landed.", "o.xyz": "x"}))

    def stop(_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(counting, "encode", stop)
        with pytest.raises(KeyboardInterrupt):
            build(folder, counting)
    load_all, read = FileLoader.load_all, list[str]()

    def spy(loader: FileLoader, path: Path, file_id: str) -> LoadedFile | Skipped:
        read.append(file_id)
        return load_all(loader, path, file_id)

    monkeypatch.setattr(FileLoader, "load_all", spy)
    report = build(folder, counting)
    assert (report.documents, read) == (4, [])
    assert [skipped.id for skipped in report.skipped] == ["old.zip/photo.xyz", "new.zip/o.xyz"]
