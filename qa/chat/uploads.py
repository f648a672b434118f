"""Putting files into the folder, and taking them out of it; nothing is ever overwritten."""

import errno
import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import LARGEST_FILE, InputError, supported_suffixes

__all__ = ["Upload", "add_files", "list_first", "move_to_trash"]

# How many files are named of those that were not added for the same reason.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody wants to add.

    Args:
        name: its path below the folder, as the sender has it.
        size: in bytes.
        source: where its content is; None where it was not sent because it would be refused.
    """

    name: str
    size: int
    source: Path | None = None


def add_files(folder: Path, files: Iterable[Upload]) -> tuple[str, ...]:
    """Copy files into ``folder`` under their names, each completely or not at all.

    Returns:
        For each reason why files were not added, a sentence that names them.
    """
    refused: dict[str, list[str]] = {}
    for file in files:
        if (reason := _add_file(folder, file)) is not None:
            refused.setdefault(reason, []).append(file.name)
    return tuple(
        f"{list_first(names, NAMED)} {'was' if len(names) == 1 else 'were'} not added: {reason}."
        for reason, names in refused.items()
    )


def _add_file(folder: Path, file: Upload) -> str | None:
    """Copy a file into ``folder``; return why it was not added, None if it was."""
    parts = [part for part in file.name.replace("\\", "/").split("/") if part]
    if "\0" in file.name or any(part.startswith(".") for part in parts):
        return "names that begin with a dot are left out"
    target = folder.joinpath(*parts)
    if target.suffix.lower() not in supported_suffixes():
        return f"Pincite reads {', '.join(supported_suffixes())}"
    if file.size > LARGEST_FILE:
        return f"larger than {LARGEST_FILE >> 20} MB; split it into parts"
    if file.source is None:
        return "it did not arrive; try again"
    if not os.path.lexists(target):
        try:
            _copy(file.source, target)
        except OSError as error:
            return str(error.strerror)
    elif not target.is_file() or not filecmp.cmp(file.source, target, shallow=False):
        return "the folder has another file of this name; rename one of them"
    return None


def _copy(source: Path, target: Path) -> None:
    """Copy by way of a hidden file, so that no build sees half of it; OSError if it fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as content:
            shutil.copyfileobj(content, copy)
            copy.flush()
            os.fsync(copy.fileno())
        os.chmod(partial, 0o644)
        _publish(partial, target)
    finally:
        Path(partial).unlink(missing_ok=True)


def _publish(partial: str, target: Path) -> None:
    """Give a file its name; FileExistsError if that is taken, for a rename would replace it."""
    try:
        os.link(partial, target)
    except OSError:  # also of a file system without links
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            os.replace(partial, target)
        except OSError:
            target.unlink()
            raise


def list_first(names: Sequence[str], count: int) -> str:
    """Return the first ``count`` names, and how many more there are: ``a, b and 3 more``."""
    more = len(names) - count
    return ", ".join(names[:count]) + (f" and {more:,} more" if more > 0 else "")


def move_to_trash(folder: Path, id_: str, aside: Path) -> Path:
    """Move a document's file out of ``folder`` and into ``aside``; return where it is now.

    Raises:
        InputError: if it cannot be moved.
    """
    target = aside / id_
    number = 1
    while os.path.lexists(target):
        number += 1
        target = (aside / id_).with_stem(f"{Path(id_).stem} ({number})")
    try:
        _move(folder / id_, target)
    except OSError as error:
        raise InputError(f"{id_} was not removed: {error.strerror}.") from error
    return target


def _move(source: Path, target: Path) -> None:
    """Move a file, also to another disk; if that fails it stays where it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)
        try:
            source.unlink()
        except OSError:
            target.unlink()
            raise
