"""RTF and old Word files, whatever they are called.

``data/word/lease.doc`` was made from ``data/formats/lease.rtf`` (without its picture and its box)
by LibreOffice. Where that is not installed, small programs of the same name stand in for it, and
for antiword.
"""

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.formats import parse
from corpus.formats.word import doc

DATA = Path(__file__).parents[1] / "data"
LEASE = DATA / "word" / "lease.doc"
SOFFICE = f"""#!{sys.executable}
import pathlib, shutil, sys, urllib.parse
profile, *options, source = sys.argv[1:]
assert profile.startswith("-env:UserInstallation=file:///")
assert options == ["--headless", "--norestore", "--convert-to", "docx", "--outdir", options[-1]]
settings = pathlib.Path(urllib.parse.urlsplit(profile.partition("=")[2]).path, "user")
said = (settings / "registrymodifications.xcu").read_text()
assert "DisableMacrosExecution" in said and "BlockUntrustedRefererLinks" in said
shutil.copy("{DATA / "loaders" / "handbook.docx"}", pathlib.Path(options[-1], "source.docx"))
"""
ANTIWORD = f"""#!{sys.executable}
print("Lease  of\\n\\n|Rent      |480 |\\n|          |x   |\\n[pic]\\n")
"""
HANGS = f"""#!{sys.executable}
import os, pathlib, time
pathlib.Path(__file__).with_name("started").write_text(str(os.getpid()))
time.sleep(60)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder which is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, source: str) -> Path:
    path = folder / name
    path.write_text(source)
    path.chmod(0o755)
    return path


def test_old_word_is_converted_without_macros_and_links(install: Path) -> None:
    """Catches a profile of the user's own, and antiword asked where LibreOffice is."""
    program(install, "antiword", ANTIWORD)
    program(install, "soffice", SOFFICE)
    word = parse((DATA / "loaders" / "handbook.docx").read_bytes(), "a.docx")
    old = parse(LEASE.read_bytes(), "a.doc")
    assert (old.text, old.headings) == (word.text, word.headings)


def test_antiword_prints_rows_between_bars(install: Path) -> None:
    """Catches bars, padding and pictures in the text."""
    program(install, "antiword", ANTIWORD)
    assert parse(LEASE.read_bytes(), "a.doc").text == "Lease  of\nRent\t480\n\tx\n"


def test_a_converter_that_hangs_is_ended(install: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a build that waits for ever, and processes that stay behind."""
    monkeypatch.setattr(doc, "SECONDS", 2.0)
    program(install, "soffice", HANGS)
    with pytest.raises(LoadError, match="converting it took longer than 2 seconds"):
        parse(LEASE.read_bytes(), "a.doc")
    number = int((install / "started").read_text())
    assert not Path("/proc", str(number)).exists()


@pytest.mark.usefixtures("install")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LEASE.read_bytes(), "install it, or save as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a sheet", "not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"Just words.", "neither Word's nor RTF"),
        (b"{\\rtf1 " + b"{" * 2000, "its groups do not end"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, message: str) -> None:
    """Catches one vague sentence for every cause."""
    with pytest.raises(LoadError, match=message):
        parse(data, "a.doc")


@pytest.mark.usefixtures("install")
@pytest.mark.parametrize("name", ["a.doc", "a.rtf"])
def test_what_a_file_is_decides_not_what_it_is_called(name: str) -> None:
    """Catches RTF refused because it is called .doc, which many programs do."""
    word = DATA / "loaders" / "handbook.docx"
    assert parse(word.read_bytes(), name).text == parse(word.read_bytes(), "a.docx").text
    assert parse(b"{\\rtf1 Tea}", name).text == "Tea\n"
    assert parse(b"\xef\xbb\xbf\n<!DOCTYPE html><p>Tea", name).text == "Tea\n"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_itself_converts() -> None:
    """Catches options that the real program does not take."""
    text = parse(LEASE.read_bytes(), "a.doc").text
    assert "nine years, from 1 May 2016" in text
    assert "Rent\t480 crowns" in text


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Co"]), min_size=1)
)
def test_every_character_comes_back(text: str) -> None:
    """Catches halves of characters, fallbacks shown beside them, and braces taken for groups."""
    units = text.encode("utf-16-le", "surrogatepass")
    numbers = [
        int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)
    ]
    coded = "".join(f"\\u{number}\\'3f" for number in numbers)
    assert parse(f"{{\\rtf1\\uc1 {coded}\\par}}".encode(), "a.rtf").text == text + "\n"


@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "\\",
                "a",
                " ",
                "\\par",
                "\\cell",
                "\\row",
                "\\intbl",
                "\\s1",
                "\\*",
                "\\u-3",
                "\\bin9 ",
                "{\\footnote",
                "{\\stylesheet",
                "{\\info",
                "{\\title",
                "\\'",
                "e9",
                "\\uc9",
                "\\outlinelevel1 ",
            ]
        )
    )
)
def test_any_tokens_give_lines_that_headings_lie_on(tokens: list[str]) -> None:
    """Catches a crash on torn groups, and headings counted in other units than the text."""
    try:
        document = parse(("{\\rtf1 x\\par " + "".join(tokens)).encode(), "a.rtf")
    except LoadError:
        return
    for heading in document.headings:
        assert " ".join(document.text[heading.start : heading.end].split()) == heading.title
