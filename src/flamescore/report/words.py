"""Wording that the files of a report share, besides numbers and times."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

UNASSIGNED: Final = "Unassigned"
"""The name shown as the owner of a lead without one."""


def difference(now: float, then: float) -> Decimal:
    """Subtract points, exact to four decimals; float subtraction of large values may be off."""
    return Decimal(now) - Decimal(then)
