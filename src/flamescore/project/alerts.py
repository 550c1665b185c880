"""`alerts` of the project file: what people are notified about, who is notified, and through which channel.

Conditions and events are stored as written; the reader of the rule language reads them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from msgspec.structs import replace

from flamescore.project.names import by_name
from flamescore.project.reading import Section, named, setting, shape_of
from flamescore.project.values import BOOLEAN, CONDITION, TEXT, of_text, one_of, whole
from flamescore.schema_reader import RefusedError, ValueType, one_or_more
from flamescore.units import Period, parse_period

if TYPE_CHECKING:
    from flamescore.schema_reader import At, ProblemText, Shape, Value

_MOST: Final = 1_000_000
EVENT_WORDS: Final = ("event", "where", "followed_by", "unless_followed_by", "per", "times")
"""The keys of an event alert that come from the rule language."""

OWNER: Final = "owner"
"""In `to`, the owner of the contact."""

EACH_CONTACT: Final = "contact"
"""In `per`, one message for each contact."""

_TO_EACH: Final = "`contact`: a message for each contact"


def _or(word: str) -> ValueType:
    """Return the type of a period, or of a word that stands for no period."""

    def of(text: str) -> Period | None:
        period = parse_period(text)
        if period is None and text != word:
            msg = f"must be a period such as `7d`, or `{word}`, not `{text}`"
            raise ValueError(msg)
        return period

    return of_text(f"period or `{word}`", of)


_AS_IN_A_RULE: Final = replace(CONDITION, words="as in a rule")
_WORDS: Final = replace(one_or_more(TEXT), words="text or list of texts")
_FAULTS: Final = replace(one_or_more(one_of("failed", "stale")), words="`failed`, `stale` or a list")
_AGAIN: Final = _or("none")
_EXPIRES: Final = _or("never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Section):
    """The keys that all kinds of alert share. `name` is its key; `title` defaults to the name.

    With `again_after` None there is no waiting period.
    """

    KEYS: ClassVar[str] = ""
    PLACE: ClassVar[str] = ""

    name: str = field(default="")
    title: str = setting(TEXT, "what messages call it; by default its name", factory=str)
    channel: tuple[str, ...] = setting(_WORDS, "the channel or channels for its messages")
    to: tuple[str, ...] = setting(_WORDS, "who is told: `owner`, names of the team, e-mail addresses", ())
    otherwise: tuple[str, ...] = setting(_WORDS, "who is told about leads whose owner is not in the team", ())
    subject: str | None = setting(TEXT, "the subject, with `{name}` and so on", None)
    text: str | None = setting(TEXT, "the text for each lead, with `{name}` and so on", None)
    again_after: Period | None = setting(
        _AGAIN, "how long it does not fire again for the same contact; or `none`", "7d"
    )
    rearm: Any = setting(
        CONDITION, "a condition that must hold before it fires again for the same contact", None
    )
    per: Any = setting(one_of(EACH_CONTACT), _TO_EACH, None)
    rows: int = setting(whole(1, _MOST), "the maximum of leads that a text lists", 50)
    enabled: bool = setting(BOOLEAN, "`false` switches it off", default=True)

    @property
    def each_contact(self) -> bool:
        """Return whether each contact gets a separate message."""
        return bool(self.per == EACH_CONTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentAlert(Alert):
    """An alert for contacts that enter or leave a segment."""

    KEYS: ClassVar[str] = "`segment` or `if`"
    PLACE: ClassVar[str] = "segment"

    segment: str | None = setting(TEXT, "the segment", None)
    condition: Any = setting(
        CONDITION, "or a condition, which makes a segment without a name", None, name="if"
    )
    when: Literal["enters", "leaves"] = setting(
        one_of("enters", "leaves"), "whether it fires for contacts that enter or that leave", "enters"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAlert(Alert):
    """An alert for events of contacts in a segment."""

    KEYS: ClassVar[str] = "`event`"
    PLACE: ClassVar[str] = "event"

    segment: str | None = setting(TEXT, "whose events count; by default everyone's", None)
    condition: Any = setting(CONDITION, "or a condition on them", None, name="if")
    event: Any = setting(_AS_IN_A_RULE, "the events, as in a rule, like the keys below", None)
    where: Any = setting(_AS_IN_A_RULE, "predicates on properties", None)
    followed_by: Any = setting(_AS_IN_A_RULE, "only if followed by such an event", None)
    unless_followed_by: Any = setting(_AS_IN_A_RULE, "only if not followed by such an event", None)
    per: Any = setting(CONDITION, f"a day, a week, a month or a property, as in a rule; or {_TO_EACH}", None)
    times: Any = setting(_AS_IN_A_RULE, "how many there must be", None)
    expires: Period | None = setting(_EXPIRES, "the maximum age of an event, or `never`", "2d")
    again_after: Period | None = setting(
        _AGAIN, "how long it does not fire again for the same contact; or `none`", "1d"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAlert(Alert):
    """An alert for a failed run or a feed that has gone silent."""

    KEYS: ClassVar[str] = "`when: failed` or `stale`"
    PLACE: ClassVar[str] = "run"

    when: tuple[Literal["failed", "stale"], ...] = setting(_FAULTS, "what it fires for, or a list of both")
    again_after: Period | None = setting(
        _AGAIN, "how long it does not fire again for the same problem; or `none`", "1d"
    )


ALERTS: Final[tuple[type[Alert], ...]] = (SegmentAlert, EventAlert, RunAlert)
_KEYS: Final = {name: kind for kind in reversed(ALERTS) for name in shape_of(kind).keys}


def _unknown(shape: Shape, key: str, at: At) -> ProblemText | None:
    """Report a key that belongs to another kind of alert, or an unknown one."""
    if key not in _KEYS:
        return at.reading.unknown(replace(shape, unknown=None), key, at)
    mine = next(kind for kind in ALERTS if kind.__name__ == shape.name)
    other = "`event`" if key in (*EVENT_WORDS, "expires") else "`segment` or `if`"
    text = f"`{key}` of {named(at.path)} is for alerts with {other}, and this is one with {mine.KEYS}."
    return "P026", text, "Remove it, or write a second alert for it."


ALERT_SHAPES: Final = {kind: replace(shape_of(kind), unknown=_unknown) for kind in ALERTS}


def _kind(at: At) -> type[Alert]:
    """Return the kind of an alert, determined by `when` first, then by `event`."""
    when = at.child("when")
    words = set() if when is None else {node.scalar for node in (when.node, *when.node.items)} - {None}
    subject = {"event", "segment", "if"} & set(at.keys)
    if words & {"failed", "stale"} or (words - {"enters", "leaves"} and not subject):
        return RunAlert
    return EventAlert if "event" in at.keys else SegmentAlert


def _alert(at: At) -> Value:
    if at.node.kind != "mapping":
        at.wrong("a mapping")
    kind = _kind(at)
    found = ALERT_SHAPES[kind].read(at)
    if {"segment", "if"} <= set(at.keys):
        text = f"`segment` and `if` of {named(at.path)} can't be combined: both say who is meant."
        at.report("P026", text, "Join them: `if: {all: [{segment: ...}, ...]}`.", path=("if",), key=True)
        raise RefusedError
    if kind is SegmentAlert and not {"segment", "if"} & set(at.keys):
        hint = "Give it one of `segment`, `if`, `event` and `when: failed`."
        at.report("P021", f"{at.label} does not say what it rings for.", hint, key=True)
        raise RefusedError
    return found


ALERTS_BY_NAME: Final = by_name(
    ValueType(_alert, {"anyOf": [shape.type.schema for shape in ALERT_SHAPES.values()]}),
    lambda name, alert: dataclasses.replace(alert, name=name, title=alert.title or name),
    words="name: alert",
)
