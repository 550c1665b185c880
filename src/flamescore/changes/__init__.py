"""What changed since an earlier run, and why."""

from __future__ import annotations

from flamescore.changes.change import would_change
from flamescore.changes.comparison import Before, Changes, compare
from flamescore.changes.schema import CHANGES, FILE, KINDS, SAME
from flamescore.changes.trend import TREND, with_trend

__all__ = [
    "CHANGES",
    "FILE",
    "KINDS",
    "SAME",
    "TREND",
    "Before",
    "Changes",
    "compare",
    "with_trend",
    "would_change",
]
