"""Versions of a document: the newest is cited, the others are named, and nothing is hidden."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Span
from index import HashEncoder, PassageIndex, build, index_folder_of
from qa import Assistant, Excerpt, Filter
from qa.versions import cite_newest
from tests.chat_site import LineReader

RULES = [
    f"Rule {n} says that part {n} of the harbour is kept clear by keeper {n}." for n in range(40)
]
OPENED = "The harbour was opened in 1871."
LENGTH = "The harbour wall is 260 metres long."
LONGER = "The harbour wall is 262 metres long."


def version(date: str, *lines: str) -> str:
    said = f"---\ndate: {date}\n---\n" if date else ""
    return said + "\n\n".join([*lines, *RULES]) + "\n"


FILES = {
    "2012.md": version("2012", OPENED, LENGTH),
    "2013.md": version("2013-05-02", "A new first line.", OPENED, LENGTH),
    "2015.md": version("2015-01", LONGER, OPENED),
    "undated.md": version("", OPENED, LENGTH),
    "other.md": f"---\ndate: 2020\n---\n{OPENED}\n\nIt is another document.\n",
}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PassageIndex]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    build(tmp_path, HashEncoder())
    with closing(PassageIndex.open(index_folder_of(tmp_path), HashEncoder())) as opened:
        yield opened


def at(document: str, quote: str, answer: str = "") -> Excerpt:
    start = FILES[document].index(quote)
    marked = start + quote.index(answer)
    return Excerpt(document, start, start + len(quote), marked, marked + len(answer or quote), 0.9)


def cited(
    index: PassageIndex, excerpts: Sequence[Excerpt], parts: int = 1, asked: list[str] | None = None
) -> list[tuple[str, ...]]:
    """Return for each excerpt its document, and those where else it stands."""
    with index.snapshot():
        found = cite_newest(index, excerpts, parts, asked)
    for before, after in zip(excerpts, found, strict=True):
        for one in (after, *after.also):
            text = FILES[one.document]
            was = FILES[before.document]
            assert text[one.start : one.end] == was[before.start : before.end]
            assert (
                text[slice(one.answer_start, one.answer_end)]
                == was[slice(before.answer_start, before.answer_end)]
            )
    return [(one.document, *(also.document for also in one.also)) for one in found]


def test_the_newest_is_cited_and_the_others_are_named(index: PassageIndex) -> None:
    """Catches the best ranked version, the date of a file, and a later document that is none."""
    wanted = ("2015.md", "2012.md", "2013.md", "undated.md")
    assert cited(index, [at("2012.md", OPENED, "1871")]) == [wanted]
    again = replace(at("2012.md", OPENED, "1871"), also=(at("other.md", OPENED, "1871"),))
    assert set(cited(index, [again])[0]) == {*wanted, "other.md"}
    # What has no date may be older or newer.
    assert cited(index, [at("undated.md", OPENED)])[0][0] == "undated.md"
    assert cited(index, [at("other.md", OPENED)]) == [("other.md",)]


def test_what_the_newest_says_otherwise_is_not_hidden(index: PassageIndex) -> None:
    """Catches an old figure put down to the new version, or left out for it."""
    assert cited(index, [at("2012.md", LENGTH, "260"), at("2015.md", LONGER, "262")]) == [
        ("2013.md", "2012.md", "undated.md"),
        ("2015.md",),
    ]


def test_parts_of_an_answer_stay_in_one_document_and_in_order(index: PassageIndex) -> None:
    """Catches an answer put together from two versions, and steps in another order."""
    # The newest has the one and not the other.
    parts = [at("2012.md", OPENED), at("2012.md", LENGTH)]
    assert [documents[0] for documents in cited(index, parts, 2)] == ["2013.md", "2013.md"]
    assert [documents[0] for documents in cited(index, parts, 1)] == ["2015.md", "2013.md"]
    rules = [at("2013.md", RULES[3]), at("2013.md", RULES[7])]
    assert [documents[0] for documents in cited(index, rules, 2)] == ["2015.md", "2015.md"]
    turned = [at("2013.md", "A new first line."), at("2013.md", OPENED)]
    assert [documents[0] for documents in cited(index, turned, 2)] == ["2013.md", "2013.md"]


def test_cells_and_documents_that_were_not_asked_are_left(index: PassageIndex) -> None:
    """Catches a filter that the newest version gets around, and a cell without its heads."""
    asked = ["2012.md", "2013.md"]
    assert cited(index, [at("2012.md", OPENED)], asked=asked) == [("2013.md", "2012.md")]
    cell = replace(at("2012.md", OPENED), labels=(("row", Span(0, 3)),))
    assert cited(index, [cell]) == [("2012.md",)]


def test_words_that_stand_twice_have_no_place(index: PassageIndex) -> None:
    """Catches the first of two places taken for the one that was meant."""
    assert cited(index, [at("2012.md", "harbour")]) == [("2012.md",)]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Fee: 5", "Fee: 50", False),
        ("Fee: 5", "Fee: 5.50", False),
        ("Fee: 5", "Fee: 5 million", False),
        ("Fee: 5", "Late Fee: 5", False),
        ("Fee: 5", "Fee: 5", True),
        ("It costs 5.", "It costs 5.50 now.", False),
        ("It costs 5.", "It costs 5. All pay it.", True),
        ("It costs 5.", "So it is. It costs 5.", True),
    ],
)
def test_words_are_the_same_only_as_a_whole(tmp_path: Path, old: str, new: str, same: bool) -> None:
    """Catches a figure that is the beginning of another one in the newer version."""
    for year, line in (("2012", old), ("2015", new)):
        (tmp_path / f"{year}.md").write_text(version(year, line), "utf-8")
    build(tmp_path, HashEncoder())
    start = version("2012", old).index(old)
    excerpt = Excerpt("2012.md", start, start + len(old), start, start + len(old), 0.9)
    index = PassageIndex.open(index_folder_of(tmp_path), HashEncoder())
    with closing(index), index.snapshot():
        (found,) = cite_newest(index, [excerpt], 1, None)
    assert found.document == ("2015.md" if same else "2012.md")


def test_an_assistant_answers_from_the_newest(index: PassageIndex) -> None:
    """Catches versions that are known and not used, and a filter that is not passed on."""
    assistant = Assistant(index, LineReader(index))
    opened = "When was the harbour opened?"
    for before, newest, others in (
        ("2019", "2015.md", {"2012.md", "2013.md"}),
        ("2014", "2013.md", {"2012.md"}),
    ):
        first = assistant.ask(opened, where=Filter(before=before)).citations[0]
        assert (first.document, first.quote, first.answer) == (newest, OPENED, "1871")
        assert {citation.document for citation in first.also} == others
