"""Dates in columns other than `at`: their cells as ISO text, in addition to the cells themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.exports.format_readings import readings
from flamescore.exports.number_columns import as_written, number_format
from flamescore.exports.times import TimeFormat
from flamescore.frames import ISO_SUFFIX
from flamescore.project import EPOCHS, EXCEL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from flamescore.exports.format_readings import FormatReading
    from flamescore.exports.plan import Plan
    from flamescore.exports.seen_days import SeenDays
    from flamescore.number_format import NumberFormat

_HOURS: Final = re.compile(r"%[-_0]?[HITRrkM]")
_NAIVE: Final = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*$"


def iso_columns(
    names: frozenset[str], plan: Plan, zone: ZoneInfo, seen: SeenDays | None = None
) -> Iterator[pl.Expr]:
    """Yield the companions of a file's columns: ISO text, named after the column with `ISO_SUFFIX`.

    A cell that fits no declared format is unchanged; a naive time is converted to UTC if the source's time
    zone differs from `zone`, the rule file's. `seen` records the days that declared formats read.
    """
    source = plan.source
    shifted = source.timezone is not None and source.timezone.key != zone.key
    for name in plan.names:
        formats = formats_of(name, plan)
        if name in names and (formats or shifted):
            numbers = number_format(name, plan)
            days = None if seen is None else seen.of(name)
            reader = IsoText(source.timezone or zone, formats, shifted=shifted, numbers=numbers, seen=days)
            cells = plan.column(name) if numbers is None else as_written(name, plan, numbers)
            yield cells.map_batches(reader, return_dtype=pl.String(), is_elementwise=True).alias(
                name + ISO_SUFFIX
            )


def formats_of(name: str, *plans: Plan) -> tuple[str, ...]:
    """Return the date formats declared for a column, by its name or by its only header."""
    for plan in plans:
        headers, dates = plan.headers.get(name, ()), plan.source.dates
        found = dates.get(name, ()) or dates.get(headers[0] if len(headers) == 1 else name, ())
        if found:
            return found
    return ()


@dataclass(frozen=True, slots=True)
class IsoText:
    """A function that writes cells as ISO text."""

    zone: ZoneInfo
    formats: tuple[str, ...]
    shifted: bool
    numbers: NumberFormat | None = None
    seen: SeenDays | None = field(default=None, compare=False)

    def __call__(self, cells: pl.Series) -> pl.Series:
        """Return the cells of a String column as ISO text, or unchanged."""
        out = pl.repeat(None, len(cells), dtype=pl.String(), eager=True)
        for form in self.formats:
            out = out.zip_with(out.is_not_null(), self._read(cells, form))
        if self.shifted:
            naive = (
                cells.to_frame("c").select(pl.when(pl.col("c").str.contains(_NAIVE)).then("c")).to_series()
            )
            out = out.zip_with(out.is_not_null(), _instants(TimeFormat(self.zone).read(naive).at))
        return out.zip_with(out.is_not_null(), cells).rename(cells.name)

    def _read(self, cells: pl.Series, form: str) -> pl.Series:
        if form in (*EPOCHS, EXCEL) or _HOURS.search(form):
            return _instants(TimeFormat(self.zone, (form,), self.numbers, self.seen).declared(cells).at)
        days = (_days(cells, way) for way in readings(form))
        read = next(days)
        for more in days:
            read = read.zip_with(read.is_not_null(), more)
        if self.seen is not None:
            self.seen.see(form, read)
        return read.dt.strftime("%Y-%m-%d")


def _days(cells: pl.Series, way: FormatReading) -> pl.Series:
    return cells.str.strip_chars().str.to_date(way.form, strict=False)


def _instants(at: pl.Series) -> pl.Series:
    return at.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
