"""The recent scores of a report's contacts, from the files of the history."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from flamescore.history import recent_scores
from history.nights import keep, scores, utc

PHOENIX = ZoneInfo("America/Phoenix")
TODAY = utc(2026, 11, 21, 7)


def told(output, *ids: str) -> list[tuple[str, str, str, float]]:
    mine = scores([("2", "fit", 9.0, 5), ("1", "fit", 3.0, 1), ("1", "interest", 4.0, 2)])
    rows, _ = recent_scores(output, TODAY, PHOENIX, mine, pl.Series(ids))
    return [(who, name, f"{at:%m-%dT%H}", score) for who, name, at, score in rows.iter_rows()]


def test_the_last_file_of_each_local_day_and_the_run_itself(tmp_path):
    keep(tmp_path, utc(2026, 11, 19, 7), [("1", "fit", 1.0, 1), ("3", "fit", 8.0, 5)])
    keep(tmp_path, utc(2026, 11, 20, 7), [("1", "fit", 1.5, 1)])
    keep(tmp_path, utc(2026, 11, 21, 6), [("1", "fit", 2.5, 1), ("2", "fit", 7.25, 4)])  # still the 20th
    keep(
        tmp_path, utc(2026, 11, 21, 7), [("1", "fit", 99.0, 5)], tail="000000"
    )  # the scores of the run itself are used for its day
    keep(tmp_path, utc(2026, 11, 22, 7), [("1", "fit", 99.0, 5)])  # later than the run
    assert told(tmp_path, "1", "2") == [
        ("2", "fit", "11-21T06", 7.25),
        ("2", "fit", "11-21T07", 9.0),
        ("1", "fit", "11-19T07", 1.0),
        ("1", "fit", "11-21T06", 2.5),
        ("1", "fit", "11-21T07", 3.0),
        ("1", "interest", "11-21T07", 4.0),
    ]


def test_fourteen_days_with_this_one(tmp_path):
    for day in range(1, 21):
        keep(tmp_path, utc(2026, 11, day, 7), [("1", "fit", float(day), 1)])
    days = [at for _, name, at, _ in told(tmp_path, "1") if name == "fit"]
    assert (len(days), days[0], days[-1]) == (14, "11-08T07", "11-21T07")


def test_a_score_that_the_run_does_not_have_is_left_out(tmp_path):
    keep(tmp_path, utc(2026, 11, 20, 7), [("1", "old", 1.5, 1)])
    assert [name for _, name, _, _ in told(tmp_path, "1")] == ["fit", "interest"]


def test_without_files_it_is_the_run_alone(tmp_path):
    assert told(tmp_path, "2") == [("2", "fit", "11-21T07", 9.0)]


def test_a_file_that_can_not_be_read_is_left_out_with_a_note(tmp_path):
    name = keep(tmp_path, utc(2026, 11, 20, 7), [("1", "fit", 1.5, 1)])
    keep(tmp_path, utc(2026, 11, 19, 7), [("1", "fit", 1.0, 1)])
    (tmp_path / "history" / f"{name}.parquet").write_bytes(b"PAR1")
    rows, notes = recent_scores(tmp_path, TODAY, PHOENIX, scores([("1", "fit", 3.0, 1)]), pl.Series(["1"]))
    assert rows["score"].to_list() == [1.0, 3.0]
    assert [(each.code, each.severity, each.message) for each in notes] == [
        ("O106", "note", f"history/{name}.parquet can't be read: the report leaves that day out."),
    ]
