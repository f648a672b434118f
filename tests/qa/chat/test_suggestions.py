"""Suggested questions: taken from the documents, and offered only if they are answered."""

from dataclasses import replace

import pytest

from corpus import Document, Heading
from qa import Answer
from qa.chat.suggestions import MOST_TRIED, find_questions, suggest
from tests.qa.formats.test_text import CITATION, FOUND, NOT_FOUND


def document(text: str, id_: str = "a.md", headings: tuple[Heading, ...] = ()) -> Document:
    return Document(id_, "", "text/plain", "0" * 64, text, headings=headings)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The old bridge was built in 1871.", "When was the old bridge built?"),
        ("The trustees were elected on 5 May 2011.", "When were the trustees elected?"),
        (
            "UK companies employ 51,900 people in Illinois.",
            "How many people do UK companies employ in Illinois?",
        ),
        ("The tower has 217 stone steps.", "How many stone steps does the tower have?"),
        ("The fund received about 90 letters.", "How many letters did the fund receive?"),
        ("Ada Holm is the keeper of Farland Light.", "Who is the keeper of Farland Light?"),
    ],
)
def test_sentences_become_questions(sentence: str, question: str) -> None:
    """Catches questions that nobody would ask, or that their sentence does not answer."""
    assert list(find_questions(document(f"Well. {sentence} So it is."))) == [question]


@pytest.mark.parametrize(
    "text", ["", "It was built in stone.", "He has 3 boats.", "the lamp is lit.", "x" * 5000]
)
def test_other_sentences_become_none(text: str) -> None:
    """Catches questions about nothing in particular."""
    assert list(find_questions(document(text))) == []


def test_headings_that_ask_are_questions() -> None:
    """Catches a list of questions and answers whose own questions are not offered."""
    text = "Who pays?\nThe city.\nWho pays?\nAgain."
    headings = tuple(Heading(at, at + 9, 1, "Who pays?") for at in (0, 20))
    assert list(find_questions(document(text, headings=headings))) == ["Who pays?"]


def test_only_what_is_answered_from_its_own_document_is_offered() -> None:
    """Catches offers that lead to a no, to a guess, or to another document."""
    documents = [
        document("The mill was built in 1801. The weir was built in 1802.", "mill.md"),
        document("The pump was built in 1900.", "pump.md"),
        document("The gate was built in 1950.", "gate.md"),
    ]
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        if "pump" in question:
            return NOT_FOUND
        sure = 0.3 if "gate" in question else 0.9
        cited = replace(CITATION, document="gate.md" if "gate" in question else "mill.md")
        return replace(FOUND, confidence=sure, citations=(cited,))

    found = suggest(documents, ask, 5)
    assert found == ["When was the mill built?", "When was the weir built?"]
    assert asked[:3] == [f"When was the {what} built?" for what in ("mill", "pump", "gate")]
    elsewhere = [document("The mill was built in 1801.", "copy.md")]
    assert suggest(elsewhere, ask, 5) == []
    unsure = replace(FOUND, verdict="perhaps", citations=(replace(CITATION, document="mill.md"),))
    assert suggest(documents, lambda _: unsure, 5) == []


def test_not_more_is_asked_than_is_wanted() -> None:
    """Catches a chat that opens only after a thousand questions."""
    many = [document(f"The mill number {n} was built in 1801.", f"{n}.md") for n in range(100)]
    asked: list[str] = []

    def no(question: str) -> Answer:
        asked.append(question)
        return NOT_FOUND

    assert suggest(many, no, 3) == []
    assert len(asked) == MOST_TRIED
