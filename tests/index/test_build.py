"""Builds: what they report, what they read and encode, and what they leave alone."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from corpus import FileLoader, IndexMissing, IndexOutdated, InputError, ModelUnavailable, Skipped
from index import (
    BuildReport,
    Encoder,
    HashEncoder,
    PassageIndex,
    Plan,
    Progress,
    Vectors,
    build,
    config_of,
    plan,
)
from tests.building import CountingEncoder, changes, content, scratch, spy_on_hashing

PLAN = import_module("index.plan")  # the package has functions of the same names
BUILD = import_module("index.build")
SIX = (
    *("station/handbook.md", "station/log.txt", "station/tides.html"),
    *("trust/insurance.pdf", "trust/minutes.docx", "trust/repairs.rst"),
)

FORMAT = BUILD.FORMAT
# As it was before format 4: a file was a document.
OLD_DOCUMENTS = """
PRAGMA foreign_keys = OFF;
CREATE TABLE old (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, live INTEGER NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL, maps TEXT NOT NULL,
    text TEXT NOT NULL, UNIQUE (path, live)
);
INSERT INTO old SELECT d.id, f.path, f.live, f.sha256, f.size, f.mtime_ns, f.ctime_ns, d.title,
    d.media_type, d.maps, d.text FROM documents AS d JOIN files AS f ON f.id = d.file;
DROP TABLE documents;
DROP TABLE files;
DROP TABLE skipped_members;
ALTER TABLE old RENAME TO documents;
"""


@pytest.fixture
def counting() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the id of every file that is parsed."""
    ids: list[str] = []
    load = FileLoader.load_all

    def spy(self: FileLoader, path: Path, document_id: str) -> object:
        ids.append(document_id)
        return load(self, path, document_id)

    monkeypatch.setattr(FileLoader, "load_all", spy)
    return ids


def planned(documents: Path, passage_tokens: int = 200) -> Plan:
    return plan(documents, documents / ".pincite", config_of(HashEncoder(), passage_tokens))


def snapshot_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return the state of all files; those of SQLite's shared memory come and go."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mtime_ns,
            path.stat().st_ino,
            path.read_bytes(),
        )
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_first_build_reports_everything(built: BuildReport, index_folder: Path) -> None:
    """Catches documents counted as changed, ids with the folder's path, and wrong totals."""
    assert changes(built) == {"added": SIX}
    assert (built.documents, built.unchanged) == (6, 0)
    assert built.passages == built.encoded == sum(map(len, content(index_folder).passages.values()))


def test_a_second_build_does_nothing(
    built: BuildReport, documents: Path, index_folder: Path, loaded: list[str]
) -> None:
    """Catches a new generation, files read or texts encoded where nothing changed."""
    before = snapshot_of(index_folder / "generations")
    encoder = CountingEncoder()
    report = build(documents, encoder)
    assert changes(report) == {}
    assert (report.documents, report.unchanged, report.passages) == (6, 6, built.passages)
    assert (report.encoded, encoder.encoded, loaded) == (0, [], [])
    assert snapshot_of(index_folder / "generations") == before


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nThe harbour office has a new telephone.\n")


def swap(one: Path, two: Path) -> None:
    one.rename(one.with_suffix(".tmp"))
    two.rename(one)
    one.with_suffix(".tmp").rename(two)


