"""Load events, lazily: mapped columns over sound records, and what marks rows that don't count."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PanicException, PolarsError

from flamescore.cells import as_text
from flamescore.exports.date_columns import companions
from flamescore.exports.dedupe import doubles
from flamescore.exports.examine import enforce, with_cells
from flamescore.exports.instants import complete, oddities
from flamescore.exports.mapping import column, key_column, left_out, mapped
from flamescore.exports.recent import recent
from flamescore.exports.table import Table
from flamescore.exports.validate import rounded_event_id, time_column, time_type, timed
from flamescore.frames import DROP, FAULTY, LEFT_OUT, ODD, EventSource, Settled
from flamescore.input_errors import reading
from flamescore.project import EventsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flamescore.exports.examine import Examined, Terms
    from flamescore.frames import Window

ROW = "\0row"


def load_events(examined: Examined, terms: Terms) -> EventSource:
    """Return the events of a source as a lazy frame, and its record.

    Only its bytes have been examined; the rest is left to who reads the rows.
    """
    spec = examined.spec
    assert isinstance(spec, EventsSource)
    marks = doubles(examined, terms.clock(spec))

    def in_one(rows: Callable[[Table], pl.LazyFrame]) -> pl.LazyFrame:
        frames = [
            _as_written(rows(table), table, spec, terms, marks.get(index))
            for index, table in enumerate(examined.tables)
        ]
        return _in_one(frames, examined)

    return EventSource(
        in_one(Table.scan),
        examined.record(),
        spec.contact_key or "contact_id",
        _settling(examined, terms),
        None if marks else lambda window: in_one(lambda table: recent(table, spec, window)),
        partial(_torn, examined),
    )


def _settling(examined: Examined, terms: Terms) -> Callable[[Window], Settled]:
    """Return what looks at the cells after all, once, where there is something to tell of them."""

    @cache
    def settle(window: Window) -> Settled:
        looked = with_cells(examined, terms, window)
        enforce(looked, terms)
        return Settled(looked.record(), looked.rejects)

    return settle


def _torn(examined: Examined) -> str:
    """Return the first file that can't be read to its end, or all of them where each can."""
    for table in examined.tables if len(examined.tables) > 1 else ():
        try:
            for _ in table.scan().collect_batches():
                pass
        except (PolarsError, PanicException, OSError):
            return table.found.shown
    return examined.tables[0].found.shown if len(examined.tables) == 1 else examined.spec.path


def _as_written(
    rows: pl.LazyFrame, table: Table, spec: EventsSource, terms: Terms, marks: pl.Series | None
) -> pl.LazyFrame:
    """Return rows with ids and types as written, `at` null where it is missing or does not read."""
    clock = terms.clock(spec)
    at, dtype = column("at", table, spec, text=False), time_type(table, spec)
    odd = () if complete(dtype, clock) else (oddities(at, dtype, clock).alias(ODD),)
    rows = rows if marks is None else rows.with_row_index(ROW)
    return timed(rows, table, spec, clock).select(
        *(column(name, table, spec).alias(name) for name in sorted(_fixed(spec) - {"at"})),
        time_column(table, spec, clock).alias("at"),
        *_properties(table, spec, terms),
        *odd,
        *_drop(table, spec, marks),
    )


def _drop(table: Table, spec: EventsSource, marks: pl.Series | None) -> Iterator[pl.Expr]:
    """Yield the column of marks (`DROP`), if a row of the file can have any; `marks` are those of doubles."""
    left = left_out(table, spec)
    rounded = rounded_event_id(table, spec)
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


def _fixed(spec: EventsSource) -> frozenset[str]:
    return frozenset({key_column(spec), "event", "at"})


def _properties(table: Table, spec: EventsSource, terms: Terms) -> Iterator[pl.Expr]:
    """Yield what an event has beside contact, type and time, and the companions of its dates."""
    plan, fixed = mapped(table, spec), _fixed(spec)
    for name in plan.names:
        if name not in fixed and name not in ("contact", "contact_id"):
            yield column(name, table, spec, text=False, plan=plan).alias(name)
    yield from companions(terms.dates.events - fixed, table, spec, zone=terms.zone)


def _in_one(frames: list[pl.LazyFrame], examined: Examined) -> pl.LazyFrame:
    """Stack files. A property whose type differs between them becomes its canonical text in all.

    Rows of files without a column of marks have none.
    """
    if len(frames) == 1:
        return frames[0]
    with reading(partial(_torn, examined)):
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
