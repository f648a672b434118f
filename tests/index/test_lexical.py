"""BM25 against its formula, written out."""

from collections import defaultdict
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import IndexDamaged
from index import write_lexical
from index.lexical import LexicalIndex

K1, B = 1.2, 0.75
DOCUMENTS = {
    1: ["the", "lamp", "is", "lit", "at", "night"],
    2: ["the", "horn", "and", "the", "lamp"],
    5: ["paint", "the", "boat"],
}


def make(folder: Path, documents: dict[int, list[str]]) -> LexicalIndex:
    write_lexical(folder, [], documents.items(), None)
    return LexicalIndex(folder)


def found(lexical: LexicalIndex, question: str, k: int = 100) -> list[tuple[int, float]]:
    ids, scores = lexical.search(question.split(), k)
    return list(zip(ids.tolist(), scores.tolist(), strict=True))


def bm25(documents: dict[int, list[str]], question: str, k: int = 100) -> list[tuple[int, float]]:
    """Score every document by the formula of Robertson and Zaragoza (2009)."""
    average = sum(map(len, documents.values())) / max(1, len(documents))
    scores: defaultdict[int, float] = defaultdict(float)
    for term in set(question.split()):
        having = [id_ for id_, terms in documents.items() if term in terms]
        idf = log(1 + (len(documents) - len(having) + 0.5) / (len(having) + 0.5))
        for id_ in having:
            frequency = documents[id_].count(term)
            length = 1 - B + B * len(documents[id_]) / average
            scores[id_] += idf * frequency * (K1 + 1) / (frequency + K1 * length)
    return sorted(scores.items(), key=lambda hit: (-round(hit[1], 5), hit[0]))[:k]


def test_scores_are_the_formula_counted_by_hand(tmp_path: Path) -> None:
    """Catches another idf, another k1 or b, a missing factor, and question terms counted twice."""
    lexical = make(tmp_path / "l", DOCUMENTS)
    the = log(1 + (3 - 3 + 0.5) / (3 + 0.5))
    lamp = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (6 + 5 + 3) / 3
    six, five, three = (1.2 * (0.25 + 0.75 * length / average) for length in (6, 5, 3))
    ids, scores = lexical.search(["the", "lamp", "the"], 9)
    assert ids.tolist() == [2, 1, 5]
    assert scores.tolist() == pytest.approx(
        [
            the * 2 * 2.2 / (2 + five) + lamp * 2.2 / (1 + five),
            (the + lamp) * 2.2 / (1 + six),
            the * 2.2 / (1 + three),
        ],
        rel=1e-5,
    )


def test_a_term_in_every_passage_still_counts(tmp_path: Path) -> None:
    """Catches an idf that drops frequent terms: a folder on one subject would find nothing."""
    lexical = make(tmp_path / "l", DOCUMENTS)
    assert lexical.document_frequency("the") == 3
    assert min(score for _, score in found(lexical, "the")) > 0


TERMS = st.lists(st.sampled_from("abcdefgh"), max_size=39)
CORPORA = st.dictionaries(st.integers(0, 2**40), TERMS, max_size=12)


@settings(max_examples=40)
@given(CORPORA, st.lists(st.sampled_from("abcdefghz"), max_size=4).map(" ".join))
@example({}, "a")
@example({3: [], 4: ["a"]}, "a")
def test_scores_are_the_formula(
    tmp_path_factory: pytest.TempPathFactory, documents: dict[int, list[str]], question: str
) -> None:
    """Catches short lengths rounded, empty passages not counted, and ids in order of rank."""
    lexical = make(tmp_path_factory.mktemp("l") / "l", documents)
    assert len(lexical) == len(documents)
    expected = bm25(documents, question)
    hits = found(lexical, question)
    assert dict(hits) == pytest.approx(dict(expected), rel=1e-4)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    for term in "abz":
        assert lexical.document_frequency(term) == sum(term in t for t in documents.values())


