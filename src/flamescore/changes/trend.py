"""The score some time ago, by today's rules from the same exports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.changes.parts import totals_at
from flamescore.points import as_published, difference_type, in_points, ten_thousandths

if TYPE_CHECKING:
    from flamescore.frames import Exports
    from flamescore.scoring import Scored
    from flamescore.units import Period

TREND: Final = ("trend_score", "trend")
"""The score then, and by how many points the score of now is above it."""


def with_trend(scored: Scored, exports: Exports, ago: Period) -> Scored:
    """Add `TREND` (Float64, exact as scores are) to the scores; null for who was outside the population.

    It is what the rules of today would have said then of what today's exports tell of that time: fields and
    undated tags are as exported.
    """
    then = ago.before(scored.as_of, scored.book.zone)
    past = totals_at(scored.book, exports, then).rename({"total": "then"})
    joined = scored.scores.join(past, on=["contact_id", "score_name"], how="left", maintain_order="left")
    was, score = joined["then"], joined["score"]
    kind = difference_type(was, score)
    now = joined.select(ten_thousandths(pl.col("score"), kind)).to_series()
    added = (in_points(was), in_points(now - as_published(was, kind)))
    named = (each.alias(name) for name, each in zip(TREND, added, strict=True))
    return replace(scored, scores=joined.with_columns(named).drop("then"))
