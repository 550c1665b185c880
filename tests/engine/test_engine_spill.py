import errno
import gc
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from flamescore.engine.bins import Spill

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
    assert spill.put((second,))()[0] is second  # there is no such folder: memory has to do
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
    """A file on a disk that takes `room` bytes more."""

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
