"""The shapes of event properties and event counts in rules and conditions: `per`, `sum`, `times`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import condition_book
from flamescore.rules.reading import Need, did_you_mean, listing, rule_reading
from flamescore.rules.scalars import AT_MOST, BOUND, NAME, TIMES
from flamescore.schema_reader import Key, Shape, ValueType, mapped

if TYPE_CHECKING:
    from flamescore.schema_reader import At, ProblemText, Value


def event_column(at: At, name: str, *, key: bool = False, numeric: bool = False) -> None:
    """Record that the value at a place, or its key, names an event column."""
    rule_reading(at).needs.append(Need("column", at.path, "events", name, key=key, numeric=numeric))


def _property(*, numeric: bool) -> ValueType:
    def read(at: At) -> Value:
        name = NAME(at)
        event_column(at, name, numeric=numeric)
        return name

    return ValueType(read, NAME.schema)


PROPERTY: Final = _property(numeric=False)
NUMBER_PROPERTY: Final = _property(numeric=True)

# --- per ---------------------------------------------------------------------------------------------

_PER_PROPERTY: Final = Shape(
    "PerProperty",
    "The latest occurrence of each value of a property.",
    {"property": Key(NAME, "The property's name, where it is `day`, `week` or `month`.", needed=True)},
)


def _per(at: At) -> condition_book.Per:
    """Read `per`; `day`, `week` and `month` are calendar units."""
    named = at.child("property") if at.node.kind == "mapping" else None
    text = _PER_PROPERTY.read(at)["property"] if at.node.kind == "mapping" else NAME(at)
    if named is None and text in ("day", "week", "month"):
        return condition_book.Per(unit=text)
    event_column(named or at, text)
    return condition_book.Per(column=text)


PER: Final = ValueType(_per, {"anyOf": [NAME.schema, _PER_PROPERTY.type.schema]})

# --- how many ----------------------------------------------------------------------------------------

_TIMES_WAYS: Final = "Write `times: 3`, or `times: {at_least: 2, at_most: 5}`."


def _no_bound(_key: str, _at: At) -> ProblemText:
    return "R055", "`times` says neither `at_least` nor `at_most`.", _TIMES_WAYS


_BETWEEN: Final = Shape(
    "Times",
    "How many there must be: within both bounds, or past the one that is given.",
    {
        "at_least": Key(TIMES, "So many or more."),
        "at_most": Key(
            AT_MOST, "So many or fewer; in a condition, without `at_least`, none at all is few enough."
        ),
    },
    lambda found: condition_book.Times(found.get("at_least", 0), found.get("at_most")),
)


def _times(least: int) -> ValueType:
    """Return the type of `times` whose `at_most` is not below `least`."""

    def read(at: At) -> condition_book.Times:
        if at.node.kind != "mapping":
            return condition_book.Times(TIMES(at))
        if not at.keys:
            at.refuse(*_no_bound("", at))
        times: condition_book.Times = _BETWEEN.read(at)
        if times.most is None:
            return times
        if times.most < least:
            hint = "For who never did it, ask in `if`: `{event: ..., times: {at_most: 0}}`."
            at.report("R055", "`at_most` is 0, so that nothing could ever count.", hint, path=("at_most",))
        elif times.most < times.least:
            ends = times.least, times.most
            message = f"`times` goes from {ends[0]:,} down to {ends[1]:,}, so no number fits."
            at.refuse("R055", message, f"Write `{{at_least: {ends[1]}, at_most: {ends[0]}}}`.")
        return times

    return ValueType(read, {"anyOf": [TIMES.schema, _BETWEEN.type.schema]})


TIMES_OF_RULE: Final = _times(1)
"""If no event is left, nothing counts, so `at_most: 0` can't be meant."""

TIMES_OF_CONDITION: Final = _times(0)

# --- sums --------------------------------------------------------------------------------------------

_SUM_WORDS: Final = ("at_least", "at_most", "more_than", "less_than")
_SUM_WAYS: Final = f"A sum takes {listing(_SUM_WORDS)} and a number: `sum: {{amount: {{at_least: 500}}}}`."


def _operand(at: At) -> Value:
    if at.node.number is None:
        at.refuse("R171", f"{at.label} must be a number, not {at.node.shown()}.", _SUM_WAYS)
    return BOUND(at)


def _no_sum(at: At) -> ProblemText:
    return "R171", f"{at.label} must say what the sum must be, not {at.node.shown()}.", _SUM_WAYS


def _unknown_in_sum(shape: Shape, key: str, _at: At) -> ProblemText:
    message = f"A sum takes {listing(_SUM_WORDS, 'and')}, and not `{key}`."
    return "R171", message, did_you_mean(key, shape.keys)


_OPERAND: Final = ValueType(_operand, BOUND.schema)
_SUM: Final = Shape(
    "Sum",
    "What the sum of a property's numbers must be; all of it must hold.",
    {
        "at_least": Key(_OPERAND, "The sum is this number, or more."),
        "at_most": Key(_OPERAND, "The sum is this number, or less."),
        "more_than": Key(_OPERAND, "The sum is more than this number."),
        "less_than": Key(_OPERAND, "The sum is less than this number."),
    },
    must_be=_no_sum,
    unknown=_unknown_in_sum,
)


def _sum(at: At) -> condition_book.SumIs:
    column = str(at.path[-1])
    event_column(at, column, key=True, numeric=True)
    if at.node.kind == "mapping" and not at.keys:
        at.refuse("R171", f"Nothing is asked of the sum of `{column}`.", _SUM_WAYS)
    return condition_book.SumIs(
        column, tuple(condition_book.SumOrder(how, value) for how, value in _SUM.read(at).items())
    )


def _sums(at: At) -> tuple[condition_book.SumIs, ...]:
    if at.node.kind != "mapping":
        message = f"`sum` must say of which property, not {at.node.shown()}."
        at.refuse("R171", message, _SUM_WAYS)
    return tuple(_BY_COLUMN(at).values())


_BY_COLUMN: Final = mapped(ValueType(_sum, _SUM.type.schema), least=1)
SUMS: Final = ValueType(_sums, _BY_COLUMN.schema)

PROPERTY_SHAPES: Final = (_PER_PROPERTY, _BETWEEN, _SUM)
