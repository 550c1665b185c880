"""Which runs are kept, and with which run another one is compared."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.errors import NotFoundError
from flamescore.project import KeepRuns
from flamescore.runs import run_against
from flamescore.runs.keep_runs import kept
from flamescore.units import Period

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True)
class Made:
    run_id: str
    as_of: datetime


def run(*when):
    as_of = datetime(*when, tzinfo=UTC)
    return Made(f"{as_of:%Y-%m-%dT%H%M%SZ}-3f9a1c", as_of)


def names(runs):
    return [f"{each.as_of:%m-%dT%H}" for each in runs]


THREE_A_DAY = [run(2026, 11, day, hour) for day in range(10, 21) for hour in (6, 12, 18)]


def test_all_for_a_day_and_the_last_of_three_days():
    rule = KeepRuns(all=Period(1, "d"), daily=3)
    assert names(kept(THREE_A_DAY, rule, UTC_ZONE)) == [
        "11-18T18",
        "11-19T18",
        "11-20T06",
        "11-20T12",
        "11-20T18",
    ]


def test_a_number_keeps_the_last_ones():
    assert kept(THREE_A_DAY, 4, UTC_ZONE) == tuple(THREE_A_DAY[-4:])
    assert kept(THREE_A_DAY[:2], 4, UTC_ZONE) == tuple(THREE_A_DAY[:2])


def test_spared_runs_stay_and_count_among_a_number():
    spared = {THREE_A_DAY[0].run_id}
    assert kept(THREE_A_DAY, 4, UTC_ZONE, spared) == (THREE_A_DAY[0], *THREE_A_DAY[-3:])
    assert kept(THREE_A_DAY, KeepRuns(daily=1), UTC_ZONE, spared) == (THREE_A_DAY[0], THREE_A_DAY[-1])


def test_days_are_those_of_the_zone():
    runs = [run(2026, 11, 20, 6), run(2026, 11, 20, 8)]  # 23:00 on the 19th and 01:00 in Phoenix
    assert kept(runs, KeepRuns(daily=2), ZoneInfo("America/Phoenix")) == tuple(runs)
    assert kept(runs, KeepRuns(daily=2), UTC_ZONE) == (runs[1],)


def test_weeks_begin_on_monday_and_only_those_with_a_run_count():
    runs = [run(2026, 9, 30), run(2026, 11, 8), run(2026, 11, 9), run(2026, 11, 15), run(2026, 11, 16)]
    assert names(kept(runs, KeepRuns(weekly=3), UTC_ZONE)) == ["11-08T00", "11-15T00", "11-16T00"]
    assert names(kept(runs, KeepRuns(weekly=4), UTC_ZONE))[0] == "09-30T00"
    assert names(kept(runs, KeepRuns(monthly=2), UTC_ZONE)) == ["09-30T00", "11-16T00"]


def test_weeks_at_the_turn_of_the_year():
    runs = [run(2026, 12, 28), run(2027, 1, 3), run(2027, 1, 4)]
    assert kept(runs, KeepRuns(weekly=5), UTC_ZONE) == tuple(runs[1:])


def test_every_quarter_of_an_hour_for_a_year():
    first = datetime(2026, 1, 1, tzinfo=UTC)
    runs = [Made(f"{each:06}", first + timedelta(minutes=15 * each)) for each in range(365 * 96)]
    rule = KeepRuns(all=Period(2, "d"), daily=60, weekly=12, monthly=24)
    left = kept(runs, rule, UTC_ZONE)
    assert len(left) <= 192 + 60 + 12 + 24
    assert kept(left, rule, UTC_ZONE) == left


instants = st.lists(st.integers(0, 400), unique=True, max_size=40)
rules = st.builds(
    KeepRuns,
    all=st.none() | st.builds(Period, st.integers(1, 9), st.sampled_from(["h", "d", "w", "mo"])),
    daily=st.integers(0, 9),
    weekly=st.integers(0, 4),
    monthly=st.integers(0, 3),
)


@given(instants, rules)
def test_thinning_twice_takes_nothing_more(hours, rule):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    runs = [Made(f"{each:04}", start + timedelta(hours=7 * each)) for each in hours]
    left = kept(runs, rule, UTC_ZONE)
    assert kept(left, rule, UTC_ZONE) == left


NIGHTLY = [run(2026, 11, day, 2) for day in range(1, 21)]
NEWER = NIGHTLY[-1]  # Friday


def against(words, runs=NIGHTLY, newer=NEWER, zone=UTC_ZONE):
    return names([run_against(runs, words, newer, zone)])[0]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("7d", "11-13T02"),
        ("1w", "11-13T02"),
        ("36h", "11-18T02"),
        ("yesterday", "11-19T02"),
        ("last-monday", "11-16T02"),
        ("last-friday", "11-13T02"),
        ("Last-Saturday", "11-14T02"),
        ("last-thursday", "11-19T02"),
        ("2026-11-12", "11-12T02"),
        ("2026-11-12T020000Z-3f9a1c", "11-12T02"),
        ("2026-11-12T02:00:00Z", "11-12T02"),
        ("2026-11-1", "11-19T02"),
        ("2026-11", "11-19T02"),
    ],
)
def test_which_run_is_meant(words, wanted):
    assert against(words) == wanted


def test_of_a_day_the_last_run_that_is_earlier():
    assert against("2026-11-20", THREE_A_DAY, THREE_A_DAY[-1]) == "11-20T12"
    assert against("yesterday", THREE_A_DAY, THREE_A_DAY[-1]) == "11-19T18"


def test_the_day_of_the_newer_run_is_that_of_the_zone():
    phoenix = ZoneInfo("America/Phoenix")  # 02:00 UTC is 19:00 the day before
    assert against("yesterday", zone=phoenix) == "11-19T02"
    assert against("2026-11-18", zone=phoenix) == "11-19T02"
    assert against("last-thursday", zone=phoenix) == "11-13T02"


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        ("2026-01-01", ["11-01", "11-02"]),
        ("1y", ["11-01", "11-02"]),
        ("2026-11-30", ["11-19", "11-18"]),
        ("2026-11-21", ["11-19", "11-18"]),
        ("2026-11-2020", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_where_there_is_no_such_run_the_nearest_two_are_named(words, nearest):
    with pytest.raises(NotFoundError) as caught:
        run_against(NIGHTLY, words, NEWER, UTC_ZONE)
    (problem,) = caught.value.problems
    assert problem.code == "O004"
    assert f"`{words}`" in problem.message
    named = [
        each.strip(" .")[5:10] for each in problem.hint.removeprefix("Name one of the nearest: ").split(",")
    ]
    assert len(named) == 2
    assert nearest is None or named == nearest


def test_a_day_without_a_run_is_not_another_day():
    runs = [each for each in NIGHTLY if each.as_of.day != 16]
    with pytest.raises(NotFoundError):
        run_against(runs, "last-monday", NEWER, UTC_ZONE)


def test_without_an_earlier_run_there_is_nothing_to_compare_with():
    with pytest.raises(NotFoundError, match="There is no run before"):
        run_against([NEWER], "7d", NEWER, UTC_ZONE)
