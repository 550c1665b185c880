"""Numbers, times and reasons, each said in one way, whoever says it.

How points are rounded is told in `shown_points`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.shown_points import given, missing, score
from flamescore.tables import reason, worded_reasons

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "ago",
    "before",
    "duration",
    "given",
    "missing",
    "percentile",
    "reason",
    "score",
    "size",
    "whole_date",
    "worded_reasons",
]

_DAYS: Final = 60
"""So many days ago at most are said as days."""

_DAYS_A_MONTH: Final = (304_375, 10_000)
_MONTHS: Final = 24
"""From so many months on they are said as years."""

_MONTHS_A_YEAR: Final = 12
_THOUSAND: Final = 1_000
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
"""In seconds."""

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# --- points


def percentile(number: float) -> str:
    """Say a percentile, rounded down, so that only the best of a list shows 100: `93%`."""
    return f"{int(number // 1)}%"


# --- sizes and durations


def size(many: int) -> str:
    """Say a size of so many bytes, decimal: `512 B`, `928 kB`, `1.4 MB`."""
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
    """Say how long something took: `0.8 s`, from a minute on `4 min`, from an hour on `2 h`, rounded down."""
    if seconds < _MINUTE:
        return f"{int(seconds * 10) / 10:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    return f"{int(seconds // _HOUR):,} h"


def before(seconds: float) -> str:
    """Say how long ago something was, by the clock: `4 min ago`, `2 h ago`, `3 days ago`, rounded down."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _DAY:
        return f"{duration(seconds)} ago"
    days = int(seconds // _DAY)
    return f"{days:,} day{'' if days == 1 else 's'} ago"


# --- times


def ago(day: date, today: date) -> str:
    """Say how long ago a local day was: `yesterday`, `60 days ago`, `2 months ago`; one to come is a date.

    Counted are calendar days. A month has 30.4375 of them, and a year twelve months; both are rounded down.
    """
    days = (today - day).days
    if days < 0:
        return day.isoformat()
    if days <= 1:
        return "yesterday" if days else "today"
    if days <= _DAYS:
        return f"{days} days ago"
    length, parts = _DAYS_A_MONTH
    months = days * parts // length
    if months < _MONTHS:
        return f"{months} months ago"
    return f"{months // _MONTHS_A_YEAR} years ago"


def whole_date(day: date) -> str:
    """Say a day with its year, for people: `21 Nov 2026`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"
