"""Questions made from sentences: what the rules make of them, and what they leave alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document
from qa import draft_questions
from qa.drafting import find_drafts


def document(name: str, *sentences: str) -> Document:
    """Return a text of these sentences, a paragraph each."""
    return Document(name, "", "text/plain", "0" * 64, "\n\n".join(sentences))


@pytest.mark.parametrize(
    ("sentence", "question", "answer", "natural"),
    [
        ("The old bridge was built in 1871.", "When was the old bridge built?", "1871", True),
        (
            "The station was automated on 3 May 1988 after a long dispute with the union.",
            "When was the station automated after a long dispute with the union?",
            "3 May 1988",
            True,
        ),
        (
            "The mill was built in the spring of 1801, and it burnt down in 1900.",
            "When was the mill built?",
            "the spring of 1801",
            True,
        ),
        (
            "UK companies employ 51,900 people in the whole of Illinois.",
            "How many people do UK companies employ in the whole of Illinois?",
            "51,900",
            True,
        ),
        (
            "The fund received about 90 letters.",
            "How many letters did the fund receive?",
            "90",
            True,
        ),
        (
            "Ada Holm is the keeper of Farland Light.",
            "Who is the keeper of Farland Light?",
            "Ada Holm",
            True,
        ),
        (
            "In 1954, Ada Blake founded the trust with her two brothers.",
            "Ada Blake founded the trust with her two brothers in which year?",
            "1954",
            False,
        ),
        (
            "The new roof of the lighthouse cost $2.5 million.",
            "The new roof of the lighthouse cost how much money?",
            "$2.5 million",
            False,
        ),
        (
            "Nearly 27 per cent of the firms that were asked came from abroad.",
            "Nearly what percentage of the firms that were asked came from abroad?",
            "27 per cent",
            False,
        ),
        (
            "Mayor Ann Silver opened the second harbour in front of many guests.",
            "Who or what opened the second harbour in front of many guests?",
            "Mayor Ann Silver",
            False,
        ),
    ],
)
def test_a_sentence_becomes_a_question(
    sentence: str, question: str, answer: str, natural: bool
) -> None:
    """Catches a question that gives its answer away, has lost words or is clumsy without need."""
    (draft,) = find_drafts(document("a.txt", sentence))
    assert (draft.question, draft.answer, draft.natural) == (question, answer, natural)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was automated on 3 May 1988 after a long dispute with the union.",
        "The station was automated on 3 May 1988",
        "In 1954, she founded the trust together with her two brothers.",
        "The crew of Apollo 13 returned to the Earth without a scratch after all.",
        "The first two stations on the coast were closed for good last winter.",
        "The two forces on either side of the river work under different laws.",
        "No full series was filmed in 2009.",
        "- item | 1954 | the year in which all of it began | 12 people were there.",
        "The station was automated.",
        "",
    ],
)
def test_other_sentences_are_left_alone(sentence: str) -> None:
    """Catches questions that nobody can understand without the text around them."""
    assert list(find_drafts(document("a.txt", sentence))) == []


@given(st.lists(st.sampled_from([
    "The bridge was built in 1871.", "It is old.", "The fund received 90 letters.",
    "A roof of the old lighthouse cost the town $2.5\nmillion.", "Ada Holm is the keeper of Wick.",
]), max_size=8), st.sampled_from([" ", "\n", "\n\n"]))  # fmt: skip
def test_an_answer_stands_where_its_draft_says(sentences: list[str], between: str) -> None:
    """Catches offsets into the sentence or the folded text instead of the document's."""
    text = between.join(sentences)
    whole = Document("a.txt", "", "text/plain", "0" * 64, text)
    for draft in find_drafts(whole):
        assert text[draft.span.start : draft.span.end] == draft.answer
        assert draft.answer in draft.sentence
        assert draft.document == "a.txt"


def test_documents_take_turns() -> None:
    """Catches a hundred questions about the first document only, and the same one twice."""
    sentences = [f"The harbour of Northport number {n} was opened in 19{n}." for n in range(10, 40)]
    documents = [document("a.txt", *sentences), document("b.txt", *sentences[:2]), document("c")]
    made = draft_questions(documents, 4)
    assert {draft.document for draft in made[:2]} == {"a.txt", "b.txt"}
    assert len({draft.question for draft in made}) == 4
    assert draft_questions(documents, 4) == made
