"""The history: all published scores, kept longer than the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.history.against import find_earlier
from flamescore.history.files import (
    FOLDER,
    HISTORY,
    HistoryFile,
    history_files,
    history_of,
    kept_files,
    tidy_history,
    write_history,
)
from flamescore.history.keeping import Keeping
from flamescore.history.recent import recent_scores
from flamescore.history.series import SERIES, read_contact, series, sparkline, sparklines
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.history.contact import ContactHistory, ScoreHistory, contact_history

__all__ = [
    "FOLDER",
    "HISTORY",
    "SERIES",
    "ContactHistory",
    "HistoryFile",
    "Keeping",
    "ScoreHistory",
    "contact_history",
    "find_earlier",
    "history_files",
    "history_of",
    "kept_files",
    "read_contact",
    "recent_scores",
    "series",
    "sparkline",
    "sparklines",
    "tidy_history",
    "write_history",
]

_LATE: Final = dict.fromkeys(("ContactHistory", "ScoreHistory", "contact_history"), "contact")
"""Names for the history of a single contact, which the nightly run does not need, with their module."""

__getattr__ = lazy_imports(__name__, _LATE)
