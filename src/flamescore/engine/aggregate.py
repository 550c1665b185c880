"""From the events of a partition to sums: for each stream, one row a contact that counts anything.

Every event has one occurrence for each stream of its live set. A narrow stream needs only the age, so stream,
contact and age are packed into one whole number of at most 63 bits, and one sort orders all of them. A wide
stream needs a property too; its occurrences are sorted apart, with the row of their event.

In the example of `streams` both streams are narrow. The live sets 2, 1 and 3 make four occurrences, of
streams 0 and 1, 1, and 0. Four contacts take 3 bits (`contact_bits`: room for one past the last), and
864,000 s take 20 (`age_bits`):

    key = (stream << 3 | contact) << 20 | age

    stream 0, contact 2,  86,400 s    0b0_010_00010101000110000000     2,183,552
    stream 0, contact 2, 864,000 s    0b0_010_11010010111100000000     2,961,152
    stream 1, contact 2,  86,400 s    0b1_010_00010101000110000000    10,572,160
    stream 1, contact 2, 172,800 s    0b1_010_00101010001100000000    10,658,560

Sorted so, occurrences of one stream and contact are neighbours, the latest first. Without the age a key is a
run: stream 0 has run `0 << 3 | 2 = 2` with the ages `[86400, 864000]`, and stream 1 has run `1 << 3 | 2 = 10`
with `[86400, 172800]`. The passes say which occurrences count: `count: once` keeps the first of run 2 (a row
stays if it is among the first `count` rows, or the row `count` places before it has another run), and both of
run 10 stay. By the tables of worth by whole days, stream 0 gives 79,200 ten-thousandths (8 points, 1% less
after a day) and stream 1 gives 10,000 twice: 9.92 points.

With the third rule of `bins.KeptEvents`, stream 2 is wide. Its one occurrence is of event 3 (`row`): run
`2 << 3 | 2 = 18`, age 259,200 s, and a worth of its own, the 300,000 of the event's amount: 30 points.

A pass goes over all streams that count alike at once: with one at a time, calls on short arrays kept two
threads from working side by side (3.7 s, now 3.1 s). This module and `passes` are numpy where the rest is
Polars: a packed sort and passes over it take 1.0 s where the same in Polars expressions takes 2.6 s (20 M
events, 100 rules).
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
"""A partition may have so many times the budget at once: its bins are not parted, and many go a bit above."""


class StreamSums(Struct, frozen=True):
    """One row a contact (counted from the partition's first, rising), as arrays of one length.

    `occurrences` that count, `points` in ten-thousandths (`exact.Points`), `age` of the latest in seconds;
    `unvalued` is how many occurrences in all had no number to give points from.
    """

    contact: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: Points
    age: NDArray[np.int64]
    unvalued: int = 0


class LiveSets(Struct, frozen=True):
    """The streams of each live set, laid end to end: set `k` is `flat[offsets[k]:offsets[k + 1]]`."""

    offsets: NDArray[np.int64]
    flat: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Iterable[Sequence[int]]) -> LiveSets:
        """Lay sets end to end."""
        listed = list(sets)
        offsets = np.cumsum([0, *(len(streams) for streams in listed)])
        return cls(offsets.astype(np.int64), np.array([s for streams in listed for s in streams], np.int64))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return how many streams each set has."""
        return np.diff(self.offsets)

    def only(self, streams: Collection[int]) -> LiveSets:
        """Return the same sets with these streams alone."""
        stays = np.isin(self.flat, list(streams))
        before = np.concatenate([[0], np.cumsum(stays)])
        return LiveSets(before[self.offsets], self.flat[stays])

    def exploded(self, live: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give each event all its streams: the event and the stream of each occurrence, event by event."""
        lengths = self.lengths[live]
        rows = np.repeat(np.arange(len(live)), lengths)
        place = (self.offsets[live] - (np.cumsum(lengths) - lengths))[rows]
        place += np.arange(len(place))
        return rows, self.flat[place]


class RunSums(Struct, frozen=True):
    """What counts of each run that has anything, sorted by run (`passes.Occurrences`), as in `StreamSums`."""

    run: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: Points
    age: NDArray[np.int64]
    unvalued: int = 0


class StreamGroup(Struct, frozen=True):
    """Neighbouring streams, from `first` up to `last`, that count alike: all as `like` does."""

    first: int
    last: int
    like: Stream
    wide: bool

    def by_stream(self, sums: RunSums, contact_bits: int) -> Iterator[StreamSums]:
        """Part sums of the group by stream."""
        ends = np.arange(self.first, self.last + 1) << contact_bits
        bounds = np.searchsorted(sums.run, ends).tolist()
        contact = sums.run & ((1 << contact_bits) - 1)
        for here in map(slice, bounds, bounds[1:]):
            yield StreamSums(
                contact[here], sums.occurrences[here], sums.points[here], sums.age[here], sums.unvalued
            )


def groups_of(streams: Sequence[Stream], wide: Sequence[bool]) -> tuple[StreamGroup, ...]:
    """Put neighbouring streams together that count alike; those of the wide form stand alone."""
    groups: list[StreamGroup] = []
    for number, (stream, is_wide) in enumerate(zip(streams, wide, strict=True)):
        last = groups[-1] if groups else None
        if last is not None and not (last.wide or is_wide) and last.like.counting_key == stream.counting_key:
            groups[-1] = replace(last, last=number + 1)
        else:
            groups.append(StreamGroup(number, number + 1, stream, is_wide))
    return tuple(groups)


class WorthTables(Struct, frozen=True):
    """What an occurrence is worth by stream and whole days, laid end to end; past a table its last entry."""

    flat: NDArray[np.int64]
    start: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, tables: Sequence[NDArray[np.int64]]) -> WorthTables:
        """Lay the tables of the streams end to end."""
        sizes = np.array([len(table) for table in tables], np.int64)
        flat = np.concatenate(tables) if tables else np.zeros(0, np.int64)
        return cls(flat, np.cumsum(sizes) - sizes, sizes - 1)

    def worth(self, stream: NDArray[np.int64], age: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what the tables of streams say of ages in seconds."""
        found: NDArray[np.int64] = self.flat[np.minimum(age // DAY, self.last[stream]) + self.start[stream]]
        return found

    def largest(self, first: int, last: int) -> int:
        """Return the largest size of what the tables of neighbouring streams say."""
        end = int(self.start[last]) if last < len(self.start) else len(self.flat)
        return largest_size(self.flat[int(self.start[first]) : end])


class Aggregator(Struct, frozen=True):
    """Turns the events of a partition into sums.

    `tables` are what each stream's occurrences are worth by whole days (contributions, or factors where
    points come from a property). `wide` are the wide streams of each live set, `narrow` the others.
    No more than `at_once` occurrences are laid out at once, but for streams that need all (`pieces`).
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
        """Count and sum up, stream by stream; more than `at_once` occurrences piece by piece."""
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
        """Give every live stream of every event an occurrence: the timeline, and those of each group."""
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
        """Return what looks up the values that events have of a property."""
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
        """Sum up what counts of a group, stream by stream."""
        bits = timeline.contact_bits
        return group.by_stream(self.run_sums(group, some, bits), bits)

    def run_sums(self, group: StreamGroup, some: Occurrences, contact_bits: int) -> RunSums:
        """Sum up what counts of a group, run by run."""
        starts, lengths = runs(some.run)
        run, age = some.run[starts], some.age[starts]
        worth = self.tables.worth(some.run >> contact_bits, some.age) if some.worth is None else some.worth
        largest = self.tables.largest(group.first, group.last) if some.worth is None else largest_size(worth)
        points = sum_runs(worth, starts, most=largest * int(lengths.max(initial=0)))
        unvalued = 0 if some.valued is None else len(some.valued) - int(some.valued.sum())
        return RunSums(run, lengths, points, age, unvalued)

    def only(self, groups: Sequence[StreamGroup], beside: Collection[int]) -> Aggregator:
        """Return what counts these groups alone, with the streams beside that theirs are held against."""
        streams = {*beside, *(stream for each in groups for stream in range(each.first, each.last))}
        return replace(
            self, groups=tuple(groups), narrow=self.narrow.only(streams), wide=self.wide.only(streams)
        )

    def in_order(self, group: StreamGroup, parts: Sequence[Occurrences]) -> Occurrences:
        """Put occurrences of a group together, in the order in which they are counted."""
        some = Occurrences.together(parts)
        if some.row is None or group.like.points.column is None:  # then equal ages are worth the same
            return some.take(_in_order(some.run, some.age, self.age_bits))
        assert some.worth is not None
        return some.take(np.lexsort((some.row, -some.worth, some.age, some.run)))


def _in_order(run: NDArray[np.int64], age: NDArray[np.int64], age_bits: int) -> NDArray[np.int64]:
    """Return the order by run, age and place: the fastest is to sort numbers that hold all three."""
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
    """Return what the numbers of a property give after decay, and which cells had a number in bounds."""
    read = cells != MISSING
    points, fits = multiplied(np.where(read, cells, 0), multiply_by, MAX_POINTS * POINT)
    return contributions(points, factor), read & fits
