"""Looking up hashes among known ones."""

import numpy as np
import polars as pl
import pytest

from flamescore.engine.contacts import ContactFinder
from flamescore.engine.hash_index import HashIndex

LAST = 2**64 - 1


def found(known: list[int], wanted: list[int]) -> list[int]:
    index = HashIndex(np.array(known, np.uint64))
    place = index.find(np.array(wanted, np.uint64))
    return np.where(place < 0, -1, np.append(index.order, -1)[place]).tolist()


def test_the_place_of_each_hash_or_minus_one():
    assert found([7, 3, LAST - 1, 0], [0, 3, 7, 8, LAST - 1, 1]) == [3, 1, 0, -1, 2, -1]


@pytest.mark.parametrize("known", [[], [1], [1, 2, 3]])
def test_the_largest_hash_is_not_found_where_it_is_not(known):
    assert found(known, [LAST]) == [-1]


def test_hashes_that_share_their_first_bits_are_told_apart():
    known = [2**40 + i for i in range(50)]
    assert found(known, [2**40 + 49, 2**40 + 50, 2**40 - 1]) == [49, -1, -1]


def test_every_known_hash_is_found_and_no_other():
    dice = np.random.default_rng(7)
    known = dice.integers(0, LAST, 5_000, np.uint64, endpoint=True)
    index = HashIndex(known)
    assert index.order[index.find(known)].tolist() == list(range(5_000))
    assert (index.find(known ^ np.uint64(1)) == -1).all()


def test_a_contact_is_found_by_both_hashes_alone():
    finder = ContactFinder(
        "contact_id", HashIndex(np.array([10, 20], np.uint64)), np.array([1, 2], np.uint64), np.array([4, 5])
    )
    hashes, checks = pl.Series([10, 20, 30], dtype=pl.UInt64), pl.Series([1, 1, 1], dtype=pl.UInt64)
    assert finder.find(hashes, checks).tolist() == [4, -1, -1]


def test_without_contacts_everyone_is_an_orphan():
    finder = ContactFinder(
        "contact_id", HashIndex(np.array([], np.uint64)), np.array([], np.uint64), np.array([], np.int64)
    )
    one = pl.Series([1], dtype=pl.UInt64)
    assert finder.find(one, one).tolist() == [-1]
