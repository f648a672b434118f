"""Question in, cited answer out."""

from qa.assistant import Assistant
from qa.citations import Verdict, cite, verify
from qa.followup import Before, complete
from qa.question import AnswerType, Question, understand
from qa.retriever import Retriever, choices_of, documents_in, fuse
from qa.types import Answer, Citation, Excerpt, Hit, ReaderOutput, Searched

__all__ = [
    "Answer",
    "AnswerType",
    "Assistant",
    "Before",
    "Citation",
    "Excerpt",
    "Hit",
    "Question",
    "ReaderOutput",
    "Retriever",
    "Searched",
    "Verdict",
    "choices_of",
    "cite",
    "complete",
    "documents_in",
    "fuse",
    "understand",
    "verify",
]
