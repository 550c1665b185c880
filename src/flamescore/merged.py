"""Contacts that were merged: what a run stores about them, so that a search finds the surviving contact."""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.frames import SURVIVOR

FILE: Final = "merged.parquet"
TEXT_COLUMNS: Final = ("name", "company", "email")
"""The columns that `search --text` searches."""


def merged_table(aliases: pl.DataFrame) -> pl.DataFrame:
    """Return `merged_id, contact_id` (the survivor) and the old row's name, company and e-mail, by id.

    `aliases` are those of `frames.Exports`. The cells are null if the old id is not a row of the export.
    """
    there = [name for name in TEXT_COLUMNS if name in aliases.columns]
    old, now = pl.col("contact_id").alias("merged_id"), pl.col(SURVIVOR).alias("contact_id")
    return aliases.select(old, now, *there).sort("merged_id")
