"""What became of the rows of a source of events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.engine.doubts import Doubts
    from flamescore.frames import SourceRecord

STATUSES: Final = ("old", "later", "ignored", "duplicates", "superseded", "orphans", "kept")
"""What becomes of a row; one that several fit is counted under the first."""


@dataclass(frozen=True)
class Past:
    """How far back a source goes: the age of its oldest event in seconds, None where it has none.

    One that has events older than every window that ends goes back `FOREVER`. `holds` are the predicates (a
    bit set over `streams.predicates`) that held for any of its events.
    """

    path: str
    oldest: int | None
    holds: int


@dataclass(frozen=True)
class Seen:
    """What the rows of a source came to: how many of each of `STATUSES`, and how far back they go."""

    record: SourceRecord
    tally: NDArray[np.int64]
    doubts: Doubts
    oldest: int
    signatures: frozenset[int]

    @property
    def unseen(self) -> int:
        """How many rows were not looked at, since they are older than every window that ends."""
        counts, doubts = self.record.counts, self.doubts
        told = counts.rejected + doubts.faulty + doubts.left_out + doubts.old
        return counts.rows - told - int(self.tally.sum())


def record_of(record: SourceRecord, seen: Seen) -> SourceRecord:
    """Say what became of every row of a source; those that were not read are old."""
    tally, doubts = seen.tally.copy(), seen.doubts
    tally[STATUSES.index("old")] += seen.unseen + doubts.old
    tally[STATUSES.index("ignored")] += doubts.left_out
    found = dict(zip(STATUSES, tally.tolist(), strict=True))
    known = seen.record.counts
    return replace(record, counts=replace(known, rejected=known.rejected + doubts.faulty, **found))


def statuses(*reasons: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first of `STATUSES` that fits each row; the last, where none does."""
    status = np.full(len(reasons[0]), len(reasons), np.int64)
    for number in range(len(reasons) - 1, -1, -1):
        status[reasons[number]] = number
    return status
