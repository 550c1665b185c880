"""The hot-lead list: the data of a run, a view of it, and one renderer a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from flamescore.report import say
from flamescore.report.formats import RENDERERS
from flamescore.report.html import HTML_FILE, render_html, write_html
from flamescore.report.leads import Lead
from flamescore.report.listed import Listing, listing
from flamescore.report.markdown import escaped, render_markdown, write_markdown
from flamescore.report.page import Page, page_of
from flamescore.report.run_data import RunData, just_scored, read_back, redacted
from flamescore.report.told import Findings
from flamescore.report.view import View, summary_line, view
from flamescore.report.words import Reason, difference, number, signed
from flamescore.report.xlsx import Sheet, workbook

if TYPE_CHECKING:
    from flamescore.report.explained import SHOWN, entries_in_words, render_explanation
    from flamescore.report.explained_account import render_account
    from flamescore.report.explained_history import render_history
    from flamescore.report.terminal import Filtered, render_terminal

__all__ = [
    "HTML_FILE",
    "RENDERERS",
    "SHOWN",
    "Filtered",
    "Findings",
    "Lead",
    "Listing",
    "Page",
    "Reason",
    "RunData",
    "Sheet",
    "View",
    "difference",
    "entries_in_words",
    "escaped",
    "just_scored",
    "listing",
    "number",
    "page_of",
    "read_back",
    "redacted",
    "render_account",
    "render_explanation",
    "render_history",
    "render_html",
    "render_markdown",
    "render_terminal",
    "say",
    "signed",
    "summary_line",
    "view",
    "workbook",
    "write_html",
    "write_markdown",
]

_WITH_RICH: Final = {
    "SHOWN": "explained",
    "entries_in_words": "explained",
    "render_account": "explained_account",
    "render_explanation": "explained",
    "render_history": "explained_history",
    "Filtered": "terminal",
    "render_terminal": "terminal",
}
"""What shows on a terminal, and its module: it is imported when it is asked for, for rich takes time."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever there is by that name
    if name not in _WITH_RICH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_RICH[name]}"), name)
