"""What rules and conditions ask: cells, events, tags, scores and labels; as the engine takes it.

Everything is filled in and every number whole: points are ten-thousandths, lengths seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from flamescore.units import Period

# --- predicates: what one cell must be ---------------------------------------------------------------


class Equals(Struct, frozen=True):
    """The cell equals one of the operands; `negate` for `not_equals` and `not_in` (a present cell)."""

    texts: tuple[str, ...] = ()
    numbers: tuple[Decimal, ...] = ()
    booleans: tuple[bool, ...] = ()
    negate: bool = False


class Like(Struct, frozen=True):
    """The cell contains, starts or ends with one of the texts; `negate` for `not_contains`."""

    how: Literal["contains", "starts_with", "ends_with"]
    texts: tuple[str, ...]
    negate: bool = False


class Matches(Struct, frozen=True):
    """A regular expression of Rust's `regex` kind is found in the cell."""

    pattern: str


class Order(Struct, frozen=True):
    """The cell, read as a number, a calendar day or an instant, stands so to the operand.

    A `date` operand compares calendar days in the book's zone, a `datetime` (UTC) instants.
    """

    how: Literal["at_least", "at_most", "more_than", "less_than"]
    operand: Decimal | date | datetime


class Within(Struct, frozen=True):
    """The cell's calendar day is in the period before (`ahead=False`) or after `as_of`."""

    period: Period
    ahead: bool


class Empty(Struct, frozen=True):
    """The cell is missing (`value=True`) or present."""

    value: bool


class Has(Struct, frozen=True):
    """The cell, read as a list, has an item that equals one of the operands, one for each, or none.

    One without items fits neither.
    """

    how: Literal["has", "has_all", "has_none"]
    items: Equals


Test = Equals | Like | Matches | Order | Within | Empty | Has


class Predicate(Struct, frozen=True):
    """Every test holds for the cell of this column."""

    column: str
    tests: tuple[Test, ...]
    case_sensitive: bool = False


# --- events ------------------------------------------------------------------------------------------


class EventMatch(Struct, frozen=True):
    """Events of one of these types (as authored) for which every predicate holds."""

    types: tuple[str, ...]
    where: tuple[Predicate, ...] = ()


class Per(Struct, frozen=True):
    """One occurrence for each calendar `day`, `week` or `month`, or value of a property (`unit=None`)."""

    unit: Literal["day", "week", "month"] | None = None
    column: str | None = None


class Burst(Struct, frozen=True):
    """So many occurrences at least, or different values of `per`, within a fixed length: they are one."""

    times: int
    within: Period
    per: Per | None = None

    @property
    def seconds(self) -> int:
        """The length of `within`."""
        assert self.within.seconds is not None
        return self.within.seconds


class Decay(Struct, frozen=True):
    """How an occurrence fades: `share` is p, from 0 to 1, `days` the length of a step or half-life."""

    how: Literal["none", "linear", "compound", "half_life"]
    share: Decimal = Decimal(0)
    days: int = 1


NO_DECAY = Decay("none")


class Follower(Struct, frozen=True):
    """Another event of the same contact, from `after` to `within` seconds later, both included.

    `after` is 0 where the same second will do, and at least 1 where it must be later. With `same` both have
    this property, and the very same value of it; a missing value equals none.
    """

    match: EventMatch
    within: int
    after: int = 0
    same: str | None = None


class Times(Struct, frozen=True):
    """How many events there must be: at least `least`, and at most `most` (None: any number more)."""

    least: int = 1
    most: int | None = None


ONCE = Times()


class Follows(Struct, frozen=True):
    """Another event of the contact, at the same time or at most `within` seconds before.

    `strict`: it must be before. `same` is a property whose value both have.
    """

    match: EventMatch
    within: int
    strict: bool
    same: str | None = None


class AtOnce(Struct, frozen=True):
    """At least `times` such events of the contact in so many seconds, both ends included; after `per`."""

    times: int
    within: int
    per: Per | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Events that are not there for anything. `written` is the entry as JSON, as it stands in the file."""

    match: EventMatch
    follows: Follows | None = None
    at_once: AtOnce | None = None
    written: str = field(default="", compare=False)

    @property
    def in_sequence(self) -> bool:
        """Whether other events decide with it, so that it is judged contact by contact."""
        return self.follows is not None or self.at_once is not None

    @property
    def matches(self) -> tuple[EventMatch, ...]:
        """All events that it asks for."""
        return (self.match,) if self.follows is None else (self.match, self.follows.match)

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties whose values it compares."""
        per = None if self.at_once is None or self.at_once.per is None else self.at_once.per.column
        same = None if self.follows is None else self.follows.same
        return tuple(name for name in (per, same) if name is not None)


