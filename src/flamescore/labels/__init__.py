"""What follows from scores: labels, who is hot, and whom the call list leaves out."""

from __future__ import annotations

from flamescore.labels.everyone import Everyone, Standing
from flamescore.labels.holdout import HOLDOUT, HOLDOUT_FILE, drawn
from flamescore.labels.judging import (
    HOT_FILE,
    LABELS_FILE,
    columns_of_labels,
    everyone_of,
    judged,
    with_labels,
)

__all__ = [
    "HOLDOUT",
    "HOLDOUT_FILE",
    "HOT_FILE",
    "LABELS_FILE",
    "Everyone",
    "Standing",
    "columns_of_labels",
    "drawn",
    "everyone_of",
    "judged",
    "with_labels",
]
