"""The columns of what changed between two runs, and the ways in which a contact changes."""

from __future__ import annotations

from typing import Final

import polars as pl

FILE: Final = "changes.parquet"

NEWLY_HOT, COOLED_OFF, UP, DOWN = "newly_hot", "cooled_off", "up", "down"
NEW, VANISHED, SAME = "new", "vanished", "same"
KINDS: Final = (NEWLY_HOT, COOLED_OFF, UP, DOWN, NEW, VANISHED, SAME)
"""In the order in which they are listed; of `new` contacts those who are hot stand with the newly hot."""

PARTS: Final = ("by_activity", "by_time", "by_data", "by_rules")

CHANGES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "change": pl.String(),
        "previous_score": pl.Float64(),
        "previous_flames": pl.Int32(),
        "score": pl.Float64(),
        "flames": pl.Int32(),
        "difference": pl.Float64(),
        **dict.fromkeys(PARTS, pl.Float64()),
    }
)
"""One row a contact and score. The four parts add up to `difference`, in ten-thousandths of a point.

Of scores that no float holds exactly (past 2^53 ten-thousandths) the published floats are compared.
"""
