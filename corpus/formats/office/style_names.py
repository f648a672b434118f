"""What the names of paragraph styles tell: the built-in ones are English in every language."""

import re

__all__ = ["heading_level", "is_caption_name", "is_title_name"]

# Word processors' own names, and those of publishers' templates (HeadA, Head 1).
HEADING = re.compile(r"head(?:ing)? ?([1-9a-f])", re.IGNORECASE)
TITLE = re.compile(r"(?:chapter ?)?title", re.IGNORECASE)
CAPTION = re.compile(r"(?:table ?)?caption|table ?title", re.IGNORECASE)


def heading_level(name: str) -> int | None:
    """Return the level in a name such as ``heading 2`` or ``HeadB``, or None."""
    found = HEADING.fullmatch(name)
    if found is None:
        return None
    return int(found[1]) if found[1].isdigit() else " abcdef".index(found[1].lower())


def is_title_name(name: str) -> bool:
    """Return whether paragraphs of this style are a document's title."""
    return TITLE.fullmatch(name) is not None


def is_caption_name(name: str) -> bool:
    """Return whether paragraphs of this style name a table or a figure."""
    return CAPTION.fullmatch(name) is not None
