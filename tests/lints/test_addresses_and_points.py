"""Several addresses of one page, the points at which few have five flames, and limits next to limits."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from flamescore.exports import from_frames
from flamescore.lints import firing_of, lints_of_scores
from flamescore.rules import load_rules_text
from flamescore.scoring import score_exports

AS_OF = datetime.fromisoformat("2026-11-21T00:00:00+00:00")
HEAD = "version: 1\nscores:\n  fit:\n"


def scored(score, points=(), **columns):
    """Score contacts with these `points`, or with these columns."""
    loaded = load_rules_text(HEAD + "".join(f"    {line}\n" for line in score.splitlines()))
    given = {"n": [str(each) for each in points], **columns} if points else columns
    many = len(next(iter(given.values())))
    contacts = pl.DataFrame({"contact_id": [f"{n:03d}" for n in range(many)], **given})
    at = pl.Series("at", [AS_OF] * many)
    events = contacts.select("contact_id", *given, event=pl.lit("e")).with_columns(at)
    return loaded, score_exports(loaded.book, from_frames(contacts, events), as_of=AS_OF)


def lints(score, points=(), **columns):
    loaded, done = scored(score, points, **columns)
    return {each.code: each for each in lints_of_scores(loaded.document, done, firing_of(done))}


POINTS = "rules: [{name: P, event: e, count: once, points: {from: n}}]"


@pytest.mark.parametrize(
    ("points", "five", "offered"),
    [
        ([9, 9, 8, 8, 8, 7, 7, *[0] * 93], 100, 8),  # five have 8 or more, seven have 7
        ([7.5] * 6 + [0] * 94, 100, 7),  # 8 would be valid, but nobody reaches it: the highest, rounded down
        ([0.5] * 100, 100, 5),  # the highest is below 1
        ([1] * 5 + [0] * 95, 100, 1),
        ([3] * 50 + [2] * 50, 3, 3),  # half of them have five flames
    ],
)
def test_the_points_that_few_reach(points, five, offered):
    found = lints(f"five_flames: {five}\n{POINTS}", points)
    assert found["L205"].cure == f"five_flames: {offered}"


@pytest.mark.parametrize("points", [[5] * 49 + [0] * 51, [5] + [0] * 99, [0] * 99])
def test_five_flames_that_some_have_or_too_few_contacts(points):
    assert "L205" not in lints(f"five_flames: 5\n{POINTS}", points)


def test_flames_by_percentile_are_not_judged():
    flames = "flames: {percentile: [10, 20, 30, 40, 50]}"
    assert "L205" not in lints(f"{flames}\n{POINTS}", [1] * 100)


@pytest.mark.parametrize(("points", "told"), [([1] * 99 + [0], True), ([1] * 98 + [0] * 2, False)])
def test_a_rule_fires_for_nearly_everyone_after_its_own_limits(points, told):
    assert ("L201" in lints(f"five_flames: 5\n{POINTS}", points)) is told
    limited = "rules: [{name: P, event: e, count: once, points: {from: n}, limits: {max: 0}}]"
    assert "L201" not in lints(f"five_flames: 5\n{limited}", points)


def test_firing_is_what_is_left_after_the_limit_of_a_rule():
    rules = "rules: [{name: P, event: e, count: once, points: {from: n}, limits: {min: -1, max: 3}}]"
    _, done = scored(f"five_flames: 5\n{rules}", [5, 2, -4, 0])
    fired = firing_of(done).rules["fit", "p"]
    assert (fired.contacts, fired.points, fired.last_at) == (3, 40_000, AS_OF)


TWO = (
    "rules:\n- {name: A, group: g, field: {a: 1}, points: 1}\n- {name: B, group: g, field: {b: 1}, points: 2}"
)


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ([1] * 50, [1] * 49 + [0], True),  # 49 of 50 are 98%
        ([1] * 49, [1] * 48 + [0], False),
        ([1] * 20 + [0], [1] * 20 + [0], True),
        ([1] * 19 + [0], [1] * 19 + [0], False),
        ([1] * 60 + [0] * 60, [0] * 60 + [1] * 60, False),
    ],
)
def test_rules_for_the_same_contacts(a, b, told):
    cells = {"a": [str(each) for each in a], "b": [str(each) for each in b]}
    assert ("L202" in lints(f"five_flames: 3\ngroups: {{g: {{}}}}\n{TWO}", **cells)) is told
    held = lints(f"five_flames: 3\ngroups: {{g: {{limits: {{max: 2}}}}}}\n{TWO}", **cells)
    assert "L202" not in held


def test_bands_between_others_that_nobody_has():
    assert "L206" not in lints(f"five_flames: 5\n{POINTS}", [3, 4, 5])
    assert "nobody has 1, 2 or 4 flames" in lints(f"five_flames: 5\n{POINTS}", [0, 3, 5])["L206"].message


def test_floors_and_ceilings_are_counted():
    found = lints(f"five_flames: 5\nlimits: {{min: 0, max: 4}}\n{POINTS}", [-1, -2, 0, 3, 5, 6, 7])
    told = "2 contacts are raised to the `min` of score `fit`, 0; 3 are capped at 4."
    assert found["L210"].message == told
    assert found["L210"].count == 2
    assert "L210" not in lints(f"five_flames: 5\nlimits: {{min: 0, max: 4}}\n{POINTS}", [0, 3, 5])
