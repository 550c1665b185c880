"""The tables of predicates, tags, events and conditions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flamescore.invisible import bare_ends
from flamescore.rules import rulebook as book
from flamescore.rules.bursts import BURST
from flamescore.rules.properties import PER, PROPERTY, PROPERTY_SHAPES, SUMS, TIMES_OF_CONDITION
from flamescore.rules.reading import (
    OTHER_CONDITION_WORDS,
    OTHER_OPERATORS,
    ExportKind,
    Need,
    did_you_mean,
    listing,
    must_be,
    rule_reading,
    unknown_key,
)
from flamescore.rules.scalars import (
    BOOLEAN,
    CALENDAR_PERIOD,
    CELL,
    FIXED_PERIOD,
    OPERAND,
    PART,
    PERIOD,
    RANGE,
    TEXT,
    WORD,
)
from flamescore.rules.standing import (
    LABELS,
    MEASURES,
    SCORE,
    STANDING,
    STANDING_SHAPES,
    check_standing,
    label_is,
    may_ask_scores,
    score_is,
)
from flamescore.schema_reader import (
    At,
    Key,
    Shape,
    Told,
    Value,
    ValueType,
    by_key,
    listed,
    mapped,
    one_or_more,
)
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# --- predicates --------------------------------------------------------------------------------------


class _Operator(NamedTuple):
    """What an operator takes, what it means, and the test of a cell that it stands for, or several."""

    type: ValueType
    about: str
    test: Callable[[Any], book.Test | tuple[book.Test, ...]]

    def tests(self, value: Value) -> tuple[book.Test, ...]:
        """Return the tests of a cell, which must all hold."""
        made = self.test(value)
        return made if isinstance(made, tuple) else (made,)


def _equals(values: Sequence[Value], *, negate: bool = False) -> book.Equals:
    """Sort operands by what they are: texts (trimmed), numbers, booleans."""
    return book.Equals(
        texts=tuple(bare_ends(value) for value in values if isinstance(value, str)),
        numbers=tuple(
            Decimal(value)
            for value in values
            if isinstance(value, int | Decimal) and not isinstance(value, bool)
        ),
        booleans=tuple(value for value in values if isinstance(value, bool)),
        negate=negate,
    )


_CELLS: Final = listed(CELL)
_PARTS: Final = one_or_more(PART)
OPERATORS: Final = {
    "equals": _Operator(CELL, "The cell is this text, number or boolean.", lambda cell: _equals((cell,))),
    "not_equals": _Operator(
        CELL, "The cell is there, and is not this.", lambda cell: _equals((cell,), negate=True)
    ),
    "in": _Operator(_CELLS, "The cell is one of these.", _equals),
    "not_in": _Operator(
        _CELLS, "The cell is there, and is none of these.", lambda cells: _equals(cells, negate=True)
    ),
    "contains": _Operator(
        _PARTS, "The cell holds this text, or any of these.", lambda texts: book.Like("contains", texts)
    ),
    "not_contains": _Operator(
        _PARTS,
        "The cell is there, and holds none of these texts.",
        lambda texts: book.Like("contains", texts, negate=True),
    ),
    "starts_with": _Operator(
        _PARTS,
        "The cell starts with this text, or any of these.",
        lambda texts: book.Like("starts_with", texts),
    ),
    "ends_with": _Operator(
        _PARTS, "The cell ends with this text, or any of these.", lambda texts: book.Like("ends_with", texts)
    ),
    "matches": _Operator(
        TEXT, "This regular expression (Rust's `regex` kind) is found anywhere in the cell.", book.Matches
    ),
    "at_least": _Operator(
        OPERAND, "The cell is this number or date, or more.", lambda value: book.Order("at_least", value)
    ),
    "at_most": _Operator(
        OPERAND, "The cell is this number or date, or less.", lambda value: book.Order("at_most", value)
    ),
    "more_than": _Operator(
        OPERAND,
        "The cell is more than this number, or after this date.",
        lambda value: book.Order("more_than", value),
    ),
    "less_than": _Operator(
        OPERAND,
        "The cell is less than this number, or before this date.",
        lambda value: book.Order("less_than", value),
    ),
    "between": _Operator(
        RANGE,
        "The cell lies between these two numbers or dates, or is one of them.",
        lambda ends: (book.Order("at_least", ends[0]), book.Order("at_most", ends[1])),
    ),
    "within_last": _Operator(
        CALENDAR_PERIOD,
        "The cell's calendar day lies in the period before `as_of`, that day included.",
        lambda period: book.Within(period, ahead=False),
    ),
    "within_next": _Operator(
        CALENDAR_PERIOD,
        "The cell's calendar day lies in the period after `as_of`, that day included.",
        lambda period: book.Within(period, ahead=True),
    ),
    "empty": _Operator(BOOLEAN, "`true`: the cell is missing. `false`: it is not.", book.Empty),
}
"""A new operator is a line here, and its meaning in the engine."""

_TESTS: Final = Shape(
    "Operators",
    "What a cell must be; every operator named must hold. A missing cell fits `empty: true` alone.",
    {
        **{word: Key(operator.type, operator.about) for word, operator in OPERATORS.items()},
        "case_sensitive": Key(BOOLEAN, "Compare upper and lower case as they are; beside other operators."),
    },
    unknown=lambda shape, key, _: (
        "R070",
        f"There is no operator `{key}`.",
        did_you_mean(key, shape.keys, OTHER_OPERATORS),
    ),
)


def _predicate(kind: ExportKind) -> ValueType:
    """Return the type of a predicate; where it stands, its key is a column of that kind of export."""

    def read(at: At) -> book.Predicate:
        column = str(at.path[-1])
        if at.node.kind == "mapping":
            found = _TESTS.read(at)
            sensitive = found.pop("case_sensitive", False)
            tests = tuple(test for word, value in found.items() for test in OPERATORS[word].tests(value))
        else:
            sensitive = False
            tests = (_equals(_CELLS(at) if at.node.kind == "list" else (at.node.scalar,)),)
        dated = any(map(_reads_dates, tests))
        numeric = any(map(_reads_numbers, tests))
        rule_reading(at).needs.append(Need("column", at.path, kind, column, dated=dated, numeric=numeric))
        for test in tests:
            if isinstance(test, book.Matches):
                rule_reading(at).needs.append(
                    Need("pattern", (*at.path, "matches"), kind, test.pattern, key=False)
                )
        return book.Predicate(column, tests, case_sensitive=sensitive)

    return ValueType(read, {"anyOf": [CELL.schema, _CELLS.schema, _TESTS.type.schema]})


def _reads_dates(test: book.Test) -> bool:
    if isinstance(test, book.Order):
        return not isinstance(test.operand, Decimal)
    return isinstance(test, book.Within)


def _reads_numbers(test: book.Test) -> bool:
    if isinstance(test, book.Order):
        return isinstance(test.operand, Decimal)
    return isinstance(test, book.Equals) and bool(test.numbers)


def _predicates(kind: ExportKind, *, least: int = 0) -> ValueType:
    """Return the type of a mapping of column to predicate, read as a tuple of predicates."""
    by_column = mapped(_predicate(kind), least=least)
    return ValueType(lambda at: tuple(by_column(at).values()), by_column.schema)


WHERE: Final = _predicates("events")
FIELDS: Final = _predicates("contacts", least=1)
CONTACT_PREDICATES: Final = _predicates("contacts")

# --- tags --------------------------------------------------------------------------------------------

_TEXTS: Final = one_or_more(WORD)
_TAG_WORDS: Final = ("all", "like")


def _unknown_in_tag(_shape: Shape, key: str, _at: At) -> Told:
    if key in _TAG_WORDS:
        hint = "Write one of them; join two with `if: {all: [...]}`."
        return "R057", "`all` and `like` can't stand together.", hint
    return unknown_key(key, _TAG_WORDS, where="in a tag", also="A list means any of them.")


def _missing_in_tag(_key: str, at: At) -> Told | None:
    hint = "Write a tag, a list, `{all: [...]}` or `{like: 'A*'}`."
    return None if at.keys else ("R057", "This says no tags.", hint)


_TAG_FORMS: Final = {
    "all": Shape(
        "TagAll",
        "All of the tags.",
        {"all": Key(_TEXTS, "The contact must have all of these tags.", needed=True)},
        lambda found: book.TagMatch("all", found["all"]),
        unknown=_unknown_in_tag,
        missing=_missing_in_tag,
    ),
    "like": Shape(
        "TagLike",
        "Any tag that fits one of the patterns.",
        {
            "like": Key(
                _TEXTS, "A pattern or a list: `*` stands for any text, `?` for one character.", needed=True
            )
        },
        lambda found: book.TagMatch("like", found["like"]),
        unknown=_unknown_in_tag,
        missing=_missing_in_tag,
    ),
}
_TAG_FORM: Final = by_key(_TAG_FORMS, default="all")


def _tag(at: At) -> book.TagMatch:
    match: book.TagMatch = _TAG_FORM(at) if at.node.kind == "mapping" else book.TagMatch("any", _TEXTS(at))
    rule_reading(at).needs.append(Need("tags", at.path))
    return match


TAG: Final = ValueType(_tag, {"anyOf": [_TEXTS.schema, _TAG_FORM.schema]})

# --- events ------------------------------------------------------------------------------------------


def _types_needed(at: At) -> Value:
    types = _TEXTS(at)
    rule_reading(at).needs.append(Need("events", at.path))
    return types


_TYPES_ABOUT: Final = "The event type, or a list meaning any of them."
_WHERE: Final = Key(WHERE, "What the event's properties must be, by column.")
EVENT_KEYS: Final = {
    "event": Key(ValueType(_types_needed, _TEXTS.schema), _TYPES_ABOUT, needed=True),
    "where": _WHERE,
}
"""The events that a rule or a condition is about: without an events export it asks for what is not there."""

OTHER_EVENT_KEYS: Final = {"event": Key(_TEXTS, _TYPES_ABOUT, needed=True), "where": _WHERE}
"""Events beside those: that follow them, or are to be ignored."""


def event_match(found: dict[str, Value]) -> book.EventMatch:
    """Make what `event` and `where` say."""
    return book.EventMatch(found["event"], found.get("where", ()))


EVENT_FILTER: Final = Shape(
    "EventFilter", "Events of some types for which every predicate holds.", OTHER_EVENT_KEYS, event_match
)

_RESETS: Final = one_or_more(EVENT_FILTER.type)


def _since(at: At) -> Value:
    if at.node.kind == "text" and at.node.written == "none":
        return ()
    if at.node.kind not in ("mapping", "list"):
        at.wrong("an event such as `{event: purchase}`, a list of them, or `none`")
    return _RESETS(at)


SINCE: Final = ValueType(_since, {"anyOf": [{"const": "none"}, *_RESETS.schema["anyOf"]]})
"""Events of which the latest is the reset; `none` reads as none."""

_FOLLOWER: Final = Shape(
    "Follower",
    "Another event of the same contact, after the counted one.",
    {
        **OTHER_EVENT_KEYS,
        "within": Key(FIXED_PERIOD, "How long after; months and years have no fixed length.", needed=True),
        "after": Key(FIXED_PERIOD, "How long after at the earliest; shorter than `within`."),
        "same": Key(PROPERTY, "A property that has the same value on both; a missing value equals none."),
    },
    lambda found: book.Follower(
        event_match(found),
        found["within"].seconds,
        found["after"].seconds if "after" in found else 0,
        found.get("same"),
    ),
)


FOLLOWER: Final = _FOLLOWER.type


def follower_of(found: dict[str, Value], key: str) -> book.Follower | None:
    """Return a follower; one of a type that is counted itself must come later than what it follows."""
    follower: book.Follower | None = found.get(key)
    if follower is None:
        return None
    shared = {fold(each) for each in found["event"]} & {fold(each) for each in follower.match.types}
    return replace(follower, after=max(follower.after, 1)) if shared else follower


# --- conditions --------------------------------------------------------------------------------------


def _condition(at: At) -> Value:
    check_standing(at)
    return _ANY_CONDITION(at)


def _ref(word: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{word.capitalize()}Condition"}


CONDITION_WORDS: Final = ("event", "tag", "field", "score", "label", "all", "any", "not")
CONDITION: Final = ValueType(_condition, {"anyOf": [_ref(word) for word in CONDITION_WORDS]})


def _words_at(at: At) -> tuple[str, ...]:
    """Return the words of which a condition has one, where it stands."""
    return CONDITION_WORDS if may_ask_scores(at) else tuple(w for w in CONDITION_WORDS if w not in STANDING)


_SEVERAL: Final = listed(CONDITION)


def _unknown_in_condition(shape: Shape, key: str, at: At) -> Told:
    own = next(word for word in CONDITION_WORDS if word in shape.keys)
    if key in CONDITION_WORDS:
        message = f"`{own}` and `{key}` can't stand together; a condition has one of them."
        return "R081", message, f"Join them: `all: [{{{own}: ...}}, {{{key}: ...}}]`, or `any`."
    if key in CONDITIONS["event"].keys:
        return "R082", f"`{key}` can't stand beside `{own}`.", "In a condition it is for `event`."
    if key in MEASURES:
        return "R082", f"`{key}` can't stand beside `{own}`.", "In a condition it is for `score`."
    known = tuple(dict.fromkeys((*shape.keys, *_words_at(at))))
    return unknown_key(key, known, where="in a condition", others=OTHER_CONDITION_WORDS)


def _missing_in_condition(_key: str, at: At) -> Told | None:
    if set(at.keys) - set(CONDITIONS["event"].keys):
        return None
    first = ("tag", "field")  # what people most often mean
    words = (*first, *(word for word in _words_at(at) if word not in first))
    hint = f"A condition has one of {listing(words, 'and')}."
    return "R080", "This is no condition.", hint


def _condition_shape(
    word: str, about: str, keys: dict[str, Key], make: Callable[[dict[str, Value]], book.Condition]
) -> Shape:
    return Shape(
        f"{word.capitalize()}Condition",
        about,
        keys,
        make,
        must_be=must_be("A condition must be a mapping such as `{tag: VIP}`"),
        unknown=_unknown_in_condition,
        missing=_missing_in_condition,
    )


TAG_ABOUT: Final = "A tag, a list meaning any of them, `{all: [...]}` or `{like: 'A*'}`."
FIELD_ABOUT: Final = "What the contact's columns must be, by column."
CONDITIONS: Final = {
    "event": _condition_shape(
        "event",
        "Holds when there are as many matching events in the window as `times` says, with such sums.",
        {
            **EVENT_KEYS,
            "last": Key(PERIOD, "How far back to look; without it, ever."),
            "since": Key(SINCE, "Look only at what came after the latest of these events."),
            "followed_by": Key(FOLLOWER, "Look only at events with such an event after them."),
            "unless_followed_by": Key(
                FOLLOWER,
                "Look only at events without such an event after them, once the time for it is over.",
            ),
            "per": Key(PER, "Count one for each `day`, `week`, `month`, or value of this property."),
            "burst": BURST,
            "times": Key(TIMES_OF_CONDITION, "How many, or `{at_least, at_most}`; 1 by default."),
            "sum": Key(SUMS, "What the sum of a property's numbers must be, by property."),
        },
        lambda found: book.Happened(
            match=event_match(found),
            window=found.get("last"),
            per=found.get("per"),
            times=found.get("times", book.ONCE),
            since=found.get("since", ()),
            followed_by=follower_of(found, "followed_by"),
            unless_followed_by=follower_of(found, "unless_followed_by"),
            sums=found.get("sum", ()),
            burst=found.get("burst"),
        ),
    ),
    "tag": _condition_shape(
        "tag",
        "Holds when the contact has the tags, whatever their age.",
        {"tag": Key(TAG, TAG_ABOUT, needed=True)},
        lambda found: book.HasTag(found["tag"]),
    ),
    "field": _condition_shape(
        "field",
        "Holds when every named column of the contact fits.",
        {"field": Key(FIELDS, FIELD_ABOUT, needed=True)},
        lambda found: book.FieldIs(found["field"]),
    ),
    "score": _condition_shape(
        "score",
        "Holds when the contact stands so under a score; who is not scored by it matches nothing.",
        {"score": SCORE, **MEASURES},
        score_is,
    ),
    "label": _condition_shape(
        "label",
        "Holds when every named label of the contact is one of these.",
        {"label": LABELS},
        label_is,
    ),
    "all": _condition_shape(
        "all",
        "Holds when every part holds.",
        {"all": Key(_SEVERAL, "Conditions that must all hold.", needed=True)},
        lambda found: book.AllOf(found["all"]),
    ),
    "any": _condition_shape(
        "any",
        "Holds when at least one part holds.",
        {"any": Key(_SEVERAL, "Conditions of which one must hold.", needed=True)},
        lambda found: book.AnyOf(found["any"]),
    ),
    "not": _condition_shape(
        "not",
        "Holds when its part does not.",
        {"not": Key(CONDITION, "The condition that must not hold.", needed=True)},
        lambda found: book.Not(found["not"]),
    ),
}
_WORDS_OF_EVENT: Final = tuple(word for word in CONDITIONS["event"].keys if word != "event")
_ANY_CONDITION: Final = by_key(CONDITIONS, default="event", known=(*_WORDS_OF_EVENT, *MEASURES))
CONDITION_SHAPES: Final = (
    _TESTS, *_TAG_FORMS.values(), *PROPERTY_SHAPES, EVENT_FILTER, _FOLLOWER, *STANDING_SHAPES,
    *CONDITIONS.values(),
)  # fmt: skip
