"""Spans from scores of tokens, within one window and across passages."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Span
from index import Encoder, PassageIndex, build
from qa.question import understand
from qa.reading.model import SpanModel, Window, WindowScores
from qa.reading.spans import (
    LONGEST,
    Context,
    best_spans,
    build_contexts,
    find_spans,
    log_total,
)
from qa.retriever import Retriever

SCORES = st.lists(st.floats(-20, 20, width=32), max_size=60)


@given(starts=SCORES, data=st.data())
def test_best_spans_are_those_of_brute_force(starts: list[float], data: st.DataObject) -> None:
    """Catches an end before its start, a long span, one that overlaps a better one, a worse one."""
    n = len(starts)
    ends = data.draw(st.lists(st.floats(-20, 20, width=32), min_size=n, max_size=n))
    first, last = np.array(starts, np.float32), np.array(ends, np.float32)
    found = best_spans(first, last, 3)
    left = {(i, j) for i in range(n) for j in range(i, min(n, i + LONGEST))}
    for span in found:
        best = max(first[i] + last[j] for i, j in left)
        assert first[span.start] + last[span.end] == best == span.score
        assert (span.start, span.end) in left
        left = {(i, j) for i, j in left if j < span.start or i > span.end}
    assert len(found) == 3 or not left


def test_a_document_without_subject_is_read_under_its_name(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Catches "we" read without a word of who that may be, and a name put before a title."""
    (tmp_path / "kestrel-2019.txt").write_text("We employed 412 people in two countries.")
    (tmp_path / "merlin.txt").write_text("Osprey report\n\nWe employed 97 people in one.")
    build(tmp_path, encoder)
    index = PassageIndex.open(tmp_path / ".pincite", encoder)
    with index.snapshot():
        hits = Retriever(index).retrieve(understand("How many people are employed?"), 9)
        headings = {s.document.id: s.heading for s in build_contexts(index, hits)}
    index.close()
    assert headings == {"kestrel-2019.txt": "kestrel 2019", "merlin.txt": "Osprey report"}


class RuleModel(SpanModel):
    """Scores tokens by a table, so that tests know what the network says."""

    def __init__(self, table: dict[str, float], none: dict[str, float]) -> None:
        super().__init__(SpanModel.shipped().folder)
        self._table, self._none = table, none

    def score(self, windows: Sequence[Window]) -> list[WindowScores]:
        """Return for each token of a window the score of its word."""
        scored = []
        for window in windows:
            ids = window.ids[window.text_start : -1].tolist()
            words = [str(self._tokenizer.id_to_token(id_)) for id_ in ids]
            values = np.array([self._table.get(word, -5.0) for word in words], np.float32)
            none = max((self._none.get(word, -9.0) for word in words), default=0.0)
            scored.append(WindowScores(values, values.copy(), none))
        return scored


def context(text: str, place: int, start: int = 0, end: int | None = None) -> Context:
    """Return a context of a document named after its place."""
    document = Document(f"{place}.txt", "", "text/plain", "0" * 64, text)
    span = Span(start, len(text) if end is None else end)
    return Context(document, span, text[span.start : span.end], "", place)


def test_spans_of_all_passages_are_compared() -> None:
    """Catches spans in the order of their passages, and offsets into the context."""
    model = RuleModel({"oak": 3.0, "elm": 2.0}, {"oak": 1.0, "elm": 4.0})
    one, two = context("far away an elm grew", 0, start=9), context("the oak fell", 1)
    found = find_spans(model, "what fell?", [one, two])
    assert [c.text for c in found[:2]] == ["oak", "elm"]
    assert found[1].span == Span(12, 15)
    assert [c.score for c in found[:2]] == [6.0, 4.0]
    assert [c.null_score for c in found[:2]] == [1.0, 4.0]


@given(st.lists(SCORES, max_size=4))
def test_a_total_is_the_logarithm_of_the_sum_of_exponentials(windows: list[list[float]]) -> None:
    """Catches a total of one window alone, an overflow, and an error over nothing."""
    values = np.array([score for window in windows for score in window], np.float64)
    with np.errstate(divide="ignore"):
        expected = np.log(np.exp(values).sum())
    found = log_total([np.array(window, np.float32) for window in windows])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert log_total([np.array([1000.0, 1000.0], np.float32)]) == pytest.approx(1000 + np.log(2))


def test_what_two_stretches_share_is_found_once() -> None:
    """Catches one place of a document competing with itself."""
    text = "the oak fell on the road"
    model = RuleModel({"oak": 3.0}, {})
    one = context(text, 0)
    two = Context(one.document, Span(4, len(text)), text[4:], "", 1)
    found = find_spans(model, "what fell?", [one, two])
    assert [c.text for c in found].count("oak") == 1


def test_a_text_of_several_windows_is_read_to_its_end() -> None:
    """Catches only the first window being read, and offsets counted from the window."""
    text = "word " * 700 + "oak"
    found = find_spans(RuleModel({"oak": 3.0}, {}), "what fell?", [context(text, 0)])
    assert found[0].text == "oak"
    assert found[0].span == Span(3500, 3503)


def test_nothing_is_found_in_nothing() -> None:
    """Catches a crash without passages, or with a passage without words."""
    model = RuleModel({}, {})
    assert find_spans(model, "what?", []) == []
    assert find_spans(model, "what?", [context("  ", 0)]) == []
