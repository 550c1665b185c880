"""Events that are read once for scorings at several points in time: contact, signature and time of each.

A scoring needs three facts about an event: whose it is, which predicates hold for it, and how old it is. Of
these, only the age depends on the instant. In the example of `streams`, the visit to /sales by contact `3`,
10 days before `as_of`, is stored as contact 2, signature 1 (both predicates hold) and its time, whatever the
instant: as of 5 days earlier it is 5 days old, and in the window of stream 1 too; as of 11 days earlier it
has not happened yet.

A test that compares a cell's date with the instant (`within_last`) is, for each instant, a test against two
days: `within_last: 7d` as of 21 November is `more_than: 14 November` and `at_most: 21 November`. So one
signature distinguishes the predicates of all instants.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec.structs import replace

from flamescore.engine.calendar import EPOCH
from flamescore.frames import AGE, DROP, INDEX, REJECTS, EventBatches, EventSource, EventsRead
from flamescore.rules import Order, Within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from flamescore.engine.bins import Stored
    from flamescore.engine.calendar import Clock
    from flamescore.engine.matching import Signatures
    from flamescore.engine.streams import Streams
    from flamescore.frames import EventQuery
    from flamescore.rules import Predicate, Test

SIGNATURE: Final = "\0signature"
"""The name of the column of signature numbers, which index `CodedEvents.signatures`."""

AMOUNT: Final = "\0amount "
"""The prefix of the names of columns of numbers in ten-thousandths (`readings.MISSING` if missing)."""

SECONDS: Final = "at"
"""The name of the column of event times in seconds since 1970 (Int64)."""


class CodedEvents(EventSource, frozen=True, kw_only=True):
    """The events of a source, read once: rows of `INDEX`, `SIGNATURE`, `SECONDS` and other needed columns.

    Each of `parts` contains the arrays of some rows, one for each of `names`; ages are as of `now`. All
    sources that are scored together share the same `signatures` and the same contacts. To read the events
    again, use `original`. `edits` are applied to the rows as they are returned.
    """

    original: EventSource
    signatures: Signatures
    now: int
    names: tuple[str, ...]
    parts: tuple[Stored, ...]
    edits: tuple[Callable[[pl.DataFrame], pl.DataFrame], ...] = ()

    def read(self, query: EventQuery) -> EventBatches:
        """Return the events as of another instant; only the window of the query is used."""
        return _CodedBatches(self, query, self.frame)

    def rows(self) -> Iterator[pl.DataFrame]:
        """Yield the events in chunks."""
        for part in self.parts:
            rows = pl.DataFrame(dict(zip(self.names, part(), strict=True)))
            rows = rows.with_columns((self.now - pl.col(AGE).cast(pl.Int64)).alias(SECONDS)).drop(AGE)
            for edit in self.edits:
                rows = edit(rows)
            yield rows

    def edited(self, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> CodedEvents:
        """Return the source with an edit applied to its rows, such as a filter or a change of times."""
        return replace(self, edits=(*self.edits, edit))

    def until(self, instant: datetime) -> CodedEvents:
        """Return the source without the events after an instant."""
        return self.edited(partial(_until, int(instant.timestamp())))

    def sound(self, since: datetime | None = None) -> pl.LazyFrame:
        """Return `event` and `at` of all readable rows, whatever becomes of them, from an instant on."""
        return self.original.sound(since)

    def file_at_fault(self) -> str:
        """Return the file that can't be read, if reading failed."""
        return self.original.file_at_fault()


class _CodedBatches(EventBatches):
    source: CodedEvents

    def __iter__(self) -> Iterator[pl.DataFrame]:
        now = self.query.window.now
        for rows in self.source.rows():
            yield rows.with_columns((now - pl.col(SECONDS)).alias(AGE)).drop(SECONDS)

    def end(self, *, report: bool = True) -> EventsRead:
        """Return what the reading found about the rows that it set aside; `edits` are not reported."""
        del report
        return EventsRead(self.source.record, pl.DataFrame(schema=REJECTS), beyond=False)


def _until(seconds: int, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(SECONDS) <= seconds)


def signatures_of(events: Sequence[EventSource]) -> Signatures | None:
    """Return the signatures of sources that were read once, or None for other sources."""
    return next((each.signatures for each in events if isinstance(each, CodedEvents)), None)


def first_instants(events: Sequence[CodedEvents], contacts: int, until: int) -> NDArray[np.int64]:
    """Return the time of each contact's first event in seconds since 1970, ignoring events after `until`.

    Contacts without any have the largest 64-bit integer.
    """
    first = np.full(contacts, np.iinfo(np.int64).max, np.int64)
    for rows in (rows for source in events for rows in source.rows()):
        there = rows.filter((pl.col(INDEX) >= 0) & (pl.col(SECONDS) <= until))
        if DROP in there.columns:
            there = there.filter(pl.col(DROP) == 0)
        oldest = there.group_by(INDEX).agg(pl.col(SECONDS).min())
        who = oldest[INDEX].to_numpy()
        first[who] = np.minimum(first[who], oldest[SECONDS].to_numpy())
    return first


# --- predicates as of an instant ---------------------------------------------------------------------


def depends_on_clock(streams: Streams) -> bool:
    """Return whether any predicate on events compares a date with the instant."""
    return any(isinstance(test, Within) for each in streams.predicates for test in each.tests)


def dated(streams: Streams, clock: Clock) -> Streams:
    """Return streams whose predicates mean the same at any other instant."""
    if not depends_on_clock(streams):
        return streams
    return replace(
        streams,
        all=tuple(replace(each, where=_dated(each.where, clock)) for each in streams.all),
        ignored=tuple(_dated(where, clock) for where in streams.ignored),
    )


def _dated(where: Sequence[Predicate], clock: Clock) -> tuple[Predicate, ...]:
    return tuple(
        replace(each, tests=tuple(other for test in each.tests for other in _dated_test(test, clock)))
        for each in where
    )


def _dated_test(test: Test, clock: Clock) -> tuple[Test, ...]:
    if not isinstance(test, Within):
        return (test,)
    today = _day(clock.today)
    if test.ahead:
        return Order("at_least", today), Order("at_most", _day(clock.day_after(test.period)))
    return Order("more_than", _day(clock.day_before(test.period))), Order("at_most", today)


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)
