"""Reduced exports: frozen at a point in time, or limited to one contact."""

from __future__ import annotations

import dataclasses
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import as_text, present
from flamescore.engine import comparable_key, contacts_of, event_key
from flamescore.frames import INDEX, INSTANT, KEY, SURVIVOR
from flamescore.input_errors import reading

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.frames import EventSource, Exports


def frozen(exports: Exports, then: datetime, now: datetime) -> Exports:
    """Drop everything that happened after `then`, for scoring as of a later instant, `now`.

    Entries of the tag history are instead moved past `now`. If the history has any entry for a contact and
    tag, at whatever time, it alone decides. Dropping one would let the tags in the contact list take over.
    """
    history = exports.tag_history
    beyond = pl.lit(max(now, then)).cast(INSTANT) + pl.duration(seconds=1)
    put_off = pl.when(pl.col("at") > then).then(beyond).otherwise("at").alias("at")
    # The engine counts whole seconds: an event within the second of `then` has happened by `then`.
    second = pl.lit(then.replace(microsecond=0)).cast(INSTANT)
    past = pl.col("at") < second + pl.duration(seconds=1)
    return dataclasses.replace(
        exports,
        events=tuple(each.only(each.frame.filter(past)) for each in exports.events),
        tag_history=None if history is None else history.with_columns(put_off),
    )


def single(exports: Exports, contact_id: str) -> Exports:
    """Return exports of one contact: its row, its events (read into memory, in order) and its tag history."""
    history, aliases, whole = exports.tag_history, exports.aliases, exports.whole
    mine = exports.contacts.filter(pl.col("contact_id") == contact_id) if whole is None else whole(contact_id)
    return dataclasses.replace(
        exports,
        contacts=mine,
        events=tuple(_events(source, exports, contact_id) for source in exports.events),
        tag_history=None if history is None else history.filter(pl.col("contact_id") == contact_id),
        aliases=None if aliases is None else aliases.filter(pl.col(SURVIVOR) == contact_id),
        whole=None,
        addressed=None,
    )


def _events(source: EventSource, exports: Exports, contact_id: str) -> EventSource:
    with reading(source.file_at_fault):
        schema = source.frame.collect_schema()
    text = event_key(source, schema)
    keys = _keys(exports, source.key, contact_id)
    mine, frame = comparable_key(source.key, text).is_in(keys.implode()), source.frame
    if source.key != "email":
        # A reader decodes the other columns only for rows that pass a cheap filter. A filter that trims every
        # key is not cheap, so `map_batches` keeps it out: 0.9 s instead of 1.5 for 20 million events.
        frame = frame.filter(_perhaps(text, keys))
        # Many rows may remain, few of them the contact's.
        frame = frame.map_batches(lambda some: some.filter(mine), streamable=True)
    with reading(source.file_at_fault):
        rows = frame.filter(mine).collect() if source.key == "email" else frame.collect().filter(mine)
    typed = rows.with_columns(present(as_text("event", schema["event"])).alias("event"))
    return source.only(typed.drop_nulls(["event", "at"]).lazy())


def _perhaps(text: pl.Expr, keys: pl.Series) -> pl.Expr:
    """Mark texts that may equal one of the keys once trimmed; white space sorts before `!` or after `~`."""
    return reduce(or_, (text < "!", text > "~", *(text.str.starts_with(key) for key in keys)))


def _keys(exports: Exports, key: str, contact_id: str) -> pl.Series:
    """Return the keys that match events to the contact, without keys that an earlier contact has too."""
    if key == "contact_id" and exports.aliases is None:
        return pl.Series([contact_id])
    people = contacts_of(exports.contacts, exports.aliases)
    number = people.numbers(pl.Series([contact_id]))[0]
    return people.lookup(key).filter(pl.col(INDEX) == number).select(KEY).collect()[KEY]
