"""Quotations: made here and nowhere else, and checked again here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore
from typing import Literal

from corpus import (
    LARGEST_FILE,
    Document,
    FileLoader,
    FoundFile,
    LoadError,
    Skipped,
    Span,
    add_recognised,
    can_recognise,
    file_sha256,
    locate,
    scan,
)
from index import find_recognised, index_folder_of
from qa.labels import find_cell
from qa.types import AnswerForm, Citation, Excerpt, Label, LabelRole, join_adjacent

__all__ = ["CONTEXT", "Verdict", "cite", "join_parts", "verify"]

# What only joins the items of an enumeration.
JOINING = re.compile(r"[\s,;]+(?:(?:and|or|&|as well as)\s+)?")
# In characters: how much text around a quotation tells it from its repetitions.
CONTEXT = 48
# What people call the words that name a cell.
ROLES: dict[LabelRole, str] = {
    "row": "row head",
    "column": "column head",
    "unit": "unit",
    "caption": "caption",
}
# Each verification parses in a process of its own; a server may be asked for many at once.
VERIFYING = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a citation.

    Args:
        citation: the one that was checked.
        status: ``exact`` if the quotation and all labels stand where the citation says; ``moved``
            if they stand elsewhere in that document, or the file was moved; ``changed`` if the
            quotation is not there, or a label does not name its cell any more.
        detail: what was found, in words.
        document: where the quotation stands now; None if it does not.
        start: its offset there.
    """

    citation: Citation
    status: Literal["exact", "moved", "changed"]
    detail: str
    document: str | None
    start: int | None


def cite(document: Document, excerpt: Excerpt, number: int) -> Citation:
    """Make the citation for an excerpt of ``document``.

    Args:
        document: the one that the excerpt is from.
        excerpt: offsets of the quotation and of the short answer in it.
        number: of the citation in its answer.

    Raises:
        ValueError: if the offsets do not lie inside the document.
    """
    start, end = excerpt.start, excerpt.end
    quote = document.text[start:end]
    if excerpt.document != document.id or len(quote) != end - start or not quote.strip():
        raise ValueError(f"{excerpt} is no part of {document.id}")
    headings = " > ".join(h.title for h in document.headings_at(start) if h.title)
    return Citation(
        number=number,
        document=document.id,
        title=document.label,
        sha256=document.sha256,
        page=document.page_of(start),
        line=document.line_of(start),
        heading=headings,
        start=start,
        end=end,
        quote=quote,
        answer_start=excerpt.answer_start,
        answer_end=excerpt.answer_end,
        prefix=document.text[max(0, start - CONTEXT) : start],
        suffix=document.text[end : end + CONTEXT],
        place=document.place_of(start if not excerpt.labels else excerpt.answer_start),
        labels=tuple(_label(document, role, span) for role, span in excerpt.labels),
        author=document.metadata.author,
        date=document.metadata.date,
        recognised=_recognised(document, Span(start, end)),
    )


def _label(document: Document, role: LabelRole, span: Span) -> Label:
    quote = document.text[span.start : span.end]
    if len(quote) != span.end - span.start or not quote.strip():
        raise ValueError(f"{span} is no part of {document.id}")
    return Label(role, span.start, span.end, quote)


def _recognised(document: Document, quoted: Span) -> float | None:
    """Return how surely the words of a quotation were read off an image; None if they were not."""
    sure = [word.confidence for word in document.recognised if word.span.overlaps(quoted)]
    return sum(sure) / len(sure) if sure else None


