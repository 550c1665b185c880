"""The ways to the next flame: by hand, and by adding the exact event to generated cases."""

# ruff: noqa: E501 - each row of a table is one line

from __future__ import annotations

import os
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings

import flamescore
from flamescore.explanations import explain
from oracle import World, rule_id_of, ten_thousandths
from oracle_conditions import as_list, event_matches
from oracle_counting import setting
from product import book_of, exports_of, scored
from strategies import cases

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"

RULES = """\
version: 1
scores:
  s:
    five_flames: 20
    defaults: {{count: each, expires: 4w}}
    groups: {{web: {{limits: {{max: 5}}}}}}
    rules:
      {rules}
"""


def told(rules, events, **more):
    frame = pl.DataFrame(
        [("1", *event) for event in events], schema=["contact_id", "event", "at", "asset"], orient="row"
    )
    loaded = flamescore.load_rules(RULES.format(rules="\n      ".join(f"- {rule}" for rule in rules)))
    contacts = pl.DataFrame({"contact_id": ["1"]})
    return flamescore.explain(loaded, "1", contacts, frame, as_of="2026-11-21", **more).scores[0]


FORM = "{name: Form, event: form, points: 4}"
ONE = [("form", "2026-11-20T10:00:00Z", "a")]


@pytest.mark.parametrize(
    ("rules", "events", "needs", "ways"),
    [
        pytest.param([FORM], ONE, 4, [("form", 8, 2)], id="each: one more brings a flame"),
        pytest.param(["{name: Form, event: form, points: 3}"], ONE, 1, [("form", 6, 1)], id="from no flame to one"),
        pytest.param(["{name: Form, event: form, points: 1}"], ONE, 3, [], id="too little"),
        pytest.param(["{name: Form, event: form, points: 4, count: once}"], ONE, 4, [], id="once: no more"),
        pytest.param(
            ["{name: Form, event: form, points: 4, count: once, decay: 10%}"],
            [("form", "2026-11-19T00:00:00Z", "a")], 0.8, [("form", 4, 1)],
            id="once, but fresher",
        ),
        pytest.param(
            ["{name: Form, event: form, points: 4, limits: {max: 6}}"], ONE, 4, [], id="the rule's limit holds it",
        ),
        pytest.param(["{name: Form, event: form, points: 4, group: web}"], ONE, 4, [], id="the group's limit holds it"),
        pytest.param(["{name: Form, event: form, points: 4, per: day}"], ONE, 4, [("form", 8, 2)], id="another day"),
        pytest.param(
            ["{name: Form, event: form, points: 4, per: day}"],
            [("form", "2026-11-21T00:00:00Z", "a")], 4, [],
            id="the same day already counts",
        ),
        pytest.param(["{name: Form, event: form, points: 4, per: asset}"], ONE, 4, [("form", 8, 2)], id="a new asset"),
        pytest.param(
            ["{name: Form, event: form, points: 4, times: 3}"], ONE, 4, [], id="two of three are too few",
        ),
        pytest.param(
            ["{name: Form, event: form, points: 4, times: 2}"], ONE, 4, [("form", 8, 2)], id="the second of two",
        ),
        pytest.param(["{name: Form, event: form, points: -4}"], ONE, 8, [], id="a penalty brings nothing"),
        pytest.param(
            ["{name: Form, event: form, points: 4, followed_by: {event: call, within: 1d}}"], ONE, 4, [],
            id="what would follow nobody knows",
        ),
        pytest.param(["{name: Form, event: form, points: {from: asset}}"], ONE, 4, [], id="nor what would stand there"),
        pytest.param([FORM.replace("4", "10")], ONE * 2, None, [], id="five flames are all there are"),
        pytest.param(
            [FORM, "{name: Call, event: call, points: 9}", "{name: Chat, event: chat, points: 8}"], ONE, 4,
            [("form", 8, 2), ("call", 13, 3), ("chat", 12, 3)],
            id="in order of the file",
        ),
        pytest.param(
            [f"{{name: R{n}, event: e{n}, points: {n}}}" for n in range(4, 11)], [("e4", "2026-11-20", "a")], 4,
            [("r4", 8, 2), ("r5", 9, 2), ("r6", 10, 2), ("r7", 11, 2), ("r8", 12, 3)],
            id="five at most",
        ),
    ],
)  # fmt: skip
def test_by_hand(rules, events, needs, ways):
    score = told(rules, events)
    assert score.next_flame_needs == needs
    assert [(way.rule_id, way.score, way.flames) for way in score.next_flame] == ways


