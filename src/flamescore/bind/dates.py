"""Which columns rules read as dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flamescore.bind.named import enabled_parts
from flamescore.frames import DateColumns
from flamescore.rules.conditions import FieldCondition, Operators
from flamescore.rules.model import FieldRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.bind.scope import Kind
    from flamescore.rules.load import LoadedCondition, LoadedPredicates, LoadedRules

_ORDERINGS = ("at_least", "at_most", "more_than", "less_than")


def date_columns(loaded: LoadedRules, *others: LoadedCondition | LoadedPredicates) -> DateColumns:
    """Return the columns with a date on the right or `within_*`, in what is enabled.

    `others` are conditions and predicates from elsewhere: a call list's, a search's.
    """
    mine = list(_dates(loaded.file))
    return _gathered([*mine, *_elsewhere(others)])


def dates_of(*others: LoadedCondition | LoadedPredicates) -> DateColumns:
    """Return the same of conditions and predicates that stand alone."""
    return _gathered(_elsewhere(others))


def _elsewhere(others: Iterable[LoadedCondition | LoadedPredicates]) -> list[tuple[Kind, str]]:
    found: list[tuple[Kind, str]] = []
    for other in others:
        found += _dates(getattr(other, "condition", None))
        for part in getattr(other, "parts", ()):
            found += _of(part.predicates, "contacts")
    return found


def _gathered(found: list[tuple[Kind, str]]) -> DateColumns:
    return DateColumns(
        contacts=frozenset(column for kind, column in found if kind == "contacts"),
        events=frozenset(column for kind, column in found if kind == "events"),
    )


def _dates(value: Any) -> Iterator[tuple[Kind, str]]:  # noqa: ANN401 - any part of the model
    for part in enabled_parts(value):
        if isinstance(part, FieldRule | FieldCondition):
            yield from _of(part.field, "contacts")
        yield from _of(getattr(part, "where", {}), "events")


def _of(predicates: dict[str, Any], kind: Kind) -> Iterator[tuple[Kind, str]]:
    for column, each in predicates.items():
        if isinstance(each, Operators) and _reads_dates(each):
            yield kind, column


def _reads_dates(operators: Operators) -> bool:
    if operators.within_last is not None or operators.within_next is not None:
        return True
    return any(isinstance(getattr(operators, how), str) for how in _ORDERINGS)
