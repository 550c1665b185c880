"""A burst is explained as one occurrence: when it was complete, its events, and until when it counts."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

import flamescore
from explanations.rendered import rendered
from flamescore.cli.explain import _json
from flamescore.explanations import InBurst

RULES = """\
version: 1
scores:
  s:
    five_flames: 20
    rules:
      - {name: Came often, event: [page_visit, link_click], points: 10, count: each, RULE}
"""
BURST = "burst: {times: 3, within: 2d}"


def explained(rule, *rows, as_of="2026-11-21"):
    """Explain visits (day of November, url) at 09:00, as of a given time."""
    events = pl.DataFrame(
        [("1", "page_visit", f"2026-11-{day:02d}T09:00:00Z", url) for day, url in rows],
        schema=["contact_id", "event", "at", "url"],
        orient="row",
    )
    text = RULES.replace("count: each, ", "") if "count" in rule else RULES
    rules = flamescore.load_rules(text.replace("RULE", rule))
    contacts = pl.DataFrame({"contact_id": ["1"]})
    return flamescore.explain(rules, "1", contacts, events, as_of=as_of, everything=True)


def november(day, hour=9):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


SEVEN = [(day, url) for day, url in zip((1, 2, 3, 4, 10, 11, 12), "abcabca", strict=True)]


def line(told):
    [found] = (*told.scores[0].entries, *told.scores[0].silent)
    return found


def text(told):
    page = rendered(told, everything=True, width=200)
    return [each.strip() for each in page.splitlines()]


def test_the_example_of_the_language():
    told = explained(f"expires: 30d, {BURST}", *SEVEN)
    latest, before = line(told).counted
    assert (latest.at, latest.age_days, latest.points) == (november(12), 8, 10)
    assert [each.at for each in latest.burst] == [november(day) for day in (12, 11, 10)]
    assert [each.at for each in before.burst] == [november(day) for day in (4, 3, 2)]
    assert [(each.at, each.outcome) for each in line(told).uncounted] == [(november(1), "burst")]
    said = text(told)
    counted = "2026-11-12 09:00, 9 days ago: 3 page_visit since 2026-11-10 09:00; +10; until 2026-12-12"
    other = "2026-11-01 09:00, 20 days ago: page_visit; does not count: too few of them are near each other"
    assert {counted, other} <= set(said)


def test_with_values_what_is_in_it_is_told_with_them():
    told = explained("burst: {times: 3, within: 2d, per: url}", *SEVEN)
    [latest, _] = line(told).counted
    assert latest.burst[0] == InBurst("page_visit", november(12), (("url", "a"),))
    assert latest.properties == (("url", "a"),)


@pytest.mark.parametrize(
    ("rule", "outcomes", "why"),
    [
        (f"expires: 1d, {BURST}", ["expired"] * 7, "latest 2026-11-12, older than 1d"),
        # events of the last 10 days are read
        (f"expires: 8d, {BURST}", ["expired"] * 7, "latest 2026-11-12, older than 8d"),
        (f"times: 3, {BURST}", ["times", "times", "burst"], "2 of the 3 needed"),
        (
            f"expires: 30d, followed_by: {{event: buy, within: 1d}}, {BURST}",
            ["follower"] * 7,
            "no buy within 1d after it",
        ),
        ("burst: {times: 4, within: 47h}", ["burst"] * 7, "at most 2 of the 4 needed within 47h"),
    ],
)
def test_why_nothing_counts(rule, outcomes, why):
    found = line(explained(rule, *SEVEN))
    assert (
        sorted(each.outcome for each in found.uncounted)[: len(outcomes)] == sorted(outcomes)[: len(outcomes)]
    )
    assert found.counted == ()
    assert (found.why, found.failed.sentence) == (why, why)


def test_a_burst_that_does_not_count_has_its_events_too():
    told = explained(f"count: once, {BURST}", *SEVEN).scores[0].entries[0]
    [other] = [each for each in told.uncounted if each.outcome == "count"]
    assert [each.at.day for each in other.burst] == [4, 3, 2]


def test_json_has_the_events_of_a_burst_and_no_such_key_elsewhere():
    [of_burst, _] = json.loads(_json(explained(BURST, *SEVEN)))["scores"][0]["entries"][0]["counted"]
    assert of_burst["burst"][0] == {"event": "page_visit", "at": "2026-11-12T09:00:00Z", "properties": {}}
    plain = json.loads(_json(explained("expires: 30d", *SEVEN)))["scores"][0]["entries"][0]["counted"]
    assert all("burst" not in each for each in plain)


def test_several_types_in_one_burst():
    rules = flamescore.load_rules(RULES.replace("RULE", BURST))
    kinds = ("page_visit", "link_click", "page_visit")
    events = pl.DataFrame(
        {"contact_id": ["1"] * 3, "event": kinds, "at": [f"2026-11-20T09:0{n}:00Z" for n in range(3)]}
    )
    told = flamescore.explain(rules, "1", pl.DataFrame({"contact_id": ["1"]}), events, as_of="2026-11-21")
    assert "2 page_visit, 1 link_click since 2026-11-20 09:00" in rendered(told)


def test_bursts_age_and_expire_in_the_outlook():
    told = explained("expires: 14d, burst: {times: 3, within: 2d}", *SEVEN).scores[0]
    assert [(each.days, each.score) for each in told.outlook] == [(7, 0), (30, 0)]
    told = explained("decay: 1%, burst: {times: 3, within: 2d}", *SEVEN).scores[0]
    assert [(each.days, each.score) for each in told.outlook] == [(7, 16.2), (30, 11.6)]


@pytest.mark.parametrize(
    ("rule", "days", "ways"),
    [
        (BURST, (19, 20), [("came-often", 10)]),
        (BURST, (20,), []),
        (BURST, (15, 20), []),
        ("burst: {times: 3, within: 2d, per: url}", (19, 20), [("came-often", 10)]),
        ("burst: {times: 3, within: 2d, per: day}", (19, 20), [("came-often", 10)]),
        (f"times: 2, {BURST}", (10, 11, 12, 19, 20), [("came-often", 20)]),
    ],
)
def test_one_more_now_may_complete_a_burst(rule, days, ways):
    told = explained(rule, *((day, str(day)) for day in days), as_of="2026-11-21T00:00:00Z").scores[0]
    assert [(way.rule_id, way.score) for way in told.next_flame] == ways
