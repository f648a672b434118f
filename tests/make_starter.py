"""Make the PDF and DOCX documents of the starter corpus; its text documents are plain files.

Run `python tests/make_starter.py` from the repository root; the same input gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import docx
from docx.shared import Cm, Pt
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import ListFlowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docx.document import Document as Docx
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

STARTER: Final = Path(__file__).resolve().parent.parent / "starter"
INK: Final = colors.HexColor("#1f2a44")
PALE: Final = colors.HexColor("#eef1f6")
PADDING: Final = 6  # points that reportlab leaves inside the margins of a page


class Text(NamedTuple):
    """A heading (h1, h2), the line below a title (lead) or a paragraph (p)."""

    kind: str
    text: str


class Items(NamedTuple):
    """A list with bullets or numbers."""

    kind: str
    items: Sequence[str]


class Grid(NamedTuple):
    """A table whose first row holds the column heads."""

    rows: Sequence[Sequence[str]]


Block = Text | Items | Grid

BRIEFING: Final[Sequence[Block]] = (
    Text("h1", "Trading with Illinois"),
    Text("lead", "A trade and investment briefing for Birmingham firms"),
    Text(
        "p",
        "This briefing is for owners and managers who are thinking about the Chicago area, whether "
        "as a market, as a place for a first office or as a source of partners. It sets out what "
        "is known about investment in both directions, what is planned, and how to get ready.",
    ),
    Text("h2", "1. British firms in Illinois"),
    Text(
        "p",
        "Illinois is not new ground. Among the countries that invest in the state, the United "
        "Kingdom comes second, and only Japan has put in more. British investment there amounts to "
        "more than £6 billion.",
    ),
    Text("p", "UK companies employ 51,900 people in Illinois."),
    Text(
        "p",
        "For a firm that is about to take its first step, this is practical news. Banks, lawyers "
        "and landlords in the state have met British customers before, and advice from people who "
        "have been through the process is seldom far away.",
    ),
    Text("h2", "2. North American firms in Birmingham"),
    Text(
        "p",
        "Traffic runs the other way as well. More than 350 North American companies are at work in "
        "and around Birmingham, where they employ 60,000 people. Microsoft and Motorola are two of "
        "them. A third is Kraft Foods, the owner of Cadbury, which is based in Chicago.",
    ),
    Text(
        "p",
        "No country invests more in Birmingham than the United States. Of the companies that "
        "located in the city in the last 12 months, 27 per cent came from there.",
    ),
    Text("h2", "3. The figures side by side"),
    Grid(
        (
            ("", "British firms in Illinois", "American firms in Birmingham"),
            ("People employed", "51,900", "60,000 (all North America)"),
            ("Companies", "not given", "more than 350 (all North America)"),
            ("Rank as investor", "second, after Japan", "first"),
            ("Scale of investment", "more than £6 billion", "27 per cent of new arrivals"),
        ),
    ),
    Text(
        "p",
        "Take care when you compare the columns. One describes a whole state and the other a city "
        "and its surroundings; one counts the firms of a single country and the other, in part, "
        "those of a con\u00adti\u00adnent. The figures show that both flows are large. They do not "
        "show which of the two is the larger.",
    ),
    Text("h2", "4. Next year’s trade mission"),
    Text(
        "p",
        "Dozens of Birmingham firms are to travel to Chicago next year on a trade mission. It is "
        "being planned by UK Trade and Investment (UKTI) together with Marketing Birmingham. "
        "UKTI’s work in Chicago on international business development is headed by Colette "
        "Buscemi.",
    ),
    Text("p", "A mission rewards those who prepare for it. Before you apply:"),
    Items(
        "numbers",
        (
            "Decide what you want: a customer, a supplier or an investor.",
            "Write one page about your firm that a stranger can understand.",
            "Find out which rules apply to your product in the United States.",
            "Keep time free after the journey to follow up what you began.",
        ),
    ),
    Text("h2", "5. A firm that is on its way"),
    Text(
        "p",
        "Delcam, a software firm from Small Heath, intends to open a base in Rockford, close to "
        "Chicago. Its choice is a reminder that the region is more than one city: a firm may do "
        "better beside its customers than among the towers of the lakefront.",
    ),
    Text("h2", "6. Getting there"),
    Text(
        "p",
        "Since soon after 11 September 2001 there has been no direct flight between Birmingham and "
        "Chicago. Travellers change on the way. In August of last year Birmingham Airport and the "
        "Chicago Department of Aviation, which runs O’Hare, signed a mem\u00ado\u00adran\u00addum "
        "of un\u00adder\u00adstand\u00ading. It is a beginning and not a time\u00adta\u00adble, so "
        "plan your journey with the con\u00adnec\u00adtions that exist.",
    ),
    Text("h2", "7. Terms used in this briefing"),
    Items(
        "bullets",
        (
            "<b>Inward investment</b>: money that a company from abroad puts into premises, "
            "equipment or a local firm.",
            "<b>Trade mission</b>: a journey on which several firms visit a market together, with "
            "meetings arranged for them.",
            "<b>Memorandum of understanding</b>: a written statement of what two parties mean to "
            "do, usually without the force of a contract.",
        ),
    ),
    Text("h2", "8. About the figures"),
    Text(
        "p",
        "The numbers were current when the briefing was written, and several of them are round "
        "numbers. They will not stay the same. If you need a figure for a business plan or an "
        "application, ask for the latest one and note the day on which you asked.",
    ),
)

POLICING: Final[Sequence[Block]] = (
    Text("h1", "Policing: what we discussed in Chicago"),
    Text("lead", "A one-page note for partners, following the visit of November 2013"),
    Text(
        "p",
        "West Midlands Police was one of the organisations in the Birmingham delegation. Its "
        "conversations in Chicago turned on two subjects: gun crime, and security in general.",
    ),
    Text("h2", "Common ground"),
    Text(
        "p",
        "The two forces work under different laws and with different means, yet they have come to "
        "the same view on one point. Both now lay greater stress on preventing crime than on "
        "detecting it once it has been committed.",
    ),
    Text("h2", "Four subjects for further exchange"),
    Grid(
        (
            ("Subject", "What the term means"),
            (
                "Open-source intelligence",
                "Drawing conclusions from material that anybody may read, such as news and public "
                "web pages.",
            ),
            (
                "Restorative justice",
                "Bringing those who did harm and those who suffered it into contact, so that the "
                "harm can be put right.",
            ),
            (
                "Multi-agency partnership",
                "Several public services working on the same problem with a shared plan.",
            ),
            (
                "Offender intervention",
                "Working with people who have offended, so that they do not do so again.",
            ),
        ),
    ),
    Text("h2", "Limits of this note"),
    Text(
        "p",
        "The note records subjects and not decisions. It holds no operational detail, no names of "
        "officers and no statistics on crime. An idea that works in one city is a question for the "
        "other, and each would have to be tested at home before anybody relied upon it.",
    ),
    Text("h2", "For partners"),
    Items(
        "bullets",
        (
            "Tell us which of the four subjects touches your own service.",
            "Suggest a person in your organisation with whom we can speak.",
            "Please pass the note on; nothing in it is confidential.",
        ),
    ),
    Text(
        "p",
        "Partners who want to know more about the rest of the programme, from schools to social "
        "care, will find it in the council’s report on the visit.",
    ),
)

VISIT: Final[Sequence[Block]] = (
    Text("p", "Report to members\n27 January 2014"),
    Text("h1", "Purpose of this report"),
    Text(
        "p",
        "This report tells members what was done and learned when a delegation from Birmingham "
        "visited Chicago in November 2013. It asks them to note the findings and to support the "
        "next steps.",
    ),
    Text(
        "p",
        "The formal relationship between the two cities has lasted for 30 years. At no point in "
        "that time has engagement been stronger than it is today.",
    ),
    Text("h1", "Who took part"),
    Text("p", "The delegation was drawn from four organisations:"),
    Items(
        "bullets",
        (
            "Birmingham City Council",
            "Birmingham City University",
            "the University of Birmingham",
            "West Midlands Police",
        ),
    ),
    Text("h1", "What was discussed"),
    Text("h2", "City management"),
    Text(
        "p",
        "Both cities have to live with a gap between income and spending. The delegation looked at "
        "how Chicago handles it, and at models that could soften the financial downturn. The "
        "Institute of Local Government Studies at the University of Birmingham joined this debate.",
    ),
    Text("h2", "Social care"),
    Text(
        "p",
        "Social care was given a meeting of its own. The focus to come is safeguarding.",
    ),
    Text("h2", "Schools"),
    Text(
        "p",
        "The delegation met the Director of Chicago Public Schools. It was agreed that the cities "
        "have approaches worth sharing in four areas: how schools are governed, partnerships "
        "between schools and business, ways to engage disadvantaged pupils, and teaching and "
        "learning.",
    ),
    Text("h2", "Universities"),
    Text(
        "p",
        "Birmingham City University works with Roosevelt University. It also held first talks with "
        "DePaul University about collaboration between their business schools.",
    ),
    Text("h2", "Migration"),
    Text(
        "p",
        "Mayor Emanuel had launched the Office of New Americans, which has set itself the "
        "objective of making Chicago the most immigrant-friendly city in the world. People who "
        "have come from Mexico, China, the rest of Asia and elsewhere contribute to the city’s "
        "finance, business and culture.",
    ),
    Text("h2", "Policing"),
    Text(
        "p",
        "Gun crime and general security were the main subjects. Both forces give more weight to "
        "preventing crime than to detecting it later. Open-source intelligence, restorative "
        "justice, multi-agency partnership and offender intervention were also on the agenda.",
    ),
    Text("h2", "Knowledge Cities"),
    Text(
        "p",
        "With Forum 48 and the Urban Land Institute the delegation explored the idea of “Knowledge "
        "Cities”, in which government, business and academia are joined.",
    ),
    Text("h1", "Next steps"),
    Grid(
        (
            ("Theme", "Partner in Chicago", "What comes next"),
            ("City management", "City government", "Compare models"),
            ("Social care", "Care services", "Concentrate on safeguarding"),
            ("Education", "Chicago Public Schools", "Share approaches in four areas"),
            ("Higher education", "Roosevelt and DePaul universities", "Continue to work together"),
            ("Policing", "Police", "Exchange practice on prevention"),
        ),
    ),
    Text("h1", "Recommendations"),
    Items(
        "numbers",
        (
            "That members note this report.",
            "That the themes in the table be taken forward with the partners named.",
        ),
    ),
)

LEAFLET: Final[Sequence[Block]] = (
    Text(
        "p",
        "Visitors, pupils and new colleagues put the same questions to us again and again. Here "
        "are the ones we hear most, with short answers.",
    ),
    Text("h1", "The basics"),
    Text("h2", "What is a sister city?"),
    Text(
        "p",
        "A city abroad with which your own city has agreed to be friends. Sister cities exchange "
        "visits and ideas, and sometimes they do business. Chicago keeps up 27 of these "
        "friendships, and the one with Birmingham is among them.",
    ),
    Text("h2", "Is Chicago a large place?"),
    Text(
        "p",
        "Very. It is the third-largest city in the United States.",
    ),
    Text("h2", "Where can I see the friendship celebrated?"),
    Text(
        "p",
        "At the Sister Cities International Festival in Chicago, which goes on for a week. The "
        "part to look for is Birmingham Day, in Daley Plaza.",
    ),
    Text("h1", "Learning and living together"),
    Text("h2", "Do our universities have friends there?"),
    Text(
        "p",
        "Yes. Birmingham City University has teamed up with Roosevelt University and has begun to "
        "talk to DePaul University about business schools.",
    ),
    Text("h2", "What can schools learn from each other?"),
    Text(
        "p",
        "Plenty. Governance, links with local businesses, help for pupils who start with less, and "
        "the craft of teaching were all named during the visit of November 2013.",
    ),
    Text("h2", "How does Chicago treat people who arrive from other countries?"),
    Text(
        "p",
        "It has an Office of New Americans, launched by Mayor Emanuel. The office wants no city in "
        "the world to be friendlier to immigrants than Chicago.",
    ),
    Text("h2", "Did anyone help people who had been in prison?"),
    Text(
        "p",
        "One of the places that the festival delegation visited was a social enterprise. It has "
        "found work for over 1,000 ex-offenders.",
    ),
    Text("h1", "Work and travel"),
    Text("h2", "Which American firms are in Birmingham?"),
    Text(
        "p",
        "Microsoft and Motorola, to name two. Cadbury belongs to Kraft Foods, a Chicago company. "
        "Altogether more than 350 firms from North America have come to Birmingham or nearby.",
    ),
    Text("h2", "Do Birmingham firms go to Chicago too?"),
    Text(
        "p",
        "They do. Dozens of them are expected to join a planned trade mission, and Delcam of "
        "Small Heath means to set up in Rockford, not far from Chicago.",
    ),
    Text("h2", "Can I fly there without changing?"),
    Text(
        "p",
        "No. There have been no direct flights since soon after 11 September 2001.",
    ),
    Text("h1", "More questions?"),
    Text(
        "p",
        "Ask at your local library or at the council’s information desk. If we can’t answer, we’ll "
        "say so.",
    ),
)


def _style(name: str, **changes: str | float) -> ParagraphStyle:
    plain = {"fontName": "Times-Roman", "fontSize": 10.5, "leading": 14, "spaceAfter": 6}
    return ParagraphStyle(name, **(plain | changes))


STYLES: Final = {
    "h1": _style(
        "h1", fontName="Helvetica-Bold", fontSize=20, leading=25, textColor=INK, spaceAfter=4
    ),
    "lead": _style("lead", fontName="Times-Italic", fontSize=13, leading=17, spaceAfter=14),
    "h2": _style(
        "h2",
        fontName="Helvetica-Bold",
        fontSize=13,
        leading=17,
        textColor=INK,
        spaceBefore=10,
        spaceAfter=5,
        keepWithNext=1,
    ),
    "p": _style("p", alignment=TA_JUSTIFY, embeddedHyphenation=1),
    "item": _style("item", spaceAfter=4),
    "cell": _style("cell", fontName="Helvetica", fontSize=9, leading=12, spaceAfter=0),
    "head": _style("head", fontName="Helvetica-Bold", fontSize=9, leading=12, spaceAfter=0),
}


def _pdf_table(rows: Sequence[Sequence[str]], width: float) -> Table:
    first = 0.28 * width
    widths = [first, *[(width - first) / (len(rows[0]) - 1)] * (len(rows[0]) - 1)]
    cells = [
        [Paragraph(cell, STYLES["head" if row == 0 else "cell"]) for cell in line]
        for row, line in enumerate(rows)
    ]
    look = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), PALE),
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
            ("LINEBELOW", (0, -1), (-1, -1), 0.8, INK),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    return Table(cells, colWidths=widths, style=look, spaceBefore=4, spaceAfter=12)


def _flowables(block: Block, width: float) -> list[Flowable]:
    if isinstance(block, Grid):
        return [_pdf_table(block.rows, width)]
    if isinstance(block, Text):
        return [Paragraph(block.text, STYLES[block.kind])]
    items = [Paragraph(item, STYLES["item"]) for item in block.items]
    numbered = block.kind == "numbers"
    mark = {"bulletType": "1"} if numbered else {"bulletType": "bullet", "start": "•"}
    return [ListFlowable(items, leftIndent=18, bulletFontSize=10, **mark), Spacer(1, 6)]


def _page_furniture(header: str) -> Callable[[Canvas, SimpleDocTemplate], None]:
    def draw(canvas: Canvas, template: SimpleDocTemplate) -> None:
        width, height = template.pagesize
        left = template.leftMargin + PADDING
        right = width - template.rightMargin - PADDING
        canvas.saveState()
        canvas.setFillColor(colors.HexColor("#555555"))
        canvas.setFont("Helvetica", 8)
        canvas.drawString(left, height - 1.4 * cm, header)
        canvas.drawRightString(right, 1.2 * cm, f"Page {canvas.getPageNumber()}")
        canvas.setLineWidth(0.4)
        canvas.line(left, height - 1.6 * cm, right, height - 1.6 * cm)
        canvas.restoreState()

    return draw


def make_pdf(
    title: str,
    header: str,
    written: datetime.date,
    size: tuple[float, float],
    blocks: Sequence[Block],
) -> bytes:
    """Return a PDF of the blocks on pages of that size, with a running header and page numbers."""
    noon = datetime.datetime.combine(written, datetime.time(12), datetime.UTC)
    os.environ["SOURCE_DATE_EPOCH"] = f"{noon.timestamp():.0f}"
    side = 0.13 * size[0]
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=side,
        rightMargin=side,
        topMargin=2.2 * cm,
        bottomMargin=2 * cm,
        title=title,
        author="Chicago Partnership",
        lang="en-GB",
        invariant=1,
    )
    width = template.width - 2 * PADDING
    story = [part for block in blocks for part in _flowables(block, width)]
    furniture = _page_furniture(header)
    template.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def _add_docx_table(document: Docx, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Light Grid Accent 1")
    for row, line in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text


def _add_docx_block(document: Docx, block: Block) -> None:
    if isinstance(block, Grid):
        _add_docx_table(document, block.rows)
    elif isinstance(block, Items):
        style = "List Bullet" if block.kind == "bullets" else "List Number"
        for item in block.items:
            document.add_paragraph(item, style=style)
    elif block.kind in ("h1", "h2"):
        document.add_heading(block.text, level=int(block.kind[1]))
    else:
        document.add_paragraph(block.text)


def _without_dates(package: bytes) -> bytes:
    """Return the zip archive with every member dated 1 January 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return out.getvalue()


