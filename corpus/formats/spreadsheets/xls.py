"""Excel before 2007: the cells, numbers without their formats."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from corpus.errors import LoadError
from corpus.formats.office.number_format import general
from corpus.formats.spreadsheets.sheet_blocks import SheetCell
from corpus.formats.spreadsheets.sheets import Sheet, check_count, write_sheets
from corpus.formats.spreadsheets.xlsx import parse_xlsx
from corpus.formats.zipped import ENCRYPTED, is_encrypted
from corpus.types import Metadata, Parsed

__all__ = ["parse_xls"]

ZIP_MAGIC = b"PK\x03\x04"

Value = int | float | str | bool | date | datetime | time | timedelta


def parse_xls(data: bytes) -> Parsed:
    """Return the sheets that are not hidden, as `write_sheets` lays them out.

    Raises:
        LoadError: the file is encrypted, damaged, no workbook or absurdly large.
    """
    if data.startswith(ZIP_MAGIC):
        return parse_xlsx(data)
    if is_encrypted(data):
        raise LoadError(ENCRYPTED)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return write_sheets(_sheets(workbook), "", Metadata())
    except PasswordError as error:
        raise LoadError(ENCRYPTED) from error
    except CalamineError as error:
        raise LoadError(f"the Excel file is damaged or of another format: {error}") from error


def _sheets(workbook: CalamineWorkbook) -> Iterator[Sheet]:
    count = 0
    for index, about in enumerate(workbook.sheets_metadata):
        if about.visible is SheetVisibleEnum.Visible:
            cells = _cells(workbook.get_sheet_by_index(index), count)
            count += len(cells)
            yield Sheet(" ".join(about.name.split()), cells)


def _cells(sheet: CalamineSheet, count: int) -> list[SheetCell]:
    """Return the cells of a sheet; there are ``count`` in those before it."""
    sizes = {
        first: (last[0] - first[0] + 1, last[1] - first[1] + 1)
        for first, last in sheet.merged_cell_ranges or ()
    }
    top, left = sheet.start or (0, 0)
    cells: list[SheetCell] = []
    for row, values in enumerate(sheet.to_python(), start=top):
        for column, value in enumerate(values, start=left):
            if text := _shown(value):
                cells.append(
                    SheetCell(row + 1, column + 1, text, *sizes.get((row, column), (1, 1)))
                )
        check_count(count + len(cells))
    return cells


def _shown(value: Value) -> str:
    """Return a value as text: dates as ISO 8601, lengths of time as hours and minutes."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return general(value)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    return value.isoformat("minutes") if isinstance(value, time) else value.isoformat()
