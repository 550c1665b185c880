"""Leave out events that are older than every window, as far as the file itself tells, before they are read.

A Parquet reader decodes the columns that a condition names first, skips row groups whose statistics rule it
out, and decodes other columns for the rows that are left: so a night does not cost more with every year of
history. Nothing here decides: what is left is looked at by its exact time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import fold, maybe_blank
from flamescore.exports.audit import guarded, time_type
from flamescore.exports.bounds import between, groups_of, never_blank
from flamescore.exports.mapping import column, key_column

if TYPE_CHECKING:
    from collections.abc import Collection

    from flamescore.exports.model import EventsSource
    from flamescore.exports.tables import Table

_LOCAL: Final = timedelta(days=2)
"""No local time is further from UTC."""

_TYPES: Final = 10_000
"""Distinct types of events; a file with more of them is read whole where a type lasts for ever."""


def young_rows(
    table: Table, spec: EventsSource, since: datetime, lasting: Collection[str]
) -> tuple[list[pl.LazyFrame], int]:
    """Return the rows of a file that may be needed, and how many its row groups' statistics rule out.

    Needed are rows at or after `since`, those of the event types `lasting` (folded) whatever their age, and
    rows that may lack a contact, a type or a time.
    """
    dtype = time_type(table, spec)
    if not isinstance(dtype, pl.Datetime):
        return [table.scan()], 0
    kept = _lasting(table, spec, lasting)
    if kept is None:
        return [table.scan()], 0
    at, key = column("at", table, spec, text=False), key_column(spec)
    cut = since if dtype.time_zone is not None else since.replace(tzinfo=None) - _LOCAL
    event = column("event", table, spec)
    blank = maybe_blank(column(key, table, spec)) | maybe_blank(event)
    recent = (at >= cut) | at.is_null() | (at < _first(cut))
    if not kept:
        return [table.scan().filter(recent | blank)], _ruled_out(table, spec, key, cut)
    lasts = event.is_in(kept).fill_null(value=False)
    # Apart, so that of old rows the type alone is decoded.
    return [table.scan().filter(recent | (blank & ~lasts)), table.scan().filter(~recent & lasts)], 0


def _lasting(table: Table, spec: EventsSource, lasting: Collection[str]) -> list[str] | None:
    """Return the types of a file's events, as written, that last; None where it is hard to say."""
    if not lasting:
        return []
    types = table.scan().select(column("event", table, spec).alias("event").unique()).head(_TYPES + 1)
    found = guarded(types, table)["event"].drop_nulls()
    return None if len(found) > _TYPES else [each for each in found if fold(each) in lasting]


def _ruled_out(table: Table, spec: EventsSource, key: str, cut: datetime) -> int:
    """Count the rows of row groups whose statistics prove that each row is old, and lacks nothing."""
    groups, called = groups_of(table, spec, ("at", key, "event"))
    first, micros = (int(each.replace(tzinfo=UTC).timestamp()) * 1_000_000 for each in (_first(cut), cut))
    return sum(
        group.rows
        for group in groups
        if between(group, called[0], first, micros) and all(never_blank(group, each) for each in called[1:])
    )


def _first(like: datetime) -> datetime:
    """Return the first instant that reads as a time; earlier ones are rejected."""
    return datetime.min.replace(tzinfo=like.tzinfo)
