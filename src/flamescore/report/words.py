"""What the files of a report say alike beside numbers and times."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

UNASSIGNED: Final = "Unassigned"
"""What stands for the owner of a lead that has none."""


def difference(now: float, then: float) -> Decimal:
    """Subtract points exactly to four decimals: of large ones a float may be off by some."""
    return Decimal(now) - Decimal(then)
