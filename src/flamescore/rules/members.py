"""Conditions that only segments, alerts and routes may use: on the result of a rule, and on segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import condition_book
from flamescore.rules.reading import Need, rule_reading
from flamescore.rules.scalars import NAME
from flamescore.schema_reader import At, Key, ValueType

if TYPE_CHECKING:
    from flamescore.schema_reader import Value

MEMBERS: Final = ("rule", "segment")
"""The words of such conditions."""

_PLACES: Final = ("segments", "alerts", "route")
"""The keys of the project file under which they may occur."""


def may_refer_to_segments(at: At) -> bool:
    """Return whether a condition at this place may refer to rules and segments."""
    return bool(at.path) and at.path[0] in _PLACES


def _rule(at: At) -> str:
    name: str = NAME(at)
    of = at.reading.document.root.at((*at.path[:-1], "of"))
    score = of.written if of is not None and of.kind == "text" else ""
    rule_reading(at).needs.append(Need("rule", at.path, name=name, key=False, label=score))
    return name


def _of(at: At) -> str:
    name: str = NAME(at)
    rule_reading(at).needs.append(Need("score", at.path, name=name, key=False))
    return name


def _segment(at: At) -> str:
    name: str = NAME(at)
    rule_reading(at).needs.append(Need("segment", at.path, name=name, key=False))
    return name


MEMBER_KEYS: Final = {
    "rule": {
        "rule": Key(ValueType(_rule, NAME.schema), "The id of a rule.", needed=True),
        "of": Key(ValueType(_of, NAME.schema), "The score that it is a rule of; by default the first one."),
    },
    "segment": {"segment": Key(ValueType(_segment, NAME.schema), "The segment.", needed=True)},
}


def rule_is(found: dict[str, Value]) -> condition_book.RuleIs:
    """Build the condition from `rule` and `of`."""
    return condition_book.RuleIs(found["rule"], found.get("of"))


def in_segment(found: dict[str, Value]) -> condition_book.InSegment:
    """Build the condition from `segment`."""
    return condition_book.InSegment(found["segment"])
