"""Answers written down: for a terminal, as Markdown, as JSON, and as files to take along."""

from qa.formats.json import answer_to_dict, answer_to_json, citations_from_json, citations_of
from qa.formats.text import location_of, percent, to_text
from qa.validation import validate

__all__ = [
    "answer_to_dict",
    "answer_to_json",
    "citations_from_json",
    "citations_of",
    "location_of",
    "percent",
    "to_text",
    "validate",
]
