"""The shape of call lists as people read them: one for `hot_leads*.csv` and for `search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore import shown_points
from flamescore.columns import REASONS
from flamescore.tables.columns import HOT_SINCE, ROUTED, local_time, said, whole_percent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo


def as_call_list(
    rows: pl.DataFrame,
    zone: ZoneInfo,
    decimals: int,
    *,
    people: Sequence[str],
    labels: Sequence[str] = (),
    scores: Sequence[str] = (),
    own: Collection[str] = (),
) -> pl.DataFrame:
    """Return rows in the columns and words of a call list, in their order.

    `rows` have exact values: `rank, contact_id, flames, score, percentile, last_activity_at, change,
    newly_hot`, `REASONS`, the columns `people` of contacts, `labels`, and `NAME_flames, NAME_score` of
    further `scores`; `own` are those of `hot_since`, `ROUTED`, `why` and `trend` that they have too. Scores
    are rounded down and differences to the nearest, to `decimals`; times are local, to the minute. Null stays
    null, and `newly_hot` is `yes` or null.
    """
    further = (
        column
        for name in scores
        for column in (pl.col(f"{name}_flames"), _score(rows, f"{name}_score", decimals))
    )
    return rows.select(
        "rank",
        "contact_id",
        *people,
        "flames",
        _score(rows, "score", decimals),
        whole_percent(pl.col("percentile")),
        *labels,
        *REASONS,
        local_time(pl.col("last_activity_at"), zone).alias("last_activity"),
        difference(rows["change"], decimals),
        yes(pl.col("newly_hot")).alias("newly_hot"),
        *(local_time(pl.col(name), zone) for name in (HOT_SINCE,) if name in own),
        *(name for name in (*ROUTED, "why") if name in own),
        *further,
        *(name for name in ("trend",) if name in own),
    )


def _score(rows: pl.DataFrame, name: str, decimals: int) -> pl.Series:
    return score(rows[name], decimals)


def score(points: pl.Series, decimals: int) -> pl.Series:
    """Say scores without commas, as cells of a spreadsheet."""
    return said(points, lambda number: shown_points.score(number, decimals, commas=False))


def difference(points: pl.Series, decimals: int) -> pl.Series:
    """Say differences with their sign and without commas."""
    return said(points, lambda number: shown_points.given(number, decimals, commas=False))


def yes(flag: pl.Expr) -> pl.Expr:
    """Say `yes` or nothing."""
    return pl.when(flag).then(pl.lit("yes"))
