"""Two rule files on the same exports: what a change does before it goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.rule_diff.schema import json_schema

if TYPE_CHECKING:
    from flamescore.rule_diff.books import rule_changes, setting_changes
    from flamescore.rule_diff.comparing import compare
    from flamescore.rule_diff.failing import fail_on
    from flamescore.rule_diff.html import as_html
    from flamescore.rule_diff.rendering import Diff, File, as_json, as_markdown, as_text
    from flamescore.rule_diff.revisions import loaded

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
    "Diff": "rendering",
    "File": "rendering",
    "as_html": "html",
    "as_json": "rendering",
    "as_markdown": "rendering",
    "as_text": "rendering",
    "compare": "comparing",
    "fail_on": "failing",
    "loaded": "revisions",
    "rule_changes": "books",
    "setting_changes": "books",
}
"""Names that compare or render, with their modules. Imported on first use: the schema doesn't need them."""

__getattr__ = lazy_imports(__name__, _WITH_FRAMES)
