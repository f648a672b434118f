"""Make the spreadsheets and slides that the loaders are tested with, in ``tests/data/loaders``.

Run `python tests/make_office.py` from the repository root, then look at what has changed.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Final

import openpyxl
import xlwt
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

SAMPLES: Final = Path(__file__).resolve().parent / "data" / "loaders"
WRITTEN: Final = datetime.datetime(2024, 5, 17, 9, 30)
MONEY: Final = '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)'


def make_all() -> None:
    """Write every sample."""
    (SAMPLES / "budget.xlsx").write_bytes(_repacked(_budget()))
    (SAMPLES / "macros.xlsm").write_bytes(_repacked(_macros()))
    (SAMPLES / "harbour.pptx").write_bytes(_repacked(_harbour()))
    (SAMPLES / "rates.xls").write_bytes(_rates())
    (SAMPLES / "stock.ods").write_bytes(_stock())


def _repacked(data: bytes) -> bytes:
    """Return an archive with the same parts, whatever the time of day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                now = content.partition(b"<dcterms:modified")[2].partition(b">")[2][:20]
                content = content.replace(now, WRITTEN.isoformat().encode() + b"Z")
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            new.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _budget() -> bytes:
    """Make a title, units, formats, two tables beside each other, a comment, what is hidden."""
    workbook = openpyxl.Workbook()
    workbook.properties.title = "Budget of the harbour"
    workbook.properties.creator = "Ines Vogel"
    workbook.properties.created = WRITTEN
    sheet = workbook.active
    sheet.title = "Budget"
    sheet["B2"] = "Spending by office"
    sheet["B3"] = "(in thousands of dollars)"
    sheet.merge_cells("B2:E2")
    rows: list[list[object]] = [
        ["Office", 2023, 2024, "Change"],
        ["Harbour", 1234.4, 1500, 0.2151],
        ["Dredging", -40, 0, -1],
        ["Total", 1194.4, 1500, 0.256],
    ]
    for number, row in enumerate(rows, start=5):
        for column, value in enumerate(row, start=2):
            cell = sheet.cell(number, column, value)
            if number > 5 and column > 2:
                cell.number_format = "0.0%" if column == 5 else MONEY
    for number, (name, opened) in enumerate(
        [("Berth", "Opened"), ("North", 38353), ("South", 43466)], 5
    ):
        sheet.cell(number, 7, name)
        sheet.cell(number, 8, opened)
    sheet["H6"].number_format = "d-mmm-yy"
    sheet["H7"].number_format = "mmm-yy"
    sheet["B10"], sheet["C10"] = "Checked", True
    sheet["B11"], sheet["C11"] = "Hours", datetime.timedelta(hours=26, minutes=30)
    sheet["B12"], sheet["C12"] = "Ratio", "=C6/0"
    sheet["C7"].comment = Comment("Why is this\nnegative?", "Ines Vogel")
    chart = BarChart()
    chart.title = "Spending, drawn"
    chart.add_data(Reference(sheet, min_col=3, min_row=5, max_row=7), titles_from_data=True)
    sheet.add_chart(chart, "B16")
    hidden = workbook.create_sheet("Scratch")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "not to be seen"
    far = workbook.create_sheet("Far away")
    far["XFD1048576"] = "the last cell"
    workbook.create_sheet("Empty")
    return _saved(workbook)


