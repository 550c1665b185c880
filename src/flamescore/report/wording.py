"""The wording of numbers, times and reasons, the same everywhere.

`shown_points` describes how points are rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.shown_points import given, missing, score
from flamescore.tables import reason, worded_reasons
from flamescore.units import ago, to_local

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

__all__ = [
    "ago",
    "before",
    "duration",
    "given",
    "minute",
    "missing",
    "percentile",
    "reason",
    "score",
    "short_day",
    "size",
    "to_the_minute",
    "whole_date",
    "worded_reasons",
    "zone_of",
]

_THOUSAND: Final = 1_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
"""In seconds."""

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# --- points


def percentile(number: float) -> str:
    """Format a percentile, rounded down, so that only the best of a list shows 100: `93%`."""
    return f"{int(number // 1)}%"


# --- sizes and durations


def size(many: int) -> str:
    """Format a size in bytes with decimal units: `512 B`, `928 kB`, `1.4 MB`."""
    if many < _THOUSAND:
        return f"{many} B"
    kilobytes = (many + _THOUSAND // 2) // _THOUSAND
    if kilobytes < _THOUSAND:
        return f"{kilobytes} kB"
    for unit in ("MB", "GB", "TB"):
        tenths = (many * 10 + _THOUSAND**2 // 2) // _THOUSAND**2
        if tenths < 10 * _THOUSAND or unit == "TB":
            break
        many //= _THOUSAND
    return f"{tenths // 10:,}{f'.{tenths % 10}' if tenths % 10 else ''} {unit}"


def duration(seconds: float) -> str:
    """Format a duration: `0.8 s`, from a minute on `4 min`, from an hour on `2 h`, rounded down."""
    if seconds < _MINUTE:
        return f"{int(seconds * 10) / 10:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    return f"{int(seconds // _HOUR):,} h"


def before(seconds: float) -> str:
    """Format how long ago something was: `4 min ago`, `2 h ago`, `3 days ago`, rounded down."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _DAY:
        return f"{duration(seconds)} ago"
    days = int(seconds // _DAY)
    return f"{days:,} day{'' if days == 1 else 's'} ago"


# --- times


def to_the_minute(instant: datetime, zone: ZoneInfo) -> str:
    """Format an instant in local time, without its zone: `2026-11-21 00:00`."""
    return to_local(instant, zone).replace(tzinfo=None).isoformat(" ", "minutes")


def short_day(day: date, today: date) -> str:
    """Format a day as on the page: `20 Nov`, with the year if it differs from that of `today`."""
    text = f"{day.day} {_MONTH_NAMES[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def zone_of(instant: datetime, zone: ZoneInfo) -> str:
    """Format the zone of an instant as its abbreviation, `MST`, else as its offset, `-03:00`."""
    return _zone(to_local(instant, zone))


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    return name if name.isalpha() else local.isoformat()[-len("-03:00") :]


def whole_date(day: date) -> str:
    """Format a day with its year, for people: `21 Nov 2026`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def minute(local: datetime) -> str:
    """Format a local time with its zone: `2026-11-21 00:00 MST`, or `2026-11-21 00:00 -07:00` if unnamed."""
    return f"{local:%Y-%m-%d %H:%M} {_zone(local)}"
