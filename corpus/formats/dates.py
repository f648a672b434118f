"""Dates as people write them in the properties of a file, as ISO 8601."""

import re
from datetime import date

__all__ = ["iso_date"]

LONGEST_DATE = 60
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
# 2013-04-30T10:00Z, 2013/04, 20130430 and PDF's D:20130430101500; what follows the day is a time.
ISO = re.compile(
    r"(?P<year>\d{4})(?:(?P<sep>[-/.]?)(?P<month>\d{2})(?:(?P=sep)(?P<day>\d{2}))?)?"
    r"(?:(?:[T ]|(?<=\d{8}))[\d:.,]{2,}\s*(?:Z|[+\-][\d:']+|[A-Z]{2,4})?)?",
    re.IGNORECASE,
)
# Mon, 30 Apr 2013 10:00:00 GMT; 30 April 2013; April 30, 2013; April 2013.
NAMED = (
    re.compile(rf"(?:[a-z]{{3,9}}\.?,? )?{_DAY} {_MONTH},? (?P<year>\d{{4}})\b.*", re.IGNORECASE),
    re.compile(
        rf"(?:[a-z]{{3,9}}\.?,? )?{_MONTH} (?:{_DAY},? )?(?P<year>\d{{4}})\b.*", re.IGNORECASE
    ),
)


def iso_date(text: str) -> str:
    """Return a date as ISO 8601 writes it, as exact as it is given: ``2013-04-30``, ``2013-04``.

    A time is left out. Forms that do not say which number is the month (``4/5/2013``), other
    languages' months and dates that there are not give ``""``.

    Args:
        text: as it stands in the file.
    """
    source = " ".join(text.split()).removeprefix("D:")
    if len(source) > LONGEST_DATE:
        return ""
    for pattern in (ISO, *NAMED):
        if found := pattern.fullmatch(source):
            parts = found.groupdict()
            month = parts.get("month") or _number_of(parts.get("name"))
            return _valid(parts["year"], month, parts["day"])
    return ""


def _number_of(month: str | None) -> str:
    return f"{MONTHS.index(month.lower()) + 1:02}" if month else ""


def _valid(year: str, month: str | None, day: str | None) -> str:
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(part.zfill(2) for part in (year, month, day) if part)
