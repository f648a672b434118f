"""The questions about the starter documents in the words of people who have not read them.

Half of them are answered there; the others are near misses: about the documents' own people,
places and things, but nothing that the documents say of them. What Pincite makes of them is
measured, and is no matter of passing or failing.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus import sentence_spans
from corpus.formats import parse

ROOT = Path(__file__).resolve().parent.parent
FORMS = {"span", "list", "sentences", "steps"}


def read(name: str) -> list[dict[str, Any]]:
    """Return the golden questions in one file."""
    lines = (ROOT / "tests" / "golden" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


OWN_WORDS = read("own_words.jsonl")
ANSWERABLE = [entry for entry in OWN_WORDS if entry["answerable"]]
NEAR_MISSES = [entry for entry in OWN_WORDS if not entry["answerable"]]


def sentences(name: str) -> list[str]:
    """Return the sentences of the starter document ``name``."""
    document = parse((ROOT / "starter" / name).read_bytes(), name)
    return [document.text[span.start : span.end] for span in sentence_spans(document)]


def test_half_of_the_sixty_questions_are_near_misses() -> None:
    """Catches a set from which the hard questions have been taken away."""
    assert len(ANSWERABLE) == len(NEAR_MISSES) == 30
    assert all(entry["id"].startswith("no-") for entry in NEAR_MISSES)
    assert not any(entry["documents"] or entry["answers"] for entry in NEAR_MISSES)


def test_no_question_is_there_twice() -> None:
    """Catches a question that counts twice, here or in the first set."""
    entries = OWN_WORDS + read("questions.jsonl")
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert len({entry["question"].casefold() for entry in entries}) == len(entries)


def test_each_form_of_answer_is_asked_for() -> None:
    """Catches a form that nothing knows, and a set that asks for short answers alone."""
    assert {entry["form"] for entry in ANSWERABLE} == FORMS
    assert not any("form" in entry for entry in NEAR_MISSES)


@pytest.mark.parametrize("entry", ANSWERABLE, ids=lambda entry: entry["id"])
def test_the_answers_stand_in_the_documents(entry: dict[str, Any]) -> None:
    """Catches an answer that no quotation can hold, and a document that does not answer."""
    found = {
        name: {answer for answer in entry["answers"] for text in sentences(name) if answer in text}
        for name in entry["documents"]
    }
    assert all(found.values()), found
    assert set().union(*found.values()) == set(entry["answers"])
