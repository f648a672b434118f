"""AsciiDoc and Org: the file as it is, markup included; lines are those of the file."""

import re
from collections.abc import Iterator

from corpus.formats.decoding import decode
from corpus.formats.plain.text import line_spans
from corpus.formats.properties import metadata_of
from corpus.types import Heading, Parsed

__all__ = ["parse_asciidoc", "parse_org"]

ASCIIDOC_HEADING = re.compile(r"(={1,6})[ \t]+(\S.*)")
# What stands between two of these that are alike is shown as it is.
ASCIIDOC_FENCE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,})")
ASCIIDOC_AUTHOR = re.compile(r"\w[^<>:=\[\]{}*#]{0,80}?[ \t]*(?:<[^<>]*>)?")
ASCIIDOC_DATE = re.compile(r"(?:v?\d[\w.]*,[ \t]*)?(\d{4}(?:-\d\d){0,2})\b")
ORG_HEADING = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE)[ \t]+)?(?:\[#\w\][ \t]+)?(\S.*)")
ORG_TAGS = re.compile(r"[ \t]:[\w@#%:]+:$")
ORG_BLOCK = re.compile(r"[ \t]*#\+(begin|end)_", re.IGNORECASE)
ORG_KEYWORD = re.compile(r"#\+(title|author|date|language):[ \t]*(\S.*)", re.IGNORECASE)
# Org writes the day of the week behind the date.
ORG_DATE = re.compile(r"[<\[]?(\d{4}-\d\d-\d\d)\b.*")


def parse_asciidoc(data: bytes) -> Parsed:
    """Keep the source as the text; headings are lines such as ``== Title``, the title's above all.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    headings = tuple(_asciidoc_headings(text))
    if not headings or headings[0].level > 1:
        return Parsed(text, headings[0].title if headings else "", headings=headings)
    # The lines right below the title name the author and the revision.
    below = text[headings[0].end :].lstrip("\r\n").partition("\n\n")[0].splitlines()[:2]
    beside = text[headings[0].end : headings[0].end + 3]
    if beside.count("\n") > 1 or not below or not ASCIIDOC_AUTHOR.fullmatch(below[0].rstrip()):
        below = []
    author = below[0].partition("<")[0].strip() if below else ""
    dated = ASCIIDOC_DATE.match(below[1]) if len(below) > 1 else None
    metadata = metadata_of([author], [dated[1]] if dated else [], [])
    return Parsed(text, headings[0].title, headings=headings, metadata=metadata)


def _asciidoc_headings(text: str) -> Iterator[Heading]:
    fence = ""
    for span in line_spans(text):
        line = text[span.start : span.end].rstrip()
        if fenced := ASCIIDOC_FENCE.match(line):
            fence = "" if line == fence else fence or fenced[1]
        elif not fence and (found := ASCIIDOC_HEADING.fullmatch(line)):
            yield Heading(span.start, span.end, len(found[1]), found[2])


def parse_org(data: bytes) -> Parsed:
    """Keep the source as the text; headings are the lines that begin with stars.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    headings: list[Heading] = []
    said: dict[str, str] = {}
    in_block = False
    for span in line_spans(text):
        line = text[span.start : span.end].rstrip()
        if block := ORG_BLOCK.match(line):
            in_block = block[1].lower() == "begin"
        elif keyword := ORG_KEYWORD.fullmatch(line):
            said.setdefault(keyword[1].lower(), keyword[2])
        elif not in_block and (found := ORG_HEADING.fullmatch(line)):
            title = ORG_TAGS.sub("", found[2]).rstrip()
            headings.append(Heading(span.start, span.end, len(found[1]), title))
    return Parsed(
        text,
        said.get("title", headings[0].title if headings else ""),
        headings=tuple(headings),
        metadata=metadata_of(
            [said.get("author", "")],
            [ORG_DATE.sub(r"\1", said.get("date", ""))],
            [said.get("language", "")],
        ),
    )
