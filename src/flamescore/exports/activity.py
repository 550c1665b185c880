"""Load events, lazily: mapped columns over sound records, and what marks rows that don't count."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PanicException, PolarsError

from flamescore.cells import as_text
from flamescore.exports.audit import ROUNDED, id_column, rounded_row, time_column, time_type, timed
from flamescore.exports.bounds import all_there
from flamescore.exports.companions import companions
from flamescore.exports.doubles import doubles
from flamescore.exports.examine import enforce, with_cells
from flamescore.exports.faults import reading
from flamescore.exports.instants import complete, oddities
from flamescore.exports.mapping import column, counted, key_column, mapped
from flamescore.exports.model import EventsSource
from flamescore.exports.rounded import rounded_within
from flamescore.exports.young import young_rows
from flamescore.frames import DROP, ODD, EventSource, Settled, Young

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.survey import OpenSource
    from flamescore.exports.tables import Table
    from flamescore.frames import Window

ROW = "\0row"


def load_events(examined: Examined, terms: Terms) -> EventSource:
    """Return the events of a source as a lazy frame, and its record.

    Where only its bytes have been examined, the rest is left to who reads them.
    """
    spec = examined.spec
    assert isinstance(spec, EventsSource)
    key = spec.contact_key or "contact_id"
    if not examined.cells:
        return EventSource(
            _written(examined, spec, terms),
            examined.record(),
            key,
            _settling(examined, terms),
            partial(_young, examined, spec, terms),
            lambda: all(all_there(table, spec, key_column(spec)) for table in examined.tables),
            partial(_torn, examined),
        )
    marks = doubles(examined, terms.clock(spec))
    frames = [_frame(table, spec, terms, marks.get(index)) for index, table in enumerate(examined.tables)]
    return EventSource(_in_one(frames, DROP, examined), examined.record(), key, torn=partial(_torn, examined))


def read_once(source: OpenSource) -> bool:
    """Say whether who reads the events can see by a row alone whether it counts."""
    spec = source.spec
    return (
        isinstance(spec, EventsSource)
        and not spec.distinct
        and not spec.leave_out
        and not any("event_id" in mapped(table, spec).names for table in source.tables)
    )


def _settling(examined: Examined, terms: Terms) -> Callable[[Window], Settled]:
    """Return what looks at the cells after all, once, where there is something to tell of them."""
    looked = cache(partial(with_cells, examined, terms))

    @cache
    def told(window: Window | None) -> Settled:
        again = looked() if window is None else rounded_within(looked(), window, terms)
        enforce(again, terms)
        return Settled(again.record(), again.rejects)

    def settle(window: Window) -> Settled:
        told_of_all = window.since is None or not any(each.reasons().get(ROUNDED) for each in looked().files)
        return told(None if told_of_all else window)

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


def _written(examined: Examined, spec: EventsSource, terms: Terms) -> pl.LazyFrame:
    """Return every sound record as it is written."""
    return _in_one(
        [_as_written(table.scan(), table, spec, terms) for table in examined.tables], ODD, examined
    )


def _young(
    examined: Examined, spec: EventsSource, terms: Terms, since: datetime, lasting: Collection[str]
) -> Young:
    frames, pruned = [], 0
    for table in examined.tables:
        parts, ruled_out = young_rows(table, spec, since, lasting)
        frames += [_as_written(rows, table, spec, terms) for rows in parts]
        pruned += ruled_out
    return Young(_in_one(frames, ODD, examined), pruned)


def _as_written(rows: pl.LazyFrame, table: Table, spec: EventsSource, terms: Terms) -> pl.LazyFrame:
    """Return rows with ids and types as written, `at` null where it is missing or does not read."""
    clock = terms.clock(spec)
    at, dtype = column("at", table, spec, text=False), time_type(table, spec)
    odd = () if complete(dtype, clock) else (oddities(at, dtype, clock).alias(ODD),)
    return timed(rows, table, spec, clock).select(
        *(column(name, table, spec).alias(name) for name in sorted(_fixed(spec) - {"at"})),
        time_column(table, spec, clock).alias("at"),
        *_properties(table, spec, terms),
        *odd,
    )


def _frame(table: Table, spec: EventsSource, terms: Terms, marks: pl.Series | None) -> pl.LazyFrame:
    scanned = table.scan()
    extra = []
    if marks is not None:
        scanned = scanned.with_row_index(ROW)
        look_up = pl.col(ROW).map_batches(marks.gather, return_dtype=pl.UInt8(), is_elementwise=True)
        extra = [look_up.alias(DROP)]
    sound = counted(scanned, table, spec).filter(~rounded_row(table, spec))
    frame = timed(sound, table, spec, terms.clock(spec)).select(
        *(id_column(name, table, spec).alias(name) for name in sorted(_fixed(spec) - {"at"})),
        time_column(table, spec, terms.clock(spec)).alias("at"),
        *_properties(table, spec, terms),
        *extra,
    )
    return frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in _fixed(spec)))


def _fixed(spec: EventsSource) -> frozenset[str]:
    return frozenset({key_column(spec), "event", "at"})


def _properties(table: Table, spec: EventsSource, terms: Terms) -> Iterator[pl.Expr]:
    """Yield what an event has beside contact, type and time, and the companions of its dates."""
    plan, fixed = mapped(table, spec), _fixed(spec)
    for name in plan.names:
        if name not in fixed and name not in ("contact", "contact_id"):
            yield column(name, table, spec, text=False, plan=plan).alias(name)
    yield from companions(terms.dates.events - fixed, table, spec, zone=terms.zone)


def _in_one(frames: list[pl.LazyFrame], mark: str, examined: Examined) -> pl.LazyFrame:
    """Stack files. A property whose type differs between them becomes its canonical text in all.

    Rows of files without the column of marks have none.
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
    marked = any(mark in schema for schema in schemas)
    return stacked.with_columns(pl.col(mark).fill_null(0)) if marked else stacked
