"""Counting a partition with very many occurrences in pieces, so that one contact may have millions of events.

A bin is never split (`bins`), so a partition contains all events of a contact, however many: eight million
events that nine rules count make 72 million occurrences, which took 2.0 GB at once. But most ways of counting
can be combined. For a stream that counts `each` occurrence, the sums of two pieces are added. For one that
keeps the two latest (`count: 2`), with the ages

    first piece     3, 8, 9       keeps 3, 8
    second piece    1, 7          keeps 1, 7
    together        1, 3, 7, 8    keeps 1, 3

whatever a piece drops, all pieces together would drop too. The same applies to the latest of each day. Only
streams that compare occurrences with others (followers, resets, bursts, a number of times before the latest
are kept) need all of theirs at once, and only these are expanded at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.engine.exact import dtype_for, largest_size, to_int64
from flamescore.engine.passes import NOTHING, Occurrences, Timeline, counted, keep_latest_per, keep_newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from flamescore.engine.aggregate import Aggregator, RunSums, StreamGroup, StreamSums
    from flamescore.engine.bins import Partition
    from flamescore.engine.streams import Stream

_GATHERED: Final = 1 << 20
"""Rows of pieces that are collected before they are merged."""


def sums_in_pieces(aggregator: Aggregator, partition: Partition, step: int) -> tuple[StreamSums, ...]:
    """Return the same as `Aggregator.sums`, processing `step` events at a time."""
    groups = aggregator.groups
    parted: dict[int, _Added | _Thinned] = {}
    for group in groups:
        if _adds_up(group.like):
            parted[group.first] = _Added(group, aggregator)
        elif _thins_out(group.like):
            parted[group.first] = _Thinned(group, aggregator)
    bits = max(1, (partition.last - partition.first).bit_length())
    found: dict[int, RunSums] = {}
    whole = [group for group in groups if group.first not in parted]
    if whole:
        found |= dict(_at_once(aggregator, whole, partition))
    if parted:
        some = aggregator.only([each.group for each in parted.values()], ())
        for first in range(0, len(partition.events.contact), step):
            piece = replace(partition, events=partition.events.part(first, first + step))
            for group, occurrences in some.occurrences(piece)[1]:
                if len(occurrences.run):
                    parted[group.first].add(occurrences, bits, first)
    found |= {first: each.done(bits) for first, each in parted.items()}
    return tuple(sums for group in groups for sums in group.by_stream(found[group.first], bits))


def _at_once(
    aggregator: Aggregator, groups: list[StreamGroup], partition: Partition
) -> Iterator[tuple[int, RunSums]]:
    """Count groups that need all of their occurrences at once, and the streams they are compared with."""
    needed = aggregator.only(groups, aggregator.streams.beside)
    relevant = (needed.narrow.lengths + needed.wide.lengths > 0)[partition.events.live]
    timeline, found = needed.occurrences(replace(partition, events=partition.events.where(relevant)))
    for group, some in found:
        kept = counted(some, group.like, timeline, aggregator.clock)
        yield group.first, aggregator.run_sums(group, kept, timeline.contact_bits)


def _stands_alone(stream: Stream) -> bool:
    """Return whether the outcome of an occurrence is independent of other events."""
    return not stream.resets and not stream.links and stream.burst is None


def _any_times(stream: Stream) -> bool:
    return stream.times == 1 and stream.most is None


def _adds_up(stream: Stream) -> bool:
    """Return whether the sums of pieces can be added."""
    return _stands_alone(stream) and stream.per is None and stream.count is None and _any_times(stream)


def _thins_out(stream: Stream) -> bool:
    """Return whether a piece can drop what all pieces together would drop."""
    newest = stream.count is not None and _any_times(stream)
    return _stands_alone(stream) and (stream.per is not None or newest)


class _Added(Struct):
    """The sums of a group, collected piece by piece; runs without any occurrence are omitted."""

    group: StreamGroup
    aggregator: Aggregator
    _parts: list[RunSums] = field(default_factory=list)

    def add(self, some: Occurrences, bits: int, first: int) -> None:
        """Add the occurrences of a piece whose events begin at `first`."""
        del first
        self._parts.append(self.aggregator.run_sums(self.group, some, bits))
        if len(self._parts) > 1 and sum(len(part.run) for part in self._parts) > _GATHERED:
            self._parts = [_summed(self._parts)]

    def done(self, bits: int) -> RunSums:
        """Return the sums."""
        return _summed(self._parts) if self._parts else self.aggregator.run_sums(self.group, NOTHING, bits)


def _summed(parts: list[RunSums]) -> RunSums:
    """Add sums, run by run."""
    run = np.concatenate([part.run for part in parts])
    order = np.argsort(run, kind="stable")
    run = run[order]
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    most = sum(largest_size(part.points) for part in parts)
    points = np.concatenate([part.points.astype(dtype_for(most)) for part in parts])[order]
    return replace(
        parts[0],
        run=run[starts],
        occurrences=np.add.reduceat(np.concatenate([p.occurrences for p in parts])[order], starts),
        points=to_int64(np.add.reduceat(points, starts)),
        age=np.minimum.reduceat(np.concatenate([part.age for part in parts])[order], starts),
        unvalued=sum(part.unvalued for part in parts),
    )


class _Thinned(Struct):
    """The occurrences of a group that may count, collected piece by piece; empty runs are omitted."""

    group: StreamGroup
    aggregator: Aggregator
    _parts: list[Occurrences] = field(default_factory=list)

    def add(self, some: Occurrences, bits: int, first: int) -> None:
        """Add the occurrences of a piece whose events begin at `first`."""
        row = None if some.row is None else some.row + first
        self._parts.append(self._thin(replace(some, row=row), bits))
        if len(self._parts) > 1 and sum(len(part.run) for part in self._parts) > _GATHERED:
            self._parts = [self._thin(self._joined(), bits)]

    def done(self, bits: int) -> RunSums:
        """Count the remaining occurrences."""
        kept = counted(self._joined(), self.group.like, self._timeline(bits), self.aggregator.clock)
        return self.aggregator.run_sums(self.group, kept, bits)

    def _joined(self) -> Occurrences:
        return self.aggregator.in_order(self.group, self._parts) if self._parts else NOTHING

    def _thin(self, some: Occurrences, bits: int) -> Occurrences:
        like = self.group.like
        for kept_by in (keep_latest_per, *((keep_newest,) if _any_times(like) else ())):
            keep = kept_by(some, like, self._timeline(bits), self.aggregator.clock) if len(some.run) else None
            some = some if keep is None else some.take(keep)
        return some

    def _timeline(self, bits: int) -> Timeline:
        nothing: NDArray[np.int64] = np.zeros(0, np.int64)
        return Timeline(nothing, bits, self.aggregator.age_bits)
