"""Pages, lines and headings at an offset, against oracles that walk the text."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import Document, Heading, Span

LINES = st.text("a \r\n", max_size=40)


def document(text: str, **maps: object) -> Document:
    return Document("a.txt", "", "text/plain", "", text, **maps)  # type: ignore[arg-type]


def slow_line(text: str, offset: int) -> int:
    """Walk the lines; a line's break belongs to it."""
    at = 0
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    for number, line in enumerate(lines, 1):
        if offset < at + len(line):
            return number
        at += len(line)
    return len(lines) + (text[-1:] in {"\r", "\n"} or not text)


@given(LINES, st.data())
@example("a\r\nb", None)
def test_line_of_counts_every_kind_of_break_once(text: str, data: st.DataObject | None) -> None:
    r"""Catches ``\r\n`` counted twice, a lone ``\r`` not counted, and ``\n`` on a new line."""
    offsets = range(len(text) + 1) if data is None else [data.draw(st.integers(0, len(text)))]
    for offset in offsets:
        assert document(text).line_of(offset) == slow_line(text, offset)


@given(st.lists(LINES, min_size=1, max_size=5), st.data())
def test_line_of_counts_from_the_top_of_its_page(pages: list[str], data: st.DataObject) -> None:
    r"""Catches counting from the top of the text, and a page that starts inside ``\r\n``."""
    starts = tuple(sum(map(len, pages[:i])) for i in range(len(pages)))
    text = "".join(pages)
    offset = data.draw(st.integers(0, len(text)))
    page = max((i for i, start in enumerate(starts) if start <= offset), default=0)
    top, end = starts[page], [*starts, len(text)][page + 1]
    found = document(text, page_starts=starts)
    assert found.page_of(offset) == page + 1
    if offset < end:
        assert found.line_of(offset) == slow_line(text[top:end], offset - top)


def test_page_of_knows_the_edges() -> None:
    """Catches pages counted from 0, a page's first character on the page before, and no pages."""
    paged = document("abcdef", page_starts=(1, 3, 3))
    assert [paged.page_of(i) for i in range(7)] == [1, 1, 1, 3, 3, 3, 3]
    assert document("abc").page_of(1) is None


HEADINGS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)), max_size=8
).map(
    lambda rows: tuple(
        Heading(start, start + length, level, f"{level}-{start}")
        for start, length, level in (
            (sum(gap + size for _, gap, size in rows[: i + 1]) - size, size, level)
            for i, (level, _, size) in enumerate(rows)
        )
    )
)


@given(HEADINGS)
def test_headings_at_is_the_chain_of_parents(headings: tuple[Heading, ...]) -> None:
    """Catches siblings kept, deeper headings kept under a higher one, and a skipped level lost."""
    text = "x" * (max((h.end for h in headings), default=0) + 2)
    for offset in range(len(text)):
        before = [h for h in headings if h.start <= offset]
        chain: list[Heading] = []
        for heading in reversed(before):
            if all(heading.level < inner.level for inner in chain):
                chain.insert(0, heading)
        assert document(text, headings=headings).headings_at(offset) == tuple(chain)


@pytest.mark.parametrize(
    ("id_", "title", "label"),
    [("a/b.txt", "", "b.txt"), ("b.txt", "", "b.txt"), ("a/b.txt", "Tea", "Tea")],
)
def test_label_falls_back_to_the_file_name(id_: str, title: str, label: str) -> None:
    """Catches the whole path shown, or nothing where a document has no title."""
    assert Document(id_, title, "text/plain", "", "x").label == label


@given(st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_spans_overlap_where_they_share_a_character(edges: list[int]) -> None:
    """Catches spans that only touch counted as overlapping, and one inside the other as not."""
    one, two = Span(*sorted(edges[:2])), Span(*sorted(edges[2:]))
    if one.start < one.end and two.start < two.end:
        assert one.overlaps(two) == bool({*range(*one)} & {*range(*two)}) == two.overlaps(one)
