"""The words of a report: why a lead stands where it stands, how long ago, how many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from flamescore.units import nearest_points, show_points

if TYPE_CHECKING:
    from datetime import date, datetime

UNASSIGNED: Final = "Unassigned"
"""What stands for the owner of a lead that has none."""

_DAYS_TOLD: Final = 60
_MONTHS_TOLD: Final = 24
_MONTH: Final = 30.4375


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that gave a lead much: `Watched the pitch video 3 days ago`, and `+5`."""

    what: str
    points: str

    def __str__(self) -> str:
        return f"{self.what}, {self.points}"


def reason(name: str, *, points: float, occurrences: int, last: date | None, today: date) -> Reason:
    """Word what a rule gave: `Called 3 days ago` for once, else `Called 4 times, last 3 days ago`."""
    said = name
    if occurrences > 1:
        said += f" {occurrences:,} times"
    if last is not None:
        said += f", last {ago(last, today)}" if occurrences > 1 else f" {ago(last, today)}"
    return Reason(said, signed(points))


def to_the_minute(local: datetime) -> str:
    """Show a local time with its zone: `2026-11-21 02:00 MST`."""
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def ago(day: date, today: date) -> str:
    """Say how long ago a calendar day is: `today`, `3 days ago`, `5 months ago`; a later one by its date."""
    days = (today - day).days
    if days < 0:
        return f"on {day:%Y-%m-%d}"
    if days < 2:  # noqa: PLR2004 - the two days that have a name
        return ("today", "yesterday")[days]
    if days <= _DAYS_TOLD:
        return f"{days} days ago"
    months = int(days / _MONTH)
    if months < _MONTHS_TOLD:
        return f"{months} months ago"
    return f"{int(months / 12)} years ago"


def number(value: float | Decimal | None) -> str:
    """Show points exactly, with a comma between thousands: `-0.25`, `1,234.5`; `-` where there are none."""
    if value is None:
        return "-"
    whole, dot, part = show_points(nearest_points(value)).partition(".")
    return f"{'-' if whole.startswith('-') else ''}{abs(int(whole)):,}{dot}{part}"


def difference(now: float, then: float) -> Decimal:
    """Subtract points exactly to four decimals: of large ones a float may be off by some."""
    return Decimal(now) - Decimal(then)


def signed(value: float | Decimal) -> str:
    """Show points with their sign: `+3`, `-0.25`, `0`."""
    shown = number(value)
    return f"+{shown}" if value > 0 and shown != "0" else shown
