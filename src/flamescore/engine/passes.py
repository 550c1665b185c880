"""Which occurrences count: one pass per step over sorted runs, shared by all streams that count alike.

The passes are in the order of the rule language (`PASSES`). Each takes the occurrences that the previous ones
left, and marks those to keep. `aggregate` follows the example of `streams` through them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct, field

from flamescore.engine.alike import first_of_each, number_pairs
from flamescore.engine.bursts import find_bursts
from flamescore.engine.matching import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.alike import Values
    from flamescore.engine.bursts import Bursts
    from flamescore.engine.calendar import Clock
    from flamescore.engine.streams import FollowerLink, Stream
    from flamescore.rules import Burst, Per


class Occurrences(Struct, frozen=True):
    """Occurrences of streams that count alike, sorted by run, then age in seconds, then descending worth.

    A run is the occurrences of one stream for one contact: `stream << contact_bits | contact`, with contacts
    numbered from the partition's first. `value` distinguishes occurrences under `per` with a property, `row`
    is the event of each, and `worth` and `valued` are their contributions and whether these came from a
    number. Each is None if the streams don't need it.
    """

    run: NDArray[np.int64]
    age: NDArray[np.int64]
    value: NDArray[np.uint64] | None = None
    worth: NDArray[np.int64] | None = None
    valued: NDArray[np.bool_] | None = None
    row: NDArray[np.int64] | None = None

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Occurrences:
        """Return some of the occurrences, by mask or index."""
        return Occurrences(
            self.run[rows],
            self.age[rows],
            None if self.value is None else self.value[rows],
            None if self.worth is None else self.worth[rows],
            None if self.valued is None else self.valued[rows],
            None if self.row is None else self.row[rows],
        )

    @classmethod
    def together(cls, parts: Sequence[Occurrences]) -> Occurrences:
        """Concatenate occurrences of the same streams."""
        columns: dict[str, Any] = {}
        for name in cls.__struct_fields__:
            some = [getattr(part, name) for part in parts]
            columns[name] = None if some[0] is None else np.concatenate(some)
        return cls(**columns)


NOTHING: Final = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64))


class CarriedValues(Struct, frozen=True):
    """The values of a property that followers are compared by, looked up by event (`row`).

    `missing` is the value of missing cells. `rows` contains the events of each wide stream.
    """

    contact: NDArray[np.int64]
    age: NDArray[np.int64]
    rows: Mapping[int, NDArray[np.int64]]
    values: Mapping[str, Callable[[NDArray[np.int64]], NDArray[np.uint64]]]
    missing: int


class Timeline(Struct, frozen=True):
    """All narrow occurrences, sorted, as `(stream << contact_bits | contact) << age_bits | age`.

    `carried` contains what is needed to find followers with the same value of a property.
    """

    keys: NDArray[np.int64]
    contact_bits: int
    age_bits: int
    carried: CarriedValues | None = None
    _latest: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def contact_of(self, some: Occurrences) -> NDArray[np.int64]:
        """Return the contact of each occurrence, numbered from the partition's first contact."""
        return some.run & ((1 << self.contact_bits) - 1)

    def latest(self, stream: int) -> NDArray[np.int64]:
        """Return, by contact, the age of the latest event of a narrow stream, or `FOREVER` if there is none.

        The result is cached for all streams that use the stream as a reset.
        """
        if stream not in self._latest:
            bits = self.contact_bits + self.age_bits
            first, last = np.searchsorted(self.keys, (stream << bits, (stream + 1) << bits))
            keys = self.keys[first:last]
            starts, _ = runs(keys >> self.age_bits)  # sorted by contact, then age: the youngest comes first
            contact = keys[starts] >> self.age_bits & ((1 << self.contact_bits) - 1)
            ages = np.full(1 << self.contact_bits, FOREVER, np.int64)
            ages[contact] = keys[starts] & ((1 << self.age_bits) - 1)
            self._latest[stream] = ages
        return self._latest[stream]

    def follows(self, some: Occurrences, link: FollowerLink) -> NDArray[np.bool_]:
        """Return whether a follower is younger by `after` to `within` seconds, both inclusive.

        With a click within 2 days, an hour later at the earliest, an open of 90,000 s has a follower of an
        age from 0 to 86,400: keys from `base | 0` up to, but not including, `base + 86,401`. For an open that
        is 3,000 s old, the click can only be in the future: both ends are `base` itself, and nothing is in
        between.
        """
        if link.same is not None:
            return self._follows_alike(some, link, link.same)
        base = (link.stream << self.contact_bits | self.contact_of(some)) << self.age_bits
        return _any_between(self.keys, base, some.age, link)

    def _follows_alike(self, some: Occurrences, link: FollowerLink, same: str) -> NDArray[np.bool_]:
        """Return the same for followers with the same value of a property.

        Each existing pair of a contact and a value gets a number, which takes the place of stream and contact
        in the keys of narrow occurrences.
        """
        carried = self.carried
        rows = None if carried is None else carried.rows.get(link.stream)
        if carried is None or rows is None or some.row is None:
            return np.zeros(len(some.run), np.bool_)
        mine, theirs = carried.values[same](some.row), carried.values[same](rows)
        there = theirs != carried.missing
        rows, theirs = rows[there], theirs[there]
        pair = number_pairs(
            np.concatenate([self.contact_of(some), carried.contact[rows]]), np.concatenate([mine, theirs])
        )
        pair <<= self.age_bits
        keys = pair[len(mine) :] | carried.age[rows]
        keys.sort()
        return _any_between(keys, pair[: len(mine)], some.age, link)


