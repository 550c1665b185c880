"""Scoring on Spark gives exactly the values that one machine gives for the same tables, or nothing at all."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import spark_tables as given
from polars.testing import assert_frame_equal

import flamescore.spark.scoring as door
from flamescore.errors import FlamescoreError
from flamescore.project import RejectLimit
from flamescore.runs import RulesFile, describe, to_json
from flamescore.spark import rank, score

TABLES = given.tables()
ROOM = Path(door.__file__).parent
HALF = RejectLimit(Decimal(50), share=True)


@pytest.fixture(scope="module")
def whole():
    return given.on_one_machine(TABLES)


def on(spark, tables=TABLES, **asked):
    session, folder = spark
    there = {kind: rank.table_of(session, table) for kind, table in tables.items()}
    work = tempfile.mkdtemp(dir=folder)
    given_too = {"as_of": given.AS_OF, "shards": 3, "work": work, **asked}
    return score(session, given.RULES, *there.values(), **given_too)


@pytest.fixture(scope="module")
def done(spark):
    return on(spark, keep=["name", "email_domain", "score"], exclude=given.EXCLUDE, tables=WIDER)


WIDER = {
    **TABLES,
    "contacts": TABLES["contacts"].with_columns(
        email=pl.concat_str(pl.col("contact_id"), pl.lit("@Example.com")), score=pl.lit("by hand")
    ),
}


def test_scores_are_the_same(done, whole):
    found = rank.collected(done.scores)
    kept = ["name", "email_domain", "contact_score"]
    assert_frame_equal(found.drop(kept), whole.scores)
    names = whole.scores.join(TABLES["contacts"], on="contact_id", how="left", maintain_order="left")["name"]
    assert found["name"].to_list() == names.to_list()
    assert set(found["email_domain"]) == {"example.com"}
    assert set(found["contact_score"]) == {"by hand"}


def test_the_ledger_and_the_rules_are_the_same(done, whole):
    assert_frame_equal(rank.collected(done.points), whole.points)
    assert_frame_equal(rank.collected(done.rules), whole.scored.observed.rules)


def test_excluded_and_rejects_are_the_same(done, whole):
    customers = sorted(f"c{n * 7 % 40}" for n in range(0, 40, 4))
    assert rank.collected(done.excluded)["contact_id"].to_list() == customers
    order = ["source", "reason", "raw"]  # partitions come in any order, and rows have no number
    found = rank.collected(done.rejects)
    assert found["record"].null_count() == found.height > 10
    assert_frame_equal(found.drop("record").sort(order), whole.rejects.drop("record").sort(order))


def test_the_record_is_the_same(done, whole):
    rules = RulesFile.of("rules.yaml", given.RULES)
    wanted = json.loads(to_json(describe(whole.scored, run_id="", rules=rules, started_at=given.AS_OF)))
    found = done.record
    for one in (*found["scores"], *wanted["scores"]):
        one.pop("to_call")
    assert found["scores"] == wanted["scores"]
    assert found["rules"] == wanted["rules"]
    assert found["observed"] == wanted["observed"]
    assert (found["contacts"], found["excluded"]) == (40, 10)
    counts = ("kind", "rows", "old", "rejected", "later", "ignored", "orphans", "kept")
    by_kind = {one["kind"]: [one[name] for name in counts] for one in wanted["sources"]}
    assert {one["kind"]: [one[name] for name in counts] for one in found["sources"]} == by_kind


@pytest.mark.full
@pytest.mark.parametrize("shards", [1, 16])
def test_any_number_of_shards(spark, whole, shards):
    found = on(spark, shards=shards)
    assert_frame_equal(rank.collected(found.scores), whole.scores)
    assert_frame_equal(rank.collected(found.points), whole.points)


def refused(spark, tables=TABLES, **asked):
    with pytest.raises(FlamescoreError) as told:
        on(spark, tables=tables, **asked)
    (problem,) = told.value.problems
    return f"{problem.code} {problem.message}", told.value.exit_code


def test_books_that_do_not_balance(spark, monkeypatch):
    scored = rank.scored
    monkeypatch.setattr(rank, "scored", lambda plan, rows, many: scored(plan, rows.where(LOST), many))
    text = "S004 The shards told of 39 contacts, and 40 were given. Nothing is published."
    assert refused(spark) == (text, 3)


def test_events_that_are_lost(spark, monkeypatch):
    scored = rank.scored
    lost = "kind <> 2 or contact_id <> 'c5'"
    monkeypatch.setattr(rank, "scored", lambda plan, rows, many: scored(plan, rows.where(lost), many))
    text, code = refused(spark)
    assert re.fullmatch(
        r"S004 The shards told of \d+ rows of events, and 400 were given. Nothing is .*", text
    )
    assert code == 3


LOST = "kind <> 0 or contact_id <> 'c5'"


def test_ids_that_stand_twice(spark):
    people = TABLES["contacts"]
    text = "S003 contacts: 2 contact_ids stand more than once; a table has no first row."
    twice = {**TABLES, "contacts": pl.concat([people, people.head(2)])}
    assert refused(spark, tables=twice) == (text, 3)
    events = TABLES["events"].with_columns(
        event_id=pl.lit("e") + (pl.int_range(pl.len()) % 399).cast(pl.String)
    )
    text = "S003 events: 1 event_ids stand more than once; a table has no first row."
    assert refused(spark, tables={**TABLES, "events": events}) == (text, 3)


def ordered():
    """Return tables with an order, `n`: contacts and events appear twice, all tags change at once."""
    people = TABLES["contacts"].with_columns(n=pl.int_range(pl.len()))
    padded = pl.format(" {} ", "contact_id").alias("contact_id")
    again = people.head(9).with_columns(padded, name=pl.lit("Later"), n=pl.col("n") + 90)
    place = pl.int_range(pl.len())
    ids = pl.when(place % 7 > 0).then(pl.format("e{}", place // 3))
    at = pl.lit(given.AS_OF).cast(pl.Datetime("us", "UTC"))
    return {
        "contacts": pl.concat([people, again]),
        "events": TABLES["events"].with_columns(event_id=ids, n=place),
        "tag_history": TABLES["tag_history"].with_columns(at=at, n=9 - place),
    }


def test_rows_that_have_an_order(spark):
    tables = ordered()
    wanted = given.on_one_machine({kind: table.sort("n") for kind, table in tables.items()})
    mixed = {kind: table.sample(fraction=1.0, shuffle=True, seed=5) for kind, table in tables.items()}
    found = on(spark, tables=mixed, keep=["name"], order_by="n", max_rejects=HALF)
    scores = rank.collected(found.scores)
    assert_frame_equal(scores.drop("name"), wanted.scores)
    assert "Later" not in scores["name"]
    assert_frame_equal(rank.collected(found.points), wanted.points)
    order = ["source", "reason", "raw"]
    assert_frame_equal(
        rank.collected(found.rejects).drop("record").sort(order), wanted.rejects.drop("record").sort(order)
    )
    counts = [source.counts for source in wanted.scored.observed.sources]
    assert [one["superseded"] for one in found.record["sources"]] == [one.superseded for one in counts]
    assert counts[2].superseded > 100


def test_rows_that_have_none(spark):
    tables = ordered()
    text = "S003 contacts: 9 contact_ids stand more than once; a table has no first row."
    assert refused(spark, tables=tables) == (text, 3)
    text = "S003 tag_history: 1 tags stand at one instant; a table has no first row."
    assert refused(spark, tables={**TABLES, "tag_history": tables["tag_history"]}) == (text, 3)


def test_workers_of_another_version(spark, monkeypatch):
    theirs = door.versions_here().replace("polars ", "polars 9.")
    monkeypatch.setattr(rank, "collected", lambda _: pl.DataFrame({"text": [theirs]}))
    with pytest.raises(FlamescoreError) as told:
        door.check_workers(spark[0])
    text = f"S002 The workers run {theirs}; here it is {door.versions_here()}."
    assert str(told.value).startswith(text)


def test_a_contact_with_too_many_events(spark):
    text = "S005 One contact has 29 events that may count; a shard holds 20."
    assert refused(spark, most_events=20) == (text, 3)


def test_what_is_not_done_is_told_before_a_row_is_read():
    labels = given.RULES + "labels: {band: {first_of: [{if: {score: fit, flames: 5}, label: A}]}}\n"
    empty = {kind: table.clear() for kind, table in TABLES.items()}
    asked = {
        "`labels`": (labels, {}),
        "`bots`": (given.RULES + "bots: show\n", {}),
        "`keep` of `tags`": (given.RULES, {"keep": ("tags",)}),
        "an `exclude` that asks for scores, labels, rules or segments": (
            given.RULES,
            {"exclude": "{score: fit, flames: 5}"},
        ),
    }
    for what, (rules, more) in asked.items():
        with pytest.raises(
            FlamescoreError, match=re.escape(f"S001 The engine on Spark does not do {what} yet.")
        ):
            door.planned(door.rules_given(rules), empty, given.AS_OF, **more)


def test_a_session_of_spark_connect_is_enough():
    text = "".join(path.read_text() for path in ROOM.glob("*.py"))
    for word in ("sparkContext", ".rdd", "toPandas", "broadcast(plan", "applyInPandas", "collect()"):
        assert word not in text, word


def test_tables_without_rows(spark, whole):
    """For example, with no rejects: Spark can't infer the columns of a table without rows."""
    history = TABLES["tag_history"].filter(pl.col("action") != "renamed")
    sound = {**TABLES, "events": TABLES["events"].clear(), "tag_history": history}
    found = on(spark, tables=sound, shards=None)
    assert rank.collected(found.rejects).rows() == []
    assert rank.collected(found.excluded).rows() == []
    assert rank.collected(found.scores).height == whole.scores.height
    nobody = {**TABLES, "contacts": TABLES["contacts"].clear()}
    assert refused(spark, tables=nobody) == ("I002 contacts: the table has no row.", 3)


def test_rejects_past_the_limit(spark):
    events = TABLES["events"].with_columns(event=pl.when(pl.int_range(pl.len()) % 3 > 0).then("event"))
    text, code = refused(spark, tables={**TABLES, "events": events})
    assert text.startswith("I007 events: ")
    assert "more than 1%" in text
    assert code == 3


@pytest.mark.full
def test_times_may_be_text_and_spark_may_hold_the_tables(spark, whole):
    events = TABLES["events"].with_columns(at=pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert given.AS_OF - events["at"].str.to_datetime(time_zone="UTC").max() < timedelta(0)
    found = on(spark, tables={**TABLES, "events": events}, work=None)
    assert_frame_equal(rank.collected(found.scores), whole.scores)
