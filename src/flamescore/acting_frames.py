"""The frames of what comes after the scores: members of segments, and leads that were handed to reps."""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.frames import INSTANT

SEGMENTS: Final = pl.Schema(
    {"segment": pl.String(), "contact_id": pl.String(), "since": INSTANT, "held": pl.Boolean()}
)
"""One row a member. `held`: it would have left, but for a feed that has dried up.

Rows of alerts stand after those of segments: `alert:NAME` and `rearm:NAME`.
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
"""Who was handed to which rep, when and why; `ended` ones count for turns and caps alone."""

ROUTES_FILE: Final = "routes.parquet"
