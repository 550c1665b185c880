"""Feeds that go silent. The days are in November 2026; the 1st is a Sunday."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flamescore.findings import Feed, InExport, as_text, feed, overdue, silent
from flamescore.findings.feeds import gap, pace, rhythm
from flamescore.units import Period

SOURCE = InExport("events", "e.csv")
AS_OF = date(2026, 11, 21)
WEEKDAYS = frozenset(range(5))


def daily(newest, days=60, a_day=40, without=(), usual=range(7)):
    found = [newest - timedelta(each) for each in range(days)]
    return {day: a_day for day in found if day not in without and day.weekday() in usual}


def november(day):
    return date(2026, 11, day)


def texts(found):
    return [as_text(each) for each in found]


def test_a_daily_feed_is_told_after_three_whole_silent_days():
    told = feed(daily(november(1)), AS_OF)
    assert texts(silent(SOURCE, told, (), AS_OF)) == [
        (
            "events e.csv: warning I150: the newest event is 20 days old (2026-11-01); it used to bring 40 a"
            " day and was never silent for a day. Is the export still running?\n"
            "        Write: newest_within: 30d"
        )
    ]
    assert (told.judged, told.longest, told.silence, told.per_day) == (True, 0, 19, 40.0)


@pytest.mark.parametrize(("newest", "silence", "is_told"), [(18, 2, False), (17, 3, True), (21, 0, False)])
def test_the_bound_of_a_daily_feed(newest, silence, is_told):
    found = feed(daily(november(newest)), AS_OF)
    assert (found.silence, found.is_silent) == (silence, is_told)


def test_no_weekend_is_told_of_a_feed_on_weekdays():
    days = daily(november(13), usual=WEEKDAYS)
    found = [feed(days, november(day)) for day in (14, 15, 16, 17, 18, 19)]
    assert [each.silence for each in found] == [0, 0, 0, 1, 2, 3]
    assert [each.is_silent for each in found] == [False] * 5 + [True]
    assert (
        "never silent for one of its usual days (Mon-Fri)." in texts(silent(SOURCE, found[-1], (), AS_OF))[0]
    )


def test_one_day_off_inside_the_reference_makes_it_wait_longer():
    newest = november(1)
    days = daily(newest, without={date(2026, 10, 10)})
    found = {silence: feed(days, newest + timedelta(silence + 1)) for silence in (3, 4, 5)}
    assert {silence: each.is_silent for silence, each in found.items()} == {3: False, 4: False, 5: True}
    assert found[5].longest == 1
    assert "for more than 1 day. Is" in texts(silent(SOURCE, found[5], (), AS_OF))[0]


def test_days_off_of_a_feed_on_weekdays_are_counted_in_usual_days():
    days = daily(november(13), usual=WEEKDAYS, without={date(2026, 10, 12), date(2026, 10, 13)})
    found = feed(days, november(13) + timedelta(30))
    assert found.longest == 2
    assert (
        "never silent for more than 2 of its usual days (Mon-Fri)."
        in texts(silent(SOURCE, found, (), AS_OF))[0]
    )


@pytest.mark.parametrize(
    "days",
    [
        {november(1) - timedelta(each * 5): 1 for each in range(9)},
        daily(november(1), days=27),
        {november(1): 5},
    ],
)
def test_too_short_or_too_sparse_to_be_judged(days):
    found = feed(days, AS_OF)
    assert (found.judged, found.is_silent, found.newest) == (False, False, november(1))
    assert (found.longest, found.silence, found.per_day) == (None, None, None)


def test_the_bounds_of_being_judged():
    assert feed(daily(november(1), days=28), AS_OF).judged
    assert feed({november(1) - timedelta(each * 3): 1 for each in range(10)}, AS_OF).judged


def test_the_object_of_a_run():
    assert feed(daily(november(13), usual=WEEKDAYS), november(19), "call").record() == {
        "event": "call",
        "newest": "2026-11-13",
        "per_day": 40.0,
        "longest": 0,
        "silence": 3,
        "judged": True,
        "told": True,
    }
    assert feed({}, AS_OF).record() == {
        "event": None,
        "newest": None,
        "per_day": None,
        "longest": None,
        "silence": None,
        "judged": False,
        "told": False,
    }


def test_a_feed_without_events_is_not_judged():
    assert feed({}, AS_OF) == feed({november(1): 0}, AS_OF) == Feed(None, None)


def test_only_the_84_days_up_to_the_newest_are_looked_at():
    newest = november(1)
    days = daily(newest, days=84)
    old = daily(newest - timedelta(184), days=50, a_day=1000)
    assert feed(days | old, AS_OF) == feed(days, AS_OF)
    assert feed({**days, newest - timedelta(84): 1000}, AS_OF) == feed(days, AS_OF)


def test_the_weekdays_of_which_half_have_an_event_are_usual():
    newest = november(1)  # 84 days: twelve of each weekday
    mondays = [newest - timedelta(6 + 7 * each) for each in range(12)]
    days = daily(newest, days=84, usual=[2, 4, 6])
    assert feed(days | dict.fromkeys(mondays[::2], 1), AS_OF).usual == {0, 2, 4, 6}
    assert feed(days | dict.fromkeys(mondays[1::2][:5], 1), AS_OF).usual == {2, 4, 6}


def test_where_no_weekday_is_usual_all_are():
    days = {november(1) - timedelta(each * 8): 2 for each in range(11)}
    found = feed(days, AS_OF)
    assert found.usual == set(range(7))
    assert (found.longest, found.silence) == (7, 19)
    assert found.is_silent == (19 > 2 * 7 + 2)
    assert "never silent for more than 7 days" in texts(silent(SOURCE, found, (), AS_OF))[0]
    assert "bring one in 4 days and" in texts(silent(SOURCE, found, (), AS_OF))[0]


@pytest.mark.parametrize(
    ("per_day", "words"),
    [
        (43.4, "43 a day"),
        (1.5, "2 a day"),
        (1, "1 a day"),
        (0.9, "1 a day"),
        (0.6, "one in 2 days"),
        (0.25, "one in 4 days"),
        (4120.0, "4,120 a day"),
    ],
)
def test_the_pace(per_day, words):
    assert pace(per_day) == words


@pytest.mark.parametrize(
    ("usual", "words"),
    [({0, 1, 2, 3, 4}, "Mon-Fri"), ({0, 2, 4}, "Mon, Wed, Fri"), ({0, 1, 4, 5, 6}, "Mon, Tue, Fri-Sun")],
)
def test_the_rhythm(usual, words):
    assert rhythm(Feed(None, november(1), frozenset(usual))) == words


def kinds(**newest):
    return [feed(daily(day), AS_OF, event) for event, day in newest.items()]


def test_a_type_that_stops_is_told_alone():
    found = silent(
        SOURCE, feed(daily(november(20)), AS_OF), kinds(call=november(1), mail=november(20)), AS_OF
    )
    assert [each.subject for each in found] == ["events e.csv event call"]
    assert as_text(found[0]) == (
        "events e.csv event call: warning I150: the newest event of type `call` is 20 days old (2026-11-01);"
        " it used to bring 40 a day and was never silent for a day. Is the export still running?\n"
        "        Write: newest_within: {call: 30d}"
    )


def test_where_the_source_is_silent_its_types_are_not_told():
    found = silent(SOURCE, feed(daily(november(1)), AS_OF), kinds(call=november(1)), AS_OF)
    assert [each.subject for each in found] == ["events e.csv"]


def test_newest_within_replaces_the_rhythm():
    whole = feed(daily(november(20)), AS_OF)
    types = kinds(call=november(1), mail=november(1))
    told = silent(SOURCE, whole, types, AS_OF, without_rhythm={"mail"})
    assert [each.subject for each in told] == ["events e.csv event call"]
    dead = feed(daily(november(1)), AS_OF)
    assert silent(SOURCE, dead, types, AS_OF, without_rhythm=None) == ()


ZONE = ZoneInfo("America/Phoenix")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newest", "is_past"),
    [
        (datetime(2026, 11, 19, 12, tzinfo=UTC), False),
        (datetime(2026, 11, 19, 11, 59, tzinfo=UTC), True),
        (NOON, False),
        (None, True),
    ],
)
def test_the_bound_of_newest_within(newest, is_past):
    assert (overdue(SOURCE, newest, NOON, Period(2, "d"), ZONE) is not None) is is_past


def test_what_newest_within_says():
    newest = datetime(2026, 11, 18, 3, tzinfo=UTC)  # still the 17th in Phoenix
    assert as_text(overdue(SOURCE, newest, NOON, Period(2, "d"), ZONE)) == (
        "events e.csv: error I053: the newest event is 4 days old (2026-11-17); `newest_within` allows 2d."
        " Is the export still running?\n"
        "        Do: --accept publishes it all the same, once"
    )
    assert as_text(overdue(SOURCE, None, NOON, Period(2, "d"), ZONE, event="mail")).startswith(
        "events e.csv event mail: error I053: it has no event of type `mail`; `newest_within` allows 2d."
    )


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(days, days, st.frozensets(st.integers(0, 6)))
def test_a_gap_counts_the_usual_weekdays_between(one, other, usual):
    between = [one + timedelta(each) for each in range(1, (other - one).days)]
    assert gap(one, other, usual) == sum(day.weekday() in usual for day in between)


@given(st.frozensets(st.integers(0, 6), min_size=1), st.integers(28, 200), days)
def test_a_feed_cut_off_is_told_once_and_stays_told(usual, length, newest):
    days = daily(newest, days=length, usual=usual)
    assume(feed(days, max(days)).judged)
    found = [feed(days, max(days) + timedelta(each)) for each in range(1, 60)]
    told = [each.is_silent for each in found]
    assert told == sorted(told)
    assert not any(each.is_silent for each in found if each.silence <= 2 * each.longest + 2)
    if usual == set(range(7)) and length >= 28:
        assert told.index(True) == 3  # the run of the next morning is the first, then three more


@given(st.integers(28, 84), days)
def test_a_daily_feed_that_goes_on_is_never_told(length, newest):
    days = daily(newest, days=length)
    assert not feed(days, newest).is_silent
    assert not feed(days, newest + timedelta(1)).is_silent


@given(st.lists(st.integers(0, 5), min_size=28, max_size=120), st.integers(0, 100))
def test_the_rhythm_by_the_letter(counts, silence):
    """Compare with a second implementation of the rules for feeds, day by day."""
    newest = november(1)
    days = {newest - timedelta(each): many for each, many in enumerate(counts)}
    active = sorted(day for day in days if days[day])
    found = feed(days, newest + timedelta(silence))
    if not active:
        assert found.newest is None
        return
    last = active[-1]
    reference = [day for day in active if day > last - timedelta(84)]
    every = [reference[0] + timedelta(each) for each in range((last - reference[0]).days + 1)]
    judged = len(every) >= 28 and len(reference) >= 10
    assert found.judged == judged
    if not judged:
        return
    usual = {
        weekday
        for weekday in range(7)
        if 2 * sum(day.weekday() == weekday for day in reference)
        >= sum(day.weekday() == weekday for day in every)
    } or set(range(7))
    gaps = [gap(one, other, usual) for one, other in pairwise(reference)]
    assert found.usual == usual
    assert found.longest == max(gaps)
    assert found.silence == gap(last, newest + timedelta(silence), usual)
    assert found.is_silent == (found.silence > 2 * found.longest + 2)
