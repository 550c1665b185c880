"""Rules as the engine takes them: every default filled in, every column known, every number whole.

`rules.shapes` makes these of a rule file; nothing here reads a file or a frame.
Points are ten-thousandths, lengths are seconds, factors are billionths.
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
    """Bounds on a sum, in ten-thousandths; None where there is none."""

    low: int | None = None
    high: int | None = None


NO_LIMITS = Limits()


class EventRule(Struct, frozen=True):
    """Points for counted occurrences. `count` None keeps all, N the N latest (`once` is 1).

    With `since` only those count that came after the latest event that one of them matches.
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
    """Points once when the contact has the tags; they may expire and decay by the tag's date.

    With `since` a tag counts only if it was applied after the latest event that one of them matches.
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
    """A branch of `first_of`; no condition holds always."""

    condition: Condition | None
    points: int


@dataclass(frozen=True, slots=True)
class BranchRule:
    """The points of the first branch that holds. `field` and `if` rules are ones of a single branch.

    `key` is how the rule is written.
    """

    branches: tuple[Branch, ...]
    key: Literal["first_of", "field", "if"] = field(default="first_of", compare=False)


Subject = EventRule | TagRule | BranchRule


class Rule(Struct, frozen=True):
    """One enabled rule of a score. `line` is where the rule file has it, 0 when it came from no file."""

    id: str
    name: str
    subject: Subject
    condition: Condition | None = None
    group: str | None = None
    limits: Limits = NO_LIMITS
    note: str | None = None
    line: int = 0


class Idle(Struct, frozen=True):
    """What silence takes of a sum: a decay by the whole days since the latest of these events."""

    decay: Decay
    activity: tuple[EventMatch, ...]


class Group(Struct, frozen=True):
    """Rules of a score whose sum has limits and a silence of its own."""

    name: str
    limits: Limits = NO_LIMITS
    idle: Idle | None = None


Five = tuple[int, int, int, int, int]


class Score(Struct, frozen=True):
    """One enabled score. Its flames come from one of three.

    `bounds` are the points from which there are 1 to 5 flames, `percentiles` (ten-thousandths of a percent)
    the same of the percentile; where both are None there is a flame for each fifth of `ideal`. By percentile
    there is no ideal.
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
        """What silence takes: of each group that says so, by its name, and of the score itself, by None."""
        owners = (*((group.name, group.idle) for group in self.groups), (None, self.idle))
        return tuple((name, idle) for name, idle in owners if idle is not None)


class LabelBranch(Struct, frozen=True):
    """A branch of a label; no condition holds always."""

    condition: Condition | None
    label: str


class Label(Struct, frozen=True):
    """A label of contacts: the text of the first branch that holds, or those of other labels put together.

    `texts` are those that it can have, in order of first mention; of `join` all combinations.
    """

    name: str
    title: str
    branches: tuple[LabelBranch, ...] = ()
    join: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class RuleBook(Struct, frozen=True):
    """Every enabled score in file order, of which the first is the default; every label in file order."""

    zone: ZoneInfo
    scores: tuple[Score, ...]
    ignore: tuple[Ignored, ...] = ()
    labels: tuple[Label, ...] = ()
    accounts: Accounts | None = None
    bots: Bots | None = None

    @property
    def without_bots(self) -> RuleBook:
        """The book of the same scores that tells nothing of mail scanners.

        What they did is ignored where `bots` removes it.
        """
        more = () if self.bots is None or self.bots.action == "show" else self.bots.patterns
        return replace(self, ignore=(*self.ignore, *more), bots=None)


class Hot(Struct, frozen=True):
    """Who is hot: for whom the condition holds, else who has so many flames under the default score.

    `written` is the condition as the project file has it, as JSON.
    """

    flames: int = 5
    condition: Condition | None = None
    written: dict[str, Any] | None = None

    @property
    def by_flames(self) -> int | None:
        """Return how many flames make a lead hot; None under a condition."""
        return self.flames if self.condition is None else None


# --- looking into them -------------------------------------------------------------------------------


def beside(asked: Subject | Condition) -> Iterator[EventMatch]:
    """Yield the events that a rule or condition asks for beside its own: followers and resets."""
    for key in ("followed_by", "unless_followed_by"):
        follower: Follower | None = getattr(asked, key, None)
        if follower is not None:
            yield follower.match
    yield from getattr(asked, "since", ())


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Yield the conditions that a rule asks."""
    if rule.condition is not None:
        yield rule.condition
    for branch in getattr(rule.subject, "branches", ()):
        if branch.condition is not None:
            yield branch.condition


def label_conditions(book: RuleBook) -> Iterator[Condition]:
    """Yield the conditions of labels."""
    for label in book.labels:
        yield from (branch.condition for branch in label.branches if branch.condition is not None)
