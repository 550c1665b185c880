"""Batch lead scoring: exact, explainable, reproducible, fast.

The API takes and gives Polars frames; see docs/python.md. Everything is imported when it is first used, so
that the command line can say its help without Polars, and hears signals from its first moment.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

# Else Polars opens no Parquet file that has an interval somewhere; it reads this when it is imported.
os.environ.setdefault("POLARS_IMPORT_INTERVAL_AS_STRUCT", "1")

from flamescore._version import __version__

if TYPE_CHECKING:
    from flamescore.api import explain, load_exports, load_rules, load_run, report, score, search
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
    from flamescore.results import Explanation, Result, Run

__all__ = [
    "Explanation",
    "FlamescoreError",
    "InputError",
    "LockedError",
    "NotFoundError",
    "OutputError",
    "Problem",
    "ProjectFileError",
    "Result",
    "RuleFileError",
    "Run",
    "UsageError",
    "__version__",
    "explain",
    "load_exports",
    "load_rules",
    "load_run",
    "report",
    "score",
    "search",
]

_OF_API = ("explain", "load_exports", "load_rules", "load_run", "report", "score", "search")
_OF_RESULTS = ("Explanation", "Result", "Run")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the API has by that name
    if name not in __all__:
        msg = f"module 'flamescore' has no attribute {name!r}"
        raise AttributeError(msg)
    module = "api" if name in _OF_API else "results" if name in _OF_RESULTS else "errors"
    return getattr(import_module(f"flamescore.{module}"), name)


class _Package(ModuleType):
    """Keeps `flamescore.report` the verb, though a room has that name: importing a room sets it there."""

    @property
    def report(self) -> Any:  # noqa: ANN401 - the verb of the API
        """Write the report of a run."""
        return __getattr__("report")

    @report.setter
    def report(self, room: ModuleType) -> None:
        """Let the room be: it is imported by its whole name."""


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    """Return what there is to use, whether it is imported yet or not."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
