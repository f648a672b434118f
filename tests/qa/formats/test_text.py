"""Answers as text, Markdown and JSON."""

import dataclasses
import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpus import Document, InputError, Passage
from qa import Answer, AnswerForm, AnswerVerdict, Citation, Excerpt, Hit
from qa.citations import cite, join_parts
from qa.formats import answer_to_json, citations_from_json, location_of, to_text
from qa.formats.json import answer_from_dict, fingerprint
from qa.formats.text import caption_of, escape_markdown, mark_quotations, to_markdown
from qa.types import Searched
from tests.table_samples import cash_flows, cell_citation, row_excerpt

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
        "51,900\nConfidence 93% (of 100 such answers on questions about bridges, about 93 were "
        "right).\n\n[1] trade/briefing.pdf, page 2, line 14 (Trade briefing)\n"
        "    “They employ 51,900.”\n"
    )


@pytest.mark.parametrize(("confidence", "percent"), [(0.998, 99), (0.984, 98), (0.004, 0)])
def test_nobody_is_told_that_an_answer_is_certain(confidence: float, percent: int) -> None:
    """Catches "Confidence 100%." for a probability that only rounds to it."""
    answer = dataclasses.replace(FOUND, confidence=confidence, fitted_on="")
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
    assert text.startswith("The documents do not say.\n")
    assert " Searched 11 documents (75 passages). The nearest passages:\n" in text
    assert "They employ 51,900." in text
    assert "“" not in text


@pytest.mark.parametrize(
    ("verdict", "measured", "bare"),
    [
        (
            "answered",
            "Confidence 83% (of 100 such answers on maps, about 83 were right).",
            "Confidence 83%.",
        ),
        (
            "perhaps",
            "In about 61 of 100 such cases on maps the passage answers.",
            "Probability that the passage answers: 61%.",
        ),
        (
            "not_in_documents",
            "Of 100 questions told this on maps, the documents do not answer about 39.",
            "Probability that they do not: 39%.",
        ),
    ],
)
def test_under_each_verdict_stands_its_number(
    verdict: AnswerVerdict, measured: str, bare: str
) -> None:
    """Catches a number of another verdict, and a share of 100 that nobody has counted."""
    found = NOT_FOUND if verdict == "not_in_documents" else FOUND
    answer = dataclasses.replace(found, verdict=verdict, confidence=0.83, answerability=0.61)
    assert f"\n{measured}" in to_text(dataclasses.replace(answer, fitted_on="maps"))
    text = to_text(dataclasses.replace(answer, fitted_on=""))
    assert f"\n{bare}" in text
    assert "of 100" not in text.lower()


GUIDE = Document(
    "guide.md",
    "Guide",
    "text/markdown",
    "0" * 64,
    "Bronze is copper and tin. Brass has zinc.\nIt is yellow.\n\nNothing else.\nIt melts at 900.",
)
BRONZE, BRASS, YELLOW, MELTS = (
    "Bronze is copper and tin.", "Brass has zinc.", "It is yellow.", "It melts at 900.",
)  # fmt: skip


def answer_of(form: AnswerForm, *quoted: tuple[str, str], parts: int = 0) -> Answer:
    """Return an answer about metals of pairs of a quotation and what is marked in it."""
    citations = []
    for number, (quote, marked) in enumerate(quoted, 1):
        start = GUIDE.text.index(quote)
        at = GUIDE.text.index(marked, start)
        span = (start, start + len(quote), at, at + len(marked))
        citations.append(cite(GUIDE, Excerpt("guide.md", *span, 0.9), number))
    parts = parts or len(citations)
    return dataclasses.replace(
        FOUND,
        form=form,
        text=join_parts(form, citations[:parts]),
        citations=tuple(citations),
        parts=parts,
        fitted_on="",
    )


LIST = answer_of("list", (BRONZE, "copper"), (BRASS, "zinc"), (BRONZE, "tin"))
SENTENCES = answer_of(
    "sentences", *((quote, quote) for quote in (BRONZE, BRASS, MELTS, YELLOW)), parts=3
)
STEPS = answer_of("steps", (BRASS, BRASS), (YELLOW, YELLOW))
PERHAPS = dataclasses.replace(
    answer_of("span", (BRASS, "zinc"), (MELTS, MELTS)), verdict="perhaps", answerability=0.61
)


def test_text_of_a_list() -> None:
    """Catches a sentence that is quoted for each of its items, and items without their numbers."""
    assert to_text(LIST) == (
        "[1] copper\n[2] zinc\n[3] tin\nConfidence 93%.\n\n"
        "[1][3] guide.md, line 1 (Guide)\n    “Bronze is copper and tin.”\n\n"
        "[2] guide.md, line 1 (Guide)\n    “Brass has zinc.”\n"
    )
    markdown = to_markdown(LIST)
    assert markdown.startswith("- \\[1\\] copper\n- \\[2\\] zinc\n- \\[3\\] tin\n\n")
    assert "> Bronze is **copper** and **tin**\\.\n>\n> \\[1\\]\\[3\\] guide" in markdown


