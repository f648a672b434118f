"""The parts of an answer in each form, and what becomes of a form that does not fit."""

from collections.abc import Sequence

import pytest

from corpus import Document, Span, sentence_spans
from qa.question import understand
from qa.reading.composition import (
    MOST_PERHAPS,
    MOST_SENTENCES,
    PERHAPS_REACH,
    SENTENCE_REACH,
    AnswerPart,
    compose,
    may_stand_here,
)
from qa.reading.ranking import RankedSentence, Ranking
from qa.reading.sentences import ReadSentence
from qa.reading.spans import Context, SpanCandidate
from qa.types import AnswerForm

WHICH = "Which trees are there?"
HOW = "How do I plant a tree?"


def ranking_of(
    form: AnswerForm, *read: tuple[str, str, str, float], alone: Sequence[float] = ()
) -> Ranking:
    """Return a ranking of sentences, each given as document's text, its words, span and score.

    A document is named after its text's first word. What is not in ``alone`` is sure.
    """
    ranked = []
    for number, (text, words, span, score) in enumerate(read):
        document = Document(f"{text.split()[0]}.txt", "", "text/plain", "0" * 64, text)
        context = Context(document, Span(0, len(text)), text, "", number)
        at = text.index(words)
        sentence = next(s for s in sentence_spans(document) if s.start <= at < s.end)
        start = text.index(span, at)
        best = SpanCandidate(context, Span(start, start + len(span)), 1.0, 0.0, 1)
        sure = alone[number] if number < len(alone) else 0.9
        ranked.append(RankedSentence(ReadSentence(context, sentence, -1, -1, best), score, sure))
    ranked.sort(key=lambda r: -r.score)
    return Ranking(tuple(ranked), 0.9, 0.9, form)


def said(parts: Sequence[AnswerPart]) -> list[tuple[str, str]]:
    """Return the quotation and the marked words of each part."""
    texts = [(part.sentence.context.document.text, part) for part in parts]
    return [(text[slice(*part.quote)], text[slice(*part.answer)]) for text, part in texts]


TREES = "Oak and elm grow. Ash grows too. Nothing else. It is dry."


def test_a_span_stands_in_its_sentence() -> None:
    """Catches the whole sentence marked, and words without their sentence."""
    form, parts = compose(understand(WHICH), ranking_of("span", (TREES, "Ash", "Ash", 2.0)))
    assert (form, said(parts)) == ("span", [("Ash grows too.", "Ash")])
    assert parts[0].score == 0.9


def test_a_span_over_two_sentences_is_quoted_with_both() -> None:
    """Catches a quotation that ends before its marked words do."""
    ranking = ranking_of("span", (TREES, "Oak", "elm grow. Ash", 2.0))
    _, parts = compose(understand(WHICH), ranking)
    assert said(parts) == [("Oak and elm grow. Ash grows too.", "elm grow. Ash")]


def test_sentences_are_whole_in_the_texts_order_and_of_one_document() -> None:
    """Catches the order of the scores, another document's words, and sentences far from the best.

    The distance from the best one is measured in the ranking's score.
    """
    ranking = ranking_of(
        "sentences",
        (TREES, "Nothing", "else", 5.0),
        ("Fir grows elsewhere.", "Fir", "Fir", 4.9),
        (TREES, "Oak", "Oak", 5.0 - SENTENCE_REACH),
        (TREES, "Ash", "Ash", 4.9 - SENTENCE_REACH),
    )
    form, parts = compose(understand(WHICH), ranking)
    assert form == "sentences"
    assert said(parts) == [(text, text) for text in ("Oak and elm grow.", "Nothing else.")]


def test_at_most_four_sentences_answer() -> None:
    """Catches a page as an answer."""
    text = "One is. Two is. Three is. Four is. Five is. Six is."
    read = [(text, word, word, 2.0) for word in text.replace("is.", "").split()]
    _, parts = compose(understand(WHICH), ranking_of("sentences", *read))
    assert len(parts) == MOST_SENTENCES


def test_sentences_do_not_overlap() -> None:
    """Catches the same words twice, where two passages cut a sentence differently."""
    ranking = ranking_of("sentences", (TREES, "Ash", "Ash", 2.0), (TREES, "Nothing", "else", 1.9))
    whole, other = ranking.sentences
    read = whole.sentence
    half = ReadSentence(read.context, Span(read.span.start + 4, read.span.end), -1, -1, read.best)
    cut = Ranking((whole, RankedSentence(half, 1.95, 0.9), other), 0.9, 0.9, "sentences")
    assert [quote for quote, _ in said(compose(understand(WHICH), cut)[1])] == [
        "Ash grows too.",
        "Nothing else.",
    ]


