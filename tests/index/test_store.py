"""The store: one transaction a change, and nothing lost or mixed up on the way."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import (
    Document,
    FoundFile,
    Heading,
    IndexMissing,
    LoadedFile,
    Metadata,
    Passage,
    Span,
)
from index import HashEncoder, Store, config_of
from index.config import IndexConfig
from index.store import ORIGINS

CONFIG = config_of(HashEncoder(), 200)
TEXT = "Lamp\nIt is lit \U0001f4a1.\r\nPage 1\n"


def document(id_: str = "a/b.txt", text: str = TEXT) -> Document:
    headings = (Heading(0, 5, 1, "Lamp"),)
    return Document(id_, "Tïtle", "text/plain", "f" * 64, text, (0, 5), headings, (Span(20, 26),))


def stage(store: Store, doc: Document, *keys: bytes | None) -> None:
    """Stage a document whose passages are one character long each."""
    passages = [
        (Passage(doc.id, i, i + 1, "Lamp"), "lamp" if key else None, key)
        for i, key in enumerate(keys)
    ]
    loaded = LoadedFile(doc.sha256, (doc,))
    store.stage(FoundFile(doc.id, Path(doc.id), 1, 2, 3), loaded, [passages])


def publish(store: Store, generation: int, removed: tuple[int, ...] = ()) -> None:
    store.publish(config=CONFIG, generation=generation, removed=removed, kept=(), skipped=())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path)
    store.begin_staging(CONFIG, ())
    return store


def test_a_document_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    """Catches maps, odd characters or line ends lost in the database."""
    stage(store, document(), b"k1", None)
    assert store.files() == {}
    with pytest.raises(KeyError):
        store.document("a/b.txt")
    with pytest.raises(IndexMissing):
        Store.open(tmp_path)
    publish(store, 1)
    reader = Store.open(tmp_path)
    assert reader.document("a/b.txt") == document()
    assert (reader.config, reader.generation) == (CONFIG, 1)
    row = reader.files()["a/b.txt"]
    assert (row.sha256, row.size, row.mtime_ns, row.ctime_ns) == ("f" * 64, 1, 2, 3)
    assert [(p.passage, p.text_key) for p in reader.passages_in(row.row)] == [
        (Passage("a/b.txt", 0, 1, "Lamp"), b"k1"),
        (Passage("a/b.txt", 1, 2, "Lamp"), None),
    ]
    first, second = (p.id for p in reader.passages_in(row.row))
    assert reader.searchable_ids([row.row]) == [first]
    assert reader.passages([second, 999]) == {second: Passage("a/b.txt", 1, 2, "Lamp")}
    reader.close()
    store.close()


def test_documents_are_chosen_without_reading_them(store: Store) -> None:
    """Catches authors and dates looked for in the maps, staged documents listed, a lost order."""
    for id_, said in {"b.txt": Metadata("Ann", "2013"), "a/c.txt": Metadata("", "2014-05")}.items():
        stage(store, replace(document(id_), metadata=said), b"k1")
    publish(store, 1)
    stage(store, replace(document("late.txt"), metadata=Metadata("Bo", "2015")), b"k1")
    listed = store.list_origins()
    assert [(d.id, d.author, d.date) for d in listed] == [
        ("a/c.txt", "", "2014-05"),
        ("b.txt", "Ann", "2013"),
    ]
    assert [(d.id, d.author, d.date) for d in store.list_documents()] == [
        (d.id, d.author, d.date) for d in listed
    ]
    plan = store._db.execute(f"EXPLAIN QUERY PLAN {ORIGINS}").fetchall()
    assert any("COVERING INDEX documents_origins" in row[3] for row in plan)


def test_vectors_come_back_in_the_order_asked_for(store: Store) -> None:
    """Catches rows in the database's order, and a missing vector filled with zeros."""
    stage(store, document(), b"k1", b"k2", b"k1", b"k3")
    ids = [p.id for p in store.passages_in(store.documents(live=False)["a/b.txt"].row)]
    assert store.find_unencoded() == {1: {ids[0], ids[1], ids[3]}}
    store.put_vectors([b"k2", b"k1"], np.array([[1, 0.5], [0, 2]], np.float32))
    assert store.find_unencoded() == {1: {ids[3]}}
    assert store.find_unencoded(again=True) == {1: {ids[0], ids[1], ids[3]}}
    asked = [ids[2], ids[1], ids[0]]
    assert store.vectors(asked).tolist() == [[0, 2], [1, 0.5], [0, 2]]
    with pytest.raises(ValueError, match="1 of 2 passages have a vector"):
        store.vectors([ids[0], ids[3]])
    store.close()


