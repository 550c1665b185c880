"""Events that look like a mail scanner's: whose they are; totals without `bots` and with `bots: remove`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine.bins import Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.judging import Verdict
    from flamescore.engine.ledger import LedgerSummary


class BotsPart(Struct, frozen=True):
    """The contacts of a partition with events that match patterns, as ascending arrays, one column a contact.

    `contact` contains their numbers, `events` how many such events each has, and `patterns` how many match
    each pattern. By score, `before` and `after` are the totals without `bots` and with `remove`
    (ten-thousandths), and `scored_before` and `scored_after` mark who is in the population in each case.
    """

    contact: NDArray[np.int64]
    events: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    scored_before: NDArray[np.bool_]
    scored_after: NDArray[np.bool_]
    patterns: tuple[int, ...]


class Hit(Struct, frozen=True):
    """The contacts of a partition (numbered from its first) with events that match patterns, and how many."""

    contact: NDArray[np.int64]
    events: NDArray[np.int64]
    patterns: tuple[int, ...]

    @classmethod
    def of(cls, partition: Partition, verdict: Verdict | None) -> Hit | None:
        """Find these contacts; return None if there are none."""
        if verdict is None or verdict.scanner is None or not verdict.scanner.any():
            return None
        place = partition.events.contact.astype(np.int64) - partition.first
        many = np.bincount(place[verdict.scanner])
        who = np.flatnonzero(many)
        return cls(who, many[who], tuple(int(mask.sum()) for mask in verdict.patterns))

    def partition(self, whole: Partition, verdict: Verdict) -> Partition:
        """Return a partition of these contacts, renumbered, with the events of the other action of `bots`."""
        assert verdict.other is not None
        number = np.full(whole.last - whole.first, -1, np.int64)
        number[self.contact] = np.arange(len(self.contact))
        mine = number[whole.events.contact.astype(np.int64) - whole.first]
        there = (mine >= 0) & ~verdict.other
        events = replace(whole.events.where(there), contact=mine[there].astype(np.uint32))
        return Partition(0, len(self.contact), events)

    def part(self, first: int, mine: LedgerSummary, other: LedgerSummary, *, remove: bool) -> BotsPart:
        """Combine the totals: `mine` are those of the whole partition, `other` those of these contacts."""
        here = mine.totals[:, self.contact], mine.in_population[:, self.contact]
        there = other.totals, other.in_population
        before, after = (there, here) if remove else (here, there)
        return BotsPart(
            self.contact + first, self.events, before[0], after[0], before[1], after[1], self.patterns
        )
