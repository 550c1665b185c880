"""What each rule adds: its contacts, how often they have the outcome, and whether its points fit that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.backtest.groups import FLAMES
from flamescore.backtest.statistics import LIKELY, Comparison, Estimate, Kinds, different, holm, rate
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from flamescore.backtest.score_over_cuts import RuleRows, ScoreOverCuts
    from flamescore.rules import Branch, Rule

    Marks = NDArray[np.bool_]
    Integers = NDArray[np.int64] | NDArray[np.int32]

_LEAK_PEOPLE: Final = 10
_LEAK_RATE: Final = 0.95
_LEAK_SHARE: Final = 0.2
_LEAK_OVERALL: Final = 0.5

Sign = Literal["agrees", "disagrees", "unclear"]


class RuleResult(Struct, frozen=True):
    """A rule, or a branch of one: the contacts with it, and how often they have the outcome.

    `own` compares them with otherwise similar contacts: at the same cut, with the same flames without the
    rule. `points` are those of one occurrence, None if a property gives them. `leak`: it seems to know the
    outcome.
    """

    rule: str
    name: str
    branch: int | None
    points: float | None
    contact_cuts: int
    contacts: int
    reach: float
    with_it: Estimate
    without_it: Estimate
    ratio: Comparison
    own: Comparison
    sign: Sign = "unclear"
    overlap: float = 0.0
    leak: bool = False
    undated_columns: tuple[str, ...] = ()
    """The undated columns that it refers to; only these can leak."""

    balance: float = 0.0
    """The sum of the points it gave; its sign shows whether the rule adds or subtracts points."""


def rule_results(
    looked: ScoreOverCuts,
    overlaps: Mapping[str, float],
    undated_columns: Mapping[str, tuple[str, ...]],
    *,
    enough: bool,
    listed: bool,
) -> tuple[RuleResult, ...]:
    """Return the results of each rule and branch of a score.

    `overlaps` and `undated_columns` are by rule id.
    """
    found = []
    everyone = _Everyone.of(looked)
    for rule in looked.score.rules:
        points = getattr(rule.subject, "points", None)
        fixed = points if isinstance(points, int) else getattr(points, "fixed", None)
        if getattr(points, "column", None) is not None:
            fixed = None
        kept = overlaps.get(rule.id, 0.0), undated_columns.get(rule.id, ())
        branches: tuple[Branch, ...] = getattr(rule.subject, "branches", ())
        if len(branches) == 1:
            fixed = branches[0].points
        found.append(
            _rule(everyone, rule, looked.rules[rule.id], fixed, known=kept, enough=enough, listed=listed)
        )
        if len(branches) > 1:
            found += [
                _rule(
                    everyone,
                    rule,
                    looked.branches[rule.id, n],
                    b.points,
                    known=kept,
                    enough=enough,
                    listed=listed,
                    branch=n,
                )
                for n, b in enumerate(branches)
            ]
    by_all, by_alike = holm([each.ratio.p for each in found]), holm([each.own.p for each in found])
    return tuple(
        _signed(replace(each, ratio=replace(each.ratio, holm=one), own=replace(each.own, holm=other)))
        for each, one, other in zip(found, by_all, by_alike, strict=True)
    )


class _Everyone(Struct, frozen=True):
    """The contact-cuts as if no rule applied, by cut, and by cut and flames; each rule moves a few rows."""

    looked: ScoreOverCuts
    by_cut: Kinds
    by_alike: Kinds

    @classmethod
    def of(cls, looked: ScoreOverCuts) -> _Everyone:
        nobody = np.zeros(len(looked.outcomes), np.bool_)
        cuts, many = looked.cuts, int(looked.cuts.max(initial=-1)) + 1
        alike = cuts * FLAMES + looked.flames
        return cls(
            looked,
            Kinds.of(nobody, looked.outcomes, cuts, many),
            Kinds.of(nobody, looked.outcomes, alike, many * FLAMES),
        )

    def with_rule(self, rows: RuleRows) -> tuple[Kinds, Kinds]:
        """Return both with the rows of a rule in the upper group, with the flames they have without it."""
        which = rows.rows
        cuts, outcomes = self.looked.cuts[which], self.looked.outcomes[which]
        return (
            self.by_cut.moved(which, cuts * 4 + 2 + outcomes),
            self.by_alike.moved(which, (cuts * FLAMES + rows.rest) * 4 + 2 + outcomes),
        )


def _rule(
    everyone: _Everyone,
    rule: Rule,
    rows: RuleRows,
    points: int | None,
    *,
    known: tuple[float, tuple[str, ...]],
    enough: bool,
    listed: bool,
    branch: int | None = None,
) -> RuleResult:
    looked = everyone.looked
    outcomes, contacts = looked.outcomes, looked.contacts
    lacks = np.ones(len(outcomes), np.bool_)
    lacks[rows.rows] = False
    ratio, own = (kinds.compared(contacts, listed=listed) for kinds in everyone.with_rule(rows))
    if not enough:
        ratio, own = replace(ratio, p=None), replace(own, p=None)
    result = RuleResult(
        rule.id,
        rule.name if branch is None else f"{rule.name}, branch {branch + 1}",
        branch,
        None if points is None else points / POINT,
        len(rows.rows),
        different(contacts[rows.rows]),
        len(rows.rows) / len(outcomes) if len(outcomes) else 0.0,
        rate(outcomes[rows.rows], contacts[rows.rows]),
        rate(outcomes[lacks], contacts[lacks]),
        ratio,
        own,
        overlap=known[0],
        undated_columns=known[1],
        balance=rows.balance,
    )
    return replace(result, leak=bool(known[1]) and _leaks(lacks, outcomes, contacts))


def _leaks(lacks: Marks, outcomes: Marks, contacts: Integers) -> bool:
    """Return whether nearly all contacts with a rule, or nearly all without it, have a rare outcome."""
    every = int(outcomes.sum())
    if not every or every >= _LEAK_OVERALL * len(outcomes):
        return False
    for some in (~lacks, lacks):
        found = int((some & outcomes).sum())
        if (
            found
            and different(contacts[some & outcomes]) >= _LEAK_PEOPLE
            and found >= _LEAK_RATE * int(some.sum())
            and found >= _LEAK_SHARE * every
        ):
            return True
    return False


def _signed(found: RuleResult) -> RuleResult:
    """Return the result with `sign` set: whether the points agree with the ratio among similar contacts."""
    ratio, sure = found.own.ratio.value, found.own.holm
    if ratio is None or sure is None or sure >= LIKELY or not found.balance or ratio == 1:
        return found
    return replace(found, sign="agrees" if (ratio > 1) == (found.balance > 0) else "disagrees")
