"""Numbers, times and reasons, each said in one way, whoever says it.

How points are rounded is told in `shown_points`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.shown_points import given, missing, score
from flamescore.tables import reason, worded_reasons

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = [
    "ago",
    "given",
    "minute",
    "missing",
    "percentile",
    "reason",
    "score",
    "whole_date",
    "worded_reasons",
]

_DAYS: Final = 60
"""So many days ago at most are said as days."""

_DAYS_A_MONTH: Final = (304_375, 10_000)
_MONTHS: Final = 24
"""From so many months on they are said as years."""

_MONTHS_A_YEAR: Final = 12
_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


# --- points


def percentile(number: float) -> str:
    """Say a percentile, rounded down, so that only the best of a list shows 100: `93%`."""
    return f"{int(number // 1)}%"


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


def minute(local: datetime) -> str:
    """Say a local time with its zone: `2026-11-21 00:00 MST`, `2026-11-21 00:00 -07:00` without a name."""
    name = local.tzname() or ""
    offset = local.isoformat()[-6:]
    return f"{local:%Y-%m-%d %H:%M} {name if name[:1].isalpha() else offset}"
