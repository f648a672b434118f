"""Mail: the header fields and the text of each message; attachments as documents of their own.

What a reply quotes is part of its text. It is left out only where it is certain to stand elsewhere:
in a mailbox, if the message that it answers (by ``In-Reply-To`` and ``References``) holds the same
words.
"""

import io
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from itertools import accumulate
from operator import add

from oxmsg import Message as OutlookMessage
from oxmsg.attachment import Attachment
from oxmsg.domain import constants as names

from corpus.errors import LoadError
from corpus.formats.decoding import codec_of, decode
from corpus.formats.html.loader import parse_html
from corpus.types import Heading, Member, Metadata, Parsed, Place, Span, Table, TableRow

__all__ = ["parse_eml", "parse_mbox", "parse_msg"]

FIELDS = ("From", "To", "Cc", "Date", "Subject")
# In characters: what is kept of a field, such as one with a thousand recipients.
LONGEST_FIELD = 10_000
# The line above each message of a mailbox, which has a time of day in it.
SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d:\d\d[^\r\n]*\r?\n")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
# How many of the messages that a reply refers to are looked at, the nearest first.
MOST_REFERENCES = 20
NAMES = re.compile(r"[/\\\x00-\x1f]+")
QUOTED = re.compile(r"[ \t]*>")
MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
# What stands above a quotation: "On 3 May 2019, Anna Berg wrote:", in some languages.
ATTRIBUTION = re.compile(r"\S.{0,300}(?:wrote|schrieb|a écrit|escribió|ha scritto)\s?:[ \t]*")
# Its first line, where it is wrapped.
ATTRIBUTION_START = re.compile(r"(?:On|Am|Le|El|Il)\b.{0,200}[^.!?]")
ORIGINAL = re.compile(r"^-{2,}[ \t]*Original Message[ \t]*-{2,}[ \t]*$", re.MULTILINE)
FIELD_LINE = re.compile(r"[A-Z][\w-]{1,20}:[ \t]")
# What olefile and oxmsg raise on input that they trust too much.
OLE_DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    RecursionError,
    TypeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with maps onto it; see `Document`."""

    text: str
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()

    def moved(self, text: str, place: Callable[[int], int]) -> "_Text":
        """Return ``text`` with these maps onto it; ``place`` tells where each offset is now."""
        headings = tuple(
            Heading(place(h.start), place(h.end), h.level, h.title) for h in self.headings
        )
        return _Text(text, headings, tuple(_move_table(table, place) for table in self.tables))


def _move_table(table: Table, place: Callable[[int], int]) -> Table:
    def move(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(Span(place(span.start), place(span.end)) for span in spans)

    return Table(
        tuple(map(move, table.columns)),
        tuple(TableRow(move(row.heads), move(row.cells)) for row in table.rows),
        move(table.caption),
        move(table.units),
    )


@dataclass(frozen=True, slots=True)
class _Mail:
    """A message: its fields, its text, and what is attached."""

    fields: Mapping[str, str]
    body: _Text
    members: tuple[Member, ...] = ()
    identity: str = ""
    answers: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The fields that it has, a line each."""
        return "".join(f"{name}: {value}\n" for name, value in self.fields.items())


def parse_eml(data: bytes) -> Parsed:
    """Return a message's fields, a line each, and its text; plain text where it has both.

    Raises:
        LoadError: its parts nest without end.
    """
    return _parsed(_read_mail(data))


def _parsed(mail: _Mail) -> Parsed:
    written = _write(mail, mail.body)
    metadata = Metadata(mail.fields.get("From", ""), _date(mail.fields.get("Date", "")))
    title = mail.fields.get("Subject", "")
    return Parsed(
        written.text,
        title,
        headings=written.headings,
        tables=written.tables,
        metadata=metadata,
        members=mail.members,
    )


