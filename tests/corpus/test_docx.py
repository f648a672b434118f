"""Word files: numbers, merged cells, raised text, charts, comments, headers; each made here."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats import parse
from corpus.types import Document, Metadata, Span

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="r" xmlns:wp="wp" xmlns:a="a" xmlns:c="c" xmlns:v="v" xmlns:dgm="dgm"'
)
DOCUMENT = "word/document.xml"


def document(body: str, **parts: str) -> Document:
    """Return a document with this body, and parts such as ``styles`` or ``chart_1``."""
    names = {kind: f"{kind}.xml" for kind in parts if kind != "core"}
    related = "".join(
        f'<x Id="{kind}" Type="t/{kind.partition("_")[0]}" Target="{name}"/>'
        for kind, name in names.items()
    )
    top = '<x Id="1" Type="t/officeDocument" Target="word/document.xml"/>'
    top += '<x Id="2" Type="t/core-properties" Target="core.xml"/>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("_rels/.rels", f"<r>{top}</r>")
        archive.writestr("word/_rels/document.xml.rels", f"<r>{related}</r>")
        archive.writestr(DOCUMENT, f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for kind, source in parts.items():
            name = "core.xml" if kind == "core" else f"word/{names[kind]}"
            root = source if kind.startswith("chart") else f"<w:r {NAMESPACES}>{source}</w:r>"
            archive.writestr(name, root)
    return parse(buffer.getvalue(), "a.docx")


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, style: str = "", numbered: str = "", properties: str = "") -> str:
    """Return a paragraph; ``numbered`` is the list and the level, such as ``1.0``."""
    identity, _, level = numbered.partition(".")
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{identity}"/></w:numPr>'
    texts = "".join(part if part.startswith("<") else run(part) for part in content)
    return f"<w:p><w:pPr>{named}{listed if numbered else ''}{properties}</w:pPr>{texts}</w:p>"


def cell(text: str, properties: str = "") -> str:
    content = text if text.startswith("<") else paragraph(text)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    made = "".join(c if c.startswith("<w:tc>") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{made}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def level(at: int, text: str, style: str = "decimal", start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


def definition(identity: str, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{identity}">{"".join(levels)}</w:abstractNum>'


def number(identity: str, of: str, *overrides: str) -> str:
    made = "".join(overrides)
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{of}"/>{made}</w:num>'


def restart(at: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def quoted(document: Document, spans: tuple[Span, ...]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


# Numbers

OUTLINE = definition(
    "7", level(0, "%1.", "upperRoman"), level(1, "%2)", "lowerLetter"), level(2, "%1.%2.%3")
)


def numbered(*items: str, numbering: str) -> list[str]:
    """Return the lines of a document with an ``x`` for each item."""
    body = "".join(paragraph("x", numbered=item) for item in items)
    return document(body, numbering=numbering).text.splitlines()


def test_a_list_counts_in_the_style_of_each_level() -> None:
    """Catches lost numbers, deeper levels that go on counting, and all counted in digits."""
    items = ("1.0", "1.1", "1.1", "1.0", "1.1", "1.2")
    assert numbered(*items, numbering=OUTLINE + number("1", "7")) == [
        "I. x", "a) x", "b) x", "II. x", "a) x", "II.a.1 x",
    ]  # fmt: skip


def test_lists_of_one_definition_go_on_unless_they_begin_anew() -> None:
    """Catches counting for each list by itself, and a new beginning at every item."""
    lists = OUTLINE + number("1", "7") + number("2", "7") + number("3", "7", restart(0, 5))
    assert numbered("1.0", "2.0", "3.0", "3.0", "1.0", numbering=lists) == [
        "I. x", "II. x", "V. x", "VI. x", "VII. x",
    ]  # fmt: skip


def test_a_level_that_is_left_out_counts_as_begun() -> None:
    """Catches ``1.0.1``, and a second level that begins where its number was shown already."""
    levels = definition("7", level(0, "%1"), level(1, "%1.%2"), level(2, "%1.%2.%3"))
    found = numbered("1.0", "1.2", "1.1", numbering=levels + number("1", "7"))
    assert found == ["1 x", "1.1.1 x", "1.2 x"]


def test_a_level_may_never_begin_anew_or_be_shown_in_digits() -> None:
    """Catches ``lvlRestart`` and ``isLgl`` passed over."""
    levels = definition(
        "7",
        level(0, "%1", "upperRoman"),
        level(1, "%1.%2", more='<w:lvlRestart w:val="0"/><w:isLgl/>'),
    )
    found = numbered("1.0", "1.1", "1.0", "1.1", numbering=levels + number("1", "7"))
    assert found == ["I x", "1.1 x", "II x", "2.2 x"]


def test_bullets_hidden_numbers_and_unknown_lists_need_nothing() -> None:
    """Catches a bullet's private character in the text, and a crash on a list that is not there."""
    levels = definition(
        "7", level(0, "\uf0b7", "bullet"), level(1, "%2.", more="<w:rPr><w:vanish/></w:rPr>")
    )
    found = numbered("1.0", "1.1", "9.0", "0.0", "1.8", numbering=levels + number("1", "7"))
    assert found == ["x"] * 5


