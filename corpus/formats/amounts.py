"""What the text of a table's cell is: an amount, a year, a mark beside an amount, units."""

import re
from collections.abc import Iterator
from enum import Enum

from corpus.types import Span

__all__ = [
    "CellKind",
    "is_closing",
    "is_opening",
    "is_total",
    "kind_of",
    "units_in",
    "without_note",
]

# Longer texts are no amounts; that bounds the patterns' time too.
LONGEST_AMOUNT = 40
LONGEST_UNITS = 160
_FIGURE = (
    r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?|\d(?:[\d.,']*\d)?|\.\d+)"
    r"(?:[eE][+\-]?\d+)?"
)
_CURRENCY = r"(?:(?:[A-Z]{1,3} ?)?[$€£¥₹]|[A-Z]{3}(?= ?[-(]?\d))"
_SIGN = r"[~≈<>≤≥±+\-\u2212\u2013]"
_UNIT = r"(?:[%‰°$€£¥₹]|[^\W\d_]{1,9}[.²³]?(?:/[^\W\d_]{1,4}[²³]?)?)"
AMOUNT = re.compile(
    rf"[(\[]?\s*(?:{_SIGN}\s*){{0,2}}{_CURRENCY}?\s*[(\[]?{_SIGN}?\s*{_FIGURE}"
    rf"(?:\s*[\-\u2013\u2212±/:x\u00d7]\s*{_FIGURE}){{0,3}}\s*[)\]]?\s*{_UNIT}?\s*[)\]]?[*†‡]*"
)
NOTHING = re.compile(
    r"[$€£¥]?\s*(?:[\-\u2010-\u2015\u2212]{1,3}|\.{2,3}|…|n\.?\s?/?\s?[am]\.?|nil)\s*%?",
    re.IGNORECASE,
)
YEAR = re.compile(
    r"(?:[FC]Y ?)?(?:1[5-9]|20)\d\d(?:\s?[/\u2013\-]\s?(?:\d\d){1,2})?(?:\s?[AEPF])?\*?"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
DATE = re.compile(
    rf"\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:, ?\d{{4}})?|(?:\d{{1,2}}\.? )?{_MONTH},? \d{{4}}",
    re.IGNORECASE,
)
OPENING = re.compile(r"(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3})\s*\(?|\(")
CLOSING = re.compile(r"[)\]]\s*[%‰]?|[%‰]\s*[)\]]?")
# A note's mark behind an amount: 5,363 1 and 12 (a) and 8.5[7].
NOTED = re.compile(
    r"(.*\S)(?:\s(?:\d{1,2}|[a-z]|\(\w{1,2}\))|\s?\[\w{1,3}\]|\s[*†‡§¶]{1,3})", re.DOTALL
)
TOTAL = re.compile(
    r"(?:sub-?)?total(?:es|s|e)?\b|totaux\b|insgesamt\b|summe\b|gesamt", re.IGNORECASE
)
BRACKETED = re.compile(r"\([^()]{1,120}\)")
WORD = re.compile(r"[^\W\d_]+|[$€£¥₹%]")
DIGIT = re.compile(r"\d")
EXCEPT = re.compile(r"[,;]?\s*(?:except|unless|außer|sauf)\b.*", re.IGNORECASE | re.DOTALL)
SCALES = re.compile(
    r"(?:hundred|thousand|million|billion|trillion|lakh|crore|milliard|millier)s?|tsd|teur|tausend"
    r"|mio|millionen|mrd|milliarden|miles|millones"
)
CURRENCIES = re.compile(
    r"[$€£¥₹%]|percent(?:ages)?|(?:dollar|euro|pound|franc|rupee)s?|sterling|yen"
    r"|usd|eur|gbp|chf|jpy|cny|inr|cad|aud|sek|nok|dkk"
)
UNIT_WORDS = re.compile(
    r"all|amounts?|figures|values|numbers|are|is|expressed|stated|shown|presented|given|in|of|the"
    r"|and|us|canadian|australian|data|en|angaben|beträge|alle|montants"
)

# Of a product or a file, not an amount below nothing: SKU-8847.
CODE = re.compile(r"[A-Z]{2,4}-\d+")


class CellKind(Enum):
    """What a cell's text is; a year or a date may be an amount as well as a head."""

    TEXT = "text"
    AMOUNT = "amount"
    YEAR = "year"
    NOTHING = "nothing"


def kind_of(text: str) -> CellKind:
    """Return what a cell's text is: ``(12) %`` and ``5 kg`` are amounts, ``n/a`` is none."""
    if len(text) > LONGEST_AMOUNT:
        return CellKind.TEXT
    if YEAR.fullmatch(text) or DATE.fullmatch(text):
        return CellKind.YEAR
    if AMOUNT.fullmatch(text) and not CODE.fullmatch(text):
        return CellKind.AMOUNT
    return CellKind.NOTHING if NOTHING.fullmatch(text) else CellKind.TEXT


def without_note(text: str) -> str:
    """Return an amount without the mark of a note behind it; other texts as they are."""
    shorter = text
    while len(shorter) <= LONGEST_AMOUNT and (found := NOTED.fullmatch(shorter)):
        if kind_of(shorter) is not CellKind.TEXT:
            return shorter
        shorter = found[1]
    return text if shorter is text or kind_of(shorter) is CellKind.TEXT else shorter


def is_opening(text: str) -> bool:
    """Return whether ``text`` only begins an amount: ``$``, ``EUR`` or ``$ (``."""
    return len(text) <= LONGEST_AMOUNT and OPENING.fullmatch(text) is not None


def is_closing(text: str) -> bool:
    """Return whether ``text`` only ends an amount: ``)``, ``%`` or ``)%``."""
    return len(text) <= LONGEST_AMOUNT and CLOSING.fullmatch(text) is not None


def is_total(text: str) -> bool:
    """Return whether a row with this head sums up those above it."""
    return TOTAL.match(text) is not None


def units_in(text: str, span: Span) -> Iterator[Span]:
    """Yield what says in which units a table counts: all of ``text[span]``, or its brackets."""
    source = text[span.start : min(span.end, span.start + LONGEST_UNITS)]
    if span.end - span.start <= LONGEST_UNITS and _are_units(source):
        yield span
        return
    for found in BRACKETED.finditer(source):
        if _are_units(found[0]):
            yield Span(span.start + found.start(), span.start + found.end())


def _are_units(phrase: str) -> bool:
    """Return whether a phrase is made of such words only, as ``(US$ in millions)`` is."""
    words = [word.casefold() for word in WORD.findall(EXCEPT.sub("", phrase))]
    if not words or DIGIT.search(phrase):
        return False
    if phrase.startswith("(") and words[0] == "in" and len(words) == 2:
        return True  # of any unit: (in kg)
    scaled = any(SCALES.fullmatch(word) for word in words)
    counted = any(CURRENCIES.fullmatch(word) for word in words)
    known = all(any(p.fullmatch(w) for p in (SCALES, CURRENCIES, UNIT_WORDS)) for w in words)
    return known and (scaled or (counted and words[0] == "in"))