def _any_between(
    keys: NDArray[np.int64], base: NDArray[np.int64], age: NDArray[np.int64], link: FollowerLink
) -> NDArray[np.bool_]:
    first = np.searchsorted(keys, base + np.maximum(age - link.within, 0), side="left")
    last = np.searchsorted(keys, base + np.maximum(age - link.after + 1, 0), side="left")
    found: NDArray[np.bool_] = last > first
    return found


def keep_after_reset(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep what came after the contact's latest reset; occurrences in the same second are dropped."""
    del clock
    keep = None
    for reset in stream.resets:
        after: NDArray[np.bool_] = some.age < timeline.latest(reset)[timeline.contact_of(some)]
        keep = after if keep is None else keep & after
    return keep


def keep_followed(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep what is followed, or not followed, as the stream requires."""
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
    return first_of_each(some.run, values_of(some, stream.per, clock))


CALENDAR: Final[dict[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]]] = {
    "day": lambda days: days,
    "week": lambda days: (days + 3) // 7,  # 1970-01-01 was a Thursday: weeks start on Mondays
    "month": lambda days: days.astype("M8[D]").astype("M8[M]").astype(np.int64),
}
"""Functions from the number of a day to that of its calendar day, week or month."""


def values_of(some: Occurrences, per: Per, clock: Clock) -> Values:
    """Return what distinguishes occurrences: numbers of calendar days, weeks or months, or hashed values."""
    if per.unit is not None:
        return CALENDAR[per.unit](clock.local_days(clock.now - some.age))
    assert some.value is not None
    return some.value


def keep_bursts(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep only the occurrence of each burst at which it is complete; drop those that are in no burst."""
    del timeline
    if stream.burst is None:
        return None
    keep = np.zeros(len(some.run), np.bool_)
    keep[bursts_of(some, stream.burst, clock).latest] = True
    return keep


def bursts_of(some: Occurrences, burst: Burst, clock: Clock) -> Bursts:
    """Find the bursts of each run."""
    value = None if burst.per is None else values_of(some, burst.per, clock)
    return find_bursts(some.run, some.age, times=burst.times, within=burst.seconds, value=value)


def keep_young_bursts(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep the bursts inside the window; `Liveness` has already applied it to other occurrences."""
    del timeline, clock
    return None if stream.expires is None else some.age < stream.expires


def keep_frequent(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep runs of at least `times` and at most `most` occurrences."""
    del timeline, clock
    if stream.times == 1 and stream.most is None:
        return None
    _, lengths = runs(some.run)
    enough = lengths >= stream.times
    return np.repeat(enough if stream.most is None else enough & (lengths <= stream.most), lengths)


def keep_newest(
    some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock
) -> NDArray[np.bool_] | None:
    """Keep the `count` latest occurrences of each run."""
    del timeline, clock
    if stream.count is None:
        return None
    far = stream.count
    if far >= len(some.run):
        return None
    return np.concatenate([np.ones(far, np.bool_), some.run[far:] != some.run[:-far]])


BURST: Final = "burst"
EXPIRED: Final = "expired"

PASSES: Final = {
    "since": keep_after_reset,
    "follower": keep_followed,
    "per": keep_latest_per,
    BURST: keep_bursts,
    EXPIRED: keep_young_bursts,
    "times": keep_frequent,
    "count": keep_newest,
}
"""The passes, each of which keeps some occurrences and drops others, in order (rule language, section 1).

A stream has `per` or `burst`, not both.
"""


def counted(some: Occurrences, stream: Stream, timeline: Timeline, clock: Clock) -> Occurrences:
    """Return the occurrences that count."""
    for kept_by in PASSES.values():
        keep = kept_by(some, stream, timeline, clock) if len(some.run) else None
        some = some if keep is None else some.take(keep)
    return some


def runs(run: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and the length of each run of equal numbers."""
    if not len(run):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]]))
    return starts, np.diff(starts, append=len(run))
