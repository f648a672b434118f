"""The chat without its toolkit: conversations, collections, and the HTML that shows them."""

from qa.chat.collection import Collection
from qa.chat.conversation import Turns, answer_turn, is_repeat, make_turn, restore, turn_from_link
from qa.chat.feedback import keep_feedback
from qa.chat.sources import Sources
from qa.chat.uploads import Upload, add_files, first_of, move_to_trash
from qa.chat.views import (
    NO_SOURCES,
    Panel,
    Place,
    Turn,
    asset,
    conversation_html,
    documents_html,
    leaf_of,
    leaves,
    showable,
    spans_in,
    text_html,
    viewer_html,
    welcome_html,
)

__all__ = [
    "NO_SOURCES",
    "Collection",
    "Panel",
    "Place",
    "Sources",
    "Turn",
    "Turns",
    "Upload",
    "add_files",
    "answer_turn",
    "asset",
    "conversation_html",
    "documents_html",
    "first_of",
    "is_repeat",
    "keep_feedback",
    "leaf_of",
    "leaves",
    "make_turn",
    "move_to_trash",
    "restore",
    "showable",
    "spans_in",
    "text_html",
    "turn_from_link",
    "viewer_html",
    "welcome_html",
]
