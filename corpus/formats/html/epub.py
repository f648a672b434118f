"""EPUB: a line for each block, with the chapter as the book's own contents call it."""

import posixpath
import zipfile
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urldefrag

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.html.loader import parse_html
from corpus.formats.joining import join
from corpus.formats.properties import metadata_of
from corpus.formats.zipped import open_archive
from corpus.types import Metadata, Parsed, Place

__all__ = ["parse_epub"]

MOST_BYTES = 256 * 2**20
LONGEST_NAME = 120
PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
# Fonts may be scrambled in a book that anybody may read.
FONT_SCRAMBLING = frozenset(
    {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
)
OPF = "{http://www.idpf.org/2007/opf}"

# The chapters' names with the fragments that they begin at, in the order of the contents.
Contents = dict[str, list[tuple[str, str]]]


def parse_epub(data: bytes) -> Parsed:
    r"""Return the chapters in reading order; what stands outside that order comes last.

    Raises:
        LoadError: the book is protected against copying, damaged, no EPUB or absurdly large.
    """
    with open_archive(data, "EPUB file") as package:
        return _parse_package(package)


def _parse_package(package: zipfile.ZipFile) -> Parsed:
    root = _xml(package, "META-INF/container.xml").find(".//{*}rootfile")
    path = root.get("full-path", "") if root is not None else ""
    if path not in package.NameToInfo:
        raise LoadError("the file is not an EPUB book: it does not say what it contains")
    _refuse_protected(package)
    book = _xml(package, path)
    items = {item.get("id", ""): item for item in book.iterfind("{*}manifest/{*}item")}
    linear: dict[str, bool] = {}
    for name, inside in _reading_order(book, items, path):
        if name in package.NameToInfo:
            linear.setdefault(name, inside)
    if sum(package.getinfo(name).file_size for name in linear) > MOST_BYTES:
        raise LoadError(f"its chapters unpack to more than {MOST_BYTES >> 20} MB")
    pages = [(name, parse_html(package.read(name))) for name in linear]
    if contents := _contents(package, items, path):
        placed = [_place(page, contents.get(name, []), linear[name]) for name, page in pages]
    else:
        placed = [
            replace(page, places=(Place(0, f"section {number}"),))
            for number, (_, page) in enumerate(pages, 1)
        ]
    title, metadata = _describe(book)
    return replace(join(placed), title=title, metadata=metadata)


def _xml(package: zipfile.ZipFile, name: str) -> etree._Element:
    """Return the root of an XML file in the book, an empty one where there is none to be read."""
    info = package.NameToInfo.get(name)
    if info is None:
        return etree.Element("none")
    if info.file_size > MOST_BYTES:
        raise LoadError(f"its part {name!r} unpacks to more than {MOST_BYTES >> 20} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(package.read(name), parser)
    return etree.Element("none") if root is None else root


def _refuse_protected(package: zipfile.ZipFile) -> None:
    """Raise LoadError if anything but fonts is encrypted."""
    encrypted = any(info.flag_bits & 1 for info in package.infolist())
    methods = _xml(package, "META-INF/encryption.xml").iterfind(
        ".//{*}EncryptedData/{*}EncryptionMethod"
    )
    if encrypted or any(method.get("Algorithm") not in FONT_SCRAMBLING for method in methods):
        raise LoadError("the book is protected against copying; only a copy without that is read")


def _reading_order(
    book: etree._Element, items: dict[str, etree._Element], path: str
) -> Iterator[tuple[str, bool]]:
    """Yield the pages, and whether they are in the reading order; those that are not come last."""
    spine = [(p.get("linear") != "no", p) for p in book.iterfind("{*}spine/{*}itemref")]
    for linear, page in sorted(spine, key=lambda entry: not entry[0]):
        item = items.get(page.get("idref", ""))
        if item is not None and item.get("media-type") in PAGES:
            yield _name(path, item.get("href", ""))[0], linear


def _name(source: str, link: str) -> tuple[str, str]:
    """Return the file that a link in ``source`` leads to, and the fragment of it."""
    target, fragment = urldefrag(link)
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(target))), fragment


def _contents(package: zipfile.ZipFile, items: dict[str, etree._Element], path: str) -> Contents:
    """Return the table of contents, by the file that each entry leads to."""
    entries: Contents = {}
    for source, link, title in _entries(package, items, path):
        if shown := _words(title)[:LONGEST_NAME]:
            name, fragment = _name(source, link)
            entries.setdefault(name, []).append((fragment, shown))
    return entries


def _entries(
    package: zipfile.ZipFile, items: dict[str, etree._Element], path: str
) -> Iterator[tuple[str, str, str]]:
    """Yield the file of the contents, the link and the title of each entry: EPUB 3, else EPUB 2."""
    for item in items.values():
        if "nav" in item.get("properties", "").split():
            source = _name(path, item.get("href", ""))[0]
            for nav in _xml(package, source).iterfind(".//{*}nav"):
                if "toc" in nav.get("{http://www.idpf.org/2007/ops}type", "").split():
                    for link in nav.iterfind(".//{*}a[@href]"):
                        yield source, link.get("href", ""), "".join(link.itertext())
            return
    for item in items.values():
        if item.get("media-type") == "application/x-dtbncx+xml":
            source = _name(path, item.get("href", ""))[0]
            for point in _xml(package, source).iterfind(".//{*}navPoint"):
                link, title = point.find("{*}content"), point.findtext("{*}navLabel/{*}text", "")
                yield source, link.get("src", "") if link is not None else "", title


def _place(page: Parsed, entries: list[tuple[str, str]], linear: bool) -> Parsed:
    """Return a page with the places that begin in it, as the contents have them.

    An entry for a part of the page begins at the heading of the same words; without one it is left
    out. A page that the contents do not name continues the place before it, unless it stands
    outside the reading order.
    """
    headings = defaultdict[str, deque[int]](deque)
    for heading in page.headings:
        headings[heading.title.casefold()].append(heading.start)
    places: dict[int, Place] = {}
    for fragment, title in entries:
        same = headings[title.casefold()]
        start = same.popleft() if same else None
        if not fragment:
            start = 0
        if start is not None:
            places.setdefault(start, Place(start, title))
    if not linear:
        places.setdefault(0, Place(0, ""))
    return replace(page, places=tuple(places[start] for start in sorted(places)))


def _describe(book: etree._Element) -> tuple[str, Metadata]:
    """Return the book's title, and who wrote it, when and in which language."""
    said = defaultdict[str, list[etree._Element]](list)
    for element in book.iterfind("{*}metadata//{http://purl.org/dc/elements/1.1/}*"):
        said[etree.QName(element).localname].append(element)
    # Of several dates EPUB 2 says which is that of the publication; EPUB 3 has no other.
    dates = sorted(said["date"], key=lambda e: e.get(OPF + "event") != "publication")
    authors = [_words(e.text) for e in said["creator"] if e.get(OPF + "role", "aut") == "aut"]
    metadata = metadata_of(
        [", ".join(filter(None, authors))],
        [_words(date.text) for date in dates],
        [_words(language.text) for language in said["language"]],
    )
    return next((_words(title.text) for title in said["title"]), ""), metadata


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
