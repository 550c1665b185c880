"""The effect of calls on a score: contacts who were called or not, and the hold-out of the call list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from flamescore.backtest.groups import ENOUGH, FLAMES, FlameGroups, flame_groups
from flamescore.backtest.statistics import Comparison, Estimate, compare, different, rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.backtest.score_over_cuts import ScoreOverCuts

    Marks = NDArray[np.bool_]

BOUND: Final = (
    "Who converts at once has little time to be called, and counts as not called. Only a hold-out can tell "
    "what calls do."
)
"""The caveat shown next to the numbers on called contacts."""


class Part(Struct, frozen=True):
    """A set of contact-cuts, and how many of them have the outcome."""

    contact_cuts: int
    contacts: int
    outcomes: int
    rate: Estimate


class Calls(Struct, frozen=True):
    """By flames, 0 to 5: contact-cuts called within the horizon and before the outcome, and all others.

    `groups` states which flames can be told apart among the contact-cuts that were not called.
    """

    called: tuple[Part, ...]
    not_called: tuple[Part, ...]
    groups: FlameGroups


class HeldOut(Struct, frozen=True):
    """Hot contacts that are held out of the call list, and hot contacts that are not, from a given day on.

    `ratio` is how many times as often held-out contacts have the outcome; its p-value is None with fewer than
    30 contacts with the outcome. `cuts` is the number of cuts that are compared.
    """

    since: datetime
    cuts: int
    held_out: Part
    others: Part
    ratio: Comparison


def calls_of(looked: ScoreOverCuts) -> Calls | None:
    """Split each number of flames by whether contacts were called; None if calls were not requested."""
    if looked.called is None:
        return None
    kept = ~looked.called
    return Calls(
        tuple(_part(looked, (looked.flames == number) & looked.called) for number in range(FLAMES)),
        tuple(_part(looked, (looked.flames == number) & kept) for number in range(FLAMES)),
        flame_groups(looked.flames[kept], looked.outcomes[kept], looked.cuts[kept], looked.contacts[kept]),
    )


def held_out_of(looked: ScoreOverCuts, cuts: Sequence[datetime], since: datetime | None) -> HeldOut | None:
    """Compare hot contacts that are held out with other hot contacts, cut by cut, from a given day on."""
    if looked.held_out is None or since is None:
        return None
    numbers = [number for number, as_of in enumerate(cuts) if as_of >= since]
    hot = looked.hot & np.isin(looked.cuts, numbers)
    out = looked.held_out & hot
    ratio = compare(out[hot], looked.outcomes[hot], looked.cuts[hot], looked.contacts[hot])
    if different(looked.contacts[hot & looked.outcomes]) < ENOUGH:
        ratio = Comparison(ratio.ratio)
    return HeldOut(since, len(numbers), _part(looked, out), _part(looked, hot & ~out), ratio)


def _part(looked: ScoreOverCuts, marked: Marks) -> Part:
    outcomes, contacts = looked.outcomes[marked], looked.contacts[marked]
    return Part(len(outcomes), different(contacts), int(outcomes.sum()), rate(outcomes, contacts))
