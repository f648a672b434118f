"""The numbers of HTML's ordered lists, which stand in no text but are seen: 3. c) iv."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.formats.html.table import number_in

__all__ = ["OrderedList"]

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MOST_ROMAN = 3999


@dataclass(slots=True)
class OrderedList:
    """A list while its items are read.

    Args:
        style: the list's ``type``: ``1``, ``a``, ``A``, ``i`` or ``I``.
        next_number: of the item that comes next.
        step: from one item to the next.
    """

    style: str
    next_number: int
    step: int = 1

    @classmethod
    def of(cls, attributes: Mapping[str, str | None], items: int) -> "OrderedList":
        """Begin a list with these attributes and so many items."""
        backward = "reversed" in attributes
        first = number_in(attributes.get("start"), items if backward else 1)
        return cls(attributes.get("type") or "1", first, -1 if backward else 1)

    def marker(self, value: str | None) -> str:
        """Return what stands before the next item, as browsers show it.

        Args:
            value: the item's own number, if it has one.
        """
        number = number_in(value, self.next_number)
        self.next_number = number + self.step
        return f"{_numeral(number, self.style)}. "


def _numeral(number: int, style: str) -> str:
    if style in {"a", "A"} and number > 0:
        numeral = _letters(number)
    elif style in {"i", "I"} and 0 < number <= MOST_ROMAN:
        numeral = _roman(number)
    else:
        return str(number)
    return numeral.upper() if style.isupper() else numeral


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def _roman(number: int) -> str:
    numeral = ""
    for value, sign in ROMAN:
        count, number = divmod(number, value)
        numeral += sign * count
    return numeral
