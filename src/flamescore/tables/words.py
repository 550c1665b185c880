"""Numbers and instants as people read them, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.units import POINT

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

TAG_GLUE: Final = ", "


def plain(number: pl.Expr) -> pl.Expr:
    """Show points as text without exponent or needless zeros: `3`, `-0.25`. Null stays null."""
    size = number.abs()
    above = ((size - size.truncate()) * POINT).round(0).cast(pl.Int64)  # of 10,000, it may be all
    whole = size.truncate().cast(pl.Int64) + above // POINT
    part = (above % POINT).cast(pl.String).str.zfill(4).str.strip_chars_end("0")
    return pl.concat_str(
        pl.when((number < 0) & ((whole > 0) | (part != ""))).then(pl.lit("-")).otherwise(pl.lit("")),
        whole.cast(pl.String),
        pl.when(part == "").then(part).otherwise(pl.lit(".") + part),
    )


def local_day(instant: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Show the local calendar day of an instant: `2026-11-18`."""
    return instant.dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%d")


def local_time(instant: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Show an instant to the minute in local time: `2026-11-18 14:05`."""
    return instant.dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%d %H:%M")


def whole_percent(percentile: pl.Expr) -> pl.Expr:
    """Round a percentile down, so that only the best of a list shows 100."""
    return percentile.floor().cast(pl.Int32)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Join lists to text, as a CSV needs it: tags become `VIP, Blog`."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(TAG_GLUE) for name in lists)
