"""Charts drawn by vl-convert from Vega-Lite as static SVG, cut down to what shapes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from flamescore.report.pen import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flamescore.report.pen import Pen

MISSING: Final = "No charts: they need `pip install 'flamescore[report]'`. The numbers are all here."
_SPACE: Final = "{http://www.w3.org/2000/svg}"
_TAGS: Final = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan"})
_KEPT: Final = frozenset(
    {
        *("d", "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray"),
        *("text-anchor", "font-size", "font-weight", "x", "y", "x2", "y2", "width", "height", "viewBox"),
    }
)
"""Attributes that shape a drawing: no style, no script, no link, no font of its own."""


def available() -> bool:
    """Say whether charts can be drawn."""
    try:
        import vl_convert  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def draw(charts: Collection[tuple[Mapping[str, Any], str]], pen: Pen | None = None) -> list[str]:
    """Return each chart, a specification and a label, as an `<svg>` of plain shapes with that text."""
    specs = [spec for spec, _ in charts]
    drawn = None if pen is None else pen.draw(specs)
    drawn = [_svg(spec) for spec in specs] if drawn is None else drawn
    return [_labelled(text, label) for text, (_, label) in zip(drawn, charts, strict=True)]


def _svg(spec: Mapping[str, Any]) -> str:
    import vl_convert  # noqa: PLC0415 - an extra, and only where a chart is drawn

    return str(vl_convert.vegalite_to_svg(dict(spec), vl_version=VERSION, show_warnings=False))


def _labelled(drawn: str, label: str) -> str:
    plain = _plain(ET.fromstring(drawn))  # noqa: S314 - our own drawing, not a stranger's
    plain.set("role", "img")
    plain.set("aria-label", label)
    return ET.tostring(plain, encoding="unicode", short_empty_elements=True)


def _plain(element: ET.Element) -> ET.Element:
    """Copy an element and what is in it, without all that is not known to be a shape."""
    kept = {name: _rounded(value) for name, value in element.attrib.items() if name in _KEPT}
    copy = ET.Element(element.tag.removeprefix(_SPACE), kept)
    copy.text = element.text
    copy.extend(_plain(child) for child in _visible(element))
    return copy


def _visible(element: ET.Element) -> Iterator[ET.Element]:
    for child in element:
        hollow = child.get("class") in ("background", "foreground") or child.get("display") == "none"
        empty = not len(child) and not child.text and not child.attrib
        if child.tag.removeprefix(_SPACE) in _TAGS and not hollow and not empty:
            yield child


def _rounded(value: str) -> str:
    """Cut numbers to two decimals: `66.66666666666666` is `66.67`."""
    return re.sub(r"-?[0-9]+\.[0-9]{3,}", _short, value)


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
