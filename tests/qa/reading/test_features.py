"""What speaks for a sentence, its words and a form of answer; each number by hand."""

from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np
import pytest

from corpus import Document, Passage, Span
from index import Encoder, PassageIndex, Vectors, build
from qa.question import Question, understand
from qa.reading.features import (
    FORM_FEATURES,
    LEAD,
    MOST_ITEMS,
    MOST_LEAD,
    SENTENCE_FEATURES,
    WORD_FEATURES,
    form_features,
    sentence_features,
    word_features,
)
from qa.reading.model import Window, WindowScores
from qa.reading.sentences import ReadSentence, read_sentences
from qa.reading.spans import Context, build_contexts
from qa.retriever import Retriever
from qa.types import Hit
from tests.prose import write_unrelated
from tests.qa.reading.test_spans import RuleModel

MOLE = "How many metres long is the mole of Troon?"


def reading_of(
    question: str, model: RuleModel, texts: Sequence[tuple[str, str]]
) -> tuple[list[ReadSentence], list[dict[str, float]]]:
    """Return the sentences of passages, given as heading and text, and the features of each."""
    hits, contexts = [], []
    for rank, (heading, text) in enumerate(texts):
        document = Document(f"{rank}.txt", "", "text/plain", "0" * 64, text)
        contexts.append(Context(document, Span(0, len(text)), text, heading, rank))
        passage = Passage(document.id, 0, len(text), "")
        hits.append(Hit(passage, 3.0 - rank / 2, 0.9 - rank / 4, rank + 1, 1.0, rank + 1))
    sentences = read_sentences(model, question, contexts)
    return sentences, named(sentence_features(understand(question), hits, sentences))


def named(values: Vectors) -> list[dict[str, float]]:
    """Return the features of each sentence by their names."""
    return [dict(zip(SENTENCE_FEATURES, row, strict=True)) for row in values.tolist()]


def test_features_are_what_their_names_say() -> None:
    """Catches features out of step with their names, which the fitted weights go by."""
    model = RuleModel({"300": 4.0, "310": 3.0}, {"mole": 2.0})
    texts = [
        ("Troon", "The mole is 300 metres long. It was fine. Nobody came."),
        ("Ayr", "It rained. The mole is 310 metres or so."),
    ]
    sentences, rows = reading_of(MOLE, model, texts)
    assert [s.text for s in sentences] == [
        "The mole is 300 metres long.", "It was fine.", "Nobody came.",
        "It rained.", "The mole is 310 metres or so.",
    ]  # fmt: skip
    best, fine, nobody, rained, other = rows
    assert set(best) == set(SENTENCE_FEATURES)
    for sentence, row in zip(sentences, rows, strict=True):
        assert row["share of the answer's start in the sentence, logarithm"] == pytest.approx(
            sentence.starts
        )
        assert row["share of the answer's end in the sentence, logarithm"] == pytest.approx(
            sentence.ends
        )
        assert row["length of the sentence in characters, logarithm"] == pytest.approx(
            log(1 + len(sentence.text))
        )
    firsts = [row["is the first of its passage"] for row in rows]
    assert firsts == [1, 0, 0, 1, 0]
    # Of "metres", "long", "the", "mole", "of", "Troon" the first passage has no "of", the second
    # no "long" and no "Troon" either.
    shares = [row["share of the question's terms in the passage"] for row in rows]
    assert shares == pytest.approx([5 / 6] * 3 + [0.5] * 2)
    assert [row["similarity of the passage"] for row in rows] == pytest.approx(
        [0.9] * 3 + [0.65] * 2
    )
    assert best["score of the span above that of no answer"] == 8.0 - 2.0
    assert other["score of the span above that of no answer"] == 6.0 - 2.0
    assert rained["score of the span above that of no answer"] == -10.0 - 2.0
    assert {row["score of no answer"] for row in rows} == {2.0}
    # "Troon" stands above the first passage, and nowhere near the second.
    misses = [row["names and numbers of the question that are not near"] for row in rows]
    assert misses == [0, 0, 0, 1, 1]
    lacks = [row["lacks what was asked for"] for row in rows]
    assert lacks == [0, 1, 1, 1, 0]
    assert best["length of the span in tokens, logarithm"] == 0.0
    assert {row["items in the span"] for row in rows} == {1.0}
    assert {row["question is negated"] for row in rows} == {0.0}
    assert fine != nobody


def test_a_name_is_near_in_the_sentence_beside_of_the_same_passage() -> None:
    """Catches names looked for in the whole passage, and in the passage that comes next."""
    texts = [("", "Troon is wet. It has a mole. Ships come. They go."), ("", "Troon is dry.")]
    _, rows = reading_of("How long is the mole of Troon?", RuleModel({}, {}), texts)
    misses = [row["names and numbers of the question that are not near"] for row in rows]
    assert misses == [0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("Which boat did not land?", 1),
        ("Which boat didn't land?", 1),
        ("Which boat landed without a pilot?", 1),
        ("Which note was never read?", 1),
        ("Which boat landed on the north side?", 0),
    ],
)
def test_a_negated_question_is_known(question: str, negated: int) -> None:
    """Catches "north" taken for "no", and "didn’t" for none."""
    _, rows = reading_of(question, RuleModel({}, {}), [("", "The boat landed.")])
    assert rows[0]["question is negated"] == negated


def test_the_items_of_a_span_are_counted_up_to_five() -> None:
    """Catches a long enumeration that outweighs all else."""
    words = ["oak", "elm", "ash", "fir", "pine", "birch"]
    text = f"There are {', '.join(words)}."

    class Whole(RuleModel):
        last = 0

        def score(self, windows: Sequence[Window]) -> list[WindowScores]:
            scored = super().score(windows)
            scored[0].starts[2], scored[0].ends[2 * self.last] = 9.0, 9.0
            return scored

    model = Whole({}, {})
    for model.last, count in ((1, 1), (3, 3), (6, MOST_ITEMS)):
        _, rows = reading_of("Which trees are there?", model, [("", text)])
        assert rows[0]["items in the span"] == count


