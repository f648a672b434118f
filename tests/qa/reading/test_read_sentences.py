"""Sentences, and how much of the answer the network sees in each."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document, Span, sentence_spans
from qa.reading.model import Window, WindowScores
from qa.reading.sentences import LEAST_LOG_SHARE, ReadSentence, read_sentences
from qa.reading.spans import Context, read_windows
from tests.qa.reading.test_spans import RuleModel, context

TREES = "The oak fell. An elm grew. It was dry."


def by_text(found: list[ReadSentence]) -> dict[str, ReadSentence]:
    """Return the sentences by their text, which none of them shares with another."""
    assert len({sentence.text for sentence in found}) == len(found)
    return {sentence.text: sentence for sentence in found}


def log_sum(values: list[float]) -> float:
    """Return the logarithm of a sum of exponentials, by its definition."""
    return float(np.log(np.exp(np.array(values, np.float64)).sum()))


def test_the_shares_are_those_of_all_windows_together() -> None:
    """Catches a softmax over one passage or one sentence, and the best token for the sum."""
    scores = {"oak": 3.0, "fell": 2.0, "elm": 2.5, "ash": 4.0}
    model = RuleModel(scores, {})
    two = context("The ash stands.", 1)
    found = by_text(read_sentences(model, "what fell?", [context(TREES, 0), two]))
    words = {
        "The oak fell.": [3.0, 2.0, -5.0, -5.0],
        "An elm grew.": [2.5, -5.0, -5.0, -5.0],
        "It was dry.": [-5.0] * 4,
        "The ash stands.": [4.0, -5.0, -5.0, -5.0],
    }
    total = log_sum([score for sentence in words.values() for score in sentence])
    assert found.keys() == words.keys()
    for text, values in words.items():
        assert found[text].starts == pytest.approx(log_sum(values) - total, abs=1e-5)
        assert found[text].ends == pytest.approx(log_sum(values) - total, abs=1e-5)


class Noise(RuleModel):
    """Scores tokens at random, each of a window by itself, the same each time."""

    def __init__(self, seed: int) -> None:
        super().__init__({}, {})
        self._seed = seed

    def score(self, windows: Sequence[Window]) -> list[WindowScores]:
        """Return random scores."""
        chance = np.random.default_rng(self._seed)
        drawn = [chance.normal(0, 4, (2, len(w.starts))).astype(np.float32) for w in windows]
        return [WindowScores(starts, ends, 0.0) for starts, ends in drawn]


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_the_shares_are_those_of_brute_force(seed: int) -> None:
    """Catches a window, a token or a reading of a sentence that is left out or counted twice."""
    long = " ".join(f"Sentence {n} tells of the lamp, and of the keeper." for n in range(80))
    document = context(long, 0).document
    second = Span(long.index("Sentence 60"), len(long))
    contexts = [
        Context(document, Span(0, second.start + 110), long[: second.start + 110], "", 0),
        Context(document, second, long[second.start :], "", 1),
        context(TREES, 2),
    ]
    model = Noise(seed)
    windows = read_windows(model, "what?", contexts)
    assert len(windows) > 3
    sides = [(np.exp(w.scores.starts), np.exp(w.scores.ends)) for w in windows]
    totals = [sum(float(side[k].sum()) for side in sides) for k in (0, 1)]
    expected: dict[tuple[str, Span], tuple[float, float]] = {}
    for read, side in zip(windows, sides, strict=True):
        offset = read.context.span.start
        for span in sentence_spans(read.context.document, *read.context.span):
            inside = (read.window.starts + offset < span.end) & (
                read.window.ends + offset > span.start
            )
            if not inside.any():
                continue
            share = [float(side[k][inside].sum()) / totals[k] for k in (0, 1)]
            logs = [max(LEAST_LOG_SHARE, float(np.log(part))) for part in share]
            key = read.context.document.id, span
            expected[key] = max(expected.get(key, (-99.0, -99.0)), (logs[0], logs[1]), key=sum)
    found = read_sentences(model, "what?", contexts)
    assert {(s.context.document.id, s.span) for s in found} == expected.keys()
    assert len(found) == len(expected)
    for sentence in found:
        shares = expected[sentence.context.document.id, sentence.span]
        assert (sentence.starts, sentence.ends) == pytest.approx(shares, abs=1e-4)


@given(st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3))
def test_the_shares_of_one_window_make_a_whole(scores: list[float]) -> None:
    """Catches tokens that count for no sentence or for two, and a share below the least one."""
    words = dict(zip(("oak", "elm", "dry"), scores, strict=True))
    found = read_sentences(RuleModel(words, {}), "what fell?", [context(TREES, 0)])
    assert sum(np.exp(s.starts) for s in found) == pytest.approx(1.0, abs=1e-5)
    assert all(LEAST_LOG_SHARE <= s.starts == s.ends <= 1e-9 for s in found)


def test_a_start_and_an_end_are_told_apart() -> None:
    """Catches the share of the end in the place of that of the start."""

    class Telling(RuleModel):
        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            scored = super().score(windows)
            scored[0].starts[1] = 9.0
            scored[0].ends[5] = 9.0
            return scored

    first, second, _ = read_sentences(Telling({}, {}), "what fell?", [context(TREES, 0)])
    assert first.starts > -0.01 > -5.0 > first.ends
    assert second.ends > -0.01 > -5.0 > second.starts


def test_the_best_span_overlaps_its_sentence() -> None:
    """Catches the best span of another sentence, and none where a better one overlaps nothing.

    One span goes over two sentences, which both have it; the third has only its own words.
    """

    class Spanning(RuleModel):
        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            scored = super().score(windows)
            scored[0].starts[:] = -5.0
            scored[0].ends[:] = -5.0
            scored[0].starts[1], scored[0].ends[6] = 9.0, 8.0
            scored[0].starts[9], scored[0].ends[9] = -4.0, -4.5
            return scored

    found = read_sentences(Spanning({}, {"elm": 2.0}), "what fell?", [context(TREES, 0)])
    assert [s.best.text for s in found] == ["oak fell. An elm grew", "oak fell. An elm grew", "was"]
    assert [s.best.score for s in found] == [17.0, 17.0, -8.5]
    assert [s.best.tokens for s in found] == [6, 6, 1]
    assert [s.best.null_score for s in found] == [2.0] * 3


def test_a_sentence_without_a_span_among_the_best_has_its_own() -> None:
    """Catches a sentence that has no span because its window has three better ones."""
    text = "Oak oak. Elm elm. Ash ash. Pine pine."
    model = RuleModel({"oak": 5.0, "elm": 4.0, "ash": 3.0, "pine": 2.0}, {})
    found = read_sentences(model, "what?", [context(text, 0)])
    assert [(s.text, s.best.score) for s in found] == [
        ("Oak oak.", 10.0),
        ("Elm elm.", 8.0),
        ("Ash ash.", 6.0),
        ("Pine pine.", 4.0),
    ]
    last = found[-1]
    assert last.span.start <= last.best.span.start < last.best.span.end <= last.span.end


def test_a_sentence_that_two_contexts_share_is_read_once_where_it_is_likelier() -> None:
    """Catches a sentence that competes with itself, and the reading that saw less of it."""

    class Preferring(RuleModel):
        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            scored = super().score(windows)
            scored[preferred].starts[:] += 3.0
            return scored

    document = context(TREES, 0).document
    span = Span(14, len(TREES))
    contexts = [
        Context(document, Span(0, len(TREES)), TREES, "", 0),
        Context(document, span, TREES[14:], "", 1),
    ]
    for preferred in (0, 1):
        found = read_sentences(Preferring({"elm": 2.0}, {}), "what?", contexts)
        assert [s.text for s in sorted(found, key=lambda s: s.span)] == [
            "The oak fell.",
            "An elm grew.",
            "It was dry.",
        ]
        assert by_text(found)["An elm grew."].context.rank == preferred
        assert [s.context.rank for s in found] == sorted(s.context.rank for s in found)


def test_a_long_text_is_read_in_several_windows_each_sentence_once() -> None:
    """Catches only the first window being read, a sentence for each window, and wrong offsets."""
    text = " ".join(f"Sentence {n} tells of the lamp." for n in range(200)) + " The oak fell."
    model = RuleModel({"oak": 3.0}, {})
    contexts = [context(text, 0, start=0)]
    assert len(read_windows(model, "what?", contexts)) > 2
    found = read_sentences(model, "what?", contexts)
    assert [s.span for s in found] == sentence_spans(contexts[0].document)
    best = max(found, key=lambda s: s.starts)
    assert (best.text, best.best.text) == ("The oak fell.", "oak")


def test_offsets_are_the_documents() -> None:
    """Catches offsets counted from the context's beginning."""
    (only,) = read_sentences(RuleModel({"elm": 3.0}, {}), "what?", [context(TREES, 0, 14, 26)])
    assert (only.span, only.best.span) == (Span(14, 26), Span(17, 20))
    assert only.text == "An elm grew."


def test_there_is_nothing_to_read() -> None:
    """Catches a crash without passages, or with a passage without words."""
    model = RuleModel({}, {})
    assert read_sentences(model, "what?", []) == []
    assert read_sentences(model, "what?", [context("  ", 0)]) == []
    blank = Document("a.txt", "", "text/plain", "0" * 64, "")
    assert read_sentences(model, "", [Context(blank, Span(0, 0), "", "", 0)]) == []
