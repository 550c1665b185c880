"""Score the past: the scores of all contacts as of each cut, and what happened afterwards."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.backtest.calls import until_outcome
from flamescore.backtest.past import CREATED, TAGS, without_rules
from flamescore.backtest.reading import Questions, as_exported, coded_events
from flamescore.backtest.score_over_cuts import NEVER, RuleRows, ScoreOverCuts, renumbered, together
from flamescore.engine import flame_bounds
from flamescore.labels import condition_context, drawn
from flamescore.rules import (
    NO_LIMITS,
    Branch,
    BranchRule,
    EventRule,
    FieldIs,
    Hot,
    Order,
    Points,
    Predicate,
    Rule,
    RuleBook,
    Score,
)
from flamescore.scoring import score_exports
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from flamescore.backtest.outcome import Outcome
    from flamescore.frames import Exports
    from flamescore.project import HoldOut
    from flamescore.rules import Condition
    from flamescore.scoring import Scored
    from flamescore.units import Period

    Integers = NDArray[np.int64]
    _Given = Mapping[tuple[str, str], tuple[Integers, Integers]]
    Marks = NDArray[np.bool_]

_OUTCOME: Final = "\0outcome"
_WORTH: Final = "\0worth"
_WITHOUT: Final = "\0without\0"
_BY_FLAMES: Final = Hot()


class CutSettings(Struct, frozen=True):
    """The settings of a backtest. `known_after` has the delay of each source of events, if any.

    `tags_known_after` is that of tag histories. `exclude` and `hot` are evaluated as of a cut; `own` maps
    scores to the rules that are left out of a second score. With `horizon` None, contacts are compared as
    exported, and `outcome` has no date.
    """

    book: RuleBook
    outcome: Outcome
    horizon: Period | None
    first_only: bool
    exclude: Condition | None = None
    hot: Hot = _BY_FLAMES
    known_after: tuple[Period | None, ...] = ()
    tags_known_after: Period | None = None
    tags_known: bool = False
    value: str | None = None
    own: Mapping[str, frozenset[str]] | None = None
    called: Outcome | None = None
    """What counts as a call in the events; None if calls are not requested."""

    holdout: HoldOut | None = None
    """Which contacts are held out of the call list; None if the hold-out is not requested."""

    people: Mapping[datetime, pl.DataFrame] | None = None
    """The contacts as of each cut (`Exports.contacts`); None: as exported."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the rule file."""
        return self.book.zone

    @property
    def questions(self) -> Questions:
        """Everything that needs events, at a cut and after it."""
        return Questions(
            self.book,
            (self.outcome,) if self.called is None else (self.outcome, self.called),
            tuple(each for each in (self.exclude, self.hot.condition) if each is not None),
            self.value,
        )

    def end(self, cut: datetime) -> datetime:
        """Return the instant at which the horizon of a cut ends."""
        return cut if self.horizon is None else self.horizon.after(cut, self.zone)


def look(settings: CutSettings, exports: Exports, cuts: Sequence[datetime]) -> tuple[ScoreOverCuts, ...]:
    """Score all contacts at each cut, mark what followed, and return a value per score, in order."""
    parts: dict[str, list[ScoreOverCuts]] = {score.name: [] for score in settings.book.scores}
    ids = None if settings.people is None else _everyone(exports, settings.people.values())
    events = _Events.of(settings, exports, cuts) if settings.people is None else None
    for number, as_of in enumerate(cuts):
        then = exports
        if settings.people is not None:  # contacts differ from cut to cut, so their events are read again
            then = dataclasses.replace(as_exported(exports), contacts=settings.people[as_of])
        for found in _cut(settings, events or _Events.of(settings, then, (as_of,)), as_of, number):
            parts[found.score.name].append(found if ids is None else renumbered(found, then, exports, ids))
    return tuple(map(together, parts.values()))


def _everyone(exports: Exports, others: Iterable[pl.DataFrame]) -> pl.Series:
    """Return the sorted ids of all contacts, including those of earlier days."""
    return pl.concat([each["contact_id"] for each in (exports.contacts, *others)]).unique().sort()