def test_publishing_drops_what_nothing_needs_and_keeps_what_is_shared(store: Store) -> None:
    """Catches passages without a document, vectors kept for ever, and shared vectors dropped."""
    stage(store, document("a"), b"k1", b"k2")
    stage(store, document("b"), b"k2", b"k3")
    store.put_vectors([b"k1", b"k2", b"k3"], np.eye(3, dtype=np.float32))
    publish(store, 1)
    assert store.count() == {"documents": 2, "passages": 4, "skipped": 0, "vectors": 3, "unread": 0}
    publish(store, 2, removed=(store.files()["a"].row,))
    assert store.count() == {"documents": 1, "passages": 2, "skipped": 0, "vectors": 2, "unread": 0}
    assert store.find_damage() is None
    store.close()


def test_documents_may_swap_their_paths(store: Store) -> None:
    """Catches a unique path that is violated half-way."""
    stage(store, document("a", "of a"), b"k1")
    stage(store, document("b", "of b"), b"k1")
    publish(store, 1)
    a, b = (store.files()[path].row for path in "ab")
    kept = [(a, FoundFile("b", Path("b"), 7, 8, 9)), (b, FoundFile("a", Path("a"), 4, 5, 6))]
    store.publish(config=CONFIG, generation=2, removed=(), kept=kept, skipped=())
    assert (store.document("a").text, store.document("b").text) == ("of b", "of a")
    assert (store.files()["b"].row, store.files()["b"].ctime_ns) == (a, 9)
    store.close()


def test_a_staged_document_stands_beside_the_live_one(store: Store) -> None:
    """Catches a change that is answered from before it is published."""
    stage(store, document("a", "old"), b"k1")
    publish(store, 1)
    row = store.files()["a"].row
    stage(store, document("a", "newer"), b"k2")
    stage(store, document("a", "newest"), b"k3")
    assert store.document("a").text == "old"
    assert len(store.files(live=False)) == 1
    publish(store, 2, removed=(row,))
    assert store.document("a").text == "newest"
    store.close()


def test_what_was_staged_for_another_shape_is_dropped(store: Store) -> None:
    """Catches passages of the old size published with the new ones."""
    stage(store, document("a"), b"k1")
    stage(store, document("b"), b"k1")
    store.begin_staging(CONFIG, ["a"])
    assert store.files(live=False).keys() == {"b"}
    store.begin_staging(IndexConfig(1, "hash", "hash-256", 64), ())
    assert store.files(live=False) == {}
    assert store.staged_config == IndexConfig(1, "hash", "hash-256", 64)
    store.close()


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    """Catches half a change."""
    stage(store, document("a"), b"k1")
    with pytest.raises(sqlite3.ProgrammingError):
        stage(store, document("b"), b"k1", object())  # type: ignore[arg-type]
    assert store.files(live=False).keys() == {"a"}
    store.close()


def test_a_passage_id_is_never_used_again(store: Store) -> None:
    """Catches a new passage that inherits a removed one's place in the search files."""
    stage(store, document("a"), b"k1", b"k2")
    publish(store, 1)
    row = store.files()["a"].row
    used = set(store.searchable_ids([store.documents()["a"].row]))
    publish(store, 2, removed=(row,))
    stage(store, document("a"), b"k1", b"k2")
    assert used.isdisjoint(store.searchable_ids([store.documents(live=False)["a"].row]))
    store.close()
