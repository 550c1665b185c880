"""What changed since an earlier run, and why."""

from __future__ import annotations

from flamescore.changes.comparison import Before, Changes, compare, hot_not_compared, would_change
from flamescore.changes.parts import TREND, totals_at, with_trend
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
    UP,
    HotInBoth,
    compared,
    moves,
    with_kind,
)

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
