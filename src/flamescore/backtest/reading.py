"""Everything that a backtest needs from the events, so that they are read once for all cuts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.engine import Clock, CodedEvents, dated, depends_on_clock, narrowed, read_once, streams_of
from flamescore.rules import EventRule, Points, RuleBook, label_conditions, role_conditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from flamescore.backtest.outcome import Outcome
    from flamescore.engine import Streams
    from flamescore.frames import Exports
    from flamescore.rules import Condition


class Questions(Struct, frozen=True):
    """Rules, outcomes (including `--called`) and further conditions.

    `value` is the property with the worth of the first outcome's events, `history` has rules that find out
    how far back the exports go.
    """

    book: RuleBook
    outcomes: tuple[Outcome, ...]
    conditions: tuple[Condition, ...] = ()
    value: str | None = None
    history: RuleBook | None = None

    def read(self, exports: Exports, instants: Collection[datetime]) -> Exports:
        """Return exports whose events are read once and kept in memory for scoring as of these instants.

        Exports that were already read are returned unchanged, unless a test on an event depends on the
        instant: then they are read again.
        """
        clocks = self._clocks(instants)
        if coded_events(exports):
            if not any(map(depends_on_clock, self._streams(clocks[-1]))):
                return exports
            exports = as_exported(exports)
        return dataclasses.replace(exports, events=read_once(exports, self._as_of(clocks), clocks[-1]))

    def of(self, exports: Exports, instants: Collection[datetime]) -> Exports:
        """Return exports that were read, with only the events that are relevant to these questions."""
        streams = self._as_of(self._clocks(instants))
        return dataclasses.replace(exports, events=narrowed(coded_events(exports), streams))

    def _clocks(self, instants: Collection[datetime]) -> list[Clock]:
        return [Clock(each, self.book.zone) for each in sorted(set(instants))]

    def _as_of(self, clocks: Sequence[Clock]) -> Iterator[Streams]:
        """Yield the streams as of each instant, or only once if they don't depend on it, which is usual."""
        for clock in clocks:
            streams = self._streams(clock)
            yield from (dated(each, clock) for each in streams)
            if not any(map(depends_on_clock, streams)):
                return

    def _streams(self, clock: Clock) -> tuple[Streams, ...]:
        book, zone = self.book.without_bots, self.book.zone
        conditions = (
            *self.conditions,
            *label_conditions(book),
            *role_conditions(book),
            *(outcome.after(None, zone) for outcome in self.outcomes),
        )
        events: tuple[EventRule, ...] = ()
        if self.value is not None:
            points = Points(column=self.value)
            events = tuple(EventRule(match, points, None) for match in self.outcomes[0].matches(zone))
        streams = streams_of(book, conditions, clock, events)
        return (streams,) if self.history is None else (streams, streams_of(self.history, (), clock))


def coded_events(exports: Exports) -> tuple[CodedEvents, ...]:
    """Return the sources of events that were read for any instant."""
    return tuple(each for each in exports.events if isinstance(each, CodedEvents))


def as_exported(exports: Exports) -> Exports:
    """Return the exports with their original events, to be read again."""
    events = (each.original if isinstance(each, CodedEvents) else each for each in exports.events)
    return dataclasses.replace(exports, events=tuple(events))
