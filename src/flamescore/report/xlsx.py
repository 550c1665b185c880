"""Rows as an .xlsx workbook: a sheet of all, one an owner; nothing from the data becomes a formula."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.cells import fold, trim
from flamescore.errors import Problem, UsageError
from flamescore.report.sheets import ALL, sheet_names
from flamescore.report.values import Kinds, Looks, writers
from flamescore.tables import flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from flamescore.report.values import Writer

MOST_ROWS: Final = 1_048_576
"""Rows that a sheet can have, its header included."""

UNASSIGNED: Final = "Unassigned"
_NARROW, _WIDE, _LOOKED_AT = 6, 60, 500
_IN_MEMORY: Final = 20_000
"""Rows up to which a workbook is made in memory; with more each row goes to a temporary file."""

_SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": False,
}


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows, and what it is called; the name is made legal and unique later."""

    name: str
    rows: pl.DataFrame


def workbook(
    rows: pl.DataFrame,
    *,
    zone: ZoneInfo,
    made: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    further: Sequence[Sheet] = (),
) -> bytes:
    """Return a workbook: all rows, then those of each owner where there is an `owner`, then `further` sheets.

    Instants become local times of the zone, ids and phone numbers stay text, `flames` get bars. `headers` are
    what columns are called instead of their names. The same rows give the same bytes for the same `made`.

    Raises:
        UsageError: there are more rows than a sheet can have, or xlsxwriter is not installed.
    """
    library = _library()
    sheets = [Sheet(ALL, rows), *by_owner(rows), *further]
    for sheet in sheets:
        _check(sheet.rows.height)
    buffer = BytesIO()
    options = {**_SAFE, "constant_memory": rows.height > _IN_MEMORY}
    with library(buffer, options) as book:
        book.set_properties({"created": _naive(made)})
        looks = Looks.of(book)
        for sheet, name in zip(sheets, sheet_names([each.name for each in sheets]), strict=True):
            _fill(book.add_worksheet(name), sheet.rows.pipe(flat), looks, zone, headers or {})
    return buffer.getvalue()


def by_owner(rows: pl.DataFrame) -> Iterator[Sheet]:
    """Yield the rows of each owner by name, those without one last; spellings that compare equal are one."""
    if "owner" not in rows.columns or rows.is_empty():
        return
    owners = rows["owner"].cast(pl.String).fill_null("").to_list()
    keys = {owner: fold(owner) or fold(UNASSIGNED) for owner in dict.fromkeys(owners)}
    called: dict[str, str] = {fold(UNASSIGNED): UNASSIGNED}
    for owner, key in keys.items():
        called.setdefault(key, trim(owner))
    of = pl.Series("key", [keys[owner] for owner in owners], pl.String)
    for key in sorted(set(keys.values()), key=lambda each: (each == fold(UNASSIGNED), each)):
        yield Sheet(called[key], rows.filter(of == key))


def _fill(
    sheet: Worksheet, rows: pl.DataFrame, looks: Looks, zone: ZoneInfo, headers: Mapping[str, str]
) -> None:
    kinds = Kinds(rows, zone)
    cells = kinds.cells()
    titles = [headers.get(name, name) for name in rows.columns]
    for column, (name, title) in enumerate(zip(rows.columns, titles, strict=True)):
        sheet.set_column(column, column, _width(title, cells[name]), looks.of_column(kinds, name))
        sheet.write_string(0, column, title, looks.header)
    last = max(len(titles) - 1, 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, cells.height, last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{cells.height + 1}"})
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    _write(cells, writers(sheet, kinds, looks))
    if "flames" in rows.columns and cells.height:
        place = rows.columns.index("flames")
        sheet.conditional_format(1, place, cells.height, place, dict(_BARS))


_BARS: Final[dict[str, Any]] = {
    "type": "data_bar",
    "data_bar_2010": True,
    "bar_solid": True,
    "bar_color": "#F08C00",
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 5,
}


def _write(cells: pl.DataFrame, columns: Sequence[Writer]) -> None:
    """Write row by row, as a sheet that is streamed needs it."""
    for number, row in enumerate(cells.iter_rows(), 1):
        for column, value in enumerate(row):
            if value is not None:
                columns[column](number, column, value)


def _width(title: str, cells: pl.Series) -> int:
    """Return a width in characters that the header with its button, and the first cells, fit into."""
    longest = cells.head(_LOOKED_AT).cast(pl.String).str.len_chars().max()
    return min(max(len(title) + 4, int(str(longest or 0)) + 2, _NARROW), _WIDE)


def _check(rows: int) -> None:
    if rows >= MOST_ROWS:
        text = f"{rows:,} rows are too many for an .xlsx sheet, which holds {MOST_ROWS - 1:,} and a header."
        raise UsageError(Problem("U012", text, hint="Use --limit, or write .csv or .parquet."))


def _naive(made: datetime | None) -> datetime:
    """Return a time for the file's properties that does not change from one making to the next."""
    return (made or datetime(2000, 1, 1, tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)


def _library() -> type[Workbook]:
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra, and it takes time to import
    except ImportError:
        hint = "Run pip install 'flamescore[report]', or write .csv, .html or .md instead."
        text = "An .xlsx file needs the package xlsxwriter, which is not installed."
        raise UsageError(Problem("U013", text, hint=hint)) from None
    found: type[Workbook] = Workbook
    return found
