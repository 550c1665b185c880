"""The charts of a report as Vega-Lite. The colours are those of a light page; the style sheet has others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore.text import for_cell
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.report.view import Grid, RuleLine

WIDTH: Final = 320
"""As wide as a phone lets it be, so that no letter shrinks."""
RULES: Final = 10
"""Rules that a chart shows; the table beside it has them all."""
INK: Final = "#1c1917"
ON_FLAME: Final = "#1c1918"
"""Ink on a flame's colour, dark by day and by night; one digit tells it from `INK`."""
MUTED: Final = "#6a625a"
TRACK: Final = "#eee9e2"
COOL: Final = "#64748b"
RAMP: Final = ("#d6d0c7", "#f2c078", "#f0a04b", "#ea7f2f", "#dc5a17", "#bf3a0c")
"""No flame to five."""
_LABEL: Final = 38

_CONFIG: Final = {
    "aria": False,
    "background": None,
    "view": {"stroke": None},
    "font": "system-ui",
    "text": {"fontSize": 13, "color": INK},
    "axis": {"domain": False, "ticks": False, "grid": False, "labelFontSize": 13, "labelColor": INK},
}


def by_flames(flames: Sequence[int]) -> dict[str, Any]:
    """Draw contacts by flames, five first; those without any would dwarf the rest, and are told in words."""
    rows = [
        {"flames": count(n, "flame"), "contacts": flames[n], "said": f"{flames[n]:,}"}
        for n in range(5, 0, -1)
    ]
    most = max(*flames[1:], 1)
    bar = {"type": "bar", "height": 20, "cornerRadius": 3, "minBandSize": 2}
    colour = {"field": "flames", "type": "nominal", "legend": None, "scale": _by_flame()}
    return _chart(
        rows,
        height=5 * 32,
        width=WIDTH - 110,
        encoding={"y": _ordered("flames", labels=True), "x": _length("contacts", 0, most)},
        layer=[
            {"mark": bar, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 7, "fontWeight": 600},
                "encoding": _text("said"),
            },
        ],
    )


def grid(table: Grid) -> dict[str, Any]:
    """Draw contacts by the flames of two scores: the fuller a cell, the stronger its colour."""
    cells = [(mine, its, table.counts[mine][its]) for mine in range(5, -1, -1) for its in range(6)]
    most = max(*(many for _, _, many in cells), 1)
    rows = [
        {
            "mine": str(mine),
            "its": str(its),
            "said": f"{many:,}" if many else "",
            "strength": round(0.1 + 0.8 * (many / most) ** 0.35, 3) if many else 0.0,
            "ink": ON_FLAME if many and (many / most) ** 0.35 > 0.5 else INK,  # noqa: PLR2004 - half strength
        }
        for mine, its, many in cells
    ]
    strength = {"field": "strength", "type": "quantitative", "scale": None}
    ink = {"field": "ink", "type": "nominal", "scale": None}
    axis = {
        "labelAngle": 0,
        "titleFontWeight": 500,
        "titleFontSize": 12,
        "titleColor": MUTED,
        "titlePadding": 8,
    }
    across = {
        "field": "its",
        "type": "nominal",
        "sort": None,
        "axis": {**axis, "title": _flames_of(table.second)},
    }
    down = {
        "field": "mine",
        "type": "nominal",
        "sort": None,
        "axis": {**axis, "title": _flames_of(table.first)},
    }
    tile = {
        "type": "rect",
        "color": RAMP[4],
        "cornerRadius": 3,
        "width": {"band": 0.94},
        "height": {"band": 0.94},
    }
    ground = {**tile, "color": TRACK}
    return _chart(
        rows,
        width=264,
        height=264,
        encoding={"x": across, "y": down},
        layer=[
            {"mark": ground},
            {"mark": tile, "encoding": {"fillOpacity": strength}},
            {
                "mark": {"type": "text", "fontWeight": 600},
                "encoding": {**_text("said"), "color": ink},
            },
        ],
    )


def rules(lines: Sequence[RuleLine], *, took: bool = False) -> dict[str, Any]:
    """Draw the rules that gave most, or those that took most: a name over each bar, the points at its end."""
    top = sorted((line for line in lines if (line.amount < 0) == took and line.amount), key=_size)[:RULES]
    rows = [
        {"place": number, "name": _cut(line), "points": abs(line.amount), "said": line.points}
        for number, line in enumerate(top)
    ]
    bar = {"type": "bar", "height": 8, "cornerRadius": 3, "yOffset": 9}
    track = {**bar, "color": TRACK}
    whole = {"x": {"value": 0}, "x2": {"value": WIDTH}}
    name = {"type": "text", "align": "left", "baseline": "alphabetic", "dy": -3}
    return _chart(
        rows,
        width=WIDTH,
        height=max(len(rows), 1) * 40,
        encoding={"y": _ordered("place", labels=False)},
        layer=[
            {"mark": track, "encoding": whole},
            {
                "mark": {**bar, "color": COOL if took else RAMP[4]},
                "encoding": {"x": _length("points", 0, max([abs(line.amount) for line in top], default=1.0))},
            },
            {"mark": name, "encoding": {"x": {"value": 0}, **_text("name")}},
            {
                "mark": {**name, "align": "right", "fontWeight": 600},
                "encoding": {"x": {"value": WIDTH}, **_text("said")},
            },
        ],
    )


def _chart(rows: list[dict[str, Any]], **shape: Any) -> dict[str, Any]:  # noqa: ANN401 - Vega-Lite is of any shape
    schema = "https://vega.github.io/schema/vega-lite/v5.json"
    size = {"autosize": {"type": "pad", "contains": "padding"}, "padding": 0}
    return {"$schema": schema, "data": {"values": rows}, "config": _CONFIG, **size, **shape}


def _ordered(field: str, *, labels: bool) -> dict[str, Any]:
    axis = {"title": None, "labelPadding": 10} if labels else None
    return {"field": field, "type": "nominal", "sort": None, "axis": axis}


def _length(field: str, low: float, high: float) -> dict[str, Any]:
    scale = {"domain": [low, high], "nice": False}
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


def _text(field: str) -> dict[str, Any]:
    return {"text": {"field": field, "type": "nominal"}}


def _by_flame() -> dict[str, Any]:
    return {"domain": [count(n, "flame") for n in range(1, 6)], "range": list(RAMP[1:])}


def _flames_of(title: str) -> str:
    text = for_cell(title)
    return f"Flames of {text if len(text) <= _LABEL - 12 else text[: _LABEL - 13] + '…'}"


def _size(line: RuleLine) -> float:
    return -abs(line.amount)


def _cut(line: RuleLine) -> str:
    text = for_cell(line.name)
    text = text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
    return text if line.entry == "rule" else f"{text} (limit)"
