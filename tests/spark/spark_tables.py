"""Tables with every awkward kind of row, and the result of scoring them on one machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

import flamescore
from flamescore.spark.scoring import planned

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
EXCLUDE = "{tag: Customer}"
RULES = """
version: 1
scores:
  fit:
    five_flames: 20
    limits: {max: 40}
    defaults: {count: each}
    rules:
    - {name: Visit, event: visit, points: 3, expires: 60d, decay: 1%}
    - {name: Open, event: open, points: 1, count: 2}
    - name: Follow
      event: visit
      where: {url: {contains: /p}}
      followed_by: {event: deal, within: 9d}
      points: 2
    - {name: Vip, tag: VIP, points: 5, expires: 90d}
    - {name: Never, event: never, points: 1}
    - {name: Amount, event: deal, points: {from: amount}, expires: 300d}
    - {name: Land, if: {field: {country: DE}}, points: 2}
  interest:
    flames: {percentile: [20, 40, 60, 80, 90]}
    population: {field: {country: {empty: false}}}
    rules:
    - {name: Days, event: [visit, open], per: day, count: each, points: 1, expires: 40d}
"""


def tables(contacts=40, events=400):
    """Return contacts, events and tag history: padded and missing ids, orphans, a bot, old and later rows."""
    people = pl.DataFrame(
        {
            "contact_id": [f"c{n * 7 % contacts}" for n in range(contacts)],
            "country": [("DE", "US", None)[n % 3] for n in range(contacts)],
            "name": [f"Ann {n}" for n in range(contacts)],
            "tags": [["VIP"] if n % 4 else ["Customer", "a, b"] for n in range(contacts)],
        }
    )
    rows = range(events)
    told = pl.DataFrame(
        {
            "contact_id": [
                None if n % 50 == 7 else "c0" if n % 20 == 3 else f" c{n % (contacts + 3)}" for n in rows
            ],
            "event": [None if n % 90 == 5 else ("visit", "open", "deal", "Open ")[n % 4] for n in rows],
            "at": [AS_OF - timedelta(hours=n * 5 - 9, seconds=n % 2) for n in rows],
            "url": [f"/{'p' if n % 5 else 'q'}{n % 11}" for n in rows],
            "amount": [None if n % 3 else n * 1.25 for n in rows],
        }
    )
    history = pl.DataFrame(
        {
            "contact_id": ["c1", "c2", "nobody", "c1", "c3"],
            "tag": ["VIP"] * 5,
            "at": [AS_OF - timedelta(days=n + 1) for n in range(5)],
            "action": ["removed", "applied", "applied", "applied", "renamed"],
        }
    )
    return {"contacts": people, "events": told, "tag_history": history}


def on_one_machine(given):
    """Score the tables in this process."""
    return flamescore.score(flamescore.load_rules(RULES), *given.values(), as_of=AS_OF)


def plan_of(given, **asked):
    """Return the plan of the tables."""
    rules = flamescore.load_rules(RULES)
    empty = {kind: table.clear() for kind, table in given.items()}
    return planned(rules, empty, AS_OF, **{"keep": ("name",), "exclude": EXCLUDE, **asked})
