"""What a question is asked of: documents by name, author, date and type, and what is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from corpus import InputError, UnknownName, iso_date
from index import DocumentOrigin, fold

__all__ = ["EVERYTHING", "Choices", "Filter", "is_later", "list_choices", "select_documents"]

FIRST_DAY, LAST_DAY = "-01-01", "-12-31"
LENGTH_OF_YEAR = 4


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to ask, by what they say of themselves; what is empty leaves all.

    All that is given must fit. Dates are a year, a month or a day as ISO 8601 writes them, and a
    document dated by its year or month may be of any day in it: one of ``2013`` may lie after and
    before ``2013-06``. What has no date fits no date; when a file was saved never counts.

    Args:
        after: of that time or later: ``2013`` is from 1 January 2013 on.
        before: earlier than that: ``2015`` is until 31 December 2014.
        by: is part of the author's or sender's name; case and accents do not count.
        type: ending of the file's name: ``pdf``.

    Raises:
        InputError: if a date is none.
    """

    after: str = ""
    before: str = ""
    by: str = ""
    type: str = ""

    def __post_init__(self) -> None:
        for given in filter(None, (self.after, self.before)):
            if iso_date(given) != given:
                raise InputError(
                    f"{given!r} is no date; write a year, a month or a day, such as 2013, 2013-04 "
                    "or 2013-04-30."
                )

    @property
    def terms(self) -> tuple[str, ...]:
        """What is asked for, in words: ``dated from 2013 on``, ``by Perks``."""
        said = {
            f"dated from {self.after} on": self.after,
            f"dated before {self.before}": self.before,
            f"by {self.by}": self.by,
            f"of type {self.type}": self.type,
        }
        return tuple(words for words, given in said.items() if given)

    def fits(self, document: DocumentOrigin) -> bool:
        """Return whether a document is one of those to ask."""
        ending = f".{fold(self.type).lstrip('*.')}" if self.type else ""
        return (
            self._fits_date(document.date)
            and fold(self.by) in fold(document.author)
            and fold(document.id).endswith(ending)
        )

    def _fits_date(self, date: str) -> bool:
        if not date:
            return not (self.after or self.before)
        late = not self.after or _complete(date, LAST_DAY) >= _complete(self.after, FIRST_DAY)
        early = not self.before or _complete(date, FIRST_DAY) < _complete(self.before, FIRST_DAY)
        return late and early


EVERYTHING = Filter()


def _complete(date: str, missing: str) -> str:
    """Return a day: ``date``, with the month and day that it does not give from ``missing``."""
    return date + missing[len(date) - LENGTH_OF_YEAR :]


def is_later(date: str, other: str) -> bool:
    """Return whether all days that ``date`` may mean come after those of ``other``."""
    known = bool(date and other)
    return known and _complete(date, FIRST_DAY) > _complete(other, LAST_DAY)


def select_documents(
    documents: Iterable[DocumentOrigin], only: Sequence[str] = (), where: Filter = EVERYTHING
) -> list[str]:
    """Return the ids of the documents that ``only`` names and ``where`` leaves, sorted.

    Args:
        documents: all that there are.
        only: ids of documents, folders, or patterns in which ``*`` stands for any characters:
            ``council/minutes.txt``, ``council``, ``*.pdf``; all documents by default.
        where: what the documents must say of themselves.

    Raises:
        UnknownName: if a name names no document, or none is left; a question that is silently
            asked of fewer documents than was meant gets a no that is not true.
    """
    every = {document.id: document for document in documents}
    named = _named(every, only) if only else every
    found = sorted(id_ for id_ in named if where.fits(every[id_]))
    if where != EVERYTHING and not found:
        among = "that was named" if only else "in the index"
        raise UnknownName(f"No document {among} is {' and '.join(where.terms)}; ask for less.")
    return found


def _named(ids: Iterable[str], only: Sequence[str]) -> set[str]:
    every = tuple(ids)
    found: set[str] = set()
    for name in only:
        here = [id_ for id_ in every if _names(name, id_)]
        if not here:
            raise UnknownName(f"No document in the index is called, or lies in, {name!r}.")
        found.update(here)
    return found


def _names(name: str, id_: str) -> bool:
    return id_ == name or id_.startswith(f"{name.rstrip('/')}/") or fnmatchcase(id_, name)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a question can be limited to in a folder, each sorted; where all are one, nothing.

    Args:
        names: the folders, then the documents: what `select_documents` understands.
        years: in which documents are dated.
        authors: who wrote or sent them.
        types: endings of their names, without the dot.
    """

    names: tuple[str, ...]
    years: tuple[str, ...]
    authors: tuple[str, ...]
    types: tuple[str, ...]


def list_choices(documents: Sequence[DocumentOrigin]) -> Choices:
    """Return what a question can be limited to."""
    every = sorted(document.id for document in documents)
    folders = {id_[: at + 1] for id_ in every for at, sign in enumerate(id_) if sign == "/"}
    types = {PurePosixPath(id_).suffix[1:].lower() for id_ in every}
    return Choices(
        (*sorted(folders), *every),
        tuple(sorted({d.date[:LENGTH_OF_YEAR] for d in documents} - {""})),
        tuple(sorted({document.author for document in documents} - {""}, key=fold)),
        tuple(sorted(types - {""})) if len(types) > 1 else (),
    )
