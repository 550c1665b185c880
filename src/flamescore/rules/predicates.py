"""The operators and shapes of predicates: tests of a cell of a column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from flamescore.invisible import bare_ends
from flamescore.rules import condition_book
from flamescore.rules.lists import MOST_PARTS, ListValues, or_from_file
from flamescore.rules.reading import (
    OTHER_OPERATORS,
    ExportKind,
    Need,
    did_you_mean,
    rule_reading,
)
from flamescore.rules.scalars import (
    BOOLEAN,
    CALENDAR_PERIOD,
    CELL,
    OPERAND,
    PART,
    RANGE,
    TEXT,
)
from flamescore.schema_reader import (
    At,
    Key,
    Shape,
    Value,
    ValueType,
    listed,
    mapped,
    one_or_more,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Operator(NamedTuple):
    """The type of an operator's value, its description, and the test or tests of a cell that it makes."""

    type: ValueType
    about: str
    test: Callable[[Any], condition_book.Test | tuple[condition_book.Test, ...]]

    def tests(self, value: Value) -> tuple[condition_book.Test, ...]:
        """Return the tests of a cell, which must all hold."""
        made = self.test(value)
        return made if isinstance(made, tuple) else (made,)


def _equals(values: Sequence[Value], *, negate: bool = False) -> condition_book.Equals:
    """Separate operands by kind: texts (stripped), numbers, booleans; those from a file are texts."""
    if isinstance(values, ListValues):
        return condition_book.Equals(texts=values, negate=negate)
    return condition_book.Equals(
        texts=tuple(bare_ends(value) for value in values if isinstance(value, str)),
        numbers=tuple(
            Decimal(value)
            for value in values
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
        ),
        booleans=tuple(value for value in values if isinstance(value, bool)),
        negate=negate,
    )


def _has(how: Literal["has", "has_all", "has_none"]) -> Callable[[Sequence[Value]], condition_book.Has]:
    return lambda values: condition_book.Has(how, _equals(values))


_CELLS: Final = listed(CELL)
_ITEMS: Final = or_from_file(one_or_more(CELL))
_LISTED: Final = or_from_file(_CELLS)
_PARTS: Final = or_from_file(one_or_more(PART), MOST_PARTS)
OPERATORS: Final = {
    "equals": _Operator(CELL, "The cell is this text, number or boolean.", lambda cell: _equals((cell,))),
    "not_equals": _Operator(
        CELL, "The cell is there, and is not this.", lambda cell: _equals((cell,), negate=True)
    ),
    "in": _Operator(_LISTED, "The cell is one of these.", _equals),
    "not_in": _Operator(
        _LISTED, "The cell is there, and is none of these.", lambda cells: _equals(cells, negate=True)
    ),
    "contains": _Operator(
        _PARTS,
        "The cell holds this text, or any of these.",
        lambda texts: condition_book.Like("contains", texts),
    ),
    "not_contains": _Operator(
        _PARTS,
        "The cell is there, and holds none of these texts.",
        lambda texts: condition_book.Like("contains", texts, negate=True),
    ),
    "starts_with": _Operator(
        _PARTS,
        "The cell starts with this text, or any of these.",
        lambda texts: condition_book.Like("starts_with", texts),
    ),
    "ends_with": _Operator(
        _PARTS,
        "The cell ends with this text, or any of these.",
        lambda texts: condition_book.Like("ends_with", texts),
    ),
    "matches": _Operator(
        TEXT,
        "This regular expression (Rust's `regex` kind) is found anywhere in the cell.",
        condition_book.Matches,
    ),
    "at_least": _Operator(
        OPERAND,
        "The cell is this number or date, or more.",
        lambda value: condition_book.Order("at_least", value),
    ),
    "at_most": _Operator(
        OPERAND,
        "The cell is this number or date, or less.",
        lambda value: condition_book.Order("at_most", value),
    ),
    "more_than": _Operator(
        OPERAND,
        "The cell is more than this number, or after this date.",
        lambda value: condition_book.Order("more_than", value),
    ),
    "less_than": _Operator(
        OPERAND,
        "The cell is less than this number, or before this date.",
        lambda value: condition_book.Order("less_than", value),
    ),
    "between": _Operator(
        RANGE,
        "The cell lies between these two numbers or dates, or is one of them.",
        lambda ends: (condition_book.Order("at_least", ends[0]), condition_book.Order("at_most", ends[1])),
    ),
    "within_last": _Operator(
        CALENDAR_PERIOD,
        "The cell's calendar day lies in the period before `as_of`, that day included.",
        lambda period: condition_book.Within(period, ahead=False),
    ),
    "within_next": _Operator(
        CALENDAR_PERIOD,
        "The cell's calendar day lies in the period after `as_of`, that day included.",
        lambda period: condition_book.Within(period, ahead=True),
    ),
    "empty": _Operator(BOOLEAN, "`true`: the cell is missing. `false`: it is not.", condition_book.Empty),
    "has": _Operator(
        _ITEMS, "The cell holds several values, and this, or any of these, is one.", _has("has")
    ),
    "has_all": _Operator(_ITEMS, "The cell holds all of these values.", _has("has_all")),
    "has_none": _Operator(_ITEMS, "The cell holds values, and none of these.", _has("has_none")),
}
"""To add an operator, add a line here and its meaning in the engine."""

