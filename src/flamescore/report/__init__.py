"""The hot-lead report: the data of a run, a view of it, and one renderer per file format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.report import wording
from flamescore.report.words import difference

if TYPE_CHECKING:
    from flamescore.report.call_sheets import render_search
    from flamescore.report.explained import EXACTLY, SHOWN, entries_in_words, render_explanation
    from flamescore.report.explained_account import render_account
    from flamescore.report.explained_history import render_history
    from flamescore.report.filtered import Filtered
    from flamescore.report.findings_view import Findings
    from flamescore.report.formats import RENDERERS
    from flamescore.report.html import HTML_FILE, render_html, write_html
    from flamescore.report.lately import scores_lately
    from flamescore.report.list_of_leads import Leads, lead_table
    from flamescore.report.listed import Listing, listing
    from flamescore.report.markdown import escaped, render_markdown, write_markdown
    from flamescore.report.page import Page, page_of
    from flamescore.report.run_data import RunData, just_scored, read_back, redacted
    from flamescore.report.run_view import View, summary_line, view
    from flamescore.report.template_loader import compiled_templates
    from flamescore.report.terminal import listed_ids, render_terminal
    from flamescore.report.xlsx import workbook

__all__ = [
    "EXACTLY",
    "HTML_FILE",
    "RENDERERS",
    "SHOWN",
    "Filtered",
    "Findings",
    "Leads",
    "Listing",
    "Page",
    "RunData",
    "View",
    "compiled_templates",
    "difference",
    "entries_in_words",
    "escaped",
    "just_scored",
    "lead_table",
    "listed_ids",
    "listing",
    "page_of",
    "read_back",
    "redacted",
    "render_account",
    "render_explanation",
    "render_history",
    "render_html",
    "render_markdown",
    "render_search",
    "render_terminal",
    "scores_lately",
    "summary_line",
    "view",
    "wording",
    "workbook",
    "write_html",
    "write_markdown",
]

_LATE: Final = {
    "EXACTLY": "explained",
    "Filtered": "filtered",
    "Findings": "findings_view",
    "HTML_FILE": "html",
    "Leads": "list_of_leads",
    "Listing": "listed",
    "Page": "page",
    "RENDERERS": "formats",
    "RunData": "run_data",
    "SHOWN": "explained",
    "View": "run_view",
    "compiled_templates": "template_loader",
    "entries_in_words": "explained",
    "escaped": "markdown",
    "just_scored": "run_data",
    "lead_table": "list_of_leads",
    "listed_ids": "terminal",
    "listing": "listed",
    "page_of": "page",
    "read_back": "run_data",
    "redacted": "run_data",
    "render_account": "explained_account",
    "render_explanation": "explained",
    "render_history": "explained_history",
    "render_html": "html",
    "render_markdown": "markdown",
    "render_search": "call_sheets",
    "render_terminal": "terminal",
    "scores_lately": "lately",
    "summary_line": "run_view",
    "view": "run_view",
    "workbook": "xlsx",
    "write_html": "html",
    "write_markdown": "markdown",
}
"""All names except wording, mapped to their modules; most commands need none of them."""

__getattr__ = lazy_imports(__name__, _LATE)
