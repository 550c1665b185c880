"""The ledger: who got how many points from which rule, and what the limits took back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.engine.exact import kind_for, narrowed, size, total
from flamescore.engine.tags import UNDATED
from flamescore.engine.worth import DAY, contributions, factors
from flamescore.rules import NO_LIMITS, BranchRule, EventRule, TagRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import Sums
    from flamescore.engine.bins import Arrays, Stored
    from flamescore.engine.calendar import Clock
    from flamescore.engine.conditions import Judge
    from flamescore.engine.exact import Points
    from flamescore.rules import Limits, Rule, RuleBook, Score


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule, or a limit on a rule, group or score; `id` is whose, `name` what people call it."""

    score_name: str
    entry: str
    id: str
    name: str
    limits: Limits = NO_LIMITS


def entries_of(book: RuleBook) -> tuple[Entry, ...]:
    """List the entries, score by score: each rule and its limit, the groups' limits, the score's."""
    return tuple(entry for score in book.scores for entry in _of_score(score))


def _of_score(score: Score) -> Iterator[Entry]:
    for rule in score.rules:
        yield Entry(score.name, "rule", rule.id, rule.name)
        if rule.limits != NO_LIMITS:
            yield Entry(score.name, "rule_limit", rule.id, rule.name, rule.limits)
    for name, limits in score.groups:
        if limits != NO_LIMITS:
            yield Entry(score.name, "group_limit", name, name, limits)
    if score.limits != NO_LIMITS:
        yield Entry(score.name, "score_limit", score.name, score.title, score.limits)


def numbered(entries: tuple[Entry, ...]) -> dict[tuple[str, str, str], int]:
    """Return the number of each entry by score, kind and id."""
    return {(e.score_name, e.entry, e.id): i for i, e in enumerate(entries)}


