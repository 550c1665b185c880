"""The events of one contact: which ones a rule considers, which of them count, and what followed them."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.cells import fold
from flamescore.engine import AT, BOTS, COUNTED, EVENT, EXPIRED
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from flamescore.engine import ConditionEvaluator, Prepared, Traced
    from flamescore.rules import Burst, EventMatch, EventRule, Follower, Happened, Per

OLD: Final = "old"
STEPS: Final = (OLD, "since", "follower", "per", "burst", EXPIRED, "times", "count", COUNTED)
"""The steps in order; `OLD` is the step of an event that is too old to be considered at all."""


class ContactEvents(Struct, frozen=True, dict=True):
    """The events of one contact under every stream. An event is identified by its row in `traced.events`."""

    ready: Prepared
    traced: Traced
    evaluator: ConditionEvaluator

    @cached_property
    def ages(self) -> list[int]:
        """The age of each event in seconds; below 0 if it is after `as_of`."""
        ages: list[int] = self.traced.age.tolist()
        return ages

    @cached_property
    def cells(self) -> dict[str, list[Any]]:
        """The events by column; looking up a row of a frame takes 8 us, 0.2 s in all for a busy contact."""
        return self.traced.events.to_dict(as_series=False)

    @cached_property
    def by_stream(self) -> dict[int, list[int]]:
        """The events that each stream matches, latest first."""
        found: dict[int, list[int]] = {}
        for stream, row in self.traced.outcomes:
            found.setdefault(stream, []).append(row)
        ages = self.ages
        return {stream: sorted(rows, key=lambda row: (ages[row], row)) for stream, rows in found.items()}

    @cached_property
    def _by_type(self) -> dict[str, list[int]]:
        """The events of each type up to `as_of`."""
        found: dict[str, list[int]] = {}
        for row, kind in enumerate(self.cells[EVENT]):
            if self.ages[row] >= 0:
                found.setdefault(fold(kind or ""), []).append(row)
        return found

    def local_day(self, instant: datetime) -> date:
        """Return the calendar day of an instant."""
        return to_local(instant, self.ready.clock.zone).date()

    def day(self, row: int) -> str:
        """Return the calendar day of an event."""
        return self.local_day(self.cells[AT][row]).isoformat()

    def cell(self, row: int, column: str) -> str | None:
        """Return a property of an event, trimmed; None if it is missing or blank."""
        cells = self.cells.get(column)
        text = None if cells is None else cells[row]
        return (text or "").strip() or None

    def there(self, stream: int) -> list[int]:
        """Return the events of a stream up to `as_of`, latest first, without the ones that `bots` removes."""
        outcomes = self.traced.outcomes
        if stream not in self._there:
            self._there[stream] = [
                row
                for row in self.by_stream.get(stream, ())
                if self.ages[row] >= 0 and outcomes[stream, row] != BOTS
            ]
        return self._there[stream]

    @cached_property
    def _there(self) -> dict[int, list[int]]:
        return {}

    def counted(self, stream: int) -> list[int]:
        """Return the events of a stream that count, latest first."""
        return [row for row in self.there(stream) if self.traced.outcomes[stream, row] == COUNTED]

    def enough(self, stream: int) -> int:
        """Return how many events passed `times`; `count` may keep fewer of them."""
        outcomes = self.traced.outcomes
        return sum(outcomes[stream, row] in (COUNTED, "count") for row in self.there(stream))

    def of_types(self, match: EventMatch) -> set[int]:
        """Return the events of the types up to `as_of`, whether or not they match the predicates."""
        return {row for kind in match.types for row in self._by_type.get(fold(kind), ())}

    def how_many(self, stream: int) -> tuple[int, datetime | None]:
        """Return how many events count, and the instant of the latest."""
        sums = self.evaluator.sums[stream]
        if not len(sums.contact):
            return 0, None
        age = int(sums.age[0])
        row = next((row for row in self.there(stream) if self.ages[row] == age), None)
        return int(sums.occurrences[0]), None if row is None else self.cells[AT][row]

    def total(self, stream: int) -> int:
        """Return the sum of the events that count, in ten-thousandths."""
        sums = self.evaluator.sums[stream]
        return int(sums.points[0]) if len(sums.contact) else 0

    def step(self, stream: int, row: int) -> int:
        """Return the index in `STEPS` of the step that an event reached."""
        outcome = self.traced.outcomes[stream, row]
        if outcome == EXPIRED and (stream, row) not in self.traced.bursts:
            outcome = OLD
        return STEPS.index(outcome)

    def reset(self, streams: Sequence[int]) -> int | None:
        """Return the latest event of the given reset streams."""
        resets = (row for reset in streams for row in self.there(reset))
        return min(resets, key=lambda row: self.ages[row], default=None)

    def links(self, criterion: EventRule | Happened, stream: int) -> list[tuple[Follower, int, bool]]:
        """Return the followers, the stream of each, and whether it is required (True) or excluded (False)."""
        counted, found = self.ready.streams.all[stream], []
        if criterion.followed_by is not None and counted.followed_by is not None:
            found.append((criterion.followed_by, counted.followed_by.stream, True))
        if criterion.unless_followed_by is not None and counted.unless_followed_by is not None:
            found.append((criterion.unless_followed_by, counted.unless_followed_by.stream, False))
        return found

    def after(self, row: int, follower: Follower, stream: int) -> list[int]:
        """Return the events that satisfy `follower` for the event in `row`, latest first."""
        age, same = self.ages[row], follower.same
        values = self.cells.get(same, []) if same is not None else []
        return [
            each
            for each in self.there(stream)
            if age - follower.within <= self.ages[each] <= age - follower.after
            and (same is None or (self.cell(each, same) and values[each] == values[row]))
        ]

    def nearest(self, rows: Sequence[int], burst: Burst) -> int:
        """Return the most events, or distinct values of `per`, that lie within the length of a burst."""
        values = [row if burst.per is None else self._value(row, burst.per) for row in rows]
        inside: Counter[Any] = Counter()
        most = first = 0
        for last, row in enumerate(rows):
            inside[values[last]] += 1
            while self.ages[row] - self.ages[rows[first]] > burst.seconds:
                inside[values[first]] -= 1
                inside += Counter()
                first += 1
            most = max(most, len(inside))
        return most

    def _value(self, row: int, per: Per) -> Any:  # noqa: ANN401 - a text, a day, a week or a month
        if per.column is not None:
            return self.cells[per.column][row] if self.cell(row, per.column) else None
        day = self.local_day(self.cells[AT][row])
        if per.unit == "week":
            return day.isocalendar()[:2]
        return day if per.unit == "day" else (day.year, day.month)
