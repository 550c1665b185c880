"""Events kept for counting, in bins of adjacent contacts; beyond a memory limit they spill to disk."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import FileIO
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = tuple[NDArray[Any], ...]
    Stored = Callable[[], Arrays]
    """Returns arrays as they were stored; arrays from a file are read-only."""


MEMORY: Final = 64 << 20
"""Bytes kept in memory: enough that 5 M events under 100 rules never spill to disk."""

_ALIGNED: Final = 8
"""Every array starts at a multiple of this many bytes; no number is wider."""


class Spill:
    """Stores arrays; those that exceed `memory` bytes go to an unnamed temporary file in `folder`.

    The file disappears however the program ends. If it can't be written (because the disk is full, for
    example) or mapped, arrays stay in memory. `put` may be called from several threads.
    """

    def __init__(self, memory: int = MEMORY, folder: Path | None = None) -> None:
        self._memory = memory
        self._folder = folder
        self._file: FileIO | None = None
        self._end = 0
        self._lock = Lock()

    def put(self, arrays: Arrays) -> Stored:
        """Store arrays in memory while they fit, otherwise in the file."""
        size = sum(array.nbytes for array in arrays)
        with self._lock:
            if size > self._memory and not any(array.dtype.hasobject for array in arrays):
                with suppress(OSError):
                    return self._written(arrays)
            self._memory -= size
        return lambda: arrays

    def _written(self, arrays: Arrays) -> Stored:
        """Write arrays to the end of the file, overwriting what a failed attempt left there."""
        file = self._opened()
        start = at = _up(self._end, mmap.ALLOCATIONGRANULARITY)
        places = []
        for array in arrays:
            at = _up(at, _ALIGNED)
            places.append((at - start, array.dtype, len(array)))
            file.seek(at)
            left = np.ascontiguousarray(array).view(np.uint8).data
            while left:
                left = left[file.write(left) :]
            at += array.nbytes
        file.truncate(at)  # sets the length even if the last array is empty
        stored = partial(self._read, start, at - start, tuple(places))
        stored()  # fails here on file systems that can't map files
        self._end = at
        return stored

    def _opened(self) -> FileIO:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115 - next line
            weakref.finalize(self, self._file.close)
        return self._file

    def _read(self, start: int, size: int, places: tuple[tuple[int, np.dtype[Any], int], ...]) -> Arrays:
        """Map arrays of the file into memory; pages that are not accessed are never read."""
        mapped = mmap.mmap(self._opened().fileno(), size, access=mmap.ACCESS_READ, offset=start)
        return tuple(np.frombuffer(mapped, dtype, count, offset) for offset, dtype, count in places)


def _up(number: int, step: int) -> int:
    """Round up to a multiple of a step."""
    return -(-number // step) * step


AGE_BITS: Final = 37
"""Ages in seconds fit in this many bits: four thousand years."""

BIN_BITS: Final = 14
"""A bin has 2 to the power of this many contacts: few enough that partitions can be kept to the budget."""

BUDGET: Final = 1_000_000
"""Occurrences that are counted at once; with their temporaries about 60 MB."""

KEY_BITS: Final = 63
"""Bits of a packed key (`aggregate`): an Int64 without its sign."""

PARTITION_BITS: Final = 18
"""A partition has at most 2 to the power of this many contacts, which bounds arrays by contact."""


class KeptEvents(Struct, frozen=True):
    """Events as arrays of equal length: contact, number of the live set, age.

    `values` and `amounts`, which only wide streams need, belong to the last events; earlier events have none.

    In the example of `streams` no stream is wide, so all three events are bare: contact `[2, 2, 2]`, live
    `[2, 1, 3]`, age `[86400, 172800, 864000]`. With a third rule, `{event: purchase, points: {from:
    amount}}`, a purchase of 30 is a fourth event, put last, and `amounts[0]` is `[300000]`: one entry, not
    four. `bare` is 3, so the amount of event 3 is `amounts[0][3 - 3]`.
    """

    contact: NDArray[np.uint32]
    live: NDArray[np.uint32]
    age: NDArray[np.integer]
    values: tuple[NDArray[np.uint64], ...] = ()
    amounts: tuple[NDArray[np.int64], ...] = ()

    @property
    def bare(self) -> int:
        """The number of leading events that have neither values nor amounts."""
        more = (*self.values, *self.amounts)
        return len(self.contact) - len(more[0]) if more else 0

    @property
    def arrays(self) -> Arrays:
        """All arrays, in the form that `of` accepts."""
        return (self.contact, self.live, self.age, *self.values, *self.amounts)

    @classmethod
    def of(cls, arrays: Arrays, *, values: int) -> KeptEvents:
        """Create events from the result of `arrays`; `values` is how many of the arrays are values."""
        contact, live, age, *more = arrays
        return cls(contact, live, age, tuple(more[:values]), tuple(more[values:]))

    def where(self, mask: NDArray[np.bool_]) -> KeptEvents:
        """Return the marked events."""
        bare = self.bare
        return KeptEvents(
            self.contact[mask],
            self.live[mask],
            self.age[mask],
            tuple(v[mask[bare:]] for v in self.values),
            tuple(a[mask[bare:]] for a in self.amounts),
        )

    def of_sets(self, many: int) -> NDArray[np.int64]:
        """Count the events of each of `many` live sets, a piece at a time: numpy takes 8 bytes per event."""
        found = np.zeros(many, np.int64)
        for first in range(0, len(self.live), BUDGET):
            found += np.bincount(self.live[first : first + BUDGET], minlength=many)
        return found

    def part(self, first: int, last: int) -> KeptEvents:
        """Return the events from `first` up to but excluding `last`."""
        bare = self.bare
        rest = slice(max(first - bare, 0), max(last - bare, 0))
        return KeptEvents(
            self.contact[first:last],
            self.live[first:last],
            self.age[first:last],
            tuple(v[rest] for v in self.values),
            tuple(a[rest] for a in self.amounts),
        )

    def take(self, rows: NDArray[np.integer] | slice) -> KeptEvents:
        """Return some of the events; either all or none of them have values and amounts."""
        return KeptEvents(
            self.contact[rows],
            self.live[rows],
            self.age[rows],
            tuple(v[rows] if len(v) else v for v in self.values),
            tuple(a[rows] if len(a) else a for a in self.amounts),
        )


class Partition(Struct, frozen=True):
    """The events of the contacts from `first` up to but excluding `last`."""

    first: int
    last: int
    events: KeptEvents

    def without(self, gone: NDArray[np.bool_] | None) -> Partition:
        """Return the events that are not marked; None marks no events."""
        return self if gone is None else Partition(self.first, self.last, self.events.where(~gone))

    def earlier(self, age: int) -> tuple[Partition, NDArray[np.bool_]]:
        """Return the events of at least this age for contacts with younger ones, and mark those contacts."""
        place = self.events.contact.astype(np.int64) - self.first
        young = self.events.age < age
        who = np.zeros(self.last - self.first, np.bool_)
        who[place[young]] = True
        return Partition(self.first, self.last, self.events.where(who[place] & ~young)), who


class Bins:
    """Collects events by contact, and returns them in partitions with a bounded number of occurrences.

    Once the events take more than `memory` bytes, they are moved to a temporary file, bin by bin.
    """

    def __init__(
        self,
        contacts: int,
        streams: int,
        *,
        bits: int = BIN_BITS,
        memory: int = MEMORY,
        folder: Path | None = None,
    ) -> None:
        self._contacts = contacts
        self._stream_bits = max(1, streams).bit_length()
        self._shift = min(bits, KEY_BITS - AGE_BITS - self._stream_bits)
        count = (max(contacts, 1) - 1 >> self._shift) + 1
        self._parts: list[list[KeptEvents]] = [[] for _ in range(count)]
        self._spilled: list[list[Stored]] = [[] for _ in range(count)]
        self._spill = Spill(0, folder)
        self._memory, self._held, self._values = memory, 0, 0
        self._occurrences = np.zeros(count, np.int64)
        self.oldest = 0

    def add(self, events: KeptEvents, lengths: NDArray[np.int64]) -> None:
        """Add events to their bins; `lengths` is the number of streams of each live set."""
        if not len(events.contact):
            return
        self.oldest = max(self.oldest, int(events.age.max()))
        where = (events.contact >> self._shift).astype(np.uint16 if len(self._parts) < 2**16 else np.uint32)
        events = events.take(np.argsort(where, kind="stable"))
        sizes = np.bincount(where, minlength=len(self._parts))
        starts = np.cumsum(sizes) - sizes
        for bin_ in np.flatnonzero(sizes).tolist():
            part = events.take(slice(starts[bin_], starts[bin_] + sizes[bin_]))
            self._parts[bin_].append(part)
            self._occurrences[bin_] += int(lengths[part.live].sum())
        self._held += sum(array.nbytes for array in events.arrays)
        if self._held > self._memory:
            self._spill_all()

    def _spill_all(self) -> None:
        """Move all events to the file, bin by bin, concatenated; those without values are kept apart."""
        for bin_, parts in enumerate(self._parts):
            for some in ([p for p in parts if p.bare], [p for p in parts if not p.bare]):
                if some:
                    events = concat_events(some)
                    self._values = len(events.values)
                    self._spilled[bin_].append(self._spill.put(events.arrays))
            self._parts[bin_] = []
        self._held = 0

    @property
    def occurrences(self) -> int:
        """The number of occurrences of the events: one per event and live stream."""
        return int(self._occurrences.sum())

    def partitions(self, budget: int = BUDGET) -> Iterator[Partition]:
        """Yield the events, each once, joining bins while their occurrences stay within the budget."""
        first = 0
        while first < len(self._parts):
            last, total = first + 1, int(self._occurrences[first])
            while last < len(self._parts) and self._fits(first, last):
                total += int(self._occurrences[last])
                if total > budget:
                    break
                last += 1
            yield self._join(first, last)
            first = last

    def _fits(self, first: int, last: int) -> bool:
        """Return whether a partition has at most 256 Ki contacts, and its keys take at most 63 bits."""
        bits = min(PARTITION_BITS, KEY_BITS - self._stream_bits - max(1, self.oldest.bit_length()))
        return (last + 1 - first) << self._shift <= 1 << bits

    def _join(self, first: int, last: int) -> Partition:
        parts = [part for bin_ in self._parts[first:last] for part in bin_]
        parts += [
            KeptEvents.of(stored(), values=self._values)
            for bin_ in self._spilled[first:last]
            for stored in bin_
        ]
        for bin_ in range(first, last):
            self._parts[bin_], self._spilled[bin_] = [], []
        bounds = first << self._shift, min(last << self._shift, self._contacts)
        return Partition(*bounds, concat_events(parts))


def concat_events(parts: Sequence[KeptEvents]) -> KeptEvents:
    """Concatenate events, those without values first."""
    if not parts:
        none = np.zeros(0, np.uint32)
        return KeptEvents(none, none, none)
    parts = sorted(parts, key=lambda part: part.bare, reverse=True)
    return KeptEvents(
        np.concatenate([p.contact for p in parts]),
        np.concatenate([p.live for p in parts]),
        np.concatenate([p.age for p in parts]),
        tuple(np.concatenate(v) for v in zip(*(p.values for p in parts), strict=True)),
        tuple(np.concatenate(a) for a in zip(*(p.amounts for p in parts), strict=True)),
    )
