"""Two rule files on the same exports: what a change does before it goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.late_names import late_names
from flamescore.rule_diff.schema import json_schema

if TYPE_CHECKING:
    from flamescore.rule_diff.books import rule_changes, setting_changes
    from flamescore.rule_diff.comparing import compare
    from flamescore.rule_diff.failing import fail_on
    from flamescore.rule_diff.html import as_html
    from flamescore.rule_diff.revisions import loaded
    from flamescore.rule_diff.telling import Diff, File, as_json, as_markdown, as_text

__all__ = [
    "Diff",
    "File",
    "as_html",
    "as_json",
    "as_markdown",
    "as_text",
    "compare",
    "fail_on",
    "json_schema",
    "loaded",
    "rule_changes",
    "setting_changes",
]

_WITH_FRAMES: Final = {
    "Diff": "telling",
    "File": "telling",
    "as_html": "html",
    "as_json": "telling",
    "as_markdown": "telling",
    "as_text": "telling",
    "compare": "comparing",
    "fail_on": "failing",
    "loaded": "revisions",
    "rule_changes": "books",
    "setting_changes": "books",
}
"""Names that compare or render, with their modules. Imported on first use: the schema doesn't need them."""

__getattr__ = late_names(__name__, _WITH_FRAMES)
