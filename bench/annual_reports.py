"""Annual reports of four invented companies, two years each, and what analysts ask about them.

Each company has words and a layout of its own: plain columns with ``$`` beside the first number,
ruled lines, heads on two levels, two tables side by side, a table that goes on on the next page,
brackets for what is below zero. Nothing of this is known to `training.table_questions`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

__all__ = [
    "FORMATS",
    "NEAR_MISSES",
    "QUESTIONS",
    "REPORTS",
    "AnnualReport",
    "FigureQuestion",
    "Statement",
    "write",
]


# Of each column of a table, outermost first.
Heads = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A table of a report.

    Args:
        title: its caption.
        units: what it counts in.
        heads: of each column, outermost first.
        rows: head and values; a group has no values.
        beside: whether the next table stands beside it.
    """

    title: str
    units: str
    heads: Heads
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """A report: whose, of which year, its prose and its tables."""

    name: str
    title: str
    letter: tuple[str, ...]
    statements: tuple[Statement, ...]
    ruled: bool = False
    dollar: bool = False
    closing: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """A question, the cells that answer it together, and the reports in which they stand."""

    text: str
    values: tuple[str, ...]
    reports: tuple[str, ...]


LAST = 2018


def _rows(text: str, columns: slice) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Parse lines of a head and its values by year, newest first; keep some of the years."""
    rows = []
    for line in text.strip().splitlines():
        head, *values = (part.strip() for part in line.split("|"))
        rows.append((head, tuple(values[columns])))
    return tuple(rows)


CLOSING = (
    "This report contains statements about the future that rest on what is known today. Actual "
    "results may differ. We do not undertake to bring such statements up to date.",
    "The report was approved by the board. Copies can be ordered from the company's registered "
    "office free of charge, and are found on its web site.",
)

NORVALE_INCOME = """
Net sales | 4,812.6 | 4,539.1 | 4,402.7
Cost of products sold | 3,101.4 | 2,968.0 | 2,871.9
Gross margin | 1,711.2 | 1,571.1 | 1,530.8
Selling, general and administrative expenses | 702.5 | 668.3 | 651.0
Research and development | 241.8 | 219.6 | 204.4
Restructuring charges, including asset impairments and severance | 18.9 | 44.2 | 7.3
Operating income | 748.0 | 639.0 | 668.1
Interest expense | (61.7) | (58.4) | (55.2)
Other income, net | 12.3 | 9.8 | 4.6
Income before income taxes | 698.6 | 590.4 | 617.5
Provision for income taxes | 146.7 | 198.8 | 184.2
Net income | 551.9 | 391.6 | 433.3
Net income attributable to noncontrolling interests | 21.4 | 17.9 | 16.1
Net income attributable to Norvale Industries | 530.5 | 373.7 | 417.2
Diluted earnings per share | 3.87 | 2.69 | 2.96
"""
NORVALE_CASH = """
Operating activities | | |
Net income | 551.9 | 391.6 | 433.3
Depreciation and amortization | 203.1 | 196.7 | 188.5
Share-based compensation | 38.6 | 35.1 | 33.0
Net cash provided by operating activities | 815.4 | 702.2 | 688.9
Investing activities | | |
Purchases of property, plant and equipment | (268.3) | (231.5) | (219.8)
Acquisitions, net of cash acquired | (96.4) | (12.0) | (340.6)
Financing activities | | |
Repurchases of common stock | (300.2) | (150.7) | (175.3)
Dividends paid | (121.9) | (114.6) | (108.8)
Proceeds from issuance of long-term debt | 395.0 | 0.0 | 249.5
"""
NORVALE_SEGMENTS = """
Flow Control | 2,104.8 | 1,987.4
Filtration | 1,566.1 | 1,472.9
Motion Systems | 1,141.7 | 1,078.8
"""
NORVALE_STAFF = """
North America | 9,412 | 9,105
Europe | 6,288 | 6,317
Asia Pacific | 5,047 | 4,760
"""
ASHCOMBE_INCOME = """
Revenue | 9,284 | 8,911 | 8,760
Cost of sales | (6,871) | (6,602) | (6,498)
Gross profit | 2,413 | 2,309 | 2,262
Distribution costs | (412) | (398) | (385)
Administrative expenses | (1,344) | (1,309) | (1,297)
Operating profit | 657 | 602 | 580
Finance income | 14 | 11 | 9
Finance costs | (83) | (88) | (92)
Profit before taxation | 588 | 525 | 497
Taxation | (119) | (108) | (104)
Profit for the year | 469 | 417 | 393
Dividend per share (pence) | 17.4 | 16.1 | 15.0
"""
ASHCOMBE_BALANCE = """
Non-current assets | | |
Goodwill | 1,036 | 1,036 | 1,041
Property, plant and equipment | 4,127 | 4,018 | 3,966
Current assets | | |
Inventories | 873 | 842 | 829
Trade and other receivables | 316 | 297 | 305
Cash and cash equivalents | 544 | 471 | 438
Current liabilities | | |
Trade and other payables | (1,702) | (1,655) | (1,618)
Borrowings | (210) | (265) | (190)
Non-current liabilities | | |
Borrowings | (1,480) | (1,510) | (1,590)
Retirement benefit obligations | (388) | (451) | (407)
Net assets | 3,116 | 2,783 | 2,774
"""
ASHCOMBE_STORES = """
Supermarkets | 412 | 405 | 12,960 | 12,811
Convenience stores | 688 | 641 | 1,844 | 1,722
Garden centres | 57 | 61 | 936 | 1,004
"""
VELTRIX_INCOME = """
Total revenues | 1,206,433 | 988,275 | 861,902
Cost of revenues | 489,117 | 421,660 | 377,045
Research and development | 287,904 | 241,338 | 203,771
Sales and marketing | 118,650 | 102,417 | 94,386
General and administrative | 76,209 | 70,144 | 65,830
Income from operations | 234,553 | 152,716 | 120,870
Income tax expense | 39,412 | 71,205 | 24,118
Net income | 198,306 | 84,937 | 99,214
Basic net income per share | 1.62 | 0.70 | 0.83
"""
VELTRIX_QUARTERS = """
Total revenues | 281,440 | 296,512 | 308,927 | 319,554
Gross profit | 165,102 | 175,844 | 184,393 | 191,977
Net income | 43,218 | 47,905 | 51,660 | 55,523
"""
VELTRIX_QUARTERS_BEFORE = """
Total revenues | 229,815 | 241,066 | 252,190 | 265,204
Gross profit | 131,018 | 138,255 | 144,731 | 152,611
Net income | 24,906 | 27,333 | 30,118 | 2,580
"""
VELTRIX_MARKETS = """
Automotive | 34 % | 31 %
Industrial | 29 % | 30 %
Communications | 22 % | 24 %
Consumer | 15 % | 15 %
"""
VELTRIX_REGIONS = """
Taiwan | 402,118 | 318,660
Germany | 286,907 | 241,395
United States | 241,287 | 207,538
"""
LUMENOR_INCOME = """
Electricity sales | 2,318,640 | 2,207,915
Gas sales | 1,054,288 | 1,122,473
District heating | 201,937 | 195,602
Grid fees received | 388,506 | 371,244
Other operating income | 64,871 | 58,390
Cost of purchased energy | (2,402,119) | (2,371,856)
Personnel expenses | (411,763) | (399,028)
Depreciation of power stations | (287,445) | (279,910)
Depreciation of networks | (143,206) | (138,577)
Maintenance and repairs | (118,939) | (125,084)
Concession levies | (92,315) | (90,767)
Earnings before interest and taxes | 572,455 | 550,402
Interest income | 8,214 | 7,906
Interest expenses | (101,338) | (109,625)
Earnings before taxes | 479,331 | 448,683
Income taxes | (128,076) | (121,540)
Consolidated profit | 351,255 | 327,143
of which attributable to minority shareholders | 28,640 | 25,911
"""
LUMENOR_PLANTS = """
Brentau | Gas | 1998 | 842
Hohenfurt | Hydro | 1964 | 216
Kaltbach | Wind | 2012 | 138
Rosswald | Biomass | 2009 | 47
"""
LUMENOR_KEY = """
Electricity delivered (GWh) | 31,407 | 30,982
Gas delivered (GWh) | 40,115 | 43,270
Employees at year end | 6,904 | 6,811
Length of network (km) | 48,320 | 47,995
Equity ratio (%) | 41.8 | 40.3
"""


def _norvale(year: int) -> AnnualReport:
    at = 2018 - year
    three, two = slice(at, 3), slice(at, at + 2)
    years = tuple([("2018",), ("2017",), ("2016",)][three])
    pair = (("2018",), ("2017",))
    growth = {2018: "about 6 percent", 2017: "about 3 percent"}[year]
    return AnnualReport(
        f"norvale-{year}",
        f"Norvale Industries, Inc. Annual Report {year}",
        (
            f"To our shareholders: {year} was a good year for Norvale. Sales grew {growth}, and "
            "all three segments contributed. Demand for filters was strong in the second half.",
            "We were founded in 1921 in Dayton, Ohio, and make pumps, valves, filters and drives. "
            f"Margaret Oyelaran has been our chief executive since {year - 4}.",
        ),
        (
            Statement("Consolidated Statements of Income", "(in millions, except per share data)",
                      years, _rows(NORVALE_INCOME, three)),
            Statement("Consolidated Statements of Cash Flows", "(in millions)", years,
                      _rows(NORVALE_CASH, three)),
            Statement("Net sales by segment", "(in millions)", pair, _rows(NORVALE_SEGMENTS, two)),
            Statement("Employees by region", "", pair, _rows(NORVALE_STAFF, two)),
        )[: 4 if year == LAST else 2],
        dollar=True,
        closing=CLOSING,
    )  # fmt: skip


def _ashcombe(year: int) -> AnnualReport:
    at = 2018 - year
    both = slice(at, at + 2)
    weeks = tuple(("52 weeks ended", f"31 March {y}") for y in (year, year - 1))
    dates = tuple((f"31 March {y}",) for y in (year, year - 1))
    return AnnualReport(
        f"ashcombe-{year}",
        f"Ashcombe Stores plc Annual report and accounts {year}",
        (
            f"The chairman writes: in the year to 31 March {year} we opened stores in towns where "
            "we had none, and lowered prices in all of them. Customers noticed.",
            "Ashcombe was founded by two brothers in Leeds in 1932. We sell food and, in our "
            "garden centres, plants. Sir Colin Whitlow chairs the board.",
        ),
        (
            Statement("Consolidated income statement", "£m", weeks, _rows(ASHCOMBE_INCOME, both)),
            Statement("Consolidated balance sheet", "£m", dates, _rows(ASHCOMBE_BALANCE, both)),
            Statement("Our stores", "", (
                ("Number of stores", "2018"), ("Number of stores", "2017"),
                ("Sales area (000 sq ft)", "2018"), ("Sales area (000 sq ft)", "2017"),
            ), _rows(ASHCOMBE_STORES, slice(0, 4))),
        )[: 3 if year == LAST else 2],
        ruled=True,
        closing=CLOSING,
    )  # fmt: skip


def _veltrix(year: int) -> AnnualReport:
    at = 2018 - year
    three = slice(at, 3)
    years = tuple(("Year ended December 31,", str(y)) for y in range(year, 2015, -1))
    quarters = tuple(
        ("Three months ended", f"{month},", str(year))
        for month in ("March 31", "June 30", "September 30", "December 31")
    )
    found = VELTRIX_QUARTERS if year == 2018 else VELTRIX_QUARTERS_BEFORE
    pair = (("2018",), ("2017",))
    return AnnualReport(
        f"veltrix-{year}",
        f"Veltrix Devices Corporation Form 10-K {year}",
        (
            "Veltrix designs integrated circuits for cars, factories and telephones. We own no "
            "factories of our own: our wafers are made by two foundries in Taiwan.",
            f"In {year} we introduced fourteen products. Competition is strong and prices fall "
            "every year. Our head office is in Tempe, Arizona.",
        ),
        (
            Statement("Consolidated Statements of Operations",
                      "(in thousands, except per share amounts)", years,
                      _rows(VELTRIX_INCOME, three)),
            Statement("Quarterly results (unaudited)", "(in thousands)", quarters,
                      _rows(found, slice(0, 4))),
            Statement("Revenue by end market", "", pair, _rows(VELTRIX_MARKETS, slice(0, 2)), True),
            Statement("Revenue by country", "(in thousands)", pair,
                      _rows(VELTRIX_REGIONS, slice(0, 2))),
        )[: 4 if year == LAST else 2],
        closing=CLOSING,
    )  # fmt: skip


def _lumenor(year: int) -> AnnualReport:
    at = 2018 - year
    columns = slice(at, 2)
    years = tuple([("2018",), ("2017",)][columns])
    return AnnualReport(
        f"lumenor-{year}",
        f"Lumenor Energie AG Annual Report {year}",
        (
            f"Dear shareholders, in {year} our customers used less gas because the winter was "
            "mild. We built new lines, and closed no power station.",
            "Lumenor supplies electricity, gas and heat to four million people. Its registered "
            "office is in Graz. Dr Helene Brandauer heads the executive board.",
        ),
        (
            Statement("Consolidated income statement", "(in EUR thousand)", years,
                      _rows(LUMENOR_INCOME, columns)),
            Statement("Key figures", "", years, _rows(LUMENOR_KEY, columns)),
            Statement("Power stations", "", (("Fuel",), ("Opened",), ("Capacity (MW)",)),
                      _rows(LUMENOR_PLANTS, slice(0, 3))),
        ),
        ruled=True,
        closing=CLOSING,
    )  # fmt: skip


REPORTS = tuple(
    make(year) for make in (_norvale, _ashcombe, _veltrix, _lumenor) for year in (2018, 2017)
)

_N, _A, _V, _L = (
    (f"{who}-2018", f"{who}-2017") for who in ("norvale", "ashcombe", "veltrix", "lumenor")
)
QUESTIONS = (
    FigureQuestion("What was Norvale's capex in 2018, in millions?", ("(268.3)",), _N[:1]),
    FigureQuestion("What was the FY2017 operating income of Norvale?", ("639.0",), _N),
    FigureQuestion("How much did Norvale spend on R&D in 2018?", ("241.8",), _N[:1]),
    FigureQuestion("What were SG&A expenses at Norvale in fiscal 2016?", ("651.0",), _N),
    FigureQuestion("What was net income attributable to Norvale in 2018?", ("530.5",), _N[:1]),
    FigureQuestion(
        "How much cash was spent on share repurchases by Norvale in 2018?", ("(300.2)",), _N[:1]
    ),
    FigureQuestion("What was Norvale's diluted EPS for 2017?", ("2.69",), _N),
    FigureQuestion(
        "What revenue did the Filtration segment of Norvale make in 2018?", ("1,566.1",), _N[:1]
    ),
    FigureQuestion("How many people did Norvale employ in Europe in 2017?", ("6,317",), _N[:1]),
    FigureQuestion("What was Norvale's cash flow from operations in 2017?", ("702.2",), _N),
    FigureQuestion("How much did Ashcombe make in revenue in 2018?", ("9,284",), _A[:1]),
    FigureQuestion("What were Ashcombe's inventories at 31 March 2017?", ("842",), _A),
    FigureQuestion("What was the operating profit of Ashcombe Stores in 2016?", ("580",), _A[1:]),
    FigureQuestion("What was the cost of sales of Ashcombe in fiscal 2018?", ("(6,871)",), _A[:1]),
    FigureQuestion("How many convenience stores did Ashcombe have in 2018?", ("688",), _A[:1]),
    FigureQuestion(
        "What sales area did Ashcombe's garden centres have in 2017?", ("1,004",), _A[:1]
    ),
    FigureQuestion("What dividend per share did Ashcombe pay for 2018?", ("17.4",), _A[:1]),
    FigureQuestion("What were Ashcombe's non-current borrowings in 2018?", ("(1,480)",), _A[:1]),
    FigureQuestion("What was Ashcombe's PP&E at the end of March 2018?", ("4,127",), _A[:1]),
    FigureQuestion("How high were finance costs at Ashcombe in 2017?", ("(88)",), _A),
    FigureQuestion("What was Veltrix's revenue for 2018?", ("1,206,433",), _V[:1]),
    FigureQuestion("What was Veltrix's net income in 2016?", ("99,214",), _V),
    FigureQuestion(
        "What was Veltrix's gross profit in the three months ended June 30, 2018?",
        ("175,844",),
        _V[:1],
    ),
    FigureQuestion(
        "What share of Veltrix's revenue came from automotive in 2018?", ("34 %",), _V[:1]
    ),
    FigureQuestion("How much revenue did Veltrix earn in Germany in 2017?", ("241,395",), _V[:1]),
    FigureQuestion("How much did Veltrix spend on R&D in 2017?", ("241,338",), _V),
    FigureQuestion("What was the income tax expense of Veltrix in 2017?", ("71,205",), _V),
    FigureQuestion("What were the G&A costs of Veltrix in 2018?", ("76,209",), _V[:1]),
    FigureQuestion("What was the basic EPS of Veltrix in 2018?", ("1.62",), _V[:1]),
    FigureQuestion(
        "What were Veltrix's total revenues in the quarter ended September 30, 2017?",
        ("252,190",),
        _V[1:],
    ),
    FigureQuestion("What was Lumenor's EBIT in 2018?", ("572,455",), _L[:1]),
    FigureQuestion("How high were Lumenor's personnel expenses in 2017?", ("(399,028)",), _L),
    FigureQuestion("What did Lumenor pay in concession levies in 2018?", ("(92,315)",), _L[:1]),
    FigureQuestion("How many employees did Lumenor have at the end of 2018?", ("6,904",), _L[:1]),
    FigureQuestion("How much gas did Lumenor deliver in 2018?", ("40,115",), _L[:1]),
    FigureQuestion("What is the capacity of the Kaltbach power station of Lumenor?", ("138",), _L),
    FigureQuestion("Which fuel does Lumenor's Rosswald plant use?", ("Biomass",), _L),
    FigureQuestion("What was Lumenor's equity ratio in 2017?", ("40.3",), _L),
    FigureQuestion(
        "By how much did Lumenor's electricity sales change from 2017 to 2018?",
        ("2,207,915", "2,318,640"),
        _L[:1],
    ),
    FigureQuestion(
        "What was the ratio of net income to net sales at Norvale in 2018?",
        ("551.9", "4,812.6"),
        _N[:1],
    ),
)
NEAR_MISSES = (
    "What was Norvale's capex in 2014?",
    "What was Norvale's goodwill in 2018?",
    "What was the operating income of Brantwick Foods in 2018?",
    "How many convenience stores did Ashcombe have in 2011?",
    "What was Ashcombe's advertising expense in 2018?",
    "How much revenue did Veltrix earn in Brazil in 2018?",
    "What was Veltrix's gross profit in the three months ended June 30, 2013?",
    "How many employees did Lumenor have at the end of 2009?",
    "What is the capacity of the Oberdorf power station of Lumenor?",
    "What was Lumenor's nuclear fuel expense in 2018?",
)

# ---- files ----

INCH = 72.0
WIDTH, HEIGHT, MARGIN = 612.0, 792.0, 54.0
LINE = 15.0
# In characters: longer heads of rows take two lines.
LONGEST_HEAD = 44


def write(folder: Path, suffix: str) -> None:
    """Write all reports into ``folder``, in one format."""
    for report in REPORTS:
        FORMATS[suffix](report, folder / f"{report.name}.{suffix}")


def _html(report: AnnualReport, path: Path) -> None:
    parts = [f"<h1>{escape(report.title)}</h1>"]
    parts += [f"<p>{escape(text)}</p>" for text in report.letter]
    for statement in report.statements:
        parts += [f"<h2>{escape(statement.title)}</h2>", "<table>"]
        if statement.units:
            parts.append(f"<caption>{escape(statement.units)}</caption>")
        for level in range(len(statement.heads[0])):
            cells = "".join(
                f'<th colspan="{count}">{escape(text)}</th>'
                for text, count in _runs([head[level] for head in statement.heads])
            )
            parts.append(f"<tr><th></th>{cells}</tr>")
        for head, values in statement.rows:
            cells = "".join(f"<td>{escape(value)}</td>" for value in values)
            parts.append(f"<tr><td>{escape(head)}</td>{cells}</tr>")
        parts.append("</table>")
    parts += [f"<p>{escape(text)}</p>" for text in report.closing]
    body = "\n".join(parts)
    path.write_text(
        f"<html><head><title>{escape(report.title)}</title></head><body>{body}</body></html>",
        "utf-8",
    )


def _runs(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield each text with how often it follows itself."""
    at = 0
    while at < len(texts):
        count = 1
        while at + count < len(texts) and texts[at + count] == texts[at]:
            count += 1
        yield texts[at], count
        at += count