def test_headings_have_the_numbers_of_their_styles() -> None:
    """Catches numbers of styles lost, inherited ones too, and a style's level not looked up."""
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="H2"/></w:style>'
    )
    numbering = definition(
        "7",
        level(0, "Article %1", more='<w:pStyle w:val="H1"/>'),
        level(1, "%1.%2", more='<w:pStyle w:val="H2"/>'),
    )
    found = document(
        paragraph("Scope", style="H1")
        + paragraph("Terms", style="H2")
        + paragraph("", style="H2")
        + paragraph("Parties", style="Own")
        + paragraph("Bare", style="H2", properties='<w:numPr><w:numId w:val="0"/></w:numPr>'),
        styles=styles,
        numbering=numbering + number("1", "7"),
    )
    assert [(h.level, h.title) for h in found.headings] == [
        (1, "Article 1 Scope"),
        (2, "1.1 Terms"),
        (2, "1.3 Parties"),
        (2, "Bare"),
    ]


def test_a_number_that_nobody_counts_to_is_short() -> None:
    """Catches a roman number of two million letters for a list that begins at two thousand million.

    The same holds for letters.
    """
    levels = definition(
        "7", level(0, "%1", "upperRoman", 2_000_000_000), level(1, "%2", "lowerLetter", 10**12)
    )
    found = numbered("1.0", "1.1", numbering=levels + number("1", "7"))
    assert found == ["1000000000 x", "1000000000 x"]


# Tables


def test_a_cell_stands_in_its_true_column() -> None:
    """Catches rows that shift where a cell spans columns or rows, or begins late."""
    found = document(
        table(
            row("Town", cell("Sales", '<w:gridSpan w:val="2"/>'), "Staff"),
            row(cell("Leeds", '<w:vMerge w:val="restart"/>'), "1", "2", "3"),
            row(cell("hidden", "<w:vMerge/>"), "4", "5", "6"),
            row("7", "8", "9", properties='<w:gridBefore w:val="1"/>'),
        )
    )
    assert found.text == "Town\tSales\t\tStaff\nLeeds\t1\t2\t3\n\t4\t5\t6\n\t7\t8\t9\n"


def test_a_row_is_a_line_with_tabs_between_its_cells_only() -> None:
    """Catches a second paragraph, a tab or a line break of a cell taken for one of the table."""
    inside = paragraph("b", "<w:r><w:tab/></w:r>", "c", "<w:r><w:br/></w:r>", "d") + paragraph("e")
    assert document(table(row("a", cell(inside), "f"))).text == "a\tb c d e\tf\n"


