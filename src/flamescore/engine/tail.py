"""From the events of a partition to sums: for each stream, one row a contact that counts anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from flamescore.engine.counting import Occurrences, Timeline, counted, runs
from flamescore.engine.readings import MISSING
from flamescore.engine.worth import contributions, times
from flamescore.units import MAX_POINTS, POINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import Kept, Partition
    from flamescore.engine.clock import Clock
    from flamescore.engine.streams import Streams


_SIGN: Final = 63
"""The bit that keys must leave alone."""

_NOTHING = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Sums:
    """One row a contact (counted from the partition's first, rising), as arrays of one length.

    `occurrences` that count, `points` in ten-thousandths, `age` of the latest in seconds; `unvalued` is how
    many occurrences in all had no number to give points from.
    """

    contact: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: NDArray[np.int64]
    age: NDArray[np.int64]
    unvalued: int = 0


@dataclass(frozen=True)
class LiveSets:
    """The streams of each live set, laid end to end: set `k` is `flat[offsets[k]:offsets[k + 1]]`."""

    offsets: NDArray[np.int64]
    flat: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Iterable[Sequence[int]]) -> LiveSets:
        """Lay sets end to end."""
        listed = list(sets)
        offsets = np.cumsum([0, *(len(streams) for streams in listed)])
        return cls(offsets.astype(np.int64), np.array([s for streams in listed for s in streams], np.int64))

    def exploded(self, live: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many streams each event has, and all these streams, event by event."""
        lengths = np.diff(self.offsets)[live]
        place = np.repeat(self.offsets[live] - (np.cumsum(lengths) - lengths), lengths)
        place += np.arange(len(place))
        return lengths, self.flat[place]


@dataclass(frozen=True)
class Tail:
    """What turns a partition into sums.

    `tables` are the worths of each stream by whole days (contributions, or factors where points come from a
    property); `wide` are the streams that go through the wide form, with the event of each occurrence at
    hand: `broad` are these of each live set, `narrow` the others.
    """

    streams: Streams
    clock: Clock
    tables: tuple[NDArray[np.int64], ...]
    narrow: LiveSets
    broad: LiveSets
    wide: NDArray[np.bool_]
    age_bits: int

    def sums(self, partition: Partition) -> tuple[Sums, ...]:
        """Count and sum up, stream by stream."""
        timeline, streams = self.occurrences(partition)
        return tuple(
            self.summed(number, counted(some, self.streams.all[number], timeline, self.clock))
            for number, some in enumerate(streams)
        )

    def occurrences(self, partition: Partition) -> tuple[Timeline, Iterator[Occurrences]]:
        """Give every live stream of every event an occurrence: the timeline, and those of each stream."""
        events, bits = partition.events, max(1, (partition.last - partition.first).bit_length())
        contact = events.contact.astype(np.int64) - partition.first
        age = events.age.astype(np.int64)
        lengths, keys = self.narrow.exploded(events.live)
        keys <<= bits + self.age_bits
        keys |= np.repeat(contact << self.age_bits | age, lengths)
        keys.sort()
        timeline = Timeline(keys, bits, self.age_bits)
        lengths, streams = self.broad.exploded(events.live)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        return timeline, self._by_stream(timeline, events, contact, age, _grouped(rows, streams))

    def _by_stream(
        self,
        timeline: Timeline,
        events: Kept,
        contact: NDArray[np.int64],
        age: NDArray[np.int64],
        wide: dict[int, NDArray[np.int64]],
    ) -> Iterator[Occurrences]:
        bits = timeline.contact_bits + timeline.age_bits
        bounds = np.searchsorted(timeline.keys, np.arange(len(self.tables) + 1) << bits)
        for number in range(len(self.streams.all)):
            if self.wide[number]:
                rows = wide.get(number)
                yield _NOTHING if rows is None else self._wide(number, events, contact, age, rows)
            else:
                keys = timeline.keys[bounds[number] : bounds[number + 1]] & ((1 << bits) - 1)
                yield Occurrences(keys >> timeline.age_bits, keys & ((1 << timeline.age_bits) - 1))

    def _wide(
        self,
        number: int,
        events: Kept,
        contact: NDArray[np.int64],
        age: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> Occurrences:
        stream = self.streams.all[number]
        contact, age = contact[rows], age[rows]
        worth, valued, value = self.worth(number, age), None, None
        if stream.points.column is not None:
            cells = events.amounts[self.streams.amount_columns.index(stream.points.column)][rows]
            worth, valued = _from_number(cells, stream.points.multiply_by, worth)
        if stream.per is not None and stream.per.column is not None:
            value = events.values[self.streams.per_columns.index(stream.per.column)][rows]
        by_age = stream.points.column is None  # then equal ages are worth the same
        order = _in_order(contact, age, self.age_bits) if by_age else np.lexsort((rows, -worth, age, contact))
        return Occurrences(contact, age, value, worth, valued, rows).take(order)

    def worth(self, number: int, age: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what a stream's table says of each age."""
        table = self.tables[number]
        if len(table) == 1:
            return np.full(len(age), table[0], np.int64)
        found: NDArray[np.int64] = table[np.minimum(age // 86_400, len(table) - 1)]
        return found

    def summed(self, number: int, some: Occurrences) -> Sums:
        """Sum up what counts of a stream."""
        starts, lengths = runs(some.contact)
        worth = self.worth(number, some.age) if some.worth is None else some.worth
        points = np.add.reduceat(worth, starts) if len(starts) else worth
        unvalued = 0 if some.valued is None else len(some.valued) - int(some.valued.sum())
        return Sums(some.contact[starts], lengths, points, some.age[starts], unvalued)


def _in_order(contact: NDArray[np.int64], age: NDArray[np.int64], age_bits: int) -> NDArray[np.int64]:
    """Return the order by contact, age and place: the fastest is to sort numbers that hold all three."""
    place = max(1, len(contact).bit_length())
    if int(contact.max(initial=0)).bit_length() + age_bits + place >= _SIGN:
        return np.lexsort((age, contact))
    key = (contact << age_bits | age) << place | np.arange(len(contact))
    key.sort()
    return key & ((1 << place) - 1)


def _grouped(rows: NDArray[np.int64], streams: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """Return the rows of each stream, in order."""
    order = np.argsort(streams.astype(np.uint16), kind="stable")
    rows, streams = rows[order], streams[order]
    starts, lengths = runs(streams)
    return {int(streams[s]): rows[s : s + n] for s, n in zip(starts.tolist(), lengths.tolist(), strict=True)}


def _from_number(
    cells: NDArray[np.int64], multiply_by: int, factor: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what property's numbers give after decay, and which cells had a number in bounds."""
    read = cells != MISSING
    points, fits = times(np.where(read, cells, 0), multiply_by, MAX_POINTS * POINT)
    return contributions(points, factor), read & fits
