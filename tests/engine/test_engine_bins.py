"""Events sorted into bins, and arrays spilled to a file."""

import errno
import gc
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from flamescore.engine import KeptEvents
from flamescore.engine.bins import Bins, Spill, concat_events

ONE = np.array([0, 1])
"""Live set 0 has no stream, set 1 has one."""
NO = np.zeros(0, np.int64)


def events(*rows):
    """Return events from (contact, live set, age) triples."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return KeptEvents(
        columns[0].astype(np.uint32),
        columns[1].astype(np.uint32),
        columns[2],
        (columns[2].astype(np.uint64) * 2,),
        (columns[2] * 3,),
    )


def told(bins, budget=4_000_000):
    """Return (first, last, the events as contact and age) of each partition."""
    return [
        (p.first, p.last, list(zip(p.events.contact.tolist(), p.events.age.tolist(), strict=True)))
        for p in bins.partitions(budget)
    ]


def test_events_come_back_by_bins_of_contacts():
    bins = Bins(5, 1, bits=1)
    bins.add(events((4, 1, 10), (0, 1, 11), (3, 1, 12)), ONE)
    bins.add(events((1, 1, 13), (4, 1, 14)), ONE)
    assert told(bins, budget=1) == [(0, 2, [(0, 11), (1, 13)]), (2, 4, [(3, 12)]), (4, 5, [(4, 10), (4, 14)])]


@pytest.mark.parametrize(
    ("budget", "bounds"),
    [
        (0, [(0, 1), (1, 2), (2, 3), (3, 4)]),
        (2, [(0, 1), (1, 3), (3, 4)]),
        (3, [(0, 1), (1, 4)]),
        (4, [(0, 2), (2, 4)]),
        (5, [(0, 3), (3, 4)]),
        (6, [(0, 4)]),
    ],
)
def test_bins_are_joined_while_their_occurrences_fit(budget, bounds):
    bins = Bins(4, 1, bits=0)
    bins.add(events((0, 1, 1), (0, 1, 1), (0, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1)), ONE)
    assert [(first, last) for first, last, _ in told(bins, budget)] == bounds


def test_occurrences_are_counted_by_the_streams_of_a_live_set():
    bins = Bins(2, 3, bits=0)
    bins.add(events((0, 1, 1), (1, 2, 1)), np.array([0, 1, 3]))
    assert [(first, last) for first, last, _ in told(bins, 3)] == [(0, 1), (1, 2)]


def test_every_contact_is_in_a_partition_with_or_without_events():
    assert told(Bins(5, 1, bits=1), budget=0) == [(0, 5, [])]
    assert told(Bins(0, 1)) == [(0, 0, [])]
    bins = Bins(3, 0)
    bins.add(events(), ONE)
    assert told(bins) == [(0, 3, [])]


def test_the_oldest_age_is_known():
    bins = Bins(2, 1)
    assert bins.oldest == 0
    bins.add(events((0, 1, 7), (1, 1, 9)), ONE)
    bins.add(events((1, 1, 8)), ONE)
    assert bins.oldest == 9


def test_partitions_hold_contact_stream_and_age_in_63_bits():
    bins = Bins(1 << 20, 1)
    assert [last - first for first, last, _ in told(bins)] == [1 << 18] * 4
    bins = Bins(1 << 10, (1 << 15) - 1, bits=4)
    bins.add(events((0, 1, (1 << 37) - 1)), ONE)
    assert {last - first for first, last, _ in told(bins)} == {1 << 10}
    bins = Bins(1 << 10, (1 << 19) - 1, bits=14)  # 37 + 19 bits leave 7 for contacts
    bins.add(events((0, 1, (1 << 37) - 1)), ONE)
    assert {last - first for first, last, _ in told(bins)} == {1 << 7}


def test_properties_stay_with_their_events():
    bins = Bins(4, 1, bits=0)
    bins.add(events((3, 1, 10), (1, 1, 11), (3, 1, 12)), ONE)
    [partition] = bins.partitions()
    assert partition.events.age.tolist() == [11, 10, 12]
    assert partition.events.values[0].tolist() == [22, 20, 24]
    assert partition.events.amounts[0].tolist() == [33, 30, 36]


def test_nothing_laid_end_to_end_is_nothing():
    assert concat_events([]).contact.tolist() == []


def test_events_are_given_back_once():
    bins = Bins(2, 1, bits=0)
    bins.add(events((0, 1, 7), (1, 1, 9)), ONE)
    assert told(bins) == [(0, 2, [(0, 7), (1, 9)])]
    assert told(bins) == [(0, 2, [])]


def test_events_without_values_come_first_and_the_others_keep_theirs():
    bins = Bins(2, 1)
    bins.add(events((0, 1, 5), (1, 1, 6)), ONE)
    bins.add(KeptEvents(np.array([1], np.uint32), np.array([1], np.uint32), np.array([7]), (NO,), (NO,)), ONE)
    [partition] = bins.partitions()
    kept = partition.events
    assert (kept.bare, kept.age.tolist()) == (1, [7, 5, 6])
    assert (kept.values[0].tolist(), kept.amounts[0].tolist()) == ([10, 12], [15, 18])


def test_marked_events_keep_their_values():
    bare = KeptEvents(
        np.array([9, 8], np.uint32), np.array([1, 1], np.uint32), np.array([7, 6]), (NO,), (NO,)
    )
    kept = concat_events([events((0, 1, 3), (1, 1, 4), (2, 1, 5)), bare])
    for mask in ([1, 0, 1, 0, 1], [0, 0, 1, 1, 0], [1, 1, 0, 0, 1], [0, 1, 0, 0, 0], [0] * 5):
        some = kept.where(np.array(mask, np.bool_))
        ages = [age for age, here in zip((7, 6, 3, 4, 5), mask, strict=True) if here]
        assert some.age.tolist() == ages
        assert some.bare == sum(mask[:2])
        assert some.values[0].tolist() == [age * 2 for age in ages[some.bare :]]
        assert some.amounts[0].tolist() == [age * 3 for age in ages[some.bare :]]


def test_events_of_books_without_values_stay_in_order():
    some = [KeptEvents(*np.full((3, n), n, np.int64)) for n in (1, 3, 2)]
    assert concat_events(some).age.tolist() == [1, 3, 3, 3, 2, 2]


@pytest.mark.parametrize(
    ("room", "written"),
    [(0, [1, 1, 1, 1]), (31, [1, 1, 1, 1]), (32, [2, 2]), (64, [3]), (96, [4]), (128, [])],
)
def test_no_more_than_the_room_is_held(monkeypatch, room, written):
    sizes = []
    monkeypatch.setattr(Spill, "put", lambda _, arrays: sizes.append(len(arrays[0])) or (lambda: arrays))
    bins = Bins(4, 1, memory=room)
    for contact in range(4):
        bins.add(events((contact, 1, 5)), ONE)  # 32 bytes
    assert sizes == written
    [(_, _, found)] = told(bins)
    assert sorted(found) == [(contact, 5) for contact in range(4)]


@pytest.mark.parametrize("room", [0, 100, 200, 300])
def test_what_finds_no_room_comes_back_from_the_file(tmp_path, room):
    rng = np.random.default_rng(7)
    some = [events(*((c, 1, c * 100 + n) for c in rng.integers(0, 6, 5))) for n in range(8)]
    bare = [replace(each, values=(NO.astype(np.uint64),), amounts=(NO,)) for each in some[::2]]
    bins = Bins(6, 1, bits=1, memory=room, folder=tmp_path)
    for each in (*some, *bare):
        bins.add(each, ONE)
    found = []
    for partition in bins.partitions(1):
        kept = partition.events
        ages = kept.age.tolist()
        assert kept.values[0].tolist() == [age * 2 for age in ages[kept.bare :]]
        assert kept.amounts[0].tolist() == [age * 3 for age in ages[kept.bare :]]
        assert all(partition.first <= c < partition.last for c in kept.contact.tolist())
        found += zip(kept.contact.tolist(), ages, strict=True)
    given = [(c, a) for e in (*some, *bare) for c, a in zip(e.contact.tolist(), e.age.tolist(), strict=True)]
    assert sorted(found) == sorted(given)
    assert list(tmp_path.iterdir()) == []


ARRAYS = (
    np.array([3, 1, 2], np.int8),
    np.array([], np.int64),
    np.array([2**63, 7], np.uint64),
    np.arange(10, dtype=np.int32)[::3],
    np.array([], np.uint32),
)


def same(ours, theirs):
    for mine, whole in zip(ours, theirs, strict=True):
        assert mine.dtype == whole.dtype
        assert mine.tolist() == whole.tolist()


def test_arrays_come_back_as_they_were_put_away(tmp_path):
    spill = Spill(0, tmp_path)
    stored = [spill.put(ARRAYS), spill.put(tuple(array * 2 for array in ARRAYS)), spill.put(())]
    for times in (1, 2):
        same(stored[0](), ARRAYS)
        same(stored[1](), tuple(array * 2 for array in ARRAYS))
        assert (times, stored[2]()) == (times, ())


@pytest.mark.parametrize(("room", "from_file"), [(0, True), (19, True), (20, False)])
def test_arrays_beyond_the_room_are_read_from_the_file(tmp_path, room, from_file):
    spill = Spill(room, tmp_path)
    [first], [second] = spill.put((np.arange(1),))(), spill.put((np.arange(3, dtype=np.int32),))()
    assert [first.flags.writeable, second.flags.writeable] == [room >= 8, not from_file]
    assert second.tolist() == [0, 1, 2]


def test_what_there_is_room_for_stays_in_memory(tmp_path):
    spill = Spill(16, tmp_path / "nowhere")
    first, second = np.arange(1), np.arange(2)
    assert spill.put((first,))()[0] is first
    assert spill.put((first[:0],))()[0].size == 0
    assert spill.put((second,))()[0] is second  # the folder doesn't exist, so the arrays stay in memory
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the file has a name while it is open")
def test_the_file_has_no_name_and_goes_with_its_last_reader(tmp_path):
    before = len(list(Path("/dev/fd").iterdir())) if Path("/dev/fd").exists() else 0
    stored = Spill(0, tmp_path).put(ARRAYS)
    assert list(tmp_path.iterdir()) == []
    same(stored(), ARRAYS)
    del stored
    gc.collect()
    if before:
        assert len(list(Path("/dev/fd").iterdir())) == before


class Full:
    """A file on a disk with `room` bytes left."""

    def __init__(self, file):
        self.file, self.room = file, 1000

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = self.file.write(data[: self.room])
        self.room -= taken
        return taken

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1, 20])
def test_a_disk_that_fills_up_leaves_arrays_in_memory(tmp_path, monkeypatch, room):
    opened, files = tempfile.TemporaryFile, []
    monkeypatch.setattr(
        tempfile, "TemporaryFile", lambda **how: files.append(Full(opened(**how))) or files[0]
    )
    spill = Spill(0, tmp_path)
    first = spill.put(ARRAYS)
    files[0].room = room
    second = spill.put(ARRAYS)
    files[0].room = 1000
    third = spill.put(tuple(array * 3 for array in ARRAYS))
    same(first(), ARRAYS)
    assert all(mine is whole for mine, whole in zip(second(), ARRAYS, strict=True))
    same(third(), tuple(array * 3 for array in ARRAYS))


def test_a_disk_that_maps_no_file_leaves_arrays_in_memory(tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    monkeypatch.setattr(mmap, "mmap", refuse)
    assert all(a is b for a, b in zip(Spill(0, tmp_path).put(ARRAYS)(), ARRAYS, strict=True))
