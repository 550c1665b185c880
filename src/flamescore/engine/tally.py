"""What became of the rows of a source of events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flamescore.frames import EventBatches, SourceRecord

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
    """The batches of a source, read: how many rows of each of `STATUSES` they had, how far back they go."""

    batches: EventBatches
    tally: NDArray[np.int64]
    oldest: int
    signatures: frozenset[int]


def record_of(record: SourceRecord, tally: NDArray[np.int64]) -> SourceRecord:
    """Add what became of the rows of the batches to what is known of the others."""
    known = record.counts
    found = {name: getattr(known, name) + many for name, many in zip(STATUSES, tally.tolist(), strict=True)}
    return replace(record, counts=replace(known, **found))


def statuses(*reasons: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first of `STATUSES` that fits each row; the last, where none does."""
    status = np.full(len(reasons[0]), len(reasons), np.int64)
    for number in range(len(reasons) - 1, -1, -1):
        status[reasons[number]] = number
    return status
