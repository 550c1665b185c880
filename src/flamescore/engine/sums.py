"""Sums of counted occurrences by contact and stream, and finding those of one stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NAMES = ("contact", "stream", "occurrences", "points", "age", "unvalued")


@dataclass(frozen=True)
class Sums:
    """One row a contact (numbered from the partition's first) and stream, as arrays of one length.

    `occurrences` that count, their `points` in ten-thousandths, the `age` of the latest in seconds, and how many
    had no number to give points from (`unvalued`).
    """

    contact: NDArray[np.int64]
    stream: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    points: NDArray[np.int64]
    age: NDArray[np.int64]
    unvalued: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Sums:
        """Return some of the rows."""
        return Sums(*(getattr(self, name)[rows] for name in _NAMES))


@dataclass(frozen=True)
class ByStream:
    """Sums sorted by stream, those of one stream by contact."""

    sums: Sums
    starts: NDArray[np.int64]

    def of(self, stream: int) -> Sums:
        """Return the rows of one stream."""
        return self.sums.take(slice(int(self.starts[stream]), int(self.starts[stream + 1])))


def by_stream(parts: Sequence[Sums], streams: int) -> ByStream:
    """Join sums, each sorted by contact, and sort them by stream."""
    joined = Sums(*(np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES))
    order = np.argsort(joined.stream.astype(np.uint16 if streams < 2**16 else np.uint32), kind="stable")
    sizes = np.bincount(joined.stream, minlength=streams)
    return ByStream(joined.take(order), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))
