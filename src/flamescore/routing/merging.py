"""Routes of contacts that were merged: they continue with the surviving contact."""

from __future__ import annotations

import polars as pl

from flamescore.acting_frames import ROUTES
from flamescore.frames import SURVIVOR


def of_survivors(routes: pl.DataFrame, aliases: pl.DataFrame | None) -> pl.DataFrame:
    """Return routes (`ROUTES`) under current contact ids: those of merged contacts get the survivor's.

    `aliases` are those of `frames.Exports`. If a contact then has several routes that have not ended, the
    earliest one continues (on ties, the one under its own id), and the others are marked as ended.
    """
    if aliases is None or routes.is_empty():
        return routes
    now = aliases.select("contact_id", pl.col(SURVIVOR).alias("now")).unique("contact_id", keep="first")
    rows = routes.join(now, on="contact_id", how="left", maintain_order="left")
    foreign = pl.col("now").is_not_null()
    ordered = rows.sort("ended", "at", foreign, "contact_id").with_columns(
        contact_id=pl.coalesce("now", "contact_id")
    )
    first = pl.col("contact_id").is_first_distinct()
    return ordered.with_columns(ended=pl.col("ended") | ~first).select(ROUTES.names())
