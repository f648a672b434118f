"""BM25 over terms, with tantivy (k1 = 1.2, b = 0.75), and the terms that it counts."""

import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import tantivy

from corpus import IndexDamaged
from index.dense import Ids
from index.encoding import Vectors

__all__ = ["LexicalIndex", "fold", "terms", "write_lexical"]

# Scripts written without spaces between words are searched by pairs of characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)+)|(?P<unspaced>[{UNSPACED}]+)|(?P<word>(?:(?![{UNSPACED}])[^\W_])+"
    rf"(?:['’](?:(?![{UNSPACED}])[^\W_])+)*)"
)
ACCENT = re.compile("[\u0300-\u036f]")
LONGEST_TERM = 64


def fold(text: str) -> str:
    """Return ``text`` without what does not count where words are compared: case and accents."""
    folded = ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", folded)


def terms(text: str) -> list[str]:
    """Return the search terms of ``text`` in order, repeats included.

    Words are case-folded, freed of accents and reduced to their English stem; numbers lose their
    thousands separators; runs of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese characters
    become overlapping pairs.
    """
    found: list[str] = []
    for match in TOKEN.finditer(fold(text)):
        token = match.group()[:LONGEST_TERM]
        if match.lastgroup == "number":
            found.append(token.replace(",", ""))
        elif match.lastgroup == "unspaced":
            run = match.group()
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        else:
            found.append(_stem(token.replace("’", "'")))
    return found


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_stemmer(threading.get_ident()).stemWord(word))


@lru_cache(maxsize=64)
def _stemmer(thread: int) -> Any:  # noqa: ANN401, ARG001 - no types; a stemmer serves one thread
    import Stemmer

    return Stemmer.Stemmer("english")


ANALYZER = "terms"
HEAP_BYTES = 128_000_000
# A temporary folder that cannot be removed is left rather than waited for.
REMOVALS = 100
OWN_FILES = ("meta.json", ".managed.json")  # rewritten by each commit; segments never are


def write_lexical(
    folder: Path,
    removed: Iterable[int],
    added: Iterable[tuple[int, Sequence[str]]],
    previous: Path | None,
) -> None:
    """Write a BM25 index into the new folder ``folder``.

    Args:
        folder: is made; must not exist.
        removed: ids that ``previous`` holds and the new index does not.
        added: ids with their terms (no term holds white space).
        previous: an index to start from; its files are linked, never changed. None starts empty.

    Raises:
        ValueError: if an id of ``removed`` is not in ``previous``.
    """
    folder.mkdir()
    if previous is not None:
        _link_files(previous, folder)
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name=ANALYZER, index_option="freq")
    index = tantivy.Index(builder.build(), path=str(folder))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(ANALYZER, analyzer)
    expected = index.searcher().num_docs
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    # Deleting by term on an integer field deletes nothing and says nothing; by query it works.
    for id_ in removed:
        writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "id", id_))
        expected -= 1
    for id_, terms in added:
        writer.add_document(tantivy.Document(id=id_, terms=" ".join(terms)))
        expected += 1
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    if index.searcher().num_docs != expected:
        raise ValueError(f"{index.searcher().num_docs} passages are indexed instead of {expected}")
    for name in OWN_FILES:  # tantivy makes them for their owner alone; the rest is as umask says
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        (folder / name).write_bytes(content)


class LexicalIndex:
    """A BM25 index opened for searching.

    The score of a passage is the sum over the question's terms of
    ``idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average length))`` with
    ``idf = ln(1 + (N - n + 0.5) / (n + 0.5))``, which is positive for every term, so that words
    found in most passages still count (Robertson and Zaragoza 2009; lengths above 40 terms are
    rounded as Lucene does).

    Raises:
        OSError: if there is no index in ``folder``, or it may not be read.
        IndexDamaged: if its files do not fit together.
    """

    def __init__(self, folder: Path) -> None:
        (folder / "meta.json").open().close()  # which says why, if it cannot be read
        with _make_links(folder) as links:
            try:
                index = tantivy.Index.open(str(links))
            except ValueError as error:
                raise IndexDamaged(f"{folder} is damaged; run `pincite build`.") from error
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, terms: Iterable[str], k: int, only: Ids | None = None) -> tuple[Ids, Vectors]:
        """Return ids and scores, both of shape ``(n,)`` with ``n <= k``, best first, ties by id.

        A term counts once, however often the question has it. Which of several that tie for rank
        ``k`` are returned is not defined.

        Args:
            terms: of the question.
            k: how many to find.
            only: ids to choose from; None for all. It changes no score.
        """
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "terms", term, "freq"))
            for term in sorted(set(terms))
        ]
        if not wanted or k < 1 or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = tantivy.Query.boolean_query(wanted)
        if only is not None:
            among = tantivy.Query.term_set_query(self._schema, "id", only.tolist())
            free = tantivy.Query.const_score_query(among, 0.0)
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, free)])
        hits = self._searcher.search(query, k, count=False).hits
        addresses = [address for _, address in hits]
        ids = np.array(self._searcher.fast_field_values("id", addresses), np.int64)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((ids, -scores))
        return ids[order], scores[order]

    def document_frequency(self, term: str) -> int:
        """Return how many passages contain ``term``."""
        return int(self._searcher.doc_freq("terms", term))


@contextmanager
def _make_links(folder: Path) -> Iterator[Path]:
    """Make a folder of links to the files of ``folder``, for as long as the block runs.

    Opening an index takes a lock beside its files, and these may lie where nobody can write.
    """
    links = Path(mkdtemp(prefix="pincite-"))
    try:
        (links / "of").symlink_to(folder.resolve())
        for name in os.listdir(folder):
            if not name.startswith("."):
                (links / name).symlink_to(f"of/{name}")
        yield links
    finally:
        for _ in range(REMOVALS):  # tantivy's own thread may be making a lock there
            shutil.rmtree(links, ignore_errors=True)
            if not links.exists():
                break


def _link_files(source: Path, target: Path) -> None:
    """Give ``target`` the files of ``source``; segment files never change, so links are enough."""
    for path in source.iterdir():
        if path.name in OWN_FILES:
            shutil.copyfile(path, target / path.name)
        elif path.suffix != ".lock":
            try:
                os.link(path, target / path.name)
            except OSError:  # a file system without hard links
                shutil.copyfile(path, target / path.name)
