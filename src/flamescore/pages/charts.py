"""Charts as Vega-Lite says them, drawn as SVG where the extra `charts` is installed."""

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
"""The width of every chart in pixels, its labels too: one that a telephone shows as it is."""

BLUE: Final = "#4a7fc1"
ORANGE: Final = "#c9742a"
GREY: Final = "#808080"
CHARTS: Final = (BLUE, ORANGE, "#5c9a4c", "#a066b0", "#b8860b", GREY)
"""Colors that can be told from white and from black, for up to six lines."""

_CONFIG: Final[dict[str, Any]] = {
    "aria": False,  # the figure says what it is, and its table has the numbers
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
    """A chart: what it shows, in a line, its numbers as a table of Markdown, and how it is drawn.

    `spec` is a Vega-Lite specification without width and looks. Texts from the data are among its values
    alone, where none of them is taken for a formula.
    """

    caption: str
    table: str
    spec: Mapping[str, Any]
    height: int = 200

    @property
    def whole(self) -> dict[str, Any]:
        """The specification with everything in it."""
        size = {"width": WIDTH, "height": self.height, "autosize": {"type": "fit", "contains": "padding"}}
        shown = {key: _clean(value) for key, value in self.spec.items()}
        return {"padding": 4, **size, "config": _CONFIG, **shown}


@cache
def can_draw() -> bool:
    """Say whether charts can be drawn: the extra `charts` is installed."""
    return find_spec("vl_convert") is not None


def drawn(chart: Chart) -> str | None:
    """Return a chart as SVG to stand in a page; None where the extra `charts` is missing.

    It has neither styles nor scripts, and nothing of it comes from outside.
    """
    if not can_draw():
        return None
    import vl_convert  # noqa: PLC0415 - half a second, and only where a page is made

    svg = str(vl_convert.vegalite_to_svg(chart.whole, allowed_base_urls=[]))
    return _NAMESPACE.sub("", svg)  # a page knows what an SVG is


def _clean(value: Any) -> Any:  # noqa: ANN401 - a specification is JSON
    """Take out of all texts what no page can show."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
