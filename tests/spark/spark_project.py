"""A project whose exports have every awkward kind of row and file, for one machine and for Spark."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import polars as pl

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)

RULES = """
version: 1
timezone: UTC
scores:
  fit:
    five_flames: 20
    limits: {max: 40}
    rules:
    - {name: Visit, event: visit, points: 3, count: each, expires: 60d, decay: 1%}
    - {name: Open, event: open, points: 1, count: 2}
    - name: Follow
      event: visit
      count: once
      where: {url: {contains: /p}}
      followed_by: {event: deal, within: 9d}
      points: 2
    - {name: Vip, tag: VIP, points: 5, expires: 90d}
    - {name: Amount, event: deal, points: {from: amount}, count: each, expires: 300d}
    - {name: Land, if: {field: {country: DE}}, points: 2}
    - {name: Big, if: {field: {employees: {at_least: 1200}}}, points: 4}
    - {name: Since, if: {field: {joined: {within_last: 400d}}}, points: 1}
  interest:
    flames: {percentile: [20, 40, 60, 80, 90]}
    population: {field: {country: {empty: false}}}
    rules:
    - {name: Days, event: [visit, open], per: day, count: each, points: 1, expires: 40d}
    - {name: Mail, event: mail, count: each, points: 0.5}
"""

PROJECT = """
version: 1
rules: rules.yaml
output: out
as_of: "2026-11-21T00:00:00Z"
max_rejects: 50%
keep: [name, email, email_domain, score]
call_list: {exclude: {tag: Customer}}
contacts:
  - path: people-*.csv
    files: all
    columns:
      {contact_id: Id, name: [First, Last], email: Mail, country: Land, employees: Size, joined: Joined,
       tags: Tags}
    numbers: {employees: {decimal: ",", thousands: "."}}
    dates: {joined: "%d.%m.%Y"}
    merged: {column: Old Ids, separator: ";"}
    leave_out: {Land: [Nowhere]}
  - path: more.parquet
events:
  - path: clicks
    columns: {contact_id: who, event: what, at: when}
    rename: {event: {pageview: visit}}
    at: {format: epoch_s}
  - path: orders-*.csv
    constants: {event: deal}
    columns: {event_id: Order, contact_id: Id, at: Date}
    at: {format: "%Y-%m-%d %H:%M"}
    timezone: Europe/Berlin
  - path: mails.ndjson.gz
    contact_key: email
    distinct: true
    columns: {contact: to, at: sent}
    constants: {event: mail}
tag_history:
  - path: tags.csv
    columns: {contact_id: Id, tag: Tag, at: At, action: What}
