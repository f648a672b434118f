"""PowerPoint: slides with their tables, charts, notes and comments."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from corpus.errors import LoadError
from corpus.formats.office.blocks import Block, PlaceName, TextLine, lay_out
from corpus.formats.office.ooxml import find_part, read_core, relations
from corpus.formats.slides.shapes import Placeholders, Slide, placeholders
from corpus.formats.zipped import (
    attribute,
    local_name,
    open_archive,
    read_part,
    refuse_old_format,
)
from corpus.types import Parsed

__all__ = ["parse_pptx"]

# What programs call a presentation that nobody has named.
MADE_UP_TITLE = re.compile(r"(?:\S+ ){0,3}\S*powerpoint\S*(?: \S+){0,2}|slide 1", re.IGNORECASE)


def parse_pptx(data: bytes) -> Parsed:
    r"""Return slide by slide a line for each paragraph and row, ``\t`` between a row's columns.

    Each slide is a place: its title, then all else from the top and from the left, then what
    repeats on each slide, as running lines. Its notes and comments are places of their own.

    Raises:
        LoadError: the file is encrypted, damaged, not a presentation or absurdly large.
    """
    refuse_old_format(data, "PowerPoint", ".pptx")
    with open_archive(data, "PowerPoint file") as archive:
        top = relations(archive, "")
        main = find_part(top, "officeDocument", "ppt/presentation.xml")
        root = read_part(archive, main)
        if local_name(root) != "presentation":
            raise LoadError("the file is not a PowerPoint presentation: its main part is missing")
        title, metadata = read_core(read_part(archive, find_part(top, "core-properties")))
        presentation = _Presentation(archive, main, _authors(archive, main))
        parsed = lay_out(presentation.blocks(root))
    named = "" if MADE_UP_TITLE.fullmatch(title) else title
    language = metadata.language or presentation.language
    return replace(
        parsed, title=named or parsed.title, metadata=replace(metadata, language=language)
    )


def _authors(archive: zipfile.ZipFile, main: str) -> dict[str, str]:
    """Return the names of those who have commented, by their numbers."""
    return {
        author.get("id", ""): " ".join(author.get("name", "").split())
        for relation in relations(archive, main)
        if relation.kind in {"commentAuthors", "authors"}
        for author in read_part(archive, relation.target)
    }


@dataclass(slots=True)
class _Presentation:
    """Reads the slides of a file; ``languages`` counts the characters that are in each."""

    archive: zipfile.ZipFile
    main: str
    authors: dict[str, str]
    layouts: dict[str, Placeholders] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)

    @property
    def language(self) -> str:
        """The language that most of the text is marked as."""
        return max(self.languages, key=lambda name: self.languages[name], default="")

    def blocks(self, root: etree._Element) -> Iterator[Block]:
        """Yield the slides in their order, hidden ones too."""
        targets = {relation.id: relation.target for relation in relations(self.archive, self.main)}
        for number, entry in enumerate(root.iterfind("{*}sldIdLst/{*}sldId"), start=1):
            # Each is shown once, however often a file may name it.
            part = targets.pop(_relation(entry), "")
            yield from self.slide(part, f"slide {number}")

    def slide(self, part: str, name: str) -> Iterator[Block]:
        """Yield one slide, then its notes, then its comments."""
        related = relations(self.archive, part)
        root = read_part(self.archive, part)
        self.count_languages(root)
        usual = self.layout(find_part(related, "slideLayout"))
        targets = {relation.id: relation.target for relation in related}
        slide = Slide(self.archive, targets, usual, self.drawn)
        yield PlaceName(name)
        yield from slide.blocks(root)
        notes = read_part(self.archive, find_part(related, "notesSlide"))
        yield PlaceName(f"{name}, notes")
        yield from slide.notes(notes)
        for relation in related:
            if relation.kind == "comments":
                comments = read_part(self.archive, relation.target)
                yield from self.comments(comments, name)

    def layout(self, part: str) -> Placeholders:
        """Return where a layout, or else its master, puts what slides fill in."""
        if part not in self.layouts:
            master = find_part(relations(self.archive, part), "slideMaster")
            both = [placeholders(read_part(self.archive, name)) for name in (master, part)]
            # Of a master, only the kind of a placeholder counts.
            general = {key: place for key, place in both[0].items() if not key[1]}
            self.layouts[part] = general | both[1]
        return self.layouts[part]

    def comments(self, root: etree._Element, name: str) -> Iterator[Block]:
        """Yield comments and the replies to them, each a place of its own."""
        for comment in root.iter("{*}cm", "{*}reply"):
            text = comment.findtext("{*}text", "") or " ".join(
                "".join(p.itertext("{*}t")) for p in comment.iterfind("{*}txBody/{*}p")
            )
            author = self.authors.get(comment.get("authorId", ""), "")
            yield PlaceName(f"{name}, comment{f' by {author}' if author else ''}")
            yield TextLine(" ".join(text.split()))

    def count_languages(self, root: etree._Element) -> None:
        """Count the characters of the runs by the language that they are marked as."""
        for run in root.iter("{*}r"):
            language = attribute(run.find("{*}rPr"), "lang")
            if language:
                self.languages[language] += len("".join(run.itertext("{*}t")))


def _relation(entry: etree._Element) -> str:
    """Return the relation that an entry names, which has a number of its own beside it."""
    return next((value for key, value in entry.items() if key.endswith("}id")), "")
