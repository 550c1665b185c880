"""The exports cut down to one contact, and frozen at an instant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import as_text, maybe_blank, present
from flamescore.engine.people import INDEX, KEY, contact_of, key_of, people_of
from flamescore.exports.faults import reading
from flamescore.frames import INSTANT, SURVIVOR

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.frames import EventSource, Exports


def focus(exports: Exports, contact_id: str) -> Exports:
    """Keep one contact, its events (read into memory, in order) and its tag history."""
    history, aliases = exports.tag_history, exports.aliases
    return replace(
        exports,
        contacts=exports.contacts.filter(pl.col("contact_id") == contact_id),
        events=tuple(_focused(source, exports, contact_id) for source in exports.events),
        tag_history=None if history is None else history.filter(pl.col("contact_id") == contact_id),
        aliases=None if aliases is None else aliases.filter(pl.col(SURVIVOR) == contact_id),
    )


def frozen(exports: Exports, then: datetime, now: datetime) -> Exports:
    """Leave out whatever happened after an instant, to be scored as of a later one, `now`.

    Entries of the tag history are put off beyond `now` instead: where the history has any entry of a contact
    and tag, whenever, it alone decides, so leaving one out would let the contacts' list speak.
    """
    history = exports.tag_history
    beyond = pl.lit(max(now, then)).cast(INSTANT) + pl.duration(seconds=1)
    put_off = pl.when(pl.col("at") > then).then(beyond).otherwise("at").alias("at")
    return replace(
        exports,
        events=tuple(each.only(each.frame.filter(pl.col("at") <= then)) for each in exports.events),
        tag_history=None if history is None else history.with_columns(put_off),
    )


def _focused(source: EventSource, exports: Exports, contact_id: str) -> EventSource:
    schema = source.frame.collect_schema()
    text = contact_of(source, schema)
    keys = _keys(exports, source.key, contact_id)
    mine = key_of(source.key, text).is_in(keys.implode())
    frame = source.frame if source.key == "email" else source.frame.filter(_perhaps(text, keys))
    with reading(source.record.path):
        rows = frame.filter(mine).collect()
    typed = rows.with_columns(present(as_text("event", schema["event"])).alias("event"))
    return source.only(typed.drop_nulls(["event", "at"]).lazy())


def _perhaps(text: pl.Expr, keys: pl.Series) -> pl.Expr:
    """Mark what may be one of some keys when it is trimmed: that is told faster than by trimming all."""
    begins = (text.str.starts_with(key) for key in keys)
    return pl.any_horizontal(maybe_blank(text), *begins)


def _keys(exports: Exports, key: str, contact_id: str) -> pl.Series:
    """Return the keys by which events are the contact's; none where an earlier contact has its own."""
    if key == "contact_id" and exports.aliases is None:
        return pl.Series([contact_id])
    people = people_of(exports.contacts, exports.aliases)
    number = people.numbers(pl.Series([contact_id]))[0]
    return people.lookup(key).filter(pl.col(INDEX) == number).select(KEY).collect()[KEY]
