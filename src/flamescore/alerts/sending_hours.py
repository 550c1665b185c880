"""When a channel may send: the hours of the day and the days of the week, in local time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flamescore.project import DAYS
from flamescore.units import to_local

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.project import Channel


def may_send(channel: Channel, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether a channel may send at a point in time, by its `hours` and `days` in a time zone.

    Hours are half-open: their end is not included. Hours that span midnight belong to the day on which they
    began: `hours: "22:00-06:00", days: [fri]` allows Friday 22:00 to Saturday 05:59, and nothing else.
    """
    local = to_local(now, zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    if channel.hours is not None:
        first, end = channel.hours.first, channel.hours.end
        if first < end:
            if not first <= minute < end:
                return False
        elif minute < end:
            day -= timedelta(days=1)
        elif minute < first:
            return False
    return DAYS[day.weekday()] in channel.days


def waits_for(channel: Channel) -> str:
    """Return when a channel may send: `waits for 08:00-20:00, mon tue wed`."""
    hours, days = channel.hours, tuple(channel.days)
    parts = [] if hours is None else [f"{_clock(hours.first)}-{_clock(hours.end)}"]
    if set(days) != set(DAYS):
        parts.append(" ".join(day for day in DAYS if day in days))
    return f"waits for {', '.join(parts)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
