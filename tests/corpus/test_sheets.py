"""Spreadsheets: their text with the address of each cell, and their tables."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus.formats.spreadsheets.sheets
import corpus.formats.zipped
from corpus import Metadata
from corpus.errors import LoadError
from corpus.formats import parse
from corpus.formats.spreadsheets.sheet_blocks import SheetCell
from corpus.formats.spreadsheets.sheets import Sheet, write_sheets
from corpus.subject import subject_of
from corpus.types import Document, Span, Table, column_letters

SAMPLES = Path(__file__).parents[1] / "data" / "loaders"
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")

Grid = dict[tuple[int, int], str]


def sample(name: str) -> Document:
    return parse((SAMPLES / name).read_bytes(), name)


def document(*rows: str, name: str = "S") -> Document:
    """Return a sheet: in each row cells that begin where the letters stand, ``.`` for none."""
    cells = [
        SheetCell(number, column, text)
        for number, row in enumerate(rows, start=1)
        for column, text in enumerate(row.split("|"), start=1)
        if text
    ]
    parsed = write_sheets([Sheet(name, cells)], "", Metadata())
    return Document("a.xlsx", "", "", "", parsed.text, tables=parsed.tables, places=parsed.places)


def texts(document: Document, spans: tuple[Span, ...]) -> list[str]:
    return [document.text[span.start : span.end] for span in spans]


def rows_of(document: Document, table: Table) -> list[tuple[list[str], list[str]]]:
    return [(texts(document, row.heads), texts(document, row.cells)) for row in table.rows]


def heads_of(document: Document, table: Table) -> list[list[str]]:
    return [texts(document, heads) for heads in table.columns]


def by_address(document: Document) -> dict[str, str]:
    """Return what stands at each address, found from the text alone."""
    found = {}
    for match in re.finditer(r"[^\t\n]+", document.text):
        found[document.place_of(match.start())] = match.group()
        assert document.place_of(match.end() - 1) == document.place_of(match.start())
    return found


words = st.text("abc123 %.", min_size=1).map(lambda t: " ".join(t.split())).filter(bool)
indices = st.integers(1, 12) | st.integers(1, 100)


@given(st.dictionaries(st.tuples(indices, indices), words, min_size=1, max_size=40))
def test_every_cell_has_its_own_address(grid: Grid) -> None:
    """Catches lost cells, gaps that shift what follows, and rows counted from the wrong one."""
    cells = [SheetCell(*place, grid[place]) for place in sorted(grid)]
    parsed = write_sheets([Sheet("S", cells)], "", Metadata())
    document = Document("a", "", "", "", parsed.text, places=parsed.places)
    assert by_address(document) == {"sheet S": "S"} | {
        f"sheet S, cell {column_letters(column)}{row}": text for (row, column), text in grid.items()
    }


@pytest.mark.parametrize(
    ("name", "found", "place"),
    [
        ("budget.xlsx", "Spending by", "sheet Budget, cell B2"),
        ("budget.xlsx", "$1,500", "sheet Budget, cell D6"),
        ("budget.xlsx", "2019-01", "sheet Budget, cell H7"),
        ("budget.xlsx", "26:30", "sheet Budget, cell C11"),
        ("budget.xlsx", "Why is", "sheet Budget, comment on C7"),
        ("budget.xlsx", "Spending, drawn", "sheet Budget"),
        ("budget.xlsx", "the last", "sheet Far away, cell XFD1048576"),
        ("rates.xls", "300", "sheet Rates, cell C5"),
        ("rates.xls", "Children", "sheet Rates, cell B7"),
        ("stock.ods", "50%", "sheet Stock, cell C4"),
        ("stock.ods", "Kept dry?", "sheet Stock, comment on B4"),
    ],
)
def test_a_cell_of_a_file_has_the_address_that_people_see(
    name: str, found: str, place: str
) -> None:
    """Catches leading empty rows and columns that a reader leaves out without a word."""
    document = sample(name)
    assert document.place_of(document.text.index(found)) == place


def test_tables_beside_each_other_are_read_one_after_the_other() -> None:
    """Catches a row of two tables quoted as one, and titles or units that are lost."""
    document = sample("budget.xlsx")
    spending, berths = document.tables[:2]
    assert texts(document, spending.caption) == ["Spending by office"]
    assert texts(document, spending.units) == ["(in thousands of dollars)"]
    assert heads_of(document, spending) == [["2023"], ["2024"], ["Change"]]
    assert rows_of(document, spending)[1] == (["Dredging"], ["$(40)", "$-", "-100.0%"])
    assert rows_of(document, berths) == [(["North"], ["2005-01-01"]), (["South"], ["2019-01"])]


def test_empty_columns_between_numbers_part_no_table() -> None:
    """Catches numbers that are cut off from the words that say what they are."""
    sheet = document("||2023||2024|2025", "Fees||10||20|30", "Rent||11||21|31")
    (table,) = sheet.tables
    assert heads_of(sheet, table) == [["2023"], ["2024"], ["2025"]]
    assert rows_of(sheet, table)[1] == (["Rent"], ["11", "21", "31"])


def test_tables_that_begin_in_different_rows_are_parted() -> None:
    """Catches one table made of two because both hold nothing but numbers."""
    sheet = document("a|b", "1|2", "3|4||c|d", "5|6||7|8", "9|10||11|12")
    assert [heads_of(sheet, table) for table in sheet.tables] == [[["b"]], [["d"]]]


def test_rows_below_an_empty_row_keep_their_heads() -> None:
    """Catches a total whose columns have lost their names, and heads taken from the first row."""
    sheet = document("Office|2023|2024", "East|1|2", "", "Total|3|4", "", "Post|2025", "Cook|5")
    first, second = sheet.tables
    assert rows_of(sheet, first)[1] == (["Total"], ["3", "4"])
    assert heads_of(sheet, second) == [["2025"]]


def test_a_total_below_two_tables_belongs_to_the_one_above_it() -> None:
    """Catches rows below a gap compared with the last table only, which stands beside."""
    sheet = document("Office|2023||Port|2024", "East|1||North|3", "", "Total|1||Total|3")
    assert [rows_of(sheet, table) for table in sheet.tables] == [
        [(["East"], ["1"]), (["Total"], ["1"])],
        [(["North"], ["3"]), (["Total"], ["3"])],
    ]


def test_a_workbook_is_not_called_after_its_first_sheet() -> None:
    """Catches every passage of a balance sheet searched as the income statement."""
    cells = [SheetCell(1, 1, "Cash"), SheetCell(1, 2, "5")]
    sheets = [Sheet(name, cells) for name in ("Income statement", "Balance sheet")]
    parsed = write_sheets(sheets, "", Metadata())
    for count, subject in ((1, "Income statement"), (2, "")):
        maps = (parsed.headings[:count], parsed.places)
        found = Document("a", "", "", "", parsed.text, headings=maps[0], places=maps[1])
        assert subject_of(found) == subject


def test_a_form_has_no_heads_of_columns() -> None:
    """Catches the first value of a form taken for what the others are: an age of Ada Lunt."""
    sheet = document("Name|Ada Lunt", "Age|42", "City|Leeds")
    assert heads_of(sheet, sheet.tables[0]) == [[]]
    assert rows_of(sheet, sheet.tables[0])[0] == (["Name"], ["Ada Lunt"])
    prices = document("Item|Price", "Tea|4", "Milk|5", "Rum|6", "Ale|none")
    assert heads_of(prices, prices.tables[0]) == [["Price"]]


def test_a_title_far_above_names_nothing() -> None:
    """Catches every line of text above taken for a caption."""
    sheet = document("Notes", "", "", "", "", "", "Office|2023", "East|1")
    assert sheet.tables[0].caption == ()


def test_hidden_sheets_are_left_out() -> None:
    """Catches text in an answer that nobody finds in the file."""
    for name in ("budget.xlsx", "rates.xls", "stock.ods"):
        assert "not to be seen" not in sample(name).text


def test_metadata_are_the_files_own() -> None:
    """Catches the program that wrote the file taken for its author."""
    assert sample("budget.xlsx").metadata == Metadata("Ines Vogel", "2024-05-17", "")
    assert sample("macros.xlsm").metadata == Metadata("", "2024-05-17", "")
    assert sample("stock.ods").metadata == Metadata("Per Holt", "2024-03-02", "en-GB")


def repack(changed: str, content: bytes, name: str = "budget.xlsx") -> bytes:
    """Return a sample with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / name) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == changed else old.read(part))
    return buffer.getvalue()


