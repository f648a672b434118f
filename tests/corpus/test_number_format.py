"""Numbers as spreadsheets show them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.office.number_format import BUILT_IN, EPOCH_1904, general, number_format

ACCOUNTING = '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, "General", "1234.5"),
        (1234.0, "", "1234"),
        (0.1 + 0.2, "General", "0.3"),
        (1e21, "General", "1E+21"),
        (1234.5, "0", "1235"),
        (2.675, "0.00", "2.68"),
        (1234567, "#,##0.00", "1,234,567.00"),
        (0.256, "0%", "26%"),
        (0.256, "0.0 %", "25.6 %"),
        (-1234.5, "$#,##0", "-$1,235"),
        (-1234, "#,##0_);[Red]\\(#,##0\\)", "(1,234)"),
        (1234, ACCOUNTING, "$1,234"),
        (-1234, ACCOUNTING, "$(1,234)"),
        (0, ACCOUNTING, "$-"),
        (1234567, '0.0,,"M"', "1.2M"),
        (7, '0 "kg; net"', "7 kg; net"),
        (0.5, "0.##", "0.5"),
        (3, "0.##", "3"),
        (12, "00000", "00012"),
        (1234.5, "#,##0.00\\ [$€-407]", "1,234.50 €"),
        (12345, "0.00E+00", "1.23E+04"),
        (-5, "0;;", ""),
        (1, ";;;", ""),
    ],
)
def test_a_number_stands_as_it_is_shown(value: float, code: str, shown: str) -> None:
    """Catches binary rounding, a lost sign or percent, literals taken for digits."""
    assert number_format(code).show(value) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (45000, "mm-dd-yy", "2023-03-15"),
        (45000, "[$-409]d\\-mmm\\-yy;@", "2023-03-15"),
        (45000, "mmm-yy", "2023-03"),
        (45000, "yyyy", "2023"),
        (45000, "d-mmm", "2023-03-15"),
        (45000, "mmmm", "2023-03-15"),
        (45000.52, "m/d/yy h:mm", "2023-03-15 12:28"),
        (0.5, "h:mm AM/PM", "12:00"),
        (45000.9999999, "h:mm:ss", "00:00:00"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.01, "[mm]:ss", "14:24"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (1e9, "yyyy-mm-dd", "1000000000"),
    ],
)
def test_a_date_stands_after_iso_8601(value: float, code: str, shown: str) -> None:
    """Catches minutes taken for months, days that are not shown, and the 29 February 1900."""
    assert number_format(code).show(value) == shown


def test_dates_may_be_counted_from_1904() -> None:
    """Catches dates four years off in workbooks that were made on old Macs."""
    assert number_format("yyyy-mm-dd").show(0, EPOCH_1904) == "1904-01-01"


@pytest.mark.parametrize("code", ["# ?/?", "[>100]0;0.0", "000-00-0000", "##0.0E+0", "@"])
def test_a_code_out_of_the_ordinary_leaves_the_number_as_it_is(code: str) -> None:
    """Catches half a pattern applied: 1.5 as ``2/``."""
    assert number_format(code).show(1.5) == "1.5"


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?,.%;E+-ymdhs[]"\\_* $@a/'))
def test_any_number_is_shown_in_any_code(value: float, code: str) -> None:
    """Catches a crash on a code that no program wrote."""
    assert "\n" not in number_format(code).show(value)


@given(st.floats(-1e14, 1e14))
def test_no_digit_that_a_spreadsheet_keeps_is_lost(value: float) -> None:
    """Catches numbers cut to the width of a column."""
    assert math.isclose(float(general(value)), value, rel_tol=1e-14, abs_tol=1e-300)


def test_the_built_in_codes_are_read() -> None:
    """Catches a code that falls back to the plain number because of a slip in the table."""
    shown = {number: number_format(code).show(1234.567) for number, code in BUILT_IN.items()}
    assert [number for number, text in shown.items() if text == "1234.567"] == []