def test_text_of_sentences() -> None:
    """Catches a gap that is not shown, a sentence said twice, and a further quotation unsaid."""
    said = f"{BRONZE} [1] {BRASS} [2] … {MELTS} [3]"
    text = to_text(SENTENCES)
    assert text.startswith(f"{said}\nConfidence 93%.\n\n[1] guide.md, line 1 (Guide)\n\n[2] ")
    assert text.endswith(f"[4] guide.md, line 2 (Guide)\n    “{YELLOW}”\n")
    assert [text.count(quote) for quote in (BRONZE, BRASS, MELTS, YELLOW)] == [1, 1, 1, 1]
    markdown = to_markdown(SENTENCES)
    assert markdown.startswith(f"{escape_markdown(said)}\n\n")
    assert "**" not in markdown


def test_text_of_steps() -> None:
    """Catches steps that run into each other."""
    assert to_text(STEPS) == (
        f"[1] {BRASS}\n[2] {YELLOW}\nConfidence 93%.\n\n"
        "[1] guide.md, line 1 (Guide)\n\n[2] guide.md, line 2 (Guide)\n"
    )
    assert to_markdown(STEPS).startswith("- \\[1\\] Brass has zinc\\.\n- \\[2\\] It")


def test_text_of_a_perhaps() -> None:
    """Catches an unsure answer told as one, and one without the sentences to look at."""
    text = to_text(PERHAPS)
    assert text.startswith("No sure answer. It may stand here:\nProbability that the passage answ")
    assert f"    “{BRASS}”\n" in text
    assert f"    “{MELTS}”\n" in text
    markdown = to_markdown(PERHAPS)
    assert markdown.startswith("**No sure answer\\. It may stand here\\:**\n\n")
    assert "> Brass has **zinc**\\.\n" in markdown


def test_sentences_that_differ_are_named_by_their_numbers() -> None:
    """Catches a contradiction between whole sentences that is kept quiet."""
    assert "\nThe sources differ: [1] and [4]. Confidence 93%.\n" in to_text(
        dataclasses.replace(SENTENCES, conflicting=(1, 4))
    )


WORD = st.text("abcxyzé", min_size=1, max_size=6)


@given(st.lists(st.lists(WORD, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_every_item_is_told_once_and_every_sentence_quoted_once(
    sentences: list[list[str]], data: st.DataObject
) -> None:
    """Catches items that are lost, told twice or marked in the wrong place."""
    text, places = "", []
    for words in sentences:
        begin = len(text)
        inside = []
        for word in words:
            inside.append((len(text), len(text) + len(word)))
            text += f"{word} "
        places += [(begin, len(text) - 1, *span) for span in inside]
        text += "\n"
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, unique=True))
    document = dataclasses.replace(GUIDE, text=text)
    citations = tuple(
        cite(document, Excerpt("guide.md", *span, 0.9), number)
        for number, span in enumerate(chosen, 1)
    )
    answer = dataclasses.replace(
        LIST,
        text=join_parts("list", citations),
        citations=citations,
        parts=len(citations),
    )
    lines = to_text(answer).split("\n")
    assert lines[: len(citations)] == [f"[{c.number}] {c.answer}" for c in citations]
    quotes = [line for line in lines if line.startswith("    “")]
    distinct = dict.fromkeys((c.start, c.quote) for c in citations if c.quote != c.answer)
    assert quotes == [f"    “{quote}”" for _, quote in distinct]
    numbers = [n for line in lines if "guide.md" in line for n in re.findall(r"\[(\d+)\]", line)]
    assert sorted(map(int, numbers)) == [c.number for c in citations]
    for quoted in mark_quotations(answer):
        assert "".join(piece for piece, _ in quoted.pieces) == quoted.first.quote
        marked = [piece for piece, is_marked in quoted.pieces if is_marked]
        same = [c for c in citations if (c.start, c.end) == (quoted.first.start, quoted.first.end)]
        assert marked == [c.answer for c in sorted(same, key=lambda c: c.answer_start)]
    tokens = MarkdownIt("commonmark").parse(to_markdown(answer))
    strong = sum(child.type == "strong_open" for token in tokens for child in token.children or [])
    whole = sum(all(marked for _, marked in q.pieces) for q in mark_quotations(answer))
    assert strong == len(citations) - whole


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


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("slide 3", "slide 3"),
        ("sheet Budget, cell C7", "sheet Budget, cell C7"),
        ("chapter 2", "chapter 2, line 14"),
        ("message 4", "message 4, line 14"),
        ("cell 5", "cell 5, line 14"),
    ],
)
def test_a_place_is_told_as_people_call_it(place: str, where: str) -> None:
    """Catches a line number of a spreadsheet, and a chapter of a hundred pages without one."""
    cited = dataclasses.replace(CITATION, page=None, place=place)
    assert location_of(cited) == f"trade/briefing.pdf, {where}"
    later = dataclasses.replace(cited, line=17)
    assert location_of(later, cited) == f"trade/briefing.pdf, {where.replace('line', 'lines')}" + (
        "–17" if "line" in where else ""
    )