class _Events(Struct, frozen=True):
    """The exports with the relevant events, read once: all of them, and only those of the outcome.

    The latter are few, so that each cut need not search all events for them.
    """

    every: Exports
    outcome: Exports

    @classmethod
    def of(cls, settings: CutSettings, exports: Exports, cuts: Sequence[datetime]) -> _Events:
        """Read the events that are needed at these cuts and after them."""
        instants = [*cuts, *(settings.end(cut) for cut in cuts)]
        every = settings.questions.of(settings.questions.read(exports, instants), instants)
        alone = replace(
            settings.questions, book=RuleBook(settings.zone, (), ignore=settings.book.ignore), conditions=()
        )
        return cls(every, alone.of(every, instants))


def exports_at(exports: Exports, as_of: datetime, settings: CutSettings) -> Exports:
    """Return the exports as known at a cut; undated tags are emptied unless they count as known."""
    contacts = exports.contacts
    if not settings.tags_known and TAGS in contacts.columns:
        contacts = contacts.with_columns(pl.lit([], pl.List(pl.String())).alias(TAGS))
    sources = (
        source if late is None else source.until(late.before(as_of, settings.zone))
        for source, late in zip(
            coded_events(exports), settings.known_after or (None,) * len(exports.events), strict=True
        )
    )
    history, late = exports.tag_history, settings.tags_known_after
    if history is not None:
        # Even an entry after the cut would keep its tag from being taken from the contacts' list.
        history = history.filter(
            pl.col("at") <= (as_of if late is None else late.before(as_of, settings.zone))
        )
    return dataclasses.replace(exports, contacts=contacts, events=tuple(sources), tag_history=history)


def _cut(settings: CutSettings, events: _Events, as_of: datetime, number: int) -> Iterator[ScoreOverCuts]:
    there = events.every if settings.horizon is None else exports_at(events.every, as_of, settings)
    own = settings.own or {}
    seconds = tuple(
        without_rules(score, own[score.name], _WITHOUT + score.name)
        for score in settings.book.scores
        if own.get(score.name) and not _adds_up(score)
    )
    had = settings.outcome.after(None, settings.zone) if settings.first_only else None
    late = any(settings.known_after)
    to_come = None
    if settings.horizon is not None and CREATED in there.contacts.columns:
        to_come = FieldIs((Predicate(CREATED, (Order("more_than", as_of),)),))
    conditions = [each for each in (settings.exclude, to_come, None if late else had) if each is not None]
    branches = {
        (score.name, rule.id): rule.subject.branches
        for score in settings.book.scores
        for rule in score.rules
        if isinstance(rule.subject, BranchRule) and len(rule.subject.branches) > 1
    }
    conditions += [b.condition for each in branches.values() for b in each if b.condition is not None]
    if settings.hot.condition is not None:
        conditions.append(settings.hot.condition)
    scored = score_exports(
        replace(settings.book, scores=(*settings.book.scores, *seconds)),
        there,
        as_of=as_of,
        conditions=list(dict.fromkeys(conditions)),
    )
    everyone = condition_context(scored)
    none = np.zeros(scored.contacts.height, np.bool_)
    not_yet = none if to_come is None else everyone.fitting(to_come)
    before = none
    if had is not None:
        before = holding(had, events.outcome, settings.book, as_of) if late else everyone.fitting(had)
    outcomes, worth, unvalued = _after(settings, events.outcome, as_of)
    called = None if settings.called is None else _called(settings, settings.called, events.outcome, as_of)
    held_out = None if settings.holdout is None else drawn(scored.contacts, settings.holdout)
    excluded = none if settings.exclude is None else everyone.fitting(settings.exclude)
    hot = None if settings.hot.condition is None else everyone.fitting(settings.hot.condition)
    given = _given(scored, {score.name for score in settings.book.scores})
    for score in settings.book.scores:
        yield _score(
            score,
            scored,
            number,
            outcomes=outcomes,
            worth=worth,
            unvalued=unvalued,
            called=called,
            held_out=held_out,
            not_yet=not_yet,
            before=before,
            excluded=excluded,
            hot=hot,
            hot_flames=settings.hot.flames,
            given=given,
            own=own.get(score.name, frozenset()),
            taken={
                rule_id: everyone.first_fitting(branch.condition for branch in each).astype(np.int64)
                for (name, rule_id), each in branches.items()
                if name == score.name
            },
        )


def holding(condition: Condition, exports: Exports, book: RuleBook, as_of: datetime) -> Marks:
    """Return a mask of the contacts for whom a condition holds at an instant; ignored events don't count."""
    found, _ = _totals((score_of(condition),), exports, book, as_of)
    return found[0] > 0


