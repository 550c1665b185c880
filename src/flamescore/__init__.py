"""Batch lead scoring: exact, explainable, reproducible, fast.

The API takes and returns Polars frames; see docs/python.md. Everything is imported on first use, so that the
command line can print its help without loading Polars and handles signals from the start.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

# Without this, Polars can't open Parquet files that contain an interval. It is read when Polars is imported.
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


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any object of the API
    if name not in __all__:
        msg = f"module 'flamescore' has no attribute {name!r}"
        raise AttributeError(msg)
    module = "api" if name in _OF_API else "results" if name in _OF_RESULTS else "errors"
    return getattr(import_module(f"flamescore.{module}"), name)


class _Package(ModuleType):
    """Keeps `flamescore.report` the function: importing the package of that name would replace it."""

    @property
    def report(self) -> Any:  # noqa: ANN401 - the function of the API
        """Write the report of a run."""
        return __getattr__("report")

    @report.setter
    def report(self, room: ModuleType) -> None:
        """Ignore the package, which is imported by its full name."""


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    """Return the public names, whether or not they have been imported yet."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
