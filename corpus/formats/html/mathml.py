"""Formulas of MathML on one line: without marks, three quarters would read as 34."""

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

__all__ = ["formula"]

# Deeper formulas are read without their structure.
MOST_DEPTH = 50
LEFT_OUT = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})
# How the arguments of an element are joined.
SIGNS: dict[str, tuple[str, ...]] = {
    "mfrac": ("/",),
    "msup": ("^",),
    "mover": ("^",),
    "msub": ("_",),
    "munder": ("_",),
    "msubsup": ("_", "^"),
    "munderover": ("_", "^"),
}
SPACED = {"mtr": "; ", "mlabeledtr": "; ", "mtd": ", "}


def formula(node: LexborNode, depth: int = 0) -> str:
    """Return the formula in ``node`` as people write it on a line: ``3/4``, ``√(x + 1)``, ``m^2``.

    Args:
        node: a ``math`` element, or one inside.
        depth: how deep it stands.
    """
    if node.is_text_node:
        return " ".join((node.text_content or "").split())
    if not node.is_element_node or node.tag in LEFT_OUT:
        return ""
    if depth == MOST_DEPTH:
        return " ".join(node.text().split())
    parts = [(child.tag, formula(child, depth + 1)) for child in node.iter(include_text=True)]
    return _written(node, [(tag, part) for tag, part in parts if part])


def _written(node: LexborNode, parts: Sequence[tuple[str | None, str]]) -> str:
    texts = [text for _, text in parts]
    tag = node.tag or ""
    if tag in SIGNS and len(texts) == len(SIGNS[tag]) + 1:
        rest = zip(SIGNS[tag], texts[1:], strict=True)
        first = _grouped(texts[0]) if tag == "mfrac" else texts[0]
        return first + "".join(sign + _grouped(text) for sign, text in rest)
    if tag == "msqrt":
        return f"√{_grouped(''.join(texts))}"
    if tag == "mroot" and len(texts) == 2:
        return f"{texts[1]}√{_grouped(texts[0])}"
    if tag == "mfenced":
        attributes = node.attributes
        inner = (attributes.get("separators") or ", ").join(texts)
        return f"{attributes.get('open') or '('}{inner}{attributes.get('close') or ')'}"
    return SPACED.get(parts[0][0] or "", "").join(texts) if parts else ""


def _grouped(text: str) -> str:
    """Return a formula in parentheses if it is more than one word."""
    return text if not text or text.replace(".", "").isalnum() else f"({text})"
