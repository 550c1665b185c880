"""Rules as the engine takes them, with all defaults filled in and all columns known.

`rules.shapes` and `rules.assemble` build these from a rule file; nothing here reads a file or a frame.
Points are whole ten-thousandths, and lengths are whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from flamescore.rules.condition_book import (
    NO_DECAY,
    ONCE,
    Bots,
    Burst,
    Condition,
    Decay,
    EventMatch,
    Follower,
    Ignored,
    Per,
    Points,
    TagMatch,
    Times,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from flamescore.rules.account_book import Accounts
    from flamescore.units import Period

# --- rules -------------------------------------------------------------------------------------------


class Limits(Struct, frozen=True):
    """Bounds on a sum, in ten-thousandths; None for no bound."""

    low: int | None = None
    high: int | None = None


NO_LIMITS = Limits()


class EventRule(Struct, frozen=True):
    """Points for counted occurrences. A `count` of None keeps all, N the N latest (`once` is 1).

    With `since`, only occurrences after the latest event that matches one of them count.
    """

    match: EventMatch
    points: Points
    count: int | None
    window: Period | None = None
    decay: Decay = NO_DECAY
    per: Per | None = None
    times: Times = ONCE
    followed_by: Follower | None = None
    unless_followed_by: Follower | None = None
    since: tuple[EventMatch, ...] = ()
    burst: Burst | None = None


class TagRule(Struct, frozen=True):
    """Points given once if the contact has the tags; they may expire and decay by the tag's date.

    With `since`, a tag counts only if it was applied after the latest event that matches one of them.
    """

    tag: TagMatch
    points: int
    window: Period | None = None
    decay: Decay = NO_DECAY
    undated: Literal["keep", "skip"] = "keep"
    since: tuple[EventMatch, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether the age of the tag matters."""
        return self.window is not None or self.decay.how != "none" or bool(self.since)


class Branch(Struct, frozen=True):
    """A branch of `first_of`; without a condition, it always holds."""

    condition: Condition | None
    points: int


@dataclass(frozen=True, slots=True)
class BranchRule:
    """The points of the first branch that holds. `field` and `if` rules have a single branch.

    `key` is the form in which the rule is written.
    """

    branches: tuple[Branch, ...]
    key: Literal["first_of", "field", "if"] = field(default="first_of", compare=False)


Subject = EventRule | TagRule | BranchRule


class Rule(Struct, frozen=True):
    """One enabled rule of a score. `line` is its line in the rule file, 0 if it doesn't come from a file."""

    id: str
    name: str
    subject: Subject
    condition: Condition | None = None
    group: str | None = None
    limits: Limits = NO_LIMITS
    note: str | None = None
    line: int = 0


class Idle(Struct, frozen=True):
    """A decay of a sum by the whole days since the latest of these events."""

    decay: Decay
    activity: tuple[EventMatch, ...]


class Group(Struct, frozen=True):
    """Rules of a score whose sum has its own limits and decay by idle days."""

    name: str
    limits: Limits = NO_LIMITS
    idle: Idle | None = None


Five = tuple[int, int, int, int, int]


class Score(Struct, frozen=True):
    """One enabled score. Its flames come from `bounds`, `percentiles` or `ideal`.

    `bounds` are the points from which a contact has 1 to 5 flames; `percentiles` are the same for percentiles
    (in ten-thousandths of a percent). If both are None, each fifth of `ideal` gives a flame. With
    `percentiles`, `ideal` is None.
    """

    name: str
    title: str
    ideal: int | None
    rules: tuple[Rule, ...]
    bounds: Five | None = None
    percentiles: Five | None = None
    limits: Limits = NO_LIMITS
    groups: tuple[Group, ...] = ()
    population: Condition | None = None
    idle: Idle | None = None

    @property
    def idles(self) -> tuple[tuple[str | None, Idle], ...]:
        """The decays by idle days: of groups, with the group's name, and of the score itself, with None."""
        owners = (*((group.name, group.idle) for group in self.groups), (None, self.idle))
        return tuple((name, idle) for name, idle in owners if idle is not None)


class LabelBranch(Struct, frozen=True):
    """A branch of a label; without a condition, it always holds."""

    condition: Condition | None
    label: str


class Label(Struct, frozen=True):
    """A label of contacts: the text of the first branch that holds, or the joined texts of other labels.

    `texts` are all texts that it can have, in order of first mention; for `join`, all combinations.
    """

    name: str
    title: str
    branches: tuple[LabelBranch, ...] = ()
    join: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class RuleBook(Struct, frozen=True):
    """The enabled scores in file order, of which the first is the default, and the labels in file order."""

    zone: ZoneInfo
    scores: tuple[Score, ...]
    ignore: tuple[Ignored, ...] = ()
    labels: tuple[Label, ...] = ()
    accounts: Accounts | None = None
    bots: Bots | None = None

    @property
    def without_bots(self) -> RuleBook:
        """The book with the same scores that reports nothing about mail scanners.

        If `bots` removes their events, its patterns become part of `ignore`.
        """
        more = () if self.bots is None or self.bots.action == "show" else self.bots.patterns
        return replace(self, ignore=(*self.ignore, *more), bots=None)


class Hot(Struct, frozen=True):
    """Who is hot: contacts for whom the condition holds or, without one, who have at least `flames` flames.

    These are flames under the default score. `written` is the condition of the project file, as JSON.
    """

    flames: int = 5
    condition: Condition | None = None
    written: dict[str, Any] | None = None

    @property
    def by_flames(self) -> int | None:
        """Return the number of flames that makes a lead hot; None if a condition decides."""
        return self.flames if self.condition is None else None


# --- parts of rules ----------------------------------------------------------------------------------


def beside(part: Subject | Condition) -> Iterator[EventMatch]:
    """Yield the events that a rule or condition refers to in addition to its own: followers and resets."""
    for key in ("followed_by", "unless_followed_by"):
        follower: Follower | None = getattr(part, key, None)
        if follower is not None:
            yield follower.match
    yield from getattr(part, "since", ())


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Yield the conditions of a rule."""
    if rule.condition is not None:
        yield rule.condition
    for branch in getattr(rule.subject, "branches", ()):
        if branch.condition is not None:
            yield branch.condition


def label_conditions(book: RuleBook) -> Iterator[Condition]:
    """Yield the conditions of labels."""
    for label in book.labels:
        yield from (branch.condition for branch in label.branches if branch.condition is not None)
