"""Schemas of what follows the scores: members of segments, and leads assigned to reps."""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.frames import INSTANT

SEGMENTS: Final = pl.Schema(
    {"segment": pl.String(), "contact_id": pl.String(), "since": INSTANT, "held": pl.Boolean()}
)
"""One row per member. `held` marks those who stay only because a feed has dried up.

The rows of alerts follow those of segments: `alert:NAME` and `rearm:NAME`.
"""

SEGMENTS_FILE: Final = "segments.parquet"

ROUTES: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "rep": pl.String(),
        "at": INSTANT,
        "reason": pl.String(),
        "ended": pl.Boolean(),
    }
)
"""Which contact was assigned to which rep, when and why; `ended` rows count only for turns and caps."""

ROUTES_FILE: Final = "routes.parquet"