_CLICKED: Final = EventMatch(("email_open", "link_click"))
STANDARD_PATTERNS: Final = (
    Ignored(
        _CLICKED,
        at_once=AtOnce(3, 5, Per(column="url")),
        written='{"event": ["email_open", "link_click"], '
        '"at_once": {"times": 3, "within": "5s", "per": "url"}}',
    ),
    Ignored(
        _CLICKED,
        follows=Follows(EventMatch(("email_delivered",)), 10, strict=False, same="asset"),
        written='{"event": ["email_open", "link_click"], '
        '"follows": {"event": "email_delivered", "within": "10s", "same": "asset"}}',
    ),
)
"""What mail scanners do: they click several links of an e-mail at once, or as soon as it is delivered."""


class Bots(Struct, frozen=True):
    """Patterns of mail scanners, and whether what they name is told or left out.

    `standard`: they are not the file's own.
    """

    action: Literal["show", "remove"]
    patterns: tuple[Ignored, ...]
    standard: bool = True


class Points(Struct, frozen=True):
    """A fixed number of points, or a property's number times `multiply_by` (both ten-thousandths)."""

    fixed: int = 0
    column: str | None = None
    multiply_by: int = 10_000


# --- conditions --------------------------------------------------------------------------------------


class TagMatch(Struct, frozen=True):
    """Any of the tags, all of them, or any that fits one of the patterns (`*` and `?`)."""

    how: Literal["any", "all", "like"]
    tags: tuple[str, ...]


class HasTag(Struct, frozen=True):
    """The contact has the tags, whatever their age."""

    tag: TagMatch


class FieldIs(Struct, frozen=True):
    """Every predicate holds for the contact."""

    where: tuple[Predicate, ...]


class SumOrder(Struct, frozen=True):
    """A sum stands so to the operand, in ten-thousandths."""

    how: Literal["at_least", "at_most", "more_than", "less_than"]
    operand: int


class SumIs(Struct, frozen=True):
    """The sum of a property's numbers keeps within every bound; no events come to 0."""

    column: str
    bounds: tuple[SumOrder, ...]


class Happened(Struct, frozen=True):
    """So many matching events as `times` says, and with such sums; or so many bursts of them.

    Counted are those in the window (None: ever), after the latest event that one of `since` matches, with the
    followers that are asked for, and of those the latest of each `per`. A burst is in the window by the time
    at which it is complete.
    """

    match: EventMatch
    window: Period | None = None
    per: Per | None = None
    times: Times = ONCE
    since: tuple[EventMatch, ...] = ()
    followed_by: Follower | None = None
    unless_followed_by: Follower | None = None
    sums: tuple[SumIs, ...] = ()
    burst: Burst | None = None


NumberTest = Equals | Order
"""A test of a number: `Equals` with numbers alone, or `Order` with one."""

Measure = Literal["flames", "points", "percentile", "rank"]


class ScoreIs(Struct, frozen=True):
    """The contact has a row under the score, and every test of every measure holds."""

    score: str
    measures: tuple[tuple[Measure, tuple[NumberTest, ...]], ...]


class LabelIs(Struct, frozen=True):
    """Each of these labels of the contact is one of its texts, exactly; none is none of them."""

    labels: tuple[tuple[str, tuple[str, ...]], ...]


class RuleIs(Struct, frozen=True):
    """A rule of a score (None: of the default one) counts something of the contact, or gives it points."""

    rule: str
    score: str | None = None


class InSegment(Struct, frozen=True):
    """The contact is in a segment: after its `everyone` and its `limit`."""

    segment: str


class AllOf(Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Condition, ...]


class AnyOf(Struct, frozen=True):
    """At least one part holds."""

    parts: tuple[Condition, ...]


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Condition


Condition = HasTag | FieldIs | Happened | ScoreIs | LabelIs | RuleIs | InSegment | AllOf | AnyOf | Not
"""`ScoreIs` and `LabelIs` stand in nothing that a score is made of; `RuleIs`, `InSegment` in no rule file."""


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the parts of a condition that are no combination of others."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case _:
            yield condition


def stands(condition: Condition) -> bool:
    """Say whether a condition asks for scores or what comes of them: it is answered after all are scored."""
    return any(isinstance(leaf, ScoreIs | LabelIs | RuleIs | InSegment) for leaf in leaves(condition))
