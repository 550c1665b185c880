"""Labels, the hot contacts, and the contacts that the call list excludes, all derived from scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.labels.files import HOLDOUT, HOLDOUT_FILE, HOT_FILE, LABELS_FILE, columns_of_labels
from flamescore.late_names import late_names

if TYPE_CHECKING:
    from flamescore.labels.everyone import Everyone, Standing
    from flamescore.labels.holdout import drawn
    from flamescore.labels.judging import (
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

_LATE: Final = {
    "Everyone": "everyone",
    "Standing": "everyone",
    "drawn": "holdout",
    "everyone_of": "judging",
    "judged": "judging",
    "with_labels": "judging",
}
"""The names that compute labels, with their modules. Reading a stored run does not need them."""

__getattr__ = late_names(__name__, _LATE)
