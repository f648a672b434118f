"""Files inside files: all of them read, none of them trusted."""

import io
import os
import random
import sys
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus.containers
import corpus.formats.packed.archive
import corpus.worker
from corpus import Document, FileLoader, LoadedFile, LoadError, Skipped, locate
from corpus.containers import documents_in, member_bytes, name_members
from corpus.types import Member
from tests.building import FAILING_CHILD

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"
SAMPLE: dict[str, str | bytes] = {
    "reports/März.txt": "The lamp was lit on 12 nights.\n",
    "photo.xyz": b"\0",
}


def archive(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def sample() -> bytes:
    """Return the sample archive, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in SAMPLE.items():
            made.writestr(zipfile.ZipInfo(name, (2018, 5, 3, 12, 0, 0)), content)
    return buffer.getvalue()


def texts(data: bytes, name: str = "a.zip") -> dict[str, str]:
    return {d.id: d.text for d in documents_in(data, name) if isinstance(d, Document)}


def reasons(data: bytes, name: str = "a.zip") -> dict[str, str]:
    return {s.id: s.reason for s in documents_in(data, name) if isinstance(s, Skipped)}


def test_the_sample_is_made_here() -> None:
    """Catches a sample that nobody can make again."""
    data = (SAMPLES / "reports.zip").read_bytes()
    assert data == sample()
    assert texts(data) == {"a.zip/reports/März.txt": "The lamp was lit on 12 nights.\n"}


def test_every_file_is_a_document_and_a_bad_one_costs_no_other() -> None:
    """Catches one damaged, encrypted or unknown file that ends the reading of its archive."""
    inner = archive({"deep/c.txt": "c", "d.xyz": "d"})
    files: dict[str, str | bytes] = {
        "a.txt": "a",
        "bad.pdf": "%PDF-",
        "no.zip": "x",
        "in.zip": inner,
        "z.md": "# z",
    }
    data = archive(files | {"folder/": "", ".hidden/e.txt": "e", "__MACOSX/f.txt": "f"})
    assert texts(data, "sub/a.zip") == {
        "sub/a.zip/a.txt": "a",
        "sub/a.zip/in.zip/deep/c.txt": "c",
        "sub/a.zip/z.md": "# z",
    }
    found = reasons(data, "sub/a.zip")
    assert found.pop("sub/a.zip/bad.pdf").startswith("the PDF is damaged")
    assert found == {
        "sub/a.zip/no.zip": "the archive is damaged: File is not a zip file",
        "sub/a.zip/in.zip/d.xyz": "files ending in .xyz are not supported",
    }


def test_damage_in_one_file_of_an_archive_is_its_own() -> None:
    """Catches a checksum that is not looked at, and one that ends the reading."""
    data = archive({"a.txt": "good text", "b.txt": "good text too"}, zipfile.ZIP_STORED)
    damaged = data.replace(b"good text too", b"evil text too", 1)
    assert texts(damaged) == {"a.zip/a.txt": "good text"}
    assert reasons(damaged)["a.zip/b.txt"].startswith("the archive is damaged here: Bad CRC-32")


def test_an_archive_of_nothing_says_so() -> None:
    """Catches an empty archive that is a document of no text."""
    assert reasons(archive({})) == {"a.zip": "the archive is empty: it holds no files"}
    assert reasons(b"PK\3\4 and no more") == {
        "a.zip": "the archive is damaged: File is not a zip file"
    }


def test_an_encrypted_file_is_named() -> None:
    """Catches a request for a password in the middle of a build."""
    data = bytearray(archive({"a.txt": "a"}))
    for mark in (b"PK\1\2", b"PK\3\4"):
        data[data.index(mark) + (8 if mark == b"PK\1\2" else 6)] |= 1
    assert "with its password" in reasons(bytes(data))["a.zip/a.txt"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [("März.txt", "März.txt"), ("M\u201erz.txt", "M\u201erz.txt")],
)
def test_names_are_read_as_they_were_meant(raw: str, name: str) -> None:
    """Catches UTF-8 read as cp437 where a program did not say what it wrote."""
    data = bytearray(archive({raw: "a"}))
    assert texts(bytes(data)) == {f"a.zip/{name}": "a"}
    for mark, at in ((b"PK\1\2", 9), (b"PK\3\4", 7)):
        data[data.index(mark) + at] &= ~8  # no longer said to be UTF-8
    assert texts(bytes(data)) == {f"a.zip/{name}": "a"}


def test_a_name_in_the_old_code_page_is_kept() -> None:
    """Catches cp437 read as UTF-8."""
    data = archive({"Mxrz.txt": "a"}).replace(b"Mxrz", b"M\x84rz")
    assert texts(data) == {"a.zip/März.txt": "a"}


# Bounds


def test_what_shrinks_too_well_is_refused() -> None:
    """Catches a bomb: a small archive that fills the memory."""
    data = archive({"a.txt": "a", "bomb.txt": b" " * (1 << 22)})
    assert texts(data) == {"a.zip/a.txt": "a"}
    assert "200 times its size" in reasons(data)["a.zip/bomb.txt"]


def test_a_declared_size_is_never_exceeded() -> None:
    """Catches trust in a header: what unpacks to more than it says is cut and refused."""
    content = random.Random(7).randbytes(1 << 16) * 16
    data = archive({"a.txt": content})
    lie = data.replace(len(content).to_bytes(4, "little"), (99).to_bytes(4, "little"))
    assert lie != data
    assert reasons(lie)["a.zip/a.txt"].startswith("the archive is damaged here: Bad CRC-32")


def test_all_that_is_unpacked_of_a_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a bound for each archive alone, which archives in archives multiply."""
    monkeypatch.setattr(corpus.containers, "MOST_UNPACKED", 1000)
    inner = archive({"b.txt": random.Random(1).randbytes(300).hex()})
    data = archive({"in.zip": inner, "a.txt": random.Random(2).randbytes(300).hex(), "c.txt": "c"})
    assert list(texts(data)) == ["a.zip/c.txt"]
    assert all("unpacks to more than" in reason for reason in reasons(data).values())
    assert list(reasons(data)) == ["a.zip/in.zip/b.txt", "a.zip/a.txt"]


def test_a_method_that_cannot_be_bounded_is_refused() -> None:
    """Catches LZMA, of which a few bytes unpack to gigabytes before anybody can stop it."""
    assert "rare method" in reasons(archive({"a.txt": "a"}, zipfile.ZIP_LZMA))["a.zip/a.txt"]


def test_files_are_read_three_deep_and_no_more() -> None:
    """Catches an archive that holds itself."""
    data = archive({"d.txt": "d"})
    for name in ("c", "b", "a"):
        data = archive({f"{name}.zip": data, f"{name}.txt": name})
    assert texts(data, "x.zip") == {
        "x.zip/a.txt": "a",
        "x.zip/a.zip/b.txt": "b",
        "x.zip/a.zip/b.zip/c.txt": "c",
    }
    assert list(reasons(data, "x.zip")) == ["x.zip/a.zip/b.zip/c.zip/d.txt"]


def test_only_so_many_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches an archive of a million files, each of which takes a moment."""
    monkeypatch.setattr(corpus.containers, "MOST_MEMBERS", 2)
    data = archive({f"{n}.txt": "x" for n in range(5)})
    found = list(documents_in(data, "a.zip"))
    assert [one.id for one in found] == ["a.zip/0.txt", "a.zip/1.txt", "a.zip"]
    assert found[-1] == Skipped("a.zip", "only the first 2 files in it are read")


# Names

PARTS = st.sampled_from(["a", "a.zip", "a (2).zip", "..", ".", "", ".h", "C:", "é", "\n", "\ud800"])
NAMES = st.lists(PARTS | st.text(max_size=4), max_size=4).map("/".join) | st.text(max_size=300)


@given(st.lists(NAMES, max_size=12))
def test_names_are_safe_and_lead_to_one_file_each(names: list[str]) -> None:
    """Catches paths that lead out of the folder, and two files of one name."""
    found = [name for name, _ in name_members(tuple(Member(n, 0, bytes) for n in names))]
    assert len(set(found)) == len(found)
    for name in found:
        name.encode()
        assert name.isprintable() or not any(ord(sign) < 32 for sign in name)
        assert all(part.strip() == part and part not in {"", ".", ".."} for part in name.split("/"))
        assert os.path.normpath(f"/x/{name}") == f"/x/{name}"
        assert not any(other.startswith(f"{name}/") for other in found)


def test_names_that_are_taken_are_numbered() -> None:
    """Catches one of two files of a name that is lost, and counting that takes for ever."""
    names = ["a.txt", "a.txt", "b/a.txt", "b\\a.txt", "../b/a.txt", "a.txt/c.txt", "b", "", "/"]
    found = [name for name, _ in name_members(tuple(Member(n, 0, bytes) for n in names))]
    assert found == [
        *("a.txt", "a (2).txt", "b/a.txt", "b/a (2).txt", "b/a (3).txt"),
        *("a (3).txt/c.txt", "b (2)", "unnamed", "unnamed (2)"),
    ]
    many = tuple(Member("a.txt", 0, bytes) for _ in range(20_000))
    assert len({name for name, _ in name_members(many)}) == len(many)


@given(st.lists(NAMES, max_size=8))
def test_every_id_leads_back_to_the_bytes(names: list[str]) -> None:
    """Catches ids by which `verify` and the viewer find another file than the build read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that are there twice are what this is about
        for at, name in enumerate(names):
            # zipfile cuts a name where it has a null, and writes none that is empty.
            if name.partition("\0")[0] or "\0" not in name:
                made.writestr(f"{name}.txt".encode("utf-8", "replace").decode(), str(at))
    for document in documents_in(buffer.getvalue(), "x.zip"):
        if isinstance(document, Document):
            inside = document.id.removeprefix("x.zip/")
            assert member_bytes(buffer.getvalue(), "x.zip", inside) == document.text.encode()


def test_a_file_that_is_not_inside_is_a_reason() -> None:
    """Catches another file given in its place."""
    data = archive({"a.txt": "a", "b.zip": archive({"c.txt": "c"})})
    assert member_bytes(data, "x.zip", "b.zip/c.txt") == b"c"
    for member in ("a", "a.txt/b", "b.zip/d.txt", "b.zip/c.txt/e"):
        with pytest.raises(LoadError):
            member_bytes(data, "x.zip", member)


def test_the_nearest_file_above_holds_a_document() -> None:
    """Catches a folder whose name ends like an archive's taken for one."""
    files = {"a.zip/b.zip", "c.txt"}
    assert locate("a.zip/b.zip/c/d.txt", files.__contains__) == ("a.zip/b.zip", "c/d.txt")
    assert locate("c.txt", files.__contains__) == ("c.txt", "")
    assert locate("a.zip/x.txt", files.__contains__) is None


# In the child process


def test_all_documents_of_a_file_come_from_the_child(tmp_path: Path) -> None:
    """Catches digests of the container given for its members', and reasons lost on the way."""
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"a.txt": "a", "b.xyz": "b"}))
    with FileLoader() as loader:
        loaded = loader.load_all(path, "sub/a.zip")
        assert isinstance(loaded, LoadedFile)
        assert [(d.id, d.text) for d in loaded.documents] == [("sub/a.zip/a.txt", "a")]
        assert [s.id for s in loaded.skipped] == ["sub/a.zip/b.xyz"]
        (document,) = loaded.documents
        assert loaded.sha256 != document.sha256 == loader.digest(path, "a.txt")
        assert loader.load(path, "sub/a.zip/a.txt", "a.txt") == document
        gone = loader.load(path, "sub/a.zip/c.txt", "c.txt")
        assert gone == Skipped("sub/a.zip/c.txt", "there is no c.txt in the file")


