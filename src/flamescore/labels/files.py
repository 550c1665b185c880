"""The tables of a run that have labels, who is hot, and who is held out."""

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
"""Who is held out, under each score."""

HOLDOUT_FILE: Final = "holdout.parquet"


def columns_of_labels(names: Iterable[str]) -> dict[str, str]:
    """Return what the columns of `labels.parquet` are called: as the labels, but for one `contact_id`."""
    names = tuple(names)
    other = "label_contact_id"
    while other in names:
        other = f"label_{other}"
    return {name: other if name == "contact_id" else name for name in names}
