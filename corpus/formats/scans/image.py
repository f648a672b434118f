"""Images: the words that are read off them, once they have been; each frame is a page."""

from corpus.formats.scans.image_page import count_frames
from corpus.types import Parsed

__all__ = ["parse_image"]


def parse_image(data: bytes) -> Parsed:
    r"""Return an empty page for each frame, all of them unread, joined by ``\f``.

    Raises:
        LoadError: the bytes are no such image, or one that is too small to hold words.
    """
    pages = count_frames(data)
    return Parsed(
        "\f" * (pages - 1), page_starts=tuple(range(pages)), unread=tuple(range(1, pages + 1))
    )
