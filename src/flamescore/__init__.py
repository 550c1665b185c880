"""Batch lead scoring: exact, explainable, reproducible, fast.

The API takes and gives Polars frames; see docs/python.md. Everything is imported when it is first used, so
that the command line can say its help without Polars, and hears signals from its first moment.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Else Polars opens no Parquet file that has an interval somewhere; it reads this when it is imported.
os.environ.setdefault("POLARS_IMPORT_INTERVAL_AS_STRUCT", "1")

from flamescore._version import __version__

if TYPE_CHECKING:
    from flamescore.api import Result, explain, load_exports, load_rules, score, search
    from flamescore.errors import (
        FlamescoreError,
        InputError,
        LockedError,
        NotFoundError,
        OutputError,
        Problem,
        ProjectFileError,
        RuleFileError,
        UsageError,
    )

__all__ = [
    "FlamescoreError",
    "InputError",
    "LockedError",
    "NotFoundError",
    "OutputError",
    "Problem",
    "ProjectFileError",
    "Result",
    "RuleFileError",
    "UsageError",
    "__version__",
    "explain",
    "load_exports",
    "load_rules",
    "score",
    "search",
]

_API = frozenset({"Result", "explain", "load_exports", "load_rules", "score", "search"})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the API has by that name
    if name not in __all__:
        msg = f"module 'flamescore' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("flamescore.api" if name in _API else "flamescore.errors"), name)
