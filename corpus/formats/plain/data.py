"""JSON and XML: the file as it is; of JSON also the path of the value, such as ``$.orders[3]``."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from corpus.formats.decoding import declared_encoding, decode
from corpus.formats.plain.text import line_spans
from corpus.types import Parsed, Place

__all__ = ["parse_json", "parse_json_lines", "parse_xml"]

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
OPENING, CLOSING = frozenset("[{"), frozenset("]}")
MOST_PLACES = 10_000
DEEPEST = 50
LONGEST_KEY = 100
# JSON with longer lines was written for programs, and is laid out for people.
LONGEST_LINE = 2000


class _JsonValue(NamedTuple):
    """Where a member or element begins, how deep it is nested, and its path."""

    start: int
    depth: int
    path: str


def parse_json(data: bytes) -> Parsed:
    """Keep the file as the text, laid out in lines if it has none; places are the values' paths.

    What is not quite JSON is text without places.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    if not _is_json(text):
        return Parsed(text)
    if any(end - start > LONGEST_LINE for start, end in line_spans(text)):
        text = msgspec.json.format(text, indent=2) + "\n"
    return Parsed(text, places=_places(_values(text, 0, len(text))))


def parse_json_lines(data: bytes) -> Parsed:
    """Keep the file as the text; places are the paths of the values in each line.

    Raises:
        LoadError: the bytes are no text.
    """
    text = decode(data)
    values = (
        value
        for start, end in line_spans(text)
        if _is_json(text[start:end])
        for value in _values(text, start, end)
    )
    return Parsed(text, places=_places(values))


def parse_xml(data: bytes) -> Parsed:
    """Keep the file as the text; tags are not searched.

    Raises:
        LoadError: the bytes are no text.
    """
    return Parsed(decode(data, declared_encoding(data)))


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _places(values: Iterable[_JsonValue]) -> tuple[Place, ...]:
    """Return the places of the values, without the deepest where there are too many."""
    kept: list[_JsonValue] = []
    deepest = DEEPEST
    for value in values:
        if value.depth <= deepest:
            kept.append(value)
        while len(kept) > MOST_PLACES:
            deepest -= 1
            kept = [before for before in kept if before.depth <= deepest]
        if deepest < 1:
            break
    return tuple(Place(value.start, value.path) for value in kept)


def _values(text: str, start: int, end: int) -> Iterator[_JsonValue]:
    """Yield the values of valid JSON in the order of the text, each before those inside it."""
    path, begins = "$", False
    outer: list[_JsonContainer] = []
    for token in TOKEN.finditer(text, start, end):
        mark = token[0]
        if not outer and path:
            yield _JsonValue(token.start(), 0, path)
        if begins and mark not in CLOSING:
            path = outer[-1].path_of(token[1]) if len(outer) <= DEEPEST else ""
            if path:
                yield _JsonValue(token.start(), len(outer), path)
        begins = mark == "," or mark in OPENING
        if mark in OPENING:
            outer.append(_JsonContainer(path, mark == "["))
        elif mark in CLOSING:
            outer.pop()
            path = ""


@dataclass(slots=True)
class _JsonContainer:
    """An object or array that has not ended, its path, and how many elements it has had."""

    path: str
    is_array: bool
    count: int = 0

    def path_of(self, key: str | None) -> str:
        """Return the path of the next element or of member ``key``; ``""`` if it is too long."""
        self.count += 1
        if not self.path:
            return ""
        if self.is_array:
            return f"{self.path}[{self.count - 1}]"
        if key is None or len(key) > LONGEST_KEY:
            return ""
        return f"{self.path}.{key}" if NAME.fullmatch(key) else f'{self.path}["{key}"]'
