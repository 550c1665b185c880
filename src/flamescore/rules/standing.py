"""Conditions on a contact once everyone is scored: on its result under a score, and on its labels.

Neither is allowed under `scores`, since scores are made of rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from flamescore.rules import condition_book
from flamescore.rules.reading import OTHER_OPERATORS, Need, did_you_mean, rule_reading
from flamescore.rules.scalars import NAME, NUMBER
from flamescore.schema_reader import (
    At,
    Key,
    RefusedError,
    Shape,
    Value,
    ValueType,
    listed,
    mapped,
    one_or_more,
)

if TYPE_CHECKING:
    from decimal import Decimal

_LONGEST_LABEL: Final = 80

# --- the measures of a score -------------------------------------------------------------------------


def _one_of(numbers: tuple[Decimal, ...]) -> tuple[condition_book.Equals]:
    return (condition_book.Equals(numbers=numbers),)


_ORDERS: Final[dict[Literal["at_least", "at_most", "more_than", "less_than"], str]] = {
    "at_least": "It is this number, or more.",
    "at_most": "It is this number, or less.",
    "more_than": "It is more than this number.",
    "less_than": "It is less than this number.",
}
_COMPARED: Final = Shape(
    "MeasureOperators",
    "What a number must be; every operator named must hold.",
    {str(how): Key(NUMBER, about) for how, about in _ORDERS.items()},
    lambda found: tuple(condition_book.Order(how, found[how]) for how in _ORDERS if how in found),
    unknown=lambda shape, key, _: (
        "R070",
        f"Unknown operator `{key}`.",
        did_you_mean(key, shape.keys, OTHER_OPERATORS, "A list means any of its numbers."),
    ),
)
_NUMBERS: Final = listed(NUMBER)


def _measure(at: At) -> tuple[condition_book.NumberTest, ...]:
    """Read the test of a measure of a score: a number, a list of numbers, or a mapping of operators."""
    if at.node.kind == "mapping":
        if not at.keys:
            hint = "Say what it must be: `{at_least: 4}`."
            at.refuse("R071", f"{at.label} has no operator.", hint)
        tests: tuple[condition_book.NumberTest, ...] = _COMPARED.read(at)
        return tests
    return _one_of(_NUMBERS(at) if at.node.kind == "list" else (NUMBER(at),))


_MEASURE: Final = ValueType(_measure, {"anyOf": [NUMBER.schema, _NUMBERS.schema, _COMPARED.type.schema]})
_MEASURES: Final[tuple[condition_book.Measure, ...]] = ("flames", "points", "percentile", "rank")
MEASURES: Final = {
    "flames": Key(_MEASURE, "The contact's flames: a number, a list, or `{at_least: 4}` and its like."),
    "points": Key(_MEASURE, "The score itself, likewise."),
    "percentile": Key(_MEASURE, "The share of the others who score less, from 0 to 100, likewise."),
    "rank": Key(_MEASURE, "The place in the order of scores, from 1, likewise."),
}
"""What a condition can test of a contact under a score."""


def _score(at: At) -> str:
    name: str = NAME(at)
    rule_reading(at).needs.append(Need("score", at.path, name=name, key=False))
    return name


SCORE: Final = Key(ValueType(_score, NAME.schema), "The score that is asked.", needed=True)


def score_is(found: dict[str, Value]) -> condition_book.ScoreIs:
    """Build the condition from `score` and its measures."""
    return condition_book.ScoreIs(
        found["score"], tuple((word, found[word]) for word in _MEASURES if word in found)
    )


# --- labels ------------------------------------------------------------------------------------------


def _label(at: At) -> str:
    """Read a label: a text of 1 to 80 characters, or a whole number, which becomes its digits."""
    scalar = at.node.scalar
    if at.node.kind == "number" and isinstance(scalar, int):
        return str(scalar)
    if at.node.kind != "text":
        quoted = at.node.kind in ("number", "boolean")
        at.wrong("text or a whole number", f"Put it in quotes: '{at.node.written}'." if quoted else None)
    if not at.node.written.strip():
        at.refuse("R025", f"{at.label} is an empty text.")
    if len(at.node.written) > _LONGEST_LABEL:
        message = (
            f"{at.label} must be text of 1 to {_LONGEST_LABEL} characters, but has {len(at.node.written)}."
        )
        at.refuse("R022", message)
    return at.node.written


LABEL: Final = ValueType(
    _label,
    {"anyOf": [{"type": "string", "pattern": "\\S", "maxLength": _LONGEST_LABEL}, {"type": "integer"}]},
)


def _label_value(at: At) -> str:
    text: str = LABEL(at)
    steps = at.path[:-1] if isinstance(at.path[-1], int) else at.path
    needs = rule_reading(at).needs
    needs.append(Need("label_value", at.path, name=text, key=False, label=str(steps[-1])))
    return text


_LABEL_VALUES: Final = one_or_more(ValueType(_label_value, LABEL.schema))


def _values_of_label(at: At) -> tuple[str, ...]:
    rule_reading(at).needs.append(Need("label", at.path, name=str(at.path[-1])))
    values: tuple[str, ...] = _LABEL_VALUES(at)
    return values


_BY_LABEL: Final = mapped(ValueType(_values_of_label, _LABEL_VALUES.schema), least=1)


def _labels(at: At) -> dict[str, Value]:
    if at.node.kind == "mapping" and not at.keys:
        at.refuse(
            "R071", f"{at.label} names no label: nothing is asked.", "Write `{label: {grade: [A1, A2]}}`."
        )
    found: dict[str, Value] = _BY_LABEL(at)
    return found


LABELS: Final = Key(
    ValueType(_labels, _BY_LABEL.schema),
    "What the contact's labels must be, by name: a label, or a list meaning any of them.",
    needed=True,
)


def label_is(found: dict[str, Value]) -> condition_book.LabelIs:
    """Build the condition from `label`."""
    return condition_book.LabelIs(tuple(found["label"].items()))


# --- where they may occur ----------------------------------------------------------------------------


STANDING: Final = ("score", "label")
"""The words of such conditions."""


def scores_allowed(at: At) -> bool:
    """Return whether a condition at this place may refer to scores and labels: anywhere but in scores."""
    return at.path[:1] != ("scores",)


def check_standing(at: At) -> None:
    """Reject a condition on scores or labels within a score, without a score, or without a measure."""
    for word in STANDING:
        if word in at.keys and not scores_allowed(at):
            hint = "Ask for it under `labels`, or in `hot` of the project file."
            message = f"A rule can't ask for a {word}: scores are made of rules."
            at.report("R083", message, hint, path=(word,), key=True)
            raise RefusedError
    if at.keys and set(at.keys) <= MEASURES.keys():
        hint = f"Write `{{score: NAME, {at.keys[0]}: ...}}`."
        at.refuse("R080", "Not a condition: it does not say of which score.", hint)
    if at.keys == ("score",):
        hint = "Say what it must be: `{score: fit, flames: {at_least: 4}}`."
        at.report("R071", "Nothing is asked of this score.", hint, path=("score",), key=True)
        raise RefusedError


STANDING_SHAPES: Final = (_COMPARED,)
