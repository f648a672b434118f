"""Sentences: exact spans that cover the text, and hard lines one by one."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import Document, Heading, Span, Table, TableRow, sentence_spans
from corpus.sentences import RULES, masked_text

MARKS = [*"aB1.?!:;,-'\"()|#*。？।؟“”’\u0301\u200d\u00a0\u2028\f\v\t \n", "\r\n", "Mr. ", "ab"]
HARD = st.lists(st.sampled_from(MARKS) | st.characters(codec="utf-8"), max_size=80).map("".join)
MEDIA_TYPES = st.sampled_from(
    ["text/plain", "text/html", "application/pdf", "text/markdown", "text/x-rst"]
)


def sentences(text: str, media_type: str = "text/plain", **maps: object) -> list[str]:
    document = Document("a", "", media_type, "", text, **maps)  # type: ignore[arg-type]
    return [text[span.start : span.end] for span in sentence_spans(document)]


@given(HARD, MEDIA_TYPES, st.data())
@example("a\u2028b. \u0301C", "text/plain", None)
@example("x" * 5000 + ". Y. " + "。" * 300, "text/plain", None)
def test_sentences_cover_all_that_is_visible(
    text: str, media_type: str, data: st.DataObject | None
) -> None:
    """Catches a lost, doubled or moved character: a tokenizer that rewrites, find(), ..."""
    edges = (
        [0, 0, 0, 0, 0, len(text)]
        if data is None
        else sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6)))
    )
    running = (Span(edges[1], edges[2]), Span(edges[3], edges[4]))
    headings = tuple(Heading(*span, 1, "h") for span in running if span.start < span.end)
    document = Document("a", "", media_type, "", text, (), headings[1:], running[:1])
    start, end = edges[0], edges[5]
    spans = sentence_spans(document, start, end)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert all(start <= span.start < span.end <= end for span in spans)
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    masked = masked_text(document, start, end)
    assert len(masked) == end - start
    for span in spans:
        piece = masked[span.start - start : span.end - start]
        assert piece == piece.strip() != ""
    visible = {start + i for i, character in enumerate(masked) if not character.isspace()}
    assert visible <= covered
    hidden = {i for span in running[:1] for i in range(span.start, span.end)}
    if media_type in RULES:
        unruled = masked_text(replace(document, media_type="text/plain"), start, end)
        rules = RULES[media_type].finditer(unruled)
        hidden |= {start + i for rule in rules for i in range(*rule.span())}
    assert {i for i in range(start, end) if not text[i].isspace()} - visible <= hidden


@given(HARD, st.data())
def test_masking_blanks_the_running_lines_and_nothing_else(text: str, data: st.DataObject) -> None:
    """Catches offsets that shift behind a running line, and a mask that eats the next line."""
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    masked = masked_text(Document("a", "", "", "", text, running=(Span(low, high),)), 0, len(text))
    rest = text[high:]
    broken = 2 if rest.startswith("\r\n") else int(rest[:1] in {"\r", "\n"})
    blank = 0 if low == high and not text[high:] else high + broken - low
    assert masked == text[:low] + " " * blank + text[low + blank :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Laing came. She stayed.", ["Dr. Laing came.", "She stayed."]),
        ("Mr. and Mrs. Bell met Prof. Ito on Jan. 5. All left.", 2),
        ("It costs 3.5 million, i.e. half. The rest is 0.75.", 2),
        ("J. R. R. Tolkien wrote it. He lived in Oxford.", 2),
        ("The U.S. Army came. It left.", 2),
        ("“Stop!” he cried. “Why?” she asked.", ["“Stop!” he cried.", "“Why?” she asked."]),
        ('She said "No." Then she left.', ['She said "No."', "Then she left."]),
        ("See www.example.org/a.html for more. Bye.", 2),
        ("Is it? Yes! Good.", 3),
        ("Wait... what? No.", 2),
        ("茶は熱い。水は冷たい。", ["茶は熱い。", "水は冷たい。"]),
        ("他说：“走吧。”我们走了。", ["他说：“走吧。”", "我们走了。"]),
        ("هل هذا شاي؟ نعم.", ["هل هذا شاي؟", "نعم."]),
        ("यह चाय है। वह पानी है।", ["यह चाय है।", "वह पानी है।"]),
        ("The horn sounds once every\nninety seconds. Test it\nmonthly.", 2),
        ("The horn sounds\r\nonce. Test it.", ["The horn sounds\r\nonce.", "Test it."]),
        (
            "Bring:\n- a lamp;\n- a rope\n- two oars",
            ["Bring:", "- a lamp;", "- a rope", "- two oars"],
        ),
        ("1. Open the door\n2. Go in", ["1. Open the door", "2. Go in"]),
        ("| a | b |\n| 1 | 2 |\nAfter the table.", ["| a | b |", "| 1 | 2 |", "After the table."]),
        ("A pre-war well-known off-hand remark. End.", 2),
        ("The compres-\nsor failed. It was old.", ["The compres-\nsor failed.", "It was old."]),
        ("No stop here\n\nNew paragraph", ["No stop here", "New paragraph"]),
        ("can't won't it's fine. O'Brien's did.", ["can't won't it's fine.", "O'Brien's did."]),
        ("  \t\n ", []),
        ("", []),
    ],
)
def test_a_hard_line(text: str, expected: list[str] | int) -> None:
    """Catches splitting at every full stop, at every line end, and only at ASCII stops."""
    found = sentences(text)
    assert (found if isinstance(expected, list) else len(found)) == expected


def test_a_heading_is_a_sentence_of_its_own() -> None:
    """Catches a heading without a full stop that runs into the text under it."""
    text = "The lamp\nit is lit at sunset. Then it turns."
    headings = (Heading(0, 8, 1, "The lamp"),)
    assert sentences(text, headings=headings)[:2] == ["The lamp", "it is lit at sunset."]
    assert sentences(text)[0] == "The lamp\nit is lit at sunset."


def test_a_line_is_a_block_where_the_format_says_so() -> None:
    """Catches list items of a web page that run together, and wrapped text that is torn apart."""
    text = "Spring range\nand neap range"
    assert sentences(text, "text/html") == ["Spring range", "and neap range"]
    assert sentences(text, "text/plain") == [text]


def test_a_sentence_goes_on_over_a_page_with_a_running_header() -> None:
    """Catches a header that ends the sentence, and a header that becomes a sentence."""
    text = "The keeper lights the lamp\nPage 1\nSkerrow Head Trust\nat sunset. He sleeps by day."
    one = text.index("Page 1")
    two = text.index("Skerrow")
    running = (Span(one, one + 6), Span(two, two + 18))
    found = sentences(text, "application/pdf", page_starts=(0, two), running=running)
    assert found == [text[: text.index(" He sleeps")], "He sleeps by day."]


def test_a_range_is_read_as_if_it_stood_alone() -> None:
    """Catches offsets relative to the range, and sentences reaching out of it."""
    document = Document("a", "", "text/plain", "", "One here. Two here. Three here.")
    assert sentence_spans(document, 4, 15) == [Span(4, 9), Span(10, 15)]


def test_a_heading_of_two_lines_is_one_sentence() -> None:
    """Catches a heading torn at its line break, which is quoted by half."""
    text = "Rules of the\nHarbour Office\nA berth is held for two days."
    headings = (Heading(0, text.index("\nA berth"), 1, "Rules of the Harbour Office"),)
    for media_type in ("application/pdf", "text/html"):
        assert sentences(text, media_type, headings=headings)[0] == "Rules of the\nHarbour Office"


def test_the_number_of_a_chapter_begins_no_item() -> None:
    """Catches a sentence cut where its line ends at "Chapter" and the next begins with "2."."""
    text = "The rules for moorings stand in full in Chapter\n2. They are old.\n3. Pay the fee."
    assert sentences(text)[0] == "The rules for moorings stand in full in Chapter\n2."
    assert sentences(text)[-1] == "3. Pay the fee."


def test_rows_of_tables_are_sentences_of_their_own() -> None:
    """Catches full rows that run on into the next, after a dash or any other last value."""
    rows_of_text = "Revenue of northern ports, in full 1,577 —\n45 ferries and small craft 12 13"
    text = f"{rows_of_text}\nEnd"
    first = Span(0, rows_of_text.index("\n"))
    second = Span(first.end + 1, len(rows_of_text))
    rows = tuple(
        TableRow((Span(row.start, row.end - 7),), (Span(row.end - 2, row.end),))
        for row in (first, second)
    )
    table = Table(((),), rows)
    whole = sentences(text, "application/pdf", tables=(table,))
    assert whole == [*rows_of_text.splitlines(), "End"]
    assert len(sentences(text, "application/pdf")) < 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is tall.[1] Yes.", ["It is tall.[1]", "Yes."]),
        ("It is tall.[3][b]\nYes.", ["It is tall.[3][b]", "Yes."]),
        ("It was closed.12 The end.", ["It was closed.12", "The end."]),
        ("He said “closed.”3 The end.", ["He said “closed.”3", "The end."]),
        ("It costs 3.5 Euros here.", ["It costs 3.5 Euros here."]),
        ("See sec.3 The lamp.", ["See sec.3 The lamp."]),
        ("The array a.[0] holds x.", ["The array a.[0] holds x."]),
    ],
)
def test_a_notes_mark_ends_the_sentence_that_it_stands_behind(
    text: str, expected: list[str]
) -> None:
    """Catches two sentences run together by a mark, and the mark before the second one."""
    assert sentences(text, "text/html") == expected


@pytest.mark.parametrize(
    ("text", "media_type", "expected"),
    [
        ("a b\n---\nc d", "text/markdown", ["a b", "c d"]),
        ("| A | B |\n|:--|--:|\n| 1 | 2. |", "text/markdown", ["| A | B |", "| 1 | 2. |"]),
        ("Title\n=====\n\nWords.", "text/x-rst", ["Title", "Words."]),
        ("== ==\nA  B\n== ==\n", "text/x-rst", ["A  B"]),
        ("+--+\n|A |\n+==+\n", "text/x-rst", ["|A |"]),
        ("| A +---+\n| B | C |", "text/x-rst", ["| A", "| B | C |"]),
        ("a b\n---\nc d", "text/plain", ["a b\n---\nc d"]),
        ("a == b and -- c", "text/x-rst", ["a == b and -- c"]),
    ],
)
def test_what_only_draws_is_no_sentence(text: str, media_type: str, expected: list[str]) -> None:
    """Catches rules and borders quoted in answers, and operators taken for rules."""
    assert sentences(text, media_type) == expected
