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


NUMBER, DATE, NAME, STATEMENT, OTHER = AnswerType


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        # The word that begins the question governs it, whatever is embedded further on.
        ("How many people lived in Leeds when the railway came?", NUMBER),
        ("How often had he been there, counting the week when it opened?", NUMBER),
        ("At what temperature does water boil when salt is added?", NUMBER),
        ("For how many years did the man whose company failed live in Leeds?", NUMBER),
        ("And how many of them came on the day when it opened?", NUMBER),
        ("Who was mayor when the bridge opened?", NAME),
        ("Who decides how many officers there are?", NAME),
        ("With whom did they speak about the year 2000?", NAME),
        ("In what city is the festival held?", NAME),
        ("Which of the cities has a tram?", NAME),
        ("Which countries belonged to the pact when it was signed?", NAME),
        ("When, in 1990, was it built by people who had fled?", DATE),
        ("What was the year of the fire?", DATE),
        ("What was the population of Leeds when the railway came?", NUMBER),
        ("What is the name of the street where he lived?", NAME),
        ("Why did he leave when the war began?", OTHER),
        ("What did the woman who founded the company want?", OTHER),
        ("How did the people learn of it who lived where the dam is now?", OTHER),
        ("Which mayor set up the office where they meet?", OTHER),
        # So does what follows an adverbial or a sentence at the beginning.
        ("When the bridge opened, how many people came?", NUMBER),
        ("According to the report, how long is the tunnel?", NUMBER),
        ("The bridge opened in 1890. How many people came?", NUMBER),
        ("In the year when the Titanic sank, who was mayor of Leeds?", NAME),
        ("When the mayor resigned who took over?", NAME),
        ("When the bridge opened, was it painted?", STATEMENT),
        # A question in the order of a statement has its word where the answer would stand.
        ("The bridge was built in what year?", DATE),
        ("The man who built the bridge was born when?", DATE),
        ("The tunnel is how long?", NUMBER),
        ("The firm in which she worked employed how many people?", NUMBER),
        ("Leeds had how many inhabitants when the tunnel opened?", NUMBER),
        ("The report was written by whom?", NAME),
        # Names that are words, and words that are no names.
        ("Will Smith was born in which year?", DATE),
        ("Will Rogers died in which state?", NAME),
        ("Will Smith’s first film was called what?", OTHER),
        ("May Swenson wrote which poem in 1960?", OTHER),
        ("Can Dündar was arrested in what year?", DATE),
        ("Mark Twain was born when?", DATE),
        ("Bill Gates founded which company?", NAME),
        ("Will Birmingham host the games?", STATEMENT),
        ("Will Chicago say when the next visit is?", STATEMENT),
        ("May visitors bring a dog?", STATEMENT),
        ("Did Will Smith win?", STATEMENT),
        # A statement is asked for by the auxiliary, and what it asks about may be a question.
        ("Is it known how many people came?", STATEMENT),
        ("Wasn’t the bridge rebuilt in the year when they left?", STATEMENT),
        ("Tell me about the day when the bridge opened", STATEMENT),
        ("Tell me when the bridge was built", DATE),
        ("Can you tell me how many people live there?", NUMBER),
    ],
)
def test_the_governing_question_word_says_what_is_asked(question: str, kind: AnswerType) -> None:
    """Catches the first word that asks for anything being taken, wherever it stands."""
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
