"""A contact's history: rows, changes, sparklines; it is read in one scan."""

from __future__ import annotations

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.errors import InputError
from flamescore.history import HISTORY, history_files, read_contact, series, sparkline, sparklines
from flamescore.points import in_points
from history.nights import keep, utc

UTC_ZONE = ZoneInfo("UTC")
SIX = [(20, 0, 0), (21, 12.5, 3), (22, 25, 5), (23, 25, 5), (24, 50, 5), (25, 6.2, 2)]
"""Day, points and flames of the example in the module."""


def told(output, ids=("7",), *, hot_flames=5, every=False):
    files = history_files(output)
    found = read_contact(files, ids)
    rows = series(found, files, UTC_ZONE, hot_flames=hot_flames, every=every)
    shown = [(f"{row['as_of']:%d %H}", row["score"], row["flames"], row["change"]) for row in rows.to_dicts()]
    return shown, sparklines(found, files, UTC_ZONE)


def test_the_example(tmp_path):
    for day, score, flames in SIX:
        keep(tmp_path, utc(2026, 11, day), [("6", "s", 99, 5), ("7", "s", score, flames)])
    rows, lines = told(tmp_path)
    assert rows == [
        ("20 00", 0, 0, None),
        ("21 00", 12.5, 3, "up"),
        ("22 00", 25, 5, "newly_hot"),
        ("24 00", 50, 5, "up"),
        ("25 00", 6.2, 2, "cooled_off"),
    ]
    assert lines == {"s": "▁▃▅▅█▁"}
    every, _ = told(tmp_path, every=True)
    assert every[3] == ("23 00", 25, 5, "same")
    assert len(every) == len(SIX)
    without, _ = told(tmp_path, hot_flames=None)
    assert [row[3] for row in without] == [None, "up", "up", "up", "down"]


def test_a_day_is_its_last_file_and_the_first_and_last_are_always_told(tmp_path):
    for hour, score in ((6, 1), (12, 9), (18, 5)):
        keep(tmp_path, utc(2026, 11, 20, hour), [("7", "s", score, 1)])
    for day in (21, 22):
        keep(tmp_path, utc(2026, 11, day, 6), [("7", "s", 5, 1)])
    rows, lines = told(tmp_path)
    assert rows == [("20 18", 5, 1, None), ("22 06", 5, 1, "same")]
    assert lines == {"s": "▁▁▁"}
    every, _ = told(tmp_path, every=True)
    assert [(row[1], row[3]) for row in every] == [
        (1, None), (9, "up"), (5, "down"), (5, "same"), (5, "same"),
    ]  # fmt: skip


def test_who_comes_and_goes_is_new_and_vanished(tmp_path):
    for day, rows in ((20, []), (21, [("7", "s", 5, 1)]), (22, [("7", "t", 1, 0)]), (23, [])):
        keep(tmp_path, utc(2026, 11, day), [("1", "s", 0, 0), *rows])
    rows, lines = told(tmp_path)
    assert rows == [
        ("21 00", 5, 1, "new"),
        ("22 00", None, None, "vanished"),
        ("22 00", 1, 0, "new"),
        ("23 00", None, None, "vanished"),
    ]
    assert lines == {"s": " ▁  ", "t": "  ▁ "}


def test_merged_ids_are_read_as_its_own(tmp_path):
    keep(tmp_path, utc(2026, 11, 20), [("3", "s", 8, 2), ("4", "s", 9, 2)])
    keep(tmp_path, utc(2026, 11, 21), [("3", "s", 50, 5), ("7", "s", 10, 2)])
    keep(tmp_path, utc(2026, 11, 22), [("7", "s", 11, 2)])
    rows, _ = told(tmp_path, ("7", "3", "4"))
    assert [row[1] for row in rows] == [9, 10, 11]


def test_a_damaged_file_is_named_and_one_that_is_gone_is_none(tmp_path):
    for day in (20, 21, 22):
        keep(tmp_path, utc(2026, 11, day), [("7", "s", day, 1)])
    files = history_files(tmp_path)
    files[1].path.unlink()
    assert read_contact(files, ["7"])["score"].sort().to_list() == [200_000, 220_000]
    files[2].path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(InputError, match=r"O005 .*history/2026-11-22T000000Z-3f9a1c\.parquet is damaged"):
        read_contact(files, ["7"])


def test_nothing_is_read_of_no_files():
    assert read_contact([], ["7"]).is_empty()
    assert series(read_contact([], ["7"]), [], UTC_ZONE, hot_flames=5).is_empty()


@given(st.lists(st.none() | st.integers(-10, 10), max_size=12))
def test_a_sparkline_goes_from_the_lowest_to_the_highest(values):
    line = sparkline(values)
    known = [value for value in values if value is not None]
    assert len(line) == len(values)
    assert [mark == " " for mark in line] == [value is None for value in values]
    if known and min(known) < max(known):
        assert {line[values.index(min(known))], line[values.index(max(known))]} == {"▁", "█"}
        pairs = sorted((value, mark) for value, mark in zip(values, line, strict=True) if value is not None)
        assert [mark for _, mark in pairs] == sorted(mark for _, mark in pairs)
    else:
        assert set(line) <= {"▁", " "}


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(-3, 3), st.integers(0, 5)), max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_every_file_is_told_as_it_was_published(tmp_path_factory, nights):
    folder = tmp_path_factory.mktemp("h")
    start = utc(2026, 11, 20)
    for number, people in enumerate(nights):
        rows = [(who, "s", score / 4, flames) for who, (score, flames) in people.items()]
        keep(folder, start + timedelta(hours=7 * number), rows)
    files = history_files(folder)
    for who in "abc":
        rows = series(read_contact(files, [who]), files, UTC_ZONE, hot_flames=5, every=True)
        there = rows.filter(pl.col("score").is_not_null())
        wanted = [
            (start + timedelta(hours=7 * n), people[who][0] / 4, people[who][1])
            for n, people in enumerate(nights)
            if who in people
        ]
        assert there.select("as_of", "score", "flames").rows() == wanted


@pytest.mark.full
def test_one_contact_in_400_files_of_a_million_rows_is_one_scan(tmp_path):
    people, dice = 1_000_000, np.random.default_rng(7)
    ids = pl.Series(np.arange(people)).cast(pl.String).str.zfill(9)
    frame = pl.DataFrame(
        {
            "contact_id": ids,
            "score_name": "s",
            "score": dice.integers(0, 40, people) * 10_000,
            "flames": np.zeros(people),
        }
    ).cast(dict(HISTORY))
    first = tmp_path / "history" / "x.parquet"
    first.parent.mkdir()
    frame.write_parquet(first, compression="zstd", row_group_size=50_000)
    for number in range(400):
        when = utc(2025, 11, 1) + timedelta(days=number)
        (first.parent / f"{when:%Y-%m-%dT%H%M%SZ}-3f9a1c.parquet").hardlink_to(first)
    first.unlink()
    files, who = history_files(tmp_path), ids[777_777]
    plain = pl.scan_parquet([each.path for each in files]).filter(pl.col("contact_id") == who)
    asked = {"plain": [], "ours": []}
    for _ in range(3):
        start = time.perf_counter()
        wanted = plain.collect()
        asked["plain"].append(time.perf_counter() - start)
        start = time.perf_counter()
        found = read_contact(files, [who])
        rows = series(found, files, UTC_ZONE, hot_flames=5, every=True)
        asked["ours"].append(time.perf_counter() - start)
    assert rows["score"].to_list() == in_points(wanted["score"]).to_list()
    assert rows.height == 400
    assert min(asked["ours"]) < 3 * min(asked["plain"])
