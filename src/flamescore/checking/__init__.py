"""Everything that is wrong with rules, project and exports, in one go."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from flamescore.checking.schema import json_schema

if TYPE_CHECKING:
    from flamescore.checking.run import Checked, RuleResult, ScoreResult, check
    from flamescore.checking.telling import (
        RULE_COLUMNS,
        as_concise,
        as_github,
        as_json,
        findings_text,
        rule_rows,
        score_line,
        summary,
    )

__all__ = [
    "RULE_COLUMNS",
    "Checked",
    "RuleResult",
    "ScoreResult",
    "as_concise",
    "as_github",
    "as_json",
    "check",
    "findings_text",
    "json_schema",
    "rule_rows",
    "score_line",
    "summary",
]

_WITH_FRAMES: Final = {
    **dict.fromkeys(("Checked", "RuleResult", "ScoreResult", "check"), "run"),
    **dict.fromkeys(
        ("RULE_COLUMNS", "as_concise", "as_github", "as_json", "findings_text", "rule_rows"), "telling"
    ),
    **dict.fromkeys(("score_line", "summary"), "telling"),
}
"""What checks or tells, and its module: imported when it is asked for, for a schema needs none of it."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever there is by that name
    if name not in _WITH_FRAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_FRAMES[name]}"), name)