def test_nothing_counts_the_documents(
    documents: Path, encoder: Encoder, index_folder: Path
) -> None:
    """Catches a feature that changes because documents about something else were added.

    The fused score is the one exception: BM25 weighs a word by how many passages have it.
    """
    question = understand("How often does the horn sound when the visibility falls?")
    values = []
    for count in (0, 15):
        write_unrelated(documents / "more", count)
        build(documents, encoder)
        index = PassageIndex.open(index_folder, encoder)
        with index.snapshot():
            found = Retriever(index).retrieve(question, 200)
            hits = [hit for hit in found if hit.passage.document == "station/handbook.md"]
            contexts = build_contexts(index, hits)
            sentences = read_sentences(RuleModel({"horn": 2.0}, {}), question.text, contexts)
            rows = named(sentence_features(question, hits, sentences))
        index.close()
        spans = [sentence.span for sentence in sentences]
        values.append(sorted(zip(spans, rows, strict=True), key=lambda pair: pair[0]))
    before, after = values
    assert [span for span, _ in before] == [span for span, _ in after]
    for (_, one), (_, two) in zip(before, after, strict=True):
        for name in SENTENCE_FEATURES:
            assert two[name] == pytest.approx(one[name], abs=1e-5), name


def test_no_sentences_have_no_features() -> None:
    """Catches a wrong shape where nothing was read."""
    assert sentence_features(understand(MOLE), [], []).shape == (0, len(SENTENCE_FEATURES))


def test_the_lead_is_that_over_the_best_other_sentence() -> None:
    """Catches the distance from the best for the best itself, and one that has no limit."""
    values = np.zeros((4, len(SENTENCE_FEATURES)), np.float32)
    found = word_features(values, np.array([1.0, 3.0, 2.5, -9.0]))
    assert WORD_FEATURES[-1] == LEAD
    assert found.shape == (4, len(WORD_FEATURES))
    np.testing.assert_allclose(found[:, -1], [-2.0, 0.5, -0.5, -MOST_LEAD])
    np.testing.assert_array_equal(found[:, :-1], values)


def test_a_sentence_alone_has_the_longest_lead_and_equal_ones_have_none() -> None:
    """Catches an error over one sentence, an infinite number, and a tie that somebody wins."""
    values = np.zeros((2, len(SENTENCE_FEATURES)), np.float32)
    assert word_features(values[:1], np.array([-7.0]))[0, -1] == MOST_LEAD
    assert word_features(values, np.array([1.0, 1.0]))[:, -1].tolist() == [0.0, 0.0]


def form_row(question: str, scores: Sequence[float], items: int = 1) -> dict[str, float]:
    """Return the features of a question's form by their names."""
    values = np.zeros((len(scores), len(SENTENCE_FEATURES)), np.float32)
    best = int(np.argmax(scores))
    values[best, SENTENCE_FEATURES.index("items in the span")] = items
    found = form_features(understand(question), values, np.array(scores, np.float64))
    assert found.shape == (1, len(FORM_FEATURES))
    return dict(zip(FORM_FEATURES, found[0].tolist(), strict=True))


def asked(question: str) -> set[str]:
    """Return the features of the question's words that hold."""
    return {name for name, value in form_row(question, [0.0]).items() if value == 1.0} - {
        "items in the span"
    }


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Why is the sky blue?", {"asks why or how"}),
        ("How does it work?", {"asks why or how"}),
        ("How many boats landed?", {"asks for a number"}),
        ("When was it built?", {"asks for a date"}),
        ("Who built it?", {"asks for a name"}),
        ("What are the three rivers?", {"asks in the plural", "says how many are asked for"}),
        ("Which countries border the lake?", {"asks for things of a kind", "asks for a name"}),
        ("What is the purpose?", {"asks for a meaning"}),
        ("What colour is it?", set()),
    ],
)  # fmt: skip
def test_the_words_of_a_question_speak_for_a_form(question: str, holds: set[str]) -> None:
    """Catches "how many" taken for a how, and a kind of question that no feature sees."""
    assert asked(question) == holds


def test_the_form_goes_by_the_best_sentence_and_its_leads() -> None:
    """Catches the first sentence taken for the best, and leads of the wrong ranks."""
    row = form_row("What grows there?", [1.0, 4.0, 3.5, 2.0], items=3)
    assert row["items in the span"] == 3
    assert row[LEAD] == 0.5
    assert row["lead over the third in the ranking"] == 2.0
    two = form_row("What grows there?", [1.0, 4.0])
    assert (two[LEAD], two["lead over the third in the ranking"]) == (3.0, MOST_LEAD)
    one = form_row("What grows there?", [1.0])
    assert (one[LEAD], one["lead over the third in the ranking"]) == (MOST_LEAD, MOST_LEAD)


def test_a_question_of_any_words_has_features() -> None:
    """Catches a division by the number of no terms."""
    empty = Question("", (), frozenset(), understand("").answer_type)
    passage = Passage("0.txt", 0, 9, "")
    document = Document("0.txt", "", "text/plain", "0" * 64, "It fell.")
    context = Context(document, Span(0, 8), "It fell.", "", 0)
    sentences = read_sentences(RuleModel({}, {}), "", [context])
    values = sentence_features(empty, [Hit(passage, 1.0, 1.0, 1, 0.0, None)], sentences)
    assert np.isfinite(values).all()