def test_a_list_is_what_the_best_sentences_enumerate_each_item_once() -> None:
    """Catches items in the order of scores, one twice, and those of an unlikely sentence."""
    text = "Oak and elm grow. Here are ash, Elm and fir. Pine burns. Birch fell."
    ranking = ranking_of(
        "list",
        (text, "Here", "ash, Elm and fir", 5.0),
        (text, "Oak", "Oak and elm", 4.9),
        (text, "Pine", "Pine", 4.8),
        (text, "Birch", "Birch", 1.0),
        alone=(0.9, 0.8, 0.1, 0.9),
    )
    form, parts = compose(understand(WHICH), ranking)
    assert form == "list"
    assert said(parts) == [
        ("Oak and elm grow.", "Oak"),
        ("Oak and elm grow.", "elm"),
        ("Here are ash, Elm and fir.", "ash"),
        ("Here are ash, Elm and fir.", "fir"),
    ]


def test_a_marked_list_is_quoted_item_by_item() -> None:
    """Catches one item for the list that it stands in, and the words before it as an item."""
    text = "These trees grow:\n- oak\n- elm\n- ash\n"
    for words, span in (("oak", "oak"), ("These trees", "trees")):
        form, parts = compose(understand(WHICH), ranking_of("list", (text, words, span, 2.0)))
        assert (form, said(parts)) == (
            "list",
            [(item, item) for item in ("- oak", "- elm", "- ash")],
        )


def test_a_list_of_one_item_is_a_span() -> None:
    """Catches "list" said of a single word."""
    form, parts = compose(understand(WHICH), ranking_of("list", (TREES, "Ash", "Ash", 2.0)))
    assert (form, said(parts)) == ("span", [("Ash grows too.", "Ash")])


@pytest.mark.parametrize("form", ["span", "list", "sentences"])
def test_a_question_for_a_procedure_gets_its_steps_whatever_the_form(form: AnswerForm) -> None:
    """Catches one step as the answer, where the words of the question ask for all."""
    text = "So you plant a tree:\n1. Dig a hole.\n2. Wait.\n\nIt grows."
    found, parts = compose(understand(HOW), ranking_of(form, (text, "Dig", "Dig", 2.0)))
    assert (found, said(parts)) == ("steps", [(s, s) for s in ("1. Dig a hole.", "2. Wait.")])
    other, _ = compose(understand("What grows?"), ranking_of("span", (text, "Dig", "Dig", 2.0)))
    assert other == "span"


def test_without_steps_another_form_answers() -> None:
    """Catches no answer where a question for a procedure finds none."""
    for form in ("span", "sentences"):
        found, parts = compose(understand(HOW), ranking_of(form, (TREES, "Ash", "Ash", 2.0)))
        assert (found, len(parts)) == (form, 1)


def test_where_an_answer_may_stand_sentences_are_whole_and_best_first() -> None:
    """Catches marked words that nobody is sure of, and what is far from the best."""
    ranking = ranking_of(
        "span",
        (TREES, "Nothing", "else", 5.0),
        ("Fir grows elsewhere.", "Fir", "Fir", 5.1),
        (TREES, "Oak", "Oak", 5.1 - PERHAPS_REACH),
        (TREES, "Ash", "Ash", 5.0 - PERHAPS_REACH),
    )
    expected = ["Fir grows elsewhere.", "Nothing else.", "Oak and elm grow."]
    assert said(may_stand_here(ranking)) == [(text, text) for text in expected]


def test_an_answer_may_stand_in_three_different_sentences_at_most() -> None:
    """Catches repeated words that leave no room for others, and other places that are lost."""
    read = [(f"{name} is here. Ash grows.", "Ash", "Ash", 2.0) for name in ("One", "Two", "Three")]
    others = [(TREES, words, words, 1.5) for words in ("Oak", "Nothing", "dry")]
    parts = may_stand_here(ranking_of("span", *read, *others))
    quotes = [quote for quote, _ in said(parts)]
    assert quotes == ["Ash grows."] * 3 + ["Oak and elm grow.", "Nothing else."]
    assert len(set(quotes)) == MOST_PERHAPS
