"""Shards without Spark: clean rows in any order give the result of one machine."""

from __future__ import annotations

import pickle
from functools import reduce
from operator import add
from pathlib import Path

import polars as pl
import pytest
import spark_tables as given
from polars.testing import assert_frame_equal

from flamescore.spark import clean, shard
from flamescore.spark import plan as plan_module
from flamescore.spark.clean import clean_pieces
from flamescore.spark.plan import LEDGER, NOTE, PEOPLE, TOO_MANY, TOTALS
from flamescore.spark.shard import score_shard

TABLES = given.tables()


def cleaned(plan):
    pieces = [
        piece
        for number, source in enumerate(plan.sources)
        for piece in clean_pieces(plan, number, iter(TABLES[source.kind].iter_slices(150)))
    ]
    return pl.concat(pieces)


@pytest.fixture(scope="module")
def whole():
    return given.on_one_machine(TABLES)


@pytest.fixture(scope="module")
def plan():
    return pickle.loads(pickle.dumps(given.plan_of(TABLES)))


@pytest.fixture(scope="module")
def rows(plan):
    return cleaned(plan).filter(pl.col("note").is_null())


def told(plan, rows, shards, size=50):
    """Score shards of shuffled rows, contacts last, in small batches."""
    made = []
    for number in range(shards):
        mine = rows.filter(pl.col("contact_id").hash(1) % shards == number)
        mixed = mine.sample(fraction=1.0, shuffle=True, seed=shards).sort("kind", descending=True)
        made += score_shard(plan, mixed.iter_slices(size) if mixed.height else [])
    return pl.concat(made)


@pytest.mark.parametrize("shards", [1, 3, 16])
def test_any_number_of_shards_comes_to_the_same(plan, rows, whole, shards):
    found = told(plan, rows, shards)
    names = [score.name for score in plan.book.scores]
    totals = found.filter(pl.col("part") == TOTALS).select(
        "contact_id",
        score_name=pl.col("number").replace_strict(dict(enumerate(names)), return_dtype=pl.String),
        score=pl.col("value") / 10_000,
    )
    order = ["score_name", "contact_id"]
    wanted = whole.scores.select("contact_id", "score_name", "score").sort(order)
    assert_frame_equal(totals.sort(order), wanted)
    entries = plan.entries
    ledger = found.filter(pl.col("part") == LEDGER).sort("contact_id", "number")
    assert [
        (row["contact_id"], entries[row["number"]].id, row["occurrences"], row["points"])
        for row in ledger.iter_rows(named=True)
    ] == whole.points.select("contact_id", "rule_id", "occurrences", "points").rows()
    people = found.filter(pl.col("part") == PEOPLE)
    assert people.height == TABLES["contacts"].height
    customers = [f"c{n * 7 % 40}" for n in range(40) if n % 4 == 0]
    # Customers are excluded by the contacts' tags; the history only contains another tag.
    assert sorted(people.filter("excluded")["contact_id"]) == sorted(customers)


def test_what_shards_notice_adds_up(plan, rows, whole):
    notes = [pickle.loads(each) for each in told(plan, rows, 5).filter(pl.col("part") == NOTE)["note"]]
    assert len(notes) == 5
    noticed = reduce(add, (each.noticed for each in notes)).to_observations(plan.entries)
    assert_frame_equal(noticed.rules, whole.scored.observed.rules)
    assert sum(sum(each.contacts.values()) for each in notes) == 40
    # Four rows of the history are valid; the contact of one of them doesn't exist.
    assert reduce(add, (each.history.get(1, (0, 0))[1] for each in notes)) == 1


def test_a_shard_of_orphans_alone_and_an_empty_one(plan, rows):
    lost = rows.filter(pl.col("kind") != 0)
    (note,) = [
        pickle.loads(each["note"][0]) for each in score_shard(plan, [lost]) if each["part"].eq(NOTE).any()
    ]
    counts = note.noticed.sources[0].counts
    assert (note.contacts, counts.kept) == ({}, 0)
    assert counts.orphans + counts.old + counts.later == counts.rows > 0
    (empty,) = [
        pickle.loads(each["note"][0]) for each in score_shard(plan, []) if each["part"].eq(NOTE).any()
    ]
    assert empty.noticed.sources[0].counts.rows == 0


def test_rows_that_count_and_the_others_are_all_that_came(plan):
    every = cleaned(plan)
    for number, source in enumerate(plan.sources):
        mine = every.filter(pl.col("source") == number)
        notes = [pickle.loads(each) for each in mine["note"].drop_nulls()]
        aside = sum(each.counts.old + each.counts.rejected + each.counts.ignored for each in notes)
        assert aside + mine["note"].null_count() == TABLES[source.kind].height
        assert sum(each.counts.rows for each in notes) == TABLES[source.kind].height


def test_a_contact_with_too_many_events_is_told_of_and_nothing_else(rows):
    small = given.plan_of(TABLES, most_events=20)
    (only,) = score_shard(small, [rows])
    assert only.select("part", "contact_id").rows() == [(TOO_MANY, "c0")]
    assert only["value"][0] > 20


def test_the_shard_imports_no_spark():
    for module in (clean, plan_module, shard):
        assert "pyspark" not in Path(module.__file__).read_text()
