"""Raised and lowered characters on one line, so that ``5,363`` with a note 1 is not ``5,3631``.

A footnote's mark behind a number is set off by a space; an exponent is written ``m^2``, not ``m²``:
Unicode has no raised form of most characters, and those that it has are folded to plain digits
where text is searched, which would make ``m2`` of it.
"""

import re

__all__ = ["sign_before"]

# What takes an exponent: a unit, a variable, what follows an operator. Other words take notes.
EXPONENT_BASE = re.compile(
    r"(?:^|[^\w.])(?:[kcdmnµμ]?m|ft|yd|mi|sec|min|kg|[^\W\d_])$|[\d·](?:[kcdmnµμ]?m|s)$"
    r"|[=+*·×\u2212]\s?[^\W\d_]{1,3}$"
)
BRACKET_BASE = re.compile(r"\((?:[^()]*\W)?\w{1,2}\)$")
TEN = re.compile(r"(?:^|[^\w.,])10$")
# A digit, or a variable with one that is lowered.
SMALL_BASE = re.compile(r"(?:^|[\s(=+*/·×\u2212\-])[^\W\d_]?\d$")
EXPONENT = re.compile(r"[+\-\u2212\u2013]?(?:\d{1,3}|[a-z])")
NUMERO = "o"
ORDINAL_LETTERS = frozenset("aeor")
SMALL_NUMBER = re.compile(r"(?:^|[^\w.,])\d{1,2}$")
ORDINAL = re.compile(r"[^\W\d_]{2}")
# Of a note behind a word; one in square brackets is known by them.
MARK = re.compile(r"\(?\d{1,3}(?:, ?\d{1,3})*\)?(?![\w+\u2212\-])|[*†‡§¶]")
LETTERED_MARK = re.compile(r"[a-z](?:, ?[a-z])*")
LONG_WORD = re.compile(r"[a-z]{2}$|[%)]$")
# A number, and the end of its sentence or its part of one.
STOPPED_NUMBER = re.compile(r"\d[.,]$")


def sign_before(before: str, raised: str, lowered: bool, in_link: bool, in_cell: bool) -> str:
    """Return what is written between a text and its raised or lowered part: ``^``, a space, none.

    Args:
        before: the end of what is written; no space stands behind it.
        raised: the raised or lowered text.
        lowered: whether it is lowered.
        in_link: whether it leads elsewhere, as the marks of notes do.
        in_cell: whether it stands in a table, where a number has notes rather than exponents.
    """
    digit = before[-1:].isdigit()
    if lowered:
        return "_" if digit and raised[:1].isdigit() else ""
    if not in_link and _is_exponent(before, raised, in_cell):
        return "^"
    if digit:
        return "" if _is_ordinal(before, raised, in_cell) else " "
    return " " if _is_mark(before, raised) else ""


def _is_mark(before: str, raised: str) -> bool:
    """Return whether ``raised`` would be read as a part of what stands before it."""
    if STOPPED_NUMBER.search(before):
        return raised[:1].isdigit()
    if LONG_WORD.search(before) and LETTERED_MARK.fullmatch(raised):
        return True
    is_word = before[-1:].isalpha() or before[-1:] in {"%", ")"}
    return is_word and MARK.match(raised) is not None


def _is_ordinal(before: str, raised: str, in_cell: bool) -> bool:
    """Return whether ``raised`` makes an ordinal of a number, as in 21st, 2e and 3a."""
    if raised in ORDINAL_LETTERS:
        return not in_cell and SMALL_NUMBER.search(before) is not None
    return ORDINAL.match(raised) is not None


def _is_exponent(before: str, raised: str, in_cell: bool) -> bool:
    if not EXPONENT.fullmatch(raised) or (raised in NUMERO and before[-1:] in "nN"):
        return False
    if not before[-1:].isdigit():
        bracket = not in_cell and BRACKET_BASE.search(before) is not None
        return bracket or EXPONENT_BASE.search(before) is not None
    return TEN.search(before) is not None or (
        not in_cell and SMALL_BASE.search(before) is not None and raised not in ORDINAL_LETTERS
    )
