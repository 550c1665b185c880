"""Rates, ratios and orderings of contacts observed repeatedly, and their uncertainty.

The same contact at twelve cuts is not twelve contacts. The number of contact-cuts is therefore reduced by
the design effect: how much more the residuals of one contact are correlated than those of different
contacts. No random numbers are used, so the same input gives the same result.

Contacts, cuts and strata are integers from 0, as small as possible.

A worked example: four contacts at three cuts with the outcomes `110, 001, 011, 000`. 5 of 12 contact-cuts
have the outcome, p = 0.4167. The residuals of the first contact are 0.583, 0.583 and -0.417, in total 0.75.
The squares of these totals (0.5625, 0.0625, 0.5625, 1.5625) sum to 2.75, the squares of the residuals to
2.9167. The ratio is 0.9429, below 1, so all 12 count, and Wilson's interval is that of 5 of 12: 0.1933 to
0.6805.
"""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64] | NDArray[np.int32]
    Marks = NDArray[np.bool_]

Z: Final = 1.959963984540054
"""95% of a normal distribution lies within this many standard deviations on either side of the mean."""

LIKELY: Final = 0.05
"""Differences with a p-value of this or more are considered chance."""


class Estimate(Struct, frozen=True):
    """A number and its 95% interval; all None if there is no data to compute them from."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    design_effect: float | None = None

    def over(self, whole: Estimate) -> Estimate:
        """Return the estimate as a multiple of another's value, which is taken as certain."""
        if not whole.value or self.value is None or self.low is None or self.high is None:
            return Estimate()
        return Estimate(self.value / whole.value, self.low / whole.value, self.high / whole.value)


class Comparison(Struct, frozen=True):
    """How many times as often one group has the outcome as another group that is otherwise similar.

    `p` is None if there is too little data; `holm` is `p` adjusted for the other comparisons made.
    """

    ratio: Estimate = Estimate()
    p: float | None = None
    holm: float | None = None


