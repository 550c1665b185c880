"""Shares of the contacts add up to the result for all contacts, however they are divided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

import polars as pl
import pytest
from msgspec.structs import replace
from polars.testing import assert_frame_equal

from flamescore import load_rules, score
from flamescore.columns import Columns
from flamescore.engine import placed, standings
from flamescore.exports import from_frames
from flamescore.rules import bind_rules
from flamescore.scoring import finish, score_exports, shares

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
RULES = """
version: 1
bots: {action: show, patterns: [{event: open, at_once: {times: 2, within: 30h}}]}
labels:
  tier:
    first_of:
    - {if: {score: fit, flames: [3, 4, 5]}, label: top}
    - {if: {tag: VIP}, label: vip}
scores:
  fit:
    five_flames: 20
    limits: {max: 40}
    rules:
    - {name: Visit, event: visit, points: 3, count: each, expires: 60d, decay: 1%}
    - {name: Open, event: open, points: 1, count: 2}
    - {name: Vip, tag: VIP, points: 5}
    - {name: Never, event: never, points: 1, count: once}
    - {name: Amount, event: deal, points: {from: amount}, count: each}
  odd:
    five_flames: 10
    population: {tag: VIP}
    rules:
    - {name: Page, event: visit, where: {url: {contains: /p}}, points: 2, count: once}
"""


def frames():
    contacts = pl.DataFrame({"contact_id": [f"c{n * 7 % 40}" for n in range(40)]})
    contacts = contacts.with_columns(tags=pl.Series([["VIP"] if n % 3 else [] for n in range(40)]))
    rows = range(400)
    events = pl.DataFrame(
        {
            "contact_id": [f"c{n % 43}" for n in rows],
            "event": [("visit", "open", "deal", "open")[n % 4] for n in rows],
            "at": [AS_OF - timedelta(hours=n * 5 - 9, seconds=n % 2) for n in rows],
            "url": [f"/{'p' if n % 5 else 'q'}{n}" for n in rows],
            "amount": [None if n % 3 else str(n) for n in rows],
        }
    )
    return contacts, events


def of(contacts, events):
    return from_frames(contacts, events)


def which(column, part):
    return pl.col(column).str.tail(1).is_in([str(n) for n in part])


@pytest.mark.parametrize("parts", [[range(5), range(5, 10)], [range(1), range(1, 4), range(4, 10)]])
def test_shares_add_up(parts):
    rules = load_rules(RULES)
    contacts, events = frames()
    columns = Columns(("contact_id", "tags"), ("url", "amount"), has_tags=True, has_events=True)
    book = bind_rules(rules, columns).book
    whole = score_exports(book, of(contacts, events), as_of=AS_OF)
    some = [
        shares(
            book,
            of(
                contacts.filter(which("contact_id", part)),
                events.filter(which("contact_id", part)),
            ),
            AS_OF,
        )
        for part in parts
    ]
    done = finish(reduce(add, some))
    assert_frame_equal(done.scores, whole.scores)
    assert_frame_equal(done.contacts, whole.contacts)
    assert_frame_equal(done.ledger.frame(), whole.ledger.frame())
    ids = pl.Series(["c3", "c11", "nobody"])
    assert_frame_equal(done.ledger.of(ids), whole.ledger.of(ids))
    assert_frame_equal(done.observed.rules, whole.observed.rules)
    assert replace(done.observed, rules=None, steps=()) == replace(whole.observed, rules=None, steps=())
    assert done.observed.sources[1].counts.orphans > 0
    assert done.observed.unseen == ("never",)
    assert done.bots.contacts == whole.bots.contacts
    assert_frame_equal(done.bots.table, whole.bots.table)
    assert {name: list(each) for name, each in done.totals.items()} == {
        name: list(each) for name, each in whole.totals.items()
    }


def test_ranks_of_counts():
    rules = load_rules("version: 1\nscores: {a: {five_flames: 10, rules: [{name: X, tag: x, points: 1}]}}\n")
    counts = pl.DataFrame({"total": [20_000, 50_000], "contacts": [2, 1]})
    found = standings(rules.book.scores[0], counts)
    assert found.rows() == [(50_000, 5.0, 2, 50.0, 100.0, 1), (20_000, 2.0, 1, 20.0, 0.0, 2)]
    assert pl.DataFrame(placed(found, pl.Series([1, 2])))["rank"].to_list() == [1, 2, 2]
    assert standings(rules.book.scores[0], counts.clear()).height == 0


def test_nobody_has_a_tag_that_a_rule_asks_for():
    rules = load_rules("version: 1\nscores: {a: {five_flames: 9, rules: [{name: X, tag: x, points: 1}]}}\n")
    for tags in ("", " ,"):
        assert score(rules, {"contact_id": ["a"], "tags": [tags]}).scores["score"].to_list() == [0.0]
