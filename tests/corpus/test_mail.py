"""Mail: what of a message is its text, and what is a file of its own."""

import io
import json
import struct
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, LoadError, Skipped, Span, sentence_spans
from corpus.containers import documents_in
from corpus.formats import parse
from corpus.types import Parsed, Table, TableRow

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"
NONE, END = 0xFFFFFFFF, 0xFFFFFFFE
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Tree = dict[str, "bytes | Tree"]


def chain(content: bytes, size: int) -> tuple[bytes, int]:
    """Return ``content`` padded to whole sectors, and how many these are."""
    count = -(-len(content) // size)
    return content.ljust(count * size, b"\0"), count


def compound_file(tree: Tree) -> bytes:
    """Return the storages and streams of ``tree``, all small, in Microsoft's compound format."""
    entries: list[list[object]] = [["Root Entry", 5, NONE, NONE, 0, 0]]
    small, links = io.BytesIO(), list[int]()

    def add(items: Tree) -> int:
        first = last = NONE
        for name, content in items.items():
            here = len(entries)
            entries.append([name, 2, NONE, NONE, END, 0])
            if last == NONE:
                first = here
            else:
                entries[last][2] = here
            last = here
            if isinstance(content, dict):
                entries[here][1], entries[here][3] = 1, add(content)
            elif content:
                padded, count = chain(content, 64)
                start = len(links)
                links.extend([*range(start + 1, start + count), END])
                small.write(padded)
                entries[here][4:] = [start, len(content)]
        return first

    entries[0][3] = add(tree)
    streams, stream_sectors = chain(small.getvalue(), 512)
    table, table_sectors = chain(struct.pack(f"<{len(links)}I", *links), 512)
    directory_sectors = -(-len(entries) // 4)
    first_table, first_stream = 1 + directory_sectors, 1 + directory_sectors + table_sectors
    entries[0][4:] = [first_stream, len(small.getvalue())]
    directory = b"".join(map(directory_entry, entries)).ljust(directory_sectors * 512, b"\0")
    fat = [0xFFFFFFFD]
    for count in (directory_sectors, table_sectors, stream_sectors):
        fat.extend([*range(len(fat) + 1, len(fat) + count), END])
    header = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<6I", 0, 1, 1, 0, 4096, first_table)
    header += struct.pack("<4I", table_sectors, END, 0, 0) + struct.pack("<I", NONE) * 108
    fat_sector = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header + fat_sector + directory + table.ljust(table_sectors * 512, b"\xff") + streams


def directory_entry(entry: list[object]) -> bytes:
    """Return the 128 bytes that describe a stream or storage."""
    name, kind, right, child, start, size = entry
    encoded = str(name).encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBB3I16xI16xIQ", encoded, len(encoded), kind, 1, NONE, right, child, 0, start, size
    )


def properties(header: int, values: dict[int, "str | bytes | int"]) -> Tree:
    """Return a storage's properties: text, bytes, or the 100 ns of a time since 1601."""
    listed, tree = bytes(header), Tree()
    for number, value in values.items():
        kind = 0x1F if isinstance(value, str) else 0x102 if isinstance(value, bytes) else 0x40
        content = value if isinstance(value, bytes) else str(value).encode("utf-16-le")
        last = struct.pack("<Q", value if isinstance(value, int) else len(content))
        listed += struct.pack("<HHI", kind, number, 6) + last
        if not isinstance(value, int):
            tree[f"__substg1.0_{number:04X}{kind:04X}"] = content
    return {"__properties_version1.0": listed} | tree


def outlook_file(body: dict[int, "str | bytes | int"]) -> bytes:
    """Return a message as Outlook saves it, with an attachment and a message attached."""
    fields: dict[int, str | bytes | int] = {
        0x37: "Lamp oil",
        0xC1A: "Anna Berg",
        0xC1F: "anna@example.com",
        0xE04: "Bo Lund",
        0x39: 130_117_536_000_000_000,
    }
    attached = properties(8, {0x3707: "list.txt", 0x3701: b"Oil: 40 litres.\n"})
    message = properties(8, {0x3707: "Earlier mail"})
    storages: Tree = {
        "__attach_version1.0_#00000000": attached,
        "__attach_version1.0_#00000001": message,
    }
    return compound_file(properties(32, fields | body) | storages)


BODY: dict[int, str | bytes | int] = {0x1000: "The oil comes on Monday.\r\n"}
HTML: dict[int, str | bytes | int] = {
    0x1013: "<p>The oil comes\n on Monday.<p>Größe 7".encode("cp1252")
}


def mail(text: str = "Hello.", **fields: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def mailbox(*messages: EmailMessage) -> bytes:
    return b"".join(
        b"From anna@example.com Tue Apr 30 10:00:00 2013\n" + bytes(message) + b"\n"
        for message in messages
    )


def test_the_outlook_sample_is_made_here() -> None:
    """Catches a sample that nobody can make again."""
    assert (SAMPLES / "lamp.msg").read_bytes() == outlook_file(BODY)


def test_an_outlook_message_with_its_files() -> None:
    """Catches fields, the time or attachments lost, and a message inside that ends the reading."""
    found = list(documents_in((SAMPLES / "lamp.msg").read_bytes(), "lamp.msg"))
    own, attached = (one for one in found if isinstance(one, Document))
    assert (own.metadata.author, own.metadata.date) == (
        '"Anna Berg" <anna@example.com>',
        "2013-04-30",
    )
    assert (attached.id, attached.text) == ("lamp.msg/list.txt", "Oil: 40 litres.\n")
    (left,) = (one for one in found if isinstance(one, Skipped))
    assert left.id == "lamp.msg/Earlier mail.msg"
    assert "save it as a file of its own" in left.reason


def test_an_outlook_message_in_html_is_read_in_its_encoding() -> None:
    """Catches bytes decoded as UTF-8, and blocks that run into one sentence."""
    text = parse(outlook_file(HTML), "a.msg").text
    assert text.endswith("Subject: Lamp oil\n\nThe oil comes on Monday.\n\nGröße 7\n")


@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_damaged_outlook_file_is_a_reason(at: int, byte: int) -> None:
    """Catches the many errors of a parser that trusts its input."""
    data = bytearray(outlook_file(BODY))
    data[at] = byte
    with suppress(LoadError):
        parse(bytes(data), "a.msg")


# What is the text


def test_plain_text_is_preferred_and_said_once() -> None:
    """Catches the same message read twice, from its text and from its HTML."""
    message = mail("The offer stands.\n", From="a@b.c", Subject="Offer")
    message.add_alternative("<h1>Offer</h1><p>The offer stands.", subtype="html")
    assert (
        parse(bytes(message), "a.eml").text == "From: a@b.c\nSubject: Offer\n\nThe offer stands.\n"
    )


def test_html_counts_where_the_plain_text_is_blank() -> None:
    """Catches a message without its words, because a program sent an empty plain text."""
    message = mail(" \n", Subject="Offer")
    message.add_alternative("<h2>Price</h2><p>It is<br>400 pounds.", subtype="html")
    document = parse(bytes(message), "a.eml")
    assert document.text == "Subject: Offer\n\nPrice\n\nIt is\n\n400 pounds.\n"
    assert [(h.level, document.text[h.start : h.end]) for h in document.headings] == [
        (1, "Subject: Offer"),
        (3, "Price"),
    ]


def test_a_table_of_the_page_stays_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches maps that are lost, or lead to other words, when the page's text is put in."""
    text = "Prices\nOil\t40\nPaint\t7\n"
    spans = {word: Span(at := text.index(word), at + len(word)) for word in text.split()}
    rows = tuple(TableRow((spans[a],), (spans[b],)) for a, b in (("Oil", "40"), ("Paint", "7")))
    table = Table(((),), rows, (spans["Prices"],))
    monkeypatch.setattr(
        "corpus.formats.packed.mail.parse_html", lambda _: Parsed(text, tables=(table,))
    )
    message = b"Subject: Offer\nContent-Type: text/html\n\n<table>"
    data = b"From x 10:00\n" + message + b"\n\nFrom x 10:00\n" + message
    document = parse(data, "a.mbox")
    assert len(document.tables) == 2
    for found in document.tables:
        assert [document.text[s.start : s.end] for s in found.caption] == ["Prices"]
        quoted = [
            [document.text[s.start : s.end] for s in (*r.heads, *r.cells)] for r in found.rows
        ]
        assert quoted == [["Oil", "40"], ["Paint", "7"]]


def test_each_field_is_a_sentence() -> None:
    """Catches fields that run together, or into the text, so that none can be quoted alone."""
    long = ", ".join(f"person{number}@example.com" for number in range(6))
    message = mail("Dear Bo,\n\nthe bridge opens\nin May.", From=long, To=long, Subject="Opening")
    document = parse(bytes(message), "a.eml")
    assert [document.text[s.start : s.end] for s in sentence_spans(document)] == [
        f"From: {long}",
        f"To: {long}",
        "Subject: Opening",
        "Dear Bo,",
        "the bridge opens\nin May.",
    ]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Subject: =?utf-8?B?TcOkcno=?= 3\n\nx", "Subject: März 3\n\nx\n"),
        (b"Subject: =?utf-8?B?TcOk?=\n =?utf-8?B?cno=?=\n\nx", "Subject: März\n\nx\n"),
        (b"Subject: =?nonsense?Q?M=E4?=\n\nx", "Subject: =?nonsense?Q?M=E4?=\n\nx\n"),
        (b"Subject: =?utf-8?B?%%%%?=\n\nx", "Subject: =?utf-8?B?%%%%?=\n\nx\n"),
        ("Subject: März\n\nMärz".encode(), "Subject: März\n\nMärz\n"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n\n\x80 3", "€ 3\n"),
        (b"Content-Type: text/plain; charset=zlib\n\nM\xc3\xa4rz", "März\n"),
        (b"Content-Type: text/plain; charset=us-ascii\n\nM\xc3\xa4rz", "März\n"),
        (b"Content-Transfer-Encoding: base64\n\nTcOkcno", "März\n"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nno end", "no end\n"),
        (b"no fields at all", "no fields at all\n"),
    ],
)
def test_broken_encodings_cost_as_little_as_possible(raw: bytes, text: str) -> None:
    """Catches a field that ends the reading, guesses where none is needed, and odd codecs."""
    assert parse(raw, "a.eml").text == text


@given(st.binary(max_size=300), st.sampled_from(["a.eml", "a.mbox"]))
def test_any_bytes_are_a_mail_or_a_reason(data: bytes, name: str) -> None:
    """Catches lone surrogates, and exceptions of the parser."""
    start = b"From x 10:00\nSubject: =?\nContent-Type: multipart/alternative; boundary=a\n\n--a\n"
    for found in documents_in(start + data, name):
        (found.text if isinstance(found, Document) else found.reason).encode()


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("Tue, 30 Apr 2013 23:12:00 -0700", "2013-04-30"),
        ("30 Apr 2013 01:12 GMT", "2013-04-30"),
        ("yesterday", ""),
        ("Tue, 99 Apr 99999999999 25:12:00", ""),
    ],
)
def test_the_date_is_the_day_where_it_was_sent(date: str, day: str) -> None:
    """Catches a day changed by a conversion, and a date that cannot be that ends the reading."""
    assert parse(f"Date: {date}\n\nx".encode(), "a.eml").metadata.date == day


