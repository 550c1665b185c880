"""Conditions on contacts once all scores are known: how they test scores and labels, exactly.

Three contacts. The score `fit` applies to the first and the third, which have 12.5 and 3 points and so ranks
1 and 2. Each of the two has one other scored contact; 1 contact scores less than the first, and 0 less than
the third.

condition                                     contacts    why
{score: fit, points: {at_least: 12.5}}        1           125,000 ten-thousandths are not under 125,000
{score: fit, percentile: {more_than: 99.9}}   1           100 * 1 > 99.9 * (2 - 1)
{not: {score: fit, rank: 1}}                  2, 3        2 has no row, so the inner condition is false
{any: [{tag: VIP}, {score: fit, rank: 2}]}    3, and VIPs whether a contact has the tag is already known
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct, field

from flamescore.engine import combined
from flamescore.rules import Equals, LabelIs, Order, ScoreIs
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl
    from numpy.typing import NDArray

    from flamescore.rules import Condition, Measure, NumberTest

_HUNDRED: Final = 100
_MOST: Final = 2**62
"""A bound above every measure, in whole numbers."""

_LARGE: Final = 25
_SMALL: Final = -25
"""Beyond this many digits before or after the decimal point, the exact value makes no difference."""


class Standing(Struct, frozen=True):
    """The standing of the contacts that a score applies to, as integer arrays of equal length and order.

    `place` is the contact's index among all contacts, `points` are ten-thousandths, and `lower` is the number
    of contacts that score less. `scored` is the number of contacts that have the score; None means that all
    of them are included here.
    """

    place: NDArray[np.int64]
    points: NDArray[np.int64]
    flames: NDArray[np.int64]
    rank: NDArray[np.int64]
    lower: NDArray[np.int64]
    scored: int | None = None

    @property
    def others(self) -> int:
        """Return the number of other scored contacts, but at least 1, since it is used as a divisor."""
        return max((len(self.lower) if self.scored is None else self.scored) - 1, 1)

    def fits(self, measure: Measure, test: NumberTest) -> NDArray[np.bool_]:
        """Mark the rows for which a test of a measure holds."""
        number, whole = self._whole(measure)
        if isinstance(test, Equals):
            none = np.zeros(len(number), np.bool_)
            wanted = (_exact(each) * whole for each in test.numbers)
            return reduce(or_, (number == _held(each) for each in wanted if each.denominator == 1), none)
        return _ordered(number, test, whole)

    def _whole(self, measure: Measure) -> tuple[NDArray[np.int64], Fraction]:
        """Return a measure in whole numbers, and how many of those make up one unit.

        A percentile is `100 * lower / (n - 1)` for n scored contacts, and 0 for a single one.
        """
        if measure == "points":
            return self.points, Fraction(POINT)
        if measure == "percentile":
            return self.lower, Fraction(self.others, _HUNDRED)
        return (self.flames if measure == "flames" else self.rank), Fraction(1)


def _ordered(number: NDArray[np.int64], test: Order, whole: Fraction) -> NDArray[np.bool_]:
    assert isinstance(test.operand, Decimal)
    bound = _exact(test.operand) * whole
    match test.how:
        case "at_least":
            return number >= _held(ceil(bound))
        case "at_most":
            return number <= _held(floor(bound))
        case "more_than":
            return number > _held(floor(bound))
        case "less_than":
            return number < _held(ceil(bound))


def _exact(operand: Decimal) -> Fraction:
    """Return a number as a fraction; sizes too large, or too close to 0, for any measure are bounded.

    So `1e999999` takes no time and still compares correctly.
    """
    if not operand:
        return Fraction(0)
    sign = -1 if operand.is_signed() else 1
    if operand.adjusted() > _LARGE:
        return Fraction(sign * 10**_LARGE)
    if operand.adjusted() < _SMALL:
        return sign * Fraction(1, 10**-_SMALL)
    return Fraction(operand)


def _held(whole: Fraction | int) -> int:
    """Clamp a whole number to a range that fits in 64 bits."""
    return max(-_MOST, min(int(whole), _MOST))


class ConditionContext(Struct, frozen=True):
    """All contacts, in one order, with a mask for each condition on tags, fields and events in `answers`.

    `labels` contains the labels computed so far by name, one String column each.
    """

    count: int
    answers: Mapping[Condition, NDArray[np.bool_]]
    standings: Mapping[str, Standing]
    labels: Mapping[str, pl.Series]
    taken: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """For each label, the number of contacts for which each of its branches was taken."""

    def fitting(self, condition: Condition | None) -> NDArray[np.bool_]:
        """Mark the contacts for which a condition holds; None holds for all."""
        return np.ones(self.count, np.bool_) if condition is None else combined(condition, self._leaf)

    def first_fitting(self, conditions: Iterable[Condition | None]) -> NDArray[np.int32]:
        """Return for each contact the index of the first condition that holds, or -1 if none does."""
        taken = np.full(self.count, -1, np.int32)
        for number, condition in enumerate(conditions):
            taken[(taken < 0) & self.fitting(condition)] = number
        return taken

    def _leaf(self, leaf: Condition) -> NDArray[np.bool_]:
        match leaf:
            case ScoreIs():
                return self._stands(leaf)
            case LabelIs(labels=labels):
                return reduce(and_, (self._has_label(name, texts) for name, texts in labels))
            case _:
                return self.answers[leaf]

    def _stands(self, condition: ScoreIs) -> NDArray[np.bool_]:
        standing = self.standings[condition.score]
        tests = ((measure, test) for measure, all_of in condition.measures for test in all_of)
        fits = reduce(and_, (standing.fits(measure, test) for measure, test in tests))
        out = np.zeros(self.count, np.bool_)
        out[standing.place[fits]] = True
        return out

    def _has_label(self, name: str, texts: tuple[str, ...]) -> NDArray[np.bool_]:
        return self.labels[name].is_in(list(texts)).fill_null(value=False).to_numpy()
