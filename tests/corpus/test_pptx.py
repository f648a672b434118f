"""Slides: what is read of them, in which order, and where it is said to stand."""

import io
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from corpus.errors import LoadError
from corpus.formats import parse
from corpus.types import Document, Metadata, Span

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*targets: tuple[str, str, str]) -> str:
    entries = (
        f'<Relationship Id="{name}" Type="{TYPES}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    )
    return f"<Relationships>{''.join(entries)}</Relationships>"


def deck(*slides: str, **parts: str) -> Document:
    """Return slides that hold these shapes; of the first, further parts are related by kind."""
    names = [f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)]
    listed = "".join(f'<sldId id="{256 + i}" r:id="r{i}"/>' for i in range(len(slides)))
    related = [(f"r{i}", "slide", name) for i, name in enumerate(names)]
    authors = parts.pop("authors", "<a/>")
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
        archive.writestr("_rels/.rels", relations(("r", "officeDocument", "ppt/presentation.xml")))
        archive.writestr(
            "ppt/presentation.xml",
            f'<presentation xmlns:r="{TYPES}"><sldIdLst>{listed}</sldIdLst></presentation>',
        )
        related.append(("a", "commentAuthors", "authors.xml"))
        archive.writestr("ppt/_rels/presentation.xml.rels", relations(*related))
        archive.writestr("ppt/authors.xml", authors)
        for name, shapes in zip(names, slides, strict=True):
            archive.writestr(f"ppt/{name}", page("sld", shapes))
        for kind, content in parts.items():
            archive.writestr(f"ppt/slides/{kind}.xml", content)
        archive.writestr(
            "ppt/slides/_rels/slide1.xml.rels",
            relations(*((kind, kind, f"{kind}.xml") for kind in parts)),
        )
    return parse(buffer.getvalue(), "a.pptx")


def page(kind: str, shapes: str) -> str:
    return f'<{kind} xmlns:r="{TYPES}"><cSld><spTree>{shapes}</spTree></cSld></{kind}>'


def body(text: str) -> str:
    paragraphs = "".join(f"<p><r><t>{line}</t></r></p>" for line in text.split("|") if line)
    return f"<txBody>{paragraphs}</txBody>"


def box(text: str, top: int = 0, left: int = 0, about: str = "") -> str:
    place = f'<spPr><xfrm><off x="{left * 914400}" y="{top * 914400}"/></xfrm></spPr>'
    return f"<sp><nvSpPr><cNvPr {about}/><nvPr/></nvSpPr>{place}{body(text)}</sp>"


def holder(kind: str, text: str, index: int = 0) -> str:
    place = f'<ph type="{kind}" idx="{index}"/>'
    return f"<sp><nvSpPr><cNvPr/><nvPr>{place}</nvPr></nvSpPr><spPr/>{body(text)}</sp>"


def lines(document: Document) -> list[str]:
    return document.text.rstrip("\n").split("\n")


def texts(document: Document, spans: tuple[Span, ...]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("found", "place"),
    [
        ("May 2024", "slide 1"),
        ("Greet the", "slide 1, notes"),
        ("Costs", "slide 2"),
        ("310", "slide 3"),
        ("Spare", "slide 4"),
    ],
)
def test_text_stands_on_its_slide(found: str, place: str) -> None:
    """Catches slides counted from 0, hidden ones not counted, and notes that seem to be shown."""
    document = parse((SAMPLES / "harbour.pptx").read_bytes(), "harbour.pptx")
    assert document.place_of(document.text.index(found)) == place


def test_tables_and_charts_are_tables() -> None:
    """Catches a chart's title given to the table above, and merged heads that cover one column."""
    document = parse((SAMPLES / "harbour.pptx").read_bytes(), "harbour.pptx")
    berths, depths = document.tables
    assert berths.caption == ()
    assert [texts(document, heads) for heads in berths.columns] == [
        ["Ships", "2023"],
        ["Ships", "2024"],
    ]
    assert texts(document, depths.caption) == ["Depth of the berths"]
    assert texts(document, depths.rows[1].cells) == ["7.3"]


def test_shapes_are_read_from_the_top_and_from_the_left() -> None:
    """Catches the order in which they were drawn, and tops that differ by a hair."""
    slide = box("d", 3) + box("c", 2, 5) + "<grpSp><nvGrpSpPr><cNvPr/></nvGrpSpPr><grpSpPr><xfrm>"
    slide += '<off x="0" y="1900000"/></xfrm></grpSpPr>' + box("b2", 8, 2) + box("b1", 8, 1)
    slide += "</grpSp>" + box("a", 0)
    assert lines(deck(slide)) == ["a", "b1", "b2", "c", "d"]


def test_a_placeholder_stands_where_its_layout_puts_it() -> None:
    """Catches placeholders without a place of their own at the top of the slide."""
    place = '<spPr><xfrm><off x="0" y="5000000"/></xfrm></spPr>'
    shape = f'<sp><nvSpPr><cNvPr/><nvPr><ph idx="7"/></nvPr></nvSpPr>{place}</sp>'
    layout = page("sldLayout", shape)
    slide = holder("body", "below", 7) + box("above|twice", 1)
    assert lines(deck(slide, slideLayout=layout)) == ["above", "twice", "below"]


def test_headings_are_the_titles_of_slides() -> None:
    """Catches a slide that stands under the title of the one before it, and a list as a title."""
    document = deck(
        holder("body", "x") + holder("title", "Own|title"),
        box("Short line", 0) + box("text", 1),
        box("one|two", 0),
        box("a" * 81, 0),
    )
    assert [(h.level, h.title) for h in document.headings] == [(1, "Own title"), (1, "Short line")]


