"""The ledger: how many points each rule gave to each contact, and how many the limits took back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.engine.calendar import DAY
from flamescore.engine.exact import dtype_for, largest_size, to_int64, total
from flamescore.engine.matching import FOREVER
from flamescore.engine.tags import UNDATED
from flamescore.engine.worth import contributions, decay_factors, left_of
from flamescore.rules import NO_LIMITS, BranchRule, EventRule, TagRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import StreamSums
    from flamescore.engine.bins import Arrays, Stored
    from flamescore.engine.calendar import Clock
    from flamescore.engine.conditions import ConditionEvaluator
    from flamescore.engine.exact import Points
    from flamescore.engine.streams import Streams
    from flamescore.rules import Idle, Limits, Rule, RuleBook, Score

NO_AGE: Final = -1
"""Placeholder for the age of a row that is not based on an event."""

_OLDEST: Final = 2**62
"""An age in seconds above any real one: the last activity of a contact without activity."""

_ENTRY_BITS: Final = 16
"""Bits for the number of an entry when rows are sorted; contacts take 18, and rows the rest of 63."""

_INTEGERS: Final = (np.int8, np.int16, np.int32, np.int64)


class Entry(Struct, frozen=True):
    """A rule, or a limit or idle decay of a rule, group or score, with its identifier and display name."""

    score_name: str
    entry: str
    id: str
    name: str
    limits: Limits = NO_LIMITS


def entries_of(book: RuleBook) -> tuple[Entry, ...]:
    """List the entries of each score: its rules, groups and the score, with their limits and idle decay."""
    return tuple(entry for score in book.scores for entry in _entries_of_score(score))


def _entries_of_score(score: Score) -> Iterator[Entry]:
    for rule in score.rules:
        yield Entry(score.name, "rule", rule.id, rule.name)
        if rule.limits != NO_LIMITS:
            yield Entry(score.name, "rule_limit", rule.id, rule.name, rule.limits)
    for group in score.groups:
        if group.limits != NO_LIMITS:
            yield Entry(score.name, "group_limit", group.name, group.name, group.limits)
        if group.idle is not None:
            yield Entry(score.name, "group_idle", group.name, group.name)
    if score.limits != NO_LIMITS:
        yield Entry(score.name, "score_limit", score.name, score.title, score.limits)
    if score.idle is not None:
        yield Entry(score.name, "score_idle", score.name, score.title)


def entry_table(entries: tuple[Entry, ...]) -> pl.DataFrame:
    """Return the entries as `score_name, entry, rule_id, name` (all String), in order."""
    columns = ("score_name", "entry", "rule_id", "name")
    rows = [(e.score_name, e.entry, e.id, e.name) for e in entries]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


_COLUMNS: Final = ("contact", "entry", "occurrences", "points", "age")


class LedgerRows(Struct, frozen=True):
    """Rows of the ledger as arrays of equal length, by contact: points in ten-thousandths, `age` or `NO_AGE`.

    Points are Python integers (`object`) if any of them overflows 64 bits.
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

    def part(self, first: int, last: int) -> LedgerRows:
        """Return the rows from `first` up to but excluding `last`."""
        return LedgerRows(*(column[first:last] for column in self.arrays))

    def at(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> LedgerRows:
        """Return some rows, by index or mask."""
        return LedgerRows(*(column[rows] for column in self.arrays))

    def of(self, contacts: NDArray[np.int64]) -> LedgerRows:
        """Return the rows of some contacts, given in ascending order; contacts without rows are skipped."""
        here = np.searchsorted(contacts, (0, int(self.contact[-1]) + 1 if len(self.contact) else 0))
        contacts = contacts[slice(*here)].astype(self.contact.dtype)  # else all rows would be cast
        first = np.searchsorted(self.contact, contacts)
        lengths = np.searchsorted(self.contact, contacts, side="right") - first
        return self.at(
            np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
        )


class LedgerPart(Struct, frozen=True):
    """The rows of the contacts from `first` up to `last`, numbered from `first`; they may be on disk."""

    first: int
    last: int
    stored: Stored

    def rows(self) -> LedgerRows:
        """Return the rows."""
        return LedgerRows(*self.stored())


def concat_rows(parts: Sequence[tuple[int, LedgerRows]]) -> LedgerRows:
    """Concatenate rows; each part comes with the offset of its contact numbers."""
    contact = [rows.contact.astype(np.int64) + first for first, rows in parts]
    others = [[getattr(rows, name) for _, rows in parts] for name in _COLUMNS[1:]]
    none = np.zeros(0, np.int64)
    return LedgerRows(*(np.concatenate([none, *column]) for column in (contact, *others)))


class LedgerSummary(Struct, frozen=True):
    """The totals of the ledger of some contacts.

    By score and contact: `totals` in ten-thousandths, `last_activity_age` in seconds or `NO_AGE`, and
    `in_population`. Totals that overflow 64 bits are Python integers. `entry_totals`, also Python integers,
    has a row each for the number of contacts, occurrences and points, and one column per entry. `unvalued`
    (by entry) counts occurrences without a number to take points from; `undated` counts contacts with an
    undated tag under a rule that needs a date.
    """

    totals: Points
    last_activity_age: NDArray[np.int64]
    in_population: NDArray[np.bool_]
    entry_totals: NDArray[np.object_]
    unvalued: NDArray[np.int64]
    undated: int
    taken: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """For each entry of a rule with branches, the number of contacts for which each branch was taken."""

    def population_totals(self) -> Points:
        """Return the totals, 0 for contacts outside the population."""
        return np.where(self.in_population, self.totals, 0)


class RulePoints(Struct, frozen=True):
    """The points of a rule before its limits: one row per contact that gains or loses points, by contact."""

    contact: NDArray[np.int64]
    points: Points
    occurrences: NDArray[np.int64]
    age: NDArray[np.int64]
    unvalued: int = 0
    taken: tuple[int, ...] = ()

    @classmethod
    def without_events(cls, points: Points, taken: tuple[int, ...] = ()) -> RulePoints:
        """Return points that are not based on events, by contact; `taken` counts contacts by branch."""
        contacts = np.flatnonzero(points)
        none = np.zeros(len(contacts), np.int64)
        return cls(contacts, points[contacts], none, none + NO_AGE, taken=taken)

    @classmethod
    def from_sums(cls, sums: StreamSums, mask: NDArray[np.bool_] | None) -> RulePoints:
        """Return the points from a stream's sums, for the contacts that the rule applies to (None: all)."""
        here = sums.points != 0
        if mask is not None:
            here &= mask[sums.contact]
        return cls(
            sums.contact[here], sums.points[here], sums.occurrences[here], sums.age[here], sums.unvalued
        )


class LedgerBuilder:
    """The ledger of a partition under construction: its rows so far, and the totals of each entry."""

    def __init__(self, entries: int) -> None:
        self.parts: list[LedgerRows] = []
        self.entry_totals: NDArray[np.object_] = np.zeros((3, entries), np.object_)
        self.unvalued: NDArray[np.int64] = np.zeros(entries, np.int64)
        self.taken: dict[int, tuple[int, ...]] = {}

    def add(self, entry: int, given: RulePoints) -> None:
        """Add a row for each contact that gains or loses points."""
        more = len(given.contact), int(given.occurrences.sum()), total(given.points)
        self.entry_totals[:, entry] += np.array(more, np.object_)  # else they become floats past 64 bits
        self.unvalued[entry] += given.unvalued
        if given.taken:
            self.taken[entry] = given.taken
        number = np.full(len(given.contact), entry, np.int64)
        self.parts.append(LedgerRows(given.contact, number, given.occurrences, given.points, given.age))

    def rows(self) -> LedgerRows:
        """Return the rows by contact, then entry."""
        if not self.parts:
            return LedgerRows(*(np.zeros(0, np.int64) for _ in _COLUMNS))
        columns = [np.concatenate([getattr(part, name) for part in self.parts]) for name in _COLUMNS]
        contact, entry, *_ = columns
        place_bits = max(1, len(contact).bit_length())
        key = (contact << _ENTRY_BITS | entry) << place_bits | np.arange(len(contact))
        key.sort()
        order = key & ((1 << place_bits) - 1)
        return LedgerRows(*(_smallest_integers(column)[order] for column in columns))


class LedgerWriter:
    """Writes the ledger of a partition from its sums and conditions."""

    def __init__(self, book: RuleBook, streams: Streams, clock: Clock) -> None:
        self.book = book
        self.entries = entries_of(book)
        self._number = {(e.score_name, e.entry, e.id): i for i, e in enumerate(self.entries)}
        self._streams = streams
        self._clock = clock

    def write(self, evaluator: ConditionEvaluator) -> tuple[LedgerBuilder, LedgerSummary]:
        """Write the ledger of the evaluator's contacts, and return its totals."""
        builder = LedgerBuilder(len(self.entries))
        undated = np.zeros(evaluator.count, np.bool_)
        scores = [self._score(score, evaluator, builder, undated) for score in self.book.scores]
        totals, last_activity, in_population = (np.stack(parts) for parts in zip(*scores, strict=True))
        summary = LedgerSummary(
            totals,
            last_activity,
            in_population,
            builder.entry_totals,
            builder.unvalued,
            int(undated.sum()),
            builder.taken,
        )
        return builder, summary

    def _score(
        self,
        score: Score,
        evaluator: ConditionEvaluator,
        builder: LedgerBuilder,
        undated: NDArray[np.bool_],
    ) -> tuple[Points, NDArray[np.int64], NDArray[np.bool_]]:
        """Write a score; return totals, ages of the last activity, and population membership, by contact."""
        in_population = evaluator.evaluate(score.population)
        youngest = np.full(evaluator.count, _OLDEST, np.int64)
        rules = [
            (rule, self._points_of(rule, evaluator, score, in_population, undated)) for rule in score.rules
        ]
        dtype = dtype_for(sum(largest_size(given.points) for _, given in rules))  # limits only reduce sums
        groups: dict[str | None, Points] = {None: np.zeros(evaluator.count, dtype)}
        for rule, given in rules:
            builder.add(self._number[score.name, "rule", rule.id], given)
            _note_activity(youngest, given)
            points = groups.setdefault(rule.group, np.zeros(evaluator.count, dtype))
            self._add_to_group(builder, points, given, rule.limits, (score.name, "rule_limit", rule.id))
        sums = groups[None]
        for group in score.groups:
            if group.name in groups:
                mine = self._limited(
                    builder, groups[group.name], group.limits, (score.name, "group_limit", group.name)
                )
                sums += self._faded(
                    builder, mine, group.idle, evaluator, (score.name, "group_idle", group.name)
                )
        sums = self._limited(builder, sums, score.limits, (score.name, "score_limit", score.name))
        sums = self._faded(builder, sums, score.idle, evaluator, (score.name, "score_idle", score.name))
        return to_int64(sums), np.where(youngest == _OLDEST, NO_AGE, youngest), in_population

    def _add_to_group(
        self,
        builder: LedgerBuilder,
        group: Points,
        given: RulePoints,
        limits: Limits,
        entry: tuple[str, str, str],
    ) -> None:
        """Add a rule's points to its group, within the rule's limits."""
        if limits == NO_LIMITS:
            group[given.contact] += given.points
            return
        points = np.zeros(len(group), group.dtype)
        points[given.contact] = given.points
        group += self._limited(builder, points, limits, entry)

    def _limited(
        self, builder: LedgerBuilder, points: Points, limits: Limits, entry: tuple[str, str, str]
    ) -> Points:
        """Clamp sums, and write the difference as a separate entry."""
        if limits == NO_LIMITS:
            return points
        clamped = np.clip(points, limits.low, limits.high)
        builder.add(self._number[entry], RulePoints.without_events(clamped - points))
        return clamped

    def _faded(
        self,
        builder: LedgerBuilder,
        points: Points,
        idle: Idle | None,
        evaluator: ConditionEvaluator,
        entry: tuple[str, str, str],
    ) -> Points:
        """Apply idle decay to sums above 0, and write the difference as a separate entry."""
        if idle is None:
            return points
        age = np.full(evaluator.count, _OLDEST, np.int64)
        for stream in self._streams.of_idle[idle]:
            sums = evaluator.sums[stream]
            age[sums.contact] = np.minimum(age[sums.contact], sums.age)
        active = age < _OLDEST
        days = np.where(active, age, 0) // DAY
        factors = decay_factors(idle.decay, int(days.max(initial=0)))
        factor = np.where(active, factors[np.minimum(days, len(factors) - 1)], 0)
        faded = left_of(points, factor)
        taken = faded - points
        contacts = np.flatnonzero(taken)
        none = np.zeros(len(contacts), np.int64)
        since = np.where(active, age, NO_AGE)[contacts]
        builder.add(self._number[entry], RulePoints(contacts, taken[contacts], none, since))
        return faded

    def _points_of(
        self,
        rule: Rule,
        evaluator: ConditionEvaluator,
        score: Score,
        in_population: NDArray[np.bool_],
        undated: NDArray[np.bool_],
    ) -> RulePoints:
        """Return the points of a rule before its limits; `undated` marks contacts whose tag has no date."""
        mask = in_population
        if rule.condition is not None:
            mask = in_population & evaluator.evaluate(rule.condition)
        match rule.subject:
            case EventRule():
                everyone = rule.condition is None and score.population is None
                sums = evaluator.sums[self._streams.of_rule[rule.subject]]
                return RulePoints.from_sums(sums, None if everyone else mask)
            case TagRule():
                return RulePoints.without_events(self._tagged(rule.subject, evaluator, mask, undated))
            case BranchRule():
                return RulePoints.without_events(*_branched(rule.subject, evaluator, mask))

    def _tagged(
        self,
        rule: TagRule,
        evaluator: ConditionEvaluator,
        mask: NDArray[np.bool_],
        undated: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        has = evaluator.facts.tags[rule.tag][evaluator.first : evaluator.last] & mask
        if not rule.dated:
            return np.where(has, rule.points, 0)
        applied = evaluator.facts.tagged_at[rule.tag][evaluator.first : evaluator.last]
        dated = has & (applied != UNDATED)
        age = np.where(dated, self._clock.now - applied, 0)
        reach = self._clock.reach(rule.window)
        live = dated if reach is None else dated & (age < reach)
        live = live & (age < self.reset_of(rule, evaluator))
        factor = decay_factors(rule.decay, int(age.max(initial=0)) // DAY)
        worth = contributions(rule.points, factor[np.minimum(age // DAY, len(factor) - 1)])
        undated |= has & ~dated
        without_date = rule.points if rule.undated == "keep" else 0
        return np.where(live, worth, np.where(has & ~dated, without_date, 0))

    def reset_of(self, rule: TagRule, evaluator: ConditionEvaluator) -> NDArray[np.int64]:
        """Return, by contact, the age in seconds of a tag rule's latest reset, or `FOREVER` without one."""
        ages = np.full(evaluator.count, FOREVER, np.int64)
        for stream in self._streams.of_tag_rule.get(rule, ()):
            resets = evaluator.sums[stream]
            ages[resets.contact] = np.minimum(ages[resets.contact], resets.age)
        return ages


def _branched(
    rule: BranchRule, evaluator: ConditionEvaluator, mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    """Return the points of the first branch whose condition holds, by contact; 0 if none does.

    Also return the number of contacts for which each branch was taken.
    """
    many: list[int] = []
    points = np.zeros(evaluator.count, np.int64)
    undecided = mask.copy()
    for branch in rule.branches:
        taken = undecided & evaluator.evaluate(branch.condition)
        points[taken] = branch.points
        undecided &= ~taken
        many.append(int(np.count_nonzero(taken)))
    return points, tuple(many)


def _note_activity(youngest: NDArray[np.int64], given: RulePoints) -> None:
    """Update the last activity of contacts to which an event rule gave more than 0 points."""
    active = (given.points > 0) & (given.age != NO_AGE)
    contacts = given.contact[active]
    youngest[contacts] = np.minimum(youngest[contacts], given.age[active])


def _smallest_integers(column: Points) -> Points:
    """Store integers in the smallest type that fits: most of the memory of a scoring is the ledger.

    A row takes about 12 bytes, instead of 40 with 64 bits per number.
    """
    low, high = column.min(initial=0), column.max(initial=0)
    fitting = (kind for kind in _INTEGERS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    kind = next(fitting, None)
    return column if kind is None else column.astype(kind)
