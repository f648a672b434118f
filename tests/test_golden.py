"""The golden questions about the starter documents, by name, with the default encoder.

What a question must get: one that asks for a few words a quotation with one of its answers from one
of its documents as the first citation; one that asks for a list or for steps half of them in the
quotations of the answer; one that asks for sentences one of its phrases in them; one on which the
sources differ a quotation from each side; any other no answer, and a confidence that does not say
that there is one. Wordings that the reader is known to miss are listed, and expected to fail: a
reader that gets one right must take it off the list.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index import build, open_encoder
from qa import Answer, Assistant

ROOT = Path(__file__).resolve().parent.parent
GOLDEN_FILES = ("questions.jsonl", "own_words.jsonl")
pytestmark = pytest.mark.model

# Answered in words quite unlike the question's, or beside another fact that fits better.
TOO_UNLIKE = {
    "article-author",
    "budget-gap",
    "chicago-firm",
    "companies-met",
    "contact",
    "council-decision",
    "famous-for",
    "festival-aim",
    "flights-matter",
    "mission-preparation",
    "most-money",
    "police-there",
    "uiuc",
    "universities-there",
    "university-part",
    "visit-organisations",
    "visit-outcome",
    "why-connected",
}
# About the right people and things, but nothing that the documents say of them.
NEAR_MISSES = {
    "no-birmingham-sisters",
    "no-japan-investment",
    "no-last-airline",
    "no-population",
    "no-return-visit",
    "no-schools-director",
}


@dataclass(frozen=True, slots=True)
class Golden:
    """A question, the documents that answer it, the form of its answer, and what it must say.

    Args:
        id: its name.
        question: as it is asked.
        documents: that answer it; empty if none does.
        form: of the answer.
        sides: the answers of one side or of several that differ; the items of a list, each as one
            side, of which half must be there.
    """

    id: str
    question: str
    documents: frozenset[str]
    form: str
    sides: tuple[tuple[str, ...], ...]


def read(line: str) -> Golden:
    """Return the golden question in one line of the file."""
    entry: dict[str, Any] = json.loads(line)
    form = entry.get("form", "span")
    if entry["differ"]:
        sides = entry["answers"]
    elif form in ("list", "steps"):
        sides = [[item] for item in entry["answers"]]
    else:
        sides = [entry["answers"]] * entry["answerable"]
    return Golden(
        entry["id"],
        entry["question"],
        frozenset(entry["documents"]),
        form,
        tuple(tuple(side) for side in sides),
    )


GOLDEN = [
    read(line)
    for name in GOLDEN_FILES
    for line in (ROOT / "tests" / "golden" / name).read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Return an assistant for the starter documents."""
    folder = tmp_path_factory.mktemp("golden") / "starter"
    shutil.copytree(ROOT / "starter", folder, ignore=shutil.ignore_patterns(".pincite"))
    encoder = open_encoder()
    build(folder, encoder)
    with Assistant.open(folder, encoder=encoder) as opened:
        yield opened


def quotes_a_side(answer: Answer, golden: Golden, side: tuple[str, ...], first: int) -> bool:
    """Return whether one of the first citations quotes ``side`` from a right document."""
    return any(
        citation.document in golden.documents and any(text in citation.quote for text in side)
        for citation in answer.citations[:first]
    )


def marked(golden: Golden) -> Any:  # noqa: ANN401 - pytest's parameter sets have no public type
    """Return the question as a test parameter, expected to fail where the reader misses it."""
    missed = golden.id in TOO_UNLIKE | NEAR_MISSES
    reason = "the reader misses this wording"
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if missed else []
    return pytest.param(golden, id=golden.id, marks=marks)


@pytest.mark.parametrize("golden", [marked(golden) for golden in GOLDEN])
def test_golden(assistant: Assistant, golden: Golden) -> None:
    """Catches an answer from the wrong place, and an answer where there is none."""
    answer = assistant.ask(golden.question)
    if not golden.sides:
        assert answer.verdict != "answered", answer.citations[0].quote
        assert answer.confidence <= 0.5
        assert answer.citations or answer.nearest
        return
    shown = [c.quote for c in answer.citations]
    if golden.form == "span":
        first = 5 if len(golden.sides) > 1 else 1
        assert all(quotes_a_side(answer, golden, side, first) for side in golden.sides), shown
    else:
        said = [quotes_a_side(answer, golden, side, answer.parts) for side in golden.sides]
        assert sum(said) >= len(said) / 2, shown


@pytest.mark.parametrize("golden", [g for g in GOLDEN if g.sides], ids=lambda golden: golden.id)
def test_the_right_document_is_retrieved(assistant: Assistant, golden: Golden) -> None:
    """Catches a retriever that leaves the reader nothing to find."""
    hits = assistant.ask(golden.question).hits
    assert golden.documents & {hit.passage.document for hit in hits}


def test_the_set_is_what_it_claims() -> None:
    """Catches a set from which the hard questions have been taken away."""
    assert len(GOLDEN) >= 100
    assert sum(not golden.sides for golden in GOLDEN) >= 40
    differ = [golden for golden in GOLDEN if golden.form == "span" and len(golden.sides) > 1]
    assert len(differ) == 3
    assert len({golden.id for golden in GOLDEN}) == len(GOLDEN)
    assert {golden.id for golden in GOLDEN} >= TOO_UNLIKE | NEAR_MISSES


def test_the_first_question_of_the_readme(assistant: Assistant) -> None:
    """Catches the example that everybody tries first going wrong."""
    answer = assistant.ask("How many people do UK companies employ in Illinois?")
    assert answer.text == "51,900"
    citation = answer.citations[0]
    assert (citation.document, citation.page) == ("trade/briefing.pdf", 1)
    assert "51,900" in citation.quote