def parse_mbox(data: bytes) -> Parsed:
    """Return the messages of a mailbox one after another, each a place (``message 12``).

    Raises:
        LoadError: the file is no mailbox.
    """
    starts = list(SEPARATOR.finditer(data))
    if not starts or starts[0].start():
        raise LoadError("the file is no mailbox: it does not begin with 'From '")
    ends = [*(start.start() for start in starts[1:]), len(data)]
    mails = [
        _read_message(ESCAPED.sub(rb"\1", data[start.end() : end]))
        for start, end in zip(starts, ends, strict=True)
    ]
    words = {mail.identity: _words(mail.body.text) for mail in mails if mail.identity}
    pieces: list[_Text] = []
    places: list[Place] = []
    members: list[Member] = []
    at = 0
    for number, mail in enumerate(mails, 1):
        known = [words[id_] for id_ in mail.answers if id_ in words and id_ != mail.identity]
        written = _write(mail, _without_known_quotes(mail.body, known))
        places.append(Place(at, f"message {number}"))
        members += [_inside(f"message {number}", member) for member in mail.members]
        pieces.append(written)
        at += len(written.text) + 1
    joined = _join(pieces, "\n")
    return Parsed(
        joined.text,
        headings=joined.headings,
        tables=joined.tables,
        places=tuple(places),
        members=tuple(members),
    )


def _read_message(data: bytes) -> _Mail:
    """Return a message of a mailbox; a bad one as a file in it, so that its reason is told."""
    try:
        return _read_mail(data)
    except LoadError:
        return _Mail({}, _Text(""), (Member("message.eml", len(data), lambda: data),))


def _inside(folder: str, member: Member) -> Member:
    return Member(f"{folder}/{member.name}", member.size, member.read)


def _join(texts: Sequence[_Text], sign: str) -> _Text:
    """Return the texts, with ``sign`` between them, as one."""
    starts = list(accumulate((len(one.text) + len(sign) for one in texts), initial=0))
    moved = [
        one.moved(one.text, partial(add, start)) for one, start in zip(texts, starts, strict=False)
    ]
    return _Text(
        sign.join(one.text for one in texts),
        tuple(heading for one in moved for heading in one.headings),
        tuple(table for one in moved for table in one.tables),
    )


def _write(mail: _Mail, body: _Text) -> _Text:
    """Return the message as text: its fields, the subject a heading above those of its body."""
    head = mail.head
    subject = mail.fields.get("Subject", "")
    top = len(head) - len(f"Subject: {subject}\n")
    first = (Heading(top, len(head) - 1, 1, subject),) if subject else ()
    below = tuple(Heading(h.start, h.end, h.level + 1, h.title) for h in body.headings)
    text = _Text(body.text + "\n", below, body.tables)
    return _join([part for part in (_Text(head, first), text) if part.text.strip()], "\n")


# ---- messages in the internet's format ----


def _read_mail(data: bytes) -> _Mail:
    try:
        message = message_from_bytes(data)
        leaves = list(_leaves(message))
    except RecursionError as error:
        raise LoadError("the mail is damaged: its parts nest without end") from error
    fields = {name: value for name in FIELDS if (value := _field(message, name))}
    body, rest = _body(leaves)
    members = tuple(_attachment(leaf, number) for number, leaf in enumerate(rest, 1))
    raw = " ".join(str(message.get(name, "")) for name in ("References", "In-Reply-To"))
    answers = MESSAGE_ID.findall(raw[-LONGEST_FIELD:])[-MOST_REFERENCES:]
    identity = MESSAGE_ID.search(str(message.get("Message-ID", "")))
    return _Mail(fields, body, members, identity[0] if identity else "", tuple(answers))


def _field(message: Message, name: str) -> str:
    """Return all fields of that name as one line, decoded."""
    values = (_decoded(v) for key, v in message.raw_items() if key.lower() == name.lower())
    return ", ".join(filter(None, values))


