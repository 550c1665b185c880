"""Arrays that wait to be used again: in memory while there is room, and in a temporary file beyond that."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = tuple[NDArray[Any], ...]
    Stored = Callable[[], Arrays]
    """Gives arrays back as they were put away; those of a file can't be written to."""

ROOM: Final = 64 << 20
"""Bytes that are held in memory: enough that what 5 M events and 100 rules come to never sees a disk."""

_ALIGNED: Final = 8
"""Every array begins at a multiple of this many bytes: no number is wider."""


class Spill:
    """Holds arrays; those that `room` bytes have no place for lie in a file without a name, in `folder`.

    Nothing is left of the file however the program ends. Where it can't be written (the disk is full, say) or
    mapped, arrays stay in memory. `put` may be called from several threads.
    """

    def __init__(self, room: int = ROOM, folder: Path | None = None) -> None:
        self._room = room
        self._folder = folder
        self._file: FileIO | None = None
        self._end = 0
        self._lock = Lock()

    def put(self, arrays: Arrays) -> Stored:
        """Put arrays away."""
        size = sum(array.nbytes for array in arrays)
        with self._lock:
            if size > self._room and not any(array.dtype.hasobject for array in arrays):
                with suppress(OSError):
                    return self._written(arrays)
            self._room -= size
        return lambda: arrays

    def _written(self, arrays: Arrays) -> Stored:
        """Write arrays to the end of the file; what a failed attempt left there is written over."""
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
        file.truncate(at)  # so long, even where the last array is empty
        stored = partial(self._read, start, at - start, tuple(places))
        stored()  # there are file systems that map no file
        self._end = at
        return stored

    def _opened(self) -> FileIO:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115 - next line
            weakref.finalize(self, self._file.close)
        return self._file

    def _read(self, start: int, size: int, places: tuple[tuple[int, np.dtype[Any], int], ...]) -> Arrays:
        """Map arrays of the file into memory: what is not looked at is never read."""
        mapped = mmap.mmap(self._opened().fileno(), size, access=mmap.ACCESS_READ, offset=start)
        return tuple(np.frombuffer(mapped, dtype, count, offset) for offset, dtype, count in places)


def _up(number: int, step: int) -> int:
    """Round up to a multiple of a step."""
    return -(-number // step) * step
