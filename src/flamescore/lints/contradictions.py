"""Conditions that can never hold, and branches that can't be reached, found without data.

Only consequences of two tests of the same cell are detected. `{at_least: 50}` after `{at_least: 10}` is such
a case, and so is `{equals: US}` after `{in: [US, CA]}`. What several conditions imply together is ignored.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.rules import (
    AllOf,
    AnyOf,
    Equals,
    FieldIs,
    Happened,
    HasTag,
    Not,
    Order,
    Predicate,
    ScoreIs,
    SumOrder,
    beside,
    leaves,
)
from flamescore.text import fold
from flamescore.units import show_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flamescore.rules import Condition, EventMatch, TagMatch, Test

_LOWER: Final = ("at_least", "more_than")
_STRICT: Final = ("more_than", "less_than")


class Contradiction(Struct, frozen=True):
    """The reason why something can never hold, as a sentence; `key` is the nearest key in the file."""

    why: str
    key: str


# --- unreachable branches -----------------------------------------------------------------------------


def takes_all_of(earlier: Condition, later: Condition) -> bool:
    """Return whether the earlier condition certainly holds wherever the later one does.

    That is so if they are equal, or if both test the same column of the contact and each test of the earlier
    one follows from a test of the later one. Other cases are not detected.
    """
    if earlier == later:
        return True
    one, other = _only_predicate(earlier), _only_predicate(later)
    if one is None or other is None or one.column != other.column:
        return False
    if one.case_sensitive and not other.case_sensitive:
        return False
    sensitive = one.case_sensitive
    return all(
        any(_follows(wanted, given, case_sensitive=sensitive) for given in other.tests)
        for wanted in one.tests
    )


def _only_predicate(condition: Condition) -> Predicate | None:
    if isinstance(condition, FieldIs) and len(condition.where) == 1:
        return condition.where[0]
    return None


def _follows(wanted: Test, given: Test, *, case_sensitive: bool) -> bool:
    """Return whether a test holds for every cell for which the given one does."""
    if wanted == given:
        return True
    if isinstance(wanted, Order) and isinstance(given, Order):
        return _bound_follows(wanted, given)
    if isinstance(wanted, Equals) and isinstance(given, Equals) and not (wanted.negate or given.negate):
        return _operands(given, case_sensitive=case_sensitive) <= _operands(
            wanted, case_sensitive=case_sensitive
        )
    return False


def _bound_follows(wanted: Order, given: Order) -> bool:
    lower = wanted.how in _LOWER
    if lower != (given.how in _LOWER) or not _comparable(wanted.operand, given.operand):
        return False
    if wanted.operand == given.operand:
        return wanted.how not in _STRICT or given.how in _STRICT
    bounds: tuple[Any, Any] = wanted.operand, given.operand
    low, high = bounds if lower else reversed(bounds)
    return bool(low < high)


def _comparable(one: object, other: object) -> bool:
    """Return whether both are numbers, both days, or both instants."""
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        return isinstance(one, Decimal) and isinstance(other, Decimal)
    return isinstance(one, datetime) == isinstance(other, datetime)


def _operands(test: Equals, *, case_sensitive: bool) -> frozenset[object]:
    texts = test.texts if case_sensitive else tuple(fold(each) for each in test.texts)
    return frozenset((*texts, *test.numbers, *(("boolean", each) for each in test.booleans)))


# --- contradictions -----------------------------------------------------------------------------------


def contradictions(condition: Condition) -> Iterator[Contradiction]:
    """Yield each part of a condition that can never hold."""
    for parts in _lists_of_all(condition):
        yield from together(parts)
    for leaf in leaves(condition):
        match leaf:
            case FieldIs(where=where):
                yield from of_predicates(where)
            case Happened(sums=sums):
                yield from of_predicates(predicate for each in _events(leaf) for predicate in each.where)
                for total in sums:
                    yield from _of_tests(total.column, total.bounds)
            case ScoreIs(measures=measures):
                for measure, tests in measures:
                    yield from _of_tests(measure, tests)


def _events(condition: Happened) -> tuple[EventMatch, ...]:
    return (condition.match, *beside(condition))


def _lists_of_all(condition: Condition) -> Iterator[tuple[Condition, ...]]:
    """Yield the conditions that must hold together: the parts of each `all`, with nested ones flattened."""
    match condition:
        case AllOf(parts=parts):
            flat = tuple(_flat(parts))
            yield flat
            for part in flat:
                yield from _lists_of_all(part)
        case AnyOf(parts=parts):
            for part in parts:
                yield from _lists_of_all(part)
        case Not(part=part):
            yield from _lists_of_all(part)


def of_predicates(where: Iterable[Predicate]) -> Iterator[Contradiction]:
    """Yield the predicates that no cell can meet, as contradictions."""
    for predicate in where:
        yield from _of_tests(predicate.column, predicate.tests, case_sensitive=predicate.case_sensitive)


def together(conditions: Sequence[Condition]) -> Iterator[Contradiction]:
    """Yield the contradictions between conditions that must all hold."""
    yield from _between(tuple(_flat(conditions)))


def _flat(parts: Iterable[Condition]) -> Iterator[Condition]:
    for part in parts:
        if isinstance(part, AllOf):
            yield from _flat(part.parts)
        else:
            yield part


def _between(parts: Sequence[Condition]) -> Iterator[Contradiction]:
    for part in parts:
        if not isinstance(part, Not):
            continue
        if part.part in parts:
            yield Contradiction("it requires a condition and its opposite", "not")
        elif isinstance(part.part, HasTag):
            lacked = _any_of(part.part.tag)
            wanted = (_all_of(each.tag) for each in parts if isinstance(each, HasTag))
            tags = {tag for each in wanted for tag in each if fold(tag) in lacked}
            if tags:
                yield Contradiction(f"it requires the tag `{min(tags)}` and rules it out", "not")


def _all_of(tag: TagMatch) -> tuple[str, ...]:
    """Return the tags that every matching contact must have."""
    return tag.tags if tag.how == "all" or (tag.how == "any" and len(tag.tags) == 1) else ()


def _any_of(tag: TagMatch) -> frozenset[str]:
    """Return the folded tags each of which is enough for a match."""
    alone = tag.how == "any" or (tag.how == "all" and len(tag.tags) == 1)
    return frozenset(fold(each) for each in tag.tags) if alone else frozenset()


def _of_tests(
    column: str, tests: Sequence[Test | SumOrder], *, case_sensitive: bool = False
) -> Iterator[Contradiction]:
    for one, other in combinations([each for each in tests if isinstance(each, Order | SumOrder)], 2):
        low, high = (one, other) if one.how in _LOWER else (other, one)
        if low.how in _LOWER and high.how not in _LOWER and _is_empty(low, high):
            why = f"`{column}` can't be {_describe(low)} and {_describe(high)}"
            yield Contradiction(why, column)
    equal = [each for each in tests if isinstance(each, Equals)]
    for wanted in (each for each in equal if not each.negate):
        for refused in (each for each in equal if each.negate):
            here = _operands(wanted, case_sensitive=case_sensitive)
            if here and here <= _operands(refused, case_sensitive=case_sensitive):
                yield Contradiction(f"`{column}` can't be and not be the same value", column)


def _is_empty(low: Order | SumOrder, high: Order | SumOrder) -> bool:
    """Return whether no value lies between a lower and an upper bound."""
    if not isinstance(low, SumOrder) and not _comparable(low.operand, high.operand):
        return False
    bounds: tuple[Any, Any] = low.operand, high.operand
    least, most = bounds
    return bool(least > most or (least == most and (low.how in _STRICT or high.how in _STRICT)))


def _describe(bound: Order | SumOrder) -> str:
    operand = bound.operand
    shown = show_points(operand) if isinstance(operand, int) else f"{operand}"
    return f"{bound.how.replace('_', ' ')} {shown}"