def test_a_cell_alone_in_its_row_keeps_its_paragraphs() -> None:
    """Catches a box around a whole page made one line, and its headings lost."""
    styles = '<w:style w:styleId="H"><w:name w:val="heading 2"/></w:style>'
    inside = paragraph("Rules", style="H") + paragraph("No tea.") + paragraph("No cake.")
    found = document(table(row(cell(inside))) + table(row(cell(inside), "beside")), styles=styles)
    assert found.text == "Rules\nNo tea.\nNo cake.\n" * 2 + "beside\n"
    assert [h.title for h in found.headings] == ["Rules", "Rules"]
    assert found.tables == ()


def test_a_table_has_its_heads_its_caption_and_its_rows() -> None:
    """Catches heads that are not marked as such, and the caption of the table before."""
    styles = '<w:style w:styleId="C"><w:name w:val="caption"/></w:style>'
    head = "<w:tblHeader/>"
    first = table(
        row("Town", cell("Sales", '<w:gridSpan w:val="2"/>'), properties=head),
        row("", "2023", "2024", properties=head),
        row("Leeds", "10", "20"),
        row("York", "30", "40"),
    )
    second = table(row("Day", "Fee"), row("Monday", "5"), row("Sunday", "6"))
    found = document(
        paragraph("Table 1: Sales", style="C")
        + first
        + second
        + paragraph("Table 2: Fees", style="C")
        + paragraph("Text."),
        styles=styles,
    )
    sales, fees = found.tables
    assert quoted(found, sales.caption) == ["Table 1: Sales"]
    assert [quoted(found, heads) for heads in sales.columns] == [
        ["Sales", "2023"],
        ["Sales", "2024"],
    ]
    assert [(quoted(found, r.heads), quoted(found, r.cells)) for r in sales.rows] == [
        (["Leeds"], ["10", "20"]),
        (["York"], ["30", "40"]),
    ]
    assert quoted(found, fees.caption) == ["Table 2: Fees"]


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_cell_is_found_by_counting_tabs(rows: list[list[int]]) -> None:
    """Catches any shift: each cell's width is its digit, and the text is ``x`` with its column."""
    made, expected = [], []
    for widths in rows:
        cells, line, column = [], "", 0
        for width in widths:
            cells.append(cell(f"x{column}", f'<w:gridSpan w:val="{width}"/>'))
            line += "\t" * (column - line.count("\t")) + f"x{column}"
            column += max(1, width)
        made.append(row(*cells))
        expected.append(line)
    assert document(table(*made)).text.splitlines() == expected


def test_a_table_cannot_claim_a_billion_columns() -> None:
    """Catches as many tabs as whoever wrote the file asks for."""
    wide = cell("a", '<w:gridSpan w:val="999999999"/>')
    late = row("c", properties='<w:gridBefore w:val="99999999999999999999"/>')
    assert len(document(table(row(*[wide] * 100, "b"), late)).text) < 5_000


