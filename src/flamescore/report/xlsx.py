"""Rows as an .xlsx workbook: one sheet of all, one per owner; nothing from the data becomes a formula.

The layout of call lists is in `call_sheets`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import fold, trim
from flamescore.errors import Problem, UsageError
from flamescore.report.links import mailto, tel
from flamescore.report.words import UNASSIGNED
from flamescore.tables import flat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    Writer = Callable[[int, int, Any], object]

MOST_ROWS: Final = 1_048_576
"""The maximum number of rows of a sheet, including its header."""

_NARROW, _WIDE, _LOOKED_AT = 6, 60, 500
_IN_MEMORY: Final = 20_000
"""Rows up to which a workbook is made in memory; with more, each row is written to a temporary file."""

_SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": False,
}


class Sheet(Struct, frozen=True):
    """A sheet's rows and its name, which is made legal and unique later."""

    name: str
    rows: pl.DataFrame


def workbook(rows: pl.DataFrame, *, zone: ZoneInfo) -> bytes:
    """Return a plain workbook: all rows, then the rows of each owner if there is an `owner` column.

    Instants become local times of the zone, ids and phone numbers stay text, `flames` get bars. The same rows
    give the same bytes.

    Raises:
        UsageError: there are more rows than a sheet can have, or xlsxwriter is not installed.
    """
    return made([Sheet(ALL, rows), *by_owner(rows)], lambda book: partial(_fill, zone, Formats.of(book)))


def made(
    sheets: Sequence[Sheet],
    filler: Callable[[Workbook], Callable[[Worksheet, pl.DataFrame], None]],
    *,
    at: datetime | None = None,
) -> bytes:
    """Return a workbook of sheets, each laid out by the function that `filler` returns for the new book.

    `at` is the creation time stored in the file. Raises the same errors as `workbook`.
    """
    library = _library()
    for sheet in sheets:
        _check(sheet.rows.height)
    buffer = BytesIO()
    options = {**_SAFE, "constant_memory": max(sheet.rows.height for sheet in sheets) > _IN_MEMORY}
    with library(buffer, options) as book:
        book.set_properties({"created": _naive(at)})
        fill = filler(book)
        for sheet, name in zip(sheets, sheet_names([each.name for each in sheets]), strict=True):
            fill(book.add_worksheet(name), sheet.rows.pipe(flat))
    return buffer.getvalue()


def by_owner(rows: pl.DataFrame) -> Iterator[Sheet]:
    """Yield the rows of each owner by name, rows without one last; spellings that compare equal are merged.

    For a routed lead, the rep counts as its owner.
    """
    if "owner" not in rows.columns or rows.is_empty():
        return
    reps = ("routed_to",) if "routed_to" in rows.columns else ()
    called_by = pl.coalesce(*reps, pl.col("owner").cast(pl.String), pl.lit(""))
    owners = rows.select(called_by.alias("owner")).to_series().to_list()
    keys = {owner: fold(owner) or fold(UNASSIGNED) for owner in dict.fromkeys(owners)}
    called: dict[str, str] = {fold(UNASSIGNED): UNASSIGNED}
    for owner, key in keys.items():
        called.setdefault(key, trim(owner))
    of = pl.Series("key", [keys[owner] for owner in owners], pl.String)
    for key in sorted(set(keys.values()), key=lambda each: (each == fold(UNASSIGNED), each)):
        yield Sheet(called[key], rows.filter(of == key))