def join_parts(form: AnswerForm, parts: Sequence[Citation]) -> str:
    """Return the text of an answer of ``form``.

    Args:
        form: of the answer.
        parts: the citations that make it up, in order.

    Returns:
        The marked words, the cells joined by ``; ``, the items with what stands between them or
        else ``; ``, the sentences,
        with `` … `` between those that are not adjacent, or the steps, one a line; empty without
        parts.
    """
    if form == "list":
        signs = ["", *(_between(one, two) for one, two in pairwise(parts))]
        return "".join(f"{sign}{item.answer}" for sign, item in zip(signs, parts, strict=False))
    if form == "steps":
        return "\n".join(citation.quote for citation in parts)
    if form == "cells":
        return "; ".join(citation.answer for citation in parts)
    if form == "span":
        return parts[0].answer if parts else ""
    return join_adjacent(parts, [citation.quote for citation in parts])


def _between(one: Citation, two: Citation) -> str:
    """Return what joins two items: the text between them, where it only joins; else ``; ``."""
    if (one.document, one.start) != (two.document, two.start):
        return "; "
    text = one.quote[one.answer_end - one.start : two.answer_start - one.start]
    return text if JOINING.fullmatch(text) else "; "


def verify(
    citations: Sequence[Citation], folder: str | Path, index: str | Path | None = None
) -> list[Verdict]:
    """Check citations against the files in ``folder`` as they are now; needs no index.

    Only words that were read off images are taken from the index, where it keeps them for the same
    bytes; else they are read again.

    Only cited files are parsed, in a child process. Where one is gone, the files with its ending
    are hashed, and one with the cited bytes is taken for it; where a file that it lies in is gone,
    those with that file's ending are looked into. Safe to call from many threads.

    Args:
        citations: what to check.
        folder: the documents.
        index: where the index is kept; ``folder/.pincite`` by default.

    Returns:
        One verdict for each citation, in order.

    Raises:
        InputError: if ``folder`` cannot be listed.
    """
    scanned = scan(Path(folder), exclude=Path(index) if index else None)
    files = {file.id: file for file in scanned if isinstance(file, FoundFile)}
    with VERIFYING, FileLoader() as loader:
        now = _Folder(files, loader, index_folder_of(folder, index))
        return [_verdict(citation, now.find(citation)) for citation in citations]


class _Folder:
    """The files of a folder, each hashed and parsed once."""

    def __init__(self, files: Mapping[str, FoundFile], loader: FileLoader, index: Path) -> None:
        self._files = files
        self._loader = loader
        self._index = index
        self._load = cache(self._load_member)
        self._digest = cache(self._digest_member)

    def find(self, citation: Citation) -> Document | Skipped:
        """Return the cited document, also where it has moved, or why there is none."""
        found = locate(citation.document, self._files.__contains__)
        if found:
            return self._load(*found)
        wanted = citation.document, ""
        while wanted[0]:  # the file itself, then whatever it may have lain in
            if moved := self._find_moved(*wanted, citation.sha256):
                return self._load(moved, wanted[1])
            above, _, name = wanted[0].rpartition("/")
            wanted = above, f"{name}/{wanted[1]}".rstrip("/")
        return Skipped("", "the file is gone")

    def _find_moved(self, gone: str, member: str, sha256: str) -> str | None:
        """Return the file with the ending of ``gone`` that is, or holds, the cited bytes."""
        suffix = PurePosixPath(gone).suffix.lower()
        likely = (id_ for id_, file in self._files.items() if file.path.suffix.lower() == suffix)
        return next((id_ for id_ in likely if self._digest(id_, member) == sha256), None)

    def _load_member(self, file_id: str, member: str) -> Document | Skipped:
        path = self._files[file_id].path
        id_ = f"{file_id}/{member}" if member else file_id
        document = self._loader.load(path, id_, member)
        if isinstance(document, Skipped) or not document.unread:
            return document
        pages = find_recognised(self._index, document.sha256, document.unread)
        try:
            for number in document.unread if can_recognise() else ():
                if number not in pages:
                    pages[number] = self._loader.recognise(path, number, member)
        except LoadError as error:
            return Skipped(id_, str(error))
        return add_recognised(document, pages)

    def _digest_member(self, file_id: str, member: str) -> str | None:
        """Return the SHA-256 of a file, or of one inside it, that can be read, or None."""
        file = self._files[file_id]
        try:
            if member:
                return self._loader.digest(file.path, member)
            return file_sha256(file.path) if file.size <= LARGEST_FILE else None
        except (OSError, LoadError):
            return None


