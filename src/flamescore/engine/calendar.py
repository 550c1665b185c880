"""The clock of a scoring: `as_of`, and the calendar of the rule file's time zone as arrays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from flamescore.units import clamped, to_local

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from flamescore.units import Period

DAY: Final = 86_400
"""Seconds in a day."""

EPOCH: Final = date(1970, 1, 1)
_STEP: Final = DAY // 2
"""Offsets are probed at steps of this many seconds: no zone has changed its clocks twice in half a day."""

_YEAR: Final = 31_556_952
"""Seconds in a mean Gregorian year: 365.2425 days."""

_CACHED_TABLES: Final = 64
"""Tables of transitions that are cached: one per zone and range of years."""

_FIRST_YEAR: Final = 1880
_LAST_YEAR: Final = 2200
"""Before the first year, zones use mean solar time; after the last, the offset stays the same."""


class Clock(Struct, frozen=True):
    """The instant that everything is computed for, and the time zone of its calendar."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def now(self) -> int:
        """`as_of` in epoch seconds."""
        return int(self.as_of.timestamp())

    @property
    def today(self) -> int:
        """The local calendar day of `as_of`, in days since 1970-01-01."""
        return self.day_of(self.as_of)

    def reach(self, window: Period | None, before: int = 0) -> int | None:
        """Return the age in seconds at which an occurrence leaves the window; None if it never does.

        `before` extends the window by this many seconds, as far as a datetime can represent.
        """
        if window is None:
            return None
        start = int(window.before(self.as_of, self.zone).timestamp())
        return self.now - int(clamped(start - before).timestamp()) if before else self.now - start

    def day_of(self, instant: datetime) -> int:
        """Return the local calendar day of an instant, in days since 1970-01-01."""
        return (to_local(instant, self.zone).date() - EPOCH).days

    def day_before(self, window: Period) -> int:
        """Return the local calendar day of `as_of - window`."""
        return self.day_of(window.before(self.as_of, self.zone))

    def day_after(self, window: Period) -> int:
        """Return the local calendar day of `as_of + window`."""
        return self.day_of(window.after(self.as_of, self.zone))

    def local_days(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the local calendar days (since 1970-01-01) of epoch seconds."""
        if not len(instants):
            return instants
        table = transitions(self.zone, *_years(int(instants.min()), int(instants.max())))
        offsets = table.offsets[np.searchsorted(table.instants, instants, side="right")]
        return (instants + offsets) // DAY

    def instants(self, local: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the epoch seconds of naive local seconds.

        A local time that the clock skips uses the offset before the gap; for a repeated one, the earlier
        instant is used. Both follow from one rule: the old offset applies until the later of the two local
        readings.
        """
        if not len(local):
            return local
        table = transitions(self.zone, *_years(int(local.min()), int(local.max())))
        return local - table.offsets[np.searchsorted(table.local_ends, local, side="right")]


class Transitions(Struct, frozen=True):
    """Changes of a zone's UTC offset: `offsets[i]` is that before `instants[i]`, the last that after all."""

    instants: NDArray[np.int64]
    offsets: NDArray[np.int64]
    local_ends: NDArray[np.int64]


@lru_cache(maxsize=_CACHED_TABLES)
def transitions(zone: ZoneInfo, first: int, last: int) -> Transitions:
    """Find a zone's changes of UTC offset from one year to another."""
    start, stop = _epoch(first), _epoch(last + 1)
    before = _offset(zone, start)
    instants, offsets = [], [before]
    for probe in range(start + _STEP, stop + _STEP, _STEP):
        after = _offset(zone, probe)
        if after != before:
            instants.append(_change(zone, probe - _STEP, probe))
            offsets.append(after)
            before = after
    at, offset = np.array(instants, np.int64), np.array(offsets, np.int64)
    return Transitions(at, offset, at + np.maximum(offset[:-1], offset[1:]))


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """Find the first second of (low, high] that has the offset of `high`."""
    new = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle) == new else (middle, high)
    return high


def _offset(zone: ZoneInfo, epoch: int) -> int:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch)
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _epoch(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _years(low: int, high: int) -> tuple[int, int]:
    """Return the years around two epoch seconds, clamped to the range with known clock changes."""
    first, last = 1970 + low // _YEAR - 1, 1970 + high // _YEAR + 1
    return min(max(first, _FIRST_YEAR), _LAST_YEAR), min(max(last, _FIRST_YEAR), _LAST_YEAR)
