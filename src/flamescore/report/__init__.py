"""The hot-lead list: a view model, and one renderer a file."""

from __future__ import annotations

from flamescore.report.explained import SHOWN, render_explanation
from flamescore.report.filtered import Filtered
from flamescore.report.formats import RENDERERS
from flamescore.report.html import NAME, write_html
from flamescore.report.input_problems import problems
from flamescore.report.markdown import escaped, write_markdown
from flamescore.report.material import PERSON, Changes, Material, RuleFacts, ScoreFacts, bounds_of, of_scored
from flamescore.report.one_line import line
from flamescore.report.redact import redacted
from flamescore.report.terminal import render
from flamescore.report.view_model import View, view
from flamescore.report.words import number
from flamescore.report.xlsx import workbook

__all__ = [
    "NAME",
    "PERSON",
    "RENDERERS",
    "SHOWN",
    "Changes",
    "Filtered",
    "Material",
    "RuleFacts",
    "ScoreFacts",
    "View",
    "bounds_of",
    "escaped",
    "line",
    "number",
    "of_scored",
    "problems",
    "redacted",
    "render",
    "render_explanation",
    "view",
    "workbook",
    "write_html",
    "write_markdown",
]
