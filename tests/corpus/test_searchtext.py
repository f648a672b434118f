"""What is searched: the words without the marks of layout."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Span, plain, search_text


def document(text: str, media_type: str = "text/plain", **maps: object) -> Document:
    title = maps.pop("title", "")
    return Document("dir/name.txt", str(title), media_type, "", text, **maps)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trou-\nble", "trouble"),
        ("trou-\r\n  ble", "trouble"),
        ("trou- \rble", "trouble"),
        ("the years 1914-\n1918", "the years 1914- 1918"),
        ("a -\nb", "a - b"),
        ("well-known", "well-known"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("ﬁne ①  ﬀ Ａ", "fine 1 ff A"),
        ("a\0b\x07c", "a b c"),
        (" a\t\tb\n\n c\u3000d ", "a b c d"),
    ],
)
def test_text_is_searched_without_its_layout(text: str, expected: str) -> None:
    """Catches words left broken, numbers joined, ligatures and invisible characters kept."""
    assert search_text(document(text), 0, len(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## The lamp", "The lamp"),
        ("a **bold** and *soft* `code` ~~gone~~", "a bold and soft code gone"),
        ('[the plan](plan.html) and ![a map](map.png "Map")', "the plan and a map"),
        ("> quoted\n> more", "quoted more"),
        ("| Group | Price |\n| --- | ---: |\n| Adults | 6 |", "Group Price Adults 6"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("a <b>c</b><!-- d\n e --> f", "a c f"),
        ("Title\n=====\ntext", "Title text"),
        ("```python\nx = 1\n```", "x = 1"),
    ],
)
def test_markdown_is_searched_without_its_marks(text: str, expected: str) -> None:
    """Catches marks that cost tokens, and names and sums that lose their underscores and stars."""
    assert search_text(document(text, "text/markdown"), 0, len(text)) == expected


@pytest.mark.parametrize(
    ("media_type", "text", "expected"),
    [
        (
            "text/asciidoc",
            "== The lamp\n[quote]\n----\na *bold* __word__\n----",
            "The lamp a bold word",
        ),
        (
            "text/asciidoc",
            "see https://x.example[the plan], <<lamp,the lamp>>",
            "see the plan, the lamp",
        ),
        ("text/asciidoc", ".A table\n|===\n|a |b\n|===\n:toc:", "A table a b"),
        ("text/org", "** The lamp\n#+begin_src sh\nx = 1\n#+end_src", "The lamp x = 1"),
        ("text/org", "#+TITLE: Tea\n[[https://x.example][the /plan/]] =x=", "Tea the plan x"),
        ("text/org", ":PROPERTIES:\nand/or 3*4 a_b", "and/or 3*4 a_b"),
        (
            "text/x-tex",
            r"The \textbf{lamp}~is \emph{lit} at 5\,\% % not this",
            "The lamp is lit at 5%",
        ),
        ("text/x-tex", '\\begin{figure}[t]\nG\\"odel, Erd\\H{o}s \\cite[p. 3]{a}', "Gödel, Erdős"),
        (
            "text/x-tex",
            r"``tea'' \& \href{http://x.example}{the plan} $x_1$ \\[2pt] a--b",
            '"tea" & the plan x_1 a--b',
        ),
        (
            "application/json",
            r'{"note": "\u0427\u0430\u0439 \ud83d\ude00\ud800 a\tb \"c\""}',
            "note: Чай 😀\ufffd a b c",
        ),
        (
            "application/xml",
            '<?xml version="1.0"?><!-- a --><b c="d/e"><![CDATA[f < g]]></b><h/>',
            "a b c d e f < g h",
        ),
        ("application/x-subrip", "<i>one</i> <font color=red>2 < 3</font>", "one 2 < 3"),
    ],
)
def test_marks_of_other_formats_are_not_searched(media_type: str, text: str, expected: str) -> None:
    """Catches marks that cost tokens, and signs between words and numbers taken for marks."""
    assert search_text(document(text, media_type), 0, len(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lamp\n========\n", "The lamp"),
        ("== ==\nA  B\n== ==\n1  2\n-- --\n", "A B 1 2"),
        ("+---+---+\n| A | B |\n+===+===+\n| 1 |   |\n+---+   |", "A B 1"),
        ("see :ref:`the lamp <lamp>` and :doc:`plan`", "see the lamp and plan"),
        ("the `plan <plan.html>`_ here", "the plan here"),
        ("``code`` **bold** *soft*", "code bold soft"),
    ],
)
def test_restructuredtext_is_searched_without_its_marks(text: str, expected: str) -> None:
    """Catches roles, targets and underlines that are searched as words."""
    assert search_text(document(text, "text/x-rst"), 0, len(text)) == expected


def test_plain_text_keeps_what_only_looks_like_markup() -> None:
    """Catches Markdown's rules applied to every format."""
    text = "a **b** | c\n-----\n[d](e)"
    assert search_text(document(text), 0, len(text)) == "a **b** | c ----- [d](e)"


def test_running_headers_are_not_searched() -> None:
    """Catches page numbers between the two halves of a sentence, and of a word."""
    text = "the com-\nPage 1\npressor failed"
    at = text.index("Page")
    running = (Span(at, at + 6),)
    assert search_text(document(text, running=running), 0, len(text)).count("Page") == 0
    assert search_text(document("a\n1\nb", running=(Span(2, 3),)), 0, 5) == "a b"


@given(st.text(max_size=60))
def test_plain_text_is_folded_once_and_for_all(text: str) -> None:
    """Catches a question and a passage that are folded differently because one was folded twice."""
    once = plain(text)
    assert once == " ".join(once.split())
    assert unicodedata.is_normalized("NFKC", once)
    assert plain(once) == once
