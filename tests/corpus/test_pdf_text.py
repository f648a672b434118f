"""The text of PDF pages, and which of PDFium's characters each of its characters is."""

import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from corpus import Document, Metadata, Span, search_text
from corpus.formats import parse
from corpus.formats.pdf.loader import parse_pdf
from corpus.formats.pdf.page import view_page
from corpus.formats.pdf.text import PageText, open_page, read_page_text

HELVETICA = "Helvetica"


def drawn(draw: Callable[[Canvas], object]) -> bytes:
    """Return a PDF of one page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 500))
    canvas.setFont(HELVETICA, 12)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(*texts: str) -> bytes:
    """Return a PDF with one line under the other."""

    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            canvas.drawString(50, 450 - 14 * number, text)

    return drawn(draw)


def read(data: bytes) -> Document:
    return parse(data, "a.pdf")


def test_a_word_broken_at_a_line_end_keeps_its_line_break() -> None:
    """Catches PDFium's mark that swallows the break: words not joined, lines counted wrong."""
    document = read(lines("The mole is a break-", "water of stone.", "It is 300 metres long."))
    assert document.text.splitlines() == [
        "The mole is a break-",
        "water of stone.",
        "It is 300 metres long.",
    ]
    assert search_text(document, 0, len(document.text)).startswith("The mole is a breakwater of")
    assert document.line_of(document.text.index("300")) == 3


def raised(canvas: Canvas, number: str, mark: str, rise: float, size: float) -> None:
    canvas.drawString(50, 450, f"Sales of {number}")
    after = 50 + canvas.stringWidth(f"Sales of {number}", HELVETICA, 12)
    canvas.setFont(HELVETICA, size)
    canvas.drawString(after, 450 + rise, mark)
    canvas.setFont(HELVETICA, 12)
    canvas.drawString(after + 8, 450, "units")


def test_a_footnote_mark_is_no_digit_of_its_number() -> None:
    """Catches 5,363 with the note 1 read as 5,3631, and digits of one size torn apart."""
    assert "5,363 1" in read(drawn(lambda c: raised(c, "5,363", "1", 5, 7))).text
    assert "5,3631" in read(drawn(lambda c: raised(c, "5,363", "1", 0, 12))).text


def test_words_that_run_in_different_directions_are_apart() -> None:
    """Catches a Latin word glued to the Arabic one beside it, which no search finds."""
    inserted = read_text("abc\u0627\u0628\u062a")
    assert inserted.text == "abc \u0627\u0628\u062a"
    assert inserted.inserted == (3,)


def read_text(text: str) -> PageText:
    """Return what becomes of the characters of a page, as PDFium would give them."""

    class Characters:
        raw = None

        def count_chars(self) -> int:
            return len(text)

    with pytest.MonkeyPatch.context() as patch:
        units = [ord(sign) for sign in text]
        patch.setattr("pypdfium2.raw.FPDFText_GetUnicode", lambda _, index: units[index])
        return read_page_text(Characters())


def test_what_was_filled_in_and_noted_is_read() -> None:
    """Catches forms that are read without their values, and comments that are not read at all."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 450, "Name of the applicant")
        canvas.acroForm.textfield(
            name="who", value="Mary Poppins", x=50, y=400, width=200, height=20
        )
        canvas.textAnnotation("Is this her real name?", (50, 300, 70, 320))

    data = drawn(draw)
    document = read(data)
    assert document.text.splitlines() == [
        "Name of the applicant",
        "Mary Poppins",
        "Note: Is this her real name?",
    ]
    start = document.text.index("Mary Poppins")
    note = document.text.index("Is this")
    spans = [Span(start, start + len("Mary Poppins")), Span(note, note + 7)]
    (box,), of_note = view_page(data, 1, spans, 400).boxes
    assert 50 / 400 <= box.left < box.right <= 250 / 400
    assert 1 - 420 / 500 <= box.top < box.bottom <= 1 - 400 / 500
    assert of_note == ()


def test_boxes_stand_around_the_words_after_what_was_inserted() -> None:
    """Catches a quotation boxed some characters too late, by the breaks before it on the page."""
    data = lines("The mole is a break-", "water of stone, a great land-", "mark of 300 metres.")
    text = read(data).text
    start = text.index("300")
    (box,) = view_page(data, 1, [Span(start, start + 3)], 800).boxes[0]
    left = 50 + Canvas(io.BytesIO()).stringWidth("mark of ", HELVETICA, 12)
    assert box.left * 400 == pytest.approx(left, abs=1)


@given(st.sets(st.integers(0, 30), max_size=8), st.integers(0, 30), st.integers(1, 10))
@settings(max_examples=200)
def test_ranges_of_characters_and_of_text_are_each_others_inverse(
    places: set[int], start: int, length: int
) -> None:
    """Catches an offset that is wrong by one beside an inserted character."""
    text, inserted = "", []
    for index in range(41):
        if index in places:
            inserted.append(len(text))
            text += "|"
        text += chr(0x100 + index)
    page = PageText(text, tuple(inserted))
    wanted = Span(start, start + length)
    of_text = page.from_characters(wanted)
    shown = text[of_text.start : of_text.end].replace("|", "")
    assert shown == "".join(chr(0x100 + index) for index in range(*wanted))
    assert page.to_characters(of_text) == wanted


def test_a_page_without_annotations_is_not_opened_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches the time that flattening every page would take."""
    monkeypatch.setattr("pypdfium2.raw.FPDFPage_Flatten", None)
    pdf = pypdfium2.PdfDocument(lines("Nothing to fill in."))
    with open_page(pdf, 0) as (page, notes):
        assert (page.get_textpage().count_chars(), notes) == (19, [])
    pdf.close()


def said_by(author: str, language: str = "") -> Metadata:
    """Return what is read of a PDF of 1 January 2000 with that author and language."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1, lang=language or None)
    canvas.setAuthor(author)
    canvas.drawString(40, 250, "The sluice is shut.")
    canvas.save()
    return parse_pdf(file.getvalue()).metadata


@pytest.mark.parametrize(
    ("author", "language", "said"),
    [
        ("Ján  Perks", "de-AT", Metadata("Ján Perks", "2000-01-01", "de-AT")),
        ("anonymous", "", Metadata("", "2000-01-01", "")),
        ("(Unspecified)", "x" * 500, Metadata("", "2000-01-01", "")),
        ("User Experience Ltd", "en", Metadata("User Experience Ltd", "2000-01-01", "en")),
    ],
)
def test_author_date_and_language_are_read(author: str, language: str, said: Metadata) -> None:
    """Catches what programs write for no name, dates in PDF's form, and a tag cut short."""
    assert said_by(author, language) == said


def test_the_date_of_the_making_comes_before_that_of_a_change() -> None:
    """Catches a text that is as new as the last stamp on it, and a PDF that gives one date."""
    made, changed, damaged = (
        parse_pdf(_dated(*dates)).metadata.date
        for dates in (("20120304", "20150102"), ("", "20150102"), ("soon", ""))
    )
    assert (made, changed, damaged) == ("2012-03-04", "2015-01-02", "")


def _dated(made: str, changed: str) -> bytes:
    """Return a PDF with those dates in it, empty for none; its offsets are no longer right."""
    data = re.sub(rb"/CreationDate \(.*?\)", _entry("CreationDate", made), lines("Shut."))
    return re.sub(rb"/ModDate \(.*?\)", _entry("ModDate", changed), data)


def _entry(name: str, date: str) -> bytes:
    return f"/{name} (D:{date})".encode() if date else b""