def test_an_archive_in_which_nothing_can_be_read_is_skipped_with_a_reason(tmp_path: Path) -> None:
    """Catches a file without documents, which every build would read again."""
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"b.xyz": "b"}))
    with FileLoader() as loader:
        assert loader.load_all(path, "a.zip") == Skipped(
            "a.zip", "nothing in it can be read (b.xyz: files ending in .xyz are not supported)"
        )


@pytest.mark.parametrize("act", ["abort", "hang", "grow", "raise"])
def test_a_hostile_file_costs_no_other_in_its_archive(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, act: str
) -> None:
    """Catches an archive given up for one file that crashes the parser."""
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-P", "-c", FAILING_CHILD))
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"a.txt": "a", "bad.txt": act, "c.txt": "c", "worse.txt": "exit"}))
    with FileLoader(seconds=3) as loader:
        loaded = loader.load_all(path, "a.zip")
    assert isinstance(loaded, LoadedFile)
    assert [document.text for document in loaded.documents] == ["a", "c"]
    assert [skipped.id for skipped in loaded.skipped] == ["a.zip/bad.txt", "a.zip/worse.txt"]


def test_an_archive_full_of_crashes_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Catches a new process for each of thousands of hostile files."""
    monkeypatch.setattr(corpus.worker, "COMMAND", (sys.executable, "-P", "-c", FAILING_CHILD))
    monkeypatch.setattr(corpus.worker, "MOST_CRASHES", 2)
    path = tmp_path / "a.zip"
    path.write_bytes(archive({f"{n}.txt": "exit" for n in range(4)}))
    with FileLoader() as loader:
        skipped = loader.load_all(path, "a.zip")
    assert skipped == Skipped("a.zip", "the parser crashed on it (exit status 3)")
