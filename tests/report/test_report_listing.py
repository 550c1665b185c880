"""Which leads a report lists, and in which places; how a lead's scores are drawn."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from flamescore.frames import SCORES
from flamescore.report import listing, page_of
from flamescore.report.drawing import spark, trend_line
from report.pages import data
from tables.by_hand import scored

NOBODY = pl.DataFrame({"contact_id": []}, schema={"contact_id": pl.String})


def scores(**by_score: list[tuple[str, int]]) -> pl.DataFrame:
    """Return a table from `(contact, flames)` pairs, ranked in the given order."""
    rows = [
        (who, name, float(9 - rank), flames, 1.0, 1.0, rank, None)
        for name, people in by_score.items()
        for rank, (who, flames) in enumerate(people, 1)
    ]
    return pl.DataFrame(rows, schema=SCORES, orient="row")


TWO = scores(
    interest=[("ann", 5), ("bob", 3), ("cyd", 1), ("eve", 0)],
    fit=[("dan", 5), ("ann", 2), ("fay", 1), ("cyd", 0)],
)


def test_the_call_lists_are_taken_in_parallel():
    found = listing(TWO, NOBODY, ["interest", "fit"], limit=3)
    assert found.ids.to_list() == ["ann", "bob", "dan"]
    assert found.total == 5


def test_everybody_with_a_flame_stands_once_who_is_not_in_the_first_population_last():
    found = listing(TWO, NOBODY, ["interest", "fit"])
    assert found.ids.to_list() == ["ann", "bob", "cyd", "dan", "fay"]


def test_places_count_the_call_list_without_gaps():
    uncalled = pl.DataFrame({"contact_id": ["ann"]})
    found = listing(TWO, uncalled, ["interest", "fit"])
    assert found.places.select("contact_id", "score_name", "place").rows() == [
        ("bob", "interest", 1), ("cyd", "interest", 2), ("dan", "fit", 1), ("fay", "fit", 2),
    ]  # fmt: skip


def test_who_is_hot_by_a_condition_is_listed_without_a_flame():
    found = listing(TWO, NOBODY, ["interest", "fit"], hot=pl.Series(["eve"]))
    assert found.ids.to_list() == ["ann", "bob", "cyd", "eve", "dan", "fay"]


def test_a_page_with_fewer_leads_counts_its_grid_anew():
    rows = [
        ("001", "interest", 9.0, 5, 1.0, 1.0, 1, None), ("002", "interest", 8.0, 5, 1.0, 1.0, 2, None),
        ("001", "fit", 9.0, 5, 1.0, 1.0, 1, None), ("002", "fit", 8.0, 5, 1.0, 1.0, 2, None),
    ]  # fmt: skip
    told = page_of(data(scored(scores=rows, points=[])))
    assert (told.grids[0].counts[5][5], told.grids[0].listed[5][5]) == (2, 2)
    assert told.first(1).grids[0].listed[5][5] == 1


def test_a_line_rises_from_the_lower_edge():
    drawn = spark([(0, 100_000), (1, 120_000), (2, 250_000)], 3, 200_000)
    assert (drawn.points, drawn.threshold, drawn.end) == ("2,14.4 28,12.9 54,3", 6.8, (54.0, 3.0))


def test_a_line_keeps_the_place_of_each_run_and_goes_below_zero():
    drawn = spark([(1, -10_000), (2, 0), (3, 10_000)], 4, None)
    assert drawn.points == "19.3,22 36.7,12.2 54,2.5"
    assert drawn.threshold is None


def test_two_runs_make_no_line():
    assert spark([(0, 1), (1, 2)], 2, None) is None
    assert trend_line([1, 2], [False, False], height=64) is None


def test_a_trend_begins_at_zero_and_marks_new_rules():
    drawn = trend_line([0, 5, 10], [False, True, False], height=64)
    assert drawn.points == "0,64 150,35 300,6"
    assert drawn.uprights == (150.0,)


def test_a_lead_of_whom_nothing_is_dated_has_no_activity():
    rows = [("003", "interest", 9.0, 5, 1.0, 1.0, 1, None), ("001", "interest", 8.0, 5, 1.0, 1.0, 2,
             datetime(2026, 11, 20, tzinfo=UTC))]  # fmt: skip
    first, second = page_of(data(scored(scores=rows, points=[]))).leads
    assert first.last_activity is None
    assert str(second.last_activity) == "2026-11-19 17:00:00-07:00"
