"""What changed since an earlier run, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.changes.table import (
    CHANGES,
    COOLED_OFF,
    DOWN,
    FILE,
    KINDS,
    MOVES,
    NEW,
    NEWLY_HOT,
    PARTS,
    SAME,
    TREND,
    UP,
    HotInBoth,
    compared,
    hot_not_compared,
    moves,
    with_kind,
)
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.changes.comparison import Before, Changes, compare, would_change
    from flamescore.changes.parts import totals_at, with_trend

__all__ = [
    "CHANGES",
    "COOLED_OFF",
    "DOWN",
    "FILE",
    "KINDS",
    "MOVES",
    "NEW",
    "NEWLY_HOT",
    "PARTS",
    "SAME",
    "TREND",
    "UP",
    "Before",
    "Changes",
    "HotInBoth",
    "compare",
    "compared",
    "hot_not_compared",
    "moves",
    "totals_at",
    "with_kind",
    "with_trend",
    "would_change",
]

_LATE: Final = {
    "Before": "comparison",
    "Changes": "comparison",
    "compare": "comparison",
    "totals_at": "parts",
    "with_trend": "parts",
    "would_change": "comparison",
}
"""The names that compare runs by scoring again, and their modules. Reading a stored run needs none."""

__getattr__ = lazy_imports(__name__, _LATE)
