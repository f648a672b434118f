"""The neural reader: the answer in its sentences, where it may stand, or that there is none."""

import logging
from collections.abc import Sequence
from typing import Protocol

from index import PassageIndex, terms
from qa.question import TYPED, Question, candidates
from qa.reading.calibration import Calibration, calibration
from qa.reading.composition import AnswerPart, compose, marked, may_stand_here
from qa.reading.model import SpanModel
from qa.reading.quotations import Quotation, add_copies, deduplicate, quote_part
from qa.reading.ranking import RankedSentence, Ranking, rank_sentences
from qa.reading.sentences import read_sentences
from qa.reading.spans import build_contexts
from qa.types import Hit, ReaderOutput

__all__ = ["PASSAGES_READ", "NeuralReader", "Reader"]

logger = logging.getLogger(__name__)

# Reading is most of the cost of a question; few answers stand in later passages alone.
PASSAGES_READ = 6
# A further quotation must be at least this likely an answer, compared with the best one.
WORTH_SHOWING = 0.5
# As likely as this, compared with the best one, a different answer contradicts it.
CONTRADICTS = 0.6
# The network gives what merely resembles the answer far lower scores than another true one.
CLOSE = 5.0


class NeuralReader:
    """Answers with words in their sentence, with a list, with sentences, or with steps.

    A network scores the words of the best passages, comparably across passages. A learned ranking
    over those scores and the retrieval's orders their sentences; two fitted probabilities, that
    the words are right and that the passage answers, decide between an answer, sentences where it
    may stand, and neither.

    Args:
        index: an open index; calls belong inside its snapshot.
        false_answer_rate: share of near misses that may get an answer, 0 to 1.
        model: the network; the one that comes with the package by default.
        calibrated: how its scores are judged; as it comes with the package by default.
    """

    def __init__(
        self,
        index: PassageIndex,
        false_answer_rate: float,
        model: SpanModel | None = None,
        calibrated: Calibration | None = None,
    ) -> None:
        self._index = index
        self._model = model or SpanModel.shipped()
        self._calibration = calibrated or calibration()
        self._threshold = self._calibration.threshold(false_answer_rate)

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return the answer to ``question``, where it may stand, or that there is none."""
        contexts = build_contexts(self._index, hits[:PASSAGES_READ])
        sentences = read_sentences(self._model, question.text, contexts)
        if not sentences:
            return ReaderOutput((), "not_in_documents", "span", 0.0, 0.0)
        ranking = rank_sentences(question, hits, sentences, self._calibration)
        order = (ranked.sentence.context.rank for ranked in ranking.sentences)
        ranks = tuple(dict.fromkeys([*order, *range(len(hits))]))
        logger.info(
            "best of %d sentences: probability %.3f of %.3f needed, of the passage %.3f",
            len(sentences),
            ranking.confidence,
            self._threshold,
            ranking.answerability,
        )
        form, parts = compose(question, ranking)
        odds = ranking.confidence, ranking.answerability
        if ranking.confidence >= self._threshold:
            if form == "span":
                return self._span(question, hits, ranking, parts[0], ranks)
            quoted = self._quote(hits, parts)
            excerpts = tuple(add_copies(quotation, [quotation]) for quotation in quoted)
            return ReaderOutput(excerpts, "answered", form, *odds, len(parts), (), ranks)
        if ranking.answerability >= self._calibration.least_answerability:
            quoted = self._quote(hits, may_stand_here(ranking))
            excerpts = tuple(add_copies(quoted[k], quoted) for k in deduplicate(quoted))
            return ReaderOutput(excerpts, "perhaps", form, *odds, len(excerpts), (), ranks)
        return ReaderOutput((), "not_in_documents", form, *odds, ranking=ranks)

    def _quote(self, hits: Sequence[Hit], parts: Sequence[AnswerPart]) -> list[Quotation]:
        return [quote_part(self._index, hits[p.sentence.context.rank], p) for p in parts]

    def _span(
        self,
        question: Question,
        hits: Sequence[Hit],
        ranking: Ranking,
        part: AnswerPart,
        ranks: tuple[int, ...],
    ) -> ReaderOutput:
        """Return the best span, which is ``part``, what supports it, and what contradicts it."""
        best = ranking.sentences[0]
        least = max(self._threshold, WORTH_SHOWING * best.alone)
        close = best.sentence.best.score - CLOSE
        further = [
            r for r in ranking.sentences[1:] if r.alone >= least and r.sentence.best.score >= close
        ]
        shown = [best, *further]
        quotations = self._quote(hits, [part, *map(marked, further)])
        kept = deduplicate(quotations)
        against = [k for k in kept if _conflicts(question, best, shown[k])]
        # Which answers stand against each other: the best one and the first that differs.
        conflicting = tuple(kept.index(k) for k in (0, *against[:1])) if against else ()
        excerpts = tuple(add_copies(quotations[k], quotations) for k in kept)
        odds = ranking.confidence, ranking.answerability
        return ReaderOutput(excerpts, "answered", "span", *odds, 1, conflicting, ranks)


def _conflicts(question: Question, best: RankedSentence, other: RankedSentence) -> bool:
    """Return whether two documents give different answers of the kind that was asked for."""
    if question.answer_type not in TYPED or other.alone < CONTRADICTS * best.alone:
        return False
    one, two = best.sentence.best, other.sentence.best
    if one.context.document.id == two.context.document.id:
        return False
    wanted = (bool(candidates(span.text, question)) for span in (one, two))
    said, against = set(terms(one.text)), set(terms(two.text))
    return all(wanted) and not said <= against and not against <= said


class Reader(Protocol):
    """What the assistant needs of a reader."""

    def read(self, question: Question, hits: Sequence[Hit]) -> ReaderOutput:
        """Return what answers ``question`` in ``hits`` (best first); the same each time."""
