"""Labels, the hot contacts, and the contacts that the call list excludes, all derived from scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.labels.files import HOLDOUT, HOLDOUT_FILE, HOT_FILE, LABELS_FILE, columns_of_labels
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.labels.context import ConditionContext, Standing
    from flamescore.labels.holdout import drawn
    from flamescore.labels.judging import (
        condition_context,
        judged,
        with_labels,
    )

__all__ = [
    "HOLDOUT",
    "HOLDOUT_FILE",
    "HOT_FILE",
    "LABELS_FILE",
    "ConditionContext",
    "Standing",
    "columns_of_labels",
    "condition_context",
    "drawn",
    "judged",
    "with_labels",
]

_LATE: Final = {
    "ConditionContext": "context",
    "Standing": "context",
    "drawn": "holdout",
    "condition_context": "judging",
    "judged": "judging",
    "with_labels": "judging",
}
"""The names that compute labels, with their modules. Reading a stored run does not need them."""

__getattr__ = lazy_imports(__name__, _LATE)
