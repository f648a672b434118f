"""Which documents a question is asked of: by name, date, author and type."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import InputError, UnknownName
from index import DocumentOrigin
from qa import Filter
from qa.scope import Choices, list_choices, select_documents

DATED = [
    DocumentOrigin("minutes/2012.pdf", "Janet Pérks", "2012-12-31"),
    DocumentOrigin("minutes/2013.pdf", "Jane PERKS and A. Smith", "2013"),
    DocumentOrigin("minutes/2013-06.docx", "A. Smith", "2013-06"),
    DocumentOrigin("notes/2013-06-15.pdf", "", "2013-06-15"),
    DocumentOrigin("notes/undated.PDF", "Perks", ""),
]


def left(**limits: str) -> set[str]:
    """Return the names, without folders and endings, of the documents that a filter leaves."""
    found = select_documents(DATED, where=Filter(**limits))
    return {id_.rpartition("/")[2].partition(".")[0] for id_ in found}


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({"after": "2013"}, {"2013-06", "2013", "2013-06-15"}),
        ({"after": "2012-12-31"}, {"2013-06", "2012", "2013", "2013-06-15"}),
        ({"after": "2013-06-16"}, {"2013-06", "2013"}),
        ({"after": "2013-07"}, {"2013"}),
        ({"before": "2013"}, {"2012"}),
        ({"before": "2013-06"}, {"2012", "2013"}),
        ({"before": "2013-06-15"}, {"2013-06", "2012", "2013"}),
        ({"before": "2013-06-16"}, {"2013-06", "2012", "2013", "2013-06-15"}),
        ({"after": "2013-06", "before": "2013-07"}, {"2013-06", "2013", "2013-06-15"}),
        ({"by": "perks"}, {"2012", "2013", "undated"}),
        ({"by": "Pèrks", "after": "2013"}, {"2013"}),
        ({"type": "pdf"}, {"2012", "2013", "2013-06-15", "undated"}),
        ({"type": "*.PDF", "by": "perks", "before": "2014"}, {"2012", "2013"}),
        ({"type": ".docx"}, {"2013-06"}),
    ],
)
def test_a_filter_leaves_what_fits_all_of_it(limits: dict[str, str], asked: set[str]) -> None:
    """Catches one fit that is enough, partial dates compared as text, and the undated left."""
    assert left(**limits) == asked


DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
PARTS = st.sampled_from([4, 7, 10])


@given(DAYS, PARTS, DAYS, PARTS)
def test_partial_dates_are_all_the_days_in_them(one: date, of: int, two: date, given: int) -> None:
    """Catches a month that is taken for its first day, or for 31 days of the next as well."""
    dated, limit = one.isoformat()[:of], two.isoformat()[:given]
    document = DocumentOrigin("a.txt", "", dated)
    first = date.fromisoformat((limit + "-01-01"[len(limit) - 4 :])[:10])
    # The days on which it may have been written are those that begin as its date does.
    may_be = {day for day in (one, two, first, *_around(one, first)) if _fits(day, dated)}
    assert Filter(after=limit).fits(document) == any(day >= first for day in may_be)
    assert Filter(before=limit).fits(document) == any(day < first for day in may_be)


def _fits(day: date, dated: str) -> bool:
    return day.isoformat().startswith(dated)


def _around(*days: date) -> set[date]:
    """Return first and last days of the months and years of ``days``, and the days before them."""
    found = set()
    for day in days:
        for begun in (day.replace(day=1), day.replace(month=1, day=1)):
            found |= {begun, begun.replace(month=12, day=31)}
            later = begun + timedelta(32) if begun < date(9999, 12, 1) else None
            found.add(later.replace(day=1) - timedelta(1) if later else date(9999, 12, 31))
        found |= {day - timedelta(1)} if day > date.min else set()
    return found


@pytest.mark.parametrize("given", ["13/5", "2013-5", "2013-02-30", "May 2013", "x", " 2013"])
@pytest.mark.parametrize("limit", ["after", "before"])
def test_what_is_no_date_is_told(limit: str, given: str) -> None:
    """Catches a limit that is compared as text, and leaves whatever sorts below it."""
    with pytest.raises(InputError, match="is no date; write a year, a month or a day"):
        Filter(**{limit: given})


@pytest.mark.parametrize(
    ("only", "where", "said"),
    [
        ([], {"after": "2030", "by": "Perks"}, "in the index is dated from 2030 on and by Perks;"),
        (["notes"], {"type": "docx"}, "that was named is of type docx;"),
        (["nope"], {}, "'nope'"),
        (["notes", "nope"], {"after": "2013"}, "'nope'"),
    ],
)
def test_a_choice_that_leaves_nothing_is_told(
    only: list[str], where: dict[str, str], said: str
) -> None:
    """Catches a no that is not true, because no document was asked at all."""
    with pytest.raises(UnknownName, match=said):
        select_documents(DATED, only, Filter(**where))


def test_names_and_filters_both_count() -> None:
    """Catches names that put back what the filter has left out, or the other way round."""
    found = select_documents(DATED, ["notes", "*.docx"], Filter(after="2013"))
    assert found == ["minutes/2013-06.docx", "notes/2013-06-15.pdf"]


def test_choices_name_what_they_offer() -> None:
    """Catches a choice that selects nothing, or other documents."""
    ids = ["a/b/1.md", "a/2.pdf", "3.md", "a [1].md"]
    documents = [DocumentOrigin(id_, "", "") for id_ in ids]
    choices = list_choices(documents)
    assert choices.names == ("a/", "a/b/", "3.md", "a [1].md", "a/2.pdf", "a/b/1.md")
    selected = {choice: select_documents(documents, [choice]) for choice in choices.names}
    assert selected["a/"] == ["a/2.pdf", "a/b/1.md"]
    assert selected["a [1].md"] == ["a [1].md"]
    assert list_choices(documents[:1]) == Choices(("a/", "a/b/", "a/b/1.md"), (), (), ())
    found = list_choices(DATED)
    assert (found.years, found.types) == (("2012", "2013"), ("docx", "pdf"))
    assert found.authors == ("A. Smith", "Jane PERKS and A. Smith", "Janet Pérks", "Perks")
    for by in found.authors:
        assert select_documents(DATED, where=Filter(by=by))
