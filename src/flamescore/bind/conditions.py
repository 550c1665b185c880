"""Authored conditions, tags and event matches -> resolved ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from flamescore.bind.predicates import bind_where
from flamescore.bind.resolved import (
    AllOf,
    AnyOf,
    Condition,
    EventMatch,
    FieldIs,
    Happened,
    HasTag,
    Not,
    Per,
    TagMatch,
)
from flamescore.rules import conditions as authored

if TYPE_CHECKING:
    from flamescore.bind.scope import Scope

_UNITS: Final[tuple[Literal["day", "week", "month"], ...]] = ("day", "week", "month")


def bind_condition_at(condition: Any, scope: Scope) -> Condition:  # noqa: ANN401 - any member of authored.Condition
    """Bind a condition. `scope` is that of the condition."""
    match condition:
        case authored.TagCondition():
            return HasTag(bind_tag(condition.tag, scope.at("tag")))
        case authored.FieldCondition():
            return FieldIs(bind_where(condition.field, "contacts", scope.at("field")))
        case authored.EventCondition():
            return _happened(condition, scope)
        case authored.NotCondition():
            return Not(bind_condition_at(condition.part, scope.at("not")))
        case authored.AllCondition():
            return AllOf(_parts(condition.parts, scope.at("all")))
        case _:
            return AnyOf(_parts(condition.parts, scope.at("any")))


def _parts(parts: tuple[Any, ...], scope: Scope) -> tuple[Condition, ...]:
    return tuple(bind_condition_at(part, scope.at(index)) for index, part in enumerate(parts))


def _happened(condition: authored.EventCondition, scope: Scope) -> Happened:
    match = bind_match(condition, scope)
    per = bind_per(condition.per, scope) if scope.columns.has_events else None
    return Happened(match, window=condition.last, per=per, times=condition.times or 1)


def bind_match(spec: Any, scope: Scope) -> EventMatch:  # noqa: ANN401 - an event rule, filter or condition
    """Bind `event` and `where`. Without an events export that alone is told, not each column."""
    if not scope.at("event").need_events():
        return EventMatch(spec.event)
    return EventMatch(spec.event, bind_where(spec.where, "events", scope.at("where")))


def bind_per(per: str | authored.PerProperty | None, scope: Scope) -> Per | None:
    """Bind `per`; `day`, `week` and `month` are the calendar's."""
    if per is None:
        return None
    for unit in _UNITS:
        if per == unit:
            return Per(unit=unit)
    named = isinstance(per, authored.PerProperty)
    column = per.column if isinstance(per, authored.PerProperty) else per
    (scope.at("per", "property") if named else scope.at("per")).need_column("events", column, key=False)
    return Per(column=column)


def bind_tag(form: Any, scope: Scope) -> TagMatch:  # noqa: ANN401 - any member of authored.TagForm
    """Bind the forms of `tag`."""
    scope.need_tags()
    if isinstance(form, authored.TagAll):
        return TagMatch("all", form.tags)
    if isinstance(form, authored.TagLike):
        return TagMatch("like", form.patterns)
    return TagMatch("any", form)
