"""Characters that Word keeps as places in a symbol font, as the characters they show."""

__all__ = ["symbol"]

# Adobe's encoding of the font Symbol, from 0x20 on in rows of 32; a space where it has nothing
# that can be written.
SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?"
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    " αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼ "
    "                                "
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…   "
    "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
    "◊〈®©™∑           〉∫⌠ ⌡          "
)
WINGDINGS = {
    0x6E: "■", 0x6F: "☐", 0x71: "❑", 0xA8: "☐", 0xDF: "←", 0xE0: "→", 0xE8: "→", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
PRIVATE = range(0xF000, 0xF100)  # where symbol fonts have their characters


def symbol(font: str, code: str) -> str:
    """Return what the character ``code`` (hexadecimal) of a font shows, or ``""``."""
    digits = code.strip()
    if not 0 < len(digits) <= 4 or not set(digits.lower()) <= set("0123456789abcdef"):
        return ""
    point = int(digits, 16)
    place = point - PRIVATE.start if point in PRIVATE else point
    if font.startswith("Wingdings"):
        return WINGDINGS.get(place, "") if font == "Wingdings" else ""
    if font == "Symbol":
        return SYMBOL[place - 32].strip() if 32 <= place < 32 + len(SYMBOL) else ""
    return "" if point in PRIVATE or not chr(point).isprintable() else chr(point)