def make_docx(title: str, written: datetime.date, blocks: Sequence[Block]) -> bytes:
    """Return a DOCX of the blocks, with heading styles and the given date in its properties."""
    document = docx.Document()
    moment = datetime.datetime.combine(written, datetime.time(9))
    properties = document.core_properties
    properties.title, properties.author = title, "Chicago Partnership"
    properties.last_modified_by, properties.comments = "Chicago Partnership", ""
    properties.language = "en-GB"
    properties.created = properties.modified = moment
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(title, level=0)
    for block in blocks:
        _add_docx_block(document, block)
    out = io.BytesIO()
    document.save(out)
    return _without_dates(out.getvalue())


def main() -> None:
    """Write the four documents into the starter folder."""
    made = {
        "trade/briefing.pdf": make_pdf(
            "Trading with Illinois",
            "Trading with Illinois: trade and investment briefing",
            datetime.date(2014, 2, 3),
            A5,
            BRIEFING,
        ),
        "council/policing-note.pdf": make_pdf(
            "Policing: what we discussed in Chicago",
            "Chicago partnership: policing note",
            datetime.date(2013, 12, 9),
            A4,
            POLICING,
        ),
        "council/visit-report.docx": make_docx(
            "Visit to Chicago, November 2013", datetime.date(2014, 1, 27), VISIT
        ),
        "reference/questions-and-answers.docx": make_docx(
            "Birmingham and Chicago: your questions answered", datetime.date(2014, 2, 10), LEAFLET
        ),
    }
    for name, content in made.items():
        path = STARTER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
