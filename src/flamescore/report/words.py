"""The words of a report: points and differences as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from flamescore.units import nearest_points, show_points

UNASSIGNED: Final = "Unassigned"
"""What stands for the owner of a lead that has none."""


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
