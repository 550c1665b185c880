"""Leave out events that are older than every window, as far as the file's own time column tells.

A Parquet reader decodes the columns that a condition names first, skips row groups whose statistics rule it
out, and decodes other columns for the rows that are left: so a night does not cost more with every year of
history. Nothing here decides: what is left is looked at by its exact time, and what is not is old.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import fold
from flamescore.exports.mapping import column
from flamescore.exports.validate import guarded, time_type

if TYPE_CHECKING:
    from flamescore.exports.table import Table
    from flamescore.frames import Window
    from flamescore.project import EventsSource

_LOCAL: Final = timedelta(days=2)
"""No local time is further from UTC."""

_TYPES: Final = 10_000
"""Distinct types of events; a file with more of them is read whole where a type lasts for ever."""


def recent(table: Table, spec: EventsSource, window: Window) -> pl.LazyFrame:
    """Return the rows of a file that may not be old.

    These are the rows inside the widest window, those of types that last whatever their age, and all whose
    time is missing or may not read. A file whose times are no instants is returned whole.
    """
    dtype, since, rows = time_type(table, spec), window.since, table.scan()
    if since is None or not isinstance(dtype, pl.Datetime):
        return rows
    lasting = _lasting(table, spec, window)
    if lasting is None:
        return rows
    at = column("at", table, spec, text=False)
    cut = since if dtype.time_zone is not None else since.replace(tzinfo=None) - _LOCAL
    # What lies before the first year does not read as a time.
    wanted = (at >= cut) | at.is_null() | (at < datetime.min.replace(tzinfo=cut.tzinfo))
    return rows.filter(wanted | column("event", table, spec).is_in(lasting) if lasting else wanted)


def _lasting(table: Table, spec: EventsSource, window: Window) -> list[str] | None:
    """Return the types of a file's events, as written, that last; None where it is hard to say."""
    if not window.lasting:
        return []
    types = table.scan().select(column("event", table, spec).alias("event").unique()).head(_TYPES + 1)
    found = guarded(types, table)["event"].drop_nulls()
    return None if len(found) > _TYPES else [each for each in found if fold(each) in window.lasting]