# Runs


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (run("5,363") + run("1", '<w:vertAlign w:val="superscript"/>'), "5,363 1"),
        (run("5,363") + run("1", '<w:rStyle w:val="Note"/>'), "5,363 1"),
        (run("10") + run("6", '<w:vertAlign w:val="superscript"/>') + run("7"), "10^6 7"),
        (run("H") + run("2", '<w:vertAlign w:val="subscript"/>') + run("O"), "H2O"),
        (run("20") + run("24"), "2024"),
        (run("20") + run("24", '<w:rStyle w:val="Note"/><w:vertAlign w:val="baseline"/>'), "2024"),
    ],
)
def test_a_raised_digit_is_not_part_of_the_number_before_it(content: str, text: str) -> None:
    """Catches ``5,3631``, raised by the run or by its style, and numbers that fall apart."""
    styles = (
        '<w:style w:type="character" w:styleId="Note"><w:rPr>'
        '<w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    )
    assert document(paragraph(content), styles=styles).text == text + "\n"


def test_hidden_text_is_left_out() -> None:
    """Catches text that a style hides, and what a run shows in spite of its style."""
    styles = (
        '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Too"><w:basedOn w:val="Gone"/></w:style>'
    )
    content = run("a", "<w:vanish/>") + run("b", '<w:rStyle w:val="Too"/>') + run("c")
    shown = run("d", '<w:rStyle w:val="Gone"/><w:vanish w:val="0"/>')
    assert document(paragraph(content + shown), styles=styles).text == "cd\n"


def mark(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{more}</w:fldChar></w:r>'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (mark("begin") + mark("separate") + run("shown") + mark("end"), "shown"),
        (
            mark("begin")
            + mark("begin") + mark("separate") + run("hidden") + mark("end")
            + mark("separate") + run("shown") + mark("end") + run("."),
            "shown.",
        ),
        (mark("begin", "<w:ffData><w:checkBox><w:default/></w:checkBox></w:ffData>"), "☒"),
        (
            mark("begin", '<w:ffData><w:checkBox><w:default w:val="1"/><w:checked w:val="0"/>'
                 "</w:checkBox></w:ffData>"),
            "☐",
        ),
        (
            mark("begin", '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="No"/>'
                 '<w:listEntry w:val="Yes"/></w:ddList></w:ffData>'),
            "Yes",
        ),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>' + run("5"), "±5"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run("yes"), "☑yes"),
        ('<w:r><w:sym w:font="Symbol" w:char="FFFFFFFF"/></w:r>' + run("x"), "x"),
    ],
)  # fmt: skip
def test_fields_and_symbols_are_what_is_seen_of_them(content: str, text: str) -> None:
    """Catches fields inside a field's instruction, ticks and choices lost, and unknown symbols."""
    assert document(paragraph(content)).text == text + "\n"


def test_a_field_without_an_end_hides_one_paragraph_at_most() -> None:
    """Catches a broken field that swallows the rest of the document."""
    found = document(paragraph(mark("begin"), "lost") + paragraph("kept"))
    assert found.text == "kept\n"


def test_a_heading_on_two_lines_is_one_line() -> None:
    """Catches the second half of a heading taken for text below it."""
    styles = '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    broken = paragraph("Terms and", "<w:r><w:br/></w:r>", "conditions", style="H")
    found = document(broken + paragraph("Text."), styles=styles)
    assert found.text == "Terms and conditions\nText.\n"
    (heading,) = found.headings
    assert found.text[heading.start : heading.end] == heading.title == "Terms and conditions"


# What stands beside the text


def picture(kind: str, text: str, more: str = "") -> str:
    inside = f'<wp:docPr id="1" name="n" descr="{text}">{more}</wp:docPr>'
    return f"<w:r><w:drawing><wp:{kind}>{inside}</wp:{kind}></w:drawing></w:r>"


def test_pictures_are_what_their_descriptions_say() -> None:
    """Catches descriptions lost, glued to words, made up by a program, or of an ornament."""
    made_up = picture("inline", "A hen&#10;Description automatically generated")
    ornament = picture("inline", "Swirl", '<a:decorative val="1"/>')
    found = document(
        paragraph("See", picture("inline", "A map"), "for the way.")
        + paragraph(picture("anchor", "A tall tower"), "Floats beside this.")
        + paragraph(made_up)
        + paragraph(ornament)
        + paragraph(picture("inline", "image1.png"))
    )
    assert found.text == "See A map for the way.\nFloats beside this.\nA tall tower\nA hen\n"


def chart(name: str, *values: int) -> str:
    towns = "".join(f'<c:pt idx="{i}"><c:v>Town {i}</c:v></c:pt>' for i in range(len(values)))
    points = "".join(f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(values))
    title = "<c:title><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:title>"
    return (
        f"<c:chart>{title.format('Sales')}<c:plotArea><c:barChart><c:ser>"
        f"<c:tx><c:v>{name}</c:v></c:tx><c:cat><c:strCache>{towns}</c:strCache></c:cat>"
        f"<c:val><c:numCache>{points}</c:numCache></c:val></c:ser></c:barChart><c:catAx/>"
        f"<c:valAx>{title.format('in million EUR')}</c:valAx></c:plotArea></c:chart>"
    )