def test_of_a_thread_the_comments_are_read_and_not_their_replacement() -> None:
    """Catches "[Threaded comment] Your version of Excel allows you to read ..." quoted."""
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    with zipfile.ZipFile(SAMPLES / "budget.xlsx") as archive:
        entry = '<Relationship Id="t" Type="x/threadedComment" Target="/t.xml"/></Relationships>'
        linked = archive.read(rels).decode().replace("</Relationships>", entry)
    buffer = io.BytesIO(repack(rels, linked.encode()))
    with zipfile.ZipFile(buffer, "a") as archive:
        words = '<c ref="C7"><text>Shall we?</text></c><c ref="C7"><text>Yes.</text></c>'
        archive.writestr("t.xml", f"<ThreadedComments>{words}</ThreadedComments>")
    document = parse(buffer.getvalue(), "a.xlsx")
    assert "Why is this" not in document.text
    assert document.place_of(document.text.index("Yes.")) == "sheet Budget, comment on C7"


def test_rows_of_opendocument_are_found_however_they_are_grouped() -> None:
    """Catches rows that a person has folded, and marks of tabs and lines that glue words."""
    content = zipfile.ZipFile(SAMPLES / "stock.ods").read("content.xml").decode()
    start = content.index("<table:table-row><table:table-cell/>")
    end = content.index("</table:table-row>", start) + len("</table:table-row>")
    group = f"<table:table-row-group>{content[start:end]}</table:table-row-group>"
    folded = content[:start] + group + content[end:]
    folded = folded.replace("50%", "a<text:tab/>b<text:span>c</text:span><text:line-break/>d")
    document = parse(repack("content.xml", folded.encode(), "stock.ods"), "a.ods")
    assert document.place_of(document.text.index("a bc d")) == "sheet Stock, cell C4"


