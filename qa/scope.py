"""Which documents a question is asked of, where it is not asked of all."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from corpus import InputError

__all__ = ["choices_of", "documents_in"]


def documents_in(ids: Iterable[str], only: Sequence[str]) -> list[str]:
    """Return the documents that ``only`` names, sorted.

    Args:
        ids: of all documents.
        only: ids of documents, folders, or patterns in which ``*`` stands for any characters:
            ``council/minutes.txt``, ``council``, ``*.pdf``.

    Raises:
        InputError: if one of them names no document; a question that is silently asked of fewer
            documents than was meant gets a no that is not true.
    """
    every = sorted(ids)
    found: set[str] = set()
    for name in only:
        here = [id_ for id_ in every if _names(name, id_)]
        if not here:
            raise InputError(f"No document in the index is called, or lies in, {name!r}.")
        found.update(here)
    return sorted(found)


def choices_of(ids: Iterable[str]) -> list[str]:
    """Return what `documents_in` can be told: the folders, the types, then the documents."""
    every = sorted(ids)
    folders = {id_[: at + 1] for id_ in every for at, sign in enumerate(id_) if sign == "/"}
    endings = {f"*{PurePosixPath(id_).suffix}" for id_ in every}
    return [*sorted(folders), *(sorted(endings) if len(endings) > 1 else ()), *every]


def _names(name: str, id_: str) -> bool:
    return id_ == name or id_.startswith(f"{name.rstrip('/')}/") or fnmatchcase(id_, name)
