"""What a document is about and who speaks in it; each rule with what only looks like its sign."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Heading, name_words, subject_of
from corpus.subject import title_of

REPORT = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549
____________________
FORM 10-K
For the fiscal year ended December 31, 2019
Commission File No. 000-00000
____________________
KESTREL INSTRUMENTS, INC.
____________________
(Exact name of registrant as specified in its charter)
Delaware
"""
PROSE = "It has been so for as long as anybody here can remember, and nobody minds. "


def document(text: str, title: str = "", headings: tuple[Heading, ...] = ()) -> Document:
    return Document("1.txt", title, "text/plain", "", text, headings=headings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kestrel Widgets plc (“we”, “us”, “our”, the “Company”) sells.", "Kestrel Widgets plc"),
        ('In 2018, Kestrel, Inc. ("we," "us" or "our") sold.', "Kestrel, Inc."),
        ('Kestrel, Inc. and its subsidiaries (collectively, the "Company") sell.', "Kestrel, Inc."),
        ('The Kestrel Company, a Delaware corporation ("we"), sells.', "Kestrel Company"),
        ("You agree with Kestrel Ltd (we, us or our) on this.", "Kestrel Ltd"),
        ("Birmingham City Council (the Council) met.", "Birmingham City Council"),
        ("Then the University of Kent (the University) grew.", "University of Kent"),
        ("Sold in 2018. Kestrel Ltd (the “Company”) sells.", "Kestrel Ltd"),
        (
            "The terms “we,” “us” and “our” refer to 3K Company and its subsidiaries.",
            "3K Company",
        ),
        ('Here "we", "our" and the "Company" mean Kestrel, Inc. and all else.', "Kestrel, Inc."),
        ("Thank you for purchasing the Kestrel K100 mixer. Keep this.", "Kestrel K100"),
        ("Congratulations on your purchase of a new Kestrel K100!", "Kestrel K100"),
    ],
)
def test_who_we_is_is_said_once(text: str, expected: str) -> None:
    """Catches words of the sentence taken into the name, and a name that loses its own."""
    assert subject_of(document(text + " " + PROSE)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The mill was built in 1851. " + PROSE,
        "Kestrel Ltd was founded in 1851 by John Kestrel, who sold mixers to the navy.",
        "He flew from Paris (the Capital) to Boston (US) and saw the Tower (the Tower).",
        "The International Olympic Committee (the “IOC”) met in Lausanne (Switzerland).",
        "Nuestra Señora (“Our Lady of the Council”) is a church.",
        'This is between Kestrel Ltd (the "Supplier") and Merlin plc (the "Customer").',
        'He says "we" because that includes Paul Miller. It means Paul Miller.',
        'The Group ("we") and the Company (the "Company") are large.',
        'The author (who says "we") is unknown, and some people ("us") like it.',
        "Thank you for choosing this product. Thank you for purchasing it.",
        "Breathing pure O\n2 in space, such as in some modern space suits, is safe enough.",
        "Its members were\nBirmingham City Council\nand two others, who came later and left soon.",
        "an experimental study of a wing . a study of the spanwise distribution of lift",
        "wrapped text that begins\nin the middle of a sentence and goes on\n\nand on and on.",
        "Yes.\n\nNo.\n\nPerhaps, he said; it may be so.",
        "Subject: none of the other fields of a message stand here",
        "One line",
        "",
    ],
)
def test_prose_without_a_sign_has_no_subject(text: str) -> None:
    """Catches a first sentence, any capitals and any parenthesis taken for who speaks."""
    assert subject_of(document(text)) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Station log, winter\n\n3 November. Wind.", "Station log, winter"),
        ("Station log\n===========\nWind.", "Station log"),
        ("Station log\nThe wind was north-west, and the boat could not land.", "Station log"),
        (
            "WORKING GROUP\nMINUTES OF THE MEETING\n\nThe Chair opened the meeting.",
            "WORKING GROUP",
        ),
        ("From: Jane\nTo: All\nSubject: Parking rules\n\nWe open the car park.", "Parking rules"),
        ("The Book of\n\nTitle: Emma\n\nAuthor: Jane Austen\n\nEmma, handsome", "Emma"),
        ("Kestrel Ltd\n1 High Street\nKent\n\nDear Sir,\n\nWe sell. " + PROSE, "Kestrel Ltd"),
        ("用户手册\n\n感谢您的购买。", "用户手册"),
    ],
)
def test_a_text_file_may_begin_with_its_title(text: str, expected: str) -> None:
    """Catches text files that are about nothing, because their format has no titles."""
    assert subject_of(document(text)) == expected


