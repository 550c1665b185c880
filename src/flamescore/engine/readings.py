"""How a cell is parsed: stripped, folded, as a number, a calendar day, an instant."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.cells import as_text, number, present
from flamescore.engine.calendar import DAY
from flamescore.units import POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock

INSTANT: Final = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2}))?(?:[.,][0-9]+)?"
    r"(?: ?([Zz]|UTC|GMT|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?))?)?$"
)
_SURE: Final = 1e8
"""Below this, a float times 10,000 is off by less than `_NEAR`: a float has 53 bits, 1e12 takes 40."""

_NEAR: Final = 0.01
"""A product this close to a half could be rounded the wrong way, so the cell's text is parsed instead."""

_CACHED_OPERANDS: Final = 10_000
"""Folded operands that are cached; a book of 300 rules has a few hundred."""

_CACHED_SETS: Final = 1_000
"""Sets of folded operands that are cached; few of those from files are large."""

MISSING: Final = np.iinfo(np.int64).min
"""Placeholder in integer arrays for a cell that can't be parsed."""


def hashed(cell: pl.Expr) -> pl.Expr:
    """Return a 64-bit hash of texts, exactly as written; all missing cells have the same hash."""
    return pl.when(cell.str.strip_chars() != "").then(cell).hash()


@lru_cache(maxsize=1)
def missing_value() -> int:
    """Return the hash of missing cells."""
    return int(pl.select(hashed(pl.lit(None, pl.String)).alias("h"))["h"][0])


def composed(cell: pl.Expr) -> pl.Expr:
    """Normalize text to NFC."""
    return cell.str.normalize("NFC")


def folded(cell: pl.Expr) -> pl.Expr:
    """Normalize text to NFC and lower case, the form in which texts are compared."""
    return composed(cell).str.to_lowercase()


@lru_cache(maxsize=_CACHED_OPERANDS)
def fold_all(texts: tuple[str, ...], *, case_sensitive: bool = False, trim: bool = True) -> tuple[str, ...]:
    """Normalize operands to the form in which cells are compared, using the very same expressions.

    Cached because every batch of cells needs them: hundreds of short queries took 0.14 s of an `explain`.
    """
    cell = pl.Series("t", list(texts), dtype=pl.String)
    expr = pl.col("t").str.strip_chars() if trim else pl.col("t")
    expr = composed(expr) if case_sensitive else folded(expr)
    return tuple(cell.to_frame().select(expr)["t"])


@lru_cache(maxsize=_CACHED_SETS)
def folded_set(texts: tuple[str, ...], *, case_sensitive: bool = False) -> pl.Series:
    """Return folded operands as a single list cell, as `is_in` expects."""
    return pl.Series(fold_all(texts, case_sensitive=case_sensitive), dtype=pl.String).implode()


def instant_of(epoch: pl.Expr) -> pl.Expr:
    """Return the instants (`frames.INSTANT`) of epoch seconds; null stays null."""
    return pl.from_epoch(epoch, "s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def instants(cells: pl.Series, clock: Clock) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Parse stripped cells as dates or instants: (epoch seconds, local calendar days), `MISSING` for neither.

    Exports write offsets as `+0000`, ` +00:00`, `+00`, and UTC as `Z`, ` UTC`, ` GMT`; all of these are
    accepted. A bare date means its first instant in the clock's zone; a naive time is local to that zone.
    """
    part = cells.str.extract_groups(INSTANT).struct
    day, time, second, zone = (part.field(name) for name in part.fields)
    bare = time.is_null().to_numpy()
    text = day + "T" + time.fill_null("00:00") + ":" + second.fill_null("00")
    local = text.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    read = local.is_not_null().to_numpy()
    seconds = local.dt.epoch("s").fill_null(0).to_numpy().astype(np.int64)
    shift = _offset_seconds(zone)
    zoned = zone.is_not_null().to_numpy()
    instant = np.where(zoned, seconds - shift, 0)
    naive = read & ~zoned
    instant[naive] = clock.instants(seconds[naive])
    days = seconds // DAY
    timed = read & ~bare
    days[timed] = clock.local_days(instant[timed])
    return np.where(read, instant, MISSING), np.where(read, days, MISSING)


def _offset_seconds(zone: pl.Series) -> NDArray[np.int64]:
    sign = pl.when(pl.col("z").str.starts_with("-")).then(-1).otherwise(1)
    digits = pl.when(pl.col("z").str.contains("^[+-]")).then(pl.col("z").str.replace_all("[^0-9]", ""))
    hours, minutes = (digits.str.slice(at, 2).cast(pl.Int64, strict=False).fill_null(0) for at in (0, 2))
    shift = sign * (hours * 3_600 + minutes * 60)
    return zone.rename("z").to_frame().select(shift.fill_null(0)).to_series().to_numpy().astype(np.int64)


def ten_thousandths(cells: pl.Series) -> NDArray[np.int64]:
    """Parse cells as numbers to four decimals, rounding halves away from zero; `MISSING` if not a number.

    Floats are multiplied directly, unless they are too large or the product is too close to a half; then
    their text is parsed.
    """
    if not isinstance(cells.dtype, pl.Float64):
        return _by_text(cells)
    values = cells.fill_null(float("nan")).to_numpy()
    near = np.where(np.abs(values) < _SURE, values, np.nan) * POINT
    sure = np.abs(np.abs(near - np.trunc(near)) - 0.5) > _NEAR
    out = np.full(len(values), MISSING, np.int64)
    out[sure] = np.rint(near[sure])
    rest = np.flatnonzero(~sure & ~np.isnan(values))
    if len(rest):
        out[rest] = _by_text(cells.gather(pl.Series(rest)))
    return out


def _by_text(cells: pl.Series) -> NDArray[np.int64]:
    frame = cells.to_frame("t").select(present(as_text("t", cells.dtype)))
    frame = frame.with_columns(pl.when(number(pl.col("t")).is_not_null()).then("t"))
    part = frame["t"].str.extract_groups(r"^([+-]?)0*([0-9]*)(?:\.([0-9]+))?$").struct
    sign, whole, decimals = (part.field(name) for name in part.fields)
    plain = whole.is_not_null()
    fraction = decimals.fill_null("") + "00000"
    size = (
        whole.replace("", "0").cast(pl.Int64, strict=False).fill_null(0) * POINT
        + fraction.str.slice(0, 4).cast(pl.Int64, strict=False).fill_null(0)
        + (fraction.str.slice(4, 1) >= "5").fill_null(value=False).cast(pl.Int64)
    )
    value = np.where((sign == "-").fill_null(value=False).to_numpy(), -1, 1) * size.to_numpy()
    out = np.where(plain.to_numpy(), value, MISSING).astype(np.int64)
    for row in (frame["t"].is_not_null() & ~plain).arg_true().to_list():
        out[row] = _with_exponent(frame["t"][row])
    return out


def _with_exponent(text: str) -> int:
    return int((Decimal(text) * POINT).quantize(Decimal(1), rounding=ROUND_HALF_UP))
