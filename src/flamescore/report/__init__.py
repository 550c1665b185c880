"""The hot-lead list: the data of a run, a view of it, and one renderer a file."""

from __future__ import annotations

from flamescore.report.explained import SHOWN, render_explanation
from flamescore.report.formats import RENDERERS
from flamescore.report.html import HTML_FILE, render_html, write_html
from flamescore.report.leads import Lead
from flamescore.report.markdown import escaped, render_markdown, write_markdown
from flamescore.report.run_data import RunData, just_scored, read_back, redacted
from flamescore.report.terminal import Filtered, render_terminal, summary_line
from flamescore.report.told import Findings
from flamescore.report.view import View, view
from flamescore.report.words import Reason, difference, number, signed
from flamescore.report.xlsx import Sheet, workbook

__all__ = [
    "HTML_FILE",
    "RENDERERS",
    "SHOWN",
    "Filtered",
    "Findings",
    "Lead",
    "Reason",
    "RunData",
    "Sheet",
    "View",
    "difference",
    "escaped",
    "just_scored",
    "number",
    "read_back",
    "redacted",
    "render_explanation",
    "render_html",
    "render_markdown",
    "render_terminal",
    "signed",
    "summary_line",
    "view",
    "workbook",
    "write_html",
    "write_markdown",
]