def _after(settings: CutSettings, exports: Exports, as_of: datetime) -> tuple[Marks, Integers | None, int]:
    """Return a mask of the contacts with the outcome after a cut, its worth, and how many had no number."""
    condition = settings.outcome.after(settings.horizon, settings.zone)
    scores = [score_of(condition)]
    if settings.value is not None:
        rules = [
            Rule(
                f"worth-{place}",
                "worth",
                EventRule(match, Points(column=settings.value), None, window=settings.horizon),
            )
            for place, match in enumerate(settings.outcome.matches(settings.zone))
        ]
        scores.append(Score(_WORTH, _WORTH, POINT, tuple(rules)))
    found, unvalued = _totals(tuple(scores), exports, settings.book, settings.end(as_of))
    return found[0] > 0, found[1] if settings.value is not None else None, unvalued


def _called(settings: CutSettings, called: Outcome, exports: Exports, as_of: datetime) -> Marks:
    """Return a mask of the contacts who were called after a cut, and before the outcome if it occurred."""
    end = settings.end(as_of)
    matches = settings.outcome.matches(settings.zone)
    known = until_outcome(exports, settings.book, matches, as_of, end)
    return holding(called.after(settings.horizon, settings.zone), known, settings.book, end)


def _totals(
    scores: tuple[Score, ...], exports: Exports, book: RuleBook, as_of: datetime
) -> tuple[list[Integers], int]:
    """Return the points of every contact for each score, and how many occurrences had no number."""
    scored = score_exports(RuleBook(book.zone, scores, ignore=book.ignore), exports, as_of=as_of)
    unvalued = sum(many for _, _, many in scored.observed.unvalued)
    return [_of_everyone(scored, score.name) for score in scores], unvalued


def _of_everyone(scored: Scored, name: str) -> Integers:
    """Return every contact's points for a score in ten-thousandths, 0 outside its population."""
    every = np.zeros(scored.contacts.height, np.int64)
    every[scored.places.filter(scored.scores["score_name"] == name).to_numpy()] = scored.whole_points(name)
    return every


def score_of(condition: Condition) -> Score:
    """Return a score of one point for contacts for whom a condition holds."""
    rule = Rule("outcome", "outcome", BranchRule((Branch(condition, POINT),)))
    return Score(_OUTCOME, _OUTCOME, POINT, (rule,))


def _adds_up(score: Score) -> bool:
    """Return whether a score is the sum of what its rules give, within its own limits."""
    plain = all(group.limits == NO_LIMITS and group.idle is None for group in score.groups)
    return plain and score.idle is None


def _sum(score: Score, own: frozenset[str], given: _Given, many: int) -> Integers:
    """Return the sums of a score for `many` contacts without the rules in `own`, within its limits."""
    found = np.zeros(many, np.int64)
    for rule in score.rules:
        if rule.id not in own and (score.name, rule.id) in given:
            who, points = given[score.name, rule.id]
            found[who] += points
    if score.limits == NO_LIMITS:
        return found
    return np.clip(found, score.limits.low, score.limits.high)


def _given(scored: Scored, names: Collection[str]) -> _Given:
    """Return the contacts that each rule of these scores gave points, and the points after its own limits."""
    entries = scored.ledger.entries
    wanted = [e.entry in ("rule", "rule_limit") and e.score_name in names for e in entries]
    keys = list(
        dict.fromkeys((e.score_name, e.id) for e, is_one in zip(entries, wanted, strict=True) if is_one)
    )
    place = {key: number for number, key in enumerate(keys)}
    of = np.array(
        [place[e.score_name, e.id] if is_one else -1 for e, is_one in zip(entries, wanted, strict=True)],
        np.int32,
    )
    # Stable sorts of 16-bit integers are fast radix sorts.
    of = of.astype(np.int16) if len(keys) < 1 << 15 else of
    found: dict[tuple[str, str], list[tuple[Integers, Integers]]] = {key: [] for key in keys}
    for part in scored.ledger.stored:  # by contact: none is in two parts
        rows = part.rows()
        rule = of[rows.entry.astype(np.int64)]
        order = np.argsort(rule, kind="stable")[np.count_nonzero(rule < 0) :]
        rule, contact, point = rule[order], rows.contact[order], rows.points[order].astype(np.int64)
        new = np.ones(len(rule), np.bool_)
        new[1:] = (rule[1:] != rule[:-1]) | (contact[1:] != contact[:-1])
        starts = np.flatnonzero(new)
        sums = np.add.reduceat(point, starts) if len(starts) else point
        starts, sums = starts[sums != 0], sums[sums != 0]
        rule, contact = rule[starts], contact[starts].astype(np.int64) + part.first
        bounds = np.searchsorted(rule, np.arange(len(keys) + 1)).tolist()
        for key, (start, end) in zip(keys, pairwise(bounds), strict=True):
            found[key].append((contact[start:end], sums[start:end]))
    none = np.zeros(0, np.int64)
    return {
        key: (
            np.concatenate([none, *(contact for contact, _ in each)]),
            np.concatenate([none, *(points for _, points in each)]),
        )
        for key, each in found.items()
    }


