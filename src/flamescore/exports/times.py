"""Parse cells to instants: declared formats, ISO 8601, epochs; naive local times in their zone.

The result depends on the cell alone, so neither batches nor the order of rows change it. A column is read
lazily: cells of its usual shape (that of the file's first time) are parsed natively, and only the others by
`TimeFormat`. The shape affects only the speed. Whatever the native path parses, `TimeFormat` parses to the
same result, and all that it leaves (other shapes, hours that the clock repeats or skips) goes to
`TimeFormat`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.cells import in_years
from flamescore.exports.format_readings import ISO, readings
from flamescore.exports.swapped_dates import twin
from flamescore.frames import INSTANT
from flamescore.project import EPOCHS, EXCEL
from flamescore.units import from_local

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flamescore.exports.format_readings import FormatReading
    from flamescore.exports.seen_days import SeenDays
    from flamescore.number_format import NumberFormat

MICRO: Final = 1_000_000
REPEATED, SKIPPED, LOSSY, NUMBERED, UNREAD = 1, 2, 4, 8, 16
"""Flags of a reading: in a repeated hour, in a skipped hour, lost precision, any epoch, not parsed."""

UTC_ZONE: Final = ZoneInfo("UTC")
UTC_KEYS: Final = ("UTC", "Etc/UTC")
FIRST, LAST = -62_135_596_800, 253_402_300_799
FIRST_OF_FORMATS: Final = -30_610_224_000
"""`%Y` reads 26 as the year 26, so what a declared format parses as before the year 1000 does not fit."""
_D, _T = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_NAIVE: Final = pl.Datetime("us")
_PER_SECOND: Final = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
_WHOLE: Final = r"^[+-]?[0-9]{1,18}(?:\.[0-9]*)?$"
_ROUNDED: Final = r"^[+-]?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}$"
_SERIAL: Final = r"^[0-9]{1,7}(?:\.[0-9]*)?$"
_EXCEL_ZERO: Final = -2_209_161_600
_DAYS: Final = 2_958_466
_UTC: Final = r" ?(?:[Zz]|UTC|GMT)$"


class Reading(Struct, frozen=True):
    """Instants (null where a cell is missing or does not parse), and the flags of each (UInt8)."""

    at: pl.Series
    flags: pl.Series


class Shape(Struct, frozen=True):
    """A common way to write a time: its pattern, its format, and whether it is in UTC."""

    pattern: str
    format: str
    length: int
    utc: bool


SHAPES: Final = tuple(
    Shape(pattern, form, length, utc)
    for pattern, form, length, utc in (
        (rf"{_D}T{_T}(?:[.,][0-9]+)?{_UTC}", "%Y-%m-%dT%H:%M:%S", 19, True),
        (rf"{_D} {_T}(?:[.,][0-9]+)?{_UTC}", "%Y-%m-%d %H:%M:%S", 19, True),
        (rf"{_D} {_T}(?:[.,][0-9]+)?$", "%Y-%m-%d %H:%M:%S", 19, False),
        (rf"{_D}T{_T}(?:[.,][0-9]+)?$", "%Y-%m-%dT%H:%M:%S", 19, False),
        (rf"{_D}$", "%Y-%m-%d", 10, False),
    )
)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How the times of a source are written, and their zone: in formats, in order, or else in ISO 8601.

    Without a format, epochs are parsed as well.
    """

    zone: ZoneInfo
    formats: tuple[str, ...] = ()
    numbers: NumberFormat | None = None
    """The format of epochs and serial numbers; None if they are plain."""

    seen: SeenDays | None = field(default=None, compare=False)
    """Collects the days that declared formats parse."""

    def read(self, cells: pl.Series) -> Reading:
        """Parse the cells of a column of any type as UTC, to the second (fractions are rounded down)."""
        if cells.dtype == pl.String:
            return self._texts(cells)
        if cells.dtype == pl.Null:
            return _nothing(len(cells))
        if isinstance(cells.dtype, pl.Date | pl.Datetime):
            cells = cells.to_frame("at").select(in_years(pl.col("at"), cells.dtype)).to_series()
        if cells.dtype == pl.Date:
            return self.local(cells.cast(_NAIVE))
        if isinstance(cells.dtype, pl.Datetime):
            exact = cells.cast(pl.Datetime("us", cells.dtype.time_zone))
            return (
                self.local(exact) if cells.dtype.time_zone is None else _plain(exact.to_physical() // MICRO)
            )
        if cells.dtype.is_numeric():
            return self._numbers(cells)
        return self._texts(cells.cast(pl.String, strict=False))

    def local(self, naive: pl.Series) -> Reading:
        """Convert naive local times of the zone; repeated ones are the earlier, skipped ones move forward."""
        if self.zone.key in UTC_KEYS:
            return _plain(naive.to_physical() // MICRO)
        utc = naive.dt.replace_time_zone(self.zone.key, ambiguous="null", non_existent="null")
        seconds = utc.to_physical() // MICRO
        odd = (utc.is_null() & naive.is_not_null()).arg_true()
        if not len(odd):
            return _plain(seconds)
        flags = pl.zeros(len(naive), pl.UInt8, eager=True)
        cases = {each: _odd_hour(each, self.zone) for each in naive.gather(odd).unique().drop_nulls()}
        found = [cases[each] for each in naive.gather(odd)]
        seconds = seconds.scatter(odd, pl.Series([case[0] for case in found], dtype=pl.Int64))
        flags = flags.scatter(odd, pl.Series([case[1] for case in found], dtype=pl.UInt8))
        return Reading(_instants(seconds), flags)

    def _texts(self, cells: pl.Series) -> Reading:
        if self.formats:
            return _in_turn(cells, [self.declared, self.iso])
        return _in_turn(cells, [self._shaped, self.iso, lambda rest: _digits(self._plainly(rest), None)])

    def declared(self, cells: pl.Series) -> Reading:
        """Parse cells of a String column with only the formats."""
        return _in_turn(cells, [self._way(form) for form in self.formats])

    def _numbers(self, cells: pl.Series) -> Reading:
        if EXCEL in self.formats:
            return self.local(_serials(cells.cast(pl.String)))
        unit = next((form for form in self.formats if form in EPOCHS), None)
        whole = (cells.floor() if cells.dtype.is_float() else cells).cast(pl.Int64, strict=False)
        if self.formats and unit is None:
            return self._texts(whole.cast(pl.String))
        seconds = whole.to_frame("n").select(epoch_seconds(pl.col("n"), unit)).to_series()
        return Reading(_instants(seconds), pl.repeat(NUMBERED, len(cells), dtype=pl.UInt8, eager=True))

    def _way(self, form: str) -> Callable[[pl.Series], Reading]:
        if form in EPOCHS:
            return lambda rest: _digits(self._plainly(rest), form)
        if form == EXCEL:
            return lambda rest: self.local(_serials(self._plainly(rest)))
        ways = readings(form)
        return lambda rest: _in_turn(rest, [partial(self._formatted, way=way, form=form) for way in ways])

    def _plainly(self, cells: pl.Series) -> pl.Series:
        if self.numbers is None:
            return cells
        return cells.to_frame("cell").select(self.numbers.plain(pl.col("cell"))).to_series()

    def _formatted(self, cells: pl.Series, way: FormatReading, form: str) -> Reading:
        read = way.read(cells)
        if self.seen is not None and self.seen.wants(form):
            written = way.as_written(cells, read)
            if written is not None:
                self.seen.see(form, written)
        early = read.to_physical() < FIRST_OF_FORMATS * MICRO
        if early.any():
            read = read.to_frame("at").select(pl.when(~early).then("at")).to_series()
        zoned = isinstance(read.dtype, pl.Datetime) and read.dtype.time_zone is not None
        return _plain(read.to_physical() // MICRO) if zoned else self.local(read)

    def _shaped(self, cells: pl.Series) -> Reading:
        """Parse the cells that have the shape of the first one."""
        first = cells.drop_nulls().head(1)
        shape = next((each for each in SHAPES if first.str.contains(each.pattern).any()), None)
        if shape is None:
            return _nothing(len(cells))
        fits = cells.str.contains(shape.pattern)
        texts = cells if fits.all() else cells.to_frame("cell").select(pl.when(fits).then("cell")).to_series()
        naive = texts.str.head(shape.length).str.to_datetime(
            shape.format, strict=False, time_unit="us", cache=False
        )
        return _plain(naive.to_physical() // MICRO) if shape.utc else self.local(naive)

    def iso(self, cells: pl.Series) -> Reading:
        """Parse any extended ISO 8601 notation, and its variants in exports (`format_readings.ISO`)."""
        trimmed = cells.str.strip_chars().to_frame("cell")
        days = trimmed.select(pl.when(pl.col("cell").str.contains(rf"{_D}$")).then("cell")).to_series()
        parts = trimmed.select(pl.col("cell").str.extract_groups(ISO)).unnest("cell")
        clock = pl.format("{} {}{}", "day", "time", pl.col("second").fill_null(":00"))
        minutes = pl.col("minutes").fill_null("0").cast(pl.Int64)
        shift = (pl.col("hours").cast(pl.Int64) * 3600 + minutes * 60) * (
            pl.when(pl.col("sign") == "-").then(-1).otherwise(1)
        )
        read = parts.select(
            naive=clock.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us"),
            shift=pl.when(pl.col("utc").is_not_null()).then(0).otherwise(shift),
        )
        zoned = _plain(read["naive"].to_physical() // MICRO - read["shift"])
        midnight = days.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
        naive = (
            read.select(pl.when(pl.col("shift").is_null()).then("naive"))
            .to_series()
            .zip_with(midnight.is_null(), midnight)
        )
        local = self.local(naive)
        return Reading(local.at.zip_with(zoned.at.is_null(), zoned.at), local.flags)


def _in_turn(cells: pl.Series, ways: list[Callable[[pl.Series], Reading]]) -> Reading:
    """Parse with each way in turn the cells that the ones before could not."""
    reading = ways[0](cells)
    at, flags = reading.at, reading.flags
    for way in ways[1:]:
        left = (at.is_null() & cells.is_not_null()).arg_true()
        if not len(left):
            break
        more = way(cells.gather(left))
        at, flags = at.scatter(left, more.at), flags.scatter(left, more.flags)
    return Reading(at, flags)


def _odd_hour(local: datetime, zone: ZoneInfo) -> tuple[int, int]:
    at = from_local(local, zone)
    skipped = at.astimezone(zone).replace(tzinfo=None) != local
    return int(at.timestamp()), SKIPPED if skipped else REPEATED


def _nothing(length: int) -> Reading:
    return _plain(pl.repeat(None, length, dtype=pl.Int64, eager=True))


def _plain(seconds: pl.Series) -> Reading:
    return Reading(_instants(seconds), pl.zeros(len(seconds), pl.UInt8, eager=True))


def _instants(seconds: pl.Series) -> pl.Series:
    """Convert whole seconds to instants; those outside the years 1 to 9999 are null."""
    inside = pl.col("s").is_between(FIRST, LAST)
    kept = seconds.to_frame("s").select(pl.when(inside).then(pl.col("s") * MICRO)).to_series()
    return kept.cast(_NAIVE).dt.replace_time_zone("UTC").cast(INSTANT)


def _digits(cells: pl.Series, unit: str | None) -> Reading:
    """Parse whole numbers as epochs, including `1.54111E+12`."""
    text = pl.col("cell").str.strip_chars()
    plain = pl.when(text.str.contains(_WHOLE)).then(text.str.extract(r"^([+-]?[0-9]+)")).cast(pl.Int64)
    rounded = pl.when(text.str.contains(_ROUNDED)).then(text).cast(pl.Float64)
    read = cells.to_frame("cell").select(plain=plain, rounded=rounded)
    if unit is None:
        fraction = cells.to_frame("cell").select(text.str.contains(".", literal=True)).to_series()
        read = read.with_columns(plain=pl.when(~fraction).then("plain"))
    number = pl.coalesce("plain", pl.col("rounded").cast(pl.Int64, strict=False))
    odd = pl.when(pl.col("rounded").is_not_null()).then(LOSSY | NUMBERED).otherwise(NUMBERED).cast(pl.UInt8)
    seconds = read.select(epoch_seconds(number, unit)).to_series()
    return Reading(_instants(seconds), read.select(odd).to_series())


def _serials(cells: pl.Series) -> pl.Series:
    """Parse the serial numbers of a spreadsheet as naive times, to the nearest second."""
    text = pl.col("cell").str.strip_chars()
    days = pl.when(text.str.contains(_SERIAL)).then(text).cast(pl.Float64, strict=False)
    seconds = (pl.when(days < _DAYS).then(days) * 86_400).round().cast(pl.Int64)
    naive = (seconds + _EXCEL_ZERO) * MICRO
    return cells.to_frame("cell").select(naive).to_series().cast(_NAIVE)


def epoch_seconds(number: pl.Expr, unit: str | None) -> pl.Expr:
    """Return whole epochs in seconds: in the given unit, or in the one implied by their size (else null)."""
    if unit is not None:
        return number.floordiv(_PER_SECOND[unit])
    ranges = ((10**9, 1), (10**12, 1_000), (10**15, 1_000_000))
    branches = (
        pl.when((number >= low) & (number < low * 10)).then(number.floordiv(per)) for low, per in ranges
    )
    return pl.coalesce(*branches)


NATIVE: Final = "\0native"


class TimeColumn(Struct, frozen=True):
    """A column of times that is read lazily: its `cells`, their type, and how they are written.

    `sample` has the first cells as text; the first of them determines the usual shape. For
    `["2026-11-20 10:00:00", "20 Nov"]` in New York, `staged` parses the first natively, as 15:00 UTC. The
    second goes to `form.read`, which can't parse it either, so `instants` is null and `oddities` is `UNREAD`.
    """

    cells: pl.Expr
    dtype: pl.DataType
    form: TimeFormat
    sample: pl.Series

    @property
    def complete(self) -> bool:
        """Return whether the native path parses all that can be parsed: instants, and naive times in UTC."""
        zoned = isinstance(self.dtype, pl.Datetime) and self.dtype.time_zone is not None
        return zoned or (isinstance(self.dtype, pl.Datetime | pl.Date) and self.form.zone.key in UTC_KEYS)

    def staged(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Add the column `NATIVE`: the instants of the cells of the usual shape, null for all others.

        It is a separate step, since an expression that is used twice in one step is computed twice.
        """
        native = self._native()
        native = pl.lit(None, INSTANT) if native is None else native
        seconds = pl.col(NATIVE).to_physical()
        first = FIRST_OF_FORMATS if self.form.formats and isinstance(self.dtype, pl.String) else FIRST
        inside = seconds.is_between(first * MICRO, LAST * MICRO + MICRO - 1)
        read = pl.when(inside).then(NATIVE)
        return frame.with_columns(native.alias(NATIVE)).with_columns(read.alias(NATIVE))

    def instants(self) -> pl.Expr:
        """Return the cells of a staged frame as instants; null where one is missing or does not parse."""
        if self.complete:
            return pl.col(NATIVE)
        return pl.coalesce(NATIVE, self._rest(lambda cells: self.form.read(cells).at, None, INSTANT))

    def oddities(self) -> pl.Expr:
        """Return the flags of a staged frame's readings (UInt8); `UNREAD` where nothing parses."""
        sound, unread = pl.lit(0, pl.UInt8()), pl.lit(UNREAD, pl.UInt8())
        odd = unread if self.complete else self._rest(self._flags, UNREAD, pl.UInt8())
        return pl.when(pl.col(NATIVE).is_null()).then(odd).otherwise(sound)

    def _flags(self, cells: pl.Series) -> pl.Series:
        reading = replace(self.form, seen=None).read(cells)
        unread = pl.when(pl.col("at").is_null()).then(pl.lit(UNREAD, pl.UInt8())).otherwise(pl.col("flags"))
        return pl.DataFrame({"at": reading.at, "flags": reading.flags}).select(unread).to_series()

    def _rest(
        self, read: Callable[[pl.Series], pl.Series], nothing: int | None, dtype: pl.DataType
    ) -> pl.Expr:
        """Parse the remaining cells; `nothing` is the value for a batch without any."""

        def each(batch: pl.Series) -> pl.Series:
            if batch.null_count() == len(batch):
                return pl.Series(batch.name, [nothing], dtype=dtype).new_from_index(0, len(batch))
            return read(batch)

        rest = pl.when(pl.col(NATIVE).is_null()).then(self.cells)
        return rest.map_batches(each, return_dtype=dtype, is_elementwise=True)

    def _native(self) -> pl.Expr | None:
        """Return the instants of cells of the usual shape; None if the column has none."""
        cells, dtype, zone = self.cells, self.dtype, self.form.zone
        if isinstance(dtype, pl.Datetime):
            exact = in_years(cells, dtype).cast(pl.Datetime("us", dtype.time_zone))
            utc = _zoned(exact, zone) if dtype.time_zone is None else exact.dt.convert_time_zone("UTC")
            return utc.dt.truncate("1s")  # round down
        if isinstance(dtype, pl.Date):
            return _zoned(in_years(cells, dtype).cast(_NAIVE), zone)
        form = self.form.formats[0] if self.form.formats else None
        if dtype.is_integer() and (form is None or form in EPOCHS):
            seconds = epoch_seconds(cells.cast(pl.Int64, strict=False), form)
            return (seconds * MICRO).cast(INSTANT)
        return self._native_text(form) if isinstance(dtype, pl.String) else None

    def _native_text(self, form: str | None) -> pl.Expr | None:
        if form is None:
            return self._shaped()
        if form in (*EPOCHS, EXCEL) or "z" in form:
            return None
        way, *others = readings(form)
        if others or way.behind:
            return None
        naive = _parsed(self.cells.str.strip_chars(), way.form)
        seen = self.form.seen
        if seen is not None and twin(form) is not None:
            naive = naive.map_batches(partial(seen.see, form), return_dtype=_NAIVE, is_elementwise=True)
        return naive.dt.replace_time_zone("UTC") if way.utc else _zoned(naive, self.form.zone)

    def _shaped(self) -> pl.Expr | None:
        first = self.sample.drop_nulls().head(1)
        shape = next((each for each in SHAPES if first.str.contains(each.pattern).any()), None)
        if shape is None:
            return None
        fits = pl.when(self.cells.str.contains(shape.pattern)).then(self.cells.str.head(shape.length))
        naive = _parsed(fits, shape.format)
        return naive.dt.replace_time_zone("UTC") if shape.utc else _zoned(naive, self.form.zone)


def _parsed(cells: pl.Expr, form: str) -> pl.Expr:
    return cells.str.to_datetime(form, strict=False, time_unit="us", cache=False)


def _zoned(naive: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    if zone.key in UTC_KEYS:
        return naive.dt.replace_time_zone("UTC")
    local = naive.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
    return local.dt.convert_time_zone("UTC")
