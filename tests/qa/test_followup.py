"""Follow-up questions: what they take from before, and that complete ones take nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followup import Before, readings

JOBS = Before(
    "How many people do UK companies employ in Illinois?",
    "51,900",
    ("UK companies employ 51,900 people in Illinois.",),
)
SIGNED = Before(
    "When was the memorandum of understanding signed?",
    "August",
    ("In August the airport and the city signed a memorandum of understanding.",),
)
LEADER = Before("Who leads the delegation?", "Albert Bore", ("Albert Bore leads the delegation.",))
PLACE = Before("Where is the Institute of Local Government Studies?", "Birmingham", ())
NO = Before("How many came from Spain in 2013?")
BORN = Before(
    "Where was Alan Turing born?",
    "Maida Vale",
    ("Alan Turing was born in Maida Vale, London.",),
)
CHAIR = Before("Who chairs the council?", "Ann Smith", ("Ann Smith chairs the council.",))
JAMES = Before("Who chairs the council?", "Henry James", ("Henry James chairs the council.",))
MOTHER = Before("Who was Alan Turing’s mother?", "Ethel Stoney")
WHO_IS = Before("Who was Alan Turing?", "English mathematician")
POST = Before("What was Clive Dutton’s job?", "Director of Planning and Regeneration")
OWNER = Before("Who owns Cadbury Hall?", "Kraft Foods")
KILLED = Before("Who killed Julius Caesar?", "Brutus")
MET = Before("When did Watson meet Crick?", "1951")
DNA = Before("Who discovered the structure of DNA?", "Watson and Crick")
MAYOR = Before("What did the mayor of Chicago open in 2011?", "a school")
UNKNOWN_MAYOR = Before("Who is the mayor of Birmingham?")
COMPANY = Before("Which company did Bill Gates found?", "Microsoft")
FLIGHT = Before("How long is the flight from Birmingham to Chicago?", "8 hours")
REMOTE = Before(
    "How do I pair the remote?", "Hold the button", ("To pair the remote, hold the button.",)
)
DAY = Before("Where in Chicago is Birmingham Day held?", "Daley Plaza")
GOLDEN = Path("tests/golden/questions.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("And in Birmingham?", JOBS, "How many people do UK companies employ in Birmingham?"),
        ("What about Ohio?", JOBS, "How many people do UK companies employ in Ohio?"),
        ("and in 2013", JOBS, "How many people do UK companies employ in Illinois in 2013?"),
        ("For Motorola?", JOBS, "How many people do UK companies employ in Illinois for Motorola?"),
        ("And in 2014?", NO, "How many came from Spain in 2014?"),
        ("And from the Isle of Man?", NO, "How many came from the Isle of Man in 2013?"),
        ("Who signed it?", SIGNED, "Who signed the memorandum of understanding?"),
        ("And who signed it?", SIGNED, "Who signed the memorandum of understanding?"),
        ("When was that?", LEADER, "When was the delegation?"),
        ("When was he born?", LEADER, "When was Albert Bore born?"),
        ("Who met her?", LEADER, "Who met Albert Bore?"),
        ("What is his job?", LEADER, "What is Albert Bore’s job?"),
        ("How many people work there?", PLACE, "How many people work in Birmingham?"),
        ("Who runs it?", PLACE, "Who runs the Institute of Local Government Studies?"),
    ],
)
def test_a_follow_up_is_written_out(question: str, before: Before, whole: str) -> None:
    """Catches the wrong slot being filled, a phrase cut short, and a pronoun left standing."""
    assert readings(question, before)[0] == whole


@pytest.mark.parametrize("before", [None, JOBS, SIGNED, LEADER, PLACE, NO, Before("")])
@pytest.mark.parametrize("question", [json.loads(line)["question"] for line in GOLDEN])
def test_a_complete_question_is_never_changed(question: str, before: Before | None) -> None:
    """Catches an answer that depends on what was asked before."""
    assert readings(question, before) == ()


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to fly to Chicago?",
        "Is it true that the council met in May?",
        "And who signed the treaty of Rome?",
        "What does the report say about their schools budget?",
        "thanks",
        "And the population?",
        "",
        "?",
        "And?",
    ],
)
def test_what_says_enough_or_nothing_stays(question: str) -> None:
    """Catches "it" that means nothing, and phrases that fit nowhere, being replaced."""
    assert readings(question, SIGNED) == ()


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("When did he die?", BORN, "When did Alan Turing die?"),
        ("Who was his mother?", BORN, "Who was Alan Turing’s mother?"),
        ("When did he move to Chicago?", BORN, "When did Alan Turing move to Chicago?"),
        ("Where was he in 1950?", BORN, "Where was Alan Turing in 1950?"),
        ("At what age did he start school?", BORN, "At what age did Alan Turing start school?"),
        (
            "What was his role in the war effort at Bletchley?",
            BORN,
            "What was Alan Turing’s role in the war effort at Bletchley?",
        ),
        ("How big is it?", BORN, "How big is Maida Vale?"),
        (
            "When were they born?",
            Before("Who signed the treaty?", "Ann Smith; Bob Jones; Kim Lee"),
            "When were Ann Smith, Bob Jones and Kim Lee born?",
        ),
        ("Who owns them?", JOBS, "Who owns UK companies?"),
        (
            "What is their share?",
            Before("How many UK companies are in the Birmingham area?", "3"),
            "What is UK companies’ share?",
        ),
        ("How do I sign it?", SIGNED, "How do I sign the memorandum of understanding?"),
        ("Tell me about his family", BORN, "Tell me about Alan Turing’s family"),
        ("Whose son was he?", BORN, "Whose son was Alan Turing?"),
        ("How do I get there?", BORN, "How do I get to Maida Vale?"),
        ("When did he die?", WHO_IS, "When did Alan Turing die?"),
        ("When did he die?", MOTHER, "When did Alan Turing die?"),
        ("When did he retire?", POST, "When did Clive Dutton retire?"),
        ("When was he elected?", MAYOR, "When was the mayor of Chicago elected?"),
        ("When was he elected?", UNKNOWN_MAYOR, "When was the mayor of Birmingham elected?"),
        ("How big is it?", UNKNOWN_MAYOR, "How big is Birmingham?"),
        ("Which officer appointed him?", BORN, "Which officer appointed Alan Turing?"),
        ("Where is it based?", COMPANY, "Where is Microsoft based?"),
        ("When was he born?", COMPANY, "When was Bill Gates born?"),
        ("When were they born?", DNA, "When were Watson and Crick born?"),
    ],
)
def test_a_pronoun_stands_for_what_it_can(question: str, before: Before, whole: str) -> None:
    """Catches "When did Maida Vale die?": a place for a person, a post for its holder."""
    assert readings(question, before)[0] == whole


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("What was her role?", "What was Ann Smith’s role?"),
        ("What do people say about her speech?", "What do people say about Ann Smith’s speech?"),
        ("Who named her successor?", "Who named Ann Smith’s successor?"),
        ("Who paid her salary in 2005?", "Who paid Ann Smith’s salary in 2005?"),
        ("Who are her three sons?", "Who are Ann Smith’s three sons?"),
        ("What was in her will?", "What was in Ann Smith’s will?"),
        ("Who gave her 20 books?", "Who gave Ann Smith 20 books?"),
        ("Which one was hers?", "Which one was Ann Smith’s?"),
        ("Who appointed her?", "Who appointed Ann Smith?"),
        ("Who appointed her in 2005?", "Who appointed Ann Smith in 2005?"),
        ("Who appointed her director?", "Who appointed Ann Smith director?"),
        ("Who gave her the prize?", "Who gave Ann Smith the prize?"),
        ("Who taught her mathematics?", "Who taught Ann Smith mathematics?"),
        ("What made her famous?", "What made Ann Smith famous?"),
        ("Who met her first?", "Who met Ann Smith first?"),
        ("What are its duties?", "What are the council’s duties?"),
        ("What is their duty?", "What is the council’s duty?"),
    ],
)
def test_a_possessive_stays_one_and_an_object_does_not_become_one(
    question: str, whole: str
) -> None:
    """Catches "What was Ann Smith role?" and "Who gave Ann Smith’s the prize?"."""
    assert readings(question, CHAIR)[0] == whole


def test_a_name_that_ends_in_s_has_a_whole_possessive() -> None:
    """Catches "Henry James role"; only common nouns in the plural have the apostrophe alone."""
    assert readings("What was his role?", JAMES) == ("What was Henry James’s role?",)
    cities = Before("When did the sister cities meet?", "1993", ("The sister cities met.",))
    assert readings("What is their aim?", cities) == ("What is the sister cities’ aim?",)


@pytest.mark.parametrize(
    ("question", "before", "wholes"),
    [
        ("When did he die?", KILLED, ("When did Brutus die?", "When did Julius Caesar die?")),
        ("When did he die?", MET, ("When did Watson die?", "When did Crick die?")),
        ("When did he die?", DNA, ("When did Watson die?", "When did Crick die?")),
        ("When did she die?", MOTHER, ("When did Ethel Stoney die?", "When did Alan Turing die?")),
        (
            "When did she die?",
            Before("Where was Turing’s mother born?", "Madras"),
            ("When did Turing’s mother die?", "When did Turing die?"),
        ),
        ("What is their job?", CHAIR, ("What is the council’s job?", "What is Ann Smith’s job?")),
        ("How do I reset it?", REMOTE, ("How do I reset the remote?",)),
        ("Where is it?", OWNER, ("Where is Cadbury Hall?", "Where is Kraft Foods?")),
        (
            "How many live there?",
            FLIGHT,
            ("How many live in Chicago?", "How many live in Birmingham?"),
        ),
        (
            "How many live there?",
            DAY,
            ("How many live in Daley Plaza?", "How many live in Chicago?"),
        ),
        (
            "Who runs it?",
            PLACE,
            ("Who runs the Institute of Local Government Studies?", "Who runs Birmingham?"),
        ),
        (
            "What about Ohio?",
            Before("How many people from Spain live in Illinois?", "3"),
            (
                "How many people from Spain live in Ohio?",
                "How many people from Ohio live in Illinois?",
            ),
        ),
        ("When did he die?", BORN, ("When did Alan Turing die?",)),
        ("Who appointed her?", CHAIR, ("Who appointed Ann Smith?",)),
    ],
)
def test_what_could_mean_two_things_has_two_readings(
    question: str, before: Before, wholes: tuple[str, ...]
) -> None:
    """Catches a meaning that cannot be chosen, and one that is offered though nobody means it."""
    assert readings(question, before) == wholes
    for whole in wholes:
        assert readings(whole, before) == (), "what is offered is complete"


TYPED_SMALL = {
    "death": Before(
        "when did alan turing die",
        "7 June 1954",
        ("Turing died on 7 June 1954.", "The inquest found that Alan Turing had been ill."),
    ),
    "birth": Before("where was alan turing born", BORN.answer, BORN.texts),
    "jobs": Before("how many people do uk companies employ in illinois", "51,900", JOBS.texts),
    "signed": Before("when was the memorandum of understanding signed", "August", SIGNED.texts),
    "no": Before("when did alan turing marry", "", BORN.texts),
}


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("where was he born", "death", "Where was Alan Turing born"),
        ("who was his mother", "death", "Who was Alan Turing’s mother"),
        ("what did people think of him", "death", "What did people think of Alan Turing"),
        ("when did he die", "birth", "When did Alan Turing die"),
        ("how many people live there", "birth", "How many people live in Maida Vale"),
        ("and in ohio", "jobs", "How many people do UK companies employ in ohio?"),
        ("who signed it", "signed", "Who signed the memorandum of understanding"),
        ("where was he born", "no", "Where was Alan Turing born"),
    ],
)
def test_names_typed_in_lower_case_are_known_from_the_quotations(
    question: str, before: str, whole: str
) -> None:
    """Catches names that are found by their capital letters alone."""
    assert readings(question, TYPED_SMALL[before]) == (whole,)


@pytest.mark.parametrize("before", [BORN, CHAIR, KILLED, *TYPED_SMALL.values()])
@pytest.mark.parametrize(
    "question",
    [
        "How old was Mozart when he died?",
        "In his youth, where did Mozart live?",
        "When she was young, where did Marie Curie live?",
        "How did his mother describe Mozart?",
        "How old was the king when he died?",
        "Which king lost his head?",
        "Who lost his seat in Leeds?",
        "What should a patient do when he is in pain?",
        "Who directed Her?",
        "Who leads IT?",
        "Who said “he is risen”?",
        "when did turing say he would leave",
        "when did einstein lose his job",
        "where did alan turing live when he was young",
        "What time is it?",
        "Is it safe to swim here?",
        "and in general",
        "what about the others",
    ],
)
def test_a_pronoun_that_stands_for_nothing_said_before_stays(question: str, before: Before) -> None:
    """Catches a question about somebody else that is turned into one about the last person."""
    assert readings(question, before) == ()


@pytest.mark.parametrize(
    "before",
    [
        Before("How large is Chicago?", "27 wards"),
        Before("When did the talks begin in Birmingham?", "Daley Plaza"),
        Before("Where does the University of Illinois teach?", "Chicago"),
        Before("When did the council meet?", "May"),
    ],
)
def test_where_nobody_was_spoken_of_a_person_is_not_made_up(before: Before) -> None:
    """Catches places, bodies and months that die."""
    people = readings("When did he die?", before)
    assert not any(word in str(people) for word in ("University", "Birmingham", "Plaza", "May"))


WORDS = (
    "the", "council", "signed", "Alan", "Turing", "Maida", "Vale", "in", "of", "bridge", "built",
    "1871", "a", "Chicago", "report", "who", "when", "did", "mayor", "turing", "What", "I", "with",
)  # fmt: skip


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_a_question_without_a_pronoun_stays(words: list[str]) -> None:
    """Catches anything but a pronoun being replaced."""
    question = f"When did {' '.join(words)}?"
    assert all(readings(question, before) == () for before in (BORN, CHAIR, KILLED, SIGNED))


@given(
    words=st.lists(st.sampled_from(WORDS), max_size=8),
    before=st.sampled_from([BORN, CHAIR, MET, DNA, DAY]),
)
def test_a_reading_is_the_question_with_its_pronoun_written_out(
    words: list[str], before: Before
) -> None:
    """Catches words of the question that are lost, and a reading that is given twice."""
    question = f"When did he {' '.join(words)}?"
    wholes = readings(question, before)
    assert len(set(wholes)) == len(wholes)
    for whole in wholes:
        assert whole.startswith("When did ")
        assert whole.endswith(question.removeprefix("When did he"))


@given(question=st.text(max_size=60), asked=st.text(max_size=60), answer=st.text(max_size=20))
def test_any_text_is_completed_to_some_text(question: str, asked: str, answer: str) -> None:
    """Catches a question that breaks the rules, or that is lost."""
    wholes = readings(question, Before(asked, answer, (answer,)))
    assert all(whole.strip() and whole != question for whole in wholes)
