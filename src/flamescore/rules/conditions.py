"""The shapes of tags, events and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.rules import condition_book
from flamescore.rules.bursts import BURST
from flamescore.rules.lists import LIST_FILE, from_file
from flamescore.rules.members import MEMBER_KEYS, MEMBERS, in_segment, may_refer_to_segments, rule_is
from flamescore.rules.predicates import FIELDS, TESTS, WHERE
from flamescore.rules.properties import PER, PROPERTY, PROPERTY_SHAPES, SUMS, TIMES_OF_CONDITION
from flamescore.rules.reading import (
    OTHER_CONDITION_WORDS,
    Need,
    listing,
    must_be,
    rule_reading,
    unknown_key,
)
from flamescore.rules.scalars import (
    FIXED_PERIOD,
    PERIOD,
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
    score_is,
    scores_allowed,
)
from flamescore.schema_reader import (
    At,
    Key,
    ProblemText,
    Shape,
    Value,
    ValueType,
    by_key,
    listed,
    one_or_more,
)
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

# --- tags --------------------------------------------------------------------------------------------

_TEXTS: Final = one_or_more(WORD)
_TAG_WORDS: Final = ("all", "like", "in")


def _unknown_in_tag(shape: Shape, key: str, _at: At) -> ProblemText:
    if key in _TAG_WORDS:
        own = next(iter(shape.keys))
        hint = "Write one of them; join two with `if: {all: [...]}`."
        return "R057", f"`{own}` and `{key}` can't be combined.", hint
    return unknown_key(key, _TAG_WORDS, where="in a tag", also="A list means any of them.")


def _missing_in_tag(_key: str, at: At) -> ProblemText | None:
    hint = "Write a tag, a list, `{all: [...]}`, `{like: 'A*'}` or `{in: {file: ...}}`."
    return None if at.keys else ("R057", "This says no tags.", hint)


_TAG_FORMS: Final = {
    "all": Shape(
        "TagAll",
        "All of the tags.",
        {"all": Key(_TEXTS, "The contact must have all of these tags.", needed=True)},
        lambda found: condition_book.TagMatch("all", found["all"]),
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
        lambda found: condition_book.TagMatch("like", found["like"]),
        unknown=_unknown_in_tag,
        missing=_missing_in_tag,
    ),
    "in": Shape(
        "TagIn",
        "Any of the tags that a file lists.",
        {"in": Key(from_file(), "A list from a file; a list in the rule file needs no `in`.", needed=True)},
        lambda found: condition_book.TagMatch("any", found["in"]),
        unknown=_unknown_in_tag,
        missing=_missing_in_tag,
    ),
}
_TAG_FORM: Final = by_key(_TAG_FORMS, default="all")


def _tag(at: At) -> condition_book.TagMatch:
    match: condition_book.TagMatch = (
        _TAG_FORM(at) if at.node.kind == "mapping" else condition_book.TagMatch("any", _TEXTS(at))
    )
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
"""The events that a rule or a condition is about; these require an events export."""

OTHER_EVENT_KEYS: Final = {"event": Key(_TEXTS, _TYPES_ABOUT, needed=True), "where": _WHERE}
"""Other events: those that follow them, or are to be ignored."""


def event_match(found: dict[str, Value]) -> condition_book.EventMatch:
    """Build the event match from `event` and `where`."""
    return condition_book.EventMatch(found["event"], found.get("where", ()))


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
"""Events, the latest of which is the reset; `none` is read as no events."""

_FOLLOWER: Final = Shape(
    "Follower",
    "Another event of the same contact, after the counted one.",
    {
        **OTHER_EVENT_KEYS,
        "within": Key(FIXED_PERIOD, "How long after; months and years vary in length.", needed=True),
        "after": Key(FIXED_PERIOD, "How long after at the earliest; shorter than `within`."),
        "same": Key(PROPERTY, "A property that has the same value on both; a missing value equals none."),
    },
    lambda found: condition_book.Follower(
        event_match(found),
        found["within"].seconds,
        found["after"].seconds if "after" in found else 0,
        found.get("same"),
    ),
)


FOLLOWER: Final = _FOLLOWER.type


def follower_of(found: dict[str, Value], key: str) -> condition_book.Follower | None:
    """Return a follower; if its type is counted itself, it must come later than the event it follows."""
    follower: condition_book.Follower | None = found.get(key)
    if follower is None:
        return None
    shared = {fold(each) for each in found["event"]} & {fold(each) for each in follower.match.types}
    return replace(follower, after=max(follower.after, 1)) if shared else follower


# --- conditions --------------------------------------------------------------------------------------


def _condition(at: At) -> Value:
    check_standing(at)
    return _ACTING_CONDITION(at) if may_refer_to_segments(at) else _ANY_CONDITION(at)


def _ref(word: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{word.capitalize()}Condition"}


CONDITION_WORDS: Final = ("event", "tag", "field", "score", "label", "all", "any", "not")
CONDITION: Final = ValueType(_condition, {"anyOf": [_ref(word) for word in CONDITION_WORDS]})


def _words_at(at: At) -> tuple[str, ...]:
    """Return the words of which a condition at this place must have one."""
    if may_refer_to_segments(at):
        return (*CONDITION_WORDS, *MEMBERS)
    return CONDITION_WORDS if scores_allowed(at) else tuple(w for w in CONDITION_WORDS if w not in STANDING)


_SEVERAL: Final = listed(CONDITION)


def _unknown_in_condition(shape: Shape, key: str, at: At) -> ProblemText:
    own = next(word for word in (*CONDITION_WORDS, *MEMBERS) if word in shape.keys)
    if key in CONDITION_WORDS or key in _words_at(at):
        message = f"`{own}` and `{key}` can't be combined; a condition has one of them."
        return "R081", message, f"Join them: `all: [{{{own}: ...}}, {{{key}: ...}}]`, or `any`."
    if key in CONDITIONS["event"].keys:
        return "R082", f"`{key}` can't be combined with `{own}`.", "In a condition it is for `event`."
    if key in MEASURES:
        return "R082", f"`{key}` can't be combined with `{own}`.", "In a condition it is for `score`."
    known = tuple(dict.fromkeys((*shape.keys, *_words_at(at))))
    return unknown_key(key, known, where="in a condition", others=OTHER_CONDITION_WORDS)


def _missing_in_condition(_key: str, at: At) -> ProblemText | None:
    if set(at.keys) - set(CONDITIONS["event"].keys):
        return None
    first = ("tag", "field")  # what people most often mean
    words = (*first, *(word for word in _words_at(at) if word not in first))
    hint = f"A condition has one of {listing(words, 'and')}."
    return "R080", "Not a condition.", hint


def _condition_shape(
    word: str, about: str, keys: dict[str, Key], make: Callable[[dict[str, Value]], condition_book.Condition]
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


TAG_ABOUT: Final = "A tag, a list meaning any of them, `{all: [...]}`, `{like: 'A*'}` or `{in: {file: ...}}`."
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
        lambda found: condition_book.Happened(
            match=event_match(found),
            window=found.get("last"),
            per=found.get("per"),
            times=found.get("times", condition_book.ONCE),
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
        lambda found: condition_book.HasTag(found["tag"]),
    ),
    "field": _condition_shape(
        "field",
        "Holds when every named column of the contact fits.",
        {"field": Key(FIELDS, FIELD_ABOUT, needed=True)},
        lambda found: condition_book.FieldIs(found["field"]),
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
        lambda found: condition_book.AllOf(found["all"]),
    ),
    "any": _condition_shape(
        "any",
        "Holds when at least one part holds.",
        {"any": Key(_SEVERAL, "Conditions of which one must hold.", needed=True)},
        lambda found: condition_book.AnyOf(found["any"]),
    ),
    "not": _condition_shape(
        "not",
        "Holds when its part does not.",
        {"not": Key(CONDITION, "The condition that must not hold.", needed=True)},
        lambda found: condition_book.Not(found["not"]),
    ),
}
FIELD_CONDITION: Final = ValueType(lambda at: condition_book.FieldIs(FIELDS(at)), FIELDS.schema)
"""Tests of contact columns without the word `field`, as for a territory."""

_WORDS_OF_EVENT: Final = tuple(word for word in CONDITIONS["event"].keys if word != "event")
_ANY_CONDITION: Final = by_key(CONDITIONS, default="event", known=(*_WORDS_OF_EVENT, *MEASURES))
_ACTING_CONDITION: Final = by_key(
    {
        **CONDITIONS,
        "rule": _condition_shape(
            "rule",
            "Holds when a rule counts something of the contact, or gives it points.",
            MEMBER_KEYS["rule"],
            rule_is,
        ),
        "segment": _condition_shape(
            "segment", "Holds when the contact is in the segment.", MEMBER_KEYS["segment"], in_segment
        ),
    },
    default="event",
    known=(*_WORDS_OF_EVENT, *MEASURES, "of"),
)
"""Conditions of segments, alerts and routes; they don't occur in rule files, nor in their schema."""

CONDITION_SHAPES: Final = (
    LIST_FILE, TESTS, *_TAG_FORMS.values(), *PROPERTY_SHAPES, EVENT_FILTER, _FOLLOWER, *STANDING_SHAPES,
    *CONDITIONS.values(),
)  # fmt: skip
