"""Answers as text, Markdown and JSON."""

import dataclasses
import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpus import InputError, Passage
from qa import Answer, AnswerForm, AnswerVerdict, Citation, Hit
from qa.formats import answer_to_json, citations_from_json, location_of, to_text
from qa.formats.json import answer_from_dict
from qa.formats.text import escape_markdown, to_markdown
from qa.types import Searched

CITATION = Citation(
    number=1,
    document="trade/briefing.pdf",
    title="Trade briefing",
    sha256="ab" * 32,
    page=2,
    line=14,
    heading="Jobs",
    start=100,
    end=119,
    quote="They employ 51,900.",
    answer_start=112,
    answer_end=118,
    prefix="before ",
    suffix=" after",
)
HIT = Hit(Passage("trade/briefing.pdf", 90, 200, "Jobs"), 2.5, 0.7, 1, 11.5, 2)
FOUND = Answer(
    question="How  many?",
    understood_as="How many?",
    verdict="answered",
    form="span",
    text="51,900",
    confidence=0.93456,
    answerability=0.93456,
    citations=(CITATION,),
    parts=1,
    conflicting=(),
    nearest=(),
    hits=(HIT,),
    searched=Searched(11, 75),
    false_answer_rate=0.05,
    fitted_on="questions about bridges",
    timings_ms={"total": 1.5},
)
NOT_FOUND = dataclasses.replace(
    FOUND,
    verdict="not_in_documents",
    text="",
    confidence=0.02,
    answerability=0.22,
    citations=(),
    nearest=(CITATION,),
)
NOTHING_ASKED = dataclasses.replace(NOT_FOUND, nearest=(), hits=(), understood_as="")
ATTACKS = st.sampled_from(
    ["<b>", "**", "_", "`", "[a](b)", "![a](b)", "&amp;", "<!--", "# ", "- ", "1. ", "> ", "\n",
     "$$",
     "http://example.org", "|", "~~", "\\", "\x1b[31m", "<script>", "*a*", "a@example.org"]
)  # fmt: skip


def test_text_of_an_answer() -> None:
    """Catches a terminal answer without its short answer, its place or its quotation."""
    assert to_text(FOUND) == (
        "51,900\nConfidence 93%.\n\n[1] trade/briefing.pdf, page 2, line 14 (Trade briefing)\n"
        "    “They employ 51,900.”\n"
    )


@pytest.mark.parametrize(("confidence", "percent"), [(0.998, 99), (0.984, 98), (0.004, 0)])
def test_nobody_is_told_that_an_answer_is_certain(confidence: float, percent: int) -> None:
    """Catches "Confidence 100%." for a probability that only rounds to it."""
    answer = dataclasses.replace(FOUND, confidence=confidence)
    assert f"\nConfidence {percent}%.\n" in to_text(answer)


def test_other_places_of_the_same_words_are_named() -> None:
    """Catches copies kept quiet, a long list of them, and copies that are not checked again."""
    copies = tuple(dataclasses.replace(CITATION, document=f"{n}.pdf") for n in range(5))
    answer = dataclasses.replace(FOUND, citations=(dataclasses.replace(CITATION, also=copies),))
    places = "; ".join(f"{n}.pdf, page 2, line 14" for n in range(3))
    assert f"Also in {places}; and 2 more\n" in to_text(answer)
    assert "Also in 0\\.pdf\\, page 2\\, line 14\\; " in to_markdown(answer)
    assert citations_from_json(answer_to_json(answer)) == [CITATION, *copies]


def test_text_of_a_no_shows_what_was_searched() -> None:
    """Catches a bare no that does not show its work."""
    text = to_text(NOT_FOUND)
    assert text.startswith("The documents do not say.\nSearched 11 documents (75 passages).")
    assert "They employ 51,900." in text
    assert "“" not in text


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.05, "about 5 of 100 questions"), (0.15, "about 15 of"), (0.001, "less than one of 100")],
)
def test_a_no_says_what_it_is_worth(rate: float, words: str) -> None:
    """Catches a setting whose meaning is kept from the people who rely on it."""
    assert words in to_text(dataclasses.replace(NOT_FOUND, false_answer_rate=rate))
    assert "of 100" not in to_text(dataclasses.replace(NOT_FOUND, false_answer_rate=None))


def test_sources_that_differ_are_named_side_by_side() -> None:
    """Catches a contradiction that is told as one answer."""
    other = dataclasses.replace(CITATION, number=2, quote="They employ 49,000.")
    third = dataclasses.replace(CITATION, number=3, quote="They employ 51,900.")
    both = dataclasses.replace(FOUND, citations=(CITATION, other, third), conflicting=(1, 2))
    assert to_text(both).startswith("The sources differ: 51,900 [1]; 49,000 [2]\n")


def test_text_of_a_question_without_words() -> None:
    """Catches claiming that the documents were searched when nothing was asked."""
    assert to_text(NOTHING_ASKED).startswith("There is nothing to search for.")


def test_no_terminal_control_reaches_the_terminal() -> None:
    """Catches a document that recolours or overwrites the user's terminal."""
    evil = dataclasses.replace(CITATION, quote="a\x1b[2J\x9bb\x07c", title="\x1b]0;x\x07")
    text = to_text(dataclasses.replace(FOUND, citations=(evil,)))
    assert not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]


