"""Which streams an event is live for: its signature, and how old it is.

In the example of `streams`, stream 0 needs bits `0b11` and stream 1 needs `0b01`; so signature 0 (`0b01`)
fits stream 1, and signature 1 (`0b11`) fits both. The windows end at 604,800 s and 2,419,200 s, which makes
three buckets of age. `Liveness.table` gives each signature and bucket the number of its live set:

                  under 7 days     7 to 28 days     28 days and more
    signature 0   1: stream 1      0: none          0: none
    signature 1   2: both          3: stream 0      0: none

So the events of 1, 2 and 10 days have the live sets 2, 1 and 3. What has live set 0 is dropped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flamescore.engine.readings import fold_all
from flamescore.engine.streams import types_of
from flamescore.frames import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.clock import Clock
    from flamescore.engine.signatures import Signatures
    from flamescore.engine.streams import Stream, Streams
    from flamescore.rules import Predicate

FOREVER = 2**62


def window_of(streams: Streams, clock: Clock) -> Window:
    """Return which events a scoring looks at: by their type those inside the widest window that names it."""
    reaches: dict[str, int | None] = {}
    for stream in streams.all:
        for kind in fold_all(types_of(stream.where[0])):
            known = reaches.get(kind, 0)
            reaches[kind] = None if known is None or stream.reach is None else max(known, stream.reach)
    widest = max((stream.reach for stream in streams.all if stream.reach is not None), default=None)
    return Window(clock.now, tuple(reaches.items()), widest)


@dataclass(frozen=True)
class Matching:
    """What a signature means to the rule book, by signature."""

    ignored: NDArray[np.bool_]
    reach: NDArray[np.int64]
    """The age at which its events are older than every window that needs their type."""
    streams: tuple[tuple[int, ...], ...]
    unread: tuple[int, ...]


class Matcher:
    """Matches each signature to the streams once."""

    def __init__(self, streams: Streams, signatures: Signatures) -> None:
        self._signatures = signatures
        place = {p: i for i, p in enumerate(signatures.predicates)}
        self._needs = [_needs(stream.where, place) for stream in streams.all]
        self._of_type: dict[int, list[int]] = {}
        for number, stream in enumerate(streams.all):
            self._of_type.setdefault(1 << place[stream.where[0]], []).append(number)
        self._ignored = [_needs(where, place) for where in streams.ignored]
        self._streams = streams.all
        self._reach = [FOREVER if s.reach is None else s.reach for s in streams.all]
        self._widest = max((r for r in self._reach if r != FOREVER), default=FOREVER)
        self._done: list[tuple[bool, int, tuple[int, ...], int]] = []
        self._matching = Matching(np.zeros(0, np.bool_), np.zeros(0, np.int64), (), ())
        self.seen = 0
        """The predicates (a bit set) that have held for any event."""

    def update(self) -> Matching:
        """Match the signatures that are new, and return them all."""
        new = range(len(self._done), self._signatures.count)
        if new:
            self._done += [self._match(*self._signatures.sets(signature)) for signature in new]
            ignored, reach, streams, unread = zip(*self._done, strict=True)
            self._matching = Matching(np.array(ignored, np.bool_), np.array(reach, np.int64), streams, unread)
        return self._matching

    def _match(self, holds: int, unread: int) -> tuple[bool, int, tuple[int, ...], int]:
        self.seen |= holds
        named = sorted(i for kind, streams in self._of_type.items() if holds & kind for i in streams)
        live = tuple(i for i in named if holds & self._needs[i] == self._needs[i])
        asked = 0
        for i in named:
            asked |= self._needs[i]
        reach = max((self._reach[i] for i in named), default=self._widest)
        ignored = any(holds & need == need for need in self._ignored)
        return ignored, reach, live, unread & asked


class Liveness:
    """Numbers the sets of live streams: `sets[k]` are the streams of set `k`; set 0 is empty."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.edges = np.array(sorted({s.reach for s in streams if s.reach is not None}), np.int64)
        self._reach = [FOREVER if s.reach is None else s.reach for s in streams]
        self._wide = [s.wide for s in streams]
        self.sets: list[tuple[int, ...]] = [()]
        self._index: dict[tuple[int, ...], int] = {(): 0}
        self._rows: dict[tuple[int, ...], list[int]] = {}
        self._numbers: list[list[int]] = []
        self._table = np.zeros((0, len(self.edges) + 1), np.int64)
        self.lengths = np.zeros(1, np.int64)
        """The number of streams of each live set."""
        self.wide = np.zeros(1, np.bool_)
        """Whether a stream of each live set needs more of an event than its age."""

    def table(self, matching: Matching) -> NDArray[np.int64]:
        """Return the number of the live set by signature and bucket of age (the edges at or below it)."""
        new = matching.streams[len(self._numbers) :]
        if new:
            self._numbers += [self._by_bucket(streams) for streams in new]
            self._table = np.array(self._numbers, np.int64)
            self.lengths = np.array([len(streams) for streams in self.sets], np.int64)
            self.wide = np.array([any(self._wide[i] for i in streams) for streams in self.sets], np.bool_)
        return self._table

    def _by_bucket(self, streams: tuple[int, ...]) -> list[int]:
        """Number what is live of some streams, bucket by bucket; many signatures have the same streams."""
        if streams not in self._rows:
            self._rows[streams] = [
                self._number(tuple(i for i in streams if self._reach[i] > gone))
                for gone in (0, *self.edges.tolist())
            ]
        return self._rows[streams]

    def _number(self, live: tuple[int, ...]) -> int:
        if live not in self._index:
            self._index[live] = len(self.sets)
            self.sets.append(live)
        return self._index[live]


def _needs(where: tuple[Predicate, ...], place: dict[Predicate, int]) -> int:
    bits = 0
    for predicate in where:
        bits |= 1 << place[predicate]
    return bits