def _verdict(citation: Citation, document: Document | Skipped) -> Verdict:
    if isinstance(document, Skipped):
        return Verdict(citation, "changed", document.reason, None, None)
    start, end, text = citation.start, citation.end, document.text
    found = start if text[start:end] == citation.quote else _nearest(citation, text)
    if found is None:
        return Verdict(citation, "changed", "the quotation is not in the file", None, None)
    apart, lost = _check_labels(citation, document, found - start)
    if lost:
        detail = f"the quotation is there, but {_describe(lost)} does not name it any more"
        return Verdict(citation, "changed", detail, document.id, found)
    if document.id != citation.document:
        return Verdict(citation, "moved", f"the file is now {document.id}", document.id, found)
    if found != start:
        detail = f"it now starts at {found} instead of {start}, on line {document.line_of(found)}"
        return Verdict(citation, "moved", detail, document.id, found)
    if apart:
        detail = f"{_describe(apart)} now stands elsewhere in its table"
        return Verdict(citation, "moved", detail, document.id, found)
    same = document.sha256 == citation.sha256
    detail = "the file is unchanged" if same else "the file has changed elsewhere"
    return Verdict(citation, "exact", detail, document.id, found)


def _check_labels(
    citation: Citation, document: Document, moved: int
) -> tuple[Label | None, Label | None]:
    """Return a label that stands elsewhere than the citation says, and one that is lost.

    A label has kept its place if it has moved as far as the quotation has. Where a row was inserted
    between the two it has not, but still names the cell in the document's own table. It does not do
    to find its words again: where two columns were exchanged, both heads are still there.

    Args:
        citation: whose quotation is in the document.
        document: as it is now.
        moved: how far the quotation has moved, in characters.
    """
    apart = [
        label for label in citation.labels if not _stands(document.text, label, label.start + moved)
    ]
    names = _names(document, citation, moved) if apart else frozenset()
    lost = (label for label in apart if (label.role, label.quote) not in names)
    return next(iter(apart), None), next(lost, None)


def _stands(text: str, label: Label, at: int) -> bool:
    return at >= 0 and text.startswith(label.quote, at)


def _names(document: Document, citation: Citation, moved: int) -> frozenset[tuple[LabelRole, str]]:
    """Return the roles and words of what names the cited cell in the document's tables."""
    answer = Span(citation.answer_start + moved, citation.answer_end + moved)
    cell = find_cell(document, answer)
    if cell is None:
        return frozenset()
    table = cell.table
    named: dict[LabelRole, tuple[Span, ...]] = {
        "row": table.rows[cell.row].heads,
        # A row that is marked whole is named by the heads of all its columns.
        "column": sum(table.columns, ()) if cell.column is None else table.columns[cell.column],
        "unit": table.units,
        "caption": table.caption,
    }
    text = document.text
    return frozenset((role, text[s.start : s.end]) for role in named for s in named[role])


def _describe(label: Label) -> str:
    return f"its {ROLES[label.role]} “{' '.join(label.quote.split())}”"


def _nearest(citation: Citation, text: str) -> int | None:
    """Return the occurrence that shares most of the cited context; of equals, the nearest one."""
    occurrences = []
    at = text.find(citation.quote)
    while at >= 0:
        end = at + len(citation.quote)
        before = _common(reversed(citation.prefix), reversed(text[max(0, at - CONTEXT) : at]))
        after = _common(citation.suffix, text[end : end + CONTEXT])
        occurrences.append((-before - after, abs(at - citation.start), at))
        at = text.find(citation.quote, at + 1)
    return min(occurrences)[2] if occurrences else None


def _common(a: Iterable[str], b: Iterable[str]) -> int:
    """Return the length of the common prefix of two texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
