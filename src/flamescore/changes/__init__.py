"""What changed since an earlier run, and why."""

from __future__ import annotations

from flamescore.changes.comparison import Before, Changes, compare, hot_not_compared, would_change
from flamescore.changes.parts import TREND, totals_at, with_trend
from flamescore.changes.table import (
    CHANGES,
    FILE,
    KINDS,
    MOVES,
    NEW,
    PARTS,
    SAME,
    HotInBoth,
    compared,
    moves,
    with_kind,
)

__all__ = [
    "CHANGES",
    "FILE",
    "KINDS",
    "MOVES",
    "NEW",
    "PARTS",
    "SAME",
    "TREND",
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