WRITTEN = dataclasses.replace(CITATION, author="Ann\nSmith", date="2013-04-30", recognised=0.934)


def test_author_date_and_scan_are_told_with_the_place() -> None:
    """Catches words of a scan told as if they were sure, and an author who is kept quiet."""
    origin = "Ann Smith, 2013-04-30 · read off a scan, 93% sure"
    assert caption_of(WRITTEN) == f"trade/briefing.pdf, page 2, line 14 · {origin}"
    answer = dataclasses.replace(FOUND, citations=(WRITTEN,))
    assert f"[1] trade/briefing.pdf, page 2, line 14 (Trade briefing) · {origin}\n" in to_text(
        answer
    )
    assert escape_markdown(origin) in to_markdown(answer)
    dated = dataclasses.replace(CITATION, date="2013")
    assert caption_of(dated) == "trade/briefing.pdf, page 2, line 14 · 2013"
    sure = dataclasses.replace(CITATION, recognised=1.0)
    assert caption_of(sure).endswith(" · read off a scan, 99% sure")


REPORT = cash_flows()
NAMES = "Investing activities · Purchases of property, plant and equipment"
YEARS = "Year ended 31 December · 2018"


def cells_of(*values: str, parts: int = 0, conflicting: tuple[int, ...] = ()) -> Answer:
    """Return an answer of cells of `REPORT`."""
    citations = tuple(cell_citation(REPORT, value, n) for n, value in enumerate(values, 1))
    parts = parts or len(citations)
    return dataclasses.replace(
        FOUND,
        form="cells",
        text=join_parts("cells", citations[:parts]),
        citations=citations,
        parts=parts,
        conflicting=conflicting,
        fitted_on="",
    )


CELL, CELLS = cells_of("1,577"), cells_of("1,577", "1,373")
ROW = dataclasses.replace(
    CELL,
    verdict="perhaps",
    answerability=0.61,
    citations=(cite(REPORT, row_excerpt(REPORT, "Acquisitions"), 1),),
)


def test_a_cell_is_told_with_what_names_it() -> None:
    """Catches a bare figure, one without its unit or group, and brackets around the unit."""
    assert to_text(CELL) == (
        f"1,577 — {NAMES} · {YEARS} · in millions\nConfidence 93%.\n\n"
        "[1] report.html, line 12 (Annual report) · table “Consolidated statements of cash flows”\n"
        "    “Purchases of property, plant and equipment 1,577 1,373”\n"
    )
    markdown = to_markdown(CELL)
    assert markdown.startswith(f"**1\\,577** — {escape_markdown(NAMES)} · Year ended 31 December")
    assert "> Purchases of property\\, plant and equipment **1\\,577** 1\\,373\n" in markdown


def test_several_cells_have_a_line_each() -> None:
    """Catches cells without their numbers, and a row that is quoted for each of its cells."""
    lines = to_text(CELLS).split("\n")
    assert lines[0] == f"[1] 1,577 — {NAMES} · {YEARS} · in millions"
    assert lines[1] == f"[2] 1,373 — {NAMES} · Year ended 31 December · 2017 · in millions"
    assert lines[4].startswith("[1][2] report.html, line 12 (Annual report)")
    assert "- \\[1\\] **1\\,577** — " in to_markdown(CELLS)
    assert "- \\[2\\] **1\\,373** — " in to_markdown(CELLS)


def test_cells_that_differ_are_both_told() -> None:
    """Catches a second figure that is kept quiet because it is no part of the answer."""
    text = to_text(cells_of("1,577", "262", parts=1, conflicting=(1, 2)))
    first, second, detail, *_ = text.split("\n")
    assert (first[:11], second[:9]) == ("[1] 1,577 —", "[2] 262 —")
    assert detail == "The sources differ: [1] and [2]. Confidence 93%."


def test_a_perhaps_of_cells_shows_the_row_and_its_heads() -> None:
    """Catches an unsure figure told as the answer, and a row whose columns have no names."""
    text = to_text(ROW)
    assert text.startswith("No sure answer. It may stand in this row:\nProbability that the pass")
    assert "    “Acquisitions 10 2,023”\n    Investing activities · Acquisitions · Year" in text
    assert "Year ended 31 December · 2018 · 2017 · in millions\n" in text
    assert "2018 · 2017 · in millions" in to_markdown(ROW)
    other = cite(REPORT, row_excerpt(REPORT, "Net income"), 2)
    rows = dataclasses.replace(ROW, citations=(*ROW.citations, other))
    assert to_text(rows).startswith("No sure answer. It may stand in these rows:\n")


def test_labels_survive_saving_and_make_a_fingerprint() -> None:
    """Catches labels lost in a browser, and a link that takes another year for the same answer."""
    saved = answer_from_dict(json.loads(answer_to_json(CELL)))
    assert saved.citations == CELL.citations
    assert fingerprint(saved) == fingerprint(CELL)
    bare = tuple(dataclasses.replace(citation, labels=()) for citation in CELL.citations)
    assert fingerprint(CELL) != fingerprint(dataclasses.replace(CELL, citations=bare))
