"""When an alert rings: one contact for eight nights, and random histories against a slow reference."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from reference import OneRun, Person, Ring, rings

from flamescore.acting_frames import SEGMENTS
from flamescore.alerts import (
    RUNG_FOR,
    SEEN,
    AlertBefore,
    AlertNow,
    latest_rung,
    notice_id,
    ring,
    rung_after,
    surviving,
)
from flamescore.frames import SURVIVOR
from flamescore.segments import followed, unfollowed
from flamescore.units import Period

UTC_ZONE = ZoneInfo("UTC")
NOV = datetime(2026, 11, 1, 7, tzinfo=UTC)


def ids(who):
    return pl.DataFrame({"contact_id": list(who)}, schema={"contact_id": pl.String()})


def seen(rows):
    return pl.DataFrame(list(rows), schema=SEEN, orient="row")


def in_segment(who):
    return ids(who).select(segment=pl.lit("hot"), contact_id="contact_id")


def told(history, kind, *, again_after=None, rearm=False, window=None, dice=None):
    """Return the program's rings for a history, carrying the state from run to run."""

    def in_any_order(frame):
        return frame if dice is None else frame.sample(fraction=1, shuffle=True, seed=dice.randrange(2**32))

    rows, known, rung = pl.DataFrame(schema=SEGMENTS), seen([]), pl.DataFrame(schema=RUNG_FOR)
    definition, out = None, []
    for number, run in enumerate(history):
        if run.kind == "backfill":
            continue
        counting = run.kind == "counting"
        people = pl.DataFrame(
            [(who, each.may) for who, each in run.people.items()],
            schema={"contact_id": pl.String(), "may": pl.Boolean()},
            orient="row",
        )
        inside = in_segment(who for who, each in run.people.items() if each.member)
        tracked = (
            followed(in_any_order(inside), in_any_order(rows), ["hot"], as_of=run.as_of, stale=run.stale)
            if counting
            else unfollowed(inside)
        )
        same = counting and definition == run.definition
        fitting = ids(who for who, each in run.people.items() if each.fits)
        now = AlertNow(
            run.as_of,
            people,
            in_any_order(tracked.left if kind == "leaves" else tracked.entered),
            in_any_order(inside),
            in_any_order(seen((who, each.at) for who, each in run.people.items() if each.at is not None)),
            in_any_order(fitting) if rearm and counting else None,
        )
        before = AlertBefore(in_any_order(known if same else seen([])), in_any_order(rung), not same)
        found = ring(kind, now, before, again_after=again_after, window=window, zone=UTC_ZONE)
        out += [Ring(number, who, at) for who, at in found.rings.rows()]
        rows, known, definition = tracked.rows, found.seen, run.definition
        rung = rung_after(rung, found) if counting else rung
    return out


def nights(flames, **backfills):
    """Return one contact's runs from 20 November on, with `backfills` inserted after their nights."""
    history = []
    for number, many in enumerate(flames):
        kind = "counting" if history else "baseline"
        person = Person(member=many == 5, fits=many <= 3)
        history.append(OneRun(kind, NOV.replace(day=20 + number), {"1": person}))
        history += backfills.get(f"after_{number}", ())
    return history


def test_the_table_of_the_contract():
    backfill = OneRun("backfill", NOV.replace(day=22), {"1": Person(member=True)})
    history = nights([4, 5, 4, 5, 3, 5, 4, 5], after_4=[backfill])
    again = [*history[:7], history[6], *history[7:]]  # the 25th scored again
    rang = told(history, "enters", again_after=Period(3, "d"), rearm=True)
    assert [each.at.day for each in rang] == [21, 25]
    assert [each.at.day for each in told(again, "enters", again_after=Period(3, "d"), rearm=True)] == [21, 25]


def test_a_feed_that_has_dried_up_neither_cools_nor_heats_anybody():
    members, nobody = {"1": Person(member=True)}, {"1": Person(member=False)}
    history = [
        OneRun("baseline", NOV, members),
        OneRun("counting", NOV + timedelta(days=1), nobody, stale=True),
        OneRun("counting", NOV + timedelta(days=2), members),
        OneRun("counting", NOV + timedelta(days=3), nobody, stale=True),
        OneRun("counting", NOV + timedelta(days=4), nobody),
    ]
    assert told(history, "enters") == []
    assert [each.run for each in told(history, "leaves")] == [4]


def test_who_becomes_hot_an_hour_after_the_visit_does_not_ring_for_it():
    visit = NOV + timedelta(hours=1)
    history = [
        OneRun("baseline", NOV, {"1": Person(member=False)}),
        OneRun("counting", NOV + timedelta(hours=2), {"1": Person(member=False, at=visit)}),
        OneRun("counting", NOV + timedelta(hours=3), {"1": Person(member=True, at=visit)}),
        OneRun(
            "counting", NOV + timedelta(hours=5), {"1": Person(member=True, at=visit + timedelta(hours=3))}
        ),
    ]
    assert told(history, "event") == [Ring(3, "1", visit + timedelta(hours=3))]


