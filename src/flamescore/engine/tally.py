"""What became of the rows of a source of events."""

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
"""What becomes of a row; one that several fit is counted under the first."""


class Past(Struct, frozen=True):
    """How far back a source goes: the age of its oldest event in seconds, None where it has none.

    One that has events older than every window that ends goes back `FOREVER`. `holds` are the predicates (a
    bit set over `streams.predicates`) that held for any of its events.
    """

    path: str
    oldest: int | None
    holds: int


class Held(Struct, frozen=True):
    """Which predicates held for events of which types, old ones aside that no window needs.

    `by_type` has, for each predicate on the type, those that held for any event it holds for.
    """

    by_type: Mapping[Predicate, frozenset[Predicate]] = field(default_factory=dict)

    @classmethod
    def of(cls, predicates: Sequence[Predicate], held: Mapping[int, int]) -> Held:
        """Take bit sets over predicates, by the place of the predicate on the type."""
        return cls(
            {
                predicates[kind]: frozenset(p for i, p in enumerate(predicates) if bits >> i & 1)
                for kind, bits in held.items()
            }
        )

    def holds(self, kind: Predicate, predicate: Predicate) -> bool:
        """Say whether a predicate held for an event that the predicate on the type holds for."""
        return predicate in self.by_type.get(kind, ())


class Seen(Struct, frozen=True):
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


def ignoring(
    records: Sequence[SourceRecord], ignored: Sequence[NDArray[np.int64]]
) -> tuple[SourceRecord, ...]:
    """Count kept rows as ignored; each of `ignored` has for some contacts how many rows of each source."""
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
    """Return the first of `STATUSES` that fits each row; the last, where none does."""
    status = np.full(len(reasons[0]), len(reasons), np.int64)
    for number in range(len(reasons) - 1, -1, -1):
        status[reasons[number]] = number
    return status
