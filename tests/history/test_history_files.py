"""The files of the history: their content, and how long they are kept."""

from __future__ import annotations

import stat
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.errors import OutputError
from flamescore.history import (
    HISTORY,
    HistoryFile,
    history_files,
    history_of,
    kept_files,
    tidy_history,
    write_history,
)
from flamescore.points import in_points
from flamescore.runs import modes
from flamescore.units import Period, nearest_points
from history.nights import keep, run_id, scores, utc

PHOENIX = ZoneInfo("America/Phoenix")
UTC_ZONE = ZoneInfo("UTC")
ROWS = [("9", "interest", 2.5, 1), ("10", "interest", -0.0001, 0), ("10", "fit", 20.0, 5)]


def files(*times):
    return tuple(HistoryFile(run_id(each), each, None) for each in times)


def kept(found, period, zone=UTC_ZONE):
    return [f"{each.as_of:%m-%dT%H:%M}" for each in kept_files(found, period, zone)]


def test_a_file_has_ten_thousandths_by_score_and_contact(tmp_path):
    name = keep(tmp_path, utc(2026, 11, 21, 7), ROWS)
    frame = pl.read_parquet(tmp_path / "history" / f"{name}.parquet")
    assert frame.schema == HISTORY
    assert frame.rows() == [
        ("10", "fit", 200_000, 5),
        ("10", "interest", -1, 0),
        ("9", "interest", 25_000, 1),
    ]


def test_files_are_as_private_as_runs_and_nothing_else_is_left(tmp_path):
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / ".tmp-of-a-killed-run").write_text("half")
    write_history(tmp_path / "new", run_id(utc(2026, 11, 21)), scores(ROWS), modes(0o640))
    write_history(tmp_path, run_id(utc(2026, 11, 21)), scores(ROWS), modes(0o640))
    (file,) = (tmp_path / "history").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "new" / "history").stat().st_mode) == 0o750


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "history").write_text("in the way")
    with pytest.raises(OutputError):
        keep(tmp_path, utc(2026, 11, 21), ROWS)


@given(st.lists(st.floats(-922_337_203_685_477, 922_337_203_685_477), min_size=1, max_size=20))
def test_the_published_floats_come_back_whatever_their_size(points):
    published = [nearest_points(each) / 10_000 for each in points]
    frame = history_of(scores((str(n), "s", each, 0) for n, each in enumerate(published)))
    back = dict(zip(frame["contact_id"], in_points(frame["score"]), strict=True))
    assert [back[str(n)] for n in range(len(points))] == published


def test_two_days_are_whole_then_the_last_of_each_day_then_none():
    times = [utc(2026, 11, day, hour) for day in range(10, 21) for hour in (6, 18)]
    found = files(*times)
    assert kept(found, Period(4, "d")) == [
        "11-16T18:00",
        "11-17T18:00",
        "11-18T18:00",
        "11-19T06:00",
        "11-19T18:00",
        "11-20T06:00",
        "11-20T18:00",
    ]
    # A file exactly two days old is kept only if it is the last of its day. One exactly as old as the
    # period is kept.
    assert kept(files(utc(2026, 11, 18, 6), utc(2026, 11, 18, 7), utc(2026, 11, 20, 6)), Period(2, "d")) == [
        "11-18T07:00",
        "11-20T06:00",
    ]
    assert kept(files(utc(2026, 11, 18, 6), utc(2026, 11, 20, 6)), Period(2, "d"))[0] == "11-18T06:00"
    assert kept(found, Period(12, "h")) == ["11-20T06:00", "11-20T18:00"]
    assert kept((), Period(4, "d")) == []


def test_days_are_those_of_the_zone():
    # 06:59 and 07:00 in UTC are 23:59 and 00:00 in Phoenix.
    times = [utc(2026, 11, 10, 6, 59), utc(2026, 11, 10, 7), utc(2026, 11, 10, 20), utc(2026, 11, 20, 7)]
    assert kept(files(*times), Period(90, "d"), PHOENIX) == ["11-10T06:59", "11-10T20:00", "11-20T07:00"]
    assert kept(files(*times), Period(90, "d")) == ["11-10T20:00", "11-20T07:00"]


@given(st.lists(st.integers(0, 60 * 24 * 12), min_size=1, max_size=60, unique=True), st.integers(1, 10))
def test_what_is_kept_is_as_the_words_say(minutes, days):
    start = utc(2026, 11, 1)
    found = files(*(start + timedelta(minutes=each) for each in minutes))
    newest = max(each.as_of for each in found)
    stay = {each.as_of for each in kept_files(found, Period(days, "d"), UTC_ZONE)}
    for each in found:
        age = newest - each.as_of
        same_day = [other.as_of for other in found if other.as_of.date() == each.as_of.date()]
        wanted = age <= timedelta(days=days) and (age < timedelta(days=2) or each.as_of == max(same_day))
        assert (each.as_of in stay) == wanted


def test_tidying_replaces_the_file_of_the_same_instant_by_the_new_one(tmp_path):
    when = utc(2026, 11, 21, 7)
    keep(tmp_path, when, ROWS, tail="ffffff")
    made = keep(tmp_path, when, ROWS, tail="000000")
    old = keep(tmp_path, utc(2026, 11, 1), ROWS)
    (tmp_path / "history" / "notes.parquet").write_text("not ours")
    tidy_history(tmp_path, made, Period(90, "d"), UTC_ZONE)
    assert [each.run_id for each in history_files(tmp_path)] == [old, made]
    tidy_history(tmp_path, made, Period(7, "d"), UTC_ZONE)
    assert [each.run_id for each in history_files(tmp_path)] == [made]
    tidy_history(tmp_path, made, None, UTC_ZONE)
    assert [each.name for each in (tmp_path / "history").iterdir()] == ["notes.parquet"]


def test_no_folder_is_no_file(tmp_path):
    assert history_files(tmp_path / "none") == ()
    tidy_history(tmp_path / "none", "x", Period(7, "d"), UTC_ZONE)
    assert not (tmp_path / "none").exists()
