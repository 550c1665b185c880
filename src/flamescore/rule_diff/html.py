"""A comparison of two rule files as an HTML page: its text, and a chart of the changes of flames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flamescore.pages import CHARTS, Chart, page, table
from flamescore.report import escaped
from flamescore.rule_diff.rendering import (
    ARROW,
    MOVED,
    NAMES,
    cells,
    changes,
    headline,
    instant,
    list_lines,
    matrix,
)
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.rule_diff.comparing import ScoreDiff
    from flamescore.rule_diff.rendering import Diff


def as_html(diff: Diff) -> str:
    """Return the page; contacts appear only as ids, which are left out if the comparison is redacted."""
    return page(f"{diff.old.path} {ARROW} {diff.new.path}", _parts(diff))


def _parts(diff: Diff) -> Iterator[str | Chart]:
    lines = [
        f"# {escaped(diff.old.path)} {ARROW} {escaped(diff.new.path)}",
        "",
        f"As of {instant(diff.as_of)}.",
    ]
    lines += ["", *(f"- {escaped(each)}" for each in changes(diff))]
    if not changes(diff):
        lines.append("No rule changed.")
    yield "\n".join(lines)
    for score in diff.scores:
        lines = ["", f"## {escaped(score.title)}", "", f"{escaped(headline(score))}.", ""]
        lines += [f"- {escaped(each)}" for each in list_lines(diff, score)]
        yield "\n".join(lines)
        yield _matrix(score)
        yield "\n".join(_movers(diff, score))


def _movers(diff: Diff, score: ScoreDiff) -> Iterator[str]:
    if score.movers:
        yield f"### Who moves most ({count(len(score.movers), 'contact')})"
        yield ""
        rows = [[escaped(cell) for cell in cells(diff, each)] for each in score.movers]
        yield from table(MOVED, rows, right=[False] * len(MOVED))


def _matrix(score: ScoreDiff) -> Chart:
    """Return the chart of contacts by old and new flames; cells with unchanged flames are not colored."""
    values = [
        {"old": NAMES[old], "new": NAMES[new], "many": many, "said": f"{many:,}"}
        for old, row in enumerate(score.matrix)
        for new, many in enumerate(row)
        if many
    ]
    scale = {"domain": list(NAMES)}
    axis = {"labelExpr": "datum.label == 'not scored' ? ['not', 'scored'] : datum.label", "labelAngle": 0}
    new = {"field": "new", "type": "ordinal", "title": "flames by the new rules", "scale": scale}
    old = {
        "field": "old",
        "type": "ordinal",
        "title": "flames by the old rules",
        "scale": scale,
        "axis": axis,
    }
    both: dict[str, Any] = {"x": {**new, "axis": {**axis, "orient": "top"}}, "y": old}
    strength = {"type": "sqrt", "domainMin": 0, "range": [0.05, 0.7]}
    layers = [
        {
            "data": {"values": [each for each in values if each["old"] != each["new"]]},
            "mark": {"type": "rect", "color": CHARTS[1]},
            "encoding": {
                **both,
                "opacity": {"field": "many", "type": "quantitative", "legend": None, "scale": strength},
            },
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "fontSize": 11},
            "encoding": {**both, "text": {"field": "said", "type": "nominal"}},
        },
    ]
    caption = "Flames by flames: how many contacts go from how many to how many"
    return Chart(caption, "\n".join(matrix(score)), {"layer": layers}, height=300)
