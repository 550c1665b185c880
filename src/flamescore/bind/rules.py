"""Authored rules -> resolved ones, with what they get from their group and score."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from flamescore.bind.conditions import bind_condition_at, bind_match, bind_per, bind_tag
from flamescore.bind.predicates import bind_where
from flamescore.bind.resolved import (
    NO_DECAY,
    NO_LIMITS,
    Branch,
    BranchRule,
    Decay,
    EventRule,
    FieldIs,
    Follower,
    Limits,
    Points,
    Rule,
    Subject,
    TagRule,
)
from flamescore.cells import fold
from flamescore.rules import model as authored
from flamescore.rules.slug import slug
from flamescore.units import Period, to_points

if TYPE_CHECKING:
    from flamescore.bind.scope import Scope

_PERCENT = Decimal(100)


def bind_rule(rule: Any, score: authored.Score, scope: Scope) -> Rule:  # noqa: ANN401 - any member of authored.Rule
    """Bind one rule. `scope` is that of the rule."""
    subject = _subject(rule, score, scope)
    gate = None
    if rule.condition is not None and not isinstance(rule, authored.IfRule):
        gate = bind_condition_at(rule.condition, scope.at("if"))
    return Rule(
        id=rule_id(rule),
        name=rule.name.strip(),
        subject=subject,
        condition=gate,
        group=rule.group,
        limits=bind_limits(rule.limits),
        note=rule.note,
        line=scope.document.where(scope.path).line,
    )


def rule_id(rule: authored.RuleBase) -> str:
    """Return a rule's id: its own, or made of its name."""
    return rule.id.strip() if rule.id is not None else slug(rule.name)


def bind_limits(limits: authored.Limits | None) -> Limits:
    """Bind bounds to ten-thousandths."""
    if limits is None:
        return NO_LIMITS
    low = None if limits.min is None else whole(limits.min)
    return Limits(low, None if limits.max is None else whole(limits.max))


def whole(number: int | Decimal) -> int:
    """Return a number that the loader let pass in ten-thousandths."""
    points = to_points(number)
    assert points is not None
    return points


def _subject(rule: Any, score: authored.Score, scope: Scope) -> Subject:  # noqa: ANN401
    match rule:
        case authored.EventRule():
            return _event_rule(rule, score, scope)
        case authored.TagRule():
            return _tag_rule(rule, scope)
        case authored.FieldRule():
            held = FieldIs(bind_where(rule.field, "contacts", scope.at("field")))
            return BranchRule((Branch(held, whole(rule.points)),))
        case authored.FirstOfRule():
            branches = enumerate(rule.first_of)
            return BranchRule(tuple(_branch(each, scope.at("first_of", index)) for index, each in branches))
        case _:
            held_if = bind_condition_at(rule.condition, scope.at("if"))
            return BranchRule((Branch(held_if, whole(rule.points)),))


def _branch(branch: authored.Branch, scope: Scope) -> Branch:
    condition = None if branch.condition is None else bind_condition_at(branch.condition, scope.at("if"))
    return Branch(condition, whole(branch.points))


# --- event rules -------------------------------------------------------------------------------------


def _event_rule(rule: authored.EventRule, score: authored.Score, scope: Scope) -> EventRule:
    match = bind_match(rule, scope)
    if not scope.columns.has_events:
        return EventRule(match, Points(), None)
    count = _setting(rule, score, "count")
    return EventRule(
        match=match,
        points=_points(rule.points, scope),
        count=None if count == "each" else 1 if count == "once" else int(count),
        window=_window(_setting(rule, score, "expires")),
        decay=bind_decay(_setting(rule, score, "decay")),
        per=bind_per(rule.per, scope),
        times=rule.times or 1,
        followed_by=_follower(rule.followed_by, rule, scope.at("followed_by")),
        unless_followed_by=_follower(rule.unless_followed_by, rule, scope.at("unless_followed_by")),
    )


def _setting(
    rule: authored.EventRule, score: authored.Score, key: Literal["count", "expires", "decay"]
) -> Any:  # noqa: ANN401
    """Return the rule's own, else its group's, else the score's default, else None."""
    group = score.groups.get(rule.group) if rule.group is not None else None
    for place in (rule, group, score.defaults):
        value = None if place is None else getattr(place, key)
        if value is not None:
            return value
    return None


def _window(expires: Period | Literal["never"] | None) -> Period | None:
    return None if expires is None or expires == "never" else expires


def bind_decay(decay: Any) -> Decay:  # noqa: ANN401 - any member of authored.Decay, or None
    """Bind the forms of `decay`: a share from 0 to 1, and days."""
    match decay:
        case Decimal():
            return Decay("linear", decay / _PERCENT, 1)
        case authored.Linear():
            return Decay("linear", decay.linear / _PERCENT, _days(decay.every))
        case authored.Compound():
            return Decay("compound", decay.compound / _PERCENT, _days(decay.every))
        case authored.HalfLife():
            return Decay("half_life", Decimal(0), _days(decay.half_life))
        case _:
            return NO_DECAY


def _days(period: Period) -> int:
    assert period.days is not None
    return period.days


def _points(points: Any, scope: Scope) -> Points:  # noqa: ANN401 - a number or PointsFrom
    if not isinstance(points, authored.PointsFrom):
        return Points(fixed=whole(points))
    scope.at("points", "from").need_column("events", points.column, key=False)
    factor = 1 if points.multiply_by is None else points.multiply_by
    return Points(column=points.column, multiply_by=whole(factor))


def _follower(follower: authored.Follower | None, rule: authored.EventRule, scope: Scope) -> Follower | None:
    if follower is None:
        return None
    shared = {fold(each) for each in rule.event} & {fold(each) for each in follower.event}
    assert follower.within.seconds is not None
    return Follower(bind_match(follower, scope), follower.within.seconds, strict=bool(shared))


def _tag_rule(rule: authored.TagRule, scope: Scope) -> TagRule:
    return TagRule(
        tag=bind_tag(rule.tag, scope.at("tag")),
        points=whole(rule.points),
        window=_window(rule.expires),
        decay=bind_decay(rule.decay),
        undated=rule.undated or "keep",
    )
