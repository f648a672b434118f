"""Answers written down: for a terminal, as Markdown, as JSON, and as files to take along."""

from qa.formats.export import exported
from qa.formats.json import answer_to_dict, answer_to_json, citations_from_json, citations_of
from qa.formats.text import citation_place, escape_markdown, percent, to_markdown, to_text

__all__ = [
    "answer_to_dict",
    "answer_to_json",
    "citation_place",
    "citations_from_json",
    "citations_of",
    "escape_markdown",
    "exported",
    "percent",
    "to_markdown",
    "to_text",
]
