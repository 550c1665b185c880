"""Charts as Vega-Lite specifications, drawn as SVG if the extra `charts` is installed."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH: Final = 350
"""The width of every chart in pixels, including its labels; it fits a phone without scaling."""

BLUE: Final = "#4a7fc1"
ORANGE: Final = "#c9742a"
GREY: Final = "#808080"
CHARTS: Final = (BLUE, ORANGE, "#5c9a4c", "#a066b0", "#b8860b", GREY)
"""Colors that are distinguishable on white and on black, for up to six lines."""

_CONFIG: Final[dict[str, Any]] = {
    "aria": False,  # the figure has a label, and its table has the numbers
    "background": "transparent",
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.25, "labelColor": GREY,
        "titleColor": GREY, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "labelLimit": 150,
    },
    "legend": {"labelColor": GREY, "titleColor": GREY, "orient": "bottom", "title": None, "columns": 3},
    "range": {"category": list(CHARTS)},
}  # fmt: skip
_NAMESPACE: Final = re.compile(r' xmlns(?::xlink)?="[^"]*"')


class Chart(Struct, frozen=True):
    """A chart: a one-line caption, its numbers as a Markdown table, and how it is drawn.

    `spec` is a Vega-Lite specification without width and style. Texts from the data appear only among its
    values, where none can be evaluated as a formula.
    """

    caption: str
    table: str
    spec: Mapping[str, Any]
    height: int = 200

    @property
    def whole(self) -> dict[str, Any]:
        """The complete specification, with size and style."""
        size = {"width": WIDTH, "height": self.height, "autosize": {"type": "fit", "contains": "padding"}}
        shown = {key: _clean(value) for key, value in self.spec.items()}
        return {"padding": 4, **size, "config": _CONFIG, **shown}


@cache
def can_draw() -> bool:
    """Return whether charts can be drawn: the extra `charts` is installed."""
    return find_spec("vl_convert") is not None


def drawn(chart: Chart) -> str | None:
    """Return a chart as SVG to embed in a page; None if the extra `charts` is missing.

    The SVG has neither styles nor scripts, and loads nothing from outside.
    """
    if not can_draw():
        return None
    import vl_convert  # noqa: PLC0415 - takes half a second, needed only for pages

    svg = str(vl_convert.vegalite_to_svg(chart.whole, allowed_base_urls=[]))
    return _NAMESPACE.sub("", svg)  # HTML needs no namespaces for an inline SVG


def _clean(value: Any) -> Any:  # noqa: ANN401 - a specification is JSON
    """Strip characters that no page can show from all texts."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