def test_the_registrant_of_a_form_is_its_subject() -> None:
    """Catches the title page's largest line, which is that of the office that the form goes to."""
    assert subject_of(document(REPORT)) == "KESTREL INSTRUMENTS, INC.: Form 10-K 2019"
    office = (Heading(0, 13, 1, "UNITED STATES"), Heading(14, 48, 2, "SECURITIES"))
    headed = document(REPORT, "10-K", office)
    assert subject_of(headed) == "KESTREL INSTRUMENTS, INC.: Form 10-K 2019"
    assert subject_of(document("KESTREL LTD (Exact name of registrant)")) == "KESTREL LTD"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Annual report 2019", "Kestrel plc: Annual report 2019"),
        ("Kestrel annual report 2019", "Kestrel annual report 2019"),
        ("Annual report of Kestrel plc", "Annual report of Kestrel plc"),
        ("Kestrel plc", "Kestrel plc"),
        ("untitled", "Kestrel plc"),
        ("Microsoft Word - draft2.docx", "Kestrel plc"),
        ("SF-86", "Kestrel plc"),
        ("kest-20191231", "Kestrel plc"),
        ("COVID-19 and our staff", "Kestrel plc: COVID-19 and our staff"),
    ],
)
def test_title_and_speaker_are_joined_without_repeating(title: str, expected: str) -> None:
    """Catches a name said twice, a form's number for a title, and what a program made up."""
    assert subject_of(document("Kestrel plc (“we”) sells mixers. " + PROSE, title)) == expected


def test_a_title_that_only_says_its_kind_is_completed_from_the_title_page() -> None:
    """Catches a hundred manuals that are all called "User manual"."""
    text = "USER MANUAL\n\nKestrel K100\n\n" + PROSE
    headings = (Heading(0, 11, 1, "USER MANUAL"), Heading(13, 25, 2, "Kestrel K100"))
    assert subject_of(document(text, "", headings)) == "Kestrel K100: USER MANUAL"
    letter = "ANNUAL REPORT 2019\n\nKestrel Instruments plc\n\n" + PROSE
    assert subject_of(document(letter)) == "Kestrel Instruments plc: ANNUAL REPORT 2019"
    complete = "Mixers of the world\n\nKestrel Instruments plc\n\n" + PROSE
    assert subject_of(document(complete)) == "Mixers of the world"


def test_a_title_stands_above_the_other_headings() -> None:
    """Catches the first of many sections, and a heading far down, taken for the title."""
    text = "Mixers since 1900\n" + PROSE + "\nEarly\n" + PROSE + "\nLate\n" + PROSE
    early, late = text.index("Early"), text.index("Late")
    sections = (Heading(early, early + 5, 1, "Early"), Heading(late, late + 4, 1, "Late"))
    assert title_of(document(text, "", sections)) == "Mixers since 1900"
    assert title_of(document(text[18:], "", (Heading(early - 18, early - 13, 1, "Early"),))) == (
        "Early"
    )
    far = PROSE * 9 + "\nLate\n" + PROSE
    assert title_of(document(far, "", (Heading(len(PROSE) * 9 + 1, 700, 1, "Late"),))) == ""
    numbered = (Heading(0, 10, 1, "2 Our work"),)
    assert title_of(document("2 Our work is this, and it goes on and on.", "", numbered)) == ""


def test_only_the_opening_is_looked_at() -> None:
    """Catches a pass over the whole of a long document, and a party named at its end."""
    assert subject_of(document(PROSE * 200 + "\n\nKestrel plc (“we”) sells.")) == ""


SIGNS = st.sampled_from([
    *("\n", "\n\n", "\r\n", "\f", " ", "(", ")", "“we”", '"', "the Company", "refers to ", ":"),
    *("Kestrel", "plc", "Inc.", "of", "(Exact name of registrant", "Title: ", "From: ", "===", ","),
    *("Thank you for choosing ", "Form 10-K", "*", "# ", "\u200b", "\x00", "한국", "İ", "ǆ"),
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(SIGNS, max_size=40).map("".join))


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_gives_a_short_clean_line(text: str, title: str, heading: str) -> None:
    """Catches crashes on empty lines and odd marks, long subjects, and control codes."""
    headings = (Heading(0, min(1, len(text)), 1, heading),) if text else ()
    found = subject_of(document(text, title, headings))
    assert len(found) <= 60
    assert found == found.strip() == " ".join(found.split())
    assert not any(unicodedata.category(character) == "Cc" for character in found)
    assert found == subject_of(document(text, title, headings))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("kestrel-10k-2019.pdf", "kestrel 10k 2019"),
        ("3K_2018_10K.pdf", "3K 2018 10K"),
        ("council/minutes.txt", "council minutes"),
        ("AnnualReport2019.pdf", "Annual Report 2019"),
        ("who-is-who.html", "who is who"),
        ("kestrel/kestrel-10k.pdf", "kestrel 10k"),
        ("report-a3f9c2e1.pdf", "report"),
        ("über uns.pdf", "über uns"),
        ("facade.txt", "facade"),
        ("2020/03/000123.txt", ""),
        ("a3f9c2e1.pdf", ""),
        ("550e8400-e29b-41d4-a716-446655440000.pdf", ""),
        ("page-12.txt", ""),
        ("document.pdf", ""),
        ("scan0001.pdf", ""),
        ("docs/untitled (2).docx", ""),
    ],
)
def test_a_name_tells_its_words_or_nothing(path: str, expected: str) -> None:
    """Catches numbers and digests that are searched as words, and years that are lost."""
    assert name_words(path) == expected
