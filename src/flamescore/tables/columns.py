"""The columns of the tables: the contacts' kept columns, and numbers and instants formatted for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.changes import TREND
from flamescore.columns import MEASURES, REASONS
from flamescore.points import difference_type, ten_thousandths
from flamescore.units import POINT, nearest_points

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.scoring import Scored

HOT_SINCE: Final = "hot_since"
"""The column of a call list with the time at which a contact became hot."""

MOVED: Final = ("change", "newly_hot")
"""The columns with a contact's change in points since the previous run, and whether it became hot."""

ROUTED: Final = ("routed_to", "routed_reason")
"""The columns of lists with who calls a lead that has no owner, and why."""


def measures_of(scored: Scored) -> tuple[str, ...]:
    """Return `MEASURES`, plus the columns of a trend."""
    return (*MEASURES, *(name for name in TREND if name in scored.scores.columns))


def absent(contacts: pl.DataFrame, keep: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to keep that the contacts don't have; each deserves a warning."""
    return tuple(name for name in keep if name not in contacts.columns)


def public(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return the mapped columns, without the engine's internal ones, whose names contain a NUL."""
    return contacts.select(name for name in contacts.columns if "\x00" not in name)


def kept(scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Return `contact_id` and the existing columns to keep, in order of `keep`.

    A column with the name of a table's own column gets the prefix `contact_`, the same in every table.
    """
    taken = own_columns(scored)
    wanted = [
        name for name in dict.fromkeys(keep) if name in scored.contacts.columns and name != "contact_id"
    ]
    used = {*taken, *wanted}
    columns: dict[str, str] = {}
    for name in wanted:
        columns[name] = free_name(name, used, prefix="contact_") if name in taken else name
        used.add(columns[name])
    return scored.contacts.select("contact_id", *(pl.col(name).alias(new) for name, new in columns.items()))


ACCOUNT_KEY: Final = "account_key"
"""The displayed key of a contact's account: a column of the contact tables if there are accounts."""


def with_account(people: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """Add `ACCOUNT_KEY` to rows of all contacts, in order of contact id, if there are accounts."""
    if scored.accounts is None:
        return people
    return people.with_columns(scored.accounts.of.alias(ACCOUNT_KEY))


def with_kept(frame: pl.DataFrame, scored: Scored, keep: Sequence[str]) -> pl.DataFrame:
    """Add the kept columns to `frame`, whose rows are those of `scored.scores`."""
    columns = kept(scored, keep).drop("contact_id")
    return pl.concat([frame, columns.select(pl.all().gather(scored.places))], how="horizontal")


def own_columns(scored: Scored) -> set[str]:
    """Return the names of all columns that the tables add themselves."""
    measures = {f"{score.name}_{measure}" for score in scored.book.scores for measure in measures_of(scored)}
    account = set() if scored.accounts is None else {ACCOUNT_KEY}
    routes = set() if scored.routed is None else {*ROUTED, "reason", "routed_at", "new"}
    own = {*scored.scores.columns, *REASONS, "last_activity", *MOVED, HOT_SINCE}
    return own | measures | account | routes


def free_name(name: str, taken: Collection[str], *, prefix: str) -> str:
    """Return a name that no other column has, by adding `prefix` until it is free."""
    while name in taken:
        name = f"{prefix}{name}"
    return name


# --- numbers, instants and lists formatted for people, over whole columns


def points_as_text(number: pl.Expr) -> pl.Expr:
    """Format points as text without exponent or trailing zeros: `3`, `-0.25`. Null stays null."""
    size = number.abs()
    above = ((size - size.truncate()) * POINT).round(0).cast(pl.Int64)  # may round up to 10,000
    whole = size.truncate().cast(pl.Int64) + above // POINT
    part = (above % POINT).cast(pl.String).str.zfill(4).str.strip_chars_end("0")
    return pl.concat_str(
        pl.when((number < 0) & ((whole > 0) | (part != ""))).then(pl.lit("-")).otherwise(pl.lit("")),
        whole.cast(pl.String),
        pl.when(part == "").then(part).otherwise(pl.lit(".") + part),
    )


def format_column(numbers: pl.Series, formatter: Callable[[Any], str]) -> pl.Series:
    """Format the values of a column with `formatter`, each distinct one once; null stays null."""
    different = numbers.drop_nulls().unique()
    texts = pl.Series([formatter(each) for each in different], dtype=pl.String)
    return numbers.replace_strict(different, texts, default=None, return_dtype=pl.String)


def format_points(
    points: pl.Series, formatter: Callable[[int], str], alike: Callable[[pl.Expr], pl.Expr]
) -> pl.Series:
    """Format points with `formatter`, which takes ten-thousandths; null stays null.

    `alike` rounds ten-thousandths as `formatter` does. Of 300,000 scores, nearly all distinct, 2,000 values
    are then left to format, which saves 0.3 s.
    """
    kind = difference_type(points)
    if kind != pl.Int64():
        return format_column(points, lambda each: formatter(nearest_points(each)))
    whole = points.alias("points").to_frame().select(alike(ten_thousandths(pl.col("points"), kind)))
    return format_column(whole.to_series(), formatter)


def local_day(instant: pl.Series, zone: ZoneInfo) -> pl.Series:
    """Format the local calendar day of instants: `2026-11-18`."""
    days = instant.dt.convert_time_zone(zone.key).dt.date()
    different = days.drop_nulls().unique()
    texts = different.dt.strftime("%Y-%m-%d")
    return days.replace_strict(different, texts, default=None, return_dtype=pl.String)


def local_time(instant: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    """Format an instant to the minute in local time: `2026-11-18 14:05`."""
    return instant.dt.convert_time_zone(zone.key).dt.strftime("%Y-%m-%d %H:%M")


def whole_percent(percentile: pl.Expr) -> pl.Expr:
    """Round a percentile down, so that only the best of a list shows 100."""
    return percentile.floor().cast(pl.Int32)


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Join lists into text, which CSV requires: tags become `VIP, Blog`."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(", ") for name in lists)
