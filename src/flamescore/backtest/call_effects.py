"""What calls do to a score: who was called beside who was not, and who is held out of the list."""

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

    from flamescore.backtest.looked import Looked

    Marks = NDArray[np.bool_]

BOUND: Final = (
    "Who converts at once has little time to be called, and counts as not called. Only a hold-out can tell "
    "what calls do."
)
"""What has to be known beside the numbers of who was called."""


class Part(Struct, frozen=True):
    """Some contact-cuts, and how many of them have the outcome."""

    contact_cuts: int
    contacts: int
    outcomes: int
    rate: Estimate


class Calls(Struct, frozen=True):
    """By flames, 0 to 5, those who were called in the horizon before the outcome, and the others.

    `groups` says of those who were not called which flames can be told apart.
    """

    called: tuple[Part, ...]
    not_called: tuple[Part, ...]
    groups: FlameGroups


class HeldOut(Struct, frozen=True):
    """Who is hot and held out of the call list, and who is hot and is not, from a day on.

    `ratio` is how many times as often those who are held out have the outcome; its p-value is None under 30
    contacts with the outcome. `cuts` are those that are looked at.
    """

    since: datetime
    cuts: int
    held_out: Part
    others: Part
    ratio: Comparison


def calls_of(looked: Looked) -> Calls | None:
    """Part each number of flames by who was called; None where nobody asked."""
    if looked.called is None:
        return None
    kept = ~looked.called
    return Calls(
        tuple(_part(looked, (looked.flames == number) & looked.called) for number in range(FLAMES)),
        tuple(_part(looked, (looked.flames == number) & kept) for number in range(FLAMES)),
        flame_groups(looked.flames[kept], looked.outcomes[kept], looked.cuts[kept], looked.contacts[kept]),
    )


def held_out_of(looked: Looked, cuts: Sequence[datetime], since: datetime | None) -> HeldOut | None:
    """Hold those who are hot and held out against the others who are hot, cut by cut, from a day on."""
    if looked.held_out is None or since is None:
        return None
    numbers = [number for number, as_of in enumerate(cuts) if as_of >= since]
    hot = looked.hot & np.isin(looked.cuts, numbers)
    out = looked.held_out & hot
    ratio = compare(out[hot], looked.outcomes[hot], looked.cuts[hot], looked.contacts[hot])
    if different(looked.contacts[hot & looked.outcomes]) < ENOUGH:
        ratio = Comparison(ratio.ratio)
    return HeldOut(since, len(numbers), _part(looked, out), _part(looked, hot & ~out), ratio)


def _part(looked: Looked, marked: Marks) -> Part:
    outcomes, contacts = looked.outcomes[marked], looked.contacts[marked]
    return Part(len(outcomes), different(contacts), int(outcomes.sum()), rate(outcomes, contacts))