def sheet_part(*rows: str) -> bytes:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def test_cells_of_all_types_are_read() -> None:
    """Catches a type that another program writes: inline text, ISO dates, errors, no addresses."""
    cells = (
        '<c t="inlineStr"><is><r><t>rich</t></r><r><t> text</t></r></is></c>'
        '<c t="d"><v>2024-05-01T00:00:00</v></c><c t="e"><v>#DIV/0!</v></c>'
        '<c t="str"><v>a_x000D_b</v></c><c><v>1.50</v></c><c t="b"><v>0</v></c><c><f>A1</f></c>'
        '<c t="s"><v>999999</v></c><c s="777"><v>7</v></c><c><v>not a number</v></c>'
    )
    data = repack("xl/worksheets/sheet1.xml", sheet_part(f"<row>{cells}</row>"))
    line = "rich text\t2024-05-01\t#DIV/0!\ta b\t1.5\tFALSE\t\t\t7\tnot a number\n"
    assert parse(data, "a.xlsx").text.startswith(f"Budget\n{line}")


def locked_ods() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = "<file-entry><encryption-data/></file-entry>"
        archive.writestr("META-INF/manifest.xml", f"<manifest>{entry}</manifest>")
        archive.writestr("content.xml", "\0\1")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xlsx", ENCRYPTED, "the file is encrypted; remove the password"),
        ("a.xls", ENCRYPTED, "the file is encrypted; remove the password"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel's old format; save it as .xlsx"),
        ("a.xlsx", b"PK\x03\x04 and no more", "the Excel file is damaged: "),
        ("a.xls", b"<table><tr><td>1", "the Excel file is damaged or of another format: "),
        ("a.ods", b"PK\x03\x04 and no more", "the spreadsheet is damaged: "),
        ("a.xlsx", (SAMPLES / "stock.ods").read_bytes(), "the file is not an Excel workbook"),
        ("a.ods", (SAMPLES / "budget.xlsx").read_bytes(), "the file is not an OpenDocument"),
        ("a.ods", locked_ods(), "the file is encrypted; remove the password"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, message: str) -> None:
    """Catches a parser's own exception getting out, and one vague message for every cause."""
    with pytest.raises(LoadError, match=re.escape(message)):
        parse(data, name)


def test_absurd_sheets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a small file that fills the memory: cells that repeat, lines of nothing but tabs."""
    monkeypatch.setattr(corpus.formats.spreadsheets.sheets, "MOST_CELLS", 20)
    content = zipfile.ZipFile(SAMPLES / "stock.ods").read("content.xml")
    many = content.replace(b'rows-repeated="2"><table:table-cell/>', b'rows-repeated="999999">')
    with pytest.raises(LoadError, match="more than 20 filled cells"):
        parse(repack("content.xml", many, "stock.ods"), "a.ods")
    with pytest.raises(LoadError, match="more than 20 filled cells"):
        parse((SAMPLES / "budget.xlsx").read_bytes(), "a.xlsx")
    monkeypatch.setattr(corpus.formats.spreadsheets.sheets, "MOST_CHARACTERS", 100)
    with pytest.raises(LoadError, match="longer than 100 characters"):
        document(*(f"{'|' * i}x" for i in range(19)))


def test_a_part_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a limit that holds for parts read whole, and not for those read row by row."""
    monkeypatch.setattr(corpus.formats.zipped, "MOST_BYTES", 1 << 20)
    data = repack("xl/worksheets/sheet1.xml", b" " * (1 << 21))
    with pytest.raises(LoadError, match="unpacks to more than 1 MB"):
        parse(data, "a.xlsx")


def test_an_old_name_does_not_hide_a_new_workbook() -> None:
    """Catches an .xls refused because a program saved it in the new format."""
    data = (SAMPLES / "macros.xlsm").read_bytes()
    assert parse(data, "a.xls").text == parse(data, "a.xlsx").text


def test_what_the_file_calls_a_table_has_its_first_row_as_heads() -> None:
    """Catches heads that look like values: the years of a table that is declared as one."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["Port", "12", "13"], ["North", 1, 2], ["South", 3, 4]):
        sheet.append(row)
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="T", ref="A1:C3"))
    buffer = io.BytesIO()
    workbook.save(buffer)
    found = parse(buffer.getvalue(), "a.xlsx")
    assert heads_of(found, found.tables[0]) == [["12"], ["13"]]
