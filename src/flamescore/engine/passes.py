"""Which occurrences count: a pass a step, over sorted runs, for all streams at once that count alike.

The passes stand in the order of the language (`PASSES`); each takes the occurrences that the ones before have
left, and marks those that stay. The example of `streams` is followed through them in `aggregate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from flamescore.engine.calendar import Clock
    from flamescore.engine.streams import FollowerLink, Stream


_MIX_RUN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_ALL: Final = np.uint64(0xD6E8FEB86659FD93)
"""Odd numbers that spread what is multiplied by them over all bits."""


@dataclass(frozen=True)
class Occurrences:
    """Occurrences of streams that count alike, sorted by run, then age in seconds, then the larger worth.

    A run is what one contact has of one stream: `stream << contact_bits | contact`, contacts counted from the
    partition's first. `value` is what tells occurrences apart under `per` a property, `row` the event of
    each, `worth` and `valued` their contributions and whether these came from a number; None where the
    streams need none of it.
    """

    run: NDArray[np.int64]
    age: NDArray[np.int64]
    value: NDArray[np.uint64] | None = None
    worth: NDArray[np.int64] | None = None
    valued: NDArray[np.bool_] | None = None
    row: NDArray[np.int64] | None = None

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Occurrences:
        """Return some of the occurrences."""
        return Occurrences(
            self.run[rows],
            self.age[rows],
            None if self.value is None else self.value[rows],
            None if self.worth is None else self.worth[rows],
            None if self.valued is None else self.valued[rows],
            None if self.row is None else self.row[rows],
        )


@dataclass(frozen=True)
class Timeline:
    """Every narrow occurrence, sorted, as `(stream << contact_bits | contact) << age_bits | age`."""

    keys: NDArray[np.int64]
    contact_bits: int
    age_bits: int

    def follows(self, some: Occurrences, link: FollowerLink) -> NDArray[np.bool_]:
        """Say whether a follower is at most `within` seconds younger (and, if strict, younger at all)."""
        contact = some.run & ((1 << self.contact_bits) - 1)
        base = (link.stream << self.contact_bits | contact) << self.age_bits
        first = np.searchsorted(self.keys, base | np.maximum(some.age - link.within, 0), side="left")
        last = np.searchsorted(self.keys, base | some.age, side="left" if link.strict else "right")
        found: NDArray[np.bool_] = last > first
        return found


def keep_followed(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep what is followed, or not followed, as the stream asks."""
    del clock
    keep = None
    if stream.followed_by:
        keep = timeline.follows(some, stream.followed_by)
    if stream.unless_followed_by:
        link = stream.unless_followed_by
        alone = ~timeline.follows(some, link) & (some.age >= link.within)
        keep = alone if keep is None else keep & alone
    return keep


def keep_latest_per(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep the latest occurrence of each calendar day, week or month, or value of a property."""
    del timeline
    if stream.per is None:
        return None
    if stream.per.unit is not None:
        days = clock.local_days(clock.now - some.age)
        return _first_of_each(some.run, CALENDAR[stream.per.unit](days))
    assert some.value is not None
    return _first_of_each(some.run, some.value)


CALENDAR: Final[dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]]] = {
    "day": lambda days: days,
    "week": lambda days: (days + 3) // 7,  # 1970-01-01 was a Thursday: weeks start on Mondays
    "month": lambda days: days.astype("M8[D]").astype("M8[M]").astype(np.int64),
}
"""The number of the calendar's day, week or month from that of the day."""


def _first_of_each(
    run: NDArray[np.int64], value: NDArray[np.int64] | NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Mark the first row of each run and value; rows come sorted by run."""
    same = run[1:] == run[:-1]
    if not np.any(same & (value[1:] > value[:-1])):  # then equal values are neighbours already
        return np.concatenate([[True], ~(same & (value[1:] == value[:-1]))])
    twin, order = _group_equal(run, value)
    first = np.ones(len(order), np.bool_)
    first[order[1:]] = ~twin
    return first


def _group_equal(
    run: NDArray[np.int64], value: NDArray[np.int64] | NDArray[np.uint64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Bring equal runs and values together: which are like the one before, and the rows in that order.

    A sort of one number that holds a hash of both and the row takes a tenth of a `lexsort`, which stands in
    where two hashes happen to be alike.
    """
    place = np.uint64(max(1, len(run).bit_length()))
    mixed = (value.astype(np.uint64) + run.astype(np.uint64) * _MIX_RUN) * _MIX_ALL
    key = mixed >> place << place | np.arange(len(run), dtype=np.uint64)
    key.sort()
    order = (key & ((np.uint64(1) << place) - np.uint64(1))).astype(np.int64)
    alike = key[1:] >> place == key[:-1] >> place
    twin = _equals_previous(run[order], value[order])
    if np.any(alike & ~twin):
        order = np.lexsort((value, run))
        twin = _equals_previous(run[order], value[order])
    return twin, order


def _equals_previous(
    run: NDArray[np.int64], value: NDArray[np.int64] | NDArray[np.uint64]
) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (run[1:] == run[:-1]) & (value[1:] == value[:-1])
    return found


def keep_frequent(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep runs of at least `times` occurrences."""
    del timeline, clock
    if stream.times == 1:
        return None
    _, lengths = runs(some.run)
    return np.repeat(lengths >= stream.times, lengths)


def keep_newest(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep the `count` latest of each run."""
    del timeline, clock
    if stream.count is None:
        return None
    far = stream.count
    if far >= len(some.run):
        return None
    return np.concatenate([np.ones(far, np.bool_), some.run[far:] != some.run[:-far]])


PASSES: Final = {
    "follower": keep_followed,
    "per": keep_latest_per,
    "times": keep_frequent,
    "count": keep_newest,
}
"""What keeps some of the occurrences and drops the others, in this order (rule language, 4.1)."""


def counted(some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock) -> Occurrences:
    """Return the occurrences that count."""
    for kept_by in PASSES.values():
        keep = kept_by(some, stream, timeline, clock) if len(some.run) else None
        some = some if keep is None else some.take(keep)
    return some


def runs(run: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of equal numbers starts, and its length."""
    if not len(run):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]]))
    return starts, np.diff(starts, append=len(run))
