"""What a file says of itself, as a document keeps it: checked, or left empty."""

import re
from collections.abc import Iterable

from corpus.formats.dates import iso_date
from corpus.types import Metadata

__all__ = ["metadata_of"]

LONGEST_AUTHOR = 200
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")


def metadata_of(authors: Iterable[str], dates: Iterable[str], languages: Iterable[str]) -> Metadata:
    """Return the first of each that can be kept.

    Args:
        authors: who may have written it; long texts are no names.
        dates: of the text, in any form that `iso_date` knows.
        languages: tags such as ``en`` or ``de-AT``.
    """
    names = (" ".join(author.split()) for author in authors)
    tags = (language.strip() for language in languages)
    return Metadata(
        next((name for name in names if 0 < len(name) <= LONGEST_AUTHOR), ""),
        next(filter(None, map(iso_date, dates)), ""),
        next((tag.replace("_", "-") for tag in tags if LANGUAGE.fullmatch(tag)), ""),
    )
