"""Which events of a partition are ignored, as entries of `ignore` in sequence and `bots` specify.

Plain entries of `ignore` depend on no other event, so the scan drops their events. The others are evaluated
here, before anything is counted. Each sees all events that plain ones left, so no entry sees the effect of
another. Suppose a contact has these opens, by age in seconds:

    a: 100    b: 102    c: 102    d: 105    e: 300

`at_once: {times: 3, within: 5s}` counts, for each event, the events from it to those 5 s younger: one for a,
three for b and c (a, b, c), four for d, one for e. All events in a window of three or more match: a, b, c, d.
With `per: url`, and b and c on the same page, c adds nothing to a window that contains b, so c has a count of
two, and d of three.

Few contacts have such windows, or clicks within seconds of a delivery. So all events are first sorted as
packed numbers of contact and age to find the contacts that may have some, and only their events are examined
in full.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine.judgements import FollowsTest
from flamescore.engine.passes import CALENDAR
from flamescore.engine.readings import missing_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from flamescore.engine.bins import KeptEvents, Partition
    from flamescore.engine.calendar import Clock
    from flamescore.engine.judgements import AtOnceTest, Judged
    from flamescore.engine.streams import Streams

    Mask = NDArray[np.bool_]

_AGE_BITS: Final = 38
"""Bits of an age in a packed number of contact and age; one more than any age has."""


class Verdict(Struct, frozen=True):
    """Masks of the events of a partition that are ignored.

    `gone` marks the events ignored for the scores, and `other` those that would be ignored if `bots` used the
    other action of `show` and `remove`. `scanner` marks those that the patterns of `bots` match and `ignore`
    leaves; `patterns` contains the same for each pattern. Without `bots`, these three are None or empty.
    """

    gone: Mask
    other: Mask | None = None
    scanner: Mask | None = None
    patterns: tuple[Mask, ...] = ()


class Judge(Struct, frozen=True):
    """Judges the events of partitions; `sets` contains the streams of each live set."""

    streams: Streams
    clock: Clock
    sets: Sequence[tuple[int, ...]]

    def judge(self, partition: Partition) -> Verdict | None:
        """Return the ignored events, or None if no entry matches any."""
        judgements = self.streams.judgements
        if not judgements.ignore and not judgements.patterns:
            return None
        case = _Case(self, partition.events, partition.events.contact.astype(np.int64) - partition.first)
        some = case.suspects()
        if not some.any():
            return None
        rows = np.flatnonzero(some)
        found = replace(case, contact=case.contact[rows], rows=rows).verdict()

        def whole(mask: Mask) -> Mask:
            out = np.zeros(len(some), np.bool_)
            out[rows] = mask
            return out

        return Verdict(
            whole(found.gone),
            None if found.other is None else whole(found.other),
            None if found.scanner is None else whole(found.scanner),
            tuple(map(whole, found.patterns)),
        )

    def has(self, stream: int) -> Mask:
        """Return, for each live set, whether it contains a stream."""
        return np.array([stream in streams for streams in self.sets], np.bool_)


class _Case(Struct, frozen=True):
    """Events to be judged, as `rows` of a partition (None: all), and their contacts."""

    judge: Judge
    events: KeptEvents
    contact: NDArray[np.int64]
    rows: NDArray[np.int64] | None = None

    @property
    def live(self) -> NDArray[np.uint32]:
        return self.events.live if self.rows is None else self.events.live[self.rows]

    @property
    def age(self) -> NDArray[np.int64]:
        age = self.events.age if self.rows is None else self.events.age[self.rows]
        return age.astype(np.int64)

    def of(self, stream: int) -> Mask:
        """Mark the events of a stream."""
        mask: Mask = self.judge.has(stream)[self.live]
        return mask

    # --- a quick preselection of contacts

    def suspects(self) -> Mask:
        """Mark all events of the contacts for which an entry may match any."""
        judgements = self.judge.streams.judgements
        who = np.zeros(int(self.contact.max(initial=-1)) + 1, np.bool_)
        for entry in (*judgements.ignore, *(judgements.patterns or ())):
            for test in entry.tests:
                who[self._perhaps(test)] = True
            for stream in () if entry.tests else entry.named:
                who[self.contact[self.of(stream)]] = True
        mask: Mask = who[self.contact]
        return mask

    def _perhaps(self, test: FollowsTest | AtOnceTest) -> NDArray[np.int64]:
        """Return contacts with events that may pass a test, ignoring their properties."""
        keys = self._keys(test.named)
        if isinstance(test, FollowsTest):
            before = self._keys(test.before)
            place = np.searchsorted(before, keys, side="right" if test.strict else "left")
            near = place < len(before)
            keys, before = keys[near], before[place[near]]
            return _near(keys, before, test.within)
        return _near(keys[: 1 - test.times], keys[test.times - 1 :], test.within)

    def _keys(self, stream: int) -> NDArray[np.int64]:
        """Return contact and age of a stream's events as packed numbers, sorted."""
        mask = self.of(stream)
        keys: NDArray[np.int64] = self.contact[mask] << _AGE_BITS | self.age[mask]
        keys.sort()
        return keys

    # --- the full evaluation, for those contacts

    def verdict(self) -> Verdict:
        """Evaluate all entries."""
        judgements = self.judge.streams.judgements
        everything = np.ones(len(self.contact), np.bool_)
        before = self._any(judgements.ignore, everything)
        if judgements.patterns is None:
            return Verdict(before)
        plain = [self._named(entry, everything) for entry in judgements.patterns if not entry.tests]
        left = ~reduce(or_, plain, ~everything)
        after = ~left | self._any((*judgements.ignore, *(e for e in judgements.patterns if e.tests)), left)
        patterns = tuple(
            self._named(entry, left if entry.tests else everything) & ~before for entry in judgements.patterns
        )
        scanner = reduce(or_, patterns, ~everything)
        gone, other = (after, before) if judgements.remove else (before, after)
        return Verdict(gone, other, scanner, patterns)

    def _any(self, entries: Sequence[Judged], there: Mask) -> Mask:
        return reduce(or_, (self._named(entry, there) for entry in entries), np.zeros(len(there), np.bool_))

    def _named(self, entry: Judged, there: Mask) -> Mask:
        """Mark the events that an entry matches among those in `there`."""
        if not entry.tests:
            return reduce(or_, map(self.of, entry.named)) & there
        mask = there
        for test in entry.tests:
            found = (
                self._follows(test, there) if isinstance(test, FollowsTest) else self._at_once(test, there)
            )
            mask = mask & found
        return mask

    def _follows(self, test: FollowsTest, there: Mask) -> Mask:
        """Mark the events of a stream that come after one of another stream with the same value.

        Both streams are merged into one sequence, sorted by contact and value, then age. Unless the test is
        strict, events of `test.before` come last among those of equal age, so the next one in the sequence is
        always the one to compare with.
        """
        named, before = self.of(test.named) & there, self.of(test.before) & there
        value = np.zeros(len(there), np.uint64) if test.same is None else self._values(test.same)
        if test.same is not None:
            known = value != np.uint64(missing_value())
            named, before = named & known, before & known
        place = np.concatenate([np.flatnonzero(named), np.flatnonzero(before)])
        is_before = np.arange(len(place)) >= int(named.sum())
        contact, age, value = self.contact[place], self.age[place], value[place]
        order = np.lexsort((is_before != test.strict, age, value, contact))
        place, is_before, contact, age = place[order], is_before[order], contact[order], age[order]
        value = value[order]
        after = np.where(is_before, np.arange(len(place)), len(place))
        after = np.minimum.accumulate(after[::-1])[::-1]
        candidates = np.flatnonzero(~is_before & (after < len(place)))
        its = after[candidates]
        alike = (contact[candidates] == contact[its]) & (value[candidates] == value[its])
        found = candidates[alike & (age[its] - age[candidates] <= test.within)]
        return _marked(place[found], len(there))

    def _at_once(self, test: AtOnceTest, there: Mask) -> Mask:
        """Mark the events of a stream that occur within a short time of enough others."""
        place = np.flatnonzero(self.of(test.named) & there)
        place = place[np.lexsort((self.age[place], self.contact[place]))]
        value = None if test.per is None else self._distinct_values(test)[place]
        found = in_windows(self.contact[place], self.age[place], value, times=test.times, within=test.within)
        return _marked(place[found], len(there))

    def _distinct_values(self, test: AtOnceTest) -> NDArray[np.int64] | NDArray[np.uint64]:
        assert test.per is not None
        if test.per.column is not None:
            return self._values(test.per.column)
        assert test.per.unit is not None
        clock = self.judge.clock
        return CALENDAR[test.per.unit](clock.local_days(clock.now - self.age))

    def _values(self, column: str) -> NDArray[np.uint64]:
        """Return the hashes of a property, 0 for bare events, which no test examines."""
        values = self.events.values[self.judge.streams.value_columns.index(column)]
        rows = np.arange(len(self.contact)) if self.rows is None else self.rows
        out = np.zeros(len(rows), np.uint64)
        there = rows >= self.events.bare
        out[there] = values[rows[there] - self.events.bare]
        return out


