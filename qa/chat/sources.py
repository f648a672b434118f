"""What stands behind a citation: its page, and its file as it is now."""

import re
import threading
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from corpus import Document, FileLoader, LoadError, PageView, Span, file_sha256, locate
from qa.types import AnswerVerdict, Citation

__all__ = ["LINE", "SourceView", "Sources", "clip_to_page", "find_page", "split_pages"]

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
# How many lines of a document without pages are shown at a time.
PART_LINES = 120

# In pixels: sharp on a screen with two pixels a point.
PAGE_WIDTH = 1400
DIGESTS_KEPT = 256
GONE = "The file is gone. This is its text as it was indexed."
CHANGED = "The file has changed since it was indexed. This is its text as it was indexed."


@dataclass(frozen=True, slots=True)
class SourceView:
    """A citation in its document, as it is shown beside the chat.

    Args:
        turn: number of the turn.
        citations: of the turn's answer; for a no, the nearest passages.
        number: of the citation that is shown.
        verdict: on the answer; the citations of a no are not marked as answers.
        document: that is cited, as it was indexed; None if it is no longer in the index.
        page: of the document, from 1, or part of it where the format has no pages; 0 for the one
            where the citation stands.
        image: of the page, with two groups of boxes: the quotation's and the short answer's; None
            to show its text.
        note: what to know about the file; empty if there is nothing.
        download: address of the original file; empty if it cannot be had.
    """

    turn: int
    citations: tuple[Citation, ...]
    number: int
    verdict: AnswerVerdict
    document: Document | None = None
    page: int = 0
    image: PageView | None = None
    note: str = ""
    download: str = ""

    @property
    def citation(self) -> Citation:
        """The citation that is shown."""
        return self.citations[self.number - 1]


def split_pages(document: Document) -> list[Span]:
    """Return the document's pages, or parts, in order; joined, they are its text."""
    if document.page_starts:
        starts = list(document.page_starts)
    else:
        lines = [match.start() for match in LINE.finditer(document.text) if match[0]]
        starts = lines[::PART_LINES] or [0]
    return [Span(*pair) for pair in pairwise([*starts, len(document.text)])]


def find_page(document: Document, offset: int) -> int:
    """Return the number of the page, from 1, on which ``offset`` stands."""
    return max(1, bisect_right([page.start for page in split_pages(document)], offset))


def clip_to_page(document: Document, page: int, citation: Citation) -> tuple[Span, Span]:
    """Return the parts of the quotation and its answer on a page, relative to the page's start."""
    first, last = split_pages(document)[page - 1]
    ranges = (citation.start, citation.end), (citation.answer_start, citation.answer_end)
    quotation, answer = (
        Span(*(min(max(offset, first), last) - first for offset in pair)) for pair in ranges
    )
    return quotation, answer


class Sources:
    """The folder of an index; safe to share between threads.

    Args:
        folder: the documents.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loader = FileLoader()
        self._lock = threading.Lock()
        # By the state of the outer file, for a large one takes seconds to look into.
        self._digest_inside = lru_cache(DIGESTS_KEPT)(self._look_inside)

    def close(self) -> None:
        """End the process that draws pages."""
        with self._lock:
            self._loader.close()

    def file(self, document: Document) -> Path:
        """Return where the document's file, or the file that it lies in, is or was."""
        return self._locate(document)[0]

    def _locate(self, document: Document) -> tuple[Path, str]:
        """Return the document's file, and the path inside it; empty if it is the file itself."""
        found = locate(document.id, lambda path: (self._folder / path).is_file())
        file, member = found or (document.id, "")
        return self._folder / file, member

    def unchanged(self, document: Document) -> bool:
        """Return whether the document's file is still as it was indexed."""
        return not self._note(document)

    def draw(self, view: SourceView) -> SourceView:
        """Return ``view`` with the image of its page, as it was indexed, and a note on the file.

        There is no image for formats without pages, and of files that have changed or cannot be
        drawn. The page is the citation's where none is given.
        """
        document = view.document
        if document is None:
            return view
        page = view.page or find_page(document, view.citation.start)
        view = replace(view, page=page)
        if not document.page_starts:
            return replace(view, note=self._note(document))
        spans = clip_to_page(document, page, view.citation)
        try:
            with self._lock:
                file, member = self._locate(document)
                image, digest = self._loader.view(file, page, spans, PAGE_WIDTH, member)
        except LoadError as error:
            note = self._note(document) or f"The page cannot be shown: {error}."
            return replace(view, note=note)
        if digest != document.sha256:
            return replace(view, note=CHANGED)
        return replace(view, image=image)

    def _note(self, document: Document) -> str:
        file, member = self._locate(document)
        try:
            return "" if self._digest(file, member) == document.sha256 else CHANGED
        except OSError:
            return GONE
        except LoadError:  # it is no longer in the file that it lay in
            return CHANGED

    def _digest(self, file: Path, member: str) -> str:
        if not member:
            return file_sha256(file)
        state = file.stat()
        return self._digest_inside(file, member, (state.st_size, state.st_mtime_ns))

    def _look_inside(self, file: Path, member: str, _state: tuple[int, int]) -> str:
        with self._lock:
            return self._loader.digest(file, member)
