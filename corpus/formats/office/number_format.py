"""Numbers as a spreadsheet shows them: a number and its format code into text.

Codes are those of ECMA-376, part 1, 18.8.31. Dates are written after ISO 8601, because the order
of their parts on a screen depends on whose screen it is.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

__all__ = ["BUILT_IN", "EPOCH_1900", "EPOCH_1904", "NumberFormat", "general", "number_format"]

# The codes that a workbook may name by number alone.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);(#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_)', 42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    # East Asian dates, which look different in each language.
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy/m/d"),
    32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss", 55: "h:mm", 56: "h:mm:ss",
}  # fmt: skip
# The calendar has a 29 February 1900 that never was: the days before it are counted from later.
EPOCH_1900 = datetime(1899, 12, 30)
EPOCH_1904 = datetime(1904, 1, 1)
LEAP_DAY_1900 = 60
LAST_DAY = 2_958_466  # 1 January 10000
DIGITS = 15  # of a number, as many as a spreadsheet keeps
LONGEST_CODE = 255
MOST_DIGITS = 2_000  # of the largest number in the longest code

TOKEN = re.compile(
    r'(?P<literal>"[^"]*"?|\\.)'
    r"|(?P<skipped>[_*].)"
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]"
    r"|(?P<elapsed>\[(?:h+|m+|s+)\])"
    r"|(?P<condition>\[[<>=][^\]]*\])"
    r"|(?P<colour>\[[^\]]*\])"
    r"|(?P<general>general|@)"
    r"|(?P<number>[0#?](?:[0#?,]*[0#?,])?(?:\.[0#?]*,*)?|\.[0#?]+)(?P<exponent>e[+-]0+)?"
    r"|(?P<half>am/pm|a/p)"
    r"|(?P<date>[ymdhs]+|b+|g+)"
    r"|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
SECTION = re.compile(r'((?:"[^"]*"?|\\.|[_*].|\[[^\]]*\]?|[^;])*)(?:;|$)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Section:
    """How the numbers of one sign are written.

    ``number`` is the pattern of digits between ``before`` and ``after``, ``dates`` the letters of
    a date or time, ``plain`` says that the number is written as it is.
    """

    before: str = ""
    number: str = ""
    after: str = ""
    exponent: int = 0
    percent: int = 0
    dates: str = ""
    elapsed: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format code, taken apart: for positive numbers, and maybe for negative ones and for 0."""

    sections: tuple[_Section, ...]

    def show(self, value: float, epoch: datetime = EPOCH_1900) -> str:
        """Return ``value`` as it is shown, or as it is if the code is out of the ordinary.

        Args:
            value: of the cell.
            epoch: day 0 of dates: `EPOCH_1900` or `EPOCH_1904`.
        """
        which = 1 if value < 0 else 2 if value == 0 else 0
        section = self.sections[which] if which < len(self.sections) else self.sections[0]
        if section.plain:
            return general(value)
        if section.dates or section.elapsed:
            return _date(value, section, epoch)
        signed = value < 0 and section is self.sections[0]
        return "-" * signed + _number(abs(value), section)


def number_format(code: str) -> NumberFormat:
    """Return the format that ``code`` describes."""
    parts = [found[1] for found in SECTION.finditer(code[:LONGEST_CODE])]
    # The match at the end of a code that does not end in a semicolon is no section.
    parts = parts[:-1] if not parts[-1] else parts
    return NumberFormat(tuple(_section(part) for part in parts[:3]) or (_Section(plain=True),))


def general(value: float) -> str:
    """Return ``value`` with the digits that a spreadsheet keeps: no ``.0``, no binary noise."""
    if value == int(value) and abs(value) < 10**DIGITS:
        return str(int(value))
    return f"{value:.{DIGITS}g}".upper()