class Ordering(Struct, frozen=True):
    """The share of pairs that a score puts in the right order: AUC, its interval and its standard error."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None


def design_effect(residuals: Floats, contacts: Integers) -> float:
    """Return the factor by which contact-cuts count for fewer: 1 if no two share a contact.

    If all residuals are 0, it is the average number of contact-cuts per contact.
    """
    squares = float(np.square(residuals).sum())
    if not squares:
        return len(residuals) / max(1, different(contacts))
    return max(1.0, float(np.square(np.bincount(contacts, residuals)).sum()) / squares)


def different(contacts: Integers) -> int:
    """Return the number of distinct contacts among contact-cuts."""
    return int((np.bincount(contacts) > 0).sum())


def wilson(successes: float, trials: float, effect: float = 1.0) -> Estimate:
    """Return Wilson's interval for `successes / trials` at `trials / effect` trials; empty for 0 trials.

    Source: `scipy.stats.binomtest(k, n).proportion_ci(method="wilson")`, where the effect is 1.
    """
    if trials <= 0:
        return Estimate()
    p, n = successes / trials, trials / effect
    half = Z * sqrt(max(0.0, p * (1 - p)) / n + Z * Z / (4 * n * n))
    middle, under = p + Z * Z / (2 * n), 1 + Z * Z / n
    return Estimate(p, max(0.0, (middle - half) / under), min(1.0, (middle + half) / under), effect)


def rate(outcomes: Marks, contacts: Integers, shares: Floats | None = None) -> Estimate:
    """Return the share of contact-cuts with the outcome; with `shares`, each counts as a fraction of one."""
    trials = float(len(outcomes) if shares is None else shares.sum())
    if not trials:
        return Estimate()
    successes = float(np.count_nonzero(outcomes) if shares is None else (shares * outcomes).sum())
    residuals: Floats = np.asarray(outcomes - successes / trials, np.float64)
    if shares is not None:
        residuals *= shares
    return wilson(successes, trials, design_effect(residuals, contacts))


# --- a list in order ----------------------------------------------------------------------------------


def ordering(scores: Integers, outcomes: Marks, cuts: Integers, contacts: Integers) -> Ordering:
    """Return the AUC over pairs within a cut, with ties as one half; cuts without both outcomes add nothing.

    The standard error is that of the influence, summed by contact. Source: for one cut
    `sklearn.metrics.roc_auc_score`, and DeLong's error except for a factor of n/(n-1).
    """
    value, influence = _influence(scores, outcomes, cuts)
    if value is None:
        return Ordering()
    se = _by_contact(influence, contacts)
    if value in (0.0, 1.0) or not se:
        return Ordering(value, se=se)
    middle, half = log(value / (1 - value)), Z * se / (value * (1 - value))
    return Ordering(value, 1 / (1 + exp(half - middle)), 1 / (1 + exp(-half - middle)), se)


def risen(
    scores: Integers, outcomes: Marks, cuts: Integers, contacts: Integers, *, later: Marks, earlier: Marks
) -> Estimate:
    """Return how much higher the AUC is among the later contact-cuts than among the earlier ones."""
    after, pull = _influence(scores[later], outcomes[later], cuts[later])
    before, push = _influence(scores[earlier], outcomes[earlier], cuts[earlier])
    if after is None or before is None:
        return Estimate()
    together = np.concatenate([contacts[later], contacts[earlier]])
    half = Z * _by_contact(np.concatenate([pull, -push]), together)
    return Estimate(after - before, after - before - half, after - before + half)


def _influence(scores: Integers, outcomes: Marks, cuts: Integers) -> tuple[float | None, Floats]:
    """Return the AUC, and the influence of each contact-cut on it."""
    pairs, sums, parts = 0.0, 0.0, []
    for cut in np.unique(cuts):
        here = np.flatnonzero(cuts == cut)
        with_it = outcomes[here]
        n1, n0 = int(with_it.sum()), int((~with_it).sum())
        if n1 and n0:
            _, level = np.unique(scores[here], return_inverse=True)
            lower = _below(level, ~with_it)[with_it]  # for each with it, how many without it score lower
            higher = (
                n1 - _below(level, with_it)[~with_it]
            )  # for each without it, how many with it score higher
            pairs += n1 * n0
            sums += float(lower.sum())
            parts += [(here[with_it], lower, n0), (here[~with_it], higher, n1)]
    influence = np.zeros(len(scores))
    if not pairs:
        return None, influence
    for rows, better, others in parts:
        influence[rows] = (better - sums / pairs * others) / pairs
    return sums / pairs, influence


def _by_contact(influence: Floats, contacts: Integers) -> float:
    return sqrt(float(np.square(np.bincount(contacts, influence)).sum()))


def _below(level: Integers, marked: Marks) -> Floats:
    """Return for each row how many marked rows have a lower level; those at the same level count as half."""
    counts = np.bincount(level, marked.astype(np.float64))
    return (np.cumsum(counts) - counts / 2)[level]


def first_of_list(scores: Integers, outcomes: Marks, many: Floats) -> Floats:
    """Return the number of outcomes among the first `many` of a list sorted by descending score.

    Contacts with equal scores share their outcomes evenly: of three contacts with 5 points and one outcome,
    the first two have two thirds of it.
    """
    _, level = np.unique(-scores, return_inverse=True)
    sizes = np.concatenate([[0.0], np.cumsum(np.bincount(level))])
    found = np.concatenate([[0.0], np.cumsum(np.bincount(level, outcomes.astype(np.float64)))])
    shares: Floats = np.interp(many, sizes, found)
    return shares


# --- two groups ---------------------------------------------------------------------------------------


def compare(
    upper: Marks, outcomes: Marks, strata: Integers, contacts: Integers, *, listed: bool = False
) -> Comparison:
    """Compare contact-cuts of an upper group with the others, within the same strata.

    `p` is the larger of those of a score test (Cochran, Mantel and Haenszel, without continuity correction)
    and a likelihood-ratio test: the first is too lenient for rare groups, the second for empty ones. It is
    None if less than one outcome is expected in a group. The ratio is that of Mantel and Haenszel, its
    interval that of Greenland and Robins, widened by the design effect. In a cross-section (`listed`) no
    contact occurs twice; the effect is then how much more the residuals vary than they would if the two
    groups did not differ.
    """
    many = int(strata.max(initial=-1)) + 1
    return Kinds.of(upper, outcomes, strata, many).compared(contacts, listed=listed)


class Kinds(Struct, frozen=True):
    """The stratum and kind of contact-cuts: four kinds, in the upper group or not, with the outcome or not.

    Residuals are equal within a stratum and kind, so they are computed once and looked up. `places` are
    `4 * stratum + 2 * upper + outcome`, and `counts` has the number of contact-cuts at each place, a row per
    stratum. In the module's example, with one stratum and three of the five outcomes among six contact-cuts
    of an upper group, `counts` is `[[4, 2, 3, 3]]`, and a contact-cut of the upper group without the outcome
    has the residual (1 - 6/12)(0 - 5/12). (For 1.2 million contact-cuts this reduced a comparison from 24 ms
    to 9 ms.)
    """

    places: Integers
    counts: Integers

    @classmethod
    def of(cls, upper: Marks, outcomes: Marks, strata: Integers, many: int) -> Kinds:
        """Return the kind of each contact-cut; `many` is the number of strata."""
        places = strata * 4 + upper * 2 + outcomes
        return cls(places, _counted(places, many))

    def moved(self, rows: NDArray[np.int32], places: Integers) -> Kinds:
        """Return a copy with other places for some rows; each row may occur only once."""
        there, many = self.places.copy(), len(self.counts)
        there[rows] = places
        changed = _counted(places, many) - _counted(self.places[rows], many)
        return Kinds(there, self.counts + changed)

    def compared(self, contacts: Integers, *, listed: bool = False) -> Comparison:
        """Compare the upper group with the others, as `compare` does."""
        places, counts = self.places, self.counts
        n, n1 = counts.sum(axis=1), counts[:, 2:].sum(axis=1)
        mixed = (n1 > 0) & (n1 < n)
        if not mixed.any():
            return Comparison()
        if not (mixed | (n == 0)).all():
            rows = np.repeat(mixed, 4)[places]
            places, contacts = places[rows], contacts[rows]
        m, a = counts[:, 1] + counts[:, 3], counts[:, 3]
        size = np.maximum(n, 1)  # avoids a division by 0 for empty strata
        upper, found = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
        table: Floats = (upper - (n1 / size)[:, None]) * (found - (m / size)[:, None])
        residuals = table.reshape(-1)[places]
        effect = design_effect(residuals, contacts)
        n, n1, m, a = (each[mixed].astype(np.float64) for each in (n, n1, m, a))
        variance = _variance(n, n1, m) if listed else 0.0
        if variance:
            effect = max(1.0, float(np.square(residuals).sum()) / variance)
        return Comparison(_ratio(n, n1, m, a, effect), _p(n, n1, m, a, effect))


def _counted(places: Integers, strata: int) -> Integers:
    return np.bincount(places, minlength=4 * strata).reshape(-1, 4)


def _p(n: Floats, n1: Floats, m: Floats, a: Floats, effect: float) -> float | None:
    expected = float((n1 * m / n).sum())
    e1, e0 = expected / effect, (float(m.sum()) - expected) / effect
    variance = _variance(n, n1, m)
    if e1 < 1 or e0 < 1 or not variance:
        return None
    score = (float(a.sum()) - expected) ** 2 / (variance * effect)
    a1, b1 = float(a.sum()) / effect, float((m - a).sum()) / effect
    ratio = 2 * (_x_log_x_over(a1, e1) + _x_log_x_over(b1, e0))
    return max(erfc(sqrt(score / 2)), erfc(sqrt(max(0.0, ratio) / 2)))


def _variance(n: Floats, n1: Floats, m: Floats) -> float:
    """Return the variance of the outcomes in the upper group if the groups did not differ."""
    over = np.where(n > 1, n - 1, 1)
    return float(np.where(n > 1, n1 * (n - n1) * m * (n - m) / (n * n * over), 0).sum())


def _x_log_x_over(x: float, y: float) -> float:
    return x * log(x / y) if x else 0.0


def _ratio(n: Floats, n1: Floats, m: Floats, a: Floats, effect: float) -> Estimate:
    b, n0 = m - a, n - n1
    above, below = float((a * n0 / n).sum()), float((b * n1 / n).sum())
    if not below:
        return Estimate(design_effect=effect)
    if not above:
        return Estimate(0.0, design_effect=effect)
    spread = float(((n1 * n0 * m - a * b * n) / (n * n)).sum()) / (above * below)
    half = Z * sqrt(max(0.0, effect * spread))
    value = above / below
    return Estimate(value, value * exp(-half), value * exp(half), effect)


def holm(found: Sequence[float | None]) -> list[float | None]:
    """Return p-values adjusted by Holm's method: [0.01, 0.04, 0.03, 0.005] give [0.03, 0.06, 0.06, 0.02].

    Source: `statsmodels.stats.multitest.multipletests(method="holm")`. None stays None and doesn't count.
    """
    order = sorted((p, place) for place, p in enumerate(found) if p is not None)
    adjusted: list[float | None] = [None] * len(found)
    most = 0.0
    for before, (p, place) in enumerate(order):
        most = max(most, min(1.0, (len(order) - before) * p))
        adjusted[place] = most
    return adjusted
