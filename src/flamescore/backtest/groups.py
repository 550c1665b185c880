"""Which numbers of flames convert differently, and the sentences that describe it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from msgspec import Struct

from flamescore.backtest.statistics import LIKELY, Comparison, Estimate, compare, different, holm, rate
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.backtest.statistics import Integers, Marks

ENOUGH: Final = 30
"""The minimum number of contacts with the outcome for any statement about groups."""

FLAMES: Final = 6

Order = Literal["in_order", "not_told_apart", "out_of_order", "nothing", "too_few"]


class Band(Struct, frozen=True):
    """The contact-cuts with certain numbers of flames, and how many of them have the outcome."""

    flames: tuple[int, ...]
    contact_cuts: int
    contacts: int
    outcomes: int
    rate: Estimate
    lift: Estimate


class FlameGroups(Struct, frozen=True):
    """Each number of flames separately, 0 to 5; the groups that can be told apart; and what that means.

    `groups` is empty if there are too few outcomes. `misplaced` has the bands that convert less than their
    next lower band, each paired with it.
    """

    bands: tuple[Band, ...]
    groups: tuple[Band, ...]
    order: Order
    sentences: tuple[str, ...]
    misplaced: tuple[tuple[Band, Band], ...] = ()


def flame_groups(flames: Integers, outcomes: Marks, cuts: Integers, contacts: Integers) -> FlameGroups:
    """Return which numbers of flames can be told apart, over all contact-cuts."""
    looked = _Looked(flames, outcomes, cuts, contacts, rate(outcomes, contacts))
    bands = tuple(looked.band((number,)) for number in range(FLAMES))
    there = [band for band in bands if band.contact_cuts]
    empty = tuple(f"Nobody had {count(b.flames[0], 'flame')}." for b in bands if not b.contact_cuts)
    people = different(contacts[outcomes])
    if people < ENOUGH:
        sentence = f"Too few outcomes to say: {count(people, 'contact')} ({ENOUGH} are needed)."
        return FlameGroups(bands, (), "too_few", (sentence, *empty))
    groups = tuple(looked.band(each) for each in _merged(looked, _pooled(there)))
    misplaced = tuple(_misplaced(looked, there))
    order, sentences = _order_and_sentences(there, groups, misplaced)
    return FlameGroups(bands, groups, order, (*sentences, *empty), misplaced)


class _Looked(Struct, frozen=True):
    flames: Integers
    outcomes: Marks
    cuts: Integers
    contacts: Integers
    whole: Estimate

    def band(self, flames: tuple[int, ...]) -> Band:
        rows = np.isin(self.flames, flames)
        outcomes, contacts = self.outcomes[rows], self.contacts[rows]
        found = rate(outcomes, contacts)
        return Band(
            flames,
            len(outcomes),
            different(contacts),
            int(outcomes.sum()),
            found,
            found.over(self.whole),
        )

    def held(self, upper: Sequence[int], lower: Sequence[int]) -> Comparison:
        rows: NDArray[np.bool_] = np.isin(self.flames, [*upper, *lower])
        return compare(
            np.isin(self.flames[rows], upper), self.outcomes[rows], self.cuts[rows], self.contacts[rows]
        )


def _pooled(bands: Sequence[Band]) -> list[tuple[int, ...]]:
    """Pool neighbors until every group converts more than the one below it.

    With rates of 2%, 8%, 5% and 9%, the second and third are pooled at their common rate. Source:
    `scipy.optimize.isotonic_regression`, except that equal rates are pooled too.
    """
    pools: list[tuple[tuple[int, ...], int, int]] = []
    for band in bands:
        pools.append((band.flames, band.outcomes, band.contact_cuts))
        while len(pools) > 1 and pools[-1][1] * pools[-2][2] <= pools[-2][1] * pools[-1][2]:
            flames, outcomes, many = pools.pop()
            below = pools.pop()
            pools.append((below[0] + flames, below[1] + outcomes, below[2] + many))
    return [flames for flames, _, _ in pools]


def _merged(looked: _Looked, groups: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Merge the two neighbors that are hardest to tell apart until all can be; the lower pair wins ties."""
    while len(groups) > 1:
        found = [looked.held(upper, lower).p for lower, upper in itertools.pairwise(groups)]
        least_sure = max(range(len(found)), key=lambda place: (_known(found[place]), -place))
        if _known(found[least_sure]) <= LIKELY:
            break
        groups[least_sure : least_sure + 2] = [groups[least_sure] + groups[least_sure + 1]]
    return groups


def _known(p: float | None) -> float:
    return 1.0 if p is None else p


def _misplaced(looked: _Looked, bands: Sequence[Band]) -> list[tuple[Band, Band]]:
    """Return the bands that convert less than their lower neighbor beyond chance, paired with it."""
    pairs = list(itertools.pairwise(bands))
    sure = holm([_known(looked.held(upper.flames, lower.flames).p) for lower, upper in pairs])
    return [
        (upper, lower)
        for (lower, upper), p in zip(pairs, sure, strict=True)
        if upper.outcomes * lower.contact_cuts < lower.outcomes * upper.contact_cuts and _known(p) < LIKELY
    ]


def _order_and_sentences(
    bands: Sequence[Band], groups: Sequence[Band], misplaced: Sequence[tuple[Band, Band]]
) -> tuple[Order, tuple[str, ...]]:
    if misplaced:
        worse = "; ".join(
            f"{count(upper.flames[0], 'flame')} convert{'s' if upper.flames[0] == 1 else ''} less "
            f"({percent(upper.rate.value)}) than {count(lower.flames[0], 'flame')} "
            f"({percent(lower.rate.value)})"
            for upper, lower in misplaced
        )
        return "out_of_order", (f"The flames are out of order: {worse}.",)
    if len(bands) == 1:
        return "nothing", (f"Everyone has {count(bands[0].flames[0], 'flame')}.",)
    if len(groups) == 1:
        which = describe_flames(groups[0])
        return "nothing", (f"{which} cannot be told apart: this score says nothing about the outcome.",)
    if len(groups) == len(bands):
        first, last = bands[0].flames[0], bands[-1].flames[0]
        return "in_order", (f"Every step from {first} to {count(last, 'flame')} can be told apart.",)
    apart = (f"{describe_flames(group)} cannot be told apart." for group in groups if len(group.flames) > 1)
    return "not_told_apart", tuple(apart)


def describe_flames(band: Band) -> str:
    """Return the flames of a group in words: `2, 3 and 4 flames`."""
    *others, last = (str(each) for each in band.flames)
    return f"{', '.join(others)} and {last} flames"


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal; `-` for None."""
    return "-" if share is None else f"{share:.1%}"
