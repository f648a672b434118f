"""ZIP archives: each file inside as a document of its own."""

import io
import zipfile
import zlib
from functools import partial

from corpus.errors import LoadError
from corpus.types import Member, Parsed

__all__ = ["parse_zip"]

# Text shrinks to a tenth, a log to a fiftieth; what shrinks more is made to fill disks.
MOST_RATIO = 200
# In bytes: what may shrink as much as it likes.
HARMLESS = 1 << 20
UTF8_NAME = 1 << 11
ENCRYPTED = 1
# The other methods cannot be unpacked up to a limit.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


def parse_zip(data: bytes) -> Parsed:
    """Return the files of the archive, unpacked only when they are read; it has no text itself.

    Raises:
        LoadError: the archive is damaged or holds no files.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise LoadError(f"the archive is damaged: {error}") from error
    members = tuple(
        Member(_name(info), info.file_size, partial(_unpack, archive, info))
        for info in archive.infolist()
        if not info.is_dir()
    )
    if not members:
        raise LoadError("the archive is empty: it holds no files")
    return Parsed("", members=members)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name; many programs write UTF-8 without saying so, where cp437 is the rule."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member's bytes, never more than it declares; LoadError if they cannot be had."""
    if info.flag_bits & ENCRYPTED:
        raise LoadError("it is encrypted; unpack the archive with its password and build again")
    if info.compress_type not in METHODS:
        raise LoadError("it is packed by a rare method; pack the archive again as a plain ZIP file")
    if info.file_size > max(HARMLESS, MOST_RATIO * info.compress_size):
        raise LoadError(f"it unpacks to more than {MOST_RATIO} times its size, as no document does")
    try:
        with archive.open(info) as member:
            return member.read(
                info.file_size
            )  # without a number it would unpack all before it cuts
    except DAMAGE as error:
        raise LoadError(f"the archive is damaged here: {error}") from error
