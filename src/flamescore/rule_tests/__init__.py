"""Tests of rules: contacts that are made up, and what is to come out for each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from flamescore.rule_tests.shapes import json_schema

if TYPE_CHECKING:
    from flamescore.rule_tests.outcome import Outcome, Outcomes
    from flamescore.rule_tests.real_case import case_as_test
    from flamescore.rule_tests.running import found_files, run_tests
    from flamescore.rule_tests.telling import as_json, as_junit, as_table

__all__ = [
    "Outcome",
    "Outcomes",
    "as_json",
    "as_junit",
    "as_table",
    "case_as_test",
    "found_files",
    "json_schema",
    "run_tests",
]

_WITH_FRAMES: Final = {
    "Outcome": "outcome",
    "Outcomes": "outcome",
    "as_json": "telling",
    "as_junit": "telling",
    "as_table": "telling",
    "found_files": "running",
    "run_tests": "running",
    "case_as_test": "real_case",
}
"""What scores or tells, and its module: imported when it is asked for, for a schema needs none of it."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever there is by that name
    if name not in _WITH_FRAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_FRAMES[name]}"), name)
