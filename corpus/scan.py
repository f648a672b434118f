"""Which files of a folder are documents: a walk that reads names and sizes, never contents."""

import hashlib
import os
import re
import stat
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.errors import InputError
from corpus.formats import why_unsupported
from corpus.types import Skipped

__all__ = ["IGNORE_FILE", "FoundFile", "count_unread_kinds", "file_sha256", "scan"]

IGNORE_FILE = ".pinciteignore"
# More endings than these are only counted.
MOST_KINDS = 8
LINE_END = re.compile(r"\r?\n")
NOTHING = re.compile(r"!?/* *")
LAST_STARS = re.compile(r"(^!?|/)\*\*(?=/? *$)")
LAST_STAR = re.compile(r"(^!?|/)\*(?=/? *$)")

Ignored = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file in a supported format, with what tells cheaply whether it may have changed.

    Args:
        id: path relative to the folder, ``/`` as separator.
        path: the file itself.
        size: in bytes.
        mtime_ns: when its content changed, in nanoseconds since 1970.
        ctime_ns: when its name, rights or content changed.
    """

    id: str
    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int


def scan(folder: Path, exclude: Path | None = None) -> list[FoundFile | Skipped]:
    """List the files of ``folder``, sorted by id.

    Hidden files and folders, ``exclude`` and whatever ``folder/.pinciteignore`` names (in the rules
    of gitignore) are left out silently. Links are followed, except in circles. What cannot be used
    (an unsupported file, a broken link, an unreadable folder) is returned as `Skipped`.

    Raises:
        InputError: if ``folder`` is no folder that can be listed, or its ignore file is unreadable.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder that holds your documents.")
    ignored = _ignore_rules(folder)
    found = _walk(folder, "", (), os.path.realpath(exclude) if exclude else None, ignored)
    return sorted(found, key=lambda entry: entry.id)


def _ignore_rules(folder: Path) -> Ignored:
    try:
        data = (folder / IGNORE_FILE).read_bytes()
    except FileNotFoundError:
        return lambda _: False
    except OSError as error:
        raise InputError(f"{folder / IGNORE_FILE} cannot be read: {error.strerror}.") from error
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    rules = []
    for line in LINE_END.split(data.removeprefix(BOM_UTF8).decode(errors="surrogateescape")):
        # As last segments pathspec takes these for all paths, which no rule for folders undoes.
        plain = LAST_STAR.sub(r"\1?*", LAST_STARS.sub(r"\1**/*", line))
        with suppress(GitIgnorePatternError):  # git passes over what is no pattern
            if not NOTHING.fullmatch(line):
                rules.append(GitIgnoreSpecPattern(plain))

    def ignored(path: str) -> bool:
        # The last rule that means this path decides; one that means a folder above it does not.
        for rule in reversed(rules):
            found = rule.regex.search(path) if rule.regex else None
            if found and (not found.groupdict().get("ps_d") or found.end("ps_d") == len(path)):
                return bool(rule.include)
        return False

    return ignored


def _walk(
    folder: Path,
    prefix: str,
    above: tuple[tuple[int, int], ...],
    exclude: str | None,
    ignored: Ignored,
) -> Iterator[FoundFile | Skipped]:
    """Yield the entries of ``folder``; ``above`` identifies the folders that it was reached by."""
    try:
        here = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        if not prefix:
            raise InputError(f"{folder} cannot be listed: {error.strerror}.") from error
        yield Skipped(prefix, f"the folder cannot be listed: {error.strerror}")
        return
    identity = (here.st_dev, here.st_ino)
    if identity in above:
        yield Skipped(prefix, "the link leads back to a folder above it")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        id_ = prefix + entry.name
        if not _is_unicode(id_):
            name = os.fsencode(id_).decode("utf-8", "replace")
            yield Skipped(name, "the file's name is not valid Unicode; rename it")
        elif _is_folder(entry):
            if os.path.realpath(entry.path) != exclude and not ignored(id_ + "/"):
                yield from _walk(Path(entry.path), id_ + "/", (*above, identity), exclude, ignored)
        elif not ignored(id_):
            yield _file(entry, id_)


def _is_unicode(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, which `_file` reports
        return False


def _file(entry: os.DirEntry[str], id_: str) -> FoundFile | Skipped:
    try:
        info = entry.stat()
    except FileNotFoundError:
        return Skipped(id_, "the link leads nowhere" if entry.is_symlink() else "the file vanished")
    except OSError as error:
        return Skipped(id_, f"the file cannot be examined: {error.strerror}")
    if not stat.S_ISREG(info.st_mode):
        return Skipped(id_, "it is not a regular file")
    if reason := why_unsupported(id_):
        return Skipped(id_, reason, unread_kind=True)
    return FoundFile(id_, Path(entry.path), info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def count_unread_kinds(skipped: Iterable[Skipped]) -> str:
    """Return how many files are of kinds that are not read, the commonest endings first, or ``""``.

    For example ``12 files of kinds that are not read: 7 .png, 5 .mp4``.
    """
    endings = [PurePosixPath(file.id).suffix.lower() for file in skipped if file.unread_kind]
    if not endings:
        return ""
    kinds = sorted(Counter(endings).items(), key=lambda kind: (-kind[1], kind[0]))
    named = [f"{count:,} {ending or 'without an ending'}" for ending, count in kinds[:MOST_KINDS]]
    more = sum(count for _, count in kinds[MOST_KINDS:])
    files = "1 file of a kind" if len(endings) == 1 else f"{len(endings):,} files of kinds"
    rest = f" and {more:,} more" if more else ""
    return f"{files} that {'is' if len(endings) == 1 else 'are'} not read: {', '.join(named)}{rest}"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, lower-case hexadecimal; OSError if it is unreadable."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
