"""Readers beside builds, and indexes that are missing, outdated or damaged."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from filelock import FileLock

from corpus import IndexBusy, IndexDamaged, IndexMissing, IndexOutdated
from index import BuildReport, Encoder, HashEncoder, PassageIndex, Vectors, build, terms
from tests.building import changes, content, load_in_process

passage_index = import_module("index.passage_index")
LOG = "station/log.txt"


def generations(index_folder: Path) -> list[str]:
    return sorted(path.name for path in (index_folder / "generations").iterdir())


def consistent(index: PassageIndex) -> str:
    """Ask by vector and by terms, check every hit against its document, and return the answer."""
    ids, scores = index.search_vectors(index.encoder.encode_question("state of the paint"), 999)
    matching, _ = index.search_terms(terms("state"), 9)
    assert len(ids) == len(index)
    passages = index.passages(ids.tolist())
    assert set(passages) == set(ids.tolist()) >= set(matching.tolist())
    vectors = index.vectors(ids.tolist())
    question = index.encoder.encode_question("state of the paint")
    assert abs(vectors @ question - scores).max() < 1e-5
    for passage in passages.values():
        document = index.document(passage.document)
        assert 0 <= passage.start < passage.end <= len(document.text)
    return index.document("state.txt").text


@pytest.mark.usefixtures("built")
def test_a_reader_moves_on_between_snapshots_and_never_inside_one(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches vectors of one state with passages of another, and a build that waits for readers."""
    (documents / "state.txt").write_text("state 0 of the paint")
    build(documents, encoder)
    index = PassageIndex.open(index_folder, encoder)
    for number in range(1, 6):
        with index.snapshot():
            seen = consistent(index)
            (documents / "state.txt").write_text(f"state {number} of the paint")
            (documents / f"{number}.txt").write_text(f"Another file, number {number}.")
            build(documents, encoder)
            assert consistent(index) == seen == f"state {number - 1} of the paint"
        with index.snapshot():
            assert consistent(index) == f"state {number} of the paint"
    assert index.generation == 7
    assert generations(index_folder) == ["7"]
    assert index.find_damage() == []
    index.close()


