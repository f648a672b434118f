"""From ranked sentences to the parts of an answer, in the form that fits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from corpus import Span
from qa.question import Question
from qa.reading.forms import asks_for_steps, find_items, find_steps, split_items
from qa.reading.ranking import RankedSentence, Ranking
from qa.reading.sentences import ReadSentence
from qa.reading.spans import normalise_answer
from qa.types import AnswerForm

__all__ = ["AnswerPart", "compose", "may_stand_here"]

MOST_SENTENCES = 4
MOST_SPANS = 5
MOST_PERHAPS = 3
# How far below the best sentence, in the ranking's score, another still belongs to the answer.
SENTENCE_REACH = 1.5
ITEM_REACH = 1.0
# As likely as this, compared with the best sentence's words, another sentence's are items too.
ALSO_LIKELY = 0.7
PERHAPS_REACH = 2.0


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A quotation, and the words in it that answer.

    Args:
        sentence: that it comes from.
        quote: the quotation's offsets in the document.
        answer: the offsets of the words.
        score: how likely they are an answer, 0 to 1.
    """

    sentence: ReadSentence
    quote: Span
    answer: Span
    score: float


def compose(question: Question, ranking: Ranking) -> tuple[AnswerForm, list[AnswerPart]]:
    """Return the form of the answer and its parts, at least one.

    A form that the best sentence does not bear out becomes a simpler one.
    """
    best = ranking.sentences[0]
    if asks_for_steps(question):
        document, span = best.sentence.context.document, best.sentence.span
        steps = find_steps(document, question, span)
        if steps:
            return "steps", [AnswerPart(best.sentence, step, step, best.alone) for step in steps]
    if ranking.form == "list" and len(items := list(_items(ranking.sentences))) > 1:
        return "list", items
    if ranking.form == "sentences":
        return "sentences", _in_order(_near(ranking.sentences, SENTENCE_REACH, MOST_SENTENCES))
    return "span", [marked(best)]


def may_stand_here(ranking: Ranking) -> list[AnswerPart]:
    """Return the best sentences, best first, for an answer that is not sure; repeated ones too."""
    least = ranking.sentences[0].score - PERHAPS_REACH
    said: set[str] = set()
    parts = []
    for ranked in takewhile(lambda r: r.score >= least, ranking.sentences):
        words = normalise_answer(ranked.sentence.text)
        if words in said or len(said) < MOST_PERHAPS:
            said.add(words)
            parts.append(_whole(ranked))
    return parts


def marked(ranked: RankedSentence) -> AnswerPart:
    """Return the best span of a sentence, in the sentences that it stands in."""
    sentence, span = ranked.sentence, ranked.sentence.best.span
    return AnswerPart(sentence, sentence.context.sentences_around(span), span, ranked.alone)


def _whole(ranked: RankedSentence) -> AnswerPart:
    span = ranked.sentence.span
    return AnswerPart(ranked.sentence, span, span, ranked.alone)


def _near(ranked: Sequence[RankedSentence], reach: float, most: int) -> list[RankedSentence]:
    """Return the best of ``ranked`` and what is nearly as good in its document; none overlap."""
    best = ranked[0]
    document = best.sentence.context.document.id
    kept: list[RankedSentence] = []
    for other in ranked:
        here = other.sentence.context.document.id == document
        apart = not any(other.sentence.span.overlaps(k.sentence.span) for k in kept)
        if here and apart and other.score >= best.score - reach:
            kept.append(other)
    return kept[:most]


def _in_order(ranked: Sequence[RankedSentence]) -> list[AnswerPart]:
    return [_whole(r) for r in sorted(ranked, key=lambda r: r.sentence.span)]


def _items(ranked: Sequence[RankedSentence]) -> Iterator[AnswerPart]:
    """Yield the items that the best sentences enumerate, each once, in the text's order."""
    best = ranked[0]
    document = best.sentence.context.document
    listed = find_items(document, best.sentence.span)
    if listed:
        yield from (AnswerPart(best.sentence, item, item, best.alone) for item in listed)
        return
    likely = [r for r in ranked if r.alone >= ALSO_LIKELY * best.alone]
    near = _near(likely, ITEM_REACH, MOST_SPANS)
    said: set[str] = set()
    for other in sorted(near, key=lambda r: r.sentence.best.span):
        part = marked(other)
        for start, end in split_items(document.text[slice(*part.answer)]):
            item = Span(part.answer.start + start, part.answer.start + end)
            words = document.text[slice(*item)].casefold()
            if words not in said:
                said.add(words)
                yield AnswerPart(other.sentence, part.quote, item, other.alone)
