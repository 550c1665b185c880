"""Tests of rules: made-up contacts, and the expected results for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.rule_tests.shapes import json_schema

if TYPE_CHECKING:
    from flamescore.rule_tests.outcome import Outcome, Outcomes
    from flamescore.rule_tests.real_case import case_as_test
    from flamescore.rule_tests.rendering import as_json, as_junit, as_table
    from flamescore.rule_tests.running import found_files, run_tests

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
    "as_json": "rendering",
    "as_junit": "rendering",
    "as_table": "rendering",
    "found_files": "running",
    "run_tests": "running",
    "case_as_test": "real_case",
}
"""Names that are imported on first access, with their modules: generating a schema needs none of them."""

__getattr__ = lazy_imports(__name__, _WITH_FRAMES)