def _fill(zone: ZoneInfo, formats: Formats, sheet: Worksheet, rows: pl.DataFrame) -> None:
    sheet_rows = SheetRows(rows, zone)
    cells = sheet_rows.cells()
    for column, name in enumerate(rows.columns):
        width = width_of(name, cells[name], _WIDE)
        sheet.set_column(column, column, width, formats.of_column(sheet_rows, name))
        sheet.write_string(0, column, name, formats.header)
    last = max(rows.width - 1, 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, cells.height, last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{cells.height + 1}"})
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    cell = CellWriter(sheet)
    _write(cells, [cell.writer(name, kind, formats) for name, kind in cells.schema.items()])
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
    """Write row by row, as streaming requires."""
    for number, row in enumerate(cells.iter_rows(), 1):
        for column, value in enumerate(row):
            if value is not None:
                columns[column](number, column, value)


def width_of(title: str, cells: pl.Series, widest: int) -> int:
    """Return a width in characters that fits the header with its button, and the first cells."""
    longest = cells.head(_LOOKED_AT).cast(pl.String).str.len_chars().max()
    return min(max(len(title) + 4, int(str(longest or 0)) + 2, _NARROW), widest)


def _check(rows: int) -> None:
    if rows >= MOST_ROWS:
        text = (
            f"{rows:,} rows are too many for an .xlsx sheet: it has room for {MOST_ROWS - 1:,} and a header."
        )
        raise UsageError(Problem("U012", text, hint="Use --limit, or write .csv or .parquet."))


def _naive(made: datetime | None) -> datetime:
    """Return a creation time for the file's properties that is the same each time the file is made."""
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


# --- legal names of sheets


ALL: Final = "All"
_MOST: Final = 31
_ILLEGAL: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RESERVED: Final = "history"


def sheet_names(names: Iterable[str]) -> list[str]:
    r"""Return each name without `[]:*?/\` and control characters, cut to 31, made unique with ` (2)`."""
    taken: set[str] = {_RESERVED}
    return [_unique(_legal(name), taken) for name in names]


def _legal(name: str) -> str:
    return " ".join(_ILLEGAL.sub(" ", name).split()).strip("'").strip() or "-"


def _unique(name: str, taken: set[str]) -> str:
    found, number = cut(name, _MOST).rstrip("' "), 1
    while found.casefold() in taken:
        number += 1
        tail = f" ({number})"
        found = cut(name, _MOST - len(tail)).rstrip("' ") + tail
    taken.add(found.casefold())
    return found


def cut(text: str, most: int) -> str:
    """Truncate a text to `most` UTF-16 units, as spreadsheets count characters, without splitting any."""
    if len(text) * 2 <= most:
        return text
    return text.encode("utf-16-le", "replace")[: most * 2].decode("utf-16-le", "ignore")


# --- how a cell is written: as text, a number, a date, a link


_MOST_TEXT: Final = 32_767
_MOST_LINKS: Final = 65_000
"""A sheet can have 65,530 links; cells beyond this many are plain text."""

_MOST_URL: Final = 2_000
_EXACT: Final = 2**53
_FIRST_YEAR: Final = 1900
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_LINKED: Final = {"email": mailto, "phone": tel}
"""Columns whose valid cells become links; cells of other columns do if they are a web address."""


class Formats(Struct, frozen=True):
    """The formats of a workbook's cells, or of one of its columns. `quoted` keeps a cell text when edited."""

    header: Format
    text: Format
    quoted: Format
    link: Format
    instant: Format
    day: Format
    number: Format | None = None

    @classmethod
    def of(cls, book: Workbook) -> Formats:
        """Add plain formats to a workbook."""
        add = book.add_format
        return cls(
            header=add({"bold": True, "bg_color": "#F1F3F5", "bottom": 1, "valign": "top"}),
            text=add({"num_format": "@"}),
            quoted=add({"num_format": "@", "quote_prefix": True}),
            link=add({"num_format": "@", **LINK}),
            instant=add({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            day=add({"num_format": "yyyy-mm-dd", "align": "left"}),
        )

    def of_column(self, sheet_rows: SheetRows, name: str) -> Format | None:
        """Return the format of a column's empty cells: what is typed into text columns stays text."""
        return self.text if sheet_rows.frame.schema[name] == pl.String else None


LINK: Final = {"font_color": "#1864AB", "underline": 1}


class SheetRows(Struct, frozen=True):
    """Rows, and how each of their columns is written."""

    frame: pl.DataFrame
    zone: ZoneInfo

    def cells(self) -> pl.DataFrame:
        """Return the values as they are written: naive local times, percentiles rounded down."""
        return self.frame.with_columns(
            self._local(name, kind) for name, kind in self.frame.schema.items()
        ).with_columns(
            pl.col(name).floor()
            for name in ("percentile",)
            if name in self.frame.columns and self._number(name)
        )

    def _number(self, name: str) -> bool:
        return self.frame.schema[name].is_numeric()

    def _local(self, name: str, kind: pl.DataType) -> pl.Expr:
        if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
            return pl.col(name).dt.convert_time_zone(self.zone.key).dt.replace_time_zone(None)
        if kind.is_numeric() or kind.is_temporal() or kind in (pl.Boolean, pl.String):
            return pl.col(name)
        return pl.col(name).cast(pl.String)


class CellWriter(Struct):
    """Writes the cells of one sheet, and counts its links."""

    sheet: Worksheet
    links: int = 0

    def writer(self, name: str, kind: pl.DataType, formats: Formats) -> Writer:
        """Return the function that writes a column's cells: it takes row, column and value."""
        if kind == pl.Boolean:
            return self.boolean
        if kind.is_numeric():
            return partial(self.number, formats)
        if isinstance(kind, pl.Datetime | pl.Date):
            look = formats.day if isinstance(kind, pl.Date) else formats.instant
            return partial(self.moment, formats, look)
        return partial(self.text, formats, _LINKED.get(name, _web))

    def boolean(self, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        """Write TRUE or FALSE."""
        self.sheet.write_boolean(row, column, value)

    def number(self, formats: Formats, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        """Write a number; as text if a spreadsheet can't store it exactly, or at all."""
        if not isfinite(value) or (isinstance(value, int) and abs(value) > _EXACT):
            self.sheet.write_string(row, column, str(value), formats.text)
        else:
            self.sheet.write_number(row, column, value, formats.number)

    def moment(self, formats: Formats, look: Format, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        """Write a date; as text before 1900, because spreadsheets have no earlier dates."""
        if value.year < _FIRST_YEAR:
            self.sheet.write_string(row, column, str(value), formats.text)
        else:
            self.sheet.write_datetime(row, column, value, look)

    def text(
        self, formats: Formats, link: Callable[[str], str | None], row: int, column: int, value: str
    ) -> None:
        """Write text as text, or as a link if it is one."""
        text = cut(value, _MOST_TEXT)
        target = link(text) if self.links < _MOST_LINKS else None
        if target is not None and len(target) <= _MOST_URL:
            self.links += 1
            url = dialled(target, text) if target.startswith("tel:") else target
            self.sheet.write_url(row, column, url, formats.link, string=text)
        else:
            look = formats.quoted if text.startswith(_RISKY) else formats.text
            self.sheet.write_string(row, column, text, look)


def dialled(target: str, text: str) -> object:
    """Return a link of a kind that xlsxwriter doesn't support; it accepts only `mailto:` and `://`."""
    from xlsxwriter.url import Url, UrlTypes  # noqa: PLC0415 - an extra

    class Dialled(Url):  # type: ignore[misc]  # xlsxwriter has no types
        def _parse_url(self) -> None:
            self._link_type = UrlTypes.URL

    link = Dialled(target)
    link.text = text
    return link


def _web(text: str) -> str | None:
    return text if len(text) <= _MOST_URL and _URL.fullmatch(text) else None
