"""Looks up hashes among known ones, a batch at a time.

A join on the hash of each event used 650 MB more and took twice as long (20 M events, 1 M contacts).

An example with four known hashes, abbreviated to their first two hexadecimal digits: sorted, they are
`3A 3F 9C E1`. Four hashes get 4 bits of index, one digit: `start['3']` is place 0, `start['9']` place 2 and
`start['E']` place 3. To find `3F`, start at place 0; `3A` is smaller, so go on to place 1: equal, found. To
find `90`, start at place 2; `9C` is larger: not found, -1. With this many index bits, the right place is the
first one or a step or two away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAST: Final = np.uint64(2**64 - 1)
"""The largest hash; placed after the known hashes, so that no search runs past them."""

_MOST_BITS: Final = 24
"""The maximum number of leading bits that are indexed: 2^24 places take 128 MB."""


class HashIndex:
    """Known 64-bit hashes in order, and an index of where those with the same leading bits begin.

    `order` puts the data of the known hashes in the order of the places that `find` returns.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        bits = min(_MOST_BITS, max(1, len(hashes)).bit_length() + 1)
        self._shift = np.uint64(64 - bits)
        self.order = np.argsort(hashes)
        self._sorted = np.append(hashes[self.order], _LAST)
        firsts = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._start = np.searchsorted(self._sorted[:-1], firsts)

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of each hash among the known hashes, which are distinct, or -1."""
        place: NDArray[np.int64] = self._start[hashes >> self._shift]
        there = self._sorted[place]
        low = np.flatnonzero(there < hashes)
        while len(low):
            place[low] += 1
            there[low] = self._sorted[place[low]]
            low = low[there[low] < hashes[low]]
        place[(there != hashes) | (place == len(self.order))] = -1
        return place