# What is attached


def test_what_is_attached_is_a_file_of_its_own() -> None:
    """Catches attachments read as the message, lost names, and a bad one that costs the others."""
    message = mail("See below.", Subject="Offer")
    message.add_attachment("a text", filename="März/../1.txt")
    message.add_attachment(b"\0\1\2" * 99, maintype="text", subtype="plain", filename="b.txt")
    message.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    inner = mail("The old offer.", Subject="Re: old/offer")
    inner.add_attachment("c text", filename="c.txt")
    message.add_attachment(inner)
    found = list(documents_in(bytes(message), "in/a.eml"))
    assert [(one.id, one.text) for one in found if isinstance(one, Document)] == [
        ("in/a.eml", "Subject: Offer\n\nSee below.\n"),
        ("in/a.eml/März_.._1.txt", "a text\n"),
        ("in/a.eml/Re: old_offer.eml", "Subject: Re: old/offer\n\nThe old offer.\n"),
        ("in/a.eml/Re: old_offer.eml/c.txt", "c text\n"),
    ]
    assert [one for one in found if isinstance(one, Skipped)] == [
        Skipped("in/a.eml/b.txt", "the file looks binary, not text"),
        Skipped("in/a.eml/winmail.dat", "files ending in .dat are not supported"),
    ]


