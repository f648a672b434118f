"""Understanding questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question import AnswerType, candidates, understand


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people do UK companies employ?", AnswerType.NUMBER),
        ("What percentage of firms is American?", AnswerType.NUMBER),
        ("When did the delegation travel?", AnswerType.DATE),
        ("In which year was it signed?", AnswerType.DATE),
        ("Who signed the memorandum?", AnswerType.NAME),
        ("Where is the festival held?", AnswerType.NAME),
        ("What is restorative justice?", AnswerType.OTHER),
        ("Is there a flight, and how many a day?", AnswerType.STATEMENT),
        ("explain how the horn works", AnswerType.STATEMENT),
        ("Isolated places: which are there?", AnswerType.OTHER),
        ("Whenever is a word, but is this a question of time?", AnswerType.OTHER),
    ],
)
def test_answer_type_is_what_the_question_asks_for(question: str, kind: AnswerType) -> None:
    """Catches matching inside words ("whenever", "show") and types tested in the wrong order."""
    assert understand(question).answer_type is kind


def test_question_words_are_not_search_terms() -> None:
    """Catches searching for "what" and "did", which costs half a point of recall."""
    assert understand("What did the police do?").terms == ("the", "polic")


def test_a_question_of_question_words_keeps_them() -> None:
    """Catches a question about The Who that searches for nothing."""
    assert understand("Who are The Who?").terms == ("the",)
    assert understand("Who is who?").terms == ("who", "is")


def test_names_and_numbers_are_told_apart() -> None:
    """Catches a capital at the start of the question being taken for a name."""
    understood = understand("Did Kraft Foods open 2 sites in Texas?")
    assert understood.names == {"kraft", "food", "2", "texa"}


@given(st.text(max_size=300))
def test_any_text_can_be_understood(text: str) -> None:
    """Catches patterns that fail on empty, odd or broken text."""
    understood = understand(text)
    assert len(set(understood.terms)) == len(understood.terms)
    assert understood.names <= set(understood.terms) | understood.names


def test_a_hundred_thousand_characters_are_cut() -> None:
    """Catches a pasted book being tokenised and searched as a question."""
    understood = understand("why " * 25_000)
    assert len(understood.text) <= 2000


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("How many people?", "They employ 51,900 people in 2013.", ["51,900", "2013"]),
        ("How many in 2013?", "They employ 51,900 people in 2013.", ["51,900"]),
        ("How many share?", "It is 27 per cent of all.", ["27 per cent"]),
        ("How much money?", "More than £6 billion was put in.", ["£6 billion"]),
        ("How many dozens?", "Twenty-seven sister cities.", ["Twenty-seven"]),
        ("When was it?", "It was dated 27 January 2014.", ["27 January 2014"]),
        ("When was it?", "It took 2013 metres in May.", ["2013", "May"]),
        ("Who came?", "There came John Clements of Aston Pride.", ["John Clements of Aston Pride"]),
        ("Why was it?", "It was 27 January.", []),
    ],
)
def test_candidates_of_the_answer_type(question: str, sentence: str, found: list[str]) -> None:
    """Catches numbers cut at separators, and words of the question offered as its answer."""
    spans = candidates(sentence, understand(question))
    assert [sentence[start:end] for start, end in spans if sentence[start:end] != "There"] == found
