"""Items and steps: what belongs to a list, in each way that lists are written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Heading, Span, sentence_spans
from corpus.formats import parse
from qa.question import understand
from qa.reading.forms import (
    MOST_CHARACTERS,
    MOST_ITEMS,
    REACH,
    asks_for_steps,
    find_items,
    find_steps,
    split_items,
)

PDF = "application/pdf"
HTML = "text/html"


def plain(
    text: str, media_type: str = "text/plain", headings: tuple[Heading, ...] = ()
) -> Document:
    """Return a document of ``text``."""
    return Document("a.txt", "", media_type, "0" * 64, text, headings=headings)


def items(document: Document, words: str) -> list[str]:
    """Return the items of the list that the sentence with ``words`` stands in or leads to."""
    at = document.text.index(words)
    sentence = next(s for s in sentence_spans(document) if s.start <= at < s.end)
    return [document.text[start:end] for start, end in find_items(document, sentence)]


def steps(document: Document, question: str, words: str) -> list[str]:
    """Return the steps that the sentence with ``words`` leads to."""
    at = document.text.index(words)
    sentence = next(s for s in sentence_spans(document) if s.start <= at < s.end)
    found = find_steps(document, understand(question), sentence)
    return [document.text[start:end] for start, end in found]


# ---- enumerations within a sentence ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("copper, tin and a little lead", ["copper", "tin", "a little lead"]),
        ("copper, tin, and lead", ["copper", "tin", "lead"]),
        ("oil; gas & coal", ["oil", "gas", "coal"]),
        ("boats as well as nets", ["boats", "nets"]),
        ("1,200 tons or £3,400,000", ["1,200 tons", "£3,400,000"]),
        ("Simon and Garfunkel", ["Simon", "Garfunkel"]),
        ("the sandy band of Orkney", ["the sandy band of Orkney"]),
        (", tin, ", ["tin"]),
        ("—, …", []),
        ("", []),
    ],
)
def test_an_enumeration_is_split_at_its_commas_and_conjunctions(
    text: str, expected: list[str]
) -> None:
    """Catches a number cut at its comma, "and" within a word, and an item of marks alone.

    A name with "and" in it is split like any other words: nothing in the text tells them apart.
    """
    assert [text[start:end] for start, end in split_items(text)] == expected


@given(st.text(alphabet="ab1 ,;&\n—and or", max_size=40) | st.text(max_size=40))
def test_items_are_words_of_the_text_in_order(text: str) -> None:
    """Catches offsets of another occurrence of the same words, and white space around an item."""
    found = split_items(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    for start, end in found:
        words = text[start:end]
        assert words == words.strip()
        assert any(map(str.isalnum, words))


# ---- marked lists ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- oak\n- elm\n- ash", ["- oak", "- elm", "- ash"]),
        ("* oak\n* elm", ["* oak", "* elm"]),
        ("• oak\r\n• elm\r\n", ["• oak", "• elm"]),
        ("- oak\n\n- elm\n\nThe end.", ["- oak", "- elm"]),
        ("1. Go.\n2. Come.", ["1. Go.", "2. Come."]),
        ("1) Go.\n2) Come.\n3) Stay.", ["1) Go.", "2) Come.", "3) Stay."]),
        ("(1) Go.\n(2) Come.", ["(1) Go.", "(2) Come."]),
        ("1. Go.\n1. Come.", ["1. Go.", "1. Come."]),
        ("a) oak\nb) elm", ["a) oak", "b) elm"]),
        ("(a) oak\n(b) elm", ["(a) oak", "(b) elm"]),
        ("1 Decide it.\n2 Write it down.", ["1 Decide it.", "2 Write it down."]),
        ("- oak\n  - sessile\n- elm", ["- oak", "- sessile", "- elm"]),
        ("1. Dig:\n   - a hole\n   - a ditch\n2. Plant.",
         ["1. Dig:\n   - a hole\n   - a ditch", "2. Plant."]),
    ],
)  # fmt: skip
def test_the_items_of_a_marked_list_are_found(text: str, expected: list[str]) -> None:
    """Catches a way to mark items that is not known, and lists in which items have space between.

    The sentence before a list leads to it, and each item stands in it.
    """
    document = plain(f"These trees grow here:\n{text}\n")
    for words in ("These trees", expected[0], expected[-1]):
        assert items(document, words) == expected


def test_in_markup_an_indented_paragraph_belongs_to_the_item_above() -> None:
    """Catches a list cut by what is said of an item, and numbered sections of a text as items."""
    text = "1. Dig.\n\n   It takes an hour.\n\n2. Plant.\n\n   Do not wait.\n\nAll is done."
    expected = ["1. Dig.\n\n   It takes an hour.", "2. Plant.\n\n   Do not wait."]
    assert items(plain(text, "text/markdown"), "It takes") == expected
    assert items(plain(text), "It takes") == []


@pytest.mark.parametrize(
    "text",
    [
        "- oak",
        "1914 was dry.\n1915 was wet.",
        "12 People came.\n13 Houses fell.",
        "1 Decide it.\n7 Write it down.",
        "3. Trees\nMany grow here.\n9. Soils\nThey are wet.",
        "* * *\n* * *",
        "A. Smith came.\nB. Jones left.",
        "- oak\n1. Go.",
        "no marks\nat all",
    ],
)
def test_what_only_looks_like_a_list_is_none(text: str) -> None:
    """Catches years, numbers, headings, initials and rules across the page taken for items."""
    document = plain(f"These trees grow here:\n{text}\n")
    assert items(document, "These trees") == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", PDF])
def test_an_item_goes_on_where_its_line_was_wrapped(media_type: str, line_end: str) -> None:
    """Catches items that end with their first line, or with the first sentence in it."""
    wrapped = [
        "1. Decide what you want. You may want a customer, or",
        "a supplier, or an investor who stays with the firm.",
        "This takes time.",
        "2. Write it down. Take one page for it and not more.",
    ]
    after = ["Those who have done both are ready."]
    document = plain(line_end.join(["Before you apply:", *wrapped, *after]), media_type)
    expected = [line_end.join(wrapped[:3]), wrapped[3]]
    for words in ("Before", "This takes", "Write it"):
        assert items(document, words) == expected


def test_a_short_line_or_a_blank_one_ends_a_list() -> None:
    """Catches the next paragraph as a part of the last item."""
    for gap in ("\n", "\n\n"):
        text = f"Trees:\n- oak\n- elm{gap}All of these are very old, and none of them is high."
        assert items(plain(text), "Trees") == ["- oak", "- elm"]


def test_where_a_line_is_a_block_each_line_is_an_item_or_none() -> None:
    """Catches a paragraph of a web page, which is a line, as a part of the item before it."""
    lines = ["1. Take the first of the boats to the island.", "and come back", "2. Rest."]
    assert items(plain("\n".join(["How:", *lines]), HTML), "How") == []
    assert len(items(plain("\n".join(["How:", *lines])), "How")) == 2
    docx = plain("\n".join(["How:", lines[0], lines[2], "Then go."]), HTML)
    assert items(docx, "How") == [lines[0], lines[2]]


def test_a_heading_ends_a_list_and_is_no_item() -> None:
    """Catches numbered headings as items, and a list that goes on in the next section."""
    text = b"# Trees\n\n- oak\n- elm\n\n## 1. Soils\n\n- clay\n- sand\n"
    document = parse(text, "a.md")
    assert items(document, "oak") == items(document, "Trees") == ["- oak", "- elm"]
    assert items(document, "sand") == items(document, "Soils") == ["- clay", "- sand"]


def test_items_of_another_kind_are_another_list() -> None:
    """Catches the numbered title after a list of bullets as one of them."""
    text = "7. Terms\n• oak\n• elm\n8. Figures\nThey are round."
    assert items(plain(text, PDF), "oak") == ["• oak", "• elm"]


def test_a_page_break_and_its_running_lines_stand_in_no_lists_way() -> None:
    """Catches a list that ends with its page, and a page's header as an item's last words."""
    pages = ["Trees:\r\n• oak\r\n• elm", "Our trees\r\nPage 2\r\n• ash\r\n• yew"]
    text = "\f".join(pages)
    start = text.index("Our trees")
    running = (Span(start, start + 9), Span(start + 11, start + 17))
    document = Document("a.pdf", "", PDF, "0" * 64, text, (0, start), (), running)
    assert items(document, "elm") == ["• oak", "• elm", "• ash", "• yew"]


def test_only_what_leads_to_a_list_leads_to_it() -> None:
    """Catches the list of a later paragraph for a sentence that has none."""
    document = plain("It was dry.\n\nThese trees grow here:\n\n- oak\n- elm\n\nIt was wet.\n")
    assert items(document, "It was dry") == items(document, "It was wet") == []
    assert items(document, "These trees") == ["- oak", "- elm"]


def test_of_a_long_list_twelve_items_are_found() -> None:
    """Catches an answer without end."""
    document = plain("Numbers:\n" + "".join(f"- number {n}\n" for n in range(20)))
    assert items(document, "Numbers") == [f"- number {n}" for n in range(MOST_ITEMS)]


def test_no_item_is_cut_where_the_search_ends() -> None:
    """Catches half a sentence as an item, and half a line taken for one."""
    item = "- " + "word " * 140 + "end.\n"
    document = plain("Words:\n" + item * 9)
    assert items(document, "Words") == [item.strip()] * (REACH // len(item))
    one_line = plain("word - " * 2000 + "\n- oak\n- elm\n")
    assert items(one_line, "oak") == ["- oak", "- elm"]


@given(
    text=st.lists(
        st.sampled_from(
            ["- oak", "* elm", "1. Go.", "2. Come.", "3 Stay", "a) x", "  deeper", "A sentence. B.",
             "\n", "\r\n", "\f", "\n\n", " ", "words that go on and on and on"]
        ),
        max_size=40,
    ).map("".join)
    | st.text(max_size=60),
    media_type=st.sampled_from(["text/plain", PDF, HTML]),
)  # fmt: skip
def test_items_and_steps_are_parts_of_the_document_in_order(text: str, media_type: str) -> None:
    """Catches items that overlap, stand in no order, begin with white space or go too far."""
    document = plain(text, media_type, (Heading(0, min(3, len(text)), 1, "Go"),))
    question = understand("How do I go?")
    for sentence in sentence_spans(document):
        for found in (find_items(document, sentence), find_steps(document, question, sentence)):
            assert len(found) <= MOST_ITEMS
            assert all(0 <= start < end <= len(text) for start, end in found)
            assert all(one.end <= two.start for one, two in pairwise(found))
            assert all(text[s:e] == text[s:e].strip() for s, e in found)
        assert len(find_items(document, sentence)) != 1


# ---- steps ----


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("How do I pair the remote?", True),
        ("please tell me how to pair it", True),
        ("What are the steps for pairing?", True),
        ("what should I do before a mission", True),
        ("How many remotes are there?", False),
        ("How long does pairing take?", False),
        ("What did the council do?", False),
        ("Who showed how to do it?", False),
    ],
)
def test_questions_that_ask_how_something_is_done(question: str, *, asks: bool) -> None:
    """Catches "how many" and "what did they do" answered with a procedure."""
    assert asks_for_steps(understand(question)) == asks


MANUAL = b"""# Remote