def test_equal_scores_are_ordered_by_id_and_k_is_the_most(tmp_path: Path) -> None:
    """Catches an order by insertion, and more or fewer hits than asked for."""
    lexical = make(tmp_path / "l", {9: ["a"], 2: ["a"], 5: ["a"], 1: ["a", "b"]})
    assert [id_ for id_, _ in found(lexical, "a")] == [2, 5, 9, 1]
    assert len(found(lexical, "a", 3)) == 3
    assert found(lexical, "a", 0) == found(lexical, "") == found(lexical, "z") == []


def test_deleting_really_deletes_and_leaves_the_generation_before_as_it_was(tmp_path: Path) -> None:
    """Catches tantivy's silent delete by term, and files that two generations both write to."""
    before = make(tmp_path / "1", DOCUMENTS)
    files = {path.name: path.read_bytes() for path in (tmp_path / "1").iterdir()}
    write_lexical(tmp_path / "2", [1, 5], [(7, ["lamp"]), (1, ["boat"])], tmp_path / "1")
    after = LexicalIndex(tmp_path / "2")
    assert len(after) == 3
    assert {id_ for id_, _ in found(after, "lamp lit paint boat the")} == {1, 2, 7}
    assert [id_ for id_, _ in found(after, "boat")] == [1]
    write_lexical(tmp_path / "3", [2], [], tmp_path / "2")
    for lexical in (before, LexicalIndex(tmp_path / "1")):
        assert dict(found(lexical, "the lamp")) == pytest.approx(dict(bm25(DOCUMENTS, "the lamp")))
    assert {p.name: p.read_bytes() for p in (tmp_path / "1").iterdir()} == files
    assert len(after) == 3


def test_a_folder_on_disk_is_not_needed_any_more(tmp_path: Path) -> None:
    """Catches a reader that fails when a build removes the generation that it holds."""
    lexical = make(tmp_path / "l", DOCUMENTS)
    for path in (tmp_path / "l").iterdir():
        path.unlink()
    assert found(lexical, "the lamp")[0][0] == 2


def test_deleting_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """Catches two indexes that drift apart without a word."""
    make(tmp_path / "1", DOCUMENTS)
    with pytest.raises(ValueError, match="3 passages are indexed instead of 2"):
        write_lexical(tmp_path / "2", [99], [], tmp_path / "1")


def test_a_missing_or_damaged_folder_says_so(tmp_path: Path) -> None:
    """Catches tantivy's own words."""
    with pytest.raises(FileNotFoundError):
        LexicalIndex(tmp_path / "l")
    make(tmp_path / "l", DOCUMENTS)
    (tmp_path / "l" / "meta.json").write_text("{")
    with pytest.raises(IndexDamaged, match="is damaged; run `pincite build"):
        LexicalIndex(tmp_path / "l")
    make(tmp_path / "m", DOCUMENTS)
    for path in (tmp_path / "m").glob("*.term"):
        path.unlink()  # a new file: cutting off one that is still mapped kills the process
        path.write_bytes(b"")
    with pytest.raises(IndexDamaged, match="is damaged; run `pincite build"):
        LexicalIndex(tmp_path / "m")


@settings(max_examples=30, deadline=None)
@given(only=st.sets(st.sampled_from([1, 2, 5, 9])), k=st.integers(1, 4))
def test_a_search_among_some_finds_those_with_their_scores(
    tmp_path_factory: pytest.TempPathFactory, only: set[int], k: int
) -> None:
    """Catches scores that depend on the choice, and a choice made after the k best are found."""
    lexical = make(tmp_path_factory.mktemp("l") / "l", DOCUMENTS)
    ids, scores = lexical.search(["the", "lamp"], k, np.array(sorted(only), np.int64))
    wanted = [hit for hit in found(lexical, "the lamp") if hit[0] in only][:k]
    assert list(zip(ids.tolist(), scores.tolist(), strict=True)) == wanted
