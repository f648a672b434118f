"""Question in, cited answer out: retriever, reader, citations, assistant."""

from qa.assistant import Assistant
from qa.calibration import RISKS, risk_of
from qa.chat_page import Turn, asset, conversation_html, welcome_html
from qa.chat_text import showable, text_html
from qa.citations import Verdict, cite, verify
from qa.collection import Collection
from qa.conversation import (
    Turns,
    answered,
    linked_turn,
    new_turn,
    pressed_twice,
    restored,
)
from qa.documents_page import Panel, documents_html
from qa.export import exported
from qa.feedback import keep_feedback
from qa.followup import Before, completed
from qa.fusion import fuse
from qa.neural_reader import (
    PASSAGES_READ,
    Calibration,
    NeuralReader,
    calibration,
    threshold_of,
)
from qa.question import AnswerType, Question, understand
from qa.reader import Reader
from qa.recalibration import (
    Recalibration,
    calibration_in,
    forget_recalibration,
    keep_recalibration,
    recalibrated,
)
from qa.render import citation_place, escape_markdown, percent, to_markdown, to_text
from qa.retriever import Retriever
from qa.saved import answer_to_dict, answer_to_json, citations_from_json, citations_of
from qa.scope import choices_of, documents_in
from qa.sources import Sources
from qa.types import Answer, Citation, Excerpt, Hit, Reading, Searched
from qa.viewer import NO_SOURCES, Place, leaf_of, leaves, spans_in, viewer_html

__all__ = [
    "NO_SOURCES",
    "PASSAGES_READ",
    "RISKS",
    "Answer",
    "AnswerType",
    "Assistant",
    "Before",
    "Calibration",
    "Citation",
    "Collection",
    "Excerpt",
    "Hit",
    "NeuralReader",
    "Panel",
    "Place",
    "Question",
    "Reader",
    "Reading",
    "Recalibration",
    "Retriever",
    "Searched",
    "Sources",
    "Turn",
    "Turns",
    "Verdict",
    "answer_to_dict",
    "answer_to_json",
    "answered",
    "asset",
    "calibration",
    "calibration_in",
    "choices_of",
    "citation_place",
    "citations_from_json",
    "citations_of",
    "cite",
    "completed",
    "conversation_html",
    "documents_html",
    "documents_in",
    "escape_markdown",
    "exported",
    "forget_recalibration",
    "fuse",
    "keep_feedback",
    "keep_recalibration",
    "leaf_of",
    "leaves",
    "linked_turn",
    "new_turn",
    "percent",
    "pressed_twice",
    "recalibrated",
    "restored",
    "risk_of",
    "showable",
    "spans_in",
    "text_html",
    "threshold_of",
    "to_markdown",
    "to_text",
    "understand",
    "verify",
    "viewer_html",
    "welcome_html",
]
