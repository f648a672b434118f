"""EPUB: reading order, contents, protection. `book` made the sample `data/formats/letters.epub`."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.formats import parse
from corpus.formats.html import epub
from corpus.types import Document

PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
    '<nav epub:type="toc"><ol>'
    '<li><a href="text/one.xhtml">The Ferry</a></li>'
    '<li><a href="text/two%20parts.xhtml#a">A <i>Letter</i></a></li>'
    '<li><a href="text/two%20parts.xhtml#b">The Answer</a></li>'
    '<li><a href="text/two%20parts.xhtml#c">No such heading</a></li>'
    '</ol></nav><nav epub:type="landmarks"><a href="text/one.xhtml">Start</a></nav></body></html>'
)
OPF = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
<dc:title>Letters
 from the Ferry</dc:title><dc:creator opf:role="aut">Marta Oyelaran</dc:creator>
<dc:creator>Ines Falk</dc:creator><dc:creator opf:role="ill">Somebody Else</dc:creator>
<dc:date opf:event="modification">2024-01-01</dc:date>
<dc:date opf:event="publication">1913-05-02T00:00:00Z</dc:date><dc:language>en-GB</dc:language>
</metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="notes" href="text/notes.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two%20parts.xhtml" media-type="application/xhtml+xml"/>
<item id="more" href="text/more.xhtml" media-type="application/xhtml+xml"/>
<item id="lost" href="text/lost.xhtml" media-type="application/xhtml+xml"/>
<item id="map" href="map.svg" media-type="image/svg+xml"/>
</manifest><spine><itemref idref="nav"/><itemref idref="notes" linear="no"/><itemref idref="one"/>
<itemref idref="map"/><itemref idref="two"/><itemref idref="lost"/><itemref idref="nowhere"/>
<itemref idref="more"/><itemref idref="one"/></spine></package>"""
PARTS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf": OPF,
    "OPS/nav.xhtml": NAV,
    "OPS/map.svg": "<svg/>",
    "OPS/text/one.xhtml": PAGE.format(
        "<h1>The Ferry</h1><p>The ferry Marigold was launched in Ardle on 2 May 1908.</p>"
    ),
    "OPS/text/two parts.xhtml": PAGE.format(
        "<p>Both were found in a drawer.</p><h2>A Letter</h2>"
        "<p>Aunt Sofia keeps the spare key to the boathouse in a tea tin.</p>"
        "<h2>The Answer</h2><p>The tea tin was empty.</p>"
    ),
    "OPS/text/more.xhtml": PAGE.format("<p>It was never found.</p>"),
    "OPS/text/notes.xhtml": PAGE.format("<p>Ardle is a port.</p>"),
}
LETTERS = """\
The Ferry
The ferry Marigold was launched in Ardle on 2 May 1908.

Both were found in a drawer.
A Letter
Aunt Sofia keeps the spare key to the boathouse in a tea tin.
The Answer
The tea tin was empty.

It was never found.

Ardle is a port.
"""


def book(changes: Mapping[str, str | None] = {}) -> bytes:
    """Return an EPUB file, with the same bytes each time; ``None`` takes a part away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in (PARTS | dict(changes)).items():
            if content is not None:
                package.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def placed(document: Document) -> dict[str, str]:
    """Return the place of each line with words."""
    lines = re.finditer(r"(?m)^.+$", document.text)
    return {line[0][:12]: document.place_of(line.start()) for line in lines}


def test_chapters_come_in_reading_order_with_the_names_of_the_contents() -> None:
    """Catches the order of the archive, pages read twice, landmarks and lost pages that matter."""
    document = parse(book(), "letters.epub")
    assert document.text == LETTERS
    assert placed(document) == {
        "The Ferry": "The Ferry",
        "The ferry Ma": "The Ferry",
        "Both were fo": "The Ferry",
        "A Letter": "A Letter",
        "Aunt Sofia k": "A Letter",
        "The Answer": "The Answer",
        "The tea tin ": "The Answer",
        "It was never": "The Answer",
        "Ardle is a p": "",
    }
    assert all(document.text[h.start : h.end] == h.title for h in document.headings)


def test_a_book_says_who_wrote_it_when_and_in_which_language() -> None:
    """Catches the illustrator as an author, and the date of the file for that of the book."""
    document = parse(book(), "letters.epub")
    assert document.title == "Letters from the Ferry"
    said = document.metadata
    assert (said.author, said.date, said.language) == (
        "Marta Oyelaran, Ines Falk", "1913-05-02", "en-GB"
    )  # fmt: skip


def test_an_older_book_has_its_contents_in_ncx_or_none_at_all() -> None:
    """Catches EPUB 2 books without places."""
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel>'
        '<text>Part I</text></navLabel><content src="text/one.xhtml"/><navPoint><navLabel>'
        '<text>A letter</text></navLabel><content src="text/two parts.xhtml#x"/></navPoint>'
        "</navPoint></navMap></ncx>"
    )
    old = OPF.replace('properties="nav"', "").replace(
        "</manifest>",
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>',
    )
    changes = {"OPS/book.opf": old, "OPS/toc.ncx": ncx, "OPS/nav.xhtml": PAGE.format("")}
    names = placed(parse(book(changes), "a.epub"))
    assert names["The Ferry"] == names["Both were fo"] == "Part I"
    assert names["A Letter"] == "A letter"
    names = placed(parse(book(changes | {"OPS/toc.ncx": None}), "a.epub"))
    assert (names["The Ferry"], names["A Letter"]) == ("section 2", "section 3")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"META-INF/container.xml": None}, "not an EPUB book"),
        ({"OPS/book.opf": None}, "not an EPUB book"),
        ({"OPS/book.opf": "<package"}, "no visible text"),
        (
            {
                "META-INF/encryption.xml": "<encryption><EncryptedData><EncryptionMethod "
                'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>'
            },
            "protected against copying",
        ),
    ],
)
def test_a_book_that_cannot_be_read_says_why(changes: dict[str, str | None], message: str) -> None:
    """Catches a crash on a torn book, and noise quoted from an encrypted one."""
    with pytest.raises(LoadError, match=message):
        parse(book(changes), "a.epub")


def test_scrambled_fonts_protect_nothing() -> None:
    """Catches a book refused for its fonts."""
    fonts = (
        '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
        "</EncryptedData></encryption>"
    )
    assert parse(book({"META-INF/encryption.xml": fonts}), "a.epub").text == LETTERS


def test_a_book_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a small archive that fills the memory, with chapters that are each small enough."""
    monkeypatch.setattr(epub, "MOST_BYTES", 1 << 20)
    large = dict.fromkeys(("OPS/text/one.xhtml", "OPS/text/more.xhtml"), "x" * (600 << 10))
    with pytest.raises(LoadError, match="unpack to more than 1 MB"):
        parse(book(large), "a.epub")
    with pytest.raises(LoadError, match="damaged"):
        parse(book()[:-30], "a.epub")


def test_the_sample_is_this_book() -> None:
    """Catches a sample that nobody can make again."""
    sample = Path(__file__).parents[1] / "data" / "formats" / "letters.epub"
    assert sample.read_bytes() == book()
