"""Which columns rules and conditions name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flamescore.frames import NamedColumns
from flamescore.rules.base import Model
from flamescore.rules.conditions import FieldCondition, PerProperty
from flamescore.rules.model import FieldRule, PointsFrom, RuleBase, Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.bind.scope import Kind
    from flamescore.rules.load import LoadedCondition, LoadedRules

_CALENDAR = ("day", "week", "month")


def named_columns(*loaded: LoadedRules | LoadedCondition, keep: frozenset[str] = frozenset()) -> NamedColumns:
    """Return the columns that enabled rules, and conditions from elsewhere, name.

    `keep` are columns of contacts that are wanted whether a rule asks of them or not.
    """
    found = [
        pair for each in loaded for pair in _named(getattr(each, "file", getattr(each, "condition", None)))
    ]
    return NamedColumns(
        contacts=keep | {column for kind, column in found if kind == "contacts"},
        events=frozenset(column for kind, column in found if kind == "events"),
    )


def _named(authored: Any) -> Iterator[tuple[Kind, str]]:  # noqa: ANN401 - any part of the model
    for part in enabled_parts(authored):
        if isinstance(part, FieldRule | FieldCondition):
            yield from (("contacts", column) for column in part.field)
        yield from (("events", column) for column in getattr(part, "where", ()))
        per = getattr(part, "per", None)
        if isinstance(per, str) and per not in _CALENDAR:
            yield "events", per
        if isinstance(part, PerProperty | PointsFrom):
            yield "events", part.column


def enabled_parts(value: Any) -> Iterator[Model]:  # noqa: ANN401 - any part of the model
    """Yield every model inside a part of a rule file, but for scores and rules that are not enabled."""
    if isinstance(value, Score | RuleBase) and not value.enabled:
        return
    if isinstance(value, Model):
        yield value
        for name in type(value).model_fields:
            yield from enabled_parts(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from enabled_parts(part)
