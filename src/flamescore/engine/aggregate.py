"""Aggregate the events of a partition: for each stream, one row per contact with anything that counts.

An event has one occurrence for each stream of its live set. A narrow stream needs only the age, so stream,
contact and age are packed into one integer of at most 63 bits, and a single sort orders all of them. A wide
stream also needs a property; its occurrences are sorted separately, with the row of their event.

In the example of `streams`, both streams are narrow. The live sets 2, 1 and 3 produce four occurrences, of
streams 0 and 1, 1, and 0. Four contacts take 3 bits (`contact_bits`: room for one past the last), and
864,000 s take 20 (`age_bits`):

    key = (stream << 3 | contact) << 20 | age

    stream 0, contact 2,  86,400 s    0b0_010_00010101000110000000     2,183,552
    stream 0, contact 2, 864,000 s    0b0_010_11010010111100000000     2,961,152
    stream 1, contact 2,  86,400 s    0b1_010_00010101000110000000    10,572,160
    stream 1, contact 2, 172,800 s    0b1_010_00101010001100000000    10,658,560

In this order, occurrences of one stream and contact are adjacent, the latest first. A key without the age is
a run: stream 0 has run `0 << 3 | 2 = 2` with the ages `[86400, 864000]`, and stream 1 has run
`1 << 3 | 2 = 10` with `[86400, 172800]`. The passes determine which occurrences count: `count: once` keeps
the first of run 2 (a row stays if it is among the first `count` rows, or the row `count` places before it has
another run), and both of run 10 stay. According to the tables of worth by whole days, stream 0 gives 79,200
ten-thousandths (8 points, 1% less after a day) and stream 1 gives 10,000 twice: 9.92 points.

With the third rule of `bins.KeptEvents`, stream 2 is wide. Its one occurrence is that of event 3 (`row`): run
`2 << 3 | 2 = 18`, age 259,200 s, and its own worth, the 300,000 of the event's amount: 30 points.

A pass processes all streams with the same way of counting at once: one stream at a time, the calls on short
arrays kept two threads from running in parallel (3.7 s, now 3.1 s). This module and `passes` use numpy where
the rest uses Polars: a packed sort and passes over it take 1.0 s where the same in Polars expressions takes
2.6 s (20 M events, 100 rules).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine.bins import BUDGET, KEY_BITS
from flamescore.engine.calendar import DAY
from flamescore.engine.exact import largest_size, sum_runs
from flamescore.engine.passes import NOTHING, CarriedValues, Occurrences, Timeline, counted, runs
from flamescore.engine.pieces import sums_in_pieces
from flamescore.engine.readings import MISSING, missing_value
from flamescore.engine.worth import contributions, multiplied
from flamescore.units import MAX_POINTS, POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import KeptEvents, Partition
    from flamescore.engine.calendar import Clock
    from flamescore.engine.exact import Points
    from flamescore.engine.streams import Stream, Streams


PIECES: Final = 4
"""A partition may have this many times the budget: bins are not split, and many are slightly over it."""


class StreamSums(Struct, frozen=True):
    """Sums of a stream: one row per contact, numbered from the partition's first, in ascending order.

    `occurrences` counts those that count, `points` are in ten-thousandths (`exact.Points`), and `age` is that
    of the latest occurrence in seconds. `unvalued` is the total number of occurrences without a number to
    take points from.
    """

    contact: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: Points
    age: NDArray[np.int64]
    unvalued: int = 0


class LiveSets(Struct, frozen=True):
    """The streams of each live set, concatenated: set `k` is `flat[offsets[k]:offsets[k + 1]]`."""

    offsets: NDArray[np.int64]
    flat: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Iterable[Sequence[int]]) -> LiveSets:
        """Concatenate sets."""
        listed = list(sets)
        offsets = np.cumsum([0, *(len(streams) for streams in listed)])
        return cls(offsets.astype(np.int64), np.array([s for streams in listed for s in streams], np.int64))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return the number of streams in each set."""
        return np.diff(self.offsets)

    def only(self, streams: Collection[int]) -> LiveSets:
        """Return the sets restricted to these streams."""
        stays = np.isin(self.flat, list(streams))
        before = np.concatenate([[0], np.cumsum(stays)])
        return LiveSets(before[self.offsets], self.flat[stays])

    def exploded(self, live: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the event and the stream of each occurrence, event by event."""
        lengths = self.lengths[live]
        rows = np.repeat(np.arange(len(live)), lengths)
        place = (self.offsets[live] - (np.cumsum(lengths) - lengths))[rows]
        place += np.arange(len(place))
        return rows, self.flat[place]


class RunSums(Struct, frozen=True):
    """The sums of each run that has any, sorted by run (`passes.Occurrences`), as in `StreamSums`."""

    run: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: Points
    age: NDArray[np.int64]
    unvalued: int = 0


class StreamGroup(Struct, frozen=True):
    """Adjacent streams, from `first` up to but excluding `last`, that all count in the same way as `like`."""

    first: int
    last: int
    like: Stream
    wide: bool

    def by_stream(self, sums: RunSums, contact_bits: int) -> Iterator[StreamSums]:
        """Split the sums of the group by stream."""
        ends = np.arange(self.first, self.last + 1) << contact_bits
        bounds = np.searchsorted(sums.run, ends).tolist()
        contact = sums.run & ((1 << contact_bits) - 1)
        for here in map(slice, bounds, bounds[1:]):
            yield StreamSums(
                contact[here], sums.occurrences[here], sums.points[here], sums.age[here], sums.unvalued
            )


def groups_of(streams: Sequence[Stream], wide: Sequence[bool]) -> tuple[StreamGroup, ...]:
    """Group adjacent streams that count in the same way; a wide stream forms a group of its own."""
    groups: list[StreamGroup] = []
    for number, (stream, is_wide) in enumerate(zip(streams, wide, strict=True)):
        last = groups[-1] if groups else None
        if last is not None and not (last.wide or is_wide) and last.like.counting_key == stream.counting_key:
            groups[-1] = replace(last, last=number + 1)
        else:
            groups.append(StreamGroup(number, number + 1, stream, is_wide))
    return tuple(groups)


class WorthTables(Struct, frozen=True):
    """The worth of occurrences by stream and whole days, concatenated; past its end, a table's last entry."""

    flat: NDArray[np.int64]
    start: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, tables: Sequence[NDArray[np.int64]]) -> WorthTables:
        """Concatenate the tables of the streams."""
        sizes = np.array([len(table) for table in tables], np.int64)
        flat = np.concatenate(tables) if tables else np.zeros(0, np.int64)
        return cls(flat, np.cumsum(sizes) - sizes, sizes - 1)

    def worth(self, stream: NDArray[np.int64], age: NDArray[np.int64]) -> NDArray[np.int64]:
        """Look up the worth of occurrences by stream and age in seconds."""
        found: NDArray[np.int64] = self.flat[np.minimum(age // DAY, self.last[stream]) + self.start[stream]]
        return found

    def largest(self, first: int, last: int) -> int:
        """Return the largest absolute value in the tables of adjacent streams."""
        end = int(self.start[last]) if last < len(self.start) else len(self.flat)
        return largest_size(self.flat[int(self.start[first]) : end])


class Aggregator(Struct, frozen=True):
    """Computes sums from the events of a partition.

    `tables` are the worth of each stream's occurrences by whole days (contributions, or factors where points
    come from a property). `wide` are the wide streams of each live set, and `narrow` are the others. At most
    `at_once` occurrences are expanded at once, except for streams that need all of theirs (`pieces`).
    """

    streams: Streams
    clock: Clock
    tables: WorthTables
    groups: tuple[StreamGroup, ...]
    narrow: LiveSets
    wide: LiveSets
    age_bits: int
    at_once: int = PIECES * BUDGET

    def sums(self, partition: Partition) -> tuple[StreamSums, ...]:
        """Count and sum, stream by stream; more than `at_once` occurrences are processed in pieces."""
        events = partition.events.of_sets(len(self.narrow.offsets) - 1)
        lengths = self.narrow.lengths + self.wide.lengths
        if int((events * lengths).sum()) > self.at_once:
            return sums_in_pieces(self, partition, max(1, self.at_once // int(lengths[events > 0].max())))
        timeline, groups = self.occurrences(partition)
        return tuple(
            sums
            for group, some in groups
            for sums in self.summed(group, counted(some, group.like, timeline, self.clock), timeline)
        )

    def occurrences(self, partition: Partition) -> tuple[Timeline, Iterator[tuple[StreamGroup, Occurrences]]]:
        """Return the timeline, and the occurrences of each group: one for each live stream of each event."""
        events, bits = partition.events, max(1, (partition.last - partition.first).bit_length())
        contact = events.contact.astype(np.int64) - partition.first
        age = events.age.astype(np.int64)
        rows, keys = self.narrow.exploded(events.live)
        keys <<= bits + self.age_bits
        keys |= (contact << self.age_bits | age)[rows]
        keys.sort()
        wide = _grouped(*self.wide.exploded(events.live))
        timeline = Timeline(keys, bits, self.age_bits, self._carried(events, contact, age, wide))
        return timeline, self._by_group(timeline, events, contact, age, wide)

    def _carried(
        self,
        events: KeptEvents,
        contact: NDArray[np.int64],
        age: NDArray[np.int64],
        wide: dict[int, NDArray[np.int64]],
    ) -> CarriedValues | None:
        columns = dict.fromkeys(column for stream in self.streams.all for column in stream.carried)
        if not columns:
            return None
        values = {column: self._values(events, column) for column in columns}
        return CarriedValues(contact, age, wide, values, missing_value())

    def _values(self, events: KeptEvents, column: str) -> Callable[[NDArray[np.int64]], NDArray[np.uint64]]:
        """Return a function that looks up the values of a property by event."""
        number = self.streams.value_columns.index(column)
        return lambda rows: events.values[number][rows - events.bare]

    def _by_group(
        self,
        timeline: Timeline,
        events: KeptEvents,
        contact: NDArray[np.int64],
        age: NDArray[np.int64],
        wide: dict[int, NDArray[np.int64]],
    ) -> Iterator[tuple[StreamGroup, Occurrences]]:
        bits = timeline.contact_bits + timeline.age_bits
        for group in self.groups:
            if group.wide:
                rows = wide.get(group.first)
                run = group.first << timeline.contact_bits | contact
                yield (
                    group,
                    NOTHING if rows is None else self._wide_occurrences(group.first, events, run, age, rows),
                )
            else:
                first, last = np.searchsorted(timeline.keys, (group.first << bits, group.last << bits))
                keys = timeline.keys[first:last]
                yield group, Occurrences(keys >> timeline.age_bits, keys & ((1 << timeline.age_bits) - 1))

    def _wide_occurrences(
        self,
        number: int,
        events: KeptEvents,
        run: NDArray[np.int64],
        age: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> Occurrences:
        stream = self.streams.all[number]
        run, age = run[rows], age[rows]
        worth, valued, value = self.tables.worth(np.full(len(age), number), age), None, None
        if stream.points.column is not None:
            cells = events.amounts[self.streams.amount_columns.index(stream.points.column)][
                rows - events.bare
            ]
            worth, valued = _from_number(cells, stream.points.multiply_by, worth)
        if stream.per_column is not None:
            value = self._values(events, stream.per_column)(rows)
        by_age = stream.points.column is None  # then equal ages are worth the same
        order = _in_order(run, age, self.age_bits) if by_age else np.lexsort((rows, -worth, age, run))
        return Occurrences(run, age, value, worth, valued, rows).take(order)

    def summed(self, group: StreamGroup, some: Occurrences, timeline: Timeline) -> Iterator[StreamSums]:
        """Sum the occurrences of a group that count, stream by stream."""
        bits = timeline.contact_bits
        return group.by_stream(self.run_sums(group, some, bits), bits)

    def run_sums(self, group: StreamGroup, some: Occurrences, contact_bits: int) -> RunSums:
        """Sum the occurrences of a group that count, run by run."""
        starts, lengths = runs(some.run)
        run, age = some.run[starts], some.age[starts]
        worth = self.tables.worth(some.run >> contact_bits, some.age) if some.worth is None else some.worth
        largest = self.tables.largest(group.first, group.last) if some.worth is None else largest_size(worth)
        points = sum_runs(worth, starts, most=largest * int(lengths.max(initial=0)))
        unvalued = 0 if some.valued is None else len(some.valued) - int(some.valued.sum())
        return RunSums(run, lengths, points, age, unvalued)

    def only(self, groups: Sequence[StreamGroup], beside: Collection[int]) -> Aggregator:
        """Return an aggregator for these groups and the streams (`beside`) that theirs are compared with."""
        streams = {*beside, *(stream for each in groups for stream in range(each.first, each.last))}
        return replace(
            self, groups=tuple(groups), narrow=self.narrow.only(streams), wide=self.wide.only(streams)
        )

    def in_order(self, group: StreamGroup, parts: Sequence[Occurrences]) -> Occurrences:
        """Concatenate occurrences of a group and sort them in the order in which they are counted."""
        some = Occurrences.together(parts)
        if some.row is None or group.like.points.column is None:  # then equal ages are worth the same
            return some.take(_in_order(some.run, some.age, self.age_bits))
        assert some.worth is not None
        return some.take(np.lexsort((some.row, -some.worth, some.age, some.run)))


def _in_order(run: NDArray[np.int64], age: NDArray[np.int64], age_bits: int) -> NDArray[np.int64]:
    """Return the order by run, age and place; sorting integers that pack all three is fastest."""
    if not len(run):
        return np.zeros(0, np.int64)
    place = len(run).bit_length()
    run = run - run.min()
    if int(run.max()).bit_length() + age_bits + place > KEY_BITS:
        return np.lexsort((age, run))
    key = (run << age_bits | age) << place | np.arange(len(run))
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
    """Return the contributions of a property's numbers after decay, and which cells have a valid number."""
    read = cells != MISSING
    points, fits = multiplied(np.where(read, cells, 0), multiply_by, MAX_POINTS * POINT)
    return contributions(points, factor), read & fits
