"""OpenDocument texts and presentations, each made here from the format's own elements."""

import io
import zipfile

import pytest

from corpus.errors import LoadError
from corpus.formats import parse
from corpus.types import Document, Metadata, Span

# The reader asks for the local names, and for the namespace of drawings alone.
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "chart": "chart",
        "style": "style", "fo": "xsl-fo-compatible", "svg": "svg-compatible", "meta": "meta",
        "presentation": "presentation", "dc": "dc", "xlink": "xlink", "loext": "loext",
        "manifest": "manifest",
    }.items()
)  # fmt: skip


def root(name: str, content: str) -> str:
    kind = name.rpartition("_")[2]
    return f"<office:document-{kind} {NAMESPACES}>{content}</office:document-{kind}>"


def document(body: str, automatic: str = "", kind: str = "text", **parts: str) -> Document:
    """Return a document with this body, these automatic styles, and parts such as ``meta``."""
    content = (
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", root("content", content))
        for name, source in parts.items():
            source = source if source.startswith("<math") else root(name, source)
            archive.writestr(f"{name.replace('_', '/')}.xml", source)
    return parse(buffer.getvalue(), "a.odp" if kind == "presentation" else "a.odt")


def paragraph(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def heading(text: str, level: int = 1) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def style(name: str, properties: str = "", parent: str = "", family: str = "paragraph") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" '
        f'style:parent-style-name="{parent}"><style:text-properties {properties}/></style:style>'
    )


def quoted(document: Document, spans: tuple[Span, ...]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


# Paragraphs


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("  a\n  <text:span> b</text:span> ", "a b"),
        ('a<text:s text:c="3"/>b<text:tab/>c', "a   b\tc"),
        ("a<text:line-break/>b<text:soft-page-break/>c", "a\nbc"),
        ('5,363<text:span text:style-name="up">1</text:span>', "5,363 1"),
        ('10<text:span text:style-name="up">6</text:span>', "10^6"),
        ('H<text:span text:style-name="down">2</text:span>O', "H2O"),
        ('a<text:span text:style-name="gone">b</text:span>c', "ac"),
        ('a<text:hidden-text text:is-hidden="true">b</text:hidden-text>c', "ac"),
        ("<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>x</text:ruby-text>"
         "</text:ruby>", "漢"),
        ('<text:title>A title</text:title>: <text:a xlink:href="x">link</text:a>', "A title: link"),
        ('a<text:s text:c="999999999"/>b', "a" + " " * 100 + "b"),
    ],
)  # fmt: skip
def test_a_paragraph_is_what_is_seen_of_it(content: str, text: str) -> None:
    """Catches white space of the source, glued digits, hidden text, and counts believed."""
    styles = (
        style("up", 'style:text-position="super 58%"', family="text")
        + style("down", 'style:text-position="-33% 58%"', family="text")
        + style("gone", 'text:display="none"', family="text")
    )
    assert document(paragraph(content), styles).text == text + "\n"


def test_deleted_text_is_left_out_and_hidden_sections_too() -> None:
    """Catches the store of deletions, which stands before the text, read as text."""
    deleted = (
        "<text:tracked-changes><text:changed-region><text:deletion>"
        f"{paragraph('deleted')}</text:deletion></text:changed-region></text:tracked-changes>"
    )
    kept = paragraph('ke<text:change text:change-id="c"/>pt')
    hidden = f'<text:section text:display="none">{paragraph("hidden")}</text:section>'
    shown = f"<text:section>{paragraph('shown')}</text:section>"
    assert document(deleted + kept + hidden + shown).text == "kept\nshown\n"


def test_headings_have_their_levels_and_the_title_is_none_of_them() -> None:
    """Catches levels lost, and headings told from their styles only, or never from them."""
    styles = style("P1", parent="Title") + style("Title") + style("P2", parent="Heading_20_2")
    styles += style("Heading_20_2")
    body = (
        paragraph("Handbook", "P1") + heading("Water") + paragraph("Dawn", "P2") + heading("x", 99)
    )
    found = document(body, styles)
    assert found.title == "Handbook"
    assert [(h.level, h.title, found.text[h.start : h.end]) for h in found.headings] == [
        (1, "Water", "Water"),
        (2, "Dawn", "Dawn"),
    ]


