"""Dates of a file's properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.dates import iso_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013-04-30", "2013-04-30"),
        ("2013-04-30T10:00:00.000+02:00", "2013-04-30"),
        ("2013-04-30 10:00", "2013-04-30"),
        ("2013/04/30", "2013-04-30"),
        ("20130430", "2013-04-30"),
        ("D:20130430101500+01'00'", "2013-04-30"),
        ("2013-04", "2013-04"),
        ("2013", "2013"),
        ("30 April 2013", "2013-04-30"),
        ("30. Apr. 2013", "2013-04-30"),
        ("April 30th, 2013", "2013-04-30"),
        ("Tuesday, April 30, 2013", "2013-04-30"),
        ("Tue, 30 Apr 2013 10:00:00 GMT", "2013-04-30"),
        (" May  2013 ", "2013-05"),
        ("4/5/2013", ""),
        ("04-05-2013", ""),
        ("2013-13-01", ""),
        ("31 April 2013", ""),
        ("30 avril 2013", ""),
        ("0000", ""),
        ("soon", ""),
        ("", ""),
        ("1 May 2013 " + "x" * 80, ""),
    ],
)
def test_a_date_is_as_exact_as_it_is_given(text: str, expected: str) -> None:
    """Catches days made up for months, months guessed, times kept, and dates that there are not."""
    assert iso_date(text) == expected


@given(st.dates())
def test_iso_dates_come_back(date: object) -> None:
    """Catches years that lose their leading zeros."""
    text = str(date)
    assert iso_date(text) == text


@given(st.text("0123456789-/:.,TZ +DApril", max_size=80))
def test_any_text_gives_a_date_or_nothing(text: str) -> None:
    """Catches exceptions, and forms that ISO 8601 has not."""
    found = iso_date(text)
    assert not found or [len(part) for part in found.split("-")] in ([4], [4, 2], [4, 2, 2])
