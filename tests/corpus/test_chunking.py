"""Passages: they tile the text, fit the encoder, and start where a reader would start."""

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import Document, Heading, Passage, encoded_text, sentence_spans, split
from corpus.chunking import CHARACTERS_PER_TOKEN, TokenCounter
from index import HashEncoder, open_encoder

COUNT = HashEncoder().count_tokens
WORDS = [
    *[
        "a",
        "lamp",
        "Lens.",
        "It is.",
        "3.5",
        "!",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\0",
        "-\n",
        "| x |\n",
    ],
    *[
        "茶は熱い。",
        "灯台",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "e\u0301\u0323",
        "नमस्ते।",
        "هل هذا؟",
        "\u202eשלום\u202c",
        "กำแพง",
    ],
    *["x" * 90, "灯" * 70, "\u0301" * 3, "word " * 40],
]
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=40).map("".join)


def make(text: str, headings: tuple[Heading, ...] = (), media_type: str = "text/plain") -> Document:
    return Document("a.txt", "A title", media_type, "", text, headings=headings)


def tiles(document: Document, count: TokenCounter = COUNT, most: int = 64) -> list[Passage]:
    """Split, after checking that the passages tile the text and fit."""
    passages = split(document, count, most)
    edges = [0, *(passage.end for passage in passages)]
    assert [passage.start for passage in passages] == edges[:-1]
    assert edges[-1] == len(document.text)
    assert all(passage.start < passage.end for passage in passages)
    texts = [encoded_text(document, passage) for passage in passages]
    assert max(count(texts), default=0) <= most
    return passages


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(TEXTS)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    levels = draw(st.lists(st.integers(1, 3), min_size=len(spans), max_size=len(spans)))
    titles = [" ".join(text[start:end].split())[:40] for start, end in spans]
    headings = map(Heading, *zip(*spans, strict=True), levels, titles) if spans else ()
    return make(text, tuple(headings), draw(st.sampled_from(["text/plain", "text/html"])))


@given(documents())
@example(make(""))
@example(make(" \n "))
def test_passages_tile_the_text_and_fit(document: Document) -> None:
    """Catches overlaps, gaps, white space between passages lost, and passages cut unseen."""
    first = tiles(document)
    assert first == split(document, COUNT, 64)
    assert {passage.document for passage in first} <= {"a.txt"}


@given(documents())
def test_a_passage_starts_at_every_heading_with_text_above(document: Document) -> None:
    """Catches two sections in one passage, a heading alone in a passage, and a wrong heading."""
    starts = {passage.start: passage for passage in tiles(document)}
    under = 0
    for heading in document.headings:
        if document.text[under : heading.start].strip():
            assert heading.start in starts
        under = heading.end
    for passage in starts.values():
        inside = [h for h in document.headings if passage.start <= h.start < passage.end]
        for one, two in pairwise(inside):
            assert not document.text[one.end : two.start].strip()


@given(documents())
def test_no_cut_inside_a_character(document: Document) -> None:
    r"""Catches a cut between ``\r`` and ``\n``, a letter and its accent, or in a joined emoji."""
    text = document.text
    forced = {heading.start for heading in document.headings}
    for start in {passage.start for passage in tiles(document, most=96)} - forced - {0}:
        assert text[start - 1 : start + 1] != "\r\n"
        assert "\u200d" not in text[start - 1 : start + 1]
        assert not is_mark(text[start])


def is_mark(character: str) -> bool:
    return character in "\u0301\u0323\ufe0f" or "\u0e34" <= character <= "\u0e3a"


def test_marks_at_the_end_stay_with_their_letter() -> None:
    """Catches a search for a cut that only goes forward, and so ends before the last mark."""
    text = "long" * 120 + " x" + "\u0301" * 60
    assert all(not is_mark(text[passage.start]) for passage in tiles(make(text), most=100))


def test_a_sentence_never_starts_at_a_mark() -> None:
    """Catches a full stop with an accent on it that ends its passage before the accent."""
    text = "灯台です。\u0301" * 40
    assert all(text[passage.start] == "灯" for passage in tiles(make(text)))


