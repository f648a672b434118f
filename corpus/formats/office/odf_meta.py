"""What OpenDocument's files say of themselves."""

from lxml import etree

from corpus.formats.dates import iso_date
from corpus.types import Metadata

__all__ = ["read_meta"]


def read_meta(root: etree._Element) -> tuple[str, Metadata]:
    """Return the title and the metadata in ``meta.xml``.

    The date is that of the last change, which is what the text is as of.
    """
    meta = root.find("{*}meta")
    title, first, last, changed, created, language = (
        "" if meta is None else " ".join(meta.findtext(f"{{*}}{name}", "").split())
        for name in ("title", "initial-creator", "creator", "date", "creation-date", "language")
    )
    return title, Metadata(first or last, iso_date(changed or created), language)