def test_pictures_in_the_text_are_no_files() -> None:
    """Catches a list of what could not be read that is full of logos."""
    message = mail("See the picture.")
    message.add_alternative("<p>See the picture.<img src='cid:1'>", subtype="html")
    page = message.get_payload()[1]  # type: ignore[index]
    assert isinstance(page, EmailMessage)
    page.add_related(b"x", "image", "png", cid="<1>", disposition="inline", filename="logo.png")
    message.add_attachment(b"x", "image", "png", filename="plan.xyz")
    assert [one.id for one in documents_in(bytes(message), "a.eml")] == ["a.eml", "a.eml/plan.xyz"]


def test_parts_that_nest_without_end_are_a_reason() -> None:
    """Catches a mail of a few kilobytes that ends the process, or costs all of its mailbox."""
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5000)
    )
    with pytest.raises(LoadError, match="nest without end"):
        parse(parts.encode(), "a.eml")
    found = list(documents_in(mailbox(FIRST) + b"From x 10:00\n" + parts.encode(), "a.mbox"))
    assert [one.id for one in found] == ["a.mbox", "a.mbox/message 2/message.eml"]
    assert isinstance(found[1], Skipped)


# Mailboxes

FIRST = mail(
    "The bridge opens on 3 May.\nIt is 400 metres long.\n\nFrom now on it is free.\n",
    Subject="Opening",
    Message_ID="<1@x>",
)


