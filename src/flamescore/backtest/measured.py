"""The results of a score: flames, order of the list, the call list, each rule, and drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from flamescore.backtest.call_effects import calls_of, held_out_of
from flamescore.backtest.groups import ENOUGH, FLAMES, FlameGroups, flame_groups
from flamescore.backtest.rule_results import RuleResult, rule_results
from flamescore.backtest.statistics import (
    Estimate,
    Ordering,
    different,
    first_of_list,
    ordering,
    rate,
    risen,
)
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.backtest.call_effects import Calls, HeldOut
    from flamescore.backtest.score_over_cuts import ScoreOverCuts

    Marks = NDArray[np.bool_]
    Integers = NDArray[np.int64]
    Floats = NDArray[np.float64]

_FIFTHS: Final = 5
_HUNDRED: Final = 100
_STOPPED: Final = 10
_MOVED: Final = 50
_HALVES: Final = 4


class CutResult(Struct, frozen=True):
    """A score at one cut."""

    as_of: datetime
    contact_cuts: int
    outcomes: int
    rate: float | None
    hot: int
    hot_outcomes: int
    auc: float | None


class Called(Struct, frozen=True):
    """The top of each list, among contacts who may be called; tied contacts at the end count in proportion.

    `precision` is the share with the outcome, from `least` to `most` depending on the order of ties; `missed`
    is the share of the outcomes of all contacts who may be called that lie below the cutoff. `last` has the
    points of the last contact called: the median (the lower of two), lowest and highest over the cuts.
    `called` is less than `wanted` if a list is shorter.
    """

    a_list: int
    wanted: int
    called: int
    outcomes: float
    precision: Estimate
    least: float | None
    most: float | None
    missed: float | None
    last: tuple[float, float, float] | None
    cuts: tuple[tuple[int, float], ...] = ()
    """For each cut, how many contacts are called, and how many of them have the outcome."""


class Drift(Struct, frozen=True):
    """A change over the cuts; `code` is that of its finding."""

    code: str
    rule: str | None
    message: str


class Own(Struct, frozen=True):
    """How much of the score is the outcome itself: the share, the rules, and the AUC without them."""

    share: float
    rules: tuple[str, ...]
    auc_without: Ordering


class ScoreResult(Struct, frozen=True):
    """All results of a score. `worth` has the mean and the share of the total by number of flames."""

    name: str
    title: str
    contact_cuts: int
    contacts: int
    outcomes: int
    outcome_contacts: int
    rate: Estimate
    left_out: Mapping[str, int]
    flames: FlameGroups
    fifths: tuple[float | None, ...]
    gain: tuple[float | None, ...]
    auc: Ordering
    auc_of_none: Ordering
    own: Own
    called: Called | None
    rules: tuple[RuleResult, ...]
    cuts: tuple[CutResult, ...]
    rise: Estimate
    drift: tuple[Drift, ...] = ()
    worth: tuple[tuple[float | None, float | None], ...] | None = None
    unvalued: int = 0
    five_flames: bool = False
    calls: Calls | None = None
    """Contacts who were called and who were not; None if not requested."""

    held_out: HeldOut | None = None
    """What contacts held out of the call list did; None if not requested."""

    groups_over_cuts: tuple[tuple[tuple[int, int], ...], ...] = ()
    """For each group of flames, its contact-cuts and outcomes at each cut."""

    @property
    def enough(self) -> bool:
        """Whether enough contacts have the outcome for p-values."""
        return self.outcome_contacts >= ENOUGH


def measured(
    looked: ScoreOverCuts,
    cuts: Sequence[datetime],
    *,
    overlaps: Mapping[str, float],
    undated_columns: Mapping[str, tuple[str, ...]],
    capacity: int | None,
    listed: bool = False,
    holdout_since: datetime | None = None,
) -> ScoreResult:
    """Return the results of a score. `listed`: a cross-section.

    `overlaps` and `undated_columns` are by rule id.
    """
    outcomes, contacts = looked.outcomes, looked.contacts
    people = different(contacts[outcomes])
    auc = ordering(looked.totals, outcomes, looked.cuts, contacts)
    none = looked.flames == 0
    each_cut = tuple(_cut(looked, number, as_of) for number, as_of in enumerate(cuts))
    rise = _rise(looked, len(cuts))
    groups = flame_groups(looked.flames, outcomes, looked.cuts, contacts)
    rules = rule_results(looked, overlaps, undated_columns, enough=people >= ENOUGH, listed=listed)
    return ScoreResult(
        looked.score.name,
        looked.score.title,
        len(outcomes),
        different(contacts),
        int(outcomes.sum()),
        people,
        rate(outcomes, contacts),
        looked.left_out,
        groups,
        _fifths(looked, len(cuts)),
        _gain(looked, len(cuts)),
        auc,
        ordering(looked.totals[none], outcomes[none], looked.cuts[none], contacts[none]),
        _own(looked, overlaps),
        None if capacity is None else _called(looked, len(cuts), capacity),
        rules,
        each_cut,
        rise,
        tuple(_drift(looked, len(cuts), rise)),
        _worth(looked),
        looked.unvalued,
        looked.score.ideal is not None and looked.score.bounds is None,
        calls_of(looked),
        held_out_of(looked, cuts, holdout_since),
        tuple(_over_cuts(looked, band.flames, len(cuts)) for band in groups.groups),
    )


def _over_cuts(looked: ScoreOverCuts, flames: Sequence[int], cuts: int) -> tuple[tuple[int, int], ...]:
    mine = np.isin(looked.flames, flames)
    many = np.bincount(looked.cuts[mine], minlength=cuts)
    found = np.bincount(looked.cuts[mine & looked.outcomes], minlength=cuts)
    return tuple(zip(many.tolist(), found.tolist(), strict=True))


def _at(looked: ScoreOverCuts, number: int) -> Integers:
    return np.flatnonzero(looked.cuts == number)


def _cut(looked: ScoreOverCuts, number: int, as_of: datetime) -> CutResult:
    rows = _at(looked, number)
    outcomes, hot = looked.outcomes[rows], looked.hot[rows]
    auc = ordering(looked.totals[rows], outcomes, looked.cuts[rows], looked.contacts[rows])
    return CutResult(
        as_of,
        len(rows),
        int(outcomes.sum()),
        float(outcomes.mean()) if len(rows) else None,
        int(hot.sum()),
        int((hot & outcomes).sum()),
        auc.value,
    )


def _fifths(looked: ScoreOverCuts, cuts: int) -> tuple[float | None, ...]:
    found, sizes = np.zeros(_FIFTHS), 0.0
    for number in range(cuts):
        rows = _at(looked, number)
        borders = len(rows) * np.arange(_FIFTHS + 1) / _FIFTHS
        found += np.diff(first_of_list(looked.totals[rows], looked.outcomes[rows], borders))
        sizes += len(rows) / _FIFTHS
    return tuple(float(each) / sizes if sizes else None for each in found)


def _gain(looked: ScoreOverCuts, cuts: int) -> tuple[float | None, ...]:
    found = np.zeros(_HUNDRED + 1)
    for number in range(cuts):
        rows = _at(looked, number)
        borders = len(rows) * np.arange(_HUNDRED + 1) / _HUNDRED
        found += first_of_list(looked.totals[rows], looked.outcomes[rows], borders)
    return tuple(float(each) / found[-1] if found[-1] else None for each in found)


def _own(looked: ScoreOverCuts, overlaps: Mapping[str, float]) -> Own:
    every = sum(rows.points for rows in looked.rules.values())
    share = sum(overlaps.get(rule, 0.0) * rows.points for rule, rows in looked.rules.items())
    names = tuple(rule.name for rule in looked.score.rules if overlaps.get(rule.id, 0.0) > 0)
    without = Ordering()
    if looked.without is not None:
        without = ordering(looked.without, looked.outcomes, looked.cuts, looked.contacts)
    return Own(share / every if every else 0.0, names, without)


def _called(looked: ScoreOverCuts, cuts: int, capacity: int) -> Called:
    """Measure the top of each list. Contacts tied for the last places count as equal fractions.

    In a list with 10, 8, 8, 8 and 3 points, the first two are the contact with 10 and a third of each with 8.
    """
    shares = np.zeros(len(looked.outcomes))
    least = most = every = 0.0
    lasts = []
    each_cut: list[tuple[int, float]] = []
    called = 0
    for number in range(cuts):
        rows = _at(looked, number)
        rows = rows[looked.may_call[rows]]
        every += float(looked.outcomes[rows].sum())
        rows = rows[np.lexsort((-looked.active[rows], -looked.totals[rows]))]
        take = min(capacity, len(rows))
        called += take
        if not take:
            each_cut.append((0, 0.0))
            continue
        last = rows[take - 1]
        lasts.append(int(looked.totals[last]))
        same = (looked.totals[rows] == looked.totals[last]) & (looked.active[rows] == looked.active[last])
        first = int(np.flatnonzero(same)[0])
        tied = rows[same]
        shares[rows[:first]] = 1.0
        shares[tied] = (take - first) / len(tied)
        sure, among = float(looked.outcomes[rows[:first]].sum()), int(looked.outcomes[tied].sum())
        least += sure + max(0, (take - first) - (len(tied) - among))
        most += sure + min(take - first, among)
        each_cut.append((take, sure + among * (take - first) / len(tied)))
    found = float((shares * looked.outcomes).sum())
    lasts.sort()
    there = shares > 0
    precision = rate(looked.outcomes[there], looked.contacts[there], shares[there])
    return Called(
        capacity,
        capacity * cuts,
        called,
        found,
        precision,
        least / called if called else None,
        most / called if called else None,
        1 - found / every if every else None,
        (lasts[(len(lasts) - 1) // 2] / POINT, lasts[0] / POINT, lasts[-1] / POINT) if lasts else None,
        tuple(each_cut),
    )


def _worth(looked: ScoreOverCuts) -> tuple[tuple[float | None, float | None], ...] | None:
    if looked.worth is None:
        return None
    total = int(looked.worth.sum())
    found = []
    for number in range(FLAMES):
        rows = looked.flames == number
        amount, many = int(looked.worth[rows].sum()), int(rows.sum())
        found.append((amount / POINT / many if many else None, amount / total if total else None))
    return tuple(found)


# --- drift --------------------------------------------------------------------------------------------


def _rise(looked: ScoreOverCuts, cuts: int) -> Estimate:
    if cuts < _HALVES:
        return Estimate()
    half = cuts // 2
    return risen(
        looked.totals,
        looked.outcomes,
        looked.cuts,
        looked.contacts,
        later=looked.cuts >= cuts - half,
        earlier=looked.cuts < half,
    )


def _drift(looked: ScoreOverCuts, cuts: int, rise: Estimate) -> Iterator[Drift]:
    sizes = np.bincount(looked.cuts, minlength=cuts)
    for rule in looked.score.rules if cuts > 1 else ():
        fired = np.bincount(looked.cuts[looked.rules[rule.id].rows], minlength=cuts)
        first, last, most = int(fired[0]), int(fired[-1]), int(fired.max())
        named = f'"{rule.name}"'
        if last == 0 and most >= _STOPPED:
            text = f"{named} gave points to {most:,} contacts at a cut, and to nobody at the last one."
            yield Drift("B050", rule.id, text)
        elif max(first, last) >= _MOVED and sizes[0] and sizes[-1]:
            then, now = first / sizes[0], last / sizes[-1]
            if now > 2 * then or now < then / 2:
                grew = "grew" if now > then else "shrank"
                text = f"{named} {grew}: it reached {then:.1%} at the first cut, {now:.1%} at the last one."
                yield Drift("B051", rule.id, text)
    if rise.value is not None and rise.low is not None and rise.high is not None and rise.high < 0:
        fell = f"{-rise.value:.2f} ({-rise.high:.2f} to {-rise.low:.2f})"
        yield Drift("B052", None, f"The order of the list got worse: AUC fell by {fell}.")