@pytest.mark.usefixtures("built")
def test_a_reader_that_sleeps_through_five_builds_wakes_up_right(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches search files opened late, when a build has already removed them."""
    (documents / "state.txt").write_text("state 0 of the paint")
    build(documents, encoder)
    index = PassageIndex.open(index_folder, encoder)
    for number in range(5):
        (documents / "state.txt").write_text(f"state {number} of the paint")
        build(documents, encoder)
    with index.snapshot():
        assert consistent(index) == "state 4 of the paint"
    index.close()


REMOVED = ("**/*", "manifest.json", "dense.faiss", "lexical/*", "lexical/*.json", "lexical/*.term")


def replace_while(patch: pytest.MonkeyPatch, name: str, documents: Path, removed: str) -> None:
    """Have a build publish another state, and remove some of the old one, when `name` is called."""
    use = getattr(passage_index, name)

    def late(folder: Path) -> object:
        patch.setattr(passage_index, name, use)
        old = shutil.copytree(folder, documents.parent / name)
        (documents / f"{name}.txt").write_text("Another file.")
        build(documents, HashEncoder())
        shutil.copytree(old, folder)
        for path in [path for path in folder.glob(removed) if path.is_file()]:
            path.unlink()
        return use(folder)

    patch.setattr(passage_index, name, late)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("removed", REMOVED)
def test_an_index_that_is_replaced_while_it_is_opened_is_not_called_damaged(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch, removed: str
) -> None:
    """Catches the errors of half a generation, which a build is removing, told to people."""
    load_in_process(monkeypatch)
    replace_while(monkeypatch, "open_generation", documents, removed)
    index = PassageIndex.open(index_folder, HashEncoder())
    assert index.generation == 2
    with index.snapshot():
        assert "open_generation.txt" in index.documents()
        assert len(index) == index.count()["passages"]
    replace_while(monkeypatch, "find_damaged_files", documents, removed)
    assert index.find_damage() == []
    assert index.generation == 3
    index.close()


@pytest.mark.usefixtures("built")
def test_opening_never_fails_while_builds_publish(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an order of opening and removing that nobody thought of."""
    load_in_process(monkeypatch)
    done = threading.Event()

    def open_again_and_again() -> int:
        count = 0
        while not done.is_set():
            index = PassageIndex.open(index_folder, HashEncoder())
            with index.snapshot():
                assert len(index) == len(
                    index.vectors(index.passage_ids(index.documents()).tolist())
                )
            index.close()
            count += 1
        return count

    with ThreadPoolExecutor(3) as pool:
        opened = [pool.submit(open_again_and_again) for _ in range(3)]
        for number in range(25):
            (documents / "state.txt").write_text(f"state {number} of the paint")
            build(documents, HashEncoder())
        done.set()
    assert min(future.result() for future in opened) > 0
    assert generations(index_folder) == ["26"]


@pytest.mark.usefixtures("built")
def test_during_a_build_the_old_state_answers_and_then_the_new_one(
    documents: Path, index_folder: Path
) -> None:
    """Catches staged documents that are seen early, and a build that locks readers out."""
    encoding, go_on = threading.Event(), threading.Event()

    class Waiting(HashEncoder):
        def encode(self, texts: object) -> Vectors:
            encoding.set()
            assert go_on.wait(30)
            return super().encode(texts)  # type: ignore[arg-type]

    (documents / "state.txt").write_text("state 1 of the paint")
    before = content(index_folder)
    writer = threading.Thread(target=build, args=(documents, Waiting()))
    writer.start()
    try:
        assert encoding.wait(30)
        assert content(index_folder) == before
        with pytest.raises(IndexBusy, match=r"Another build is writing to .*; wait until it has"):
            build(documents, HashEncoder())
    finally:
        go_on.set()
        writer.join()
    assert content(index_folder).documents.keys() - before.documents.keys() == {"state.txt"}


def test_one_writer_at_a_time(documents: Path, encoder: Encoder, index_folder: Path) -> None:
    """Catches two builds that write into one index, and a lock that a dead build leaves behind."""
    index_folder.mkdir()
    with FileLock(index_folder / "build.lock"), pytest.raises(IndexBusy):
        build(documents, encoder)
    assert build(documents, encoder).documents == 6
    with pytest.raises(ZeroDivisionError):
        build(documents, encoder, full=True, on_progress=lambda _: print(1 // 0))  # noqa: T201
    assert build(documents, encoder).documents == 6


def test_a_missing_index_says_what_to_run(documents: Path, index_folder: Path) -> None:
    """Catches an empty index made by looking for one, and SQLite's own words."""
    with pytest.raises(IndexMissing, match=r"no index in .*; run `pincite build` first"):
        PassageIndex.open(index_folder, HashEncoder())
    assert not index_folder.exists()
    index_folder.mkdir()
    sqlite3.connect(index_folder / "index.sqlite").close()
    (index_folder / "index.sqlite").touch()
    with pytest.raises(IndexMissing, match="has not finished; run `pincite build`"):
        PassageIndex.open(index_folder, HashEncoder())


def test_a_first_build_that_failed_says_so(documents: Path, index_folder: Path) -> None:
    """Catches a half-built index that answers."""

    class Crashing(HashEncoder):
        def encode(self, texts: object) -> Vectors:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build(documents, Crashing())
    with pytest.raises(IndexMissing, match=r"The first build in .* has not finished; run"):
        PassageIndex.open(index_folder, HashEncoder())


class Retrained(HashEncoder):
    """The same encoder with other weights."""

    fingerprint = "hash-256-retrained"


@pytest.mark.usefixtures("built")
def test_an_index_of_another_encoder_says_so(documents: Path, index_folder: Path) -> None:
    """Catches questions and passages encoded by different weights, on opening and later."""
    with pytest.raises(IndexOutdated, match=r"the weights of .* changed; run `pincite build`"):
        PassageIndex.open(index_folder, Retrained())
    index = PassageIndex.open(index_folder, HashEncoder())
    build(documents, Retrained())
    with pytest.raises(IndexOutdated, match="does not fit"), index.snapshot():
        pass
    index.close()


class NarrowEncoder(HashEncoder):
    """A `HashEncoder` by another name, with shorter vectors."""

    name = "narrow"
    fingerprint = "narrow-64"
    dimension = 64


@pytest.mark.usefixtures("built")
def test_a_reader_changes_to_the_encoder_of_a_new_build(
    documents: Path, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a running chat that must be restarted when the settings name another encoder."""
    index = PassageIndex.open(index_folder)
    encoders = {"hash": HashEncoder(), "narrow": NarrowEncoder()}
    monkeypatch.setattr("index.passage_index.open_encoder", encoders.__getitem__)
    (documents / "state.txt").write_text("state 1 of the paint")
    build(documents, NarrowEncoder())
    with index.snapshot():
        assert index.encoder.dimension == 64
        assert consistent(index) == "state 1 of the paint"
    index.close()


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "config",
    [
        '{"format": 0, "encoder": "hash", "fingerprint": "hash-256", "passage_tokens": 200}',
        '{"format": 99, "encoder": "hash", "weights": "hash-256"}',
    ],
)
def test_an_index_of_another_version_says_so_and_is_rebuilt(
    documents: Path, index_folder: Path, config: str
) -> None:
    """Catches a newer or older index read as if it were this version's, and a build that fails."""
    before = content(index_folder)
    db = sqlite3.connect(index_folder / "index.sqlite")
    db.execute("UPDATE meta SET value = ? WHERE key = 'config'", (config,))
    db.commit()
    db.close()
    with pytest.raises(IndexOutdated, match="run `pincite build`"):
        PassageIndex.open(index_folder, HashEncoder())
    report = build(documents, HashEncoder())
    assert "the index format changed" in report.rebuild[0]
    assert content(index_folder) == before


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.unlink()  # a new file: cutting off one that is still mapped kills the process
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no generations": lambda folder: shutil.rmtree(folder.parent),
    "no generation": shutil.rmtree,
    "no dense": lambda folder: (folder / "dense.faiss").unlink(),
    "empty dense": lambda folder: (folder / "dense.faiss").write_bytes(b""),
    "altered dense": lambda folder: flip(folder / "dense.faiss"),
    "no lexical": lambda folder: shutil.rmtree(folder / "lexical"),
    "altered lexical": lambda folder: flip(max(folder.glob("lexical/*.term"))),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "altered manifest": lambda folder: (folder / "manifest.json").write_text("{"),
    "other manifest": lambda folder: (folder / "manifest.json").write_text("{}"),
}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("more", [False, True], ids=["unchanged", "changed"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_search_files_are_found_and_made_again(
    documents: Path,
    encoder: Encoder,
    index_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: str,
    more: bool,
) -> None:
    """Catches damage that is built upon, that is not seen, or that stays if nothing changed."""
    load_in_process(monkeypatch)
    before = content(index_folder)
    DAMAGES[damage](index_folder / "generations" / "1")
    if damage.startswith("altered") and "manifest" not in damage:
        index = PassageIndex.open(index_folder, encoder)
        assert [found.rpartition(" is ")[2] for found in index.find_damage()] == [
            "missing or altered"
        ]
        index.close()
    else:
        with pytest.raises(IndexDamaged, match="run `pincite build"):
            PassageIndex.open(index_folder, encoder)
    if more:
        (documents / "new.txt").write_text("A gale.")
    report = build(documents, encoder)
    assert report.encoded == int(more)
    (documents / "new.txt").unlink(missing_ok=True)
    build(documents, encoder)
    after = content(index_folder)
    assert (after.documents, after.passages, after.near) == (
        before.documents,
        before.passages,
        before.near,
    )


@pytest.mark.usefixtures("built")
def test_a_damaged_store_says_so(documents: Path, index_folder: Path) -> None:
    """Catches SQLite's own words, from a reader, a plan and a build."""
    path = index_folder / "index.sqlite"
    path.write_bytes(b"no database " * 999)
    for use in (
        lambda: PassageIndex.open(index_folder, HashEncoder()),
        lambda: build(documents, HashEncoder()),
    ):
        with pytest.raises(
            IndexDamaged, match=r"is damaged .*; delete that folder and build again"
        ):
            use()


def test_a_rename_is_found_by_its_new_name(
    documents: Path, encoder: Encoder, index_folder: Path, built: BuildReport
) -> None:
    """Catches the old names left among the terms, and folders that are no part of a name."""
    (documents / "mistral").mkdir()
    (documents / LOG).rename(documents / "mistral" / "zephyr.txt")
    assert changes(build(documents, encoder)) == {"moved": ((LOG, "mistral/zephyr.txt"),)}
    (documents / "mistral").rename(documents / "sirocco")
    moved = (("mistral/zephyr.txt", "sirocco/zephyr.txt"),)
    assert changes(build(documents, encoder)) == {"moved": moved}
    index = PassageIndex.open(index_folder, encoder)
    with index.snapshot():
        assert len(index.search_terms(terms("zephyr sirocco"), 9)[0]) == 1
        assert len(index.search_terms(terms("mistral"), 9)[0]) == 0
        assert index.document_frequency("zephyr") == index.document_frequency("sirocco") == 1
        assert len(index) == built.passages
        with pytest.raises(KeyError):
            index.document(LOG)
    index.close()


def test_a_name_without_meaning_adds_no_term(tmp_path: Path, encoder: Encoder) -> None:
    """Catches numbers and digests of names that are counted as words of every passage."""
    for name in ("000123", "a3f9c2e1", "page-12"):
        (tmp_path / f"{name}.txt").write_text(f"The lamp {len(name)} is lit at night, they say.")
    build(tmp_path, encoder)
    index = PassageIndex.open(tmp_path / ".pincite", encoder)
    with index.snapshot():
        assert len(index.search_terms(terms("lamp"), 9)[0]) == 3
        assert len(index.search_terms(terms("000123 a3f9c2e1 page 12"), 9)[0]) == 0
    index.close()


@pytest.mark.usefixtures("built")
def test_searching_outside_of_a_snapshot_is_refused(index_folder: Path, encoder: Encoder) -> None:
    """Catches an index used before it was opened."""
    from index import Store

    index = PassageIndex(index_folder, Store.open(index_folder), encoder)
    with pytest.raises(ValueError, match="outside of a snapshot"):
        index.search_terms(["lamp"], 1)
    index.close()
