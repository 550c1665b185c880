"""A simulated log of e-mails, the people who read them, and the scanners in front of some of them.

The figures that a test asserts show that the patterns do what they are meant to, not what scanners do.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import log as ln
from random import Random

import polars as pl

CONTACTS = 3_000
MAILS = 12
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
_SCANNERS = ("at_once",) * 5 + ("later",) * 3 + ("one_link",) * 2 + ("slow",)

Row = tuple[str, str, datetime, str | None, str, str]
Moment = tuple[str, float, str | None]
"""The type of an event, seconds after delivery, and its page."""


def log(dice: Random) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return contacts and events; `by` is a kind of scanner, `person` or `machine`, empty for deliveries."""
    rows = [row for number in range(CONTACTS) for row in _of_contact(f"{number:04d}", dice)]
    schema = {
        "contact_id": pl.String,
        "event": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "url": pl.String,
        "asset": pl.String,
        "by": pl.String,
    }
    contacts = pl.DataFrame({"contact_id": [f"{number:04d}" for number in range(CONTACTS)]})
    return contacts, pl.DataFrame(rows, schema=schema, orient="row")


def _of_contact(contact: str, dice: Random) -> Iterator[Row]:
    scanner = dice.choice(_SCANNERS) if dice.random() < 0.15 else None
    machine, opens = dice.random() < 0.3, dice.choice((0.05, 0.2, 0.5))
    for number in range(MAILS):
        asset, delivered = f"mail {number}", START + timedelta(days=7 * number)
        links = [f"/{number}/{link}" for link in range(dice.randint(2, 8))]
        done = {
            scanner or "": _scans(scanner, links, dice),
            "person": _reads(links, dice) if dice.random() < opens else [],
            "machine": _machine(dice) if machine else [],
        }
        yield contact, "email_delivered", delivered, None, asset, ""
        for by, moments in done.items():
            for event, after, url in moments:
                yield contact, event, delivered + timedelta(seconds=int(after)), url, asset, by


def _scans(kind: str | None, links: list[str], dice: Random) -> list[Moment]:
    if kind is None:
        return []
    if kind == "one_link":
        return [("link_click", dice.uniform(0, 9), dice.choice(links))]
    if kind == "slow":
        at, moments = 30.0, []
        for link in links:
            moments.append(("link_click", at, link))
            at += dice.uniform(8, 60)
        return moments
    start = dice.uniform(0, 5) if kind == "at_once" else dice.uniform(60, 90 * 60)
    moments: list[Moment] = [("link_click", start + dice.uniform(0, 3), link) for link in links]
    if dice.random() < 0.5:
        moments.append(("email_open", start + dice.uniform(0, 3), None))
    return moments


def _reads(links: list[str], dice: Random) -> list[Moment]:
    at = dice.uniform(4, 60) if dice.random() < 0.01 else 6 + dice.lognormvariate(ln(7_200), 1.6)
    moments: list[Moment] = [("email_open", at, None)]
    if dice.random() < 0.25:
        at += 2 + dice.lognormvariate(ln(15), 1)
        many = dice.choices((1, 2, 3), (80, 15, 5))[0]
        for link in dice.sample(links, min(many, len(links))):
            moments.append(("link_click", at, link))
            if dice.random() < 0.05:
                moments.append(("link_click", at + dice.uniform(0, 1), link))
            at += 0.7 + dice.lognormvariate(ln(12), 1)
    return moments


def _machine(dice: Random) -> list[Moment]:
    at = dice.uniform(1, 20) if dice.random() < 0.5 else dice.uniform(0, 7_200)
    return [("email_open", at, None)]
