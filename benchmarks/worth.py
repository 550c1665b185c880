"""The points left after each day of decay, for the peers. Computed independently of the package."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules import Fade, Rule

WHOLE: Final = 10**9
POINT: Final = 10_000
DAY: Final = 86_400
CEILING: Final = 1_000 * POINT
"""The score's `max` in the bench's rule files."""


@cache
def factors(fade: Fade | None, days: int) -> list[int]:
    """Return the decay factors after 0 to `days` whole days, in billionths."""
    return [_billionths(fade, day) for day in range(days + 1)]


def worth(rule: Rule, days: int) -> list[int]:
    """Return the points of one occurrence after 0 to `days` days, in ten-thousandths of a point."""
    points = ten_thousandths(rule.points)
    return [(points * factor * 2 + WHOLE) // (2 * WHOLE) for factor in factors(rule.fade, days)]


def ten_thousandths(points: float) -> int:
    """Return points as whole ten-thousandths."""
    return round(points * POINT)


def _billionths(fade: Fade | None, day: int) -> int:
    if fade is None:
        return WHOLE
    if fade.how == "half_life":
        return int(0.5 ** (day / int(fade.amount)) * WHOLE + 0.5)
    left = max(Decimal(0), 1 - Decimal(fade.amount) / 100 * day)
    return int((left * WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))
