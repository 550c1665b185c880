"""Explanations of rules with resets: what happened before a reset, and the effect of one more event."""

import polars as pl

import flamescore

RULES = """\
version: 1
scores:
  s:
    five_flames: 20
    rules:
      - {{name: Visited, event: visit, points: 2, count: each, {keys}}}
      - {{name: Quote, tag: Quote, points: 3, {tag}}}
"""
WON = "since: {event: won}"


def explained(keys="", tag="", won="2026-11-05T09:00:00Z", at="2026-11-21", everything=True):
    days = ("01", "05", "10")
    rows = [("visit", f"2026-11-{day}T09:00:00Z", "a") for day in days] + [("won", won, "a")]
    events = pl.DataFrame(
        [("1", *row) for row in rows], schema=["contact_id", "event", "at", "url"], orient="row"
    )
    history = pl.DataFrame(
        {"contact_id": ["1"], "tag": ["Quote"], "at": ["2026-11-04T09:00:00Z"], "action": ["applied"]}
    )
    rules = flamescore.load_rules(RULES.format(keys=keys, tag=tag))
    contacts = pl.DataFrame({"contact_id": ["1"]})
    return flamescore.explain(
        rules, "1", contacts, events, tag_history=history, as_of=at, everything=everything
    ).scores[0]


def test_what_is_not_after_the_reset_says_so():
    told = explained(WON, WON)
    [visited] = told.entries
    assert (told.score, visited.points, visited.occurrences) == (2, 2, 1)
    assert [(each.at.day, each.outcome) for each in visited.counted] == [(10, "counted")]
    assert [(each.at.day, each.outcome) for each in visited.uncounted] == [(5, "since"), (1, "since")]
    [quote] = told.silent
    assert quote.why == 'tag "Quote", since 2026-11-04, not after won on 2026-11-05'
    assert (quote.applied.outcome, quote.applied.points) == ("since", None)


def test_a_rule_of_which_the_reset_takes_all_gives_its_reason():
    told = explained(WON, won="2026-11-10T09:00:00Z")
    silent = {line.name: line.why for line in told.silent}
    assert silent["Visited"] == "latest 2026-11-10, not after won on 2026-11-10"


def test_ways_count_one_more_after_the_reset():
    told = explained(WON, WON)
    assert [(way.rule_id, way.score, way.flames) for way in told.next_flame] == [("visited", 4, 1)]
    at_once = explained(WON, WON, won="2026-11-21T00:00:00Z")
    assert (at_once.score, at_once.next_flame) == (0, ())


def test_the_outlook_keeps_resets():
    told = explained(f"{WON}, expires: 4w", WON)
    assert [(each.days, each.score) for each in told.outlook] == [(7, 2), (30, 0)]


def test_properties_that_followers_are_held_against_are_shown():
    told = explained("followed_by: {event: won, within: 1h, same: url}")
    [occurrence] = next(line for line in told.entries if line.name == "Visited").counted
    assert (occurrence.at.day, occurrence.properties) == (5, (("url", "a"),))
