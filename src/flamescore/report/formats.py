"""The file formats of a report, with the renderer of each, by suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.report.html import render_html
from flamescore.report.markdown import render_markdown
from flamescore.report.page import page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flamescore.report.run_data import RunData


def _html(run: RunData) -> bytes:
    return render_html(page_of(run)).encode()


def _markdown(run: RunData) -> bytes:
    return render_markdown(page_of(run)).encode()


def _workbook(run: RunData) -> bytes:
    from flamescore.report.call_sheets import render_call_list  # noqa: PLC0415 - not for nightly runs

    return render_call_list(run)


RENDERERS: Final[Mapping[str, Callable[[RunData], bytes]]] = {
    "html": _html,
    "md": _markdown,
    "xlsx": _workbook,
}
"""To add a format, add a function here under its suffix."""