def test_notes_and_comments_stand_at_the_end() -> None:
    """Catches the number of a note glued to its word, and notes in the middle of a sentence."""
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        f"{paragraph('A note.')}</text:note-body></text:note>"
    )
    comment = (
        "<office:annotation><dc:creator>Ann Lee</dc:creator><dc:date>2024-01-01</dc:date>"
        f"{paragraph('Check')}{paragraph('this.')}</office:annotation>"
    )
    found = document(paragraph(f"Words{note} go {comment}on.") + paragraph("Last."))
    assert found.text == "Words go on.\nLast.\nA note.\nComment by Ann Lee: Check this.\n"


# Lists


def numbers(name: str, *levels: str) -> str:
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def level(at: int, style: str, more: str = "") -> str:
    return (
        f'<text:list-level-style-number text:level="{at}" style:num-format="{style}" '
        f'style:num-suffix="." {more}/>'
    )


def listed(*items: str, style: str = "L", more: str = "") -> str:
    inside = "".join(
        item if item.startswith("<text:list-") else f"<text:list-item>{item}</text:list-item>"
        for item in items
    )
    return f'<text:list text:style-name="{style}" {more}>{inside}</text:list>'


X = paragraph("x")
LEVELS = level(1, "1") + level(2, "a", 'text:display-levels="2"')


@pytest.mark.parametrize(
    ("body", "numbered"),
    [
        (listed(X + X, X + listed(X, X), X), ["1. x", "x", "2. x", "2.a. x", "2.b. x", "3. x"]),
        (listed(X, X) + listed(X), ["1. x", "2. x", "1. x"]),
        (listed(X, X) + X + listed(X, more='text:continue-numbering="true"'),
         ["1. x", "2. x", "x", "3. x"]),
        (listed(X, more='xml:id="i"') + listed(X) + listed(X, more='text:continue-list="i"'),
         ["1. x", "1. x", "2. x"]),
        (listed(f'<text:list-item text:start-value="7">{X}</text:list-item>', X), ["7. x", "8. x"]),
        (listed(f"<text:list-header>{X}</text:list-header>", X), ["x", "1. x"]),
        (listed(listed(X)) + listed(X, style="none"), ["1.a. x", "x"]),
    ],
)  # fmt: skip
def test_a_list_has_its_numbers(body: str, numbered: list[str]) -> None:
    """Catches numbers lost, on every paragraph of an item, and lists that never begin anew."""
    assert document(body, numbers("L", LEVELS)).text.splitlines() == numbered


def test_a_number_may_have_words_and_its_own_marks() -> None:
    """Catches the pattern that newer programs write, and a number that stands alone for a part."""
    written = 'loext:num-list-format="Part %1%" text:start-value="3"'
    deeper = 'loext:num-list-format="(%1%-%2%)" text:display-levels="2"'
    styles = numbers("L", level(1, "I", written), level(2, "1", deeper))
    found = document(listed(paragraph(""), listed(X, paragraph(""))), styles)
    assert found.text == "Part III\n(III-1) x\n"


def test_headings_are_numbered_by_the_outline() -> None:
    """Catches lost numbers of headings, and numbers on those that have none."""
    outline = (
        "<office:styles><text:outline-style>"
        '<text:outline-level-style text:level="1" style:num-format="1"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        '<text:outline-level-style text:level="3" style:num-format=""/>'
        "</text:outline-style></office:styles>"
    )
    body = heading("a") + heading("b", 2) + heading("c", 2) + heading("d", 3) + heading("e")
    found = document(body, styles=outline)
    assert [h.title for h in found.headings] == ["1 a", "1.1 b", "1.2 c", "d", "2 e"]


# Tables


def table(*rows: str) -> str:
    return f"<table:table>{''.join(rows)}</table:table>"


def row(*cells: str) -> str:
    made = "".join(c if c.startswith("<table:") else cell(c) for c in cells)
    return f"<table:table-row>{made}</table:table-row>"


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}>{paragraph(text)}</table:table-cell>"


COVERED = "<table:covered-table-cell/>"


def test_a_cell_stands_in_its_true_column() -> None:
    """Catches cells that others cover counted twice or not at all, and repeated empty ones."""
    found = document(
        table(
            row("Town", cell("Sales", 'table:number-columns-spanned="2"'), COVERED, "Staff"),
            row(cell("Leeds", 'table:number-rows-spanned="2"'), "1", "2", "3"),
            row(COVERED, "4", "5", "6"),
            row('<table:table-cell table:number-columns-repeated="2"/>', "7", "8"),
        )
    )
    assert found.text == "Town\tSales\t\tStaff\nLeeds\t1\t2\t3\n\t4\t5\t6\n\t\t7\t8\n"


