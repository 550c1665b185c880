"""The current time: the machine's, or the value of `FLAMESCORE_NOW`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem, UsageError
from flamescore.units import count

if TYPE_CHECKING:
    from datetime import tzinfo

VARIABLE: Final = "FLAMESCORE_NOW"
GRACE: Final = timedelta(minutes=5)
"""How far apart the clocks of two machines may be."""


def clock() -> datetime:
    """Return the current time (UTC): the machine's, or that of `FLAMESCORE_NOW`.

    Raises:
        UsageError: the variable is not a time with a UTC offset.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(given)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    text = f"{VARIABLE} must be an instant such as `2026-11-21T02:00:00Z`, not `{given}`."
    raise UsageError(Problem("U002", text))


def ahead(instant: datetime, zone: tzinfo = UTC) -> str | None:
    """Return how far an instant is ahead of the clock, as `365 days`; None if it is not, or within `GRACE`.

    From 24 hours on it is in days, which are calendar days in a time zone, as people count them.
    """
    now = clock()
    away = instant - now
    if away <= GRACE:
        return None
    try:
        days = (instant.astimezone(zone).date() - now.astimezone(zone).date()).days
    except OverflowError:  # at the end of the year 9999
        days = away.days
    hours = away // timedelta(hours=1)
    if away.days:
        return count(days, "day")
    return count(hours, "hour") if hours else count(away // timedelta(minutes=1), "minute")
