"""Text of documents, names and questions as HTML that shows it and nothing else."""

import re
from html import escape

__all__ = ["escaped", "line", "showable", "text_html"]

LINE_END = re.compile(r"\r\n?|\f")
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def showable(text: str) -> str:
    """Return ``text`` with a replacement character for each one that no page can carry."""
    return UNSHOWABLE.sub("\ufffd", LINE_END.sub("\n", text))


def escaped(text: str) -> str:
    """Return HTML in which every character of ``text`` stands for itself, quotes too."""
    return escape(showable(text))


def text_html(text: str) -> str:
    """Return HTML that shows ``text`` and nothing else, its direction kept to itself."""
    return f"<bdi>{escaped(text)}</bdi>"


def line(kind: str, text: str) -> str:
    """Return a paragraph of class ``kind`` that shows ``text``; nothing without text."""
    return f'<p class="{kind}" dir="auto">{escaped(text)}</p>' if text else ""
