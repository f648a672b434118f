"""Which sentence answers best, how surely, and in which form: the fitted models applied."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import Vectors
from qa.question import AnswerType, Question
from qa.reading.calibration import Calibration
from qa.reading.features import (
    FORM_FEATURES,
    LEAD,
    SENTENCE_FEATURES,
    WORD_FEATURES,
    form_features,
    sentence_features,
    word_features,
)
from qa.reading.sentences import ReadSentence
from qa.types import AnswerForm, Hit

__all__ = ["RankedSentence", "Ranking", "rank_sentences"]

# The lead of a sentence that has no rival.
NO_RIVAL = 3.0


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence in the order of the learned ranking.

    Args:
        sentence: what was read.
        score: higher is better; compares within one question.
        alone: probability that its words would be right if it had no rival.
    """

    sentence: ReadSentence
    score: float
    alone: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The sentences of a question, best first, and what they are worth.

    Args:
        sentences: best first.
        confidence: probability that the words of the best one are right.
        answerability: probability that the passage of the best one answers the question.
        form: in which an answer fits the question.
    """

    sentences: tuple[RankedSentence, ...]
    confidence: float
    answerability: float
    form: AnswerForm


def rank_sentences(
    question: Question,
    hits: Sequence[Hit],
    sentences: Sequence[ReadSentence],
    fitted: Calibration,
) -> Ranking:
    """Return ``sentences``, at least one, in the order of the learned ranking.

    One conditional logit orders the sentences of all forms of answers (trained so that, among all
    sentences read, the probability falls on those that hold the answer); two logistic regressions
    say what the best is worth.

    Args:
        question: what was asked.
        hits: passages, best first, that ``sentences`` were read in.
        sentences: from `read_sentences`.
        fitted: the models.
    """
    values = sentence_features(question, hits, sentences)
    scores = fitted.ranking.scores(values, SENTENCE_FEATURES)
    judged = word_features(values, scores)
    order = np.argsort(-scores, kind="stable")
    best = order[:1]
    alone = fitted.words.probabilities(_without_rivals(judged), WORD_FEATURES)
    form = _form(question, form_features(question, values, scores), fitted)
    return Ranking(
        tuple(RankedSentence(sentences[i], float(scores[i]), float(alone[i])) for i in order),
        float(fitted.words.probabilities(judged[best], WORD_FEATURES)[0]),
        float(fitted.answerability.probabilities(values[best], SENTENCE_FEATURES)[0]),
        form,
    )


def _form(question: Question, values: Vectors, fitted: Calibration) -> AnswerForm:
    if question.answer_type is AnswerType.STATEMENT:
        return "sentences"  # a few words say little on whether something is so
    scores = {
        form: linear.scores(values, FORM_FEATURES)[0] for form, linear in fitted.forms.items()
    }
    return max(scores, key=lambda form: scores[form])


def _without_rivals(judged: Vectors) -> Vectors:
    alone = judged.copy()
    alone[:, WORD_FEATURES.index(LEAD)] = NO_RIVAL
    return alone