def _decoded(value: str) -> str:
    """Return a field's value, or a file's name, with its encoded words decoded, as one line."""
    raw = value[:LONGEST_FIELD].encode("utf-8", "surrogateescape")
    with suppress(LoadError):
        value = decode(raw)
    with suppress(HeaderParseError, LookupError, ValueError):
        value = str(make_header(decode_header(value))).strip() or value
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that hold something; of alternatives the plain text, if it says anything."""
    if not part.is_multipart() or part.get_content_maintype() == "message":
        yield part
        return
    leaves = [leaf for child in _children(part) for leaf in _leaves(child)]
    if part.get_content_subtype() == "alternative":
        plain = any(_is_text(leaf, "plain") and _bytes_of(leaf).strip() for leaf in leaves)
        other = "html" if plain else "plain"
        leaves = [leaf for leaf in leaves if not _is_text(leaf, other)]
    yield from leaves


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)]


def _is_text(leaf: Message, kind: str) -> bool:
    """Return whether a part is text of the message itself."""
    attached = leaf.get_content_disposition() == "attachment" or leaf.get_filename()
    return leaf.get_content_type() == f"text/{kind}" and not attached


def _bytes_of(leaf: Message) -> bytes:
    payload = leaf.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_picture_of_the_page(leaf: Message) -> bool:
    """Return whether a part is a picture that a page shows in its text, such as a logo."""
    shown = leaf.get_content_disposition() != "attachment" and "Content-ID" in leaf
    return shown and leaf.get_content_maintype() == "image"


def _body(leaves: Sequence[Message]) -> tuple[_Text, list[Message]]:
    """Return the message's text, and the parts that are not of it."""
    pieces: list[_Text] = []
    rest: list[Message] = []
    for leaf in leaves:
        kind = next((kind for kind in ("plain", "html") if _is_text(leaf, kind)), "")
        try:
            piece = _text(leaf, kind) if kind else None
        except LoadError:
            piece = None  # then it is listed as a file that cannot be read, with the reason
        if piece is None:
            rest.append(leaf)
        elif piece.text:
            pieces.append(piece)
    return _join(pieces, "\n\n"), [leaf for leaf in rest if not _is_picture_of_the_page(leaf)]


def _text(leaf: Message, kind: str) -> _Text:
    """Return a part's text without white space around it."""
    charset = leaf.get_content_charset("")
    # Whoever says ASCII and sends other characters has not looked.
    text = decode(_bytes_of(leaf), "" if "ascii" in charset else codec_of(charset))
    return _html_text(text) if kind == "html" else _plain_text(text)


def _plain_text(text: str) -> _Text:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _Text("\n".join(line.rstrip() for line in lines).strip("\n"))


def _html_text(page: str) -> _Text:
    """Return a page's text, its blocks apart, so that no line continues the one before it."""
    parsed = parse_html(b"\xef\xbb\xbf" + page.encode("utf-8", "replace"))
    text = parsed.text.rstrip("\n")
    # How many line breaks stand before each character.
    before = list(accumulate((sign == "\n" for sign in text), initial=0))
    return _Text(text, parsed.headings, parsed.tables).moved(
        text.replace("\n", "\n\n"), lambda offset: offset + before[offset]
    )


def _attachment(leaf: Message, number: int) -> Member:
    """Return what is attached; a message gets its subject as its name."""
    if leaf.get_content_type() == "message/rfc822" and leaf.is_multipart():
        inner = _children(leaf)[0]
        name = _field(inner, "Subject") or f"message {number}"
        return Member(f"{_file_name(name)}.eml", 0, partial(_message_bytes, inner))
    name = _file_name(_decoded(leaf.get_filename() or ""))
    if not name:
        name = f"part {number}{'.txt' if leaf.get_content_maintype() == 'text' else ''}"
    payload = leaf.get_payload()
    return Member(name, len(payload), partial(_bytes_of, leaf))


def _file_name(name: str) -> str:
    return NAMES.sub("_", name).strip()


