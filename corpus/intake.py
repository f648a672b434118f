"""Putting files into the folder, and taking them out of it; nothing is ever overwritten."""

import filecmp
import os
import shutil
import tempfile
from pathlib import Path

from corpus.errors import InputError
from corpus.loaders import supported_suffixes
from corpus.worker import LARGEST_FILE

__all__ = ["set_aside", "take_in"]


def take_in(folder: Path, source: Path, name: str) -> str:
    """Copy a file into ``folder`` under ``name``, completely or not at all.

    Returns:
        The id of the document that it will be.

    Raises:
        InputError: if it can be no document, or another file has its name.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    suffix = Path(name).suffix.lower()
    if suffix not in supported_suffixes():
        kinds = ", ".join(supported_suffixes())
        raise InputError(f"{name} was not added: Pincite reads {kinds}.")
    if name.startswith("."):
        raise InputError(f"{name} was not added: files whose names begin with a dot are left out.")
    if source.stat().st_size > LARGEST_FILE:
        limit = LARGEST_FILE >> 20
        raise InputError(
            f"{name} was not added: it is larger than {limit} MB; split it into parts."
        )
    target = folder / name
    if os.path.lexists(target):
        if filecmp.cmp(source, target, shallow=False):
            return name
        raise InputError(
            f"{name} was not added: the folder has another file of this name; rename one of them."
        )
    _copy(source, target)
    return name


def _copy(source: Path, target: Path) -> None:
    """Copy by way of a hidden file, so that no build sees half of it."""
    try:
        handle, partial = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
        os.close(handle)
        try:
            shutil.copyfile(source, partial)
            os.chmod(partial, 0o644)
            os.link(partial, target)  # unlike a rename, this never replaces a file
        finally:
            os.unlink(partial)
    except OSError as error:
        raise InputError(f"{target.name} was not added: {error.strerror}.") from error


def set_aside(folder: Path, id_: str, aside: Path) -> Path:
    """Move a document's file out of ``folder`` and into ``aside``; return where it is now.

    Raises:
        InputError: if it cannot be moved.
    """
    target = aside / id_
    number = 1
    while target.exists():
        number += 1
        target = (aside / id_).with_stem(f"{Path(id_).stem} ({number})")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / id_).rename(target)
    except OSError as error:
        raise InputError(f"{id_} was not removed: {error.strerror}.") from error
    return target
