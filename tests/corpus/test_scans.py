"""Pages that are images: found in PDFs, and documents with the words read off them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bench.printing import pdf_of, print_page
from corpus import (
    Box,
    Document,
    Heading,
    LoadError,
    Place,
    RecognisedPage,
    RecognisedWord,
    Span,
    Table,
    TableRow,
    add_recognised,
)
from corpus.formats import parse
from corpus.scans import describe_unread_pages

SOMEWHERE = Box(0.1, 0.1, 0.2, 0.2)
PHOTO = print_page(["Words on a picture"])


def page_of(text: str) -> RecognisedPage:
    """Return a page whose words are those of ``text``."""
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(RecognisedWord(Span(at, at + len(word)), SOMEWHERE, 0.9))
        at += len(word)
    return RecognisedPage(text, tuple(words))


PAGES = st.lists(st.sampled_from(["", "one two", "three\nfour five"]), min_size=1, max_size=6)
READ = st.dictionaries(st.integers(1, 6), st.sampled_from(["", "read", "read off\nan image"]))


@given(PAGES, READ)
def test_every_map_goes_on_pointing_at_the_same_characters(
    texts: list[str], read: dict[int, str]
) -> None:
    """Catches maps of later pages that are not moved, or moved by the words of their own page."""
    starts, at, spans = [], 0, []
    for text in texts:
        starts.append(at)
        spans += [Span(at + m, at + m + 1) for m in range(len(text)) if not text[m].isspace()]
        at += len(text) + 1
    document = Document(
        "a.pdf",
        "",
        "application/pdf",
        "",
        "\f".join(texts),
        tuple(starts),
        tuple(Heading(*span, 1, "h") for span in spans),
        tuple(spans),
        (Table((tuple(spans),), (TableRow((), tuple(spans[:1])),)),) if spans else (),
        tuple(Place(span.start, "here") for span in spans),
        unread=tuple(range(1, len(texts) + 1)),
    )
    pages = {number: page_of(text) for number, text in read.items() if number <= len(texts)}
    whole = add_recognised(document, pages)

    def said(source: Document, spans: list[Span]) -> list[str]:
        return [source.text[start:end] for start, end in spans]

    before = said(document, spans)
    assert said(whole, list(whole.running)) == before
    assert said(whole, [Span(h.start, h.end) for h in whole.headings]) == before
    assert [whole.text[place.start] for place in whole.places] == before
    assert [said(whole, list(table.columns[0])) for table in whole.tables] == [before][
        : bool(spans)
    ]
    shown = whole.text.split("\f")
    for number, text in enumerate(texts, 1):
        start = whole.page_starts[number - 1]
        assert whole.text[start : start + len(shown[number - 1])] == shown[number - 1]
        assert shown[number - 1].startswith(text)
        assert shown[number - 1].removeprefix(text).strip("\n") == read.get(number, "")
    words = [w for number in sorted(pages) for w in read[number].split()]
    assert said(whole, [word.span for word in whole.recognised]) == words
    assert whole.unread == tuple(n for n in document.unread if n not in pages)


def drawn(*pages: tuple[str, tuple[int, int, int, int] | None]) -> bytes:
    """Return a PDF whose pages have a line of text and a picture at a place, or one of both."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 600))
    for text, place in pages:
        canvas.drawString(20, 560, text)
        if place:
            canvas.drawImage(ImageReader(PHOTO), *place)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_pages_with_large_images_are_to_be_read() -> None:
    """Catches a scanned page lost inside of a PDF with text, and logos that are read for words."""
    data = drawn(
        ("Text alone.", None),
        ("", (0, 0, 400, 600)),
        ("A picture of text beside text.", (20, 100, 300, 300)),
        ("A logo.", (20, 20, 60, 60)),
        ("A background behind text.", (0, 0, 400, 600)),
    )
    document = parse(data, "a.pdf")
    assert document.unread == (2, 3)
    assert document.text.split("\f")[1].strip() == ""


def test_a_scan_is_a_document_without_text_until_it_is_read() -> None:
    """Catches scans that are left out of the index because there is nothing in them yet."""
    for name, data in (("a.pdf", pdf_of(PHOTO, PHOTO)), ("a.TIF", tiff_of(PHOTO, PHOTO))):
        document = parse(data, name)
        assert (document.text, document.unread, document.page_starts) == ("\f", (1, 2), (0, 1))


def tiff_of(first: Image.Image, *others: Image.Image) -> bytes:
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=others)
    return file.getvalue()


def test_images_that_hold_no_words_have_a_reason() -> None:
    """Catches a button read for words, and a traceback for a file that is no image."""
    button = io.BytesIO()
    Image.new("RGB", (32, 32)).save(button, "PNG")
    with pytest.raises(LoadError, match="too small to hold words"):
        parse(button.getvalue(), "button.png")
    with pytest.raises(LoadError, match="the image is damaged"):
        parse(b"\x89PNG and no more", "torn.png")


def test_what_to_do_about_unread_pages_is_told() -> None:
    """Catches "1 pages", and a count without what to install."""
    assert describe_unread_pages(1).startswith("1 page is an image that has not been read; install")
    assert describe_unread_pages(1200).startswith("1,200 pages are images")