@given(st.lists(st.one_of(ATTACKS, st.text(max_size=5))).map("".join))
def test_escaped_markdown_is_literal(text: str) -> None:
    """Catches any character of a document that is markup to a CommonMark parser."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(f"x {escape_markdown(text)} x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}


def test_markdown_marks_the_short_answer_only() -> None:
    """Catches the wrong part of the quotation in bold."""
    assert "> They employ **51\\,900**\\." in to_markdown(FOUND)


def test_json_is_the_contract() -> None:
    """Catches a renamed or missing field, which other programs depend on."""
    data = json.loads(answer_to_json(FOUND))
    assert list(data) == [
        "question", "understood_as", "verdict", "found", "form", "confidence", "answerability",
        "fitted_on", "risk", "text", "citations", "parts", "conflicting", "nearest",
        "searched", "hits", "timings_ms",
    ]  # fmt: skip
    assert data["confidence"] == 0.9346
    assert data["hits"] == [
        {"document": "trade/briefing.pdf", "start": 90, "end": 200, "score": 2.5}
    ]
    assert {"number", "document", "title", "sha256", "page", "line", "start", "end", "quote",
            "answer_start", "answer_end", "prefix", "suffix",
            } <= set(data["citations"][0])  # fmt: skip
    assert json.loads(answer_to_json(FOUND, "q7"))["id"] == "q7"


def test_json_is_one_line_even_for_texts_with_line_ends() -> None:
    """Catches answers that run into each other in a file of many."""
    odd = dataclasses.replace(FOUND, question="a\nb\u2028c\x85d")
    assert len((answer_to_json(odd) + "\n").split("\n")) == 2


def test_saved_citations_come_back() -> None:
    """Catches a field lost between `ask --json` and `verify`."""
    assert citations_from_json(answer_to_json(FOUND)) == [CITATION]
    many = "\n".join(
        [answer_to_json(FOUND, "a"), answer_to_json(NOT_FOUND, "b"), answer_to_json(FOUND)]
    )
    assert citations_from_json(many) == [CITATION, CITATION]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_quotation_survives_saving(quote: str) -> None:
    """Catches lines split at characters that JSON leaves as they are, such as U+2028."""
    odd = dataclasses.replace(CITATION, quote=quote)
    saved = answer_to_json(dataclasses.replace(FOUND, citations=(odd,)))
    assert citations_from_json(f"{saved}\n{saved}\n") == [odd, odd]


def test_indented_json_is_accepted() -> None:
    """Catches a saved answer that someone has pretty-printed."""
    pretty = json.dumps(json.loads(answer_to_json(FOUND)), indent=2)
    assert citations_from_json(pretty) == [CITATION]


@pytest.mark.parametrize("text", ["not JSON", "[1]", '{"citations": [{"number": 1}]}', "{}", ""])
def test_other_files_are_refused_in_one_sentence(text: str) -> None:
    """Catches a traceback, or silence, for a file that is no answer."""
    with pytest.raises(InputError, match="is not an answer saved by"):
        citations_from_json(text)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("confidence", "high", "confidence: Input should be a valid number"),
        ("found", False, "found without a citation, or the other way round"),
        ("citations", [{}], "citations.0.number: Field required"),
        ("verdict", "not_in_documents", "found without a citation, or the other way round"),
        ("verdict", "maybe", "verdict: Input should be 'answered', 'perhaps' or"),
        ("form", "poem", "form: Input should be 'span', 'list'"),
        ("parts", 2, "2 parts of 1 citations"),
        ("parts", 0, "0 parts of 1 citations"),
    ],
)
def test_a_spoilt_answer_is_refused_by_its_field(field: str, value: object, said: str) -> None:
    """Catches a sentence that does not say what is wrong, and a text taken for a number."""
    saved = json.loads(answer_to_json(FOUND)) | {field: value}
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        answer_from_dict(saved)
    assert "\n" not in str(caught.value)


def test_what_earlier_versions_wrote_is_read() -> None:
    """Catches conversations kept by browsers, and saved answers, that can no longer be opened."""
    saved = json.loads(answer_to_json(FOUND))
    saved["differing"] = saved.pop("conflicting")
    for later in ("verdict", "form", "answerability", "parts", "fitted_on"):
        del saved[later]
    for citation in saved["citations"]:
        del citation["also"]
    citations = tuple(dataclasses.replace(citation, also=()) for citation in FOUND.citations)
    expected = dataclasses.replace(
        FOUND, confidence=0.9346, answerability=0.9346, hits=(), citations=citations, fitted_on=""
    )
    assert answer_from_dict(saved) == expected
    assert citations_from_json(json.dumps(saved)) == [CITATION]


@given(
    st.sampled_from(get_args(AnswerForm)),
    st.sampled_from(get_args(AnswerVerdict)),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4),
    st.data(),
)
def test_answers_of_all_forms_come_back(
    form: AnswerForm, verdict: AnswerVerdict, quotes: list[str], data: st.DataObject
) -> None:
    """Catches a form or a verdict that is lost between a page and its browser, or refused there."""
    citations = tuple(
        dataclasses.replace(CITATION, number=number, quote=quote)
        for number, quote in enumerate(quotes, 1)
    )
    answer = dataclasses.replace(
        FOUND,
        verdict=verdict,
        form=form,
        parts=data.draw(st.integers(1, len(citations))),
        confidence=0.25,
        answerability=0.75,
        citations=() if verdict == "not_in_documents" else citations,
        nearest=citations if verdict == "not_in_documents" else (),
        hits=(),
    )
    assert answer_from_dict(json.loads(answer_to_json(answer))) == answer


def test_place_without_pages() -> None:
    """Catches "page None"."""
    assert location_of(dataclasses.replace(CITATION, page=None)) == "trade/briefing.pdf, line 14"
