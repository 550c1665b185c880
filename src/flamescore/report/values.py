"""What a cell of a workbook is written as: text, a number, a date, a link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.report.links import mailto, tel
from flamescore.report.sheets import cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    Writer = Callable[[int, int, Any], object]

_MOST_TEXT: Final = 32_767
_MOST_LINKS: Final = 65_000
"""A sheet can have 65,530 links; past this many cells are plain text."""

_MOST_URL: Final = 2_000
_EXACT: Final = 2**53
_FIRST_YEAR: Final = 1900
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_LINKED: Final = {"email": mailto, "phone": tel}
"""Columns whose cells become links where they are what they seem; others do where they are a web address."""


@dataclass(frozen=True)
class Looks:
    """The formats of a workbook's cells."""

    header: Format
    text: Format
    quoted: Format
    link: Format
    instant: Format
    day: Format

    @classmethod
    def of(cls, book: Workbook) -> Looks:
        """Add them to a workbook. `quoted` keeps a cell text even when it is edited."""
        add = book.add_format
        return cls(
            header=add({"bold": True, "bg_color": "#F1F3F5", "bottom": 1, "valign": "top"}),
            text=add({"num_format": "@"}),
            quoted=add({"num_format": "@", "quote_prefix": True}),
            link=add({"num_format": "@", "font_color": "#1864AB", "underline": 1}),
            instant=add({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            day=add({"num_format": "yyyy-mm-dd", "align": "left"}),
        )

    def of_column(self, kinds: Kinds, name: str) -> Format | None:
        """Return how cells of a column look that nothing is written to: text ones stay text when typed in."""
        return self.text if kinds.frame.schema[name] == pl.String else None


@dataclass(frozen=True)
class Kinds:
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


def writers(sheet: Worksheet, kinds: Kinds, looks: Looks) -> list[Writer]:
    """Return what writes each column's cells: a function of row, column and value."""
    pen = _Pen(sheet, looks)
    return [pen.writer(name, kind) for name, kind in kinds.cells().schema.items()]


@dataclass
class _Pen:
    """Writes the cells of one sheet, and counts its links."""

    sheet: Worksheet
    looks: Looks
    links: int = 0

    def writer(self, name: str, kind: pl.DataType) -> Writer:
        if kind == pl.Boolean:
            return self.boolean
        if kind.is_numeric():
            return self.number
        if isinstance(kind, pl.Datetime | pl.Date):
            return partial(self.moment, self.looks.day if isinstance(kind, pl.Date) else self.looks.instant)
        return partial(self.text, _LINKED.get(name, _web))

    def boolean(self, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        self.sheet.write_boolean(row, column, value)

    def number(self, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        """Write a number; one that a spreadsheet can't hold exactly, or at all, as text."""
        if not isfinite(value) or (isinstance(value, int) and abs(value) > _EXACT):
            self.sheet.write_string(row, column, str(value), self.looks.text)
        else:
            self.sheet.write_number(row, column, value)

    def moment(self, look: Format, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        """Write a date as one; dates before 1900 are none to a spreadsheet, and become text."""
        if value.year < _FIRST_YEAR:
            self.sheet.write_string(row, column, str(value), self.looks.text)
        else:
            self.sheet.write_datetime(row, column, value, look)

    def text(self, link: Callable[[str], str | None], row: int, column: int, value: str) -> None:
        """Write text as text, and as a link where it is one."""
        text = cut(value, _MOST_TEXT)
        target = link(text) if self.links < _MOST_LINKS else None
        if target is not None and len(target) <= _MOST_URL:
            self.links += 1
            url = dialled(target, text) if target.startswith("tel:") else target
            self.sheet.write_url(row, column, url, self.looks.link, string=text)
        else:
            look = self.looks.quoted if text.startswith(_RISKY) else self.looks.text
            self.sheet.write_string(row, column, text, look)


def dialled(target: str, text: str) -> object:
    """Return a link that xlsxwriter knows no words for: it takes those with `mailto:` or `://` alone."""
    from xlsxwriter.url import Url, UrlTypes  # noqa: PLC0415 - an extra

    class Dialled(Url):  # type: ignore[misc]  # it has no types
        def _parse_url(self) -> None:
            self._link_type = UrlTypes.URL

    link = Dialled(target)
    link.text = text
    return link


def _web(text: str) -> str | None:
    return text if len(text) <= _MOST_URL and _URL.fullmatch(text) else None
