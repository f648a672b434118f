"""OpenDocument texts and presentations: a line for each paragraph or row, slides as places."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.office.blocks import Block, TextLine, lay_out
from corpus.formats.office.odf_meta import read_meta
from corpus.formats.opendocument.reader import OdfReader
from corpus.formats.opendocument.styles import read_styles
from corpus.formats.zipped import ENCRYPTED, attribute, local_name, open_archive, read_part
from corpus.types import Parsed

__all__ = ["parse_odf"]

PAGE_RUNNING = ("{*}header", "{*}header-first", "{*}footer", "{*}footer-first")


def parse_odf(data: bytes) -> Parsed:
    r"""Return a line for each paragraph and row, ``\t`` between the columns of a row.

    The text is that of the document with all tracked changes accepted, its headings and lists with
    their numbers. What floats beside the text stands below the paragraph that it is anchored in.
    At the end stand the notes, then the comments, then headers and footers, once each, as running
    lines. A presentation has a place for each slide, with its title as heading, and places for what
    the speaker notes and for comments.

    Raises:
        LoadError: the file is encrypted, damaged, no text or presentation, or absurdly large.
    """
    with open_archive(data, "OpenDocument file") as package:
        manifest = read_part(package, "META-INF/manifest.xml")
        if manifest.find(".//{*}encryption-data") is not None:
            raise LoadError(ENCRYPTED)
        return _parse_package(package)


def _parse_package(package: zipfile.ZipFile) -> Parsed:
    content = read_part(package, "content.xml")
    bodies = [child for body in content.iterfind("{*}body") for child in body]
    if not any(local_name(body) in {"text", "presentation"} for body in bodies):
        raise LoadError("the file is not an OpenDocument text or presentation")
    named = read_part(package, "styles.xml")
    reader = OdfReader(package, read_styles(named, content))
    parsed = lay_out(_blocks(reader, bodies, named))
    title, metadata = read_meta(read_part(package, "meta.xml"))
    language = metadata.language or reader.styles.language
    return replace(
        parsed, title=title or parsed.title, metadata=replace(metadata, language=language)
    )


def _blocks(
    reader: OdfReader, bodies: list[etree._Element], named: etree._Element
) -> Iterator[Block]:
    yield from reader.blocks(bodies)
    yield from reader.ends()
    shown = (e for e in named.iter(*PAGE_RUNNING) if attribute(e, "display") != "false")
    texts = [lay_out(reader.apart(element)).text for element in shown]
    lines = dict.fromkeys(line for text in texts for line in text.splitlines())
    # A page number is that of whichever page was open when the file was written.
    yield from (TextLine(line, role="running") for line in lines if re.search(r"[^\W\d_]", line))
