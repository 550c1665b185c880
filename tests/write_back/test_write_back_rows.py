"""Which contacts are in a write-back, the content of each cell, and which rows are new or changed."""

# ruff: noqa: E501 - each case is on one line

from datetime import UTC, datetime

import polars as pl
import pytest
from crm import export, leads, scores

from flamescore.state import DELIVERED_CELLS as DELIVERED
from flamescore.write_back import after_import, after_undo, cells_of, changed, rounded_points

NIGHT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # the day before in Phoenix
INTEREST = scores("interest", ("1", 62.628, 5), ("2", 12.5, 3), ("3", 4, 1), ("4", -0.4, 0))
NOTHING = pl.DataFrame(schema=DELIVERED)


def delivered(*cells):
    return pl.DataFrame(list(cells), schema=DELIVERED, orient="row")


def shown(write_back, those, known=()):
    """Return the cells as tuples, each after its displayed key, and the contacts left out."""
    found = cells_of(write_back, those, pl.Series(list(known), dtype=pl.String))
    rows = found.rows.select("shown", pl.col("^cell_.*$")).rows()
    return rows, (found.without_key, found.same_key, found.bad_key)


@pytest.mark.parametrize(
    ("points", "decimals", "text"),
    [
        (62.628, 0, "63"), (-0.4, 0, "0"), (12.5, 0, "13"), (-12.5, 0, "-13"), (0.0, 0, "0"), (0.4999, 0, "0"),
        (1234567.5, 0, "1234568"), (62.628, 2, "62.63"), (62.6, 2, "62.60"), (-0.004, 2, "0.00"), (1.005, 2, "1.01"),
        (-0.0001, 4, "-0.0001"), (2.675, 2, "2.68"), (9e12, 1, "9000000000000.0"), (0.05, 1, "0.1"), (-0.05, 1, "-0.1"),
    ],
)  # fmt: skip
def test_points_are_rounded_halves_away_from_zero(points, decimals, text):
    assert rounded_points(pl.Series([points, None]), decimals).to_list() == [text, None]


def test_the_cells_of_every_measure(tmp_path):
    columns = "{flames: a, score: b, percent_of_ideal: c, percentile: d, rank: e, last_activity_at: f, fit_flames: g}"
    crm = export(tmp_path, f"{{format: generic, columns: {columns}}}")
    those = leads(["1", "2", "3", "4", "5"], pl.concat([INTEREST, scores("fit", ("5", 1, 2))]))
    rows, left_out = shown(crm, those)
    assert left_out == (0, 0, 0)
    assert rows == [
        ("1", "5", "63", "157", "100", "1", "2026-11-19", "0"),
        ("2", "3", "13", "31", "66", "2", "2026-11-19", "0"),
        ("3", "1", "4", "10", "33", "3", "2026-11-19", "0"),
        ("4", "0", "0", "-1", "0", "4", "", "0"),
        ("5", "0", "0", "0", "0", "", "", "2"),
    ]


def test_decimals_days_and_the_word_for_empty(tmp_path):
    form = "round: 1, dates: '%m/%d/%Y'"
    columns = "{score: S__c, percent_of_ideal: P__c, hot_since: H__c, in_best: B__c, last_activity_at: L__c}"
    crm = export(tmp_path, f"{{format: salesforce, columns: {columns}, {form}}}")
    ids = ["003000000000001", "003000000000002AAA", "003000000000003"]
    those = leads(
        [*ids, "4"],
        scores("interest", (ids[0], 12.25, 5), (ids[1], 0, 0), (ids[2], 0, 0), ("4", 0, 0)),
        segments=[
            ("hot", ids[0], NIGHT),
            ("hot", ids[1], None),
            ("hot", ids[2], NIGHT, True),
            ("best", ids[1], None),
        ],
    )
    rows, left_out = shown(crm, those)
    assert left_out == (0, 0, 1)
    assert rows == [
        ("003000000000001", "12.3", "30.6", "11/19/2026", "false", "11/19/2026"),
        ("003000000000002AAA", "0.0", "0.0", "#N/A", "true", "#N/A"),
        ("003000000000003", "0.0", "0.0", "#N/A", "false", "#N/A"),
    ]


def test_of_several_with_an_e_mail_the_first_in_ranked_order_stands(tmp_path):
    crm = export(tmp_path, "{format: keap, columns: {flames: Flames}}")
    those = leads([("4", "ann@x.com"), ("3", None), ("2", " Ann@X.com "), ("1", " ")], INTEREST)
    assert shown(crm, those) == ([("Ann@X.com", "3")], (2, 1, 0))


