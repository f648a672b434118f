"""Pages that are images, read after all else of a build is published."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from corpus import (
    Document,
    FileLoader,
    IndexMissing,
    LoadedFile,
    LoadError,
    RecognisedPage,
    add_recognised,
    file_sha256,
)
from index.store import Store

__all__ = ["find_recognised", "read_scans"]

logger = logging.getLogger(__name__)


def find_recognised(
    index_folder: Path, sha256: str, pages: Sequence[int]
) -> dict[int, RecognisedPage]:
    """Return what was read off pages of the document with these bytes, as far as it is kept.

    Args:
        index_folder: where the index is; nothing is kept where there is none.
        sha256: of the document.
        pages: their numbers, from 1.

    Raises:
        IndexDamaged: if the index cannot be read.
    """
    try:
        store = Store.open(index_folder)
    except IndexMissing:
        return {}
    with closing(store):
        found = ((number, store.recognised_page(sha256, number)) for number in pages)
        return {number: page for number, page in found if page is not None}


def read_scans(
    store: Store, folder: Path, loader: FileLoader, on_page: Callable[[int, int], None]
) -> Iterator[tuple[str, LoadedFile]]:
    """Yield the path of each live file with unread pages, and its documents with them read.

    What was read off a page is kept in the store at once: a build that is killed reads no page
    twice. A page that cannot be read counts as empty until its file changes. A file that is not any
    more as it was indexed is left for the next build.

    Args:
        store: the index.
        folder: the documents.
        loader: reads the pages.
        on_page: is told after each page how many of how many have been read.
    """
    waiting = store.count_unread_pages()
    total, done = sum(waiting.values()), 0
    stored = store.files()
    on_page(done, total)
    for path, pages in sorted(waiting.items()):
        if _is_unchanged(folder / path, stored[path].sha256):
            loaded = store.loaded_file(path)
            documents = []
            for document in loaded.documents:
                member = document.id.removeprefix(path).removeprefix("/")
                read = {}
                for number in document.unread:
                    read[number] = _page(store, loader, folder / path, member, document, number)
                    done += 1
                    on_page(done, total)
                documents.append(add_recognised(document, read))
            yield path, replace(loaded, documents=tuple(documents))
        else:
            done += pages
            on_page(done, total)


def _is_unchanged(path: Path, sha256: str) -> bool:
    try:
        return file_sha256(path) == sha256
    except OSError:
        return False


def _page(
    store: Store, loader: FileLoader, path: Path, member: str, document: Document, number: int
) -> RecognisedPage:
    kept = store.recognised_page(document.sha256, number)
    if kept is not None:
        return kept
    try:
        page = loader.recognise(path, number, member)
    except LoadError as error:
        logger.warning("page %d of %s could not be read: %s", number, document.id, error)
        return RecognisedPage("")
    store.keep_recognised(document.sha256, number, page)
    return page
