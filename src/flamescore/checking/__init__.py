"""Report everything that is wrong with rules, project and exports in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.checking.schema import json_schema
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.checking.rendering import (
        RULE_COLUMNS,
        as_concise,
        as_github,
        as_json,
        findings_text,
        rule_rows,
        score_line,
        summary,
    )
    from flamescore.checking.run import Checked, RuleResult, ScoreResult, check

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
        ("RULE_COLUMNS", "as_concise", "as_github", "as_json", "findings_text", "rule_rows"), "rendering"
    ),
    **dict.fromkeys(("score_line", "summary"), "rendering"),
}
"""Names and their modules, which are imported on first use: a schema needs none of them."""


__getattr__ = lazy_imports(__name__, _WITH_FRAMES)
