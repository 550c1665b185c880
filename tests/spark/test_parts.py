"""A part of a table is sorted, whatever the order of its rows, and says between which places it is."""

from __future__ import annotations

import json

import polars as pl
import pytest
import spark_tables as given
from polars.testing import assert_frame_equal

from flamescore.spark.parts import IDS_TABLE, SCORES_TABLE, PartPlan, write_part

PLAN = given.plan_of(given.tables())
RANKED = (("number", False), ("value", True), ("age", False), ("contact_id", False))
ROWS = pl.DataFrame(
    {
        "contact_id": ["d", "b", "a", "c", "e"],
        "number": [0, 0, 0, 0, 1],
        "value": [5, 5, 5, 9, 99],
        "age": [None, 60, 60, 1, None],
        "score_name": ["fit"] * 4 + ["interest"],
        "score": [0.0005, 0.0005, 0.0005, 0.0009, 0.0099],
        "flames": [1, 1, 1, 5, 5],
        "percent_of_ideal": [None] * 5,
        "percentile": [1.0] * 5,
        "rank": [2, 2, 2, 1, 1],
        "k0": ["D", "B", "A", "C", "E"],
    },
    schema_overrides={"percent_of_ideal": pl.Float64},
)


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_rows_are_sorted_by_rank(tmp_path, pieces):
    parts = PartPlan(str(tmp_path), SCORES_TABLE, RANKED, PLAN, (("k0", "name"),))
    batches = [ROWS.sample(fraction=1.0, shuffle=True, seed=3)[n::pieces] for n in range(pieces)]
    (told,) = write_part(parts, [ROWS.clear(), *batches])
    (file,) = tmp_path.iterdir()
    found = pl.read_parquet(file)
    assert found["contact_id"].to_list() == ["c", "a", "b", "d", "e"]
    assert found["name"].to_list() == ["C", "A", "B", "D", "E"]
    assert found["last_activity_at"].to_list()[1:4] == [PLAN.as_of - given.timedelta(minutes=1)] * 2 + [None]
    assert told.select("name", "rows", "bytes").row(0) == (file.name, 5, file.stat().st_size)
    assert json.loads(told["first"][0]) == [0, 9, 1, "c"]
    assert json.loads(told["last"][0]) == [1, 99, None, "e"]


def test_no_rows_make_no_part(tmp_path):
    parts = PartPlan(str(tmp_path), IDS_TABLE, (("contact_id", False),), PLAN)
    assert list(write_part(parts, [ROWS.clear()])) == []
    assert list(tmp_path.iterdir()) == []


def test_ids_are_sorted_by_code_point(tmp_path):
    parts = PartPlan(str(tmp_path), IDS_TABLE, (("contact_id", False),), PLAN)
    ids = pl.DataFrame({"contact_id": ["b", "\U0001f600", "\uffee", "B", "10", "9"]})
    list(write_part(parts, [ids]))
    (file,) = tmp_path.iterdir()
    wanted = pl.DataFrame({"contact_id": ["10", "9", "B", "b", "\uffee", "\U0001f600"]})
    assert_frame_equal(pl.read_parquet(file), wanted)
