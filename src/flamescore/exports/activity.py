"""Load events, lazily: mapped columns over sound records, and what marks rows that don't count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import as_text
from flamescore.exports.audit import id_column, time_column, timed
from flamescore.exports.companions import companions
from flamescore.exports.doubles import doubles
from flamescore.exports.mapping import column, counted, mapped
from flamescore.exports.model import EventsSource
from flamescore.frames import DROP, EventSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports.examine import Examined, Terms
    from flamescore.exports.tables import Table

ROW = "\0row"


def load_events(examined: Examined, terms: Terms) -> EventSource:
    """Return the events of a source as a lazy frame, and its record."""
    spec = examined.spec
    assert isinstance(spec, EventsSource)
    marks = doubles(examined)
    frames = [_frame(table, spec, terms, marks.get(index)) for index, table in enumerate(examined.tables)]
    return EventSource(
        _in_one(frames, marked=bool(marks)), examined.record(), spec.contact_key or "contact_id"
    )


def _frame(table: Table, spec: EventsSource, terms: Terms, marks: pl.Series | None) -> pl.LazyFrame:
    scanned = table.scan()
    extra = []
    if marks is not None:
        scanned = scanned.with_row_index(ROW)
        look_up = pl.col(ROW).map_batches(marks.gather, return_dtype=pl.UInt8(), is_elementwise=True)
        extra = [look_up.alias(DROP)]
    frame = timed(counted(scanned, table, spec), table, spec, terms.clock(spec)).select(
        *_columns(table, spec, terms),
        *companions(terms.dates.events - _fixed(spec), table, spec, zone=terms.zone),
        *extra,
    )
    return frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in _fixed(spec)))


def _fixed(spec: EventsSource) -> frozenset[str]:
    return frozenset({"contact" if spec.contact_key else "contact_id", "event", "at"})


def _columns(table: Table, spec: EventsSource, terms: Terms) -> Iterator[pl.Expr]:
    fixed = _fixed(spec)
    yield from (id_column(name, table, spec).alias(name) for name in sorted(fixed - {"at"}))
    yield time_column(table, spec, terms.clock(spec)).alias("at")
    plan = mapped(table, spec)
    for name in plan.names:
        if name not in fixed and name not in ("contact", "contact_id"):
            yield column(name, table, spec, text=False, plan=plan).alias(name)


def _in_one(frames: list[pl.LazyFrame], *, marked: bool) -> pl.LazyFrame:
    """Stack files. A property whose type differs between them becomes its canonical text in all."""
    if len(frames) == 1:
        return frames[0]
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
    return stacked.with_columns(pl.col(DROP).fill_null(0)) if marked else stacked