def _message_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (MessageError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise LoadError(f"the mail is damaged: {error}") from error


def _date(value: str) -> str:
    """Return the day of a date field, where it was sent, as ISO 8601 has it, or ``""``."""
    with suppress(ValueError, TypeError, OverflowError):
        return parsedate_to_datetime(value).date().isoformat()
    return ""


# ---- what replies quote ----


def _without_known_quotes(body: _Text, known: Sequence[str]) -> _Text:
    """Leave out what ``body`` quotes of texts that are ``known``, given as their words."""
    text = body.text
    original = ORIGINAL.search(text)
    if original and _stands_in(_below_fields(text[original.end() :]), known):
        text = text[: original.start()]
    text = _without_known_lines(text.split("\n"), known)
    return body if text == body.text else _Text(text)  # where something is gone, maps are wrong


def _without_known_lines(lines: Sequence[str], known: Sequence[str]) -> str:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and QUOTED.match(lines[end]):
            end += 1
        if end == at:
            kept.append(lines[at])
            at += 1
            continue
        if not _stands_in("\n".join(lines[at:end]), known):
            kept += lines[at:end]
        else:
            _drop_attribution(kept)
            while end < len(lines) and not lines[end]:
                end += 1
            kept.append("")
        at = end
    return "\n".join(kept).strip("\n")


def _drop_attribution(lines: list[str]) -> None:
    """Take "On … wrote:" from the end of ``lines``; it may be wrapped once."""
    _drop_blank(lines)
    if lines and ATTRIBUTION.fullmatch(lines[-1]):
        wrapped = not ATTRIBUTION_START.match(lines.pop())
        if wrapped and lines and ATTRIBUTION_START.fullmatch(lines[-1]):
            lines.pop()
    _drop_blank(lines)


def _drop_blank(lines: list[str]) -> None:
    while lines and not lines[-1]:
        lines.pop()


def _below_fields(text: str) -> str:
    """Return a quoted message's text, without the fields above it."""
    lines = text.lstrip("\n").split("\n")
    at = next((n for n, line in enumerate(lines) if not FIELD_LINE.match(line)), len(lines))
    return "\n".join(lines[at:])


def _words(text: str) -> str:
    """Return a text's words, spaces around them, without marks of quotation and line breaks."""
    return f" {' '.join(MARKS.sub('', text).split())} "


def _stands_in(text: str, known: Iterable[str]) -> bool:
    words = _words(text)
    return any(words in other for other in known)


# ---- Outlook's own format ----


def parse_msg(data: bytes) -> Parsed:
    """Return the same of a message that Outlook has saved.

    Raises:
        LoadError: the file is damaged, or no message.
    """
    try:
        message = OutlookMessage.load(io.BytesIO(data))
        return _parsed(_read_outlook(message))
    except OLE_DAMAGE as error:
        raise LoadError(f"the Outlook file is damaged: {error}") from error


def _read_outlook(message: OutlookMessage) -> _Mail:
    properties = message.properties
    sent = message.sent_date
    head = message_from_string(properties.str_prop_value(names.PID_TRANSPORT_MESSAGE_HEADERS) or "")
    # A message that was never sent over the internet has no fields of its own.
    known = {
        "From": message.sender,
        "To": properties.str_prop_value(names.PID_DISPLAY_TO),
        "Cc": properties.str_prop_value(names.PID_DISPLAY_CC),
        "Date": format_datetime(sent) if sent else "",
        "Subject": message.subject,
    }
    fields = {name: _field(head, name) or _decoded(known[name] or "") for name in FIELDS}
    members = tuple(_outlook_file(*numbered) for numbered in enumerate(message.attachments, 1))
    said = {name: value for name, value in fields.items() if value}
    return _Mail(said, _outlook_body(message), members)


def _outlook_body(message: OutlookMessage) -> _Text:
    if message.body and not message.body.isspace():
        return _plain_text(message.body)
    page = message.properties.binary_prop_value(names.PID_HTML)
    encoding = codec_of(message.properties.body_encoding)
    return _html_text(decode(page, encoding) if page else message.html_body or "")


def _outlook_file(number: int, attached: Attachment) -> Member:
    short = attached.properties.str_prop_value(names.PID_ATTACH_FILENAME)
    name = _file_name(_decoded(attached.file_name or short or "")) or f"part {number}"
    if attached.file_bytes is None and not name.lower().endswith(".msg"):
        name += ".msg"
    return Member(name, attached.size, partial(_outlook_bytes, attached))


def _outlook_bytes(attached: Attachment) -> bytes:
    if attached.file_bytes is None:
        raise LoadError("it is a message inside of an Outlook file; save it as a file of its own")
    return attached.file_bytes
