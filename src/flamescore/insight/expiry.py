"""When an occurrence leaves its window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flamescore.units import start_of_day

if TYPE_CHECKING:
    from flamescore.engine.clock import Clock
    from flamescore.units import Period

_AROUND = 4
"""Days around the stepped date in which a calendar window can end: months differ by three days."""


def expires_at(at: datetime, window: Period, clock: Clock) -> datetime:
    """Return the first instant after `at` at which the window no longer holds it (`as_of - w >= at`).

    With windows in months or years the days cut to a month's last can end it a little early or late, so the
    days around are looked at one by one.
    """
    if window.seconds is not None:
        return at + timedelta(seconds=window.seconds)
    near = window.after(at, clock.zone).astimezone(clock.zone).date()
    for offset in range(-_AROUND, 2 * _AROUND):
        start = start_of_day(near + timedelta(days=offset), clock.zone)
        end = start_of_day(near + timedelta(days=offset + 1), clock.zone) - timedelta(seconds=1)
        if window.before(start, clock.zone) >= at:
            return start
        if window.before(end, clock.zone) >= at:
            return _first(start, end, at, window, clock)
    return window.after(at, clock.zone)


def _first(low: datetime, high: datetime, at: datetime, window: Period, clock: Clock) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if window.before(middle, clock.zone) >= at else (middle, high)
    return high
