"""Changes that must not matter leave every byte the same; every point and every row is accounted for."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from flamescore.engine import Tuning
from flamescore.exports import from_frames, load, survey
from flamescore.frames import LIST_SUFFIX
from flamescore.project import load_project
from flamescore.scoring import score_exports
from oracle import fold
from product import (
    COLUMNS,
    as_bytes,
    book_of,
    contacts_frame,
    digest,
    events_frame,
    exports_of,
    scored,
    whole,
)
from strategies import cases, contacts_csv, events_csv, tag_history_csv

some = settings(max_examples=max(settings.default.max_examples // 8, 10))

TUNINGS = {
    "one worker": Tuning(workers=1),
    "many workers": Tuning(workers=4, bin_bits=0, budget=1),
    "rows one by one": Tuning(batch=1),
    "odd batches": Tuning(batch=7),
    "a contact a bin": Tuning(bin_bits=0),
    "two contacts a bin": Tuning(bin_bits=1, budget=1),
    "a bin a partition": Tuning(bin_bits=2, budget=1),
    "all in files": Tuning(memory=0, batch=7, bin_bits=1, budget=1),
    "some in files": Tuning(memory=300, batch=7),
    "wide": Tuning(wide=True),
    "wide in files": Tuning(memory=0, wide=True),
    "wide in small pieces": Tuning(wide=True, batch=7, bin_bits=1, budget=1),
}


@some
@given(case=cases())
def test_the_ledger_of_every_contact_adds_up_to_its_score(case):
    result = scored(case)
    sums = Counter()
    for row in result.ledger.frame().iter_rows(named=True):
        sums[row["contact_id"], row["score_name"]] += whole(row["points"])
    for row in result.scores.iter_rows(named=True):
        assert whole(row["score"]) == sums.pop((row["contact_id"], row["score_name"]), 0)
    assert set(sums.values()) <= {0}


@pytest.mark.parametrize("tuning", TUNINGS.values(), ids=TUNINGS)
@settings(max_examples=max(settings.default.max_examples // 30, 4))
@given(case=cases())
def test_how_the_work_is_cut_up_changes_nothing(case, tuning):
    assert as_bytes(scored(case, tuning=tuning)) == as_bytes(scored(case))


def shuffled_history(rows, dice):
    """Shuffle rows, but keep the order within a contact, tag and instant, where the last row counts."""
    out = dice.sample(rows, len(rows))
    for key in {place_of(row) for row in rows}:
        alike = iter([row for row in rows if place_of(row) == key])
        out = [next(alike) if place_of(row) == key else row for row in out]
    return out


def place_of(row):
    return row["contact_id"], fold(row["tag"]), row["at"]


@some
@given(case=cases(), seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(case, seed):
    dice = Random(seed)
    turned = replace(
        case,
        contacts=dice.sample(case.contacts, len(case.contacts)),
        events=dice.sample(case.events, len(case.events)),
        tag_history=shuffled_history(case.tag_history, dice),
    )
    assert as_bytes(scored(turned)) == as_bytes(scored(case))


@some
@given(case=cases(), sources=st.sampled_from([2, 5]))
def test_events_of_several_sources_are_those_of_one(case, sources):
    assert as_bytes(scored(case, exports_of(case, sources=sources))) == as_bytes(scored(case))


@some
@given(case=cases(), shards=st.sampled_from([2, 3]))
def test_contacts_cut_into_shards_have_the_same_ledger_and_scores(case, shards):
    parts = [
        scored(replace(case, contacts=case.contacts[i::shards])) for i in range(shards) if case.contacts[i:]
    ]
    whole_of_it = scored(case)
    ledger = pl.concat([part.ledger.frame() for part in parts]).sort("contact_id", maintain_order=True)
    assert ledger.equals(whole_of_it.ledger.frame())
    by_list = [name for name, spec in case.book["scores"].items() if isinstance(spec.get("flames"), dict)]
    flames = pl.when(~pl.col("score_name").is_in(by_list)).then(
        "flames"
    )  # by percentile, they depend on the whole list
    own = ["contact_id", "score_name", "score", flames, "percent_of_ideal", "last_activity_at"]
    order = ["contact_id", "score_name"]
    scores = pl.concat([part.scores for part in parts]).select(own).sort(order)
    assert scores.equals(whole_of_it.scores.select(own).sort(order))


def loaded(folder: Path, kind: str, zone: str):
    lists = {"contacts": ', lists: {products: ";"}', "events": ', lists: {topics: ";"}', "tag_history": ""}
    lines = [f"{each}: [{{path: {each}.{kind}{more}}}]" for each, more in lists.items()]
    (folder / "flamescore.yaml").write_text("\n".join(["version: 1", *lines]) + "\n")
    opened = survey(load_project(folder / "flamescore.yaml"))
    return load(opened, zone=ZoneInfo(zone), strict=True, lists=COLUMNS.lists)


@some
@given(case=cases())
def test_frames_csv_and_parquet_are_scored_alike(case, tmp_path_factory):
    assume(case.events and case.tag_history)  # a file without rows is rejected
    folder = tmp_path_factory.mktemp("exports")
    contacts, events = contacts_frame(case.contacts), events_frame(case.events)
    history = exports_of(case).tag_history
    texts = (contacts_csv(case.contacts), events_csv(case.events), tag_history_csv(case.tag_history))
    for name, frame, text in zip(
        ("contacts", "events", "tag_history"), (contacts, events, history), texts, strict=True
    ):
        (folder / f"{name}.csv").write_bytes(text.encode())
        shown = frame.drop(each for each in frame.columns if "\x00" in each)
        shown.write_parquet(folder / f"{name}.parquet")
    zone = case.book.get("timezone", "UTC")
    expected = as_bytes(scored(case))
    if "" not in contacts["products" + LIST_SUFFIX]:  # a blank cell of a frame is missing
        assert as_bytes(scored(case, from_frames(contacts, events, history, strict=True))) == expected
    assert as_bytes(scored(case, loaded(folder, "csv", zone))) == expected
    assert as_bytes(scored(case, loaded(folder, "parquet", zone))) == expected


def test_the_number_of_threads_changes_nothing():
    here = str(Path(__file__).parent)
    program = (
        f"import sys; sys.path.insert(0, {here!r}); from product import digest; print(digest(range(40)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            env=os.environ | {"POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for threads in ("1", "2")
    }
    assert found == {digest(range(40))}


@some
@given(case=cases())
def test_a_rule_that_matches_nobody_changes_nothing(case):
    nobody = [
        {"name": "No such event", "event": "no such event", "points": 7, "count": "each"},
        {"name": "No such tag", "tag": "no such tag", "points": 7, "limits": {"max": 3}},
        {"name": "No such field", "field": {"country": "no such country"}, "points": -7},
        {"name": "Nobody", "if": {"all": [{"tag": "VIP"}, {"not": {"tag": "VIP"}}]}, "points": 7},
    ]
    scores = {name: spec | {"rules": nobody + spec["rules"]} for name, spec in case.book["scores"].items()}
    ignore = [*case.book.get("ignore", []), {"event": "no such event"}]
    more = case.with_book(case.book | {"scores": scores, "ignore": ignore})
    assert as_bytes(scored(more)) == as_bytes(scored(case))


@some
@given(case=cases())
def test_events_after_as_of_change_nothing(case):
    later = [
        row | {"at": case.as_of + abs(case.as_of - row["at"]) + timedelta(seconds=1)} for row in case.events
    ]
    more = replace(case, events=[row for pair in zip(later, case.events, strict=True) for row in pair])
    assert as_bytes(scored(more)) == as_bytes(scored(case))


@some
@given(case=cases(), sources=st.sampled_from([1, 3]))
def test_the_counts_of_every_source_add_up_to_its_rows(case, sources):
    exports = exports_of(case, sources=sources)
    records = score_exports(book_of(case.book), exports, as_of=case.as_of).observed.sources
    lengths = [len(case.events[i::sources]) for i in range(sources)]
    assert [record.counts.rows for record in records] == lengths
    for record in records:
        rows, *others = astuple(record.counts)
        assert sum(others) == rows
        assert min(others) >= 0
