"""From the events of a partition to sums: one row for each contact and stream that counts anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flamescore.engine.counting import Counting, Occurrences, counted, runs
from flamescore.engine.readings import MISSING
from flamescore.engine.sums import ByStream, Sums, by_stream
from flamescore.engine.worth import Worth, contributions, times
from flamescore.units import MAX_POINTS, POINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import Kept, Partition
    from flamescore.engine.streams import Streams


@dataclass(frozen=True)
class Tail:
    """What turns a partition into sums. `wide` forces every stream through the wide form (for tests)."""

    streams: Streams
    how: Counting
    worth: Worth
    offsets: NDArray[np.int64]
    flat: NDArray[np.int64]
    wide: NDArray[np.bool_]

    def sums(self, partition: Partition) -> ByStream:
        """Count, and sum up."""
        both = self.occurrences(partition.first, partition.events)
        timeline = self.timeline(both[0])
        parts = [_summed(counted(some, self.how, timeline), self.how) for some in both]
        return by_stream(parts, len(self.how.streams))

    def timeline(self, narrow: Occurrences) -> NDArray[np.int64]:
        """Return the sorted keys among which followers are looked for."""
        return narrow.pair << self.how.age_bits | narrow.age

    def occurrences(self, first: int, events: Kept) -> tuple[Occurrences, Occurrences]:
        """Give every live stream of every event an occurrence: (narrow ones, wide ones), each sorted."""
        row, stream = self._exploded(events.live)
        wide = self.wide[stream]
        return self._narrow(first, events, row[~wide], stream[~wide]), self._wide(first, events, row[wide], stream[wide])

    def _exploded(self, live: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        lengths = np.diff(self.offsets)[live]
        row = np.repeat(np.arange(len(live)), lengths)
        place = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return row, self.flat[self.offsets[live][row] + place]

    def _pair(self, first: int, events: Kept, row: NDArray[np.int64], stream: NDArray[np.int64]) -> NDArray[np.int64]:
        return (events.contact[row].astype(np.int64) - first) << self.how.bits | stream

    def _narrow(
        self, first: int, events: Kept, row: NDArray[np.int64], stream: NDArray[np.int64]
    ) -> Occurrences:
        bits = self.how.age_bits
        key = self._pair(first, events, row, stream) << bits | events.age[row].astype(np.int64)
        key.sort()
        pair, age = key >> bits, key & ((1 << bits) - 1)
        return Occurrences(pair, age, self.worth.at(self.how.stream(pair), age))

    def _wide(self, first: int, events: Kept, row: NDArray[np.int64], stream: NDArray[np.int64]) -> Occurrences:
        pair, age = self._pair(first, events, row, stream), events.age[row].astype(np.int64)
        worth, valued = self._amounts(events, row, stream, self.worth.at(stream, age))
        value = np.zeros(len(row), np.uint64)
        for number in np.unique(stream).tolist():
            per = self.how.streams[number].per
            if per is not None and per.column is not None:
                mine = stream == number
                value[mine] = events.values[self.streams.per_columns.index(per.column)][row[mine]]
        order = np.lexsort((row, -worth, age, pair))
        return Occurrences(pair[order], age[order], worth[order], value[order], row[order], valued[order])

    def _amounts(
        self, events: Kept, row: NDArray[np.int64], stream: NDArray[np.int64], worth: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        valued = np.ones(len(row), np.bool_)
        for number in np.unique(stream).tolist():
            points = self.how.streams[number].points
            if points.column is not None:
                mine = stream == number
                cells = events.amounts[self.streams.amount_columns.index(points.column)][row[mine]]
                read = cells != MISSING
                number_, fits = times(np.where(read, cells, 0), points.multiply_by, MAX_POINTS * POINT)
                worth[mine] = contributions(number_, worth[mine])
                valued[mine] = read & fits
        return worth, valued


def flattened(sets: Sequence[tuple[int, ...]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lay the live sets end to end: set `k` is `flat[offsets[k]:offsets[k + 1]]`."""
    offsets = np.cumsum([0, *(len(streams) for streams in sets)])
    return offsets.astype(np.int64), np.array([s for streams in sets for s in streams], np.int64)


def _summed(some: Occurrences, how: Counting) -> Sums:
    starts, lengths = runs(some.pair)
    pair = some.pair[starts]
    unvalued = np.zeros(len(starts), np.int64)
    if some.valued is not None and len(starts):
        unvalued = np.add.reduceat((~some.valued).astype(np.int64), starts)
    points = np.add.reduceat(some.worth, starts) if len(starts) else unvalued
    return Sums(pair >> how.bits, how.stream(pair), lengths, points, some.age[starts], unvalued)
