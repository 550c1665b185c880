"""`routed.csv`, which lists for people who is routed to whom, and how other lists show routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.tables.columns import kept, local_time
from flamescore.tables.write import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.routing import Routed
    from flamescore.scoring import Scored

ROUTED_FILE: Final = "routed.csv"
_RANK: Final = "\x00rank"


def write_routed(folder: Path, scored: Scored, routed: Routed, keep: Sequence[str]) -> None:
    """Write `routed.csv` into a run's folder, for a spreadsheet."""
    write_csv(routed_list(scored, routed, keep), folder / ROUTED_FILE, spreadsheet=True)


def routed_list(scored: Scored, routed: Routed, keep: Sequence[str]) -> pl.DataFrame:
    """Return the routed leads, and the leads that could not be routed, in order of the default score.

    Contacts that the call list excludes are not listed, although their route stays valid. Columns:
    `contact_id`, the kept ones, `flames` and `score` (of the default score; null without a row there),
    `routed_to` (null for unrouted leads), `reason`, `routed_at` (local time, to the minute), and `new`
    (routed in this run). Contacts without a rank come last, by contact id.
    """
    leads = pl.concat(
        [
            routed.now.select("contact_id", "rep", "reason", "at"),
            routed.unrouted.select("contact_id", "reason"),
        ],
        how="diagonal",
    ).join(scored.excluded, on="contact_id", how="anti", maintain_order="left")
    mine = scored.scores.filter(pl.col("score_name") == scored.book.scores[0].name)
    people = kept(scored, keep)
    fresh = pl.col("contact_id").is_in(routed.fresh["contact_id"].implode())
    return (
        leads.join(
            mine.select("contact_id", "flames", "score", pl.col("rank").alias(_RANK)),
            on="contact_id",
            how="left",
        )
        .join(people, on="contact_id", how="left")
        .sort(_RANK, "contact_id", nulls_last=True)
        .select(
            *people.columns,
            "flames",
            "score",
            pl.col("rep").alias("routed_to"),
            "reason",
            local_time(pl.col("at"), scored.book.zone).alias("routed_at"),
            fresh.alias("new"),
        )
    )