def test_a_chart_is_a_table_below_its_paragraph_once() -> None:
    """Catches the numbers behind a chart lost, and a part that is read as often as it is named."""
    shown = '<w:r><w:drawing><c:chart r:id="chart_1"/></w:drawing></w:r>'
    part = f"<c:chartSpace {NAMESPACES}>{chart('2024', 5, 7)}</c:chartSpace>"
    found = document(paragraph("Before.", shown) + paragraph(shown, "After."), chart_1=part)
    assert found.text == ("Before.\nSales\nin million EUR\n\t2024\nTown 0\t5\nTown 1\t7\nAfter.\n")
    (made,) = found.tables
    assert quoted(found, made.caption) == ["Sales"]
    assert quoted(found, made.units) == ["in million EUR"]
    assert [(quoted(found, r.heads), quoted(found, r.cells)) for r in made.rows] == [
        (["Town 0"], ["5"]),
        (["Town 1"], ["7"]),
    ]


def test_comments_stand_at_the_end_with_their_authors() -> None:
    """Catches comments lost, and a comment's second paragraph that nobody seems to have written."""
    comments = (
        f'<w:comment w:author="Ann Lee">{paragraph("Check")}{paragraph("this.")}</w:comment>'
        f"<w:comment>{paragraph('Who?')}</w:comment><w:comment w:author='Bo'/>"
    )
    found = document(paragraph("Text."), comments=comments)
    assert found.text == "Text.\nComment by Ann Lee: Check this.\nComment: Who?\n"


def test_headers_and_footers_stand_at_the_end_once_as_running_lines() -> None:
    """Catches them searched as text, written for each section, and those that are never shown."""
    references = "".join(
        f'<w:{kind}Reference w:type="{shown}" r:id="{kind}_{name}"/>'
        for kind, shown, name in [
            ("header", "default", "a"),
            ("header", "first", "b"),
            ("header", "even", "c"),
            ("footer", "default", "d"),
        ]
    )
    sections = f"<w:sectPr>{references}<w:titlePg/></w:sectPr>" * 2
    found = document(
        paragraph("Text.") + sections,
        header_a=paragraph("Acme Ltd"),
        header_b=paragraph("Acme Ltd") + table(row("Report", "2024")),
        header_c=paragraph("never shown"),
        footer_d=paragraph("7") + paragraph("Confidential"),
    )
    assert found.text == "Text.\nAcme Ltd\nReport\t2024\nConfidential\n"
    assert quoted(found, found.running) == ["Acme Ltd", "Report\t2024", "Confidential"]


def test_a_document_says_who_wrote_it_when_and_in_which_language() -> None:
    """Catches metadata lost, and the language of the default style passed over."""
    core = "<d:creator xmlns:d='d'>Ann Lee</d:creator><d:created xmlns:d='d'>2024-05-06T01:02:03Z"
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US"/></w:rPr></w:rPrDefault>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="N">'
        '<w:rPr><w:lang w:val="de-AT"/></w:rPr></w:style>'
    )
    found = document(paragraph("Text."), core=core + "</d:created>", styles=styles)
    assert found.metadata == Metadata("Ann Lee", "2024-05-06", "de-AT")
    assert document(paragraph("Text.")).metadata == Metadata()


def test_a_paragraph_without_its_mark_runs_on_into_the_next_with_its_number() -> None:
    """Catches the number of a list in the middle of a line, and text lost before a table."""
    deleted = "<w:rPr><w:del/></w:rPr>"
    lists = OUTLINE + number("1", "7")
    body = paragraph("One, ", numbered="1.0", properties=deleted)
    found = document(body + paragraph("two.", numbered="1.0"), numbering=lists)
    assert found.text == "I. One, two.\n"
    assert document(body + table(row("a", "b"))).text == "One,\na\tb\n"
