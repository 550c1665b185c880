"""The parts of rules and conditions: tests of cells, events, tags, scores and labels, for the engine.

All defaults are filled in. Points are whole ten-thousandths, and lengths are whole seconds.
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

# --- predicates: tests of one cell -------------------------------------------------------------------


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
    """A regular expression (syntax of Rust's `regex`) is found in the cell."""

    pattern: str


class Order(Struct, frozen=True):
    """A comparison of the cell, parsed as a number, a calendar day or an instant, with the operand.

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
    """The cell, parsed as a list, has an item that equals one of the operands, one for each, or none.

    A cell without items matches none of these.
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
    """At least this many occurrences, or different values of `per`, within a fixed length, counted as one."""

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
    """Another event of the same contact, from `after` to `within` seconds later, inclusive.

    `after` is 0 if the same second is allowed, and at least 1 if the event must be later. With `same`, both
    have exactly the same value of this property; a missing value equals no other.
    """

    match: EventMatch
    within: int
    after: int = 0
    same: str | None = None


class Times(Struct, frozen=True):
    """The required number of events: at least `least`, and at most `most` (None: no upper bound)."""

    least: int = 1
    most: int | None = None


ONCE = Times()


class Follows(Struct, frozen=True):
    """Another event of the contact, at the same time or at most `within` seconds before.

    `strict`: it must be before. `same` is a property that has the same value on both.
    """

    match: EventMatch
    within: int
    strict: bool
    same: str | None = None


class AtOnce(Struct, frozen=True):
    """At least `times` such events of the contact in `within` seconds, inclusive; `per` is applied first."""

    times: int
    within: int
    per: Per | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Events that are ignored everywhere. `written` is the entry of the file, as JSON."""

    match: EventMatch
    follows: Follows | None = None
    at_once: AtOnce | None = None
    written: str = field(default="", compare=False)

    @property
    def in_sequence(self) -> bool:
        """Whether it depends on other events, so that it is evaluated contact by contact."""
        return self.follows is not None or self.at_once is not None

    @property
    def matches(self) -> tuple[EventMatch, ...]:
        """All event matches that it refers to."""
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
"""The behavior of mail scanners: they click several links of an e-mail at once, or on its delivery."""


class Bots(Struct, frozen=True):
    """Patterns of mail scanners, and whether matching events are reported or removed.

    `standard`: the patterns are the built-in ones, not the file's own.
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
    """Any of the tags, all of them, or any tag that matches one of the patterns (`*` and `?`)."""

    how: Literal["any", "all", "like"]
    tags: tuple[str, ...]


class HasTag(Struct, frozen=True):
    """The contact has the tags, regardless of their age."""

    tag: TagMatch


class FieldIs(Struct, frozen=True):
    """Every predicate holds for the contact."""

    where: tuple[Predicate, ...]


class SumOrder(Struct, frozen=True):
    """A comparison of a sum with the operand, in ten-thousandths."""

    how: Literal["at_least", "at_most", "more_than", "less_than"]
    operand: int


class SumIs(Struct, frozen=True):
    """The sum of a property's numbers is within every bound; without events, the sum is 0."""

    column: str
    bounds: tuple[SumOrder, ...]


class Happened(Struct, frozen=True):
    """The number of matching events, or of bursts of them, is within `times`, and so are the `sums`.

    Events count if they are in the window (None: ever), come after the latest event that one of `since`
    matches, and have the required followers; of those, the latest of each `per` counts. A burst is in the
    window if it is completed there.
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
"""A test of a number: `Equals` with only numbers, or `Order` with a number."""

Measure = Literal["flames", "points", "percentile", "rank"]


class ScoreIs(Struct, frozen=True):
    """The contact has a row under the score, and every test of every measure holds."""

    score: str
    measures: tuple[tuple[Measure, tuple[NumberTest, ...]], ...]


class LabelIs(Struct, frozen=True):
    """Each of these labels of the contact is exactly one of its texts; a missing label matches none."""

    labels: tuple[tuple[str, tuple[str, ...]], ...]


class RuleIs(Struct, frozen=True):
    """A rule of a score (None: the default one) counts something for the contact, or gives it points."""

    rule: str
    score: str | None = None


class InSegment(Struct, frozen=True):
    """The contact is in a segment, after its `everyone` and `limit` are applied."""

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
"""`ScoreIs` and `LabelIs` never occur within a score; `RuleIs` and `InSegment` never occur in a rule file."""


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the parts of a condition that are not combinations of others."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case _:
            yield condition


def stands(condition: Condition) -> bool:
    """Return whether a condition refers to results of scoring, so that it is evaluated after all scores."""
    return any(isinstance(leaf, ScoreIs | LabelIs | RuleIs | InSegment) for leaf in leaves(condition))
