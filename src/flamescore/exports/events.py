"""Load events, lazily: mapped columns over sound records, and what marks rows that don't count."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PanicException, PolarsError

from flamescore.cells import as_text, fold
from flamescore.exports.date_columns import iso_columns
from flamescore.exports.dedupe import repeated_rows
from flamescore.exports.plan import key_column
from flamescore.exports.validate import check_cells, enforce_limit, rounded_cells
from flamescore.frames import DROP, FAULTY, LEFT_OUT, ODD, EventSource, Settled
from flamescore.input_errors import reading
from flamescore.project import EventsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.frames import Window

ROW: Final = "\0row"

_LOCAL: Final = timedelta(days=2)
"""No local time is further from UTC."""

_TYPES: Final = 10_000
"""Distinct types of events; a file with more of them is read whole where a type lasts for ever."""


def load_events(validated: Validated, options: LoadOptions) -> EventSource:
    """Return the events of a source as a lazy frame, and its record.

    Only its bytes have been validated; the rest is left to who reads the rows.
    """
    spec = validated.spec
    assert isinstance(spec, EventsSource)
    marks = repeated_rows(validated, options)

    def in_one(rows: Callable[[Plan], pl.LazyFrame]) -> pl.LazyFrame:
        frames = [
            _as_written(rows(plan), plan, options, marks.get(index))
            for index, plan in enumerate(validated.plans)
        ]
        return _in_one(frames, validated)

    return EventSource(
        in_one(lambda plan: plan.table.scan()),
        validated.record(),
        spec.contact_key or "contact_id",
        _settling(validated, options),
        None if marks else lambda window: in_one(lambda plan: _recent(plan, window)),
        partial(_torn, validated),
    )


def _settling(validated: Validated, options: LoadOptions) -> Callable[[Window], Settled]:
    """Return what looks at the cells after all, once, where there is something to tell of them."""

    @cache
    def settle(window: Window) -> Settled:
        looked = check_cells(validated, options, window)
        enforce_limit(looked, options)
        return Settled(looked.record(), looked.rejects)

    return settle


def _torn(validated: Validated) -> str:
    """Return the first file that can't be read to its end, or all of them where each can."""
    tables = [plan.table for plan in validated.plans]
    for table in tables if len(tables) > 1 else ():
        try:
            for _ in table.scan().collect_batches():
                pass
        except (PolarsError, PanicException, OSError):
            return table.found.shown
    return tables[0].found.shown if len(tables) == 1 else validated.spec.path


def _as_written(
    rows: pl.LazyFrame, plan: Plan, options: LoadOptions, marks: pl.Series | None
) -> pl.LazyFrame:
    """Return rows with ids and types as written, `at` null where it is missing or does not read."""
    at = options.times(plan)
    odd = () if at.complete else (at.oddities().alias(ODD),)
    rows = rows if marks is None else rows.with_row_index(ROW)
    return at.staged(rows).select(
        *(plan.column(name).alias(name) for name in sorted(_fixed(plan) - {"at"})),
        at.instants().alias("at"),
        *_properties(plan, options),
        *odd,
        *_drop(plan, marks),
    )


def _drop(plan: Plan, marks: pl.Series | None) -> Iterator[pl.Expr]:
    """Yield the column of marks (`DROP`), if a row of the file can have any; `marks` are of repeated rows."""
    left = plan.left_out()
    rounded = rounded_cells("event_id", plan)
    if marks is None and left is None and rounded is None:
        return
    mark = pl.lit(0, pl.UInt8())
    if marks is not None:
        mark = pl.col(ROW).map_batches(marks.gather, return_dtype=pl.UInt8(), is_elementwise=True)
    if rounded is not None:
        mark = pl.when(rounded).then(pl.lit(FAULTY, pl.UInt8())).otherwise(mark)
    if left is not None:
        mark = pl.when(left).then(pl.lit(LEFT_OUT, pl.UInt8())).otherwise(mark)
    yield mark.alias(DROP)


def _fixed(plan: Plan) -> frozenset[str]:
    return frozenset({key_column(plan.source), "event", "at"})


def _properties(plan: Plan, options: LoadOptions) -> Iterator[pl.Expr]:
    """Yield what an event has beside contact, type and time, and the companions of its dates."""
    fixed = _fixed(plan)
    for name in plan.names:
        if name not in fixed and name not in ("contact", "contact_id"):
            yield plan.column(name, text=False).alias(name)
    yield from iso_columns(options.dates.events - fixed, plan, options.zone)


def _in_one(frames: list[pl.LazyFrame], validated: Validated) -> pl.LazyFrame:
    """Stack files. A property whose type differs between them becomes its canonical text in all.

    Rows of files without a column of marks have none.
    """
    if len(frames) == 1:
        return frames[0]
    with reading(partial(_torn, validated)):
        schemas = [frame.collect_schema() for frame in frames]
    types: dict[str, set[pl.DataType]] = {}
    for schema in schemas:
        for name, dtype in schema.items():
            types.setdefault(name, set()).add(dtype)
    mixed = [name for name, found in types.items() if len(found) > 1]
    alike = [
        frame.with_columns(as_text(name, schema[name]).alias(name) for name in mixed if name in schema)
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    stacked = pl.concat(alike, how="diagonal")
    marks = [mark for mark in (ODD, DROP) if any(mark in schema for schema in schemas)]
    return stacked.with_columns(pl.col(mark).fill_null(0) for mark in marks)


def _recent(plan: Plan, window: Window) -> pl.LazyFrame:
    """Return the rows of a file that may not be old.

    These are the rows inside the widest window, those of types that last whatever their age, and all whose
    time is missing or may not read. A file whose times are no instants is returned whole.

    A Parquet reader decodes the columns that a condition names first, skips row groups whose statistics rule
    it out, and decodes other columns for the rows that are left: so a night does not cost more with every
    year of history. Nothing here decides: what is left is looked at by its exact time, what is not is old.
    """
    dtype, since, rows = plan.time_type, window.since, plan.table.scan()
    if since is None or not isinstance(dtype, pl.Datetime):
        return rows
    lasting = _lasting(plan, window)
    if lasting is None:
        return rows
    at = plan.column("at", text=False)
    cut = since if dtype.time_zone is not None else since.replace(tzinfo=None) - _LOCAL
    # What lies before the first year does not read as a time.
    wanted = (at >= cut) | at.is_null() | (at < datetime.min.replace(tzinfo=cut.tzinfo))
    return rows.filter(wanted | plan.column("event").is_in(lasting) if lasting else wanted)


def _lasting(plan: Plan, window: Window) -> list[str] | None:
    """Return the types of a file's events, as written, that last; None where it is hard to say."""
    if not window.lasting:
        return []
    types = plan.table.scan().select(plan.column("event").alias("event").unique()).head(_TYPES + 1)
    found = plan.table.collect(types)["event"].drop_nulls()
    return None if len(found) > _TYPES else [each for each in found if fold(each) in window.lasting]
