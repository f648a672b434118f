"""Years and parts of years that a text names: which period a question or a head is about."""

import re
from dataclasses import dataclass

__all__ = ["PERIOD_WORDS", "Periods", "periods_in"]

CENTURY = re.compile(
    r"(?<![\d.,])(?P<first>(?:19|20)\d\d)(?:\s?[/–-]\s?(?P<last>(?:19|20)?\d\d))?(?![\d/–-]|[.,]\d)"
)
SHORT = re.compile(r"\bFY\s?['’]?(?P<year>\d\d)\b|(?<!\w)['’](?P<bare>\d\d)\b", re.I)
ATTACHED = re.compile(r"\b(?:FY|CY|Q[1-4]|[1-4]Q|H[12]|[12]H)[\s'’-]?(?=(?:19|20)\d\d\b)", re.I)
ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
QUARTER = re.compile(
    r"\bQ([1-4])(?!\d)|\b([1-4])Q(?![a-z])|\b(first|second|third|fourth)[\s-]+quarter\b", re.I
)
HALF = re.compile(r"\bH([12])(?!\d)|\b([12])H(?![a-z])|\b(first|second)[\s-]+half\b", re.I)
MONTHS = {
    "three": "3", "six": "6", "nine": "9", "twelve": "12", "3": "3", "6": "6", "9": "9",
    "12": "12",
}  # fmt: skip
DURATION = re.compile(rf"\b({'|'.join(MONTHS)})[\s-]+months?\b", re.I)
MONTH = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b"
)
# Terms that only say which period is meant.
PERIOD_WORDS = (
    "year years fiscal fy cy end ended quarter half annual first second third fourth q1 q2 q3 q4 "
    "h1 h2 month months period"
)


@dataclass(frozen=True, slots=True)
class Periods:
    """What a text says of the time that it is about.

    Args:
        years: such as ``2018``, or ``2018/2019`` for a year that begins in one and ends in another.
        parts: such as ``q2``, ``h1``, ``3m`` (three months) or ``Jun``.
    """

    years: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()

    def year_fits(self, asked: str) -> float:
        """Return 1 if ``asked`` is one of the years, a half if one of them overlaps it, else 0."""
        if asked in self.years:
            return 1.0
        halves = set(asked.split("/"))
        return 0.5 * any(halves & set(year.split("/")) for year in self.years)

    def parts_like(self, kind: str) -> frozenset[str]:
        """Return the parts of the same kind as ``kind``: quarters, halves, lengths or months."""
        return frozenset(part for part in self.parts if _kind(part) == _kind(kind))


def periods_in(text: str) -> Periods:
    """Return the years and parts of years that ``text`` names."""
    spaced = ATTACHED.sub(" ", text)
    years = {_year(found["first"], found["last"]) for found in CENTURY.finditer(spaced)}
    years |= {f"20{found['year'] or found['bare']}" for found in SHORT.finditer(text)}
    quarters = {f"q{_ordinal(found)}" for found in QUARTER.finditer(text)}
    halves = {f"h{_ordinal(found)}" for found in HALF.finditer(text)}
    lengths = {f"{MONTHS[found[1].lower()]}m" for found in DURATION.finditer(text)}
    implied = {"3m"} if quarters else set()
    months = {found[1] for found in MONTH.finditer(text)}
    return Periods(frozenset(years), frozenset(quarters | halves | lengths | implied | months))


def _year(first: str, last: str | None) -> str:
    if last is None:
        return first
    end = last if len(last) == 4 else first[:2] + last
    return f"{first}/{end}" if int(end) == int(first) + 1 else first


def _ordinal(found: re.Match[str]) -> str:
    said = next(group for group in found.groups() if group)
    return ORDINALS.get(said.lower(), said)


def _kind(part: str) -> str:
    if part[0].isdigit():
        return "length"
    return part[0] if part[0] in "qh" else "month"
