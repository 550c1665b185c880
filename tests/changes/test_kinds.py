"""The direction in which a contact changed, and the order of changes, in literal rows."""

import polars as pl
import pytest

from flamescore.changes import MOVES, HotInBoth, compared, moves

BY_FLAMES = HotInBoth(4)


def scores(rows, name="s"):
    """Return scores from contact, points and flames."""
    kinds = {"contact_id": pl.String, "score": pl.Float64, "flames": pl.Int32}
    return pl.DataFrame(rows, kinds, orient="row").with_columns(score_name=pl.lit(name))


def changes(now, then, hot=BY_FLAMES):
    return compared(scores(now), scores(then), None, names=["s"], hot=hot)


@pytest.mark.parametrize(
    ("then", "now", "kind"),
    [
        ((5.0, 3), (6.0, 4), "newly_hot"),
        ((6.0, 4), (5.0, 3), "cooled_off"),
        ((6.0, 4), (7.0, 5), "up"),
        ((7.0, 5), (6.0, 4), "down"),
        ((5.0, 3), (5.0001, 3), "up"),
        ((5.0001, 3), (5.0, 3), "down"),
        ((5.0, 3), (5.0, 3), "same"),
        ((5.0, 2), (4.0, 3), "up"),  # by percentile, fewer points may give more flames
        ((4.0, 3), (5.0, 2), "down"),
        ((4.0, 3), (4.0, 2), "down"),
        ((4.0, 2), (4.0, 3), "up"),
        (None, (9.0, 5), "new"),
        ((9.0, 5), None, "vanished"),
    ],
)
def test_kinds(then, now, kind):
    rows = [[] if each is None else [("a", *each)] for each in (now, then)]
    [row] = changes(*rows).to_dicts()
    assert row["change"] == kind
    assert (row["difference"] is None) == (None in (then, now))


def test_the_newly_hot_stand_first_then_who_moved_most_then_by_id():
    then = [("a", 6.0, 3), ("b", 6.0, 3), ("c", 9.0, 5), ("d", 5.0, 2), ("e", 8.0, 4), ("f", 3.0, 1)]
    then += [("g", 2.0, 1), ("h", 4.0, 2), ("i", 3.0, 1), ("y", 5.0, 2)]
    now = [("a", 7.0, 4), ("b", 8.5, 4), ("c", 1.0, 0), ("d", 5.5, 2), ("e", 2.0, 1), ("f", 2.5, 1)]
    now += [("g", 2.0, 1), ("h", 4.5, 2), ("i", 1.0, 0), ("hot at once", 7.5, 4), ("new", 5.0, 2)]
    found = changes(now, then)
    assert found.select("contact_id", "change").rows() == [
        ("hot at once", "new"),  # 7.5 points at once; the others rose by 2.5 and 1
        ("b", "newly_hot"),
        ("a", "newly_hot"),
        ("c", "cooled_off"),
        ("e", "cooled_off"),
        ("d", "up"),
        ("h", "up"),
        ("i", "down"),
        ("f", "down"),
        ("new", "new"),
        ("y", "vanished"),
        ("g", "same"),
    ]


@pytest.mark.parametrize("then", [["a", "c"], None])
def test_under_a_condition_the_default_score_tells_who_got_hot(then):
    hot = HotInBoth(None, "s", pl.Series(["a", "b", "d"]), None if then is None else pl.Series(then))
    was = [(each, 1.0, 0) for each in "abc"]
    rows = changes([(each, 1.0, 0) for each in "abcd"], was, hot)
    kinds = dict(rows.select("contact_id", "change").iter_rows())
    turned = {"b": "newly_hot", "c": "cooled_off"} if then else {"b": "same", "c": "same"}
    assert kinds == {"a": "same", "d": "new"} | turned
    moved = moves(rows.lazy(), "s", hot).collect()
    assert {who for who, _, newly in moved.rows() if newly} == ({"b", "d"} if then else {"d"})
    other = compared(scores([("b", 1.0, 0)], "t"), scores([("b", 1.0, 0)], "t"), None, names=["t"], hot=hot)
    assert other["change"].to_list() == ["same"]


def test_moves_are_those_of_one_score_without_who_is_gone():
    now = [("a", 7.0, 4), ("b", 2.0, 1), ("n", 9.0, 5), ("o", 1.0, 0)]
    then = [("a", 6.0, 3), ("b", 4.0, 2), ("gone", 6.0, 3)]
    other = compared(scores(now, "t"), scores(then, "t"), None, names=["t"], hot=BY_FLAMES)
    found = moves(pl.concat([changes(now, then), other]).lazy(), "s", BY_FLAMES).collect()
    assert found.schema == MOVES
    assert sorted(found.rows()) == [
        ("a", 1.0, True),
        ("b", -2.0, False),
        ("n", None, True),
        ("o", None, False),
    ]
