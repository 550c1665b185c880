"""The shapes of events that no score counts: entries of `ignore`, and `bots`, which consists of them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from flamescore.rules import condition_book
from flamescore.rules.conditions import OTHER_EVENT_KEYS, event_match
from flamescore.rules.properties import PER, PROPERTY
from flamescore.rules.reading import did_you_mean, missing_key, must_be, unknown_key
from flamescore.rules.scalars import FIXED_PERIOD, SEVERAL
from flamescore.schema_reader import At, Key, ProblemText, Shape, Value, ValueType, listed
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- entries in sequence -----------------------------------------------------------------------------


def _missing(key: str, at: At, hint: str) -> ProblemText:
    code, message, known = missing_key(key, at.label)
    return code, message, known if key == "event" else hint


_FOLLOWS: Final = Shape(
    "Follows",
    "Another event of the same contact, at the same time or before.",
    {
        **OTHER_EVENT_KEYS,
        "within": Key(FIXED_PERIOD, "How long before, at most.", needed=True),
        "same": Key(
            PROPERTY,
            "A property that both have, with the very same value: `asset` for the same e-mail.",
        ),
    },
    missing=lambda key, at: _missing(key, at, "Write how long before, at most: `within: 10s`."),
)
_AT_ONCE: Final = Shape(
    "AtOnce",
    "Several such events of the same contact in a short time.",
    {
        "times": Key(SEVERAL, "How many there must be, at least; from 2.", needed=True),
        "within": Key(FIXED_PERIOD, "How long the time is, both ends included.", needed=True),
        "per": Key(PER, "Count one for each `day`, `week`, `month`, or value of this property."),
    },
    lambda found: condition_book.AtOnce(found["times"], found["within"].seconds, found.get("per")),
    missing=lambda key, at: _missing(key, at, "Write how many in how long: `{times: 3, within: 5s}`."),
)


def _ignored(found: Mapping[str, Value]) -> condition_book.Ignored:
    match, follows = event_match(dict(found)), None
    if "follows" in found:
        previous = found["follows"]
        before = event_match(previous)
        shared = {fold(each) for each in match.types} & {fold(each) for each in before.types}
        follows = condition_book.Follows(
            before, previous["within"].seconds, bool(shared), previous.get("same")
        )
    return condition_book.Ignored(match, follows, found.get("at_once"))


_ENTRY: Final = Shape(
    "Ignored",
    "Events that are not there: of some types, for which every predicate holds, and in such a sequence.",
    {
        **OTHER_EVENT_KEYS,
        "follows": Key(_FOLLOWS.type, "Only those that come soon after such an event."),
        "at_once": Key(_AT_ONCE.type, "Only those of which several come at once."),
    },
    _ignored,
)


def _entry(at: At) -> condition_book.Ignored:
    entry: condition_book.Ignored = _ENTRY.read(at)
    return condition_book.Ignored(entry.match, entry.follows, entry.at_once, as_json(at))


def as_json(at: At) -> str:
    """Return the value at a place as JSON, with its keys in file order, and whole decimals as integers."""
    return json.dumps(at.node.plain(), ensure_ascii=False, default=_number)


def _number(value: object) -> float | int:
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)


IGNORED: Final = ValueType(_entry, _ENTRY.type.schema)

# --- mail scanners -----------------------------------------------------------------------------------

_ACTIONS: Final = ("show", "remove")
_BOTS_HINT: Final = "`show` tells of what looks like a mail scanner's, `remove` leaves it out."


def _action(at: At) -> str:
    if at.node.kind != "text" or at.node.written not in _ACTIONS:
        at.wrong("`show` or `remove`", _BOTS_HINT)
    return at.node.written


_ACTION: Final = ValueType(_action, {"enum": list(_ACTIONS)})


def _unknown_in_bots(shape: Shape, key: str, _at: At) -> ProblemText:
    if key in _ENTRY.keys:
        hint = "Put it into an entry of the list: `patterns: [{event: ..., at_once: ...}]`."
        return "R020", f"Unknown key `{key}` in `bots`.", hint
    return unknown_key(key, shape.keys, where="in `bots`")


def _bots_of(found: Mapping[str, Any]) -> condition_book.Bots:
    own = found.get("patterns")
    patterns = condition_book.STANDARD_PATTERNS if own is None else own
    return condition_book.Bots(found.get("action", "show"), patterns, standard=own is None)


_BOTS_SHAPE: Final = Shape(
    "Bots",
    "What looks like the work of a mail scanner, and what becomes of it.",
    {
        "action": Key(_ACTION, "`show` tells of it (the default), `remove` leaves it out."),
        "patterns": Key(listed(IGNORED), "Entries as under `ignore`, in place of the two standard patterns."),
    },
    _bots_of,
    must_be=must_be("`bots` must be `show`, `remove`, or a mapping with `action` and `patterns`"),
    unknown=_unknown_in_bots,
)


def _bots(at: At) -> Value:
    if at.node.kind == "text":
        if at.node.written not in _ACTIONS:
            meant = did_you_mean(at.node.written, _ACTIONS)
            at.refuse("R022", f"`bots` must be `show` or `remove`, not {at.node.shown()}.", meant)
        return _bots_of({"action": at.node.written})
    return _BOTS_SHAPE.read(at)


BOTS: Final = ValueType(_bots, {"anyOf": [_ACTION.schema, _BOTS_SHAPE.type.schema]})

IGNORED_SHAPES: Final = (_FOLLOWS, _AT_ONCE, _ENTRY, _BOTS_SHAPE)
