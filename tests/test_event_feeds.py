"""Feeds of the sample, night by night; days in time zones; feeds that are cut off."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flamescore.columns import Columns
from flamescore.event_feeds import _offsets, check_feeds, feeds_of
from flamescore.frames import INSTANT, Counts, EventSource, Exports, SourceRecord
from flamescore.inputs import read_inputs
from flamescore.project import load_project
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

ROOT = Path(__file__).parent.parent
LAST = date(2026, 11, 21)
DAY = timedelta(days=1)


def told_of_sample(night, *, cut=None):
    """Return the findings for the sample's feeds on a night; with `cut`, events end at 7:00 UTC that day."""
    project = load_project(ROOT / "flamescore.yaml")
    as_of = datetime(night.year, night.month, night.day, 7, tzinfo=UTC)
    with read_inputs(project, as_of=as_of) as inputs:
        book = inputs.bound.book
        exports = Exports(contacts=inputs.exports.contacts, events=inputs.exports.events)
        if cut is not None:
            end = datetime(cut.year, cut.month, cut.day, 7, tzinfo=UTC)
            exports = Exports(exports.contacts, tuple(_Cut(each, end) for each in exports.events))
        scored = score_exports(book, Exports(exports.contacts), as_of=as_of)
        return check_feeds(feeds_of(_Inputs(inputs, exports), scored))


class _Inputs:
    def __init__(self, inputs, exports):
        self.bound, self.conditions, self.project, self.exports = (
            inputs.bound,
            inputs.conditions,
            inputs.project,
            exports,
        )


class _Cut:
    def __init__(self, source, end):
        self.source, self.end = source, end
        self.record, self.file_at_fault = source.record, source.file_at_fault

    def sound(self, since=None):
        return self.source.sound(since).filter(pl.col("at") < self.end)


def test_nothing_is_told_of_the_sample():
    assert told_of_sample(LAST) == ()


@pytest.mark.full
@pytest.mark.parametrize("back", range(1, 60))
def test_nothing_is_told_of_the_sample_on_any_night(back):
    assert told_of_sample(LAST - DAY * back) == ()


def test_all_feeds_long_dead_are_told_once_a_source():
    told = told_of_sample(LAST, cut=LAST - DAY * 73)
    subjects = [each.subject for each in told]
    assert {each.code for each in told} == {"I150"}
    assert len(subjects) == len(set(subjects)) > 3
    assert not [each for each in subjects if " event " in each]


@pytest.mark.full
def test_daily_feeds_that_stop_are_told_within_three_more_nights():
    cut = LAST - DAY * 10
    daily = "events sample_data/events/email-activity-*.csv"
    nights = [night for night in range(11) if daily in _subjects(cut + DAY * night, cut)]
    assert 3 <= nights[0] <= 4


def _subjects(night, cut):
    return [each.subject for each in told_of_sample(night, cut=cut)]


BOOK = """
version: 1
timezone: {zone}
scores: {{s: {{five_flames: 5, rules: [{{name: Call, event: call, count: each, points: 1}}]}}}}
"""


def feeds(instants, *, zone="UTC", as_of, within=None, kinds=None, book=BOOK):
    frame = pl.DataFrame(
        {"contact_id": ["1"] * len(instants), "event": kinds or ["call"] * len(instants), "at": instants},
        schema={"contact_id": pl.String, "event": pl.String, "at": INSTANT},
    )
    source = EventSource(frame.lazy(), SourceRecord("events", "e.csv", counts=Counts(rows=frame.height)))
    exports = Exports(pl.DataFrame({"contact_id": ["1"]}), (source,))
    loaded = load_rules_text(book.format(zone=zone))
    columns = Columns(("contact_id",), ("event",), has_tags=False, has_events=True)
    bound = bind_rules(loaded, columns)
    scored = score_exports(bound.book, exports, as_of=as_of)

    class Given:
        conditions = ()
        project = type(
            "P", (), {"settings": type("S", (), {"events": [type("E", (), {"newest_within": within})]})}
        )

    Given.bound, Given.exports = bound, exports
    return feeds_of(Given, scored)[0]


def test_days_are_those_of_the_zone_on_both_sides_of_a_change_of_clocks():
    zone = ZoneInfo("America/New_York")  # the clocks go back on November 1
    first = datetime(2026, 9, 20, 23, 30, tzinfo=zone)
    evenings = [(first + DAY * number).astimezone(UTC) for number in range(60)]
    found = feeds(evenings, zone=zone.key, as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert found.newest == evenings[-1]
    whole = found.feeds[0]
    assert (whole.newest, whole.per_day, whole.longest) == (date(2026, 11, 18), 1.0, 0)


def test_a_feed_that_died_long_ago_is_judged_by_its_own_last_days():
    old = [datetime(2024, 1, 1, 12, tzinfo=UTC) + DAY * number for number in range(60)]
    found = feeds(old, as_of=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert [each.event for each in found.feeds] == [None, "call"]
    (told,) = found.silent
    assert (told.code, told.subject) == ("I150", "events e.csv")


def test_a_type_that_died_long_ago_is_told_while_its_source_goes_on():
    alive = [datetime(2026, 9, 20, 12, tzinfo=UTC) + DAY * number for number in range(60)]
    dead = [datetime(2024, 1, 1, 12, tzinfo=UTC) + DAY * number for number in range(60)]
    kinds = ["mail"] * 60 + ["call"] * 60
    found = feeds([*alive, *dead], as_of=datetime(2026, 11, 20, 12, tzinfo=UTC), kinds=kinds)
    (told,) = found.silent
    assert (told.code, told.subject) == ("I150", "events e.csv event call")
    assert f"{(date(2026, 11, 20) - date(2024, 2, 29)).days} days old (2024-02-29)" in told.message


@pytest.mark.parametrize(
    "keys",
    [
        "event: mail, count: each, since: {{event: call}}",
        "if: {{event: mail, since: [{{event: other}}, {{event: call}}]}}",
        "if: {{event: mail, followed_by: {{event: call, within: 1h}}}}",
    ],
)
def test_what_resets_and_followers_name_is_a_feed(keys):
    book = BOOK.replace("event: call, count: each", keys)
    at = datetime(2026, 11, 19, tzinfo=UTC)
    found = feeds([at, at], as_of=at + DAY, kinds=["mail", "call"], book=book)
    assert {each.event for each in found.feeds} == {None, "mail", "call"}


def test_no_event_at_all():
    found = feeds([], as_of=datetime(2026, 11, 20, tzinfo=UTC))
    assert (found.newest, found.silent, found.overdue) == (None, (), ())
    assert [(each.event, each.newest, each.judged) for each in found.feeds] == [(None, None, False)]


@pytest.mark.parametrize("as_of", [datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)])
def test_the_ends_of_time(as_of):
    assert feeds([as_of], as_of=as_of).newest == as_of


def test_offsets_of_a_zone():
    first, last = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    assert _offsets(ZoneInfo("America/New_York"), first, last) == (-18_000, -14_400)
    assert _offsets(ZoneInfo("Asia/Kathmandu"), first, last) == (20_700,)
