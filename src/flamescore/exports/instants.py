"""Read a column of times lazily: its usual shape natively, only the cells that lack it by `Clock`.

The shape is that of the file's first time. It changes the speed alone: what the native way reads, `Clock`
reads alike, and all that it leaves (other shapes, hours that the clock repeats or skips) goes to `Clock`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import in_years
from flamescore.exports.times import FIRST, FIRST_OF_FORMATS, LAST, MICRO, SHAPES, UTC_KEYS, epoch_seconds
from flamescore.frames import INSTANT
from flamescore.project import EPOCHS, EXCEL

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flamescore.exports.times import Clock

UNREAD: Final = 16
"""Flag of a cell that is there and does not read."""

_NAIVE: Final = pl.Datetime("us")


NATIVE: Final = "\0native"


def staged(
    frame: pl.LazyFrame, cells: pl.Expr, dtype: pl.DataType, *, clock: Clock, sample: pl.Series
) -> pl.LazyFrame:
    """Add the column `NATIVE`: the instants of the cells that have the usual shape, null for all others.

    It is a step of its own, since an expression that stands twice in one step is worked out twice.
    """
    native = _native(cells, dtype, clock, sample)
    native = pl.lit(None, INSTANT) if native is None else native
    seconds = pl.col(NATIVE).to_physical()
    first = FIRST_OF_FORMATS if clock.formats and isinstance(dtype, pl.String) else FIRST
    inside = seconds.is_between(first * MICRO, LAST * MICRO + MICRO - 1)
    return frame.with_columns(native.alias(NATIVE)).with_columns(pl.when(inside).then(NATIVE).alias(NATIVE))


def instants(cells: pl.Expr, dtype: pl.DataType, clock: Clock) -> pl.Expr:
    """Return cells of a staged frame as instants; null where one is missing or does not read."""
    if complete(dtype, clock):
        return pl.col(NATIVE)

    def read(batch: pl.Series) -> pl.Series:
        if batch.null_count() == len(batch):
            return pl.Series(batch.name, [None], dtype=INSTANT).new_from_index(0, len(batch))
        return clock.read(batch).at

    rest = pl.when(pl.col(NATIVE).is_null()).then(cells)
    return pl.coalesce(NATIVE, rest.map_batches(read, return_dtype=INSTANT, is_elementwise=True))


def oddities(cells: pl.Expr, dtype: pl.DataType, clock: Clock) -> pl.Expr:
    """Return the flags of a reading (UInt8): those of `times`, and `UNREAD` where nothing reads."""
    if complete(dtype, clock):
        return (
            pl.when(pl.col(NATIVE).is_null())
            .then(pl.lit(UNREAD, pl.UInt8()))
            .otherwise(pl.lit(0, pl.UInt8()))
        )

    def look(batch: pl.Series) -> pl.Series:
        if batch.null_count() == len(batch):
            return pl.Series(batch.name, [UNREAD], dtype=pl.UInt8).new_from_index(0, len(batch))
        reading = clock.read(batch)
        unread = pl.when(pl.col("at").is_null()).then(pl.lit(UNREAD, pl.UInt8())).otherwise(pl.col("flags"))
        return pl.DataFrame({"at": reading.at, "flags": reading.flags}).select(unread).to_series()

    rest = pl.when(pl.col(NATIVE).is_null()).then(cells)
    flags = rest.map_batches(look, return_dtype=pl.UInt8(), is_elementwise=True)
    return pl.when(pl.col(NATIVE).is_null()).then(flags).otherwise(pl.lit(0, pl.UInt8()))


def complete(dtype: pl.DataType, clock: Clock) -> bool:
    """Say whether the native way reads all that can be read: instants, and naive times in UTC."""
    zoned = isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
    return zoned or (isinstance(dtype, pl.Datetime | pl.Date) and clock.zone.key in UTC_KEYS)


def _native(cells: pl.Expr, dtype: pl.DataType, clock: Clock, sample: pl.Series) -> pl.Expr | None:
    if isinstance(dtype, pl.Datetime):
        exact = in_years(cells, dtype).cast(pl.Datetime("us", dtype.time_zone))
        return _whole(
            _zoned(exact, clock.zone) if dtype.time_zone is None else exact.dt.convert_time_zone("UTC")
        )
    if isinstance(dtype, pl.Date):
        return _zoned(in_years(cells, dtype).cast(_NAIVE), clock.zone)
    form = clock.formats[0] if clock.formats else None
    if dtype.is_integer() and (form is None or form in EPOCHS):
        seconds = epoch_seconds(cells.cast(pl.Int64, strict=False), form)
        return (seconds * MICRO).cast(INSTANT)
    if isinstance(dtype, pl.String) and form is not None and form not in (*EPOCHS, EXCEL) and "z" not in form:
        return _zoned(_parsed(cells.str.strip_chars(), form.replace(".%f", "%.f")), clock.zone)
    return _shaped(cells, clock.zone, sample) if isinstance(dtype, pl.String) and form is None else None


def _shaped(cells: pl.Expr, zone: ZoneInfo, sample: pl.Series) -> pl.Expr | None:
    shape = next(
        (each for each in SHAPES if sample.drop_nulls().head(1).str.contains(each.pattern).any()), None
    )
    if shape is None:
        return None
    naive = _parsed(
        pl.when(cells.str.contains(shape.pattern)).then(cells.str.head(shape.length)), shape.format
    )
    return naive.dt.replace_time_zone("UTC") if shape.utc else _zoned(naive, zone)


def _parsed(cells: pl.Expr, form: str) -> pl.Expr:
    return cells.str.to_datetime(form, strict=False, time_unit="us", cache=False)


def _zoned(naive: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    if zone.key in UTC_KEYS:
        return naive.dt.replace_time_zone("UTC")
    local = naive.dt.replace_time_zone(zone.key, ambiguous="null", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _whole(at: pl.Expr) -> pl.Expr:
    """Cut instants to whole seconds, towards the earlier."""
    return at.dt.truncate("1s")