def _macros() -> bytes:
    """Make a table that the file declares, in which all is text."""
    workbook = openpyxl.Workbook()
    workbook.properties.created = WRITTEN
    sheet = workbook.active
    sheet.title = "Crew"
    for row in (["Name", "Post"], ["Ada  Lunt", "pilot"], ["Ole\nBerg", "mate"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Crew", ref="A1:B3"))
    return _saved(workbook)


def _rates() -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Rates")
    for column, text in enumerate(["Route", "Fare", "Since", "At", "Daily"]):
        sheet.write(2, 1 + column, text)
    sheet.write(3, 1, "Ferry")
    sheet.write(3, 2, 12.5)
    sheet.write(3, 3, datetime.date(2024, 1, 2), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(3, 4, datetime.time(6, 45), xlwt.easyxf(num_format_str="hh:mm"))
    sheet.write(3, 5, True)
    sheet.write(4, 1, "Tug")
    sheet.write(4, 2, 300.0)
    sheet.write(
        4, 3, datetime.datetime(2024, 1, 2, 3, 4, 5), xlwt.easyxf(num_format_str="h:mm:ss d/m/yy")
    )
    sheet.write(4, 4, 1.25, xlwt.easyxf(num_format_str="[h]:mm:ss"))
    sheet.write(4, 5, False)
    sheet.write_merge(6, 6, 1, 3, "Children ride free.")
    hidden = workbook.add_sheet("Hidden")
    hidden.visibility = 1
    hidden.write(0, 0, "not to be seen")
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


ODS: Final = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles><style:style style:name="ta2" style:family="table">
<style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Stock" table:style-name="ta1">
<table:table-row table:number-rows-repeated="2"><table:table-cell
 table:number-columns-repeated="16384"/></table:table-row>
<table:table-header-rows><table:table-row>
<table:table-cell table:number-columns-repeated="1"/>
<table:table-cell><text:p>Item</text:p></table:table-cell>
<table:table-cell table:number-columns-spanned="2"><text:p>Counted<text:s text:c="2"/>on</text:p>
</table:table-cell><table:covered-table-cell/>
</table:table-row></table:table-header-rows>
<table:table-row><table:table-cell/>
<table:table-cell><office:annotation><text:p>Kept dry?</text:p></office:annotation>
<text:p>Rope</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="0.5"><text:p>50%</text:p>
</table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2024-03-01T00:00:00">
<text:p>1 March 24</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell/>
<table:table-cell table:number-columns-repeated="3"><text:p>n/a</text:p></table:table-cell>
</table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>
</table:table>
<table:table table:name="Old" table:style-name="ta2"><table:table-row><table:table-cell>
<text:p>not to be seen</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""
ODS_META: Final = """<office:document-meta
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Stores</dc:title>
<dc:creator>Per Holt</dc:creator><dc:date>2024-03-02T10:00:00</dc:date>
<dc:language>en-GB</dc:language></office:meta></office:document-meta>"""


def _stock() -> bytes:
    """Make repeated rows and cells, merged ones, a comment, and a sheet that is not displayed."""
    buffer = io.BytesIO()
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": ODS,
        "meta.xml": ODS_META,
    }
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def _harbour() -> bytes:
    """Make slides with a comparison, a table, a chart, a group, notes, a footer; one hidden."""
    deck = Presentation()
    deck.core_properties.title = "PowerPoint Presentation"
    deck.core_properties.author = "Ines Vogel"
    deck.core_properties.created = deck.core_properties.modified = WRITTEN
    opening = deck.slides.add_slide(deck.slide_layouts[0])
    opening.shapes.title.text = "Harbour\vreview"
    opening.placeholders[1].text = "May 2024"
    opening.notes_slide.notes_text_frame.text = "Greet the council first."
    pair = deck.slides.add_slide(deck.slide_layouts[4])
    pair.shapes.title.text = "Dredge or wait?"
    for index, text in enumerate(["Dredge", "Costs $2m\nDone by June", "Wait", "Free"], start=1):
        pair.placeholders[index].text = text
    figures = deck.slides.add_slide(deck.slide_layouts[6])
    box = figures.shapes.add_textbox(Inches(1), Inches(0.3), Inches(3), Inches(0.5))
    box.text_frame.text = "Berths in figures"
    group = figures.shapes.add_group_shape()
    for left, text in ((3, "right half"), (1, "left half")):
        half = group.shapes.add_textbox(Inches(left), Inches(6), Inches(1), Inches(0.5))
        half.text_frame.text = text
    table = figures.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(6), Inches(1)).table
    rows = [["Berth", "Ships", ""], ["", "2023", "2024"], ["North", "310", "295"]]
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    data = CategoryChartData(number_format="0.0")  # type: ignore[no-untyped-call]
    data.categories = ["North", "South"]
    data.add_series("Depth in metres", (9.5, 7.25))  # type: ignore[no-untyped-call]
    place = (Inches(1), Inches(3), Inches(4), Inches(2))
    chart = figures.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Depth of the berths"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "Spare slide"
    hidden._element.set("show", "0")
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    make_all()
