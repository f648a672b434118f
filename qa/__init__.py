"""Question in, cited answer out: retriever, reader, citations, assistant."""

from qa import chat_page
from qa.assistant import Assistant
from qa.calibration import RISKS, risk_of
from qa.citations import Verdict, cite, verify
from qa.fusion import fuse
from qa.neural_reader import NeuralReader, threshold_of
from qa.question import AnswerType, Question, understand
from qa.reader import Reader
from qa.render import (
    answer_to_json,
    citation_place,
    citations_from_json,
    escape_markdown,
    to_markdown,
    to_text,
)
from qa.retriever import Retriever
from qa.types import Answer, Citation, Excerpt, Hit, Reading, Searched

__all__ = [
    "RISKS",
    "Answer",
    "AnswerType",
    "Assistant",
    "Citation",
    "Excerpt",
    "Hit",
    "NeuralReader",
    "Question",
    "Reader",
    "Reading",
    "Retriever",
    "Searched",
    "Verdict",
    "answer_to_json",
    "chat_page",
    "citation_place",
    "citations_from_json",
    "cite",
    "escape_markdown",
    "fuse",
    "risk_of",
    "threshold_of",
    "to_markdown",
    "to_text",
    "understand",
    "verify",
]
