"""Members compared with those in the state, in literal rows."""

from datetime import UTC, datetime

import polars as pl
import pytest

from flamescore.acting_frames import SEGMENTS
from flamescore.frames import SURVIVOR
from flamescore.segments import followed, in_file_order, merged_into, unfollowed


def day(number):
    return None if number is None else datetime(2026, 11, number, tzinfo=UTC)


def state(*rows, segment="s"):
    """Make rows of the state from contact, day of `since`, and `held`."""
    return pl.DataFrame(
        [(segment, who, day(since), held) for who, since, held in rows], SEGMENTS, orient="row"
    )


def members(*ids, segment="s"):
    return pl.DataFrame([(segment, each) for each in ids], ["segment", "contact_id"], orient="row")


def aliases(*pairs):
    return pl.DataFrame(list(pairs), ["contact_id", SURVIVOR], orient="row")


def told(rows):
    return [
        (who, at and at.day, held) for who, at, held in rows.select("contact_id", "since", "held").iter_rows()
    ]


def ids(rows):
    return rows["contact_id"].to_list()


BEFORE = state(("a", 19, False), ("b", 19, True), ("c", None, False), ("d", 18, False), ("m", 17, False))


@pytest.mark.parametrize(
    ("stale", "held", "left"),
    [(False, [], ["c", "d"]), (True, [("c", None, True), ("d", 18, True)], [])],
)
def test_who_came_who_went_and_since_when(stale, held, left):
    before = merged_into(BEFORE, aliases(("m", "n")))
    done = followed(members("a", "b", "e", "n"), before, ["s"], as_of=day(21), stale=stale)
    there = [("a", 19, False), ("b", 19, False), ("e", 21, False), ("n", 17, False)]
    assert told(done.rows) == there + held
    assert (ids(done.entered), ids(done.left)) == (["e"], left)
    assert done.rows.schema == SEGMENTS


def test_of_a_segment_that_is_gone_nobody_leaves_or_is_held():
    for stale in (False, True):
        done = followed(members("a"), BEFORE, ["other"], as_of=day(21), stale=stale)
        assert (told(done.rows), ids(done.left)) == ([("a", 21, False)], [])


def test_a_member_of_one_segment_is_none_of_another():
    now = pl.concat([members("a"), members("b", segment="t")])
    before = pl.concat([state(("b", 3, False)), state(("a", 4, False), segment="t")])
    done = followed(now, before, ["s", "t"], as_of=day(21), stale=False)
    assert told(done.rows) == [("a", 21, False), ("b", 21, False)]
    assert done.left.rows() == [("s", "b"), ("t", "a")]


def test_of_whom_nothing_is_known_nobody_came():
    done = unfollowed(members("a", "b"))
    assert told(done.rows) == [("a", None, False), ("b", None, False)]
    assert (ids(done.entered), ids(done.left)) == ([], [])


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([("x", 5, False), ("y", 4, False)], ("y", 4, False)),
        ([("x", 4, True), ("y", 5, True)], ("y", 4, True)),
        ([("x", 4, True), ("y", 5, False)], ("y", 4, False)),
        ([("x", None, False), ("y", 5, False)], ("y", None, False)),
        ([("x", 5, True)], ("y", 5, True)),
    ],
)
def test_rows_of_contacts_that_are_one_now_become_one(rows, merged):
    found = merged_into(state(*rows), aliases(("x", "y"), ("z", "y")))
    assert told(found) == [merged]
    assert found.schema == SEGMENTS


def test_segments_of_merged_contacts_stay_apart():
    before = pl.concat([state(("x", 5, False)), state(("y", 4, False), segment="t")])
    assert merged_into(before, aliases(("x", "y"))).select("segment", "contact_id").rows() == [
        ("s", "y"),
        ("t", "y"),
    ]
    assert merged_into(before, None).equals(before)
    assert merged_into(before, aliases(("x", "y")).clear()).equals(before)


def test_rows_stand_in_order_of_the_file_then_of_ids():
    rows = pl.concat([state(("b", 1, False), ("a", 2, False)), state(("c", 3, False), segment="t")])
    assert ids(in_file_order(rows, ["t", "s"])) == ["c", "a", "b"]
