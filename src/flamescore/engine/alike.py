"""Equal values within runs of occurrences: the first of each, and the previous equal one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.int64] | NDArray[np.uint64]

_MIX_RUN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_ALL: Final = np.uint64(0xD6E8FEB86659FD93)
"""Odd multipliers that spread a value over all bits."""


def first_of_each(run: NDArray[np.int64], value: Values) -> NDArray[np.bool_]:
    """Mark the first row of each run and value; rows are sorted by run."""
    same = run[1:] == run[:-1]
    if not np.any(same & (value[1:] > value[:-1])):  # then equal values are already adjacent
        return np.concatenate([[True], ~(same & (value[1:] == value[:-1]))])
    twin, order = _group_equal(run, value)
    first = np.ones(len(order), np.bool_)
    first[order[1:]] = ~twin
    return first


def previous_of_each(run: NDArray[np.int64], value: Values) -> NDArray[np.int64]:
    """Return the index of the previous row with the same run and value, or -1."""
    twin, order = _group_equal(run, value)
    previous = np.full(len(order), -1)
    previous[order[1:][twin]] = order[:-1][twin]
    return previous


def number_pairs(first: NDArray[np.int64], second: Values) -> NDArray[np.int64]:
    """Number the distinct pairs of two arrays from 0; equal pairs have the same number."""
    if not len(first):
        return np.zeros(0, np.int64)
    twin, order = _group_equal(first, second)
    out = np.zeros(len(first), np.int64)
    out[order[1:]] = np.cumsum(~twin)
    return out


def _group_equal(run: NDArray[np.int64], value: Values) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Order rows so that equal pairs are adjacent: which rows equal the previous one, and the order.

    Equal rows keep their order. Sorting one number that packs a hash of both and the row takes a tenth of the
    time of a `lexsort`, which is the fallback if two hashes collide.
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


def _equals_previous(run: NDArray[np.int64], value: Values) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (run[1:] == run[:-1]) & (value[1:] == value[:-1])
    return found
