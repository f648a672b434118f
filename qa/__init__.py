"""Question in, cited answer out."""

from qa.assistant import Assistant
from qa.citations import Verdict, verify
from qa.drafting import draft_questions
from qa.question import Question, understand
from qa.retriever import Retriever
from qa.scope import Filter
from qa.types import Answer, AnswerForm, AnswerVerdict, Citation, Excerpt, Hit, ReaderOutput

__all__ = [
    "Answer",
    "AnswerForm",
    "AnswerVerdict",
    "Assistant",
    "Citation",
    "Excerpt",
    "Filter",
    "Hit",
    "Question",
    "ReaderOutput",
    "Retriever",
    "Verdict",
    "draft_questions",
    "understand",
    "verify",
]
