"""Files inside files: each is a document of its own, whose id goes on inside its container.

A mail's attachment is ``mail/offer.eml/budget.xlsx``, a file in an archive
``archive.zip/reports/2018.txt``. What a stranger packed is bounded: how deep, how many, how large.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from corpus.errors import LoadError
from corpus.formats import make_document, read, why_unsupported
from corpus.types import Document, Member, Parsed, Skipped

__all__ = ["MOST_UNPACKED", "documents_in", "locate", "member_bytes", "name_members"]

# Of one file: files inside files inside files, all of them together.
DEEPEST = 3
MOST_MEMBERS = 10_000
MOST_UNPACKED = 1 << 29
# In characters; and how many folders deep. Longer names are cut.
LONGEST_PART = 200
MOST_PARTS = 20
# Of names: what no page and no terminal can show, and halves of characters.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What macOS adds to archives for itself.
HIDDEN = "__MACOSX"
UNNAMED = "unnamed"

# Runs a step of reading the file of that id; raises LoadError for whatever goes wrong in it.
Attempt = Callable[[str, Callable[[], tuple[bytes, Parsed]]], tuple[bytes, Parsed]]


def _attempt(_: str, step: Callable[[], tuple[bytes, Parsed]]) -> tuple[bytes, Parsed]:
    return step()


def documents_in(
    data: bytes, file_id: str, attempt: Attempt = _attempt
) -> Iterator[Document | Skipped]:
    """Yield the documents of a file: its own, if it has text, and those of the files inside it.

    What cannot be read is yielded as `Skipped`, and costs nothing else; hidden files are left out.
    The same bytes always give the same documents, in the same order.

    Args:
        data: the whole file.
        file_id: its path in the folder.
        attempt: runs each step that may fail.
    """
    yield from _Unpacking(attempt, MOST_MEMBERS, MOST_UNPACKED).documents(
        file_id, lambda: (data, read(data, file_id)), 0
    )


@dataclass(slots=True)
class _Unpacking:
    """Unpacks one file, and counts what is left of its bounds."""

    attempt: Attempt
    members_left: int
    bytes_left: int

    def documents(
        self, id_: str, step: Callable[[], tuple[bytes, Parsed]], depth: int
    ) -> Iterator[Document | Skipped]:
        """Yield the documents of the file ``id_``, which ``step`` reads."""
        try:
            data, parsed = self.attempt(id_, step)
        except LoadError as error:
            yield Skipped(id_, str(error))
            return
        if parsed.text or not parsed.members:
            yield _own_document(parsed, data, id_)
        for name, member in name_members(parsed.members):
            if not self.members_left:
                yield Skipped(id_, f"only the first {MOST_MEMBERS:,} files in it are read")
                return
            self.members_left -= 1
            yield from self._member(f"{id_}/{name}", member, depth + 1)

    def _member(self, id_: str, member: Member, depth: int) -> Iterator[Document | Skipped]:
        reason = why_unsupported(id_)
        if depth > DEEPEST:
            reason = f"it lies in more than {DEEPEST} files inside each other"
        if reason:
            yield Skipped(id_, reason)
        else:
            yield from self.documents(id_, lambda: self._read(id_, member), depth)

    def _read(self, id_: str, member: Member) -> tuple[bytes, Parsed]:
        if member.size > self.bytes_left:
            raise LoadError(
                f"what is in the file unpacks to more than {MOST_UNPACKED >> 20} MB; unpack it"
            )
        data = member.read()
        self.bytes_left = max(0, self.bytes_left - len(data))
        return data, read(data, id_)


def _own_document(parsed: Parsed, data: bytes, id_: str) -> Document | Skipped:
    try:
        return make_document(parsed, data, id_)
    except LoadError as error:
        return Skipped(id_, str(error))


def member_bytes(data: bytes, file_name: str, member: str) -> bytes:
    """Return the bytes of a file inside a file.

    Args:
        data: the outer file.
        file_name: its name or path.
        member: the path inside it, as `documents_in` makes it part of an id; empty for the outer
            file itself.

    Raises:
        LoadError: it is not there, or cannot be had.
    """
    while member:
        for name, found in name_members(read(data, file_name).members):
            if f"{member}/".startswith(f"{name}/"):
                if found.size > MOST_UNPACKED:
                    raise LoadError(f"it unpacks to more than {MOST_UNPACKED >> 20} MB")
                data, file_name, member = found.read(), name, member[len(name) + 1 :]
                break
        else:
            raise LoadError(f"there is no {member} in the file")
    return data


def locate(document_id: str, is_file: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return the file that holds a document, and the path inside it (empty: the file itself).

    Args:
        document_id: of the document.
        is_file: whether a path in the folder is that of a file.
    """
    at = len(document_id)
    while at > 0:
        if is_file(document_id[:at]):
            return document_id[:at], document_id[at + 1 :]
        at = document_id.rfind("/", 0, at)
    return None


def name_members(members: tuple[Member, ...]) -> Iterator[tuple[str, Member]]:
    """Yield the members that are not hidden, each with a name that is safe and its alone.

    No name leads out of the container or has parts that no page can show, and none is the folder of
    another one. Of names that are taken, the later one is numbered: ``a (2).txt``.
    """
    names = _Names()
    for member in members:
        parts = _safe_parts(member.name)
        if not any(part.startswith(".") or part == HIDDEN for part in parts):
            yield names.take(parts), member


@dataclass(slots=True)
class _Names:
    """The names given so far, and the folders in them."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    numbers: Counter[str] = field(default_factory=Counter)

    def take(self, parts: list[str]) -> str:
        """Return the name of these parts, numbered if it is taken."""
        wanted = name = "/".join(parts)
        folders = _folders_of(parts)
        # A file where this name has a folder: then the folder gets the number.
        numbered = -1 if self.files.isdisjoint(folders) else 0
        while name in self.files or name in self.folders or not self.files.isdisjoint(folders):
            self.numbers[wanted] += 1
            others = parts.copy()
            others[numbered] = _number(parts[numbered], self.numbers[wanted] + 1)
            name, folders = "/".join(others), _folders_of(others)
        self.files.add(name)
        self.folders |= folders
        return name


def _safe_parts(name: str) -> list[str]:
    """Return the parts of a path, none of which leads elsewhere, is empty or cannot be shown."""
    parts = [UNPRINTABLE.sub("_", part).strip() for part in name.replace("\\", "/").split("/")]
    kept = [_cut(part) for part in parts if part not in {"", ".", ".."}]
    return [*kept[: MOST_PARTS - 1], kept[-1]] if len(kept) > MOST_PARTS else kept or [UNNAMED]


def _cut(part: str) -> str:
    """Return the part with its middle left out if it is too long; its ending tells its kind."""
    half = LONGEST_PART // 2
    return part if len(part) <= LONGEST_PART else part[:half] + part[-half:]


def _number(part: str, number: int) -> str:
    stem, dot, ending = part.rpartition(".")
    return f"{stem} ({number}).{ending}" if dot else f"{part} ({number})"


def _folders_of(parts: list[str]) -> set[str]:
    return set(accumulate(parts[:-1], "{}/{}".format))
