"""Names in questions: where they end, and which of them are persons'."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.mentions import Likely, find_mentions, people_in, spell_names


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("Where was Alan Turing born?", ["Alan Turing"]),
        ("Where was Turing’s mother born?", ["Turing’s mother", "Turing"]),
        ("When did Watson and Crick meet?", ["Watson", "Crick"]),
        ("When did Ludwig van Beethoven die?", ["Ludwig van Beethoven"]),
        ("Where did J. K. Rowling write?", ["J. K. Rowling"]),
        ("What was the birth name of Évariste Galois?", ["Évariste Galois"]),
        ("What was given to Marie Curie?", ["Marie Curie"]),
        ("Who was Victoria?", ["Victoria"]),
        ("What did the mayor of Chicago say?", ["the mayor of Chicago"]),
        ("What did the Director of Public Schools say?", ["the Director of Public Schools"]),
        ("What did Chicago’s mayor say?", ["Chicago’s mayor"]),
        ("When did Mr. Gladstone resign?", ["Mr. Gladstone"]),
        ("What is in Maida Vale?", []),
        ("How far is it from New York to Los Angeles?", []),
        ("Where is Roosevelt University?", []),
        ("When did General Motors close?", []),
        ("How many UK companies are there?", []),
        ("Which American university is it?", []),
        ("Who works in the Aston Villa area?", []),
        ("When did the Beatles meet?", []),
        ("What did NASA do on Apollo 11?", []),
        ("What happened last May?", []),
        ("How do I pair it?", []),
    ],
)
def test_persons_are_told_from_places(question: str, people: list[str]) -> None:
    """Catches places, bodies and months taken for persons, and half of a name."""
    likely = [m.phrase for m in find_mentions(question) if m.person >= Likely.PROBABLY]
    known = {"Watson", "Crick"}
    likely += [m.phrase for m in find_mentions(question) if m.text in known]
    assert likely == people


@pytest.mark.parametrize(
    ("answer", "people"),
    [
        ("Albert Bore", ["Albert Bore"]),
        ("Watson and Crick", ["Watson", "Crick"]),
        ("Ann Smith, Bob Jones and Kim Lee.", ["Ann Smith", "Bob Jones", "Kim Lee"]),
        ("Martin Luther King, Jr.", ["Martin Luther King"]),
        ("the council leader", ["the council leader"]),
        ("Director of Planning and Regeneration", ["the Director of Planning and Regeneration"]),
        ("Albert Bore, leader of the council", ["Albert Bore"]),
        ("Chicago Department of Aviation", []),
        ("Kraft Foods", []),
        ("27 delegates", []),
        ("Alan Turing was an English mathematician who broke codes.", []),
        ("", []),
    ],
)
def test_an_answer_to_who_is_taken_apart(answer: str, people: list[str]) -> None:
    """Catches a company, a sentence or half a title being somebody."""
    assert people_in(answer) == people


@pytest.mark.parametrize(
    ("question", "text", "spelled"),
    [
        ("when did alan turing die", "Alan Turing died.", "when did Alan Turing die"),
        ("when did turing die", "Turing died.", "when did Turing die"),
        ("what was turing's job", "Alan Turing worked.", "what was Turing's job"),
        ("who runs the city", "Birmingham City Council runs it.", "who runs the city"),
        ("who met the mayor", "Mayor Emanuel met Sir Albert.", "who met the mayor"),
        ("who runs the tower", "The tower is shut. Tower staff left.", "who runs the tower"),
        ("who was it", "Who is It? Was he?", "who was it"),
    ],
)
def test_names_are_spelled_as_in_the_text(question: str, text: str, spelled: str) -> None:
    """Catches common words with a capital letter because they began a sentence or a name."""
    assert spell_names(question, (text,)) == spelled


@given(question=st.text(max_size=60), text=st.text(max_size=60))
def test_only_the_case_of_letters_changes(question: str, text: str) -> None:
    """Catches words that move, so that a pronoun is replaced in the wrong place."""
    spelled = spell_names(question, (text, question.title()))
    assert len(spelled) == len(question)
    assert spelled.casefold() == question.casefold()
