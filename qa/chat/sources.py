"""The files behind the documents, as they are now: page images, and whether they have changed."""

import threading
from pathlib import Path

from corpus import Document, FileLoader, LoadError, PageView, Span, file_sha256

__all__ = ["Sources"]

# In pixels: sharp on a screen with two pixels a point.
PAGE_WIDTH = 1400
GONE = "The file is gone. This is its text as it was indexed."
CHANGED = "The file has changed since it was indexed. This is its text as it was indexed."


class Sources:
    """The folder of an index; safe to share between threads.

    Args:
        folder: the documents.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loader = FileLoader()
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process that draws pages."""
        with self._lock:
            self._loader.close()

    def file(self, document: Document) -> Path:
        """Return where the document's file is, or was."""
        return self._folder / document.id

    def unchanged(self, document: Document) -> bool:
        """Return whether the document's file is still as it was indexed."""
        return not self._note(document)

    def page(
        self, document: Document, number: int, spans: tuple[Span, ...]
    ) -> tuple[PageView | None, str]:
        """Draw a page of a document as it was indexed.

        Args:
            document: whose page it is.
            number: of the page, from 1.
            spans: of the page's characters; the image comes with their boxes.

        Returns:
            The page, or None for formats without pages and for files that have changed or cannot be
            drawn; and what to tell about the file, empty if nothing.
        """
        if not document.page_starts:
            return None, self._note(document)
        try:
            with self._lock:
                view, digest = self._loader.view(self.file(document), number, spans, PAGE_WIDTH)
        except LoadError as error:
            return None, self._note(document) or f"The page cannot be shown: {error}."
        return (view, "") if digest == document.sha256 else (None, CHANGED)

    def _note(self, document: Document) -> str:
        try:
            return "" if file_sha256(self.file(document)) == document.sha256 else CHANGED
        except OSError:
            return GONE