def test_a_table_has_its_heads_and_its_caption() -> None:
    """Catches rows of heads not known as such, and the caption of a figure taken for a table's."""
    styles = style("P1", parent="Table") + style("Table", parent="Caption") + style("Caption")
    styles += style("Figure", parent="Caption")
    body = (
        paragraph("Figure 1: A map", "Figure")
        + table(
            f"<table:table-header-rows>{row('Town', '2023')}</table:table-header-rows>",
            row("Leeds", "10"),
            row("York", "30"),
        )
        + paragraph("Table 1: Sales", "P1")
    )
    found = document(body, styles)
    (sales,) = found.tables
    assert quoted(found, sales.caption) == ["Table 1: Sales"]
    assert [quoted(found, heads) for heads in sales.columns] == [["2023"]]
    assert [(quoted(found, r.heads), quoted(found, r.cells)) for r in sales.rows] == [
        (["Leeds"], ["10"]),
        (["York"], ["30"]),
    ]


def test_what_is_repeated_a_billion_times_is_written_once() -> None:
    """Catches a small file that fills the memory."""
    many = 'table:number-columns-repeated="999999999" table:number-rows-repeated="999999999"'
    found = document(
        table(f"<table:table-row {many}>{cell('a', many)}{cell('b')}</table:table-row>")
    )
    assert len(found.text) < 2_000
    assert found.text.count("a") == 1


# Frames, charts, formulas


def frame(content: str, more: str = "") -> str:
    return f"<draw:frame {more}>{content}</draw:frame>"


def test_a_frame_is_written_once_below_its_paragraph() -> None:
    """Catches a box read as part of the paragraph and again by itself, and its replacement too."""
    box = frame(f"<draw:text-box>{paragraph('Boxed.')}</draw:text-box><draw:image/>")
    picture = frame("<draw:image/><svg:title>Map</svg:title><svg:desc>A  map.</svg:desc>")
    shape = f"<draw:custom-shape>{paragraph('Shaped.')}</draw:custom-shape>"
    inside = listed(paragraph(f"Item {box}one.") + paragraph("on"), paragraph("two"))
    found = document(inside + paragraph(f"Text{picture}{shape}."), numbers("L", LEVELS))
    assert found.text == "1. Item one.\nBoxed.\non\n2. two\nText.\nA map.\nShaped.\n"


def test_a_chart_is_a_table_and_a_formula_stands_in_its_line() -> None:
    """Catches embedded objects lost, and a part that is read as often as it is named."""
    chart = (
        f"<office:body><office:chart><chart:chart><chart:title>{paragraph('Sales')}</chart:title>"
        '<chart:plot-area><chart:axis chart:dimension="y"><chart:title>'
        f"{paragraph('in million EUR')}</chart:title></chart:axis></chart:plot-area>"
        + table(
            f"<table:table-header-rows>{row('', '2023', '2024')}</table:table-header-rows>",
            row("Leeds", "5", "6"),
            row("York", "NaN", "7"),
        )
        + "</chart:chart></office:chart></office:body>"
    )
    shown = frame('<draw:object xlink:href="./Object 1"/><draw:image/>')
    formula = (
        "<math xmlns='m'><semantics><mrow><mfrac><mn>3</mn><mn>4</mn></mfrac>"
        "<msup><mi>x</mi><mn>2</mn></msup></mrow><annotation>{3} over {4}</annotation>"
        "</semantics></math>"
    )
    inline = frame('<draw:object xlink:href="./Object 2"/>')
    found = document(
        paragraph(f"Before{shown}.") + paragraph(f"{shown}Mix {inline} of sand."),
        **{"Object 1_content": chart, "Object 2_content": formula},
    )
    assert found.text.endswith("7\nMix 3/4x^2 of sand.\n")
    assert found.text.startswith(
        "Before.\nSales\nin million EUR\n\t2023\t2024\nLeeds\t5\t6\nYork\t\t7\n"
    )
    (made,) = found.tables
    assert quoted(found, made.caption) == ["Sales"]
    assert quoted(found, made.units) == ["in million EUR"]


# Pages, slides, the file


