"""The numbers of HTML's ordered lists, which stand in no text but are seen: 3. c) iv."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.formats.html.table import number_in
from corpus.formats.numerals import numeral
from corpus.types import column_letters

__all__ = ["OrderedList"]


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
        letters = column_letters(number)  # after z comes aa, then ab, as in a spreadsheet
        return letters if style == "A" else letters.lower()
    if style in {"i", "I"}:
        return numeral(number, "upperRoman" if style == "I" else "lowerRoman")
    return str(number)