HANDBOOK, LOG, TIDES, INSURANCE, MINUTES, REPAIRS = SIX
EDITS: dict[str, tuple[Callable[[Path], object], dict[str, object]]] = {
    "add": (lambda d: (d / "new.txt").write_text("A gale."), {"added": ("new.txt",)}),
    "change": (lambda d: append(d / LOG), {"changed": (LOG,)}),
    "rename": (lambda d: (d / LOG).rename(d / "z.txt"), {"moved": ((LOG, "z.txt"),)}),
    "move a folder": (
        lambda d: (d / "trust").rename(d / "a"),
        {"moved": tuple((id_, id_.replace("trust", "a")) for id_ in SIX[3:])},
    ),
    "delete": (lambda d: (d / MINUTES).unlink(), {"removed": (MINUTES,)}),
    "touch": (lambda d: os.utime(d / LOG), {}),
    "swap two names": (
        lambda d: swap(d / LOG, d / HANDBOOK),
        {"changed": (HANDBOOK, LOG)},
    ),
    "copy": (lambda d: shutil.copy(d / LOG, d / "b.txt"), {"added": ("b.txt",)}),
    "same content, other loader": (
        lambda d: (d / LOG).rename(d / "log.md"),
        {"added": ("log.md",), "removed": (LOG,)},
    ),
    "hide": (lambda d: (d / LOG).rename(d / ".log.txt"), {"removed": (LOG,)}),
    "ignore": (lambda d: (d / ".pinciteignore").write_text("trust/\n"), {"removed": SIX[3:]}),
    "move and replace": (
        lambda d: ((d / LOG).rename(d / "z.txt"), (d / LOG).write_text("A new log.")),
        {"added": ("z.txt",), "changed": (LOG,)},
    ),
    "rename and copy": (
        lambda d: (shutil.copy(d / LOG, d / "b.txt"), (d / LOG).rename(d / "c.txt")),
        {"moved": ((LOG, "b.txt"),), "added": ("c.txt",)},
    ),
}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_planned_reported_and_answered_from(
    documents: Path, tmp_path: Path, counting: CountingEncoder, edit: str
) -> None:
    """Catches edits taken for others, a plan that differs from the build, and stale answers."""
    act, expected = EDITS[edit]
    act(documents)
    before = snapshot_of(documents)
    ahead = planned(documents)
    assert snapshot_of(documents) == before
    report = build(documents, counting)
    assert changes(report) == expected
    assert {name: getattr(ahead, name) for name in changes(report)} == expected
    assert ahead.nothing_to_do == (expected == {})
    assert (ahead.unchanged, ahead.skipped) == (report.unchanged, report.skipped)
    found, fresh = content(documents / ".pincite"), scratch(documents, tmp_path / "fresh")
    assert (found.documents, found.passages, found.near) == (
        fresh.documents,
        fresh.passages,
        fresh.near,
    )
    assert [hits.keys() for hits in found.matching] == [hits.keys() for hits in fresh.matching]
    assert changes(build(documents, counting)) == {}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("edit", ["rename", "move a folder", "swap two names", "copy", "touch"])
def test_text_that_was_encoded_once_is_never_encoded_again(
    documents: Path, counting: CountingEncoder, edit: str
) -> None:
    """Catches vectors kept by file name or by row instead of by text."""
    if edit == "swap two names":
        (documents / "station" / "log2.txt").write_text("Another log of the station.")
        build(documents, HashEncoder())
        swap(documents / LOG, documents / "station" / "log2.txt")
    else:
        EDITS[edit][0](documents)
    report = build(documents, counting)
    assert (report.encoded, counting.encoded) == (0, [])


@pytest.mark.usefixtures("built")
def test_a_change_encodes_only_the_passages_that_it_touches(
    documents: Path, counting: CountingEncoder, loaded: list[str]
) -> None:
    """Catches the whole folder encoded again for one line."""
    append(documents / HANDBOOK)
    report = build(documents, counting)
    assert loaded == [HANDBOOK]
    assert report.encoded == len(counting.encoded) == 1
    assert "new telephone" in counting.encoded[0]


def test_the_same_text_twice_is_encoded_once(documents: Path, counting: CountingEncoder) -> None:
    """Catches one vector a passage, and a count that does not tell what was done."""
    shutil.copytree(documents / "station", documents / "copy")
    report = build(documents, counting)
    assert report.encoded == len(counting.encoded) == len(set(counting.encoded)) < report.passages


