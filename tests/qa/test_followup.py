"""Follow-up questions: what they take from before, and that complete ones take nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followup import Before, complete

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
    assert complete(question, before) == whole


@pytest.mark.parametrize("before", [None, JOBS, SIGNED, LEADER, PLACE, NO, Before("")])
@pytest.mark.parametrize("question", [json.loads(line)["question"] for line in GOLDEN])
def test_a_complete_question_is_never_changed(question: str, before: Before | None) -> None:
    """Catches an answer that depends on what was asked before."""
    assert complete(question, before) == question


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
    assert complete(question, SIGNED) == question


@given(question=st.text(max_size=60), asked=st.text(max_size=60), answer=st.text(max_size=20))
def test_any_text_is_completed_to_some_text(question: str, asked: str, answer: str) -> None:
    """Catches a question that breaks the rules, or that is lost."""
    whole = complete(question, Before(asked, answer, (answer,)))
    assert bool(whole.strip()) == bool(question.strip())
