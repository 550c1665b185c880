"""The files that a report can be: what makes each, by its suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.report import html, markdown
from flamescore.report.callsheet import call_list
from flamescore.report.view_model import view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flamescore.report.material import Material


def _page(material: Material) -> bytes:
    return html.render(view(material)).encode()


def _text(material: Material) -> bytes:
    return markdown.render(view(material)).encode()


RENDERERS: Final[Mapping[str, Callable[[Material], bytes]]] = {"html": _page, "md": _text, "xlsx": call_list}
"""Another form is a function here, under the suffix that asks for it."""
