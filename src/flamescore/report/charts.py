"""What the charts of the page are drawn from: the lengths of bars, and how strong a cell of a grid is.

The page draws them itself, as small SVG rectangles and table cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.report.view_model import RuleLine

RULES: Final = 10
"""Rules that a chart shows; the table beside it has them all."""

STEPS: Final = 9
"""How many strengths a cell may have beside none."""


def strongest(lines: Sequence[RuleLine], *, took: bool = False) -> tuple[RuleLine, ...]:
    """Return the ten rules and limits that gave most or, with `took`, took most; the strongest first.

    Ties keep the order of the rule file; what neither gave nor took is left out.
    """
    found = (line for line in lines if line.amount and (line.amount < 0) == took)
    return tuple(sorted(found, key=lambda line: -abs(line.amount))[:RULES])


def share(amount: float, most: float) -> float:
    """Return how long a bar is, in percent of the longest: 0 for nothing, at least 1 for anything else."""
    if not amount or not most:
        return 0.0
    return max(round(100 * float(abs(amount) / abs(most)), 2), 1.0)


def strength(many: int, most: int) -> int:
    """Return how strong a cell's colour is, 0 (nobody) to 9 (the fullest cell).

    The share is raised to 0.35, so that cells with few contacts are told from empty ones.
    """
    return max(1, round(STEPS * (many / most) ** 0.35)) if many else 0
