"""The score some time ago, by today's rules from the same exports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.insight.changes_parts import totals_at
from flamescore.units import POINT

if TYPE_CHECKING:
    from flamescore.frames import Exports
    from flamescore.scoring import Scored
    from flamescore.units import Period

TREND: Final = ("trend_score", "trend")
"""The score then, and by how many points the score of now is above it."""


def with_trend(scored: Scored, exports: Exports, ago: Period) -> Scored:
    """Add `TREND` (Float64, exact to four decimals) to the scores; null for who was outside the population.

    It is what the rules of today would have said then of what today's exports tell of that time: fields and
    undated tags are as exported.
    """
    then = ago.before(scored.as_of, scored.book.zone)
    past = totals_at(scored.book, exports, then).rename({"total": "then"})
    joined = scored.scores.join(past, on=["contact_id", "score_name"], how="left", maintain_order="left")
    was = joined["then"]
    now = (joined["score"] * POINT).round(0).cast(pl.Int64)
    # numpy's quotients are the nearest floats, Polars' may not be.
    score, moved = (each.fill_null(0).to_numpy() / POINT for each in (was, now - was))
    known = pl.col("then").is_not_null()
    columns = zip(TREND, (score, moved), strict=True)
    added = (pl.when(known).then(pl.lit(pl.Series(values))).alias(name) for name, values in columns)
    return replace(scored, scores=joined.with_columns(*added).drop("then"))