def _score(
    score: Score,
    scored: Scored,
    number: int,
    *,
    outcomes: Marks,
    worth: Integers | None,
    unvalued: int,
    called: Marks | None,
    held_out: Marks | None,
    not_yet: Marks,
    before: Marks,
    excluded: Marks,
    hot: Marks | None,
    hot_flames: int,
    given: _Given,
    own: frozenset[str],
    taken: Mapping[str, Integers],
) -> ScoreOverCuts:
    mine = scored.scores["score_name"] == score.name
    rows = scored.scores.filter(mine)
    place = scored.places.filter(mine).to_numpy().astype(np.int64)
    many = scored.contacts.height
    inside = np.zeros(many, np.bool_)
    inside[place] = True
    looked_at = ~not_yet & ~before & inside
    totals, flames = _of_everyone(scored, score.name), np.zeros(many, np.int32)
    active = np.full(many, NEVER, np.int64)
    flames[place] = rows["flames"].to_numpy()
    active[place] = rows["last_activity_at"].dt.epoch("s").fill_null(NEVER).to_numpy()
    kept = np.flatnonzero(looked_at)
    row_of = np.full(many, -1, np.int64)
    row_of[kept] = np.arange(len(kept))
    bounds: tuple[int | None, ...] = flame_bounds(score) or tuple(
        None if each is None else round(each * POINT) for each in scored.flames_from(score)
    )
    rules, branches = {}, {}
    for rule in score.rules:
        who, points = given.get((score.name, rule.id), (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        rules[rule.id] = _rows(who, points, row_of, totals, bounds)
        if rule.id in taken:
            for branch in range(len(rule.subject.branches)):  # type: ignore[union-attr] # it has branches
                some = taken[rule.id][who] == branch
                branches[rule.id, branch] = _rows(who[some], points[some], row_of, totals, bounds)
    without = None
    if own:
        adds_up = _adds_up(score)
        without = _sum(score, own, given, many) if adds_up else _of_everyone(scored, _WITHOUT + score.name)
    is_hot = flames >= hot_flames if hot is None else hot
    return ScoreOverCuts(
        score,
        contacts=kept.astype(np.int32),
        cuts=np.full(len(kept), number, np.int32),
        totals=totals[kept],
        flames=flames[kept],
        outcomes=outcomes[kept],
        active=active[kept],
        may_call=~excluded[kept],
        hot=(is_hot & ~excluded)[kept],
        left_out={
            "not_yet": int(not_yet.sum()),
            "had_outcome": int((before & ~not_yet).sum()),
            "outside": int((~inside & ~before & ~not_yet).sum()),
        },
        rules=rules,
        branches=branches,
        worth=None if worth is None else worth[kept],
        without=None if without is None else without[kept],
        unvalued=unvalued,
        called=None if called is None else called[kept],
        held_out=None if held_out is None else held_out[kept],
    )


def _rows(
    who: Integers, points: Integers, row_of: Integers, totals: Integers, bounds: Sequence[int | None]
) -> RuleRows:
    rows = row_of[who]
    there = rows >= 0
    reached = sorted(each for each in bounds if each is not None)
    rest = np.searchsorted(reached, totals[who[there]] - points[there], side="right").astype(np.int8)
    return RuleRows(
        rows[there].astype(np.int32), rest, float(np.abs(points[there]).sum()), float(points[there].sum())
    )
