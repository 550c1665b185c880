"""The charts of a backtest: rates, gain, groups over the cuts, ratios of rules, precision over the cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore.backtest.cuts import shown
from flamescore.backtest.groups import percent
from flamescore.pages import CHARTS, Chart, table
from flamescore.report import escaped
from flamescore.text import for_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.backtest.measured import ScoreResult
    from flamescore.backtest.rule_results import RuleResult
    from flamescore.backtest.run import Backtest
    from flamescore.backtest.statistics import Estimate

_BLUE, _ORANGE, *_ = CHARTS
_GREY: Final = CHARTS[-1]
_FARTHEST: Final = 50.0
"""Ratios are drawn from a fiftieth to this; values beyond are drawn at the edge."""

_ROW: Final = 30
_NAME: Final = 40
_PERCENT: Final = {"format": ".0%", "tickCount": 5}


def rates(score: ScoreResult) -> Iterator[Chart]:
    """Yield the rate by flames with its interval, and the distinguishable groups as horizontal lines."""
    bands = [
        {"flames": band.flames[0], **_interval(band.rate)}
        for band in score.flames.bands
        if band.rate.value is not None
    ]
    if not bands:
        return
    groups = [
        {"from": band.flames[0] - 0.35, "to": band.flames[-1] + 0.35, "rate": band.rate.value}
        for band in score.flames.groups
    ]
    x = {
        "field": "flames", "type": "quantitative", "title": "flames",
        "scale": {"domain": [-0.5, 5.5], "nice": False},
        "axis": {"values": [0, 1, 2, 3, 4, 5], "format": "d", "grid": False},
    }  # fmt: skip
    layers = [
        {
            "data": {"values": groups},
            "mark": {"type": "rule", "color": _ORANGE, "strokeWidth": 3, "strokeCap": "round"},
            "encoding": {
                "x": {**x, "field": "from"},
                "x2": {"field": "to"},
                "y": _rate("rate"),
            },
        },
        {
            "mark": {"type": "rule", "color": _BLUE, "strokeWidth": 2},
            "encoding": {"x": x, "y": _rate("low"), "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 60, "color": _BLUE, "opacity": 1},
            "encoding": {"x": x, "y": _rate("value")},
        },
    ]
    rows = [
        [
            ", ".join(str(each) for each in band.flames),
            f"{band.contact_cuts:,}",
            f"{band.outcomes:,}",
            percent(band.rate.value),
            _between(band.rate),
        ]
        for band in reversed((*score.flames.bands, *(g for g in score.flames.groups if len(g.flames) > 1)))
    ]
    head = ["Flames", "Contact-cuts", "Outcomes", "Rate", "95% interval"]
    caption = "Rate by flames with its 95% interval"
    caption += "; each orange line is a group that can be told apart" if groups else ""
    yield _chart(caption, head, rows, [True] * 4 + [False], {"data": {"values": bands}, "layer": layers})


def gain(score: ScoreResult) -> Iterator[Chart]:
    """Yield the gain: the share of all outcomes found at the top of the list, and the diagonal of chance."""
    if score.gain[-1] is None:
        return
    values = [{"list": q / 100, "outcomes": found} for q, found in enumerate(score.gain)]
    x = {"field": "list", "type": "quantitative", "title": "of the list, from the top", "axis": _PERCENT}
    y = {"field": "outcomes", "type": "quantitative", "title": "of all outcomes", "axis": _PERCENT}
    ends = [{"list": 0, "outcomes": 0}, {"list": 1, "outcomes": 1}]
    layers = [
        {
            "data": {"values": ends},
            "mark": {"type": "line", "color": _GREY, "strokeDash": [4, 4]},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "color": _BLUE, "strokeWidth": 2},
            "encoding": {"x": x, "y": y},
        },
    ]
    rows = [[f"{q}%", percent(found)] for q, found in enumerate(score.gain)]
    caption = "Gain: the share of all outcomes among the first of the list; the dashed line is chance"
    yield _chart(caption, ["Of the list", "Of all outcomes"], rows, [True, True], {"layer": layers})


def over_cuts(score: ScoreResult, made: Backtest) -> Iterator[Chart]:
    """Yield the rate of each group over the cuts."""
    if len(score.cuts) < 2 or not score.groups_over_cuts:  # noqa: PLR2004 - a line needs two ends
        return
    days = [shown(each.as_of, made.zone) for each in score.cuts]
    names = [
        "-".join(str(each) for each in dict.fromkeys((g.flames[0], g.flames[-1])))
        for g in score.flames.groups
    ]
    values = [
        {"cut": day, "group": f"{name} flames", "rate": outcomes / many}
        for name, over in zip(names, score.groups_over_cuts, strict=True)
        for day, (many, outcomes) in zip(days, over, strict=True)
        if many
    ]
    rows = [[day, *(_of(*over[place]) for over in score.groups_over_cuts)] for place, day in enumerate(days)]
    spec = {
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": _days(days),
            "y": _rate("rate"),
            "color": {"field": "group", "type": "nominal", "sort": [f"{name} flames" for name in names]},
        },
    }
    head = ["Cut", *(f"{name} flames" for name in names)]
    caption = "Rate of each group over the cuts"
    yield _chart(caption, head, rows, [False, *[True] * len(names)], spec, height=240)


def ratios(score: ScoreResult) -> Iterator[Chart]:
    """Yield each rule's ratio with its interval on a log axis, among all contacts and among similar ones."""
    kinds = {"all": "of all", "alike": "alike otherwise"}
    values: list[dict[str, Any]] = []
    names: list[str] = []
    for number, rule in enumerate(score.rules, 1):
        name = f"{number} {_short(rule)}"
        found = [(kinds["all"], rule.ratio.ratio), (kinds["alike"], rule.own.ratio)]
        mine = [
            {"rule": name, "kind": kind, **{key: _near(each) for key, each in _interval(ratio).items()}}
            for kind, ratio in found
            if ratio.value and ratio.low is not None
        ]
        names += [name] if mine else []
        values += mine
    if not values:
        return
    low = min(0.5, *(each["low"] for each in values))
    high = max(2.0, *(each["high"] for each in values))
    x = {
        "type": "quantitative", "title": "times as often as without the rule",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": {"format": "~g", "values": [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]},
    }  # fmt: skip
    both = {
        "y": {"field": "rule", "type": "nominal", "title": None, "sort": names},
        "yOffset": {"field": "kind", "sort": list(kinds.values())},
        "color": {"field": "kind", "type": "nominal", "sort": list(kinds.values())},
    }
    layers = [
        {
            "data": {"values": [{"one": 1}]},
            "mark": {"type": "rule", "color": _GREY, "strokeDash": [4, 4]},
            "encoding": {"x": {**x, "field": "one"}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {**both, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
            "encoding": {**both, "x": {**x, "field": "value"}},
        },
    ]
    rows = [
        [f"{number} {escaped(rule.name)}", *_ratio(rule.ratio.ratio), *_ratio(rule.own.ratio)]
        for number, rule in enumerate(score.rules, 1)
    ]
    head = ["Rule", "Ratio", "95% interval", "Alike otherwise", "95% interval"]
    caption = "How many times as often those with a rule have the outcome, with its 95% interval"
    spec = {"data": {"values": values}, "layer": layers}
    right = [False, True, False, True, False]
    yield _chart(caption, head, rows, right, spec, height=90 + _ROW * len(names))


def precision(score: ScoreResult, made: Backtest) -> Iterator[Chart]:
    """Yield the share of called contacts with the outcome over the cuts; of hot ones without a capacity."""
    if len(score.cuts) < 2:  # noqa: PLR2004 - a line needs two ends
        return
    days = [shown(each.as_of, made.zone) for each in score.cuts]
    found: list[tuple[float, float]] = [(each.hot, each.hot_outcomes) for each in score.cuts]
    what = "who are hot"
    if score.called is not None:
        found, what = list(score.called.cuts), f"who are called, {score.called.a_list:,} a list"
    values = [
        {"cut": day, "rate": outcomes / many}
        for day, (many, outcomes) in zip(days, found, strict=True)
        if many
    ]
    if not values:
        return
    spec = {
        "data": {"values": values},
        "mark": {"type": "line", "point": True, "color": _BLUE},
        "encoding": {"x": _days(days), "y": _rate("rate")},
    }
    rows = [[day, _of(*each)] for day, each in zip(days, found, strict=True)]
    caption = f"Precision over the cuts: the rate of those {what}"
    yield _chart(caption, ["Cut", "Rate"], rows, [False, True], spec, height=220)


def _chart(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[bool],
    spec: dict[str, Any],
    *,
    height: int = 240,
) -> Chart:
    return Chart(caption, "\n".join(table(head, rows, right=right)), spec, height)


def _interval(found: Estimate) -> dict[str, float | None]:
    return {"value": found.value, "low": found.low, "high": found.high}


def _between(found: Estimate) -> str:
    return "-" if found.low is None else f"{percent(found.low)} to {percent(found.high)}"


def _rate(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": "with the outcome", "axis": _PERCENT}


def _days(days: Sequence[str]) -> dict[str, Any]:
    axis = {"labelAngle": -45, "labelOverlap": True, "grid": False}
    return {"field": "cut", "type": "ordinal", "title": None, "sort": list(days), "axis": axis}


def _of(many: float, outcomes: float) -> str:
    """Return a rate and its counts as text: `12.5% (5 of 40)`."""
    if not many:
        return "-"
    return f"{percent(outcomes / many)} ({_number(outcomes)} of {_number(many)})"


def _number(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _ratio(found: Estimate) -> list[str]:
    if found.value is None:
        return ["-", "-"]
    between = "-" if found.low is None else f"{found.low:,.2f} to {found.high:,.2f}"
    return [f"{found.value:,.2f}", between]


def _short(rule: RuleResult) -> str:
    name = for_cell(rule.name)
    return name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"


def _near(value: float | None) -> float | None:
    return None if value is None else min(max(value, 1 / _FARTHEST), _FARTHEST)
