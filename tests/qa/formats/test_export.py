"""Conversations as files, and what people thought of answers."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document as Word
from docx.text.paragraph import Paragraph
from hypothesis import example, given
from hypothesis import strategies as st

from pincite.evaluation.questions import read_questions
from qa import Answer
from qa.chat.feedback import FEEDBACK, keep_feedback
from qa.formats import citations_from_json, to_text
from qa.formats.export import export
from qa.formats.text import to_markdown
from tests.qa.formats.test_text import (
    ATTACKS,
    BRASS,
    BRONZE,
    CELLS,
    CITATION,
    FOUND,
    LIST,
    MELTS,
    NOT_FOUND,
    PERHAPS,
    ROW,
    SENTENCES,
    STEPS,
    WRITTEN,
    YELLOW,
)

BOTH = [FOUND, NOT_FOUND]


def style_of(paragraph: Paragraph) -> str | None:
    return paragraph.style.name if paragraph.style else None


def test_json_lines_are_what_verify_reads() -> None:
    """Catches an export that cannot be checked again."""
    text = export("jsonl", BOTH).decode()
    assert [json.loads(line)["found"] for line in text.splitlines()] == [True, False]
    assert citations_from_json(text) == [CITATION]


def test_markdown_holds_every_answer_under_its_question() -> None:
    """Catches an answer that is left out, or a question that is markup."""
    text = export("md", [replace(FOUND, question="# <b>How*"), NOT_FOUND]).decode()
    assert text.startswith("## \\# &lt;b&gt;How\\*\n\n")
    assert to_markdown(FOUND) in text
    assert to_markdown(NOT_FOUND) in text


def test_word_shows_questions_answers_and_marked_quotations() -> None:
    """Catches a quotation that is changed, a mark on the wrong words, and a missing place."""
    word = Word(io.BytesIO(export("docx", BOTH)))
    paragraphs = word.paragraphs
    assert [p.text for p in paragraphs if style_of(p) == "Heading 2"] == ["How  many?"] * 2
    quoted = next(p for p in paragraphs if style_of(p) == "Quote")
    assert quoted.text == CITATION.quote
    assert [run.text for run in quoted.runs if run.bold] == ["51,900"]
    texts = [p.text for p in paragraphs]
    assert "[1] trade/briefing.pdf, page 2, line 14" in texts
    assert "The documents do not say." in texts


@pytest.mark.parametrize(
    ("answer", "said", "quoted"),
    [
        (LIST, ["[1] copper", "[2] zinc", "[3] tin"], [BRONZE, BRASS]),
        (SENTENCES, [f"{BRONZE} [1] {BRASS} [2] … {MELTS} [3]"], [YELLOW]),
        (STEPS, [f"[1] {BRASS}", f"[2] {YELLOW}"], []),
        (PERHAPS, ["No sure answer. It may stand here:"], [BRASS, MELTS]),
        (ROW, ["No sure answer. It may stand in this row:"], [ROW.citations[0].quote]),
        (CELLS, to_text(CELLS).split("\n")[:2], [CELLS.citations[0].quote]),
    ],
)
def test_word_shows_all_forms(answer: Answer, said: list[str], quoted: list[str]) -> None:
    """Catches steps on one line, a sentence quoted for each of its items, and one said twice."""
    paragraphs = Word(io.BytesIO(export("docx", [answer]))).paragraphs
    assert [p.text for p in paragraphs[1 : len(said) + 1]] == said
    assert [p.text for p in paragraphs if style_of(p) == "Quote"] == quoted
    if answer is ROW:
        assert any("2018 · 2017 · in millions" in p.text for p in paragraphs)
        assert paragraphs[-1].text.endswith(" · table “Consolidated statements of cash flows”")
    if answer is LIST:
        first = next(p for p in paragraphs if style_of(p) == "Quote")
        assert [run.text for run in first.runs if run.bold] == ["copper", "tin"]
        assert "[1][3] guide.md, line 1" in [p.text for p in paragraphs]


def test_citations_of_all_forms_are_exported() -> None:
    """Catches a form or verdict whose sources are left out of what is checked and listed."""
    answers = [LIST, SENTENCES, STEPS, PERHAPS]
    cited = [citation for answer in answers for citation in answer.citations]
    assert citations_from_json(export("jsonl", answers).decode()) == cited
    (entry,) = json.loads(export("csl.json", answers))
    assert entry["locator"] == "line 1; line 5; line 2"
    assert "line 1; line 5; line 2" in export("bib", answers).decode()


@given(st.text(max_size=30), ATTACKS)
def test_any_text_can_be_carried(text: str, attack: str) -> None:
    """Catches controls that make a file unreadable, and signs that end an entry."""
    quote = f"{text}{attack}x"
    cited = replace(CITATION, title=quote, quote=quote, end=100 + len(quote), answer_start=100,
                    answer_end=100 + len(quote))  # fmt: skip
    answer = replace(FOUND, question=text, citations=(cited,))
    word = Word(io.BytesIO(export("docx", [answer])))
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "\ufffd", quote)
    quoted = next(p for p in word.paragraphs if style_of(p) == "Quote")
    assert quoted.text == kept.replace("\r\n", "\n").replace("\r", "\n")
    bibtex = export("bib", [answer]).decode()
    bare = re.sub(r"\\[{}]", "", bibtex)
    assert bare.count("{") == bare.count("}")
    (entry,) = json.loads(export("csl.json", [answer]))
    assert entry["title"] == quote


def test_each_document_is_one_entry_with_all_its_places() -> None:
    """Catches two entries under one key, and a document named twice."""
    later = replace(CITATION, number=2, line=20)
    other = replace(CITATION, number=3, document="x/Briefing.pdf", title="50% of {A & B}_1")
    answer = replace(FOUND, citations=(CITATION, later, other))
    bibtex = export("bib", [answer, FOUND]).decode()
    assert re.findall(r"@misc\{(.*),", bibtex) == ["briefing", "briefing-2"]
    assert "page 2, line 14; page 2, line 20; SHA-256 abab" in bibtex
    assert r"title = {50\% of \{A \& B\}\_1}" in bibtex
    entries = json.loads(export("csl.json", [answer]))
    assert [(e["id"], e["source"], e["locator"]) for e in entries] == [
        ("briefing", "trade/briefing.pdf", "page 2, line 14; page 2, line 20"),
        ("briefing-2", "x/Briefing.pdf", "page 2, line 14"),
    ]


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ("2013-04-30", [2013, 4, 30]),
        ("2013-04", [2013, 4]),
        ("2013", [2013]),
        ("", None),
        ("30} April", None),
        ("٢٠١٣", None),
    ],
)
def test_bibliographies_know_the_author_and_the_date(date: str, parts: list[int] | None) -> None:
    """Catches an author who is left out or split at "and", and a date that ends an entry."""
    cited = replace(WRITTEN, author="Smith and {Sons}", date=date)
    answer = replace(FOUND, citations=(cited,))
    bibtex = export("bib", [answer]).decode()
    assert r"  author = {{Smith and \{Sons\}}}," in bibtex
    assert ("  year = {2013},\n  date = {" + date in bibtex) == bool(parts)
    assert ("date" in bibtex) == bool(parts)
    (entry,) = json.loads(export("csl.json", [answer]))
    assert entry["author"] == [{"literal": "Smith and {Sons}"}]
    assert entry.get("issued") == ({"date-parts": [parts]} if parts else None)
    unknown = export("bib", [FOUND]).decode() + export("csl.json", [FOUND]).decode()
    assert not re.findall("author|year|issued", unknown)


NAMES = st.from_regex(r"(a/)?(report|Report|é|2)?(-[0-3])?(\.md|\.pdf)?", fullmatch=True)


@given(st.lists(NAMES, min_size=1, max_size=12, unique=True))
@example(["a.pdf", "a.md", "a-2.md"])
@example(["a-3.pdf", "a.md", "a.pdf", "b/a.md"])
def test_every_document_has_an_entry_under_a_key_of_its_own(names: list[str]) -> None:
    """Catches documents dropped whose names differ in their number or their ending alone."""
    answers = [replace(FOUND, citations=(replace(CITATION, document=name),)) for name in names]
    entries = json.loads(export("csl.json", answers))
    assert [entry["source"] for entry in entries] == names
    keys = [entry["id"] for entry in entries]
    assert len(set(keys)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key) for key in keys)
    assert re.findall(r"@misc\{(.*),", export("bib", answers).decode()) == keys


@pytest.mark.parametrize(("answer", "good"), [(FOUND, True), (NOT_FOUND, False)])
def test_feedback_is_kept_line_by_line(tmp_path: Path, answer: Answer, good: bool) -> None:
    """Catches a verdict without its question, a line that replaces another, an endless note."""
    keep_feedback(tmp_path, answer, good=good)
    keep_feedback(tmp_path, answer, good=good, note="Line one\nline two " + "x" * 3000)
    first, second = map(json.loads, (tmp_path / FEEDBACK).read_text("utf-8").splitlines())
    assert (first["question"], first["good"], first["text"]) == ("How many?", good, answer.text)
    assert first["documents"] == [c.document for c in answer.citations]
    assert (first["verdict"], first["form"]) == (answer.verdict, "span")
    assert second["note"].startswith("Line one\nline two x")
    assert len(second["note"]) == 2000


def test_judged_answers_of_all_forms_are_questions(tmp_path: Path) -> None:
    """Catches items run into one expected answer, and marked words expected that were unsure."""
    for answer in (FOUND, LIST, SENTENCES, PERHAPS):
        keep_feedback(tmp_path, answer, good=True)
    keep_feedback(tmp_path, PERHAPS, good=False)
    asked = read_questions(tmp_path / FEEDBACK).asked
    assert [(one.form, one.answers, one.answerable) for one in asked] == [
        ("span", ("51,900",), True),
        ("list", ("copper", "zinc", "tin"), True),
        ("sentences", (BRONZE, BRASS, MELTS), True),
        ("span", (), True),
        ("span", (), None),
    ]
