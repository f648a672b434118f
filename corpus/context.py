"""The line that tells what a passage belongs to, put before it where it is encoded and read."""

from corpus.searchtext import plain, search_text
from corpus.subject import name_words, subject_of, title_of, words
from corpus.types import Document, Passage

__all__ = ["encoded_text", "heading_line"]

# A text has no more tokens than bytes, so this leaves room for the passage in any script.
HEADING_BYTES = 96
# What the first part keeps where the last one is long.
LEAD_BYTES = 60
BETWEEN = " > "


def heading_line(document: Document, start: int, *, named: bool = False) -> str:
    """Return the document's subject and the headings above ``start``, as one line or ``""``.

    A heading that itself stands at ``start`` belongs to the passage and is not repeated, and one
    that says nothing new is left out. The line takes 96 bytes at most: of many headings those
    between the first and the innermost go, and then both are shortened.

    Args:
        document: where the passage stands.
        start: offset of its first character.
        named: begin with the words of the file's name where the document has no subject. What is
            encoded does not, so that renaming changes nothing.
    """
    lead, title = subject_of(document), title_of(document)
    if not lead and named:
        lead = name_words(document.id)
    above = [plain(h.title) for h in document.headings_at(start) if h.start < start]
    new = [heading for heading in above if heading != title and words(heading) - words(lead)]
    return _fit([part for part in (lead, *new) if part])


def encoded_text(document: Document, passage: Passage) -> str:
    """Return what the encoder is given for ``passage``: its context line, then its search text."""
    context = heading_line(document, passage.start)
    body = search_text(document, passage.start, passage.end)
    return f"{context}\n{body}" if context and body else body


def _fit(parts: list[str]) -> str:
    """Join ``parts`` within the bytes that they may take."""
    while len(parts) > 2 and len(BETWEEN.join(parts).encode()) > HEADING_BYTES:
        del parts[1]
    if len(parts) < 2:
        return _cut("".join(parts), HEADING_BYTES)
    lead, inner = parts[0], parts[-1]
    room = HEADING_BYTES - len(BETWEEN)
    lead = _cut(lead, max(LEAD_BYTES, room - len(inner.encode())))
    inner = _cut(inner, room - len(lead.encode()))
    return BETWEEN.join([lead, *parts[1:-1], inner])


def _cut(text: str, room: int) -> str:
    """Return the first words of ``text`` that take at most ``room`` bytes."""
    data = text.encode()
    if len(data) <= room:
        return text
    cut = data[:room].decode(errors="ignore")
    whole = cut if text[len(cut)].isspace() else cut.rpartition(" ")[0]
    return (whole if 2 * len(whole) > len(cut) else cut).strip()
