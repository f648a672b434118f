"""Files that are archives of XML parts, as Word's and OpenDocument's: opened and read safely."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lxml import etree

from corpus.errors import LoadError

__all__ = [
    "ENCRYPTED",
    "attribute",
    "each_element",
    "is_encrypted",
    "local_name",
    "open_archive",
    "read_part",
    "refuse_old_format",
    "whole_number",
]

ENCRYPTED = "the file is encrypted; remove the password and build again"
MOST_NUMBER = 1_000_000_000
MOST_BYTES = 512 * 2**20
# Both the files before 2007 and encrypted ones are in this format.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError
)  # fmt: skip


def refuse_old_format(data: bytes, program: str, suffix: str) -> None:
    """Raise a LoadError if a file is encrypted, or in the format that ``program`` had before.

    Args:
        data: the whole file.
        program: such as ``Excel``.
        suffix: of the files in its new format, such as ``.xlsx``.
    """
    if is_encrypted(data):
        raise LoadError(ENCRYPTED)
    if data.startswith(OLE_MAGIC):
        raise LoadError(
            f"the file is in {program}'s old format; save it as {suffix} and build again"
        )


def is_encrypted(data: bytes) -> bool:
    """Return whether a file is an archive that a program of Microsoft Office has encrypted."""
    return data.startswith(OLE_MAGIC) and "EncryptedPackage".encode("utf-16-le") in data


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
    with _opened(archive, name) as member:
        content = member.read()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _opened(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a part, which is read up to its declared size only, whatever its real size."""
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise LoadError(ENCRYPTED)
    if info.file_size > MOST_BYTES:
        raise LoadError(f"its part {name!r} unpacks to more than {MOST_BYTES >> 20} MB")
    return archive.open(info)


def local_name(element: etree._Element) -> str:
    """Return the name without its namespace, which differs between variants of a format."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str:
    """Return the attribute of this local name, or ``""``."""
    if element is None:
        return ""
    return next((v for key, v in element.items() if key.rpartition("}")[2] == name), "")


def whole_number(text: str, default: int, most: int = MOST_NUMBER) -> int:
    """Return the number that an attribute has, or ``default``; never more than ``most``."""
    return min(int(text[:12]), most) if text.isascii() and text.isdecimal() else default


def each_element(archive: zipfile.ZipFile, name: str, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of these local names in a part, one at a time, however many there are.

    Each is emptied when the next is asked for; none is yielded where the archive has no such part.

    Raises:
        LoadError: the part is encrypted or absurdly large.
    """
    if name not in archive.NameToInfo:
        return
    with _opened(archive, name) as member:
        tags = [f"{{*}}{name}" for name in names]
        for _, element in etree.iterparse(
            member, tag=tags, resolve_entities=False, no_network=True, huge_tree=False
        ):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
