"""The wording of predicates in messages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from flamescore.rules import Empty, Equals, Has, Like, ListValues, Matches, Order, Within
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.rules import Predicate, Test

_LIKE: Final = {"contains": "contains", "starts_with": "starts with", "ends_with": "ends with"}
_HAS: Final = {"has": "has", "has_all": "has all of", "has_none": "has none of"}
_ORDER: Final = {
    "at_least": "is at least",
    "at_most": "is at most",
    "more_than": "is more than",
    "less_than": "is less than",
}
_SHOWN: Final = 3


def either(texts: Sequence[str]) -> str:
    """Return texts as `a`; `a` or `b`; `a`, `b` or `c`; beyond three, the rest are only counted."""
    quoted = [f"`{text}`" for text in texts[:_SHOWN]]
    if len(texts) > _SHOWN:
        return f"{', '.join(quoted)} or {len(texts) - _SHOWN} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def from_file(values: ListValues) -> str:
    """Return the wording of a list from a file: `lists/targets.csv` (3 values)."""
    return f"`{values.path}` ({count(len(values), 'value')})"


def describe(predicate: Predicate) -> str:
    """Return the wording of a predicate on a cell: ``contains `/prices` ``."""
    return " and ".join(_describe_test(test) for test in predicate.tests)


def _describe_test(test: Test) -> str:  # noqa: PLR0911 - one per kind
    match test:
        case Equals(texts=ListValues() as values, negate=negate):
            return f"is {'not ' if negate else ''}in {from_file(values)}"
        case Like(how=how, texts=ListValues() as values, negate=negate):
            return f"{'is without' if negate else _LIKE[how]} any of {from_file(values)}"
        case Equals(texts=texts, numbers=numbers, booleans=booleans, negate=negate):
            shown = [*texts, *(f"{each:f}" for each in numbers), *(str(each).lower() for each in booleans)]
            return f"is {'other than ' if negate else ''}{either(shown)}"
        case Like(how=how, texts=texts, negate=negate):
            shown = [text.strip() or text for text in texts]
            return f"{'is without' if negate else _LIKE[how]} {either(shown)}"
        case Has(how=how, items=items):
            return f"{_HAS[how]} {_describe_test(items).removeprefix('is ').removeprefix('in ')}"
        case Matches(pattern=pattern):
            return f"matches `{pattern}`"
        case Order(how=how, operand=operand):
            bound = f"{operand:f}" if isinstance(operand, Decimal) else operand.isoformat()
            return f"{_ORDER[how]} {bound}"
        case Within(period=period, ahead=ahead):
            return f"is within the {'next' if ahead else 'last'} {period}"
        case Empty(value=value):
            return "is missing" if value else "is there"