def test_a_segment_and_whom_it_has_told_of_once(tmp_path):
    crm = export(tmp_path, "{format: keap, segment: hot, columns: {flames: Flames}}")
    contacts = [("1", "a@x.com"), ("2", "b@x.com"), ("3", "c@x.com"), ("4", "d@x.com"), ("5", "e@x.com")]
    those = leads(contacts, INTEREST, segments=[("hot", "1", None), ("hot", "4", None, True)])
    assert shown(crm, those)[0] == [("a@x.com", "5")]
    known = ["c@x.com", "d@x.com", "e@x.com", "gone@x.com"]
    assert shown(crm, those, known)[0] == [
        ("a@x.com", "5"),
        ("c@x.com", "1"),
        ("d@x.com", "0"),
        ("e@x.com", "0"),
    ]


def test_who_shares_an_e_mail_with_a_member_does_not_take_its_row_later(tmp_path):
    crm = export(tmp_path, "{format: keap, segment: hot, columns: {flames: Flames}}")
    those = leads([("1", "a@x.com"), ("2", "A@x.com")], INTEREST, segments=[("hot", "2", None)])
    assert shown(crm, those) == ([("A@x.com", "3")], (0, 0, 0))
    assert shown(crm, those, ["a@x.com"]) == ([("A@x.com", "3")], (0, 0, 0))


def test_who_is_held_out_is_left_out_or_told_as_nobody(tmp_path):
    crm = export(tmp_path, "{format: generic, columns: {flames: F, rank: R, in_best: B, hot_since: H}}")
    segments = [("best", "1", NIGHT), ("hot", "1", NIGHT)]
    those = leads(["1", "2"], INTEREST, segments=segments, held_out=["1"])
    assert shown(crm, those)[0] == [("2", "3", "2", "false", "")]
    assert shown(crm, those, ["1"])[0] == [("1", "0", "", "false", ""), ("2", "3", "2", "false", "")]


def test_who_is_routed_and_nobody_else(tmp_path):
    crm = export(tmp_path, "{format: generic, columns: {routed_to: Owner, flames: F}}")
    those = leads(
        ["1", "2", "3", "4", "5"],
        INTEREST,
        routes=[
            ("5", "Priya Raman", NIGHT, "next in turn", False),
            ("2", "Luis Ortega", NIGHT, "next in turn", False),
            ("3", "Luis Ortega", NIGHT, "next in turn", True),
            ("4", None, NIGHT, "nobody: 2 full", False),
        ],
        import_as={"Priya Raman": "priya.raman"},
    )
    assert shown(crm, those, ["1", "3"])[0] == [("2", "Luis Ortega", "3"), ("5", "priya.raman", "0")]


def test_only_what_the_crm_does_not_know_is_written(tmp_path):
    crm = export(tmp_path, "{format: generic, columns: {flames: F, percentile: P}}")
    those = leads(["1", "2", "3", "4"], INTEREST)
    state = delivered(
        ("1", "F", "4"), ("1", "P", "97"), ("2", "F", "3"), ("2", "P", "12"), ("3", "F", "1"), ("9", "F", "1")
    )
    found = changed(crm, cells_of(crm, those, state["key"]), state)
    assert found.rows.select("key", "first_time", "cell_0", "was_0", "cell_1", "was_1").rows() == [
        ("1", False, "5", "4", "100", "97"),
        ("3", False, "1", "1", "33", None),
        ("4", True, "0", None, "0", None),
    ]
    assert found.first_time == 1
    assert found.as_rows().rows()[:3] == [
        ("1", "1", "F", "5", "4"), ("1", "1", "P", "100", "97"), ("3", "3", "F", "1", "1")
    ]  # fmt: skip
    after = after_import(state, found.as_rows())
    assert after.filter(pl.col("key").is_in(["1", "2", "9"])).rows() == [
        ("1", "F", "5"), ("1", "P", "100"), ("2", "F", "3"), ("2", "P", "12"), ("9", "F", "1")
    ]  # fmt: skip
    assert changed(crm, cells_of(crm, those, after["key"]), after).rows.is_empty()
    assert after_undo(state, found.as_rows()).rows() == state.sort("key", "column").rows()


def test_a_column_that_is_gone_is_forgotten_with_the_next_delivery(tmp_path):
    crm = export(tmp_path, "{format: generic, columns: {flames: F}}")
    state = delivered(("1", "F", "5"), ("1", "Old", "x"), ("2", "F", "1"), ("2", "Old", "y"))
    found = changed(crm, cells_of(crm, leads(["1", "2"], INTEREST), state["key"]), state)
    assert after_import(state, found.as_rows()).rows() == [
        ("1", "F", "5"),
        ("1", "Old", "x"),
        ("2", "F", "3"),
    ]


def test_undo_after_another_delivery_came_between():
    """The state is what the CRM has after importing the undo files, computed before the other delivery."""
    before = delivered(("1", "F", "2"), ("2", "F", "2"), ("3", "F", "2"))
    rows = pl.DataFrame(
        {"key": ["1", "2"], "column": ["F", "F"], "cell": ["3", "3"], "previous": ["1", None]}
    )
    assert after_undo(before, rows).rows() == [("1", "F", "1"), ("2", "F", "3"), ("3", "F", "2")]