def table(entries: tuple[Entry, ...]) -> pl.DataFrame:
    """Return the entries as `score_name, entry, rule_id, name` (all String), in order."""
    columns = ("score_name", "entry", "rule_id", "name")
    rows = [(e.score_name, e.entry, e.id, e.name) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


NONE: Final = -1
"""Stands for the age of what has none."""

_OLDEST: Final = 2**62


@dataclass(frozen=True)
class Rows:
    """Rows of the ledger as arrays of one length, by contact: points in ten-thousandths, `age` or `NONE`.

    Points are Python's integers (`object`) where 64 bits don't hold all of them.
    """

    contact: NDArray[np.integer]
    entry: NDArray[np.integer]
    occurrences: NDArray[np.integer]
    points: Points
    age: NDArray[np.integer]

    @property
    def arrays(self) -> Arrays:
        """The columns."""
        return tuple(getattr(self, name) for name in _COLUMNS)

    def part(self, first: int, last: int) -> Rows:
        """Return the rows from one place up to another."""
        return Rows(*(column[first:last] for column in self.arrays))

    def of(self, contacts: NDArray[np.int64]) -> Rows:
        """Return the rows of some contacts, which are in rising order; there may be none of them here."""
        here = np.searchsorted(contacts, (0, int(self.contact[-1]) + 1 if len(self.contact) else 0))
        contacts = contacts[slice(*here)].astype(self.contact.dtype)  # of another type, all rows are cast
        first = np.searchsorted(self.contact, contacts)
        lengths = np.searchsorted(self.contact, contacts, side="right") - first
        rows = np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
        return Rows(*(column[rows] for column in self.arrays))


@dataclass(frozen=True)
class Page:
    """The rows of the contacts from `first` up to `last`, counted from `first`; they may lie in a file."""

    first: int
    last: int
    stored: Stored

    def rows(self) -> Rows:
        """Return the rows."""
        return Rows(*self.stored())


def joined(parts: Sequence[tuple[int, Rows]]) -> Rows:
    """Lay rows end to end; each part's contacts count from a first one."""
    contact = [rows.contact.astype(np.int64) + first for first, rows in parts]
    others = [[getattr(rows, name) for _, rows in parts] for name in _COLUMNS[1:]]
    none = np.zeros(0, np.int64)
    return Rows(*(np.concatenate([none, *column]) for column in (contact, *others)))


_KINDS: Final = (np.int8, np.int16, np.int32, np.int64)
_COLUMNS: Final = ("contact", "entry", "occurrences", "points", "age")


@dataclass(frozen=True)
class Share:
    """What the ledger of some contacts comes to.

    `totals` and `youngest` (age of the last activity, or `NONE`) are by score and contact, `scored` says who
    is in the population; totals that 64 bits don't hold are Python's integers. `given`, Python's integers
    too, has a row for the contacts, the occurrences and the points, and a column an entry; `unvalued` is by
    entry, `undated` counts contacts.
    """

    totals: Points
    youngest: NDArray[np.int64]
    scored: NDArray[np.bool_]
    given: NDArray[np.object_]
    unvalued: NDArray[np.int64]
    undated: int

    def inside(self) -> Points:
        """Return the totals, 0 for who is outside the population."""
        return np.where(self.scored, self.totals, 0)


@dataclass(frozen=True)
class Given:
    """What a rule gives, before its limits: one row a contact that got anything, by contact."""

    contact: NDArray[np.int64]
    points: Points
    occurrences: NDArray[np.int64]
    age: NDArray[np.int64]
    unvalued: int = 0

    @classmethod
    def plain(cls, points: Points) -> Given:
        """Take points by contact that no event stands behind."""
        who = np.flatnonzero(points)
        none = np.zeros(len(who), np.int64)
        return cls(who, points[who], none, none + NONE)

    @classmethod
    def summed(cls, sums: Sums, mask: NDArray[np.bool_] | None) -> Given:
        """Take the sums of a stream, of those contacts for whom the rule is there."""
        here = sums.points != 0
        if mask is not None:
            here &= mask[sums.contact]
        return cls(
            sums.contact[here], sums.points[here], sums.occurrences[here], sums.age[here], sums.unvalued
        )


@dataclass
class Draft:
    """A page being written: rows as they come, and what each entry comes to."""

    entries: int
    parts: list[Rows] = field(default_factory=list)
    given: NDArray[np.object_] = field(init=False)
    unvalued: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.given = np.zeros((3, self.entries), np.object_)
        self.unvalued = np.zeros(self.entries, np.int64)

    def write(self, entry: int, given: Given) -> None:
        """Write a row for each contact that gets or loses anything."""
        more = len(given.contact), int(given.occurrences.sum()), total(given.points)
        self.given[:, entry] += np.array(more, np.object_)  # else past 64 bits they become floats
        self.unvalued[entry] += given.unvalued
        number = np.full(len(given.contact), entry, np.int64)
        self.parts.append(Rows(given.contact, number, given.occurrences, given.points, given.age))

    def rows(self) -> Rows:
        """Return the rows by contact, then entry."""
        if not self.parts:
            return Rows(*(np.zeros(0, np.int64) for _ in _COLUMNS))
        joined = [np.concatenate([getattr(part, name) for part in self.parts]) for name in _COLUMNS]
        place = max(1, len(joined[0]).bit_length())
        key = (joined[0] << 16 | joined[1]) << place | np.arange(len(joined[0]))
        key.sort()
        order = key & ((1 << place) - 1)
        return Rows(*(_narrowed(column)[order] for column in joined))


class Teller:
    """Writes the ledger of a partition from its sums and conditions."""

    def __init__(self, book: RuleBook, of_rule: dict[EventRule, int], clock: Clock) -> None:
        self.book = book
        self.entries = entries_of(book)
        self._number = numbered(self.entries)
        self._of_rule = of_rule
        self._clock = clock

    def share(self, judge: Judge) -> tuple[Draft, Share]:
        """Write the ledger of the judge's contacts, and say what it comes to."""
        draft = Draft(len(self.entries))
        undated = np.zeros(judge.count, np.bool_)
        told = [self._score(score, judge, draft, undated) for score in self.book.scores]
        totals, youngest, scored = (np.stack(parts) for parts in zip(*told, strict=True))
        share = Share(totals, youngest, scored, draft.given, draft.unvalued, int(undated.sum()))
        return draft, share

    def _score(
        self, score: Score, judge: Judge, draft: Draft, undated: NDArray[np.bool_]
    ) -> tuple[Points, NDArray[np.int64], NDArray[np.bool_]]:
        scored = judge.holds(score.population)
        youngest = np.full(judge.count, _OLDEST, np.int64)
        told = [(rule, self._given(rule, judge, score, scored, undated)) for rule in score.rules]
        kind = kind_for(sum(size(given.points) for _, given in told))  # limits only make sums smaller
        groups: dict[str | None, Points] = {None: np.zeros(judge.count, kind)}
        for rule, given in told:
            draft.write(self._number[score.name, "rule", rule.id], given)
            _younger(youngest, given)
            group = groups.setdefault(rule.group, np.zeros(judge.count, kind))
            self._add(draft, group, given, rule.limits, (score.name, "rule_limit", rule.id))
        sums = groups[None]
        for name, limits in score.groups:
            if name in groups:
                sums += self._limited(draft, groups[name], limits, (score.name, "group_limit", name))
        sums = self._limited(draft, sums, score.limits, (score.name, "score_limit", score.name))
        return narrowed(sums), np.where(youngest == _OLDEST, NONE, youngest), scored

    def _add(
        self,
        draft: Draft,
        group: Points,
        given: Given,
        limits: Limits,
        entry: tuple[str, str, str],
    ) -> None:
        """Add what a rule gives to its group, within the rule's limits."""
        if limits == NO_LIMITS:
            group[given.contact] += given.points
            return
        points = np.zeros(len(group), group.dtype)
        points[given.contact] = given.points
        group += self._limited(draft, points, limits, entry)

    def _limited(self, draft: Draft, points: Points, limits: Limits, entry: tuple[str, str, str]) -> Points:
        """Clamp sums, and write down what that took or gave back."""
        if limits == NO_LIMITS:
            return points
        held = np.clip(points, limits.low, limits.high)
        draft.write(self._number[entry], Given.plain(held - points))
        return held

    def _given(
        self, rule: Rule, judge: Judge, score: Score, scored: NDArray[np.bool_], undated: NDArray[np.bool_]
    ) -> Given:
        mask = scored if rule.condition is None else scored & judge.holds(rule.condition)
        match rule.subject:
            case EventRule():
                everyone = rule.condition is None and score.population is None
                return Given.summed(judge.sums[self._of_rule[rule.subject]], None if everyone else mask)
            case TagRule():
                return Given.plain(self._tagged(rule.subject, judge, mask, undated))
            case BranchRule():
                return Given.plain(_branched(rule.subject, judge, mask))

    def _tagged(
        self, rule: TagRule, judge: Judge, mask: NDArray[np.bool_], undated: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        has = judge.known.tags[rule.tag][judge.first : judge.last] & mask
        if not rule.dated:
            return np.where(has, rule.points, 0)
        since = judge.known.since[rule.tag][judge.first : judge.last]
        dated = has & (since != UNDATED)
        age = np.where(dated, self._clock.now - since, 0)
        reach = self._clock.reach(rule.window)
        live = dated if reach is None else dated & (age < reach)
        factor = factors(rule.decay, int(age.max(initial=0)) // DAY)
        worth = contributions(rule.points, factor[np.minimum(age // DAY, len(factor) - 1)])
        undated |= has & ~dated
        plain = rule.points if rule.undated == "keep" else 0
        return np.where(live, worth, np.where(has & ~dated, plain, 0))


def _branched(rule: BranchRule, judge: Judge, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    points = np.zeros(judge.count, np.int64)
    open_ = mask.copy()
    for branch in rule.branches:
        taken = open_ & judge.holds(branch.condition)
        points[taken] = branch.points
        open_ &= ~taken
    return points


def _younger(youngest: NDArray[np.int64], given: Given) -> None:
    """Take the younger activity where an event rule gave more than 0 points."""
    active = (given.points > 0) & (given.age != NONE)
    who = given.contact[active]
    youngest[who] = np.minimum(youngest[who], given.age[active])


def _narrowed(column: Points) -> Points:
    """Keep whole numbers in the least room that they fit into: the ledger is what a scoring holds most of.

    A row takes 12 bytes or so; with 64 bits a number it took 40.
    """
    low, high = column.min(initial=0), column.max(initial=0)
    fitting = (kind for kind in _KINDS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    kind = next(fitting, None)
    return column if kind is None else column.astype(kind)