@pytest.mark.usefixtures("built")
def test_old_files_are_not_even_opened(
    documents: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches every file hashed on every build."""
    hashed = spy_on_hashing(monkeypatch)
    build(documents, encoder)
    assert len(hashed) == 6  # so fresh that their times prove nothing
    monkeypatch.setattr(PLAN, "CLOCK_GRAIN_NS", 0)
    build(documents, encoder)
    hashed.clear()
    build(documents, encoder)
    planned(documents)
    assert hashed == []
    os.utime(documents / LOG)
    build(documents, encoder)
    assert hashed == ["log.txt"]


@pytest.mark.usefixtures("built")
def test_a_change_that_leaves_size_and_times_alone_is_seen(documents: Path) -> None:
    """Catches trust in the times of a file that was written just before it was read."""
    path = documents / LOG
    info = path.stat()
    path.write_text(path.read_text().replace("1", "2"))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert planned(documents).changed == (LOG,)


def test_a_skipped_file_is_named_and_tried_again_only_when_touched(
    documents: Path, encoder: Encoder, loaded: list[str]
) -> None:
    """Catches a damaged file that is parsed on every build, or never again."""
    bad = documents / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 torn")
    (documents / "film.mp4").write_bytes(b"x")
    first = build(documents, encoder)
    assert {skipped.id for skipped in first.skipped} == {"bad.pdf", "film.mp4"}
    assert first.added == SIX
    reason = next(skipped.reason for skipped in first.skipped if skipped.id == "bad.pdf")
    assert reason.startswith("the PDF is damaged")
    loaded.clear()
    assert set(planned(documents).skipped) == set(first.skipped)
    assert set(build(documents, encoder).skipped) == set(first.skipped)
    assert loaded == []
    os.utime(bad, (1, 1))
    assert set(build(documents, encoder).skipped) == set(first.skipped)
    assert loaded == ["bad.pdf"]
    shutil.copy(documents / INSURANCE, bad)
    last = build(documents, encoder)
    assert changes(last) == {
        "added": ("bad.pdf",),
        "skipped": (
            Skipped("film.mp4", "files ending in .mp4 are not supported", unread_kind=True),
        ),
    }


@pytest.mark.usefixtures("built")
def test_a_document_whose_file_becomes_unreadable_leaves_the_index(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches answers from a text that no longer stands in the folder."""
    (documents / INSURANCE).write_bytes(b"torn")
    report = build(documents, encoder)
    assert [skipped.id for skipped in report.skipped] == [INSURANCE]
    assert (report.added, report.changed, report.documents) == ((), (), 5)
    assert INSURANCE not in content(index_folder).documents


def test_a_first_build_without_anything_to_read_is_refused(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Catches an empty index for a folder that was misspelt, or whose disk is not mounted."""
    docs = tmp_path / "docs"
    docs.mkdir()
    with pytest.raises(InputError, match="The folder holds no documents; add some"):
        build(docs, encoder)
    (docs / "torn.pdf").write_bytes(b"torn")
    with pytest.raises(InputError, match=r"Nothing .* could be read: 1 skipped \(torn.pdf: the "):
        build(docs, encoder)
    with pytest.raises(IndexMissing, match="has not finished"):
        PassageIndex.open(docs / ".pincite", encoder)
    for path in (tmp_path / "missing", docs / "torn.pdf"):
        with pytest.raises(InputError, match="is not a folder"):
            build(path, encoder)
    assert not (tmp_path / "missing").exists()
    (docs / "a.txt").write_text("A gale.")
    assert build(docs, encoder).documents == 1


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("incrementally", [False, True])
@pytest.mark.parametrize("torn", [False, True])
def test_removing_the_last_document_empties_the_index(
    documents: Path, counting: CountingEncoder, tmp_path: Path, incrementally: bool, torn: bool
) -> None:
    """Catches a build that fails, so that the text of removed documents goes on answering."""
    for id_ in SIX if not incrementally else SIX[1:]:
        (documents / id_).unlink()
    if incrementally:
        build(documents, counting)
        (documents / HANDBOOK).unlink()
    if torn:
        (documents / HANDBOOK).write_bytes(b"\x00\x01\x02")
    report = build(documents, counting)
    assert (report.documents, report.passages, report.unchanged) == (0, 0, 0)
    assert [file.id for file in report.skipped] == ([HANDBOOK] if torn else [])
    empty = content(documents / ".pincite")
    assert (empty.documents, set(map(len, empty.near + empty.matching))) == ({}, {0})
    assert planned(documents).nothing_to_do
    assert build(documents, counting).documents == 0
    assert build(documents, counting, full=True).documents == 0
    (documents / "new.txt").write_text("When is the lamp lit?")
    assert changes(build(documents, counting))["added"] == ("new.txt",)
    found, fresh = content(documents / ".pincite"), scratch(documents, tmp_path / "fresh")
    assert found == fresh
    assert found.near[0].keys() == {("new.txt", 0)}


def test_a_folder_with_nothing_to_search_gives_an_index_that_finds_nothing(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Catches a crash over a file of invisible characters, then over the first real one."""
    (tmp_path / "a.txt").write_text("\u200b\u200b", "utf-8")
    assert build(tmp_path, encoder).documents == 1
    assert all(not hits for hits in content(tmp_path / ".pincite").near)
    (tmp_path / "b.txt").write_text("When is the lamp lit?")
    build(tmp_path, encoder)
    assert [list(hits) for hits in content(tmp_path / ".pincite").near[:1]] == [[("b.txt", 0)]]
    (tmp_path / "b.txt").unlink()
    build(tmp_path, encoder)
    assert all(not hits for hits in content(tmp_path / ".pincite").near)


class OtherWeights(CountingEncoder):
    """The same encoder, trained again."""

    fingerprint = "hash-256-retrained"


class Narrow(CountingEncoder):
    """Another encoder, with shorter vectors."""

    name = "narrow"
    fingerprint = "narrow-1"
    dimension = 64


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("other", "passage_tokens", "reasons"),
    [
        (OtherWeights(), 200, ("the weights of the encoder hash changed",)),
        (Narrow(), 200, ("the encoder changed from hash to narrow",)),
        (CountingEncoder(), 60, ("the size of passages changed from 200 to 60 tokens",)),
        (
            Narrow(),
            60,
            (
                "the encoder changed from hash to narrow",
                "the size of passages changed from 200 to 60 tokens",
            ),
        ),
    ],
)
def test_another_shape_is_named_and_made_without_reading_the_files_again(
    documents: Path,
    loaded: list[str],
    other: CountingEncoder,
    passage_tokens: int,
    reasons: tuple[str, ...],
) -> None:
    """Catches old vectors beside new ones, of another length perhaps, and needless reading."""
    append(documents / LOG)
    (documents / MINUTES).rename(documents / "m.docx")
    ahead = plan(documents, documents / ".pincite", config_of(other, passage_tokens))
    assert (ahead.rebuild, ahead.nothing_to_do) == (reasons, False)
    other.encoded.clear()
    report = build(documents, other, passage_tokens=passage_tokens)
    assert report.rebuild == reasons
    assert sorted(loaded) == ["m.docx", LOG]
    assert (report.changed, report.moved) == ((LOG,), ((MINUTES, "m.docx"),))
    assert report.encoded == len(other.encoded) <= report.passages
    assert passage_tokens == 60 or report.encoded == report.passages
    opened = PassageIndex.open(documents / ".pincite", other)
    with opened.snapshot():
        vector = other.encode_question("lamp")
        assert opened.search_vectors(vector, 999)[0].shape == (report.passages,)
    opened.close()
    assert build(documents, other, passage_tokens=passage_tokens).rebuild == ()


@pytest.mark.usefixtures("built")
def test_another_format_reads_every_file_again(
    documents: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, loaded: list[str]
) -> None:
    """Catches texts of an older loader carried into a newer index."""
    monkeypatch.setattr(BUILD, "FORMAT", FORMAT + 1)
    monkeypatch.setattr("index.config.FORMAT", FORMAT + 1)
    report = build(documents, encoder)
    assert report.rebuild == (f"the index format changed from {FORMAT} to {FORMAT + 1}",)
    assert sorted(loaded) == list(SIX)


@pytest.mark.usefixtures("built")
def test_an_index_of_the_first_format_is_brought_up_to_date(
    documents: Path, counting: CountingEncoder, loaded: list[str]
) -> None:
    """Catches people who must delete their index, or encode all of it again, to upgrade."""
    before = content(documents / ".pincite")
    db = sqlite3.connect(documents / ".pincite" / "index.sqlite", isolation_level=None)
    db.executescript(OLD_DOCUMENTS)
    db.execute("ALTER TABLE passages DROP COLUMN text")
    db.execute("ALTER TABLE passages RENAME COLUMN start_offset TO first")
    db.execute("ALTER TABLE passages RENAME COLUMN end_offset TO past")
    db.execute(
        "UPDATE meta SET key = 'shape', value = replace(value, ?, ?) WHERE key = 'config'",
        (f'"format": {FORMAT}', '"format": 1'),
    )
    db.close()
    with pytest.raises(IndexOutdated, match="run `pincite build`"):
        PassageIndex.open(documents / ".pincite", counting)
    assert planned(documents).unchanged == len(SIX)
    report = build(documents, counting)
    assert sorted(loaded) == list(SIX)
    assert counting.encoded == []
    assert report.rebuild == (f"the index format changed from 1 to {FORMAT}",)
    assert content(documents / ".pincite") == before


@pytest.mark.usefixtures("built")
def test_a_full_build_reads_and_encodes_everything(
    documents: Path, counting: CountingEncoder, loaded: list[str], built: BuildReport
) -> None:
    """Catches a full build that trusts what it is asked to distrust."""
    before = content(documents / ".pincite")
    report = build(documents, counting, full=True)
    assert changes(report) == {"rebuild": ("a full rebuild was asked for",)}
    assert sorted(loaded) == list(SIX)
    assert report.encoded == len(counting.encoded) == built.encoded
    assert content(documents / ".pincite") == before


def test_the_index_may_stand_elsewhere(documents: Path, encoder: Encoder, tmp_path: Path) -> None:
    """Catches a write into a folder of documents that is read-only."""
    build(documents, encoder, index=tmp_path / "deep" / "index")
    assert not (documents / ".pincite").exists()
    inside = build(documents, encoder, index=documents / "index")
    assert changes(inside) == {"added": SIX}
    assert changes(build(documents, encoder, index=documents / "index")) == {}


def test_an_index_folder_that_cannot_be_made_is_named(
    documents: Path, encoder: Encoder, tmp_path: Path
) -> None:
    """Catches an error of the operating system that gets out."""
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(InputError, match="cannot be written to; give another place"):
            build(documents, encoder, index=place)


def test_progress_goes_from_nothing_to_all(documents: Path, encoder: Encoder) -> None:
    """Catches a bar that never fills, runs backwards, or counts another total."""
    seen: list[Progress] = []
    report = build(documents, encoder, on_progress=seen.append)
    assert list(dict.fromkeys(step.stage for step in seen)) == ["reading", "encoding", "writing"]
    for stage, total in (("reading", 6), ("encoding", report.encoded), ("writing", 1)):
        steps = [step for step in seen if step.stage == stage]
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert (steps[0].done, steps[-1].done) == (0, total)
        assert {step.total for step in steps} == {total}


def test_seconds_are_measured(built: BuildReport) -> None:
    """Catches a time of day in place of a duration."""
    assert 0 < built.seconds < time.monotonic()
    assert replace(built, seconds=1.0) != built


def test_a_build_whose_encoder_fails_leaves_the_index_as_it_was(
    documents: Path, built: BuildReport, index_folder: Path
) -> None:
    """Catches documents published without their vectors."""

    class Failing(HashEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            raise ModelUnavailable("the weights went away")

    before = content(index_folder)
    append(documents / LOG)
    with pytest.raises(ModelUnavailable, match="went away"):
        build(documents, Failing())
    assert content(index_folder) == before
    assert changes(build(documents, HashEncoder())) == {"changed": (LOG,)}
