"""The JSON Schema of the output of `backtest --format json`; keys are only ever added."""

from __future__ import annotations

from typing import Any, Final

from flamescore.schema_reader import SCHEMA_ID

_NUMBER: Final = {"type": ["number", "null"]}
_WHOLE: Final = {"type": "integer"}
_TEXT: Final = {"type": "string"}
_MAYBE: Final = {"type": ["string", "null"]}
_ORDER: Final = {"enum": ["in_order", "not_told_apart", "out_of_order", "nothing", "too_few"]}


def _object(**keys: Any) -> dict[str, Any]:  # noqa: ANN401 - a schema
    return {"type": "object", "properties": keys, "required": list(keys)}


def _list(of: Any, many: int | None = None) -> dict[str, Any]:  # noqa: ANN401 - a schema
    bounds = {} if many is None else {"minItems": many, "maxItems": many}
    return {"type": "array", "items": of, **bounds}


def backtest_schema() -> dict[str, Any]:
    """Return the JSON Schema of a backtest."""
    interval = {"value": _NUMBER, "low": _NUMBER, "high": _NUMBER}
    rate = _object(**interval, design_effect=_NUMBER)
    auc = _object(**interval, se=_NUMBER)
    compared = _object(**interval, p=_NUMBER, holm=_NUMBER, design_effect=_NUMBER)
    counts = {"contact_cuts": _WHOLE, "contacts": _WHOLE, "outcomes": _WHOLE}
    worth = {"anyOf": [{"type": "null"}, _object(mean=_NUMBER, share=_NUMBER)]}
    lift = _object(**interval)
    band = _object(flames=_WHOLE, **counts, rate=rate, lift=lift, worth=worth)
    group = _object(flames=_list(_WHOLE), **counts, rate=rate, lift=lift)
    last = {"anyOf": [{"type": "null"}, _object(median=_NUMBER, lowest=_NUMBER, highest=_NUMBER)]}
    capacity = _object(
        calls_a_list=_WHOLE,
        called=_WHOLE,
        outcomes=_NUMBER,
        precision=rate,
        least=_NUMBER,
        most=_NUMBER,
        missed=_NUMBER,
        last=last,
    )
    rule = _object(
        rule=_TEXT,
        name=_TEXT,
        points=_NUMBER,
        contact_cuts=_WHOLE,
        contacts=_WHOLE,
        reach=_NUMBER,
        **{"with": rate, "without": rate},
        ratio=compared,
        own=compared,
        sign={"enum": ["agrees", "disagrees", "unclear"]},
        overlap=_NUMBER,
        leak={"type": "boolean"},
    )
    trait = _object(
        kind=_TEXT,
        value=_TEXT,
        contacts=_WHOLE,
        **{"with": rate, "without": rate},
        ratio=compared,
    )
    cut = _object(
        as_of=_TEXT,
        contact_cuts=_WHOLE,
        outcomes=_WHOLE,
        rate=_NUMBER,
        hot=_WHOLE,
        hot_outcomes=_WHOLE,
        auc=_NUMBER,
    )
    part = _object(**counts, rate=rate)
    calls = _object(
        flames=_list(_object(flames=_WHOLE, called=part, not_called=part), 6),
        groups=_list(group),
        order=_ORDER,
        sentences=_list(_TEXT),
    )
    held_out = _object(since=_TEXT, cuts=_WHOLE, held_out=part, others=part, ratio=compared)
    score = _object(
        name=_TEXT,
        title=_TEXT,
        **counts,
        outcome_contacts=_WHOLE,
        rate=rate,
        enough={"type": "boolean"},
        left_out=_object(not_yet=_WHOLE, had_outcome=_WHOLE, outside=_WHOLE),
        flames=_list(band, 6),
        groups=_list(group),
        order=_ORDER,
        sentences=_list(_TEXT),
        fifths=_list(_NUMBER, 5),
        gain=_list(_NUMBER, 101),
        auc=auc,
        auc_of_none=auc,
        own=_object(share=_NUMBER, rules=_list(_TEXT), auc_without=_NUMBER),
        capacity={"anyOf": [{"type": "null"}, capacity]},
        called={"anyOf": [{"type": "null"}, calls]},
        holdout={"anyOf": [{"type": "null"}, held_out]},
        rules=_list(rule),
        cuts=_list(cut),
        drift=_list(_object(code=_TEXT, rule=_MAYBE, message=_TEXT)),
    )
    return {
        "$schema": SCHEMA_ID,
        "title": "flamescore backtest",
        **_object(
            schema_version={"const": 1},
            kind={"enum": ["backtest", "cross-section"]},
            rules=_object(path=_TEXT, hash=_TEXT),
            outcome=_TEXT,
            horizon_s={"type": ["integer", "null"]},
            who={"enum": ["first-only", "repeat", None]},
            known_until=_MAYBE,
            fields_from={"enum": ["runs", None]},
            static_fields=_list(_TEXT),
            cuts=_list(
                _object(
                    as_of=_TEXT,
                    skipped={"enum": ["censored", "short", "unknown", None]},
                    reason=_MAYBE,
                )
            ),
            left_out_rules=_list(_object(score=_TEXT, rule=_TEXT, name=_TEXT, columns=_list(_TEXT))),
            scores=_list(score),
            profile={"anyOf": [{"type": "null"}, _object(looked_at=_WHOLE, found=_list(trait))]},
            findings=_list({"type": "object"}),
            versions={"type": "object"},
        ),
    }
