"""Spreadsheets (.xlsx, .xlsm, .xlsb, .xls, .ods): one sheet as CSV text.

Cells become the text that a CSV of the same table would have: a date is `2026-11-21`, a date with a time
`2026-11-21 10:00:00`, a time alone `10:05:00`, and a duration is in seconds. Whole numbers have no `.0`,
other numbers are the shortest text that parses back, and Booleans are `true` and `false`. What a spreadsheet
shows as `85%` is stored as 0.85, and stays so.
"""

from __future__ import annotations

import csv
import re
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final, TextIO

from msgspec import Struct

from flamescore.exports.tempfiles import copying
from flamescore.exports.zips import is_open_document
from flamescore.input_errors import EMPTY, UNREADABLE, fault
from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    Value = int | float | str | bool | time | date | datetime | timedelta

SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_DIGITS: Final = 15
"""Number of digits that a spreadsheet keeps; longer whole numbers were rounded."""

_DURATION: Final = re.compile(r"(-?)PT([0-9]+)H([0-9]+)M([0-9]+(?:\.[0-9]+)?)S")
_EXACT: Final = 10**MOST_DIGITS


class Sheet(Struct, frozen=True):
    """A sheet written as CSV: its name, its rows without the header, and the other sheets with cells."""

    name: str
    rows: int
    others: tuple[str, ...] = ()

    @property
    def warning(self) -> str | None:
        """Return a warning that other sheets with cells are left out (I116); None if there are none."""
        if not self.others:
            return None
        named = ", ".join(f'"{printable(each)}"' for each in self.others)
        are = "is" if len(self.others) == 1 else "are"
        return f'it is read from the sheet "{printable(self.name)}"; {named} {are} left out'


def sheet_as_csv(path: Path, to: Path, shown: str, sheet: str | None = None) -> Sheet:
    """Write a sheet as CSV: the named one, or else the first visible one. Blank rows are skipped.

    Every row has as many cells as the widest one. Errors are I004 (not a spreadsheet, password-protected, no
    such sheet) and I002 (the sheet has no cells).
    """
    import python_calamine as calamine  # noqa: PLC0415 - only for spreadsheets

    with _readable(shown), calamine.load_workbook(str(path)) as book:
        chosen = _chosen(book, sheet, shown)
        others = () if sheet is not None else tuple(_others(book, chosen))
        with copying(shown), to.open("w", encoding="utf-8", newline="") as target:
            rows = _write(book.get_sheet_by_name(chosen), target, shown, durations=is_open_document(path))
    return Sheet(chosen, rows - 1, others)


@contextmanager
def _readable(shown: str) -> Iterator[None]:
    """Turn any failure to read a spreadsheet into an error that names it."""
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415 - as above

    text, cure = f"`{shown}` is not a spreadsheet that can be read.", "Save it again."
    try:
        yield
    except PasswordError:
        raise fault(UNREADABLE, f"`{shown}` is encrypted.", "Save it without a password.") from None
    except (CalamineError, ValueError, OverflowError):
        raise fault(UNREADABLE, text, cure) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # every Rust library has its own class
            raise
        raise fault(UNREADABLE, text, cure) from None


def cell_text(value: Value) -> str:
    """Return the text of a cell; empty if it is missing.

    A whole number of 16 digits or more is written as `1.234567890123457e+16`. It parses as the same number,
    and as an id it is recognized as rounded by a spreadsheet (`rounded_id`).
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, timedelta):
        return _number(value.total_seconds())
    if isinstance(value, datetime):
        return _without_zeros(value.isoformat(" "))
    return _without_zeros(value.isoformat()) if isinstance(value, time) else value.isoformat()


def _number(value: float) -> str:
    if not isfinite(value):
        return ""
    if value != int(value):
        return repr(value)
    if abs(value) < _EXACT:
        return str(int(value))
    return format(Decimal(repr(value)).normalize(), "e")


def _duration(text: str) -> str:
    """Return `PT255H10M10S` in seconds, and any other text unchanged."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return text
    sign, hours, minutes, seconds = found.groups()
    return _number(float(f"{sign}1") * (int(hours) * 3600 + int(minutes) * 60 + float(seconds)))


def _without_zeros(text: str) -> str:
    """Strip trailing zeros from a fraction of a second."""
    return text.rstrip("0") if "." in text else text


def _chosen(book: CalamineWorkbook, sheet: str | None, shown: str) -> str:
    visible = _visible(book)
    if sheet is not None:
        if sheet in book.sheet_names:
            return sheet
        known = ", ".join(f'"{printable(each)}"' for each in book.sheet_names)
        raise fault(UNREADABLE, f'`{shown}` has no sheet "{printable(sheet)}".', f"It has {known}.")
    if not visible:
        raise fault(UNREADABLE, f"`{shown}` has no visible sheet.", "Name one: `sheet: Leads`.")
    return visible[0]


def _visible(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - as above

    return [
        each.name
        for each in book.sheets_metadata
        if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
    ]


def _others(book: CalamineWorkbook, chosen: str) -> Iterator[str]:
    """Yield the other visible sheets that have a cell."""
    for name in _visible(book):
        if name != chosen and any(True for _ in _rows(book.get_sheet_by_name(name))):
            yield name


def _write(sheet: CalamineSheet, target: TextIO, shown: str, *, durations: bool) -> int:
    """Write the rows of a sheet. For .ods files the library returns long `durations` as text."""
    writer = csv.writer(target, lineterminator="\n")
    written = 0
    for row in _rows(sheet):
        writer.writerow([_duration(each) for each in row] if durations else row)
        written += 1
    if not written:
        raise fault(EMPTY, f"`{shown}`: the sheet is empty.")
    return written


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[str]]:
    for row in sheet.iter_rows():
        texts = [cell_text(each) for each in row]
        if any(text.strip() for text in texts):
            yield texts