@given(
    st.lists(st.sampled_from(["The lamp is lit.", "It turns at night.", "灯台です。"]), max_size=60)
)
def test_passages_start_at_sentences(words: list[str]) -> None:
    """Catches cuts by a number of characters or tokens where sentences are short enough."""
    document = make(" ".join(words))
    starts = {span.start for span in sentence_spans(document)} | {0}
    assert {passage.start for passage in tiles(document)} <= starts


@given(st.integers(8, 300), st.integers(0, 3))
def test_passages_of_a_section_are_of_about_equal_length(count: int, seed: int) -> None:
    """Catches greedy filling, whose last passage is a crumb."""
    rng = random.Random(seed)
    words = ["lamp", "sea", "stone", "wind", "boat"]
    drawn = (" ".join(rng.choices(words, k=rng.randint(3, 7))) for _ in range(count))
    text = " ".join(sentence.capitalize() + "." for sentence in drawn)
    sizes = [len(text[p.start : p.end].split()) for p in tiles(make(text))]
    assert 2 * min(sizes) >= max(sizes) - 8
    total = sum(COUNT([text])) - 2
    assert len(sizes) <= -(-total // (64 - 5)) + 2


def test_a_heading_without_text_stays_with_the_next() -> None:
    """Catches a passage that is nothing but a heading, and the outer heading forgotten."""
    text = "Above.\nLamp\nLens\nIt is old.\nFog\nIt is loud."
    spans = [(text.index(title), title) for title in ("Lamp", "Lens", "Fog")]
    headings = tuple(Heading(at, at + len(t) + 1, 1 + (t == "Lens"), t) for at, t in spans)
    assert [(text[p.start : p.end], p.heading) for p in tiles(make(text, headings))] == [
        ("Above.\n", ""),
        ("Lamp\nLens\nIt is old.\n", "Lamp > Lens"),
        ("Fog\nIt is loud.", "Fog"),
    ]


@pytest.mark.parametrize(
    "alphabet", ["x", "灯", "\u0301", "\r\n", "👩‍👩", "ab, ", "\0", "\u200b", " "]
)
def test_noise_is_cut_and_never_hidden(alphabet: str) -> None:
    """Catches an endless word that counts as one token, quadratic time, and deep recursion."""
    document = make(alphabet * (100_000 // len(alphabet)))
    most = 64 * CHARACTERS_PER_TOKEN
    for passage in tiles(document):
        assert len(encoded_text(document, passage)) <= most


@given(st.integers(3, 12), st.text(min_size=1, max_size=8))
@example(4, " ")
def test_room_that_is_too_small_is_refused(most: int, text: str) -> None:
    """Catches endless recursion and a division by zero where the context takes all the room."""
    document = make(text)
    try:
        tiles(document, most=most)
    except ValueError as error:
        refusal = str(error)
        assert "room" in refusal


@pytest.mark.model
def test_passages_fit_the_real_encoder() -> None:
    """Catches tokens counted without the special ones, or per sentence and summed wrongly."""
    encoder = open_encoder()
    rng = random.Random(7)
    for media_type in ("text/plain", "text/html"):
        text = "".join(rng.choices([*WORDS, "naïve ", "\u0130ğ ", "ﬁ", "①½", "Ünïcödé-"], k=600))
        document = make(text, (Heading(0, 1, 1, "A heading"),), media_type)
        tiles(document, encoder.count_tokens, 96)


@pytest.mark.model
@pytest.mark.parametrize("character", ["한", "中", "\ufdfa", "ग्", "😀", "İ", "ệ", "-"])
def test_long_headings_in_any_script_leave_room(character: str) -> None:
    """Catches headings cut by characters, of which some have three tokens and more each."""
    heading = character * 300
    text = f"{heading}\n" + f"{character}a. " * 500
    headings = (Heading(0, len(heading), 1, heading),)
    document = make(text, headings, "text/plain")
    tiles(document, open_encoder().count_tokens, 128)
