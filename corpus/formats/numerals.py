"""Numbers as lists and headings count: 4, iv, d, 4th."""

__all__ = ["numeral"]

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MOST_ROMAN = 3_999
MOST_LETTERS = 780  # 30 times the alphabet, as far as Word counts with letters
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def numeral(number: int, style: str) -> str:
    """Return a number in a style of counting; what the style cannot write stands in digits.

    Args:
        number: what was counted.
        style: ``decimal``, ``decimalZero``, ``lowerLetter`` (after z comes aa, then bb),
            ``upperLetter``, ``lowerRoman``, ``upperRoman`` or ``ordinal``.
    """
    if style == "decimalZero":
        return f"{number:02}"
    if style == "ordinal":
        return f"{number}{_ending(number)}"
    written = ""
    if style.endswith("Roman") and 0 < number <= MOST_ROMAN:
        written = _roman(number)
    elif style.endswith("Letter") and 0 < number <= MOST_LETTERS:
        turns, letter = divmod(number - 1, len(ALPHABET))
        written = ALPHABET[letter] * (turns + 1)
    return (written.upper() if style.startswith("upper") else written) or str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def _ending(number: int) -> str:
    teens = number % 100 // 10 == 1
    return "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
