"""The loaders, on samples of every format and on generated text.

A sample is a file in ``data/loaders`` with what must come of it beside it, in ``NAME.json``: title,
text, headings (level, title, offset, source), number of pages and running lines, or the error;
where it is to be compared, also places (name, offset, the characters there) and what the file says
of itself. The sample of a text format may stand in the same file, as ``source``.
"""

import hashlib
import html
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import corpus.formats.zipped
from corpus import formats
from corpus.errors import LoadError
from corpus.formats import LOADERS, parse, supported_suffixes
from corpus.formats.decoding import decode
from corpus.types import Document

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"
NAMES = sorted(path.name.removesuffix(".json") for path in SAMPLES.glob("*.json"))
PRINTABLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])


def expected(name: str) -> dict[str, object]:
    saved: dict[str, object] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return saved


def load(name: str) -> Document:
    source = expected(name).get("source")
    return parse(str(source).encode() if source else (SAMPLES / name).read_bytes(), name)


def outcome(name: str) -> dict[str, object]:
    """Return what a loader makes of a sample, in the form of the file beside it."""
    try:
        document = load(name)
    except LoadError as error:
        return {"error": str(error)}
    text = document.text
    said = {k: v for k, v in asdict(document.metadata).items() if v}
    places = [[p.name, p.start, text[p.start : p.start + 12]] for p in document.places]
    return (
        ({"metadata": said} if said else {})
        | ({"places": places} if places else {})
        | ({"unread": list(document.unread)} if document.unread else {})
        | {
            "title": document.title,
            "text": text,
            "headings": [
                [h.level, h.title, h.start, text[h.start : h.end]] for h in document.headings
            ],
            "pages": len(document.page_starts),
            "running": [text[span.start : span.end] for span in document.running],
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_exactly_what_stands_beside_it(name: str) -> None:
    """Catches any change of text, offset or title: deleted words kept, hidden words shown, ..."""
    saved = expected(name)
    saved.pop("source", None)
    found = outcome(name)
    unsaid = {"metadata", "places"} - saved.keys()
    assert {key: value for key, value in found.items() if key not in unsaid} == saved


def test_every_loader_has_a_sample_and_every_sample_an_expectation() -> None:
    """Catches a format that is added without a sample, and a sample that nothing compares."""
    samples = {path for path in SAMPLES.iterdir() if path.suffix in LOADERS}
    assert {LOADERS[Path(name).suffix] for name in NAMES} == set(LOADERS.values())
    assert {path.name for path in samples} <= set(NAMES) | {f"{name}.json" for name in NAMES}


def test_a_suffix_is_lower_case_and_stands_once() -> None:
    """Catches a suffix that no file can have, and one that a later line takes away."""
    assert all(re.fullmatch(r"\.[a-z][a-z0-9]*", suffix) for suffix in supported_suffixes())
    source = (Path(formats.__file__)).read_text("utf-8")
    assert all(source.count(f'"{suffix}"') == 1 for suffix in supported_suffixes())


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_give_the_same_document_again(name: str) -> None:
    """Catches state kept from file to file, such as the roles that docutils registers globally."""
    before = outcome(name)
    parse(b".. role:: unknown\n.. default-role:: unknown\n", "other.rst")
    assert outcome(name) == before


def test_a_suffix_counts_in_any_case_and_the_hash_is_of_the_bytes() -> None:
    """Catches a hash of the decoded text, which loses the byte order mark."""
    document = parse(b"\xef\xbb\xbfTea", "a/B.TXT")
    assert (document.text, document.media_type) == ("Tea", "text/plain")
    assert document.sha256 == hashlib.sha256(b"\xef\xbb\xbfTea").hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("table.numbers", b"x", "no loader for '.numbers' files"),
        ("README", b"x", "its name has no suffix"),
        ("empty.pdf", b"", "the file is empty"),
        ("page.html", b"<p hidden>x", "the file is empty: it has no visible text"),
        ("list.ipynb", b"[]", "the file is no notebook of Jupyter: Expected `object`"),
        ("deep.ipynb", b'{"nbformat":4,"x":' + b"[" * 100_000, "the file is no notebook"),
        ("torn.pdf", b"%PDF-1.7\n1 0 obj", "the PDF is damaged: "),
        ("torn.docx", b"PK\x03\x04 and no more", "the Word file is damaged: "),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old format; save it as .docx"),
        (
            "locked.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "the file is encrypted; remove the password",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, message: str) -> None:
    """Catches a parser's own exception getting out, and one vague message for every cause."""
    with pytest.raises(LoadError, match=re.escape(message)):
        parse(data, name)


# Plain text and encodings


@given(st.text(PRINTABLE | st.sampled_from("\t\n\r\f\0\ufffd"), min_size=1))
@example("a\r\nb\rc\n\td e\u0301\u2028f")
@example("One NUL\0 in a line of text is no reason to refuse the line.")
@example("\ufeff a second mark is text")
def test_text_comes_back_to_the_character(text: str) -> None:
    """Catches universal newlines, Unicode normalisation, and stripping."""
    noise = sum(text.count(c) for c in {*text} if unicodedata.category(c) == "Cc" or c == "\ufffd")
    assume(text.strip() and noise * 20 <= len(text))
    assert parse(b"\xef\xbb\xbf" + text.encode(), "a.txt").text == text
    if not text.startswith("\ufeff"):
        assert parse(text.encode(), "a.txt").text == text


@given(st.binary(min_size=1))
def test_any_bytes_give_text_or_a_reason(data: bytes) -> None:
    """Catches lone surrogates, which no JSON and no database can hold, and other exceptions."""
    for name in ("a.txt", "a.html", "a.md"):
        with suppress(LoadError):
            assert parse(data, name).text.encode()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_an_encoding_is_recognised(encoding: str) -> None:
    """Catches UTF-16 without a mark read as text with NULs, UTF-32 as UTF-16, French as Czech."""
    text = "L'été dernier, la forêt était très calme.\r\nOù êtes-vous allés après le déjeuner ?"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<meta charset="windows-1251"><p>Чай', "Чай\n"),
        ('<meta http-equiv=x content="text/html; charset=Shift_JIS"><p>表示', "表示\n"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(page: str, expected: str) -> None:
    """Catches guessing from a few bytes where the page says it."""
    declared = "cp932" if "Shift" in page else "cp1251"
    assert parse(page.encode(declared), "a.html").text == expected


@pytest.mark.parametrize("label", ["utf-16", "unicode_escape", "base64", "no-such-thing", "ascii"])
def test_a_wrong_declaration_is_passed_over(label: str) -> None:
    """Catches trusting the page: codecs that are no charset, an unknown name, and a false one."""
    assert parse(f"<meta charset={label}><p>“tea” \\ud800".encode(), "a.html").text == (
        "“tea” \\ud800\n"
    )


# Marks of the formats


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["guide.md", "manual.rst"])
def test_headings_hold_for_every_line_end(name: str, line_end: str) -> None:
    r"""Catches line numbers turned into offsets as if all lines ended in ``\n``."""
    source = (SAMPLES / name).read_bytes().decode().replace("\r\n", "\n")
    # Characters that Python takes for line ends and the formats do not.
    source = source.replace("Text after", "a\x0cb\u2028c").replace("Body of it", "a\x85b\x1dc")
    document = parse(source.replace("\n", line_end).encode(), name)
    found = [(h.level, h.title, document.text[h.start : h.end]) for h in document.headings]
    assert found == [
        (level, title, text.replace("\r\n", "\n").replace("\n", line_end))
        for level, title, _, text in json.loads((SAMPLES / f"{name}.json").read_text())["headings"]
    ]


def test_rules_in_markdown_are_not_taken_for_front_matter() -> None:
    """Catches a first rule that swallows the text up to the next one."""
    document = parse(b"---\n\n# Kept\n\ntext\n\n---\n", "a.md")
    assert [heading.title for heading in document.headings] == ["Kept"]


def test_restructuredtext_reads_no_other_file_and_is_silent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Catches file insertion left on, and system messages on standard error."""
    other = tmp_path / "other.rst"
    other.write_text("Inserted\n========\n")
    source = f"Own\n===\n\n.. include:: {other}\n.. nothing::\n\nShort title\n--\n\n*open\n"
    document = parse(source.encode(), "a.rst")
    assert [heading.title for heading in document.headings] == ["Own"]
    assert capfd.readouterr() == ("", "")


# HTML


@given(st.text(PRINTABLE | st.sampled_from(" \t\n"), min_size=1))
def test_escaped_text_comes_back_with_white_space_collapsed(text: str) -> None:
    """Catches entities decoded twice or not at all, and hard spaces collapsed like others."""
    collapsed = re.sub(r"[ \t\n]+", " ", text).strip(" ")
    page = f"<!doctype html><p>{html.escape(text)}</p>".encode()
    if not collapsed.strip():
        with pytest.raises(LoadError, match="empty"):
            parse(page, "a.html")
    elif "\ufffd" not in text:
        assert parse(page, "a.html").text == collapsed + "\n"


def test_a_page_may_nest_without_limit() -> None:
    """Catches a recursive walk."""
    document = parse(b"<span>" * 100_000 + b"deep", "a.html")
    assert document.text == "deep\n"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a<p>b", "a\nb\n"),
        ("a<br><br>b<br>", "a\n\nb\n"),
        ("<div><div>a</div></div>b<div></div>c", "a\nb\nc\n"),
        ("<b>a</b> <i>b</i><i> c</i>", "a b c\n"),
        ("<table><tr><td>a<td><td>b<tr><td><td>c<p>d</table>e", "a\t\tb\n\tc\nd\ne\n"),
        ("<pre>\n a\n\n  b\n</pre>c", " a\n\n  b\nc\n"),
        ("x<!-- c --><![CDATA[y]]>z", "xz\n"),
    ],
)
def test_white_space_is_laid_out_as_a_browser_does(page: str, text: str) -> None:
    """Catches glued blocks, doubled line ends, lost empty cells, and touched ``<pre>``."""
    assert parse(page.encode(), "a.html").text == text


# PDF


def characters(name: str) -> Iterator[list[str]]:
    """Yield the characters of each page as PDFium has them."""
    with closing(pypdfium2.PdfDocument(SAMPLES / name)) as pdf:
        for page in pdf:
            with closing(page), closing(page.get_textpage()) as text:
                count = text.count_chars()
                yield [chr(pdfium.FPDFText_GetUnicode(text, index)) for index in range(count)]


@pytest.mark.parametrize("name", ["bookmarks.pdf", "large_type.pdf"])
def test_a_page_is_pdfiums_characters_with_the_breaks_that_it_swallows(name: str) -> None:
    """Catches stripped pages, converted line ends and dropped characters: boxes would shift."""
    document = load(name)
    pages = list(characters(name))
    ends = (*(start - 1 for start in document.page_starts[1:]), len(document.text))
    for start, end, page in zip(document.page_starts, ends, pages, strict=True):
        assert document.text[start:end] == "".join(page).replace("\x02", "-\n")
    assert any("\x02" in page for page in pages)


# DOCX


def repack(changed: str, content: bytes) -> bytes:
    """Return the sample document with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / "handbook.docx") as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == changed else old.read(name))
    return buffer.getvalue()


def test_entities_in_a_document_are_not_followed(tmp_path: Path) -> None:
    """Catches an XML parser that reads local files for whoever wrote the document."""
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    part = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<w:document xmlns:w="w"><w:p><w:r><w:t>safe &e;</w:t></w:r></w:p></w:document>'
    )
    assert parse(repack("word/document.xml", part.encode()), "a.docx").text.startswith("safe")
    assert "swordfish" not in parse(repack("word/document.xml", part.encode()), "a.docx").text


def test_a_part_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a small archive that fills the memory."""
    monkeypatch.setattr(corpus.formats.zipped, "MOST_BYTES", 1 << 20)
    data = repack("word/document.xml", b" " * (1 << 21))
    with pytest.raises(LoadError, match="unpacks to more than 1 MB"):
        parse(data, "a.docx")


def test_a_document_with_torn_xml_is_damaged() -> None:
    """Catches a crash of the build on one bad file."""
    with pytest.raises(LoadError, match="the Word file is damaged"):
        parse(repack("word/document.xml", b"<w:document"), "a.docx")


# The module


def test_importing_the_loaders_imports_no_parser() -> None:
    """Catches a parser imported at the top, which every command would pay for."""
    code = "import sys, corpus.formats; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    parsers = {"lxml", "pypdfium2", "selectolax", "docutils", "markdown_it", "charset_normalizer"}
    assert not parsers & set(run.stdout.split())
