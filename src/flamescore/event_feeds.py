"""The feeds of a run: whether a source of events, or a named type in it, has fallen silent.

`findings.feeds` judges a feed's rhythm; this module collects the days it is judged by.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.cells import as_text, present
from flamescore.engine import EVENT
from flamescore.findings import OVERDUE, SILENT, Feed, InExport, feed, overdue, silent
from flamescore.input_errors import reading
from flamescore.rules import (
    EventRule,
    Happened,
    beside,
    conditions_of,
    label_conditions,
    leaves,
    role_conditions,
)
from flamescore.text import fold
from flamescore.units import Period, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from flamescore.findings import Finding
    from flamescore.frames import EventSource
    from flamescore.inputs import Inputs
    from flamescore.project import NewestWithin
    from flamescore.rules import Condition, EventMatch, RuleBook
    from flamescore.scoring import Scored

_EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
REFERENCE: Final = timedelta(days=84)
_DAY: Final = 86_400
_WEEK: Final = timedelta(days=7)
_YEARS: Final = timedelta(days=60 * 366)
"""How far back the offsets of a time zone are searched."""


class _Days(Struct):
    """The days on which a feed has events, and its newest event."""

    days: dict[date, int] = field(default_factory=dict)
    newest: datetime | None = None

    def add(self, newest: datetime, day: date, many: int) -> None:
        self.days[day] = self.days.get(day, 0) + many
        self.newest = newest if self.newest is None else max(self.newest, newest)


class SourceFeeds(Struct, frozen=True):
    """The feeds of a source: its newest event (UTC; None if none) and each feed, the whole source first.

    `silent` are warnings, `overdue` errors.
    """

    newest: datetime | None
    feeds: tuple[Feed, ...]
    silent: tuple[Finding, ...] = ()
    overdue: tuple[Finding, ...] = ()


def feeds_of(inputs: Inputs, scored: Scored) -> tuple[SourceFeeds, ...]:
    """Return the feeds of each source of events, in order.

    All rows that parse and are not after `as_of` are examined, however old, even if they are dropped later. A
    named type that the source has never had is not one of its feeds.

    Raises:
        InputError: a file can no longer be read.
    """
    book, sources = inputs.bound.book, inputs.exports.events
    types = {fold(kind): kind for kind in _named(book, inputs.conditions)}
    specs = inputs.project.settings.events
    return tuple(
        _Source(source, spec.newest_within, types, scored.as_of, book.zone).feeds()
        for source, spec in zip(sources, specs, strict=True)
    )


def check_feeds(found: Sequence[SourceFeeds]) -> tuple[Finding, ...]:
    """Return the errors of feeds older than `newest_within` allows, and the warnings of the others."""
    return tuple(each for source in found for each in (*source.overdue, *source.silent))


def stale_feeds(judged: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those findings of a run that report a whole source as dried up, not a single type.

    Such a source has been silent for longer than its rhythm explains, unless that is accepted, or its newest
    event is older than `newest_within` allows and was let through.
    """
    return tuple(
        each
        for each in judged
        if each.source is not None
        and each.subject == str(each.source)
        and (each.code == OVERDUE or (each.code == SILENT and each.accepted is None))
    )


def with_feeds(scored: Scored, found: Sequence[SourceFeeds]) -> Scored:
    """Return a scoring with the feeds added to its records of sources."""
    feeds = iter(found)
    records = []
    for record in scored.observed.sources:
        known = next(feeds, None) if record.kind == "events" else None
        records.append(record if known is None else replace(record, newest=known.newest, feeds=known.feeds))
    return replace(scored, observed=replace(scored.observed, sources=tuple(records)))


