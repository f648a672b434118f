"""The order of sentences, and what the best one is worth."""

from collections.abc import Mapping

import numpy as np
import pytest

from corpus import Document, Passage, Span
from qa.question import understand
from qa.reading.calibration import Calibration, Linear
from qa.reading.features import LEAD
from qa.reading.ranking import NO_RIVAL, Ranking, rank_sentences
from qa.reading.sentences import read_sentences
from qa.reading.spans import Context
from qa.types import AnswerForm, Hit
from tests.qa.reading.test_spans import RuleModel

SPAN = "score of the span above that of no answer"
SIMILARITY = "similarity of the passage"


BY_SPAN = Linear({SPAN: 1.0})


def fitted(
    ranking: Linear = BY_SPAN,
    words: Linear = BY_SPAN,
    forms: Mapping[AnswerForm, Linear] | None = None,
) -> Calibration:
    """Return a calibration of these models, without thresholds."""
    answerability = Linear({SIMILARITY: 2.0}, -1.0)
    return Calibration(ranking, words, answerability, forms or {"span": Linear({})}, (), 0.5)


def rank(
    judged: Calibration, question: str = "What fell?", table: Mapping[str, float] | None = None
) -> Ranking:
    """Return the ranking of three sentences of two passages."""
    texts = "The oak fell. An elm grew.", "The ash fell."
    contexts, hits = [], []
    for number, text in enumerate(texts):
        document = Document(f"{number}.txt", "", "text/plain", "0" * 64, text)
        contexts.append(Context(document, Span(0, len(text)), text, "", number))
        passage = Passage(document.id, 0, len(text), "")
        hits.append(Hit(passage, 3.0 - number, 0.9 - 0.4 * number, None, 0.0, None))
    model = RuleModel(dict(table or {"oak": 1.0, "elm": 2.0, "ash": 3.0}), {"oak": 0, "ash": 0})
    sentences = read_sentences(model, question, contexts)
    return rank_sentences(understand(question), hits, sentences, judged)


def words_of(ranking: Ranking) -> list[str]:
    """Return the best span of each sentence, in the ranking's order."""
    return [ranked.sentence.best.text for ranked in ranking.sentences]


def test_sentences_are_in_the_order_of_their_scores() -> None:
    """Catches the order of the passages, and scores that have lost their sentence."""
    found = rank(fitted())
    assert words_of(found) == ["ash", "elm", "oak"]
    assert [ranked.score for ranked in found.sentences] == [6.0, 4.0, 2.0]
    turned = rank(fitted(ranking=Linear({SPAN: -1.0})))
    assert words_of(turned) == ["oak", "elm", "ash"]


def test_equal_sentences_keep_the_order_in_which_they_were_read() -> None:
    """Catches an order by chance."""
    assert words_of(rank(fitted(ranking=Linear({})))) == ["oak", "elm", "ash"]


def test_the_probabilities_are_those_of_the_best_sentence() -> None:
    """Catches the best passage's probability beside another one's sentence.

    The third sentence is the best, and its passage is the second.
    """
    found = rank(fitted(words=Linear({SPAN: 0.5, LEAD: 0.25}, -3.0)))
    assert found.confidence == pytest.approx(1 / (1 + np.exp(-(0.5 * 6.0 + 0.25 * 2.0 - 3.0))))
    assert found.answerability == pytest.approx(1 / (1 + np.exp(-(2.0 * 0.5 - 1.0))))


def test_alone_a_sentence_has_no_rival() -> None:
    """Catches two sources of the same answer that speak against each other."""
    found = rank(fitted(words=Linear({SPAN: 0.5, LEAD: 0.25}, -3.0)))
    expected = [1 / (1 + np.exp(-(0.5 * s + 0.25 * NO_RIVAL - 3.0))) for s in (6.0, 4.0, 2.0)]
    assert [ranked.alone for ranked in found.sentences] == pytest.approx(expected)


def test_the_form_is_the_one_of_the_highest_score() -> None:
    """Catches the first form, or the lowest score."""
    why = Linear({"asks why or how": 2.0})
    forms: dict[AnswerForm, Linear] = {"span": Linear({}, 1.0), "sentences": why}
    assert rank(fitted(forms=forms)).form == "span"
    assert rank(fitted(forms=forms), "Why did it fall?").form == "sentences"


@pytest.mark.parametrize("question", ["Did the oak fall?", "Describe the oak."])
def test_whether_something_is_so_is_answered_by_sentences(question: str) -> None:
    """Catches a few words as the answer to what a yes or no would answer."""
    assert rank(fitted(), question).form == "sentences"