def test_headers_and_footers_stand_at_the_end_once_as_running_lines() -> None:
    """Catches them searched as text, those that are turned off, and bare page numbers."""
    pages = "".join(
        f"<style:master-page><style:header>{paragraph('Acme Ltd')}</style:header>"
        f'<style:header-first style:display="false">{paragraph("off")}</style:header-first>'
        f"<style:footer>{paragraph('7')}{paragraph('Confidential')}</style:footer>"
        "</style:master-page>"
        for _ in range(2)
    )
    masters = f"<office:master-styles>{pages}</office:master-styles>"
    found = document(paragraph("Text."), styles=masters)
    assert found.text == "Text.\nAcme Ltd\nConfidential\n"
    assert quoted(found, found.running) == ["Acme Ltd", "Confidential"]


def slide(*shapes: str, notes: str = "", more: str = "") -> str:
    spoken = frame(
        f"<draw:text-box>{paragraph(notes)}</draw:text-box>", 'presentation:class="notes"'
    )
    image = frame("<draw:text-box/>", 'presentation:class="page"')
    beside = f"<presentation:notes>{image}{spoken}</presentation:notes>"
    return f"<draw:page {more}>{''.join(shapes)}{beside}</draw:page>"


def shape(text: str, kind: str = "outline") -> str:
    content = text if text.startswith("<") else paragraph(text)
    return frame(f"<draw:text-box>{content}</draw:text-box>", f'presentation:class="{kind}"')


def test_slides_are_places_with_their_titles_and_notes() -> None:
    """Catches slides run together, a title below its points, and numbers that leave slides out."""
    body = (
        '<presentation:footer-decl presentation:name="f">Acme Ltd</presentation:footer-decl>'
        + slide(
            shape("Point.\n"),
            shape(paragraph("Two") + paragraph("lines"), "title"),
            f"<office:annotation><dc:creator>Bo</dc:creator>{paragraph('Why?')}</office:annotation>",
            more='presentation:use-footer-name="f"',
        )
        + slide()
        + slide(
            shape(listed(X, style="none")),
            shape("9", "page-number"),
            shape("Foot", "footer"),
            notes="Say.",
        )
        + slide()
    )
    found = document(body, kind="presentation")
    assert found.text == "Two lines\nPoint.\nAcme Ltd\nWhy?\nx\nFoot\nSay.\n"
    assert found.title == "Two lines"
    assert [(h.level, h.title) for h in found.headings] == [(1, "Two lines")]
    assert [found.place_of(found.text.index(line)) for line in found.text.splitlines()] == [
        "slide 1",
        "slide 1",
        "slide 1",
        "slide 1, comment by Bo",
        "slide 3",
        "slide 3",
        "slide 3, notes",
    ]
    assert quoted(found, found.running) == ["Acme Ltd", "Foot"]


def test_a_document_says_who_wrote_it_when_and_in_which_language() -> None:
    """Catches metadata lost, and the language ``none`` taken for one."""
    meta = (
        "<office:meta><meta:initial-creator>Ann Lee</meta:initial-creator><dc:title>T</dc:title>"
        "<dc:creator>Bo</dc:creator><meta:creation-date>2020-01-02T03:04:05</meta:creation-date>"
        "<dc:date>2024-05-06T07:08:09.123</dc:date></office:meta>"
    )
    language = (
        '<office:styles><style:default-style style:family="paragraph"><style:text-properties '
        'fo:language="de" fo:country="{}"/></style:default-style></office:styles>'
    )
    found = document(X, meta=meta, styles=language.format("AT"))
    assert (found.title, found.metadata) == ("T", Metadata("Ann Lee", "2024-05-06", "de-AT"))
    assert document(X, styles=language.format("none")).metadata == Metadata(language="de")


def test_a_file_that_cannot_be_read_says_why() -> None:
    """Catches encrypted text read as damaged, and a spreadsheet read as an empty text."""
    encrypted = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    with pytest.raises(LoadError, match="encrypted; remove the password"):
        document(X, **{"META-INF_manifest": encrypted})
    with pytest.raises(LoadError, match="not an OpenDocument text or presentation"):
        document(X, kind="spreadsheet")
    with pytest.raises(LoadError, match="the OpenDocument file is damaged"):
        parse(b"PK and no more", "a.odt")
    with pytest.raises(LoadError, match="the OpenDocument file is damaged"):
        document("<text:p>")
