"""The chat without its toolkit: conversations, collections, and the HTML that shows them."""

from qa.chat.collection import Collection
from qa.chat.conversation import Turns, answered, linked_turn, new_turn, pressed_twice, restored
from qa.chat.feedback import keep_feedback
from qa.chat.sources import Sources
from qa.chat.uploads import Incoming, first_of, set_aside, take_in
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
    "Incoming",
    "Panel",
    "Place",
    "Sources",
    "Turn",
    "Turns",
    "answered",
    "asset",
    "conversation_html",
    "documents_html",
    "first_of",
    "keep_feedback",
    "leaf_of",
    "leaves",
    "linked_turn",
    "new_turn",
    "pressed_twice",
    "restored",
    "set_aside",
    "showable",
    "spans_in",
    "take_in",
    "text_html",
    "viewer_html",
    "welcome_html",
]
