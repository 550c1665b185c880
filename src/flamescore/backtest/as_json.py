"""A backtest as JSON: numbers are not rounded, and null where they can't be computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore._version import __version__
from flamescore.findings import as_json

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.backtest.call_effects import Calls, HeldOut, Part
    from flamescore.backtest.cuts import Cut
    from flamescore.backtest.groups import Band
    from flamescore.backtest.measured import Called, ScoreResult
    from flamescore.backtest.profile import Profile
    from flamescore.backtest.rule_results import RuleResult
    from flamescore.backtest.run import Backtest
    from flamescore.backtest.statistics import Comparison, Estimate, Ordering

SCHEMA_VERSION: Final = 1


def backtest_json(made: Backtest, *, time: str) -> dict[str, Any]:
    """Return a backtest as values that JSON can represent."""
    question = made.question
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "cross-section" if question.cross_section else "backtest",
        "rules": {"path": made.rules_path, "hash": made.rules_hash},
        "outcome": question.outcome,
        "horizon_s": None if question.horizon is None else question.horizon.seconds,
        "who": question.who,
        "known_until": _instant(made.known_until),
        "fields_from": question.fields_from,
        "static_fields": list(question.static_fields),
        "cuts": [_cut(each) for each in made.cuts],
        "left_out_rules": [
            {"score": each.score, "rule": each.rule, "name": each.name, "columns": list(each.columns)}
            for each in made.left_out
        ],
        "scores": [_score(each) for each in made.scores],
        "profile": None if made.profile is None else _profile(made.profile),
        "findings": [as_json(each, time=time) for each in made.findings],
        "versions": {"flamescore": __version__, "polars": pl.__version__},
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _cut(cut: Cut) -> dict[str, Any]:
    return {"as_of": _instant(cut.as_of), "skipped": cut.skipped, "reason": cut.reason}


def _score(score: ScoreResult) -> dict[str, Any]:
    return {
        "name": score.name,
        "title": score.title,
        "contact_cuts": score.contact_cuts,
        "contacts": score.contacts,
        "outcomes": score.outcomes,
        "outcome_contacts": score.outcome_contacts,
        "rate": _rate(score.rate),
        "enough": score.enough,
        "left_out": dict(score.left_out),
        "flames": [_band(each, score) for each in score.flames.bands],
        "groups": [_band(each, None) for each in score.flames.groups],
        "order": score.flames.order,
        "sentences": list(score.flames.sentences),
        "fifths": list(score.fifths),
        "gain": list(score.gain),
        "auc": _auc(score.auc),
        "auc_of_none": _auc(score.auc_of_none),
        "own": {
            "share": score.own.share,
            "rules": list(score.own.rules),
            "auc_without": score.own.auc_without.value,
        },
        "capacity": None if score.called is None else _called(score.called),
        "called": None if score.calls is None else _calls(score.calls),
        "holdout": None if score.held_out is None else _held_out(score.held_out),
        "rules": [_rule(each) for each in score.rules],
        "cuts": [
            {
                "as_of": _instant(each.as_of),
                "contact_cuts": each.contact_cuts,
                "outcomes": each.outcomes,
                "rate": each.rate,
                "hot": each.hot,
                "hot_outcomes": each.hot_outcomes,
                "auc": each.auc,
            }
            for each in score.cuts
        ],
        "drift": [{"code": each.code, "rule": each.rule, "message": each.message} for each in score.drift],
    }


def _rate(found: Estimate) -> dict[str, Any]:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "design_effect": found.design_effect,
    }


def _auc(found: Ordering) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high, "se": found.se}


def _band(band: Band, score: ScoreResult | None) -> dict[str, Any]:
    worth = None
    if score is not None and score.worth is not None:
        mean, share = score.worth[band.flames[0]]
        worth = {"mean": mean, "share": share}
    return {
        "flames": list(band.flames) if score is None else band.flames[0],
        "contact_cuts": band.contact_cuts,
        "contacts": band.contacts,
        "outcomes": band.outcomes,
        "rate": _rate(band.rate),
        "lift": {"value": band.lift.value, "low": band.lift.low, "high": band.lift.high},
        "worth": worth,
    }


def _calls(calls: Calls) -> dict[str, Any]:
    return {
        "flames": [
            {"flames": number, "called": _part(called), "not_called": _part(others)}
            for number, (called, others) in enumerate(zip(calls.called, calls.not_called, strict=True))
        ],
        "groups": [_band(each, None) for each in calls.groups.groups],
        "order": calls.groups.order,
        "sentences": list(calls.groups.sentences),
    }


def _held_out(found: HeldOut) -> dict[str, Any]:
    return {
        "since": _instant(found.since),
        "cuts": found.cuts,
        "held_out": _part(found.held_out),
        "others": _part(found.others),
        "ratio": _compared(found.ratio),
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "contact_cuts": part.contact_cuts,
        "contacts": part.contacts,
        "outcomes": part.outcomes,
        "rate": _rate(part.rate),
    }


def _called(called: Called) -> dict[str, Any]:
    last = called.last
    return {
        "calls_a_list": called.a_list,
        "called": called.called,
        "outcomes": called.outcomes,
        "precision": _rate(called.precision),
        "least": called.least,
        "most": called.most,
        "missed": called.missed,
        "last": None if last is None else {"median": last[0], "lowest": last[1], "highest": last[2]},
    }


def _compared(found: Comparison) -> dict[str, Any]:
    ratio = found.ratio
    return {
        "value": ratio.value,
        "low": ratio.low,
        "high": ratio.high,
        "p": found.p,
        "holm": found.holm,
        "design_effect": ratio.design_effect,
    }


def _profile(found: Profile) -> dict[str, Any]:
    return {
        "looked_at": found.looked_at,
        "found": [
            {
                "kind": each.kind,
                "value": each.value,
                "contacts": each.contacts,
                "with": _rate(each.with_it),
                "without": _rate(each.without_it),
                "ratio": _compared(each.ratio),
            }
            for each in found.found
        ],
    }


def _rule(rule: RuleResult) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "name": rule.name,
        "points": rule.points,
        "contact_cuts": rule.contact_cuts,
        "contacts": rule.contacts,
        "reach": rule.reach,
        "with": _rate(rule.with_it),
        "without": _rate(rule.without_it),
        "ratio": _compared(rule.ratio),
        "own": _compared(rule.own),
        "sign": rule.sign,
        "overlap": rule.overlap,
        "leak": rule.leak,
    }