def texts(data: bytes) -> list[str]:
    """Return the text of each message of a mailbox, without its fields."""
    document = parse(data, "a.mbox")
    starts = [place.start for place in document.places]
    pieces = [document.text[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    return [piece.partition("\n\n")[2].strip() for piece in pieces]


def test_each_message_is_a_place_and_its_subject_a_heading() -> None:
    """Catches messages cut at a line that begins with "From", and offsets of the wrong message."""
    second = mail("Good.", Subject="Re: Opening")
    second.add_attachment("c text", filename="c.txt")
    data = mailbox(FIRST, second).replace(b"\nFrom now", b"\n>From now")
    own, attached = documents_in(data, "a.mbox")
    assert isinstance(own, Document)
    assert own.place_of(own.text.index("400")) == "message 1"
    assert own.place_of(own.text.index("Good")) == "message 2"
    assert [own.text[h.start : h.end] for h in own.headings] == [
        "Subject: Opening",
        "Subject: Re: Opening",
    ]
    assert "\nFrom now on it is free.\n" in own.text
    assert attached.id == "a.mbox/message 2/c.txt"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_quotation_that_stands_elsewhere_is_left_out(ends: str) -> None:
    """Catches the same words found once for each reply to them."""
    reply = mail(
        "Thank you.\n\nOn Tue, 30 Apr 2013 at 10:12,\nAnna Berg <a@b.c> wrote:\n\n"
        "> The bridge opens on\n> 3 May.\n\nHow wide is it?\n",
        Subject="Re: Opening",
        In_Reply_To="<1@x>",
        Message_ID="<2@x>",
    )
    outlook = mail(
        "Ten metres.\n\n-----Original Message-----\nFrom: Bo\nSent: Tuesday\nSubject: Re\n\n"
        "Thank you.\n\nOn Tue, 30 Apr 2013 at 10:12,\nAnna Berg <a@b.c> wrote:\n\n"
        "> The bridge opens on\n> 3 May.\n\nHow wide is it?\n",
        Subject="Re: Opening",
        References="<1@x> <2@x>",
    )
    data = mailbox(FIRST, reply, outlook).replace(b"\n", ends.encode())
    assert texts(data)[1:] == ["Thank you.\n\nHow wide is it?", "Ten metres."]


def test_a_quotation_is_kept_unless_it_is_certain() -> None:
    """Catches words lost that stand nowhere else, or in a message that this one does not answer."""
    altered = "On Tuesday Anna wrote:\n> The bridge opens on 4 May.\n\nReally?"
    same = "On Tuesday Anna wrote:\n> The bridge opens on 3 May.\n\nReally?"
    part = "On Tuesday Anna wrote:\n> It is 40\n\nReally?"
    answers = ((altered, "<1@x>"), (part, "<1@x>"), (same, "<0@x>"), (same, "<9@x>"))
    replies = [mail(text, Subject="Re", In_Reply_To=id_) for text, id_ in answers]
    assert texts(mailbox(FIRST, *replies))[1:] == [altered, part, same, same]
    assert parse(bytes(replies[0]), "a.eml").text == f"Subject: Re\n\n{altered}\n"


def test_a_file_that_is_no_mailbox_says_so() -> None:
    """Catches any text taken for one message."""
    with pytest.raises(LoadError, match="no mailbox"):
        parse(b"Dear all,\n\nFrom me\n", "a.mbox")


def make_samples() -> None:
    """Write the sample that is not text, and what must come of all of them."""
    (SAMPLES / "lamp.msg").write_bytes(outlook_file(BODY))
    document = parse((SAMPLES / "lamp.msg").read_bytes(), "lamp.msg")
    print(json.dumps(document.text))  # noqa: T201
