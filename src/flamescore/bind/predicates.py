"""Authored predicates -> tests of a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from flamescore.bind.patterns import check_pattern
from flamescore.bind.resolved import Empty, Equals, Like, Matches, Order, Predicate, Test, Within
from flamescore.cells import trim
from flamescore.rules.conditions import Operators
from flamescore.rules.moments import parse_moment
from flamescore.units import from_local

if TYPE_CHECKING:
    from flamescore.bind.scope import Kind, Scope

Value = str | int | Decimal | bool
Binder = Callable[[Any, "Scope"], Test]


def bind_where(predicates: Mapping[str, Any], kind: Kind, scope: Scope) -> tuple[Predicate, ...]:
    """Bind a mapping of column to predicate. `scope` is that of the mapping."""
    return tuple(_predicate(column, each, kind, scope.at(column)) for column, each in predicates.items())


def _predicate(
    column: str, authored: Operators | tuple[Value, ...] | Value, kind: Kind, scope: Scope
) -> Predicate:
    scope.need_column(kind, column)
    if not isinstance(authored, Operators):
        values = authored if isinstance(authored, tuple) else (authored,)
        return Predicate(column, (equals(values),))
    tests = tuple(
        bind(operand, scope.at(word))
        for word, (name, bind) in _BINDERS.items()
        if (operand := getattr(authored, name)) is not None
    )
    return Predicate(column, tests, case_sensitive=bool(authored.case_sensitive))


def equals(values: tuple[Value, ...], *, negate: bool = False) -> Equals:
    """Sort operands by what they are: texts (trimmed), numbers, booleans."""
    return Equals(
        texts=tuple(trim(value) for value in values if isinstance(value, str)),
        numbers=tuple(Decimal(value) for value in values if _is_number(value)),
        booleans=tuple(value for value in values if isinstance(value, bool)),
        negate=negate,
    )


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def operand_of(authored: int | Decimal | str, scope: Scope) -> Decimal | date | datetime:
    """Return the right side of an ordering: a number, a calendar day, or an instant (UTC)."""
    if not isinstance(authored, str):
        return Decimal(authored)
    moment = parse_moment(authored)
    assert moment is not None  # the loader saw to it
    if isinstance(moment, datetime):
        return moment if moment.tzinfo is UTC else from_local(moment, scope.zone)
    return moment


def _matches(pattern: str, scope: Scope) -> Matches:
    check_pattern(pattern, scope)
    return Matches(pattern)


_BINDERS: Final[Mapping[str, tuple[str, Binder]]] = {
    "equals": ("equals", lambda value, _: equals((value,))),
    "not_equals": ("not_equals", lambda value, _: equals((value,), negate=True)),
    "in": ("in_", lambda values, _: equals(values)),
    "not_in": ("not_in", lambda values, _: equals(values, negate=True)),
    "contains": ("contains", lambda texts, _: Like("contains", texts)),
    "not_contains": ("not_contains", lambda texts, _: Like("contains", texts, negate=True)),
    "starts_with": ("starts_with", lambda texts, _: Like("starts_with", texts)),
    "ends_with": ("ends_with", lambda texts, _: Like("ends_with", texts)),
    "matches": ("matches", _matches),
    "at_least": ("at_least", lambda value, scope: Order("at_least", operand_of(value, scope))),
    "at_most": ("at_most", lambda value, scope: Order("at_most", operand_of(value, scope))),
    "more_than": ("more_than", lambda value, scope: Order("more_than", operand_of(value, scope))),
    "less_than": ("less_than", lambda value, scope: Order("less_than", operand_of(value, scope))),
    "within_last": ("within_last", lambda period, _: Within(period, ahead=False)),
    "within_next": ("within_next", lambda period, _: Within(period, ahead=True)),
    "empty": ("empty", lambda value, _: Empty(value)),
}
