"""Drafts of questions: what the rules make of sentences, and what they leave alone."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import BuildReport
from pincite.cli import FAILED, run
from pincite.evaluation.drafts import asked_of, drafts
from pincite.evaluation.questions import read_questions


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "The station was automated on 3 May 1988 after a long dispute with the union.",
            "The station was automated on what date after a long dispute with the union?",
            "3 May 1988",
        ),
        (
            "In 1954, Ada Blake founded the trust with her two brothers.",
            "Ada Blake founded the trust with her two brothers in which year?",
            "1954",
        ),
        (
            "UK companies employ 51,900 people in the whole of Illinois.",
            "UK companies employ how many people in the whole of Illinois?",
            "51,900",
        ),
        (
            "The new roof of the lighthouse cost $2.5 million.",
            "The new roof of the lighthouse cost how much money?",
            "$2.5 million",
        ),
        (
            "Nearly 27 per cent of the firms that were asked came from abroad.",
            "Nearly what percentage of the firms that were asked came from abroad?",
            "27 per cent",
        ),
        (
            "Mayor Ann Silver opened the second harbour in front of many guests.",
            "Who or what opened the second harbour in front of many guests?",
            "Mayor Ann Silver",
        ),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, question: str, answer: str) -> None:
    """Catches a question that gives its answer away or has lost words."""
    assert asked_of(sentence) == (question, answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was automated on 3 May 1988 after a long dispute with the union.",
        "The station was automated on 3 May 1988",
        "In 1954, she founded the trust together with her two brothers.",
        "The crew of Apollo 13 returned to the Earth without a scratch after all.",
        "The first two stations on the coast were closed for good last winter.",
        "- item | 1954 | the year in which all of it began | 12 people were there.",
        "The station was automated.",
        "",
    ],
)
def test_other_sentences_are_left_alone(sentence: str) -> None:
    """Catches questions that nobody can understand without the text around them."""
    assert asked_of(sentence) is None


def document(name: str, *sentences: str) -> Document:
    """Return a text of these sentences, a paragraph each."""
    return Document(name, "", "text/plain", "0" * 64, "\n\n".join(sentences))


def test_documents_take_turns() -> None:
    """Catches a hundred questions about the first document only, and the same one twice."""
    sentences = [f"The harbour of Northport number {n} was opened in 19{n}." for n in range(10, 40)]
    documents = [document("a.txt", *sentences), document("b.txt", *sentences[:2]), document("c")]
    made = drafts(documents, 4)
    assert {draft.expected.documents for draft in made[:2]} == {("a.txt",), ("b.txt",)}
    assert len({draft.expected.question for draft in made}) == 4
    for draft in made:
        assert draft.expected.answers[0] in draft.sentence
        assert draft.expected.draft
    assert drafts(documents, 4) == made


def test_the_command_writes_drafts_and_reads_them(
    built: BuildReport,
    documents: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches drafts that the next command cannot read, and a file that is written over."""
    monkeypatch.chdir(tmp_path)
    command = ["eval", str(documents), "--make-questions", "5"]
    assert run(command) == 0
    assert "drafts are in questions.jsonl" in capsys.readouterr().out
    path = tmp_path / "questions.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert 0 < len(rows) <= 5
    assert all(row["draft"] and row["sentence"] for row in rows)
    assert all(one.draft and one.answerable for one in read_questions(path).asked)
    assert run(command) == FAILED
    assert "is there already" in capsys.readouterr().err
    assert run(["eval", str(documents), "questions.jsonl", "--out", str(tmp_path / "out")]) == 0
    assert "drafts made by rule" in (tmp_path / "out" / "report.html").read_text("utf-8")
