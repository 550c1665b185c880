"""Contacts that were merged away: what a run keeps of them, so that a search finds who they are now."""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.frames import SURVIVOR

FILE: Final = "merged.parquet"
TEXT_COLUMNS: Final = ("name", "company", "email")
"""What `search --text` looks at."""


def merged_table(aliases: pl.DataFrame) -> pl.DataFrame:
    """Return `merged_id, contact_id` (who it is now), and the name, company and e-mail of the old row, by id.

    `aliases` are those of `frames.Exports`. The cells of an old id that is no row of the export are null.
    """
    there = [name for name in TEXT_COLUMNS if name in aliases.columns]
    old, now = pl.col("contact_id").alias("merged_id"), pl.col(SURVIVOR).alias("contact_id")
    return aliases.select(old, now, *there).sort("merged_id")