def test_what_repeats_is_running_and_what_is_hidden_is_left_out() -> None:
    """Catches footers that are searched on every slide, and shapes that nobody sees."""
    slide = holder("ftr", "Confidential") + holder("sldNum", "1") + box("no", about='hidden="1"')
    document = deck(holder("title", "Tea") + slide + box("Seen", 3))
    assert lines(document) == ["Tea", "Seen", "Confidential", "1"]
    assert texts(document, document.running) == ["Confidential", "1"]


def test_comments_old_and_new_stand_with_their_slide() -> None:
    """Catches replies that are lost, and authors taken for numbers."""
    authors = '<cmAuthorLst><cmAuthor id="0" name="Ada"/><author id="{1}" name="Bo"/></cmAuthorLst>'
    comments = (
        '<cmLst><cm authorId="0"><text>Old\nstyle</text></cm><cm authorId="{1}"><txBody><p><r>'
        '<t>New</t></r></p></txBody><replyLst><reply authorId="9"><txBody><p><r><t>Reply</t></r>'
        "</p></txBody></reply></replyLst></cm></cmLst>"
    )
    document = deck(box("Slide"), comments=comments, authors=authors)
    assert {document.text[p.start :].split("\n")[0]: p.name for p in document.places} == {
        "Slide": "slide 1",
        "Old style": "slide 1, comment by Ada",
        "New": "slide 1, comment by Bo",
        "Reply": "slide 1, comment",
    }


def test_numbers_of_lists_are_written() -> None:
    """Catches numbers that people see and refer to, but nobody finds; and counts that go on."""

    def item(text: str, kind: str, level: int = 0) -> str:
        return f'<p><pPr lvl="{level}"><buAutoNum type="{kind}"/></pPr><r><t>{text}</t></r></p>'

    listed = (
        item("a", "arabicPeriod") + item("b", "alphaLcParenR", 1) + item("c", "alphaLcParenR", 1)
    )
    listed += (
        item("d", "arabicPeriod") + item("e", "romanUcParenBoth", 1) + "<p><r><t>f</t></r></p>"
    )
    shape = (
        f"<sp><nvSpPr><cNvPr/></nvSpPr><txBody>{listed}{item('g', 'arabicPeriod')}</txBody></sp>"
    )
    assert lines(deck(shape)) == ["1. a", "a) b", "b) c", "2. d", "(I) e", "f", "1. g"]


def test_a_raised_mark_does_not_become_part_of_a_number() -> None:
    """Catches 5,363 with a note 1 read as 5,3631."""
    runs = '<r><t>5,363</t></r><r><rPr baseline="30000"/><t>1</t></r><br/><r><t>next</t></r>'
    shape = f"<sp><nvSpPr><cNvPr/></nvSpPr><txBody><p>{runs}</p><p>{runs}</p></txBody></sp>"
    assert lines(deck(shape)) == ["5,363 1", "next"] * 2


def test_pictures_are_there_in_the_words_of_who_described_them() -> None:
    """Catches a file's name, a program's phrase and an ornament quoted as a description."""

    def picture(about: str, inside: str = "") -> str:
        return f"<pic><nvPicPr><cNvPr {about}>{inside}</cNvPr></nvPicPr></pic>"

    slide = picture('descr="The quay at dawn"') + picture('descr="IMG_01.jpg"')
    slide += picture('descr="Line"', '<decorative val="1"/>') + box("Text", about='descr="no"')
    assert lines(deck(slide)) == ["The quay at dawn", "Text"]


def test_diagrams_are_read_and_newer_forms_preferred() -> None:
    """Catches text that is lost, or there twice, because programs keep it twice."""
    frame = (
        "<graphicFrame><nvGraphicFramePr><cNvPr/></nvGraphicFramePr><graphic><graphicData>"
        '<relIds r:dm="diagramData"/></graphicData></graphic></graphicFrame>'
    )
    data = "<dataModel><ptLst><pt><t><p><r><t>Plan</t></r></p></t></pt></ptLst></dataModel>"
    both = f"<AlternateContent><Choice>{box('new', 1)}</Choice><Fallback>{box('old')}</Fallback>"
    document = deck(frame + frame + both + "</AlternateContent>", diagramData=data)
    assert lines(document) == ["Plan", "new"]


def test_metadata_are_the_files_own() -> None:
    """Catches the title that the program made up, and the language of no text."""
    document = parse((SAMPLES / "harbour.pptx").read_bytes(), "harbour.pptx")
    assert document.title == "Harbour review"
    assert document.metadata == Metadata("Ines Vogel", "2024-05-17", "")
    runs = '<p><r><rPr lang="de-AT"/><t>Servus</t></r><r><rPr lang="en-US"/><t>hi</t></r></p>'
    shape = f"<sp><nvSpPr><cNvPr/></nvSpPr><txBody>{runs}</txBody></sp>"
    assert deck(shape).metadata.language == "de-AT"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "PowerPoint's old format; save it as .pptx"),
        (b"PK\x03\x04 and no more", "the PowerPoint file is damaged: "),
        ((SAMPLES / "budget.xlsx").read_bytes(), "the file is not a PowerPoint presentation"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    """Catches a parser's own exception getting out, and one vague message for every cause."""
    with pytest.raises(LoadError, match=message):
        parse(data, "a.pptx")


def test_a_presentation_that_python_pptx_reads_has_the_same_text() -> None:
    """Catches text frames that are left out, by another program's count."""
    data = (SAMPLES / "harbour.pptx").read_bytes()
    text = parse(data, "harbour.pptx").text
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                assert all(p.text.replace("\v", " ") in text for p in shape.text_frame.paragraphs)
