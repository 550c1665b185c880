"""The tables of a run that contain labels, hot contacts and held-out contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

LABELS_FILE: Final = "labels.parquet"
HOT_FILE: Final = "hot.parquet"

HOLDOUT: Final = pl.Schema(
    {
        "contact_id": pl.String(),
        "score_name": pl.String(),
        "flames": pl.Int32(),
        "rank": pl.Int32(),
        "hot": pl.Boolean(),
    }
)
"""The held-out contacts, under each score."""

HOLDOUT_FILE: Final = "holdout.parquet"


def columns_of_labels(names: Iterable[str]) -> dict[str, str]:
    """Return the column names of `labels.parquet`: those of the labels, with `contact_id` renamed."""
    names = tuple(names)
    other = "label_contact_id"
    while other in names:
        other = f"label_{other}"
    return {name: other if name == "contact_id" else name for name in names}