def test_an_occurrence_that_was_seen_stays_seen_though_its_event_is_gone_for_a_night():
    visit = NOV + timedelta(hours=1)
    runs = [(False, None), (False, visit), (True, None), (True, visit)]
    history = [
        OneRun(
            "counting" if number else "baseline",
            NOV + timedelta(hours=2 + number),
            {"1": Person(member, at=at)},
        )
        for number, (member, at) in enumerate(runs)
    ]
    assert told(history, "event", window=Period(2, "d")) == []


def test_a_window_that_an_occurrence_has_left_forgets_it():
    now = AlertNow(NOV, pl.DataFrame({"contact_id": ["1"], "may": [True]}))
    before = AlertBefore(seen=seen([("1", NOV - timedelta(days=2))]))
    for window, many in ((Period(2, "d"), 0), (Period(49, "h"), 1), (None, 1)):
        found = ring("event", now, before, again_after=None, window=window, zone=UTC_ZONE)
        assert found.seen.height == many


def test_a_calendar_period_is_stepped_in_the_zone():
    def history(day):
        dates = (NOV, datetime(2026, 12, 31, 7, tzinfo=UTC), datetime(2027, 1, 1, 7, tzinfo=UTC), day)
        inside = (False, True, False, True)
        return [
            OneRun("counting" if number else "baseline", at, {"1": Person(member)})
            for number, (at, member) in enumerate(zip(dates, inside, strict=True))
        ]

    for day, many in ((datetime(2027, 1, 31, 6, tzinfo=UTC), 1), (datetime(2027, 1, 31, 7, tzinfo=UTC), 2)):
        assert len(told(history(day), "enters", again_after=Period(1, "mo"))) == many


def test_rows_of_contacts_that_were_merged_away_are_the_survivors():
    aliases = pl.DataFrame({"contact_id": ["7"], SURVIVOR: ["3"]})
    assert surviving(ids(["7", "5"]), aliases)["contact_id"].to_list() == ["3", "5"]
    assert surviving(ids(["7"]), None)["contact_id"].to_list() == ["7"]
    rows = [("3", NOV, True), ("3", NOV + timedelta(days=1), False)]
    assert latest_rung(pl.DataFrame(rows, schema=RUNG_FOR, orient="row")).rows() == [rows[1]]


def test_the_id_of_a_notice():
    # printf 'p\000newly-hot\0001001\000enters\0002026-11-21T07:00:00Z' | sha256sum
    at = datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert notice_id("p", "newly-hot", "1001", "enters", at) == "34684167442a0504b7b30d11856ae712"


WHO = tuple("12345678")


def history_of(dice):
    """Make up to 12 runs of up to 8 contacts: reruns, backfills, baselines, stale feeds, new definitions."""
    everyone, as_of, definition, history = WHO[: dice.randint(1, 8)], NOV, 0, []
    last: dict[str, Person] = {}
    for number in range(dice.randint(2, 12)):
        kind = (
            "baseline" if number == 0 else dice.choices(("counting", "backfill", "baseline"), (16, 3, 1))[0]
        )
        here = (
            list(everyone) if dice.random() < 0.7 else dice.sample(everyone, dice.randint(0, len(everyone)))
        )
        dice.shuffle(here)
        step = dice.choice((0, 0, 1, 2, 12, 24, 24, 24, 48))
        when = (
            as_of + timedelta(hours=step)
            if kind == "counting"
            else as_of - timedelta(hours=dice.choice((0, 24, 48)))
        )
        definition += dice.random() < 0.1
        people = {}
        for who in here:
            at = when - timedelta(hours=dice.randint(0, 30)) if dice.random() < 0.4 else None
            keeps = who in last and dice.random() < 0.5
            person = Person(dice.random() < 0.5, dice.random() < 0.9, dice.random() < 0.3, at)
            people[who] = last[who] if keeps else person
        history.append(OneRun(kind, when, people, dice.random() < 0.15, definition))
        if kind != "backfill":
            as_of, last = when, people
    return history


@pytest.mark.parametrize(
    "seeds", [range(200), pytest.param(range(200, 2_000), marks=pytest.mark.full)], ids=str
)
def test_random_histories_ring_as_the_slow_reference_says(seeds):
    rang = 0
    for seed in seeds:
        dice = Random(seed)
        history, kind = history_of(dice), dice.choice(("enters", "leaves", "event"))
        hours, rearm = dice.choice((0, 1, 24, 72)), dice.random() < 0.4
        again = Period(hours, "h") if hours else None
        expected = rings(history, kind, again_after=timedelta(hours=hours), rearm=rearm)
        assert told(history, kind, again_after=again, rearm=rearm, dice=dice) == expected, seed
        rang += len(expected)
    assert rang > len(seeds)