TESTS: Final = Shape(
    "Operators",
    "What a cell must be; every operator named must hold. A missing cell fits `empty: true` alone.",
    {
        **{word: Key(operator.type, operator.about) for word, operator in OPERATORS.items()},
        "case_sensitive": Key(BOOLEAN, "Compare upper and lower case as they are; beside other operators."),
    },
    unknown=lambda shape, key, _: (
        "R070",
        f"Unknown operator `{key}`.",
        did_you_mean(key, shape.keys, OTHER_OPERATORS),
    ),
)


def _predicate(kind: ExportKind) -> ValueType:
    """Return the type of a predicate, whose key in the file is a column of that kind of export."""

    def read(at: At) -> condition_book.Predicate:
        column = str(at.path[-1])
        if at.node.kind == "mapping":
            found = TESTS.read(at)
            sensitive = found.pop("case_sensitive", False)
            written = (word for word in at.keys if word in found)
            tests = tuple(test for word in written for test in OPERATORS[word].tests(found[word]))
        else:
            sensitive = False
            tests = (_equals(_CELLS(at) if at.node.kind == "list" else (at.node.scalar,)),)
        dated = any(map(_reads_dates, tests))
        listed_too = any(isinstance(test, condition_book.Has) for test in tests)
        numeric = any(map(_reads_numbers, tests))
        rule_reading(at).needs.append(
            Need("column", at.path, kind, column, dated=dated, numeric=numeric, listed=listed_too)
        )
        for test in tests:
            if isinstance(test, condition_book.Matches):
                rule_reading(at).needs.append(
                    Need("pattern", (*at.path, "matches"), kind, test.pattern, key=False)
                )
        return condition_book.Predicate(column, tests, case_sensitive=sensitive)

    return ValueType(read, {"anyOf": [CELL.schema, _CELLS.schema, TESTS.type.schema]})


def _reads_dates(test: condition_book.Test) -> bool:
    if isinstance(test, condition_book.Order):
        return not isinstance(test.operand, Decimal)
    return isinstance(test, condition_book.Within)


def _reads_numbers(test: condition_book.Test) -> bool:
    if isinstance(test, condition_book.Order):
        return isinstance(test.operand, Decimal)
    return isinstance(test, condition_book.Equals) and bool(test.numbers)


def _predicates(kind: ExportKind, *, least: int = 0) -> ValueType:
    """Return the type of a mapping of column to predicate, read as a tuple of predicates."""
    by_column = mapped(_predicate(kind), least=least)
    return ValueType(lambda at: tuple(by_column(at).values()), by_column.schema)


WHERE: Final = _predicates("events")
FIELDS: Final = _predicates("contacts", least=1)
CONTACT_PREDICATES: Final = _predicates("contacts")