## Pairing the remote

Hold the button for five seconds. Wait until the light is green.

## Cleaning

Use a dry cloth. Water may harm it.
"""


def test_a_section_whose_heading_names_the_question_is_the_procedure() -> None:
    """Catches half a procedure that stands in sentences, and any section taken for one."""
    document = parse(MANUAL, "a.md")
    expected = ["Hold the button for five seconds.", "Wait until the light is green."]
    for words in ("Hold", "Wait", "Pairing"):
        assert steps(document, "How do I pair the remote?", words) == expected
    assert steps(document, "How do I pair the remote?", "Use a dry") == []
    assert steps(document, "How do I throw it away for good?", "Hold") == []


def test_a_list_is_the_procedure_whatever_its_heading() -> None:
    """Catches the sentences of a section where it has numbered steps."""
    document = parse(b"# Pairing\n\nDo this:\n\n1. Hold it.\n2. Wait.\n\nIt works.\n", "a.md")
    for question in ("How do I pair it?", "How do I begin?"):
        assert steps(document, question, "Do this") == ["1. Hold it.", "2. Wait."]


@pytest.mark.parametrize(
    "body",
    [
        "Hold it for a very long time. " * (MOST_ITEMS + 1),
        ("Hold it " + "very " * (MOST_CHARACTERS // 5) + "long."),
        ("- Hold it " + "very " * (MOST_CHARACTERS // 10) + "long.\n") * 2,
    ],
)
def test_a_long_section_is_not_quoted_whole(body: str) -> None:
    """Catches a page of text as an answer."""
    document = parse(f"# Pairing\n\n{body}\n".encode(), "a.md")
    assert steps(document, "How do I pair?", "Hold") == []
