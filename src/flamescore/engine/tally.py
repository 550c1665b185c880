"""What became of the rows of an event source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.frames import EventBatches, SourceRecord
    from flamescore.rules import Predicate

STATUSES: Final = ("old", "later", "ignored", "duplicates", "superseded", "orphans", "kept")
"""What becomes of a row; a row that matches several is counted under the first."""


class Past(Struct, frozen=True):
    """How far back a source reaches: the age of its oldest event in seconds, None if it has no events.

    A source with events older than every window that ends reaches back `FOREVER`. `holds` contains the
    predicates (a bit set over `streams.predicates`) that held for any of its events.
    """

    path: str
    oldest: int | None
    holds: int


class Held(Struct, frozen=True):
    """Which predicates held for events of which types, except old events that no window needs.

    `by_type` contains, for each predicate on the type, the predicates that held for any event it holds for.
    """

    by_type: Mapping[Predicate, frozenset[Predicate]] = field(default_factory=dict)

    @classmethod
    def of(cls, predicates: Sequence[Predicate], held: Mapping[int, int]) -> Held:
        """Return `Held` for bit sets over predicates, by the index of the predicate on the type."""
        return cls(
            {
                predicates[kind]: frozenset(p for i, p in enumerate(predicates) if bits >> i & 1)
                for kind, bits in held.items()
            }
        )

    def holds(self, kind: Predicate, predicate: Predicate) -> bool:
        """Return whether a predicate held for an event for which the predicate on the type holds."""
        return predicate in self.by_type.get(kind, ())


class Seen(Struct, frozen=True):
    """The batches of a source that was read: row counts by `STATUSES`, and how far back the events reach."""

    batches: EventBatches
    tally: NDArray[np.int64]
    oldest: int
    signatures: frozenset[int]


def record_of(record: SourceRecord, tally: NDArray[np.int64]) -> SourceRecord:
    """Return a record with the counts of the batches added to those of the other rows."""
    known = record.counts
    found = {name: getattr(known, name) + many for name, many in zip(STATUSES, tally.tolist(), strict=True)}
    return replace(record, counts=replace(known, **found))


def ignoring(
    records: Sequence[SourceRecord], ignored: Sequence[NDArray[np.int64]]
) -> tuple[SourceRecord, ...]:
    """Count kept rows as ignored; each of `ignored` has their number by source for some contacts."""
    lost = [sum(int(each[n]) for each in ignored if n < len(each)) for n in range(len(records))]
    return tuple(
        replace(
            record,
            counts=replace(
                record.counts, kept=record.counts.kept - many, ignored=record.counts.ignored + many
            ),
        )
        if many
        else record
        for record, many in zip(records, lost, strict=True)
    )


def statuses(*reasons: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first of `STATUSES` that applies to each row, or the last if none does."""
    status = np.full(len(reasons[0]), len(reasons), np.int64)
    for number in range(len(reasons) - 1, -1, -1):
        status[reasons[number]] = number
    return status