def _docx(report: AnnualReport, path: Path) -> None:
    import docx

    document = docx.Document()
    document.core_properties.title = report.title
    document.add_heading(report.title, 0)
    for text in report.letter:
        document.add_paragraph(text)
    for statement in report.statements:
        document.add_heading(statement.title, 1)
        if statement.units:
            document.add_paragraph(statement.units)
        lines = list(_lines(statement))
        table = document.add_table(len(lines), len(lines[0]))
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line, strict=True):
                cell.text = text
    for text in report.closing:
        document.add_paragraph(text)
    document.save(str(path))


def _xlsx(report: AnnualReport, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for statement in report.statements:
        sheet = book.create_sheet(re.sub(r"[^\w ]", "", statement.title)[:31])
        sheet.append([report.title])
        sheet.append([f"{statement.title} {statement.units}".strip()])
        for line in _lines(statement):
            sheet.append(list(line))
    book.save(path)


def _pptx(report: AnnualReport, path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    slides = Presentation()
    first = slides.slides.add_slide(slides.slide_layouts[1])
    first.shapes.title.text = report.title
    first.placeholders[1].text = "\n".join(report.letter)
    for statement in report.statements:
        slide = slides.slides.add_slide(slides.slide_layouts[5])
        slide.shapes.title.text = f"{statement.title} {statement.units}".strip()
        lines = list(_lines(statement))
        size = (Inches(0.5), Inches(1.5), Inches(9), Inches(5))
        table = slide.shapes.add_table(len(lines), len(lines[0]), *size).table
        for at, line in enumerate(lines):
            for number, text in enumerate(line):
                table.cell(at, number).text = text
    slides.save(str(path))


def _lines(statement: Statement) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a table as cells: those of heads, then the rows."""
    for level in range(len(statement.heads[0])):
        yield ("", *(head[level] for head in statement.heads))
    for head, values in statement.rows:
        yield (head, *(values or ("",) * len(statement.heads)))


class _Pages:
    """Draws a report on pages, from top to bottom."""

    def __init__(self, report: AnnualReport, path: Path) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.report = report
        self.canvas: Any = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=1)
        self.canvas.setTitle(report.title)
        self.number, self.y = 1, HEIGHT - MARGIN

    def end(self) -> None:
        self._footer()
        self.canvas.save()

    def new_page(self) -> None:
        self._footer()
        self.canvas.showPage()
        self.number, self.y = self.number + 1, HEIGHT - MARGIN

    def _footer(self) -> None:
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(MARGIN, 30, f"{self.report.title}")
        self.canvas.drawRightString(WIDTH - MARGIN, 30, str(self.number))

    def title(self, text: str, size: float) -> None:
        self.canvas.setFont("Helvetica-Bold", size)
        self.canvas.drawString(MARGIN, self.y, text)
        self.y -= 1.8 * size

    def prose(self, text: str) -> None:
        from reportlab.lib.utils import simpleSplit

        self.canvas.setFont("Helvetica", 10)
        for line in simpleSplit(text, "Helvetica", 10, WIDTH - 2 * MARGIN):
            self.canvas.drawString(MARGIN, self.y, line)
            self.y -= LINE - 2
        self.y -= LINE

    def table(self, statement: Statement, left: float, width: float) -> None:
        """Draw a table; its heads are drawn again where it goes on on the next page."""
        self._heads(statement, left, width)
        for number, (head, values) in enumerate(statement.rows):
            if self.y < MARGIN + 2 * LINE:
                self.new_page()
                self._heads(statement, left, width)
            self._row(head, values, left, width, first=number == 0)
        self.y -= LINE

    def _heads(self, statement: Statement, left: float, width: float) -> None:
        self.canvas.setFont("Helvetica-Bold", 11)
        self.canvas.drawString(left, self.y, statement.title)
        self.y -= LINE
        if statement.units:
            self.canvas.setFont("Helvetica-Oblique", 8)
            self.canvas.drawString(left, self.y, statement.units)
            self.y -= LINE
        self.canvas.setFont("Helvetica-Bold", 8)
        columns = len(statement.heads)
        for level in range(len(statement.heads[0])):
            at = 0
            for text, count in _runs([head[level] for head in statement.heads]):
                edges = (self._right(left, width, columns, n) for n in (at, at + count - 1))
                first, last = edges
                if count > 1:
                    self.canvas.drawCentredString((first + last) / 2 - 15, self.y, text)
                else:
                    self.canvas.drawRightString(last, self.y, text)
                at += count
            self.y -= LINE - 3
        self._rule(left, width)

    def _row(
        self, head: str, values: Sequence[str], left: float, width: float, *, first: bool
    ) -> None:
        self.canvas.setFont("Helvetica" if values else "Helvetica-Bold", 9)
        if len(head) > LONGEST_HEAD:
            cut = head.rindex(" ", 0, LONGEST_HEAD)
            self.canvas.drawString(left, self.y, head[:cut])
            self.y -= LINE - 4
            head = f"  {head[cut + 1 :]}"
        self.canvas.drawString(left, self.y, head)
        for number, value in enumerate(values):
            right = self._right(left, width, len(values), number)
            # The bracket of a negative number stands right of the column's edge.
            self.canvas.drawRightString(right + 3 * value.endswith(")"), self.y, value)
            if first and self.report.dollar:
                self.canvas.drawString(right - 48, self.y, "$")
        self.y -= LINE
        self._rule(left, width)

    def _rule(self, left: float, width: float) -> None:
        if self.report.ruled:
            self.canvas.setLineWidth(0.4)
            self.canvas.line(left, self.y + LINE - 4, left + width, self.y + LINE - 4)

    @staticmethod
    def _right(left: float, width: float, columns: int, number: int) -> float:
        step = min(92.0, width * 0.6 / columns)
        return left + width - step * (columns - 1 - number)


def _pdf(report: AnnualReport, path: Path) -> None:
    pages = _Pages(report, path)
    pages.title(report.title, 18)
    for text in report.letter:
        pages.prose(text)
    pages.new_page()
    wide = WIDTH - 2 * MARGIN
    statements = iter(report.statements)
    for statement in statements:
        if statement.beside:
            top, half = pages.y, (wide - 40) / 2
            pages.table(statement, MARGIN, half)
            bottom, pages.y = pages.y, top
            pages.table(next(statements), MARGIN + half + 40, half)
            pages.y = min(bottom, pages.y)
        else:
            if pages.y < MARGIN + 8 * LINE:
                pages.new_page()
            pages.table(statement, MARGIN, wide)
    for text in report.closing:
        pages.prose(text)
    pages.end()


FORMATS = {"pdf": _pdf, "html": _html, "docx": _docx, "xlsx": _xlsx, "pptx": _pptx}
