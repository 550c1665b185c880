"""How a run's record continues the trend of the previous run."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flamescore.runs import TrendEntry
from flamescore.runs.trend import continued

PHOENIX = ZoneInfo("America/Phoenix")


def entry(day: int, hour: int = 7, to_call: int = 1, score: str = "fit") -> TrendEntry:
    at = datetime(2026, 11, day, hour, tzinfo=UTC)
    return TrendEntry(as_of=at, score=score, hot=9, to_call=to_call, rules_hash="sha256:00")


def test_it_goes_on_day_by_day():
    told = continued([entry(19), entry(20)], [entry(21)], PHOENIX)
    assert [each.as_of.day for each in told] == [19, 20, 21]


def test_of_a_local_day_the_last_run_stands():
    told = continued([entry(20, to_call=5), entry(21, 6, to_call=6)], [entry(21, 7, to_call=7)], PHOENIX)
    assert [each.to_call for each in told] == [6, 7]


def test_fourteen_days_at_most_of_each_score():
    earlier = [entry(day, score=score) for day in range(1, 21) for score in ("fit", "interest")]
    told = continued(earlier, [entry(21), entry(21, score="interest")], PHOENIX)
    assert [(each.as_of.day, each.score) for each in told[:3]] == [(8, "fit"), (8, "interest"), (9, "fit")]
    assert len(told) == 28
