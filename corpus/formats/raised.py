"""Raised and lowered characters on one line, so that ``5,363`` with a note 1 is not ``5,3631``.

A footnote's mark behind a number is set off by a space; an exponent is written ``m^2``, not ``m²``:
Unicode has no raised form of most characters, and those that it has are folded to plain digits
where text is searched, which would make ``m2`` of it.
"""

import re

__all__ = ["sign_before"]

# What takes an exponent: a unit, a variable, a bracket, ten, a digit. Other words take notes.
EXPONENT_BASE = re.compile(
    r"(?:^|[^\w.])(?:[kcdmnµμ]?m|ft|yd|mi|sec|min|kg|[^\W\d_])$|[\d·](?:[kcdmnµμ]?m|s)$|\)$"
)
TEN = re.compile(r"(?:^|[^\w.,])10$")
SMALL_BASE = re.compile(r"(?:^|[^\w.,])\d$")
EXPONENT = re.compile(r"[+\-\u2212\u2013]?(?:\d{1,3}|[a-z])")
NUMERO = "o"
ORDINAL_LETTERS = frozenset("aeor")
ORDINAL = re.compile(r"[aeor]|[^\W\d_]{2,}.*", re.DOTALL)
# Of a note behind a word; one in square brackets is known by them.
MARK = re.compile(r"\(?\d{1,3}\)?(?!\w)|[*†‡§¶]")


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
        return "" if ORDINAL.fullmatch(raised) else " "
    is_word = before[-1:].isalpha() or before[-1:] in {"%", ")"}
    return " " if is_word and MARK.match(raised) else ""


def _is_exponent(before: str, raised: str, in_cell: bool) -> bool:
    if not EXPONENT.fullmatch(raised) or (raised in NUMERO and before[-1:] in "nN"):
        return False
    if not before[-1:].isdigit():
        return EXPONENT_BASE.search(before) is not None
    return TEN.search(before) is not None or (
        not in_cell and SMALL_BASE.search(before) is not None and raised not in ORDINAL_LETTERS
    )