def in_windows(
    contact: NDArray[np.int64],
    age: NDArray[np.int64],
    value: NDArray[np.int64] | NDArray[np.uint64] | None,
    *,
    times: int,
    within: int,
) -> Mask:
    """Mark the events in a window of `within` seconds, ends included, with at least `times` distinct events.

    Rows are sorted by contact, then age; `value` determines which are distinct (None: all of them). The
    window of a row ends with that row, and starts at the first row that is at most `within` seconds younger.
    A row adds nothing to a window that contains an earlier row with the same value. Such windows are
    adjacent: from the row's own to the last one that still reaches the earlier row. So the number of rows
    that add nothing to each window is a running sum.
    """
    rows = np.arange(len(contact))
    span = int(age.max(initial=0)) + 1
    key = contact * (2 * span) + age  # the span separates contacts, so no window reaches another contact
    first = np.searchsorted(key, key - min(within, span))
    different = rows - first + 1
    if value is not None and len(rows):
        order = np.lexsort((rows, value, contact))
        twin = (contact[order][1:] == contact[order][:-1]) & (value[order][1:] == value[order][:-1])
        again, earlier = order[1:][twin], order[:-1][twin]
        last = np.searchsorted(first, earlier, side="right")  # the first window after the earlier one
        adding = last > again
        different -= _covered(again[adding], last[adding], len(rows))
    enough = different >= times
    return _covered(first[enough], rows[enough] + 1, len(rows)) > 0


def _covered(starts: NDArray[np.int64], ends: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Count, at each place, the half-open ranges that contain it."""
    steps = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    many: NDArray[np.int64] = np.cumsum(steps)[:size]
    return many


def _near(keys: NDArray[np.int64], older: NDArray[np.int64], within: int) -> NDArray[np.int64]:
    """Return the contacts of those pairs that share a contact and are at most `within` seconds apart."""
    contact: NDArray[np.int64] = keys >> _AGE_BITS
    near: Mask = (older - keys <= within) & (older >> _AGE_BITS == contact)
    found: NDArray[np.int64] = contact[near]
    return found


def _marked(places: NDArray[np.int64], size: int) -> Mask:
    out = np.zeros(size, np.bool_)
    out[places] = True
    return out