def _section(code: str) -> _Section:
    """Take one section apart; a code that is out of the ordinary is as good as none."""
    sides = ["", ""]
    number = dates = elapsed = ""
    exponent = percent = 0
    for token in TOKEN.finditer(code):
        kind, text = token.lastgroup, token.group()
        if kind in {"general", "condition"} or (kind in {"number", "exponent"} and number):
            return _Section(plain=True)
        if kind in {"number", "exponent"}:
            number, exponent = token["number"], len(token["exponent"] or "e+") - 2
        elif kind in {"date", "half"}:
            dates += text.lower()
        elif kind == "elapsed":
            elapsed += text[1].lower()
        else:
            percent += text == "%"
            sides[number != ""] += _literal(token)
    before, after = sides
    return _Section(before.lstrip(), number, after.rstrip(), exponent, percent, dates, elapsed)


def _literal(token: re.Match[str]) -> str:
    """Return what a token that is neither digits nor a date stands for."""
    if token["literal"]:
        text = token["literal"]
        return text[1:] if text[0] == "\\" else text.strip('"')
    return token["currency"] or token["plain"] or ""


def _number(value: float, section: _Section) -> str:
    pattern = section.number
    whole, _, decimals = pattern.rstrip(",").partition(".")
    if section.exponent and len(whole) > 1:
        return general(value)
    thousands = len(pattern) - len(pattern.rstrip(","))
    exact = Decimal(f"{value:.{DIGITS}g}").scaleb(2 * section.percent - 3 * thousands)
    shown = _exponential(exact, section, decimals) if section.exponent else ""
    digits = shown or (_digits(exact, whole, decimals) if pattern else "")
    return f"{section.before}{digits}{section.after}"


def _digits(exact: Decimal, whole: str, decimals: str) -> str:
    """Return a number in a pattern's digits: ``0`` is always shown, ``#`` and ``?`` if needed."""
    context = Context(prec=MOST_DIGITS, rounding=ROUND_HALF_UP)
    rounded = exact.quantize(Decimal(1).scaleb(-len(decimals)), context=context)
    left, _, right = f"{rounded:f}".partition(".")
    # A comma that does not end the pattern groups the digits.
    least = whole.count("0")
    left = left.lstrip("0").rjust(least, "0")
    if "," in whole:
        left = f"{int(left):,}" if least < 2 and left else left
    kept = decimals.rfind("0") + 1
    right = right[:kept] + right[kept:].rstrip("0")
    return f"{left}.{right}" if right else left


def _exponential(exact: Decimal, section: _Section, decimals: str) -> str:
    mantissa, _, power = f"{exact:.{len(decimals)}E}".partition("E")
    return f"{mantissa}E{power[0]}{power[1:].rjust(section.exponent, '0')}"


def _date(value: float, section: _Section, epoch: datetime) -> str:
    """Return a date, a time or both, as many parts of them as the code shows."""
    if not 0 <= value < LAST_DAY:
        return general(value)
    if section.elapsed:
        return _elapsed(value, section)
    early = epoch == EPOCH_1900 and value < LEAP_DAY_1900
    moment = epoch + timedelta(days=int(value) + early)
    moment += timedelta(seconds=round((value - int(value)) * 86_400))
    parts = {*section.dates}
    timed = bool(parts & {*"hs"})
    time = f"{moment:%H:%M:%S}" if "s" in parts else f"{moment:%H:%M}" if timed else ""
    return " ".join(filter(None, (_calendar_date(moment, parts, timed), time)))


def _calendar_date(moment: datetime, parts: set[str], timed: bool) -> str:
    """Return year, year and month, or the whole date; with a time, ``m`` may be its minutes."""
    if not parts & {*"ydbg"} and timed:
        return ""
    year = f"{moment.year:04}"
    if parts & {*"yb"} and "d" not in parts:
        return f"{year}-{moment:%m}" if "m" in parts else year
    return f"{year}-{moment:%m-%d}"


def _elapsed(value: float, section: _Section) -> str:
    """Return a length of time, whose first unit goes on beyond 24 or 60."""
    seconds = round(value * 86_400)
    if section.elapsed[0] == "s":
        return str(seconds)
    minutes, seconds = divmod(seconds, 60)
    tail = f":{seconds:02}" if "s" in section.dates else ""
    if section.elapsed[0] == "m":
        return f"{minutes}{tail}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}{tail}" if "m" in section.dates else str(hours)
