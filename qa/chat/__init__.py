"""The chat without its toolkit: conversations, collections, and the HTML that shows them."""

from qa.chat.chat import FILES, Chat, Documents, Shown
from qa.chat.collection import Collection
from qa.chat.conversation import Conversation
from qa.chat.markup import asset, environment, render
from qa.chat.uploads import Upload
from qa.scope import Choices

__all__ = [
    "FILES",
    "Chat",
    "Choices",
    "Collection",
    "Conversation",
    "Documents",
    "Shown",
    "Upload",
    "asset",
    "environment",
    "render",
]