"""


ACTIONS = ("applied", "removed", "removed")


def text_of(rows):
    """Return rows as CSV."""
    return "".join(",".join(str(cell) for cell in row) + "\n" for row in rows)


def at_days(days):
    """Return an instant so many days before `AS_OF`."""
    return AS_OF - timedelta(days=days)


def write(folder, contacts=60, events=600):
    """Write the project: padded ids, old ids, overlapping orders, orphans, damaged rows, a bot."""
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(PROJECT)
    head = ("Id", "First", "Last", "Mail", "Land", "Size", "Joined", "Tags", "Old Ids", "score")
    people = [
        (
            f" p{n} " if n % 9 == 4 else f"p{n}", "Ann", n, f"Ann{n % (contacts - 5)}@Example.com",
            ("DE", "US", "", "Nowhere")[n % 4 if n % 13 else 3], "1.500" if n % 5 else "900",
            f"{n % 27 + 1:02}.0{n % 8 + 1}.2026", '"VIP,Blog"' if n % 4 else "Customer",
            f"old{n};p{n + 1}" if n % 17 == 3 else "", "by hand",
        )
        for n in range(contacts)
    ]  # fmt: skip
    (folder / "people-1.csv").write_text(
        text_of([head, *people[: contacts // 2], ("p0", "Again"), ("", *"abcdefghi")])
    )
    newer = [(*row[:2], "Newer", *row[3:]) for row in people[contacts // 2 - 5 :]]
    (folder / "people-2.csv").write_text(text_of([head, *newer, newer[0]]))
    pl.DataFrame(
        {
            "contact_id": ["q1", "q2", "p5"],
            "email": ["q1@example.com", "ann7@EXAMPLE.com", "p5@example.com"],
            "country": ["DE", None, "DE"],
            "tags": [["VIP"], [], None],
        }
    ).write_parquet(folder / "more.parquet")
    for age, name in enumerate(("more.parquet", "people-2.csv", "people-1.csv")):
        os.utime(folder / name, (AS_OF.timestamp() - age * 1000,) * 2)
    _write_clicks(folder / "clicks", contacts, events)
    _write_orders(folder, contacts)
    _write_mails(folder, contacts)
    tags = [
        (f"p{n % (contacts + 2)}" if n % 11 else f"old{n}", "VIP", at_days(n).isoformat(), ACTIONS[n % 3])
        for n in range(90)
    ]
    same = [("p1", "VIP", at_days(0.5).isoformat(), what) for what in ("applied", "removed")]
    (folder / "tags.csv").write_text(
        text_of([("Id", "Tag", "At", "What"), *tags, *same, ("p2", "VIP", "", "applied")])
    )


def _write_clicks(folder, contacts, events):
    """Write hive partitions: a column is a number in one month and text in the other."""
    for month, amounts in (("10", pl.Float64), ("11", pl.String)):
        there = folder / f"month={month}"
        there.mkdir(parents=True)
        rows = range(0 if month == "10" else events // 2, events if month == "11" else events // 2)
        pl.DataFrame(
            {
                "who": [
                    None if n % 50 == 7 else "p0" if n % 20 == 3 else "old3" if n % 31 == 5
                    else f" p{n % (contacts + 3)}" for n in rows
                ],
                "what": [None if n % 90 == 5 else ("pageview", "open", "deal", "Open ")[n % 4] for n in rows],
                "when": [int(AS_OF.timestamp()) - n * 9_000 + 30_000 for n in rows],
                "url": [f"/{'p' if n % 5 else 'q'}{n % 11}" for n in rows],
                "amount": pl.Series(
                    [None if n % 3 else n * 1.25 for n in rows], dtype=pl.Float64
                ).cast(amounts),
            }
        ).write_parquet(there / "part.parquet")  # fmt: skip


def _write_orders(folder, contacts):
    """Write two files that overlap; an order may be another contact's in the newer one."""
    head = ("Order", "Id", "Date", "amount")
    orders = [
        (f"o{n // 2 if n % 10 else n}", f"p{n % contacts}", f"{at_days(n / 3):%Y-%m-%d %H:%M}", n)
        for n in range(80)
    ]
    again = [(order, f"p{n % 7}", date, amount * 2) for n, (order, _, date, amount) in enumerate(orders[40:])]
    (folder / "orders-old.csv").write_text(text_of([head, *orders, ("", "p9", "2026-11-01 10:00", 3)]))
    (folder / "orders-new.csv").write_text(
        text_of([head, *again, ("o1", "p1", "yesterday", 9), ("", "p9", "2026-11-01 10:00", 3)])
    )
    for age, name in enumerate(("orders-new.csv", "orders-old.csv")):
        os.utime(folder / name, (AS_OF.timestamp() - age * 1000,) * 2)


def _write_mails(folder, contacts):
    import gzip  # noqa: PLC0415

    lines = [
        json.dumps({"to": f" ann{n % (contacts + 4)}@example.COM", "sent": at_days(n % 35).isoformat()})
        for n in range(150)
    ]
    lines += [*lines[:9], "{broken", json.dumps({"to": "q1@example.com", "sent": None})]
    (folder / "mails.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