def _open(rule):
    """Return whether ways include one more occurrence of a rule.

    They do for event rules with positive points, without followers and without `if`.
    """
    plain = "event" in rule and not {"followed_by", "unless_followed_by", "if"} & set(rule)
    return plain and rule.get("enabled", True) and not isinstance(rule["points"], dict) and rule["points"] > 0


def _activities(score):
    """Return what counts as activity where `idle` of the score or of a group says so itself."""
    idles = [each.get("idle") for each in (score, *score.get("groups", {}).values())]
    named = [each["activity"] for each in idles if isinstance(each, dict) and "activity" in each]
    return [each for activity in named for each in as_list(activity)]


def _one_more(case, score, rule, contact_id):
    """Return a matching event of the contact, copied to `as_of`, with a new value of its `per` property.

    None if no event matches, or if the copy might do more than count once.
    """
    world = World(case.book, case.contacts, case.events, case.tag_history, case.as_of, files=case.files)
    found = [event for event in world.events[contact_id] if event_matches(rule, event, world)]
    per = rule.get("per")
    column = (
        per.get("property") if isinstance(per, dict) else None if per in ("day", "week", "month") else per
    )
    if not found or (column is not None and "ignore" in case.book):
        return None
    resets = [each for each in as_list(setting("since", rule, score, "none")) if each != "none"]
    others = (*resets, *_activities(score))
    if any(column in each.get("where", {}) for each in (rule, *others)):
        return None  # they look at the value that is new
    if any(event_matches(each, found[-1], world) for each in others):
        return None  # it would reset the rule, or be activity by properties that the rule does not require
    row = dict(found[-1].properties, at=case.as_of)
    row |= {} if column is None else {column: "never seen before"}
    more = World(
        case.book, case.contacts, [*case.events, row], case.tag_history, case.as_of, files=case.files
    )
    if len(more.events[contact_id]) != len(world.events[contact_id]) + 1:
        return None  # an entry of `ignore` names it, or another event because of it
    return row


def _rows_of_others(result, contact_id, score_name, rule_id):
    return [
        row
        for row in result.ledger
        if row["contact_id"] == contact_id and row["entry"] == "rule"
        and (row["score_name"], row["rule_id"]) != (score_name, rule_id)
    ]  # fmt: skip


@settings(max_examples=600 if FULL else 25)
@given(case=cases())
def test_each_way_brings_the_flame_and_no_other_rule_does(case):
    contact_id = case.contacts[0]["contact_id"]
    book, result = book_of(case.book), scored(case)
    bounds = {each.name: result.flames_from(each) for each in book.scores}
    explanation = explain(book, exports_of(case), contact_id, as_of=case.as_of, flames_from=bounds)
    before = case.scored()
    for score in explanation.scores:
        ways = {way.rule_id: way for way in score.next_flame}
        for rule in filter(_open, case.book["scores"][score.score_name]["rules"]):
            spec = case.book["scores"][score.score_name]
            more = _one_more(case, spec, rule, contact_id) if score.in_population else None
            if more is None:
                continue
            after = replace(case, events=[*case.events, more]).scored()
            of = (contact_id, score.score_name, rule_id_of(rule))
            row = next((r for r in after.scores if (r["contact_id"], r["score_name"]) == of[:2]), None)
            if row is None or _rows_of_others(before, *of) != _rows_of_others(after, *of):
                continue  # the event changes other rules too
            if score.by_percentile:  # by the current list, whatever happens to others' percentiles
                reached = [
                    each is not None and row["score"] >= round(each * 10_000) for each in bounds[of[1]]
                ]
                row["flames"] = sum(reached)
            if of[2] in ways:
                assert (ten_thousandths(ways[of[2]].score), ways[of[2]].flames) == (
                    row["score"],
                    row["flames"],
                )
            elif len(ways) < 5:
                assert row["flames"] <= score.flames
