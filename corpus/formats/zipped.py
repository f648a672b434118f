"""Files that are archives of XML parts, as Word's and OpenDocument's: opened and read safely."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from corpus.errors import LoadError

__all__ = ["ENCRYPTED", "attribute", "local_name", "open_archive", "read_part"]

ENCRYPTED = "the file is encrypted; remove the password and build again"
MOST_BYTES = 512 * 2**20
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError
)  # fmt: skip


@contextmanager
def open_archive(data: bytes, kind: str) -> Iterator[zipfile.ZipFile]:
    """Open a file that is an archive; what turns out to be damaged inside is said in one sentence.

    Args:
        data: the whole file.
        kind: what people call such a file, such as ``Word file``.

    Raises:
        LoadError: the archive, or XML that is read from it, is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except etree.XMLSyntaxError as error:
        raise LoadError(f"the {kind} is damaged: {error.msg}") from error
    except DAMAGE as error:
        raise LoadError(f"the {kind} is damaged: {error}") from error


def read_part(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """Return the root of a part's XML, an empty one where the archive has no such part.

    Entities are not followed, and the parser bounds how deeply elements nest.

    Raises:
        LoadError: the part is encrypted or absurdly large.
    """
    if name not in archive.NameToInfo:
        return etree.Element("none")
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise LoadError(ENCRYPTED)
    with archive.open(info) as member:
        # The declared size may lie, so the read has a limit of its own.
        content = member.read(MOST_BYTES + 1) if info.file_size <= MOST_BYTES else b""
    if len(content) > MOST_BYTES or info.file_size > MOST_BYTES:
        raise LoadError(f"its part {name!r} unpacks to more than {MOST_BYTES >> 20} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def local_name(element: etree._Element) -> str:
    """Return the name without its namespace, which differs between variants of a format."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str:
    """Return the attribute of this local name, or ``""``."""
    if element is None:
        return ""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == name), "")
