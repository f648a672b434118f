"""What stands behind a citation: its page or place, and its file as it is now."""

import re
import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from corpus import (
    Document,
    FileLoader,
    LoadError,
    PageView,
    Place,
    Span,
    file_sha256,
    locate,
    recognised_boxes,
)
from qa.types import AnswerVerdict, Citation

__all__ = [
    "LINE",
    "SourceView",
    "Sources",
    "clip_to_page",
    "find_page",
    "find_place",
    "list_marks",
    "split_pages",
]

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
# How many lines of a document without pages are shown at a time.
PART_LINES = 120

# Formats whose places are single values or cues: nobody reads these one by one.
SHORT_PLACES = {"application/json", "application/jsonl", "application/x-subrip", "text/vtt"}
# No cell has so many heads.
MOST_LABELS = 60

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
        image: of the page, with a group of boxes for each of `list_marks`; None to show its text.
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


def list_marks(citation: Citation) -> list[tuple[str, Span]]:
    """Return what of a document a citation marks, and as what.

    ``quoted`` is the quotation, ``answer`` the short answer in it; the rest are labels by roles.
    """
    labels = [(label.role, Span(label.start, label.end)) for label in citation.labels[:MOST_LABELS]]
    answer = Span(citation.answer_start, citation.answer_end)
    return [("quoted", Span(citation.start, citation.end)), ("answer", answer), *labels]


def split_pages(document: Document) -> list[Span]:
    """Return the document's pages, or parts, in order; joined, they are its text.

    Where there are no pages, each place begins a part, if its format has places of many lines;
    long ones are cut.
    """
    end = len(document.text)
    if document.page_starts:
        starts = list(document.page_starts)
    else:
        lines = [match.start() for match in LINE.finditer(document.text) if match[0]]
        edges = sorted({0, *(place.start for place in _long_places(document)), end})
        starts = [at for edge in pairwise(edges) for at in _cut(lines, *edge)] or [0]
    return [Span(*pair) for pair in pairwise([*starts, end])]


def _cut(lines: list[int], start: int, end: int) -> list[int]:
    """Return where the parts between two offsets begin, of at most `PART_LINES` lines each."""
    inside = lines[bisect_left(lines, start) : bisect_left(lines, end)]
    return [start, *inside[PART_LINES::PART_LINES]]


def find_page(document: Document, offset: int) -> int:
    """Return the number of the page, from 1, on which ``offset`` stands."""
    return max(1, bisect_right([page.start for page in split_pages(document)], offset))


def find_place(document: Document, offset: int) -> Place | None:
    """Return the place of many lines that ``offset`` is in, None if it is in none."""
    places = _long_places(document)
    at = bisect_right(places, offset, key=lambda place: place.start)
    return places[at - 1] if at else None


def _long_places(document: Document) -> tuple[Place, ...]:
    return () if document.media_type in SHORT_PLACES else document.places


def clip_to_page(page: Span, span: Span) -> Span:
    """Return what of a span is on a page; an empty one if nothing is."""
    return Span(*(min(max(offset, page.start), page.end) for offset in span))


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
        drawn. Boxes are those of PDFium's characters, or of words that were read off the page. The
        page is the citation's where none is given.
        """
        document = view.document
        if document is None:
            return view
        page = view.page or find_page(document, view.citation.start)
        view = replace(view, page=page)
        if not document.page_starts:
            return replace(view, note=self._note(document))
        whole = split_pages(document)[page - 1]
        marked = [clip_to_page(whole, span) for _, span in list_marks(view.citation)]
        on_page = [Span(start - whole.start, end - whole.start) for start, end in marked]
        try:
            with self._lock:
                file, member = self._locate(document)
                image, digest = self._loader.view(file, page, on_page, PAGE_WIDTH, member)
        except LoadError as error:
            note = self._note(document) or f"The page cannot be shown: {error}."
            return replace(view, note=note)
        if digest != document.sha256:
            return replace(view, note=CHANGED)
        if recognised_boxes(document, whole):
            boxes = tuple(recognised_boxes(document, span) for span in marked)
            image = replace(image, boxes=boxes)
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