class _Source(Struct, frozen=True):
    source: EventSource
    within: NewestWithin | None
    types: Mapping[str, str]
    as_of: datetime
    zone: ZoneInfo

    def feeds(self) -> SourceFeeds:
        whole, types = self._days(_before(self.as_of, 2 * REFERENCE))
        halfway = _before(self.as_of, REFERENCE)
        recent = [whole, *(types.get(name, _Days()) for name in self.types)]
        if any(each.newest is None or each.newest < halfway for each in recent):
            whole, types = self._days(None)
        today = to_local(self.as_of, self.zone).date()
        place = InExport("events", self.source.record.path)
        of_types = {name: feed(days.days, today, self.types[name]) for name, days in types.items()}
        every = feed(whole.days, today)
        within = self.within
        by_type = {fold(name): period for name, period in within.items()} if isinstance(within, dict) else {}
        silences = silent(
            place,
            every,
            list(of_types.values()),
            today,
            without_rhythm=None
            if isinstance(within, Period)
            else [each for each in self.types.values() if fold(each) in by_type],
        )
        return SourceFeeds(
            whole.newest, (every, *of_types.values()), silences, tuple(self._overdue(place, whole, types))
        )

    def _overdue(self, place: InExport, whole: _Days, types: Mapping[str, _Days]) -> Iterator[Finding]:
        if isinstance(self.within, Period):
            late = overdue(place, whole.newest, self.as_of, self.within, self.zone)
            if late is not None:
                yield late
        elif self.within is not None:
            for name, period in self.within.items():
                newest = types[fold(name)].newest if fold(name) in types else None
                late = overdue(place, newest, self.as_of, period, self.zone, event=name)
                if late is not None:
                    yield late

    def _days(self, since: datetime | None) -> tuple[_Days, dict[str, _Days]]:
        """Count the rows by day, of all types together and of each named type, by its folded name.

        A feed with an event in the last 84 days is judged by the 84 days before that event, so rows of the
        last 168 days are enough (`since`). Only if a feed has no such event are rows of any age read: 20 M
        rows of two years then take 2.2 CPU seconds, and 0.7 otherwise.
        """
        whole, types = _Days(), dict[str, _Days]()
        also = {fold(name) for name in self.within} if isinstance(self.within, dict) else set()
        for kind, newest, many in self._rows(since):
            day = to_local(newest, self.zone).date()
            whole.add(newest, day, many)
            name = fold(kind)
            if name in self.types or name in also:
                types.setdefault(name, _Days()).add(newest, day, many)
        return whole, types

    def _piece(self, seconds: pl.Expr, since: datetime | None) -> pl.Expr:
        """Number the pieces of time that lie within one calendar day under every offset of the time zone.

        With offsets of -7 and -6 hours, a new piece begins at 6 and at 7 o'clock UTC: the number is the sum
        of the days since 1970 under each offset. Grouping rows by these few numbers saves computing a local
        day for each row.
        """
        offsets = _offsets(self.zone, since or _before(self.as_of, _YEARS), self.as_of)
        return reduce(add, ((seconds + offset) // _DAY for offset in offsets))

    def _rows(self, since: datetime | None) -> Iterable[tuple[str, datetime, int]]:
        """Return type, newest time and row count for each type and piece of a calendar day."""
        with reading(self.source.file_at_fault):
            rows = self.source.sound(since)
            kind = as_text(EVENT, rows.collect_schema()[EVENT]).alias(EVENT)
            at = pl.col("at")
            found = (
                rows.filter(at <= self.as_of if since is None else (at >= since) & (at <= self.as_of))
                .group_by(kind, self._piece(at.dt.epoch("s"), since).alias("piece"))
                .agg(at.max().dt.epoch("s"), pl.len())
                .select(present(pl.col(EVENT)), "at", "len")
                .drop_nulls(EVENT)
                .collect(engine="streaming")
            )
        return (
            (name, datetime.fromtimestamp(seconds, UTC), many) for name, seconds, many in found.iter_rows()
        )


def _before(instant: datetime, span: timedelta) -> datetime:
    """Return an instant minus a span, or the first instant that has a local time in every zone."""
    return instant - span if instant - _EARLIEST > span else min(instant, _EARLIEST)


def _offsets(zone: ZoneInfo, first: datetime, last: datetime) -> tuple[int, ...]:
    """Return the distinct offsets (seconds) of a time zone between two instants, sampled weekly."""
    weeks = (last - _WEEK * week for week in range((last - first) // _WEEK + 1))
    found = {to_local(instant, zone).utcoffset() for instant in (first, *weeks)}
    return tuple(sorted(int(offset.total_seconds()) for offset in found if offset is not None))


def _named(book: RuleBook, others: Sequence[Condition]) -> Iterator[str]:
    """Yield the event types that the rule file and other conditions name, as written."""
    for match in _matches(book, others):
        yield from match.types


def _matches(book: RuleBook, others: Sequence[Condition]) -> Iterator[EventMatch]:
    conditions = [*others, *label_conditions(book), *role_conditions(book)]
    patterns = () if book.bots is None or book.bots.standard else book.bots.patterns
    for entry in (*book.ignore, *patterns):
        yield from entry.matches
    for score in book.scores:
        if score.population is not None:
            conditions.append(score.population)
        for _, idle in score.idles:
            yield from idle.activity
        for rule in score.rules:
            conditions += conditions_of(rule)
            if isinstance(rule.subject, EventRule):
                yield rule.subject.match
            yield from beside(rule.subject)
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(leaf, Happened):
            yield leaf.match
            yield from beside(leaf)
