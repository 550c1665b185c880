"""Exports from real sources: every score matches the answer key, to the last digit."""

import csv
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from flamescore.exports import load, survey
from flamescore.project import load_project
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports
from real_exports import NEEDED, REAL, education, grocer, strangers

pytestmark = NEEDED


def scores(folder: Path, project: str, rules: str, as_of: datetime) -> dict[str, float]:
    (folder / "flamescore.yaml").write_text(f"version: 1\n{project}")
    with closing(survey(load_project(folder / "flamescore.yaml"))) as opened:
        book = bind_rules(load_rules_text(f"version: 1\nscores:\n{rules}"), opened.columns).book
        result = score_exports(book, load(opened), as_of=as_of)
    return dict(result.scores.select("contact_id", "score").iter_rows())


def key(name: str) -> dict[str, float]:
    with (REAL / "keys" / f"{name}.csv").open(newline="") as file:
        return {row["contact_id"]: float(row["score"]) for row in csv.DictReader(file)}


def test_x_education(tmp_path):
    rules = """
  fit:
    five_flames: 40
    rules:
      - {name: Came by reference, field: {Lead Source: Reference}, points: 40}
      - {name: Came from Welingak, field: {Lead Source: Welingak Website}, points: 50}
      - name: Time on the website
        first_of:
          - {if: {field: {Total Time Spent on Website: {at_least: 1000}}}, points: 30}
          - {if: {field: {Total Time Spent on Website: {at_least: 300}}}, points: 15}
      - {name: Works, field: {What is your current occupation: Working Professional}, points: 25}
      - {name: SMS was the last, field: {Last Activity: SMS Sent}, points: 15}
      - {name: Chat was the last, field: {Last Activity: Olark Chat Conversation}, points: -10}
      - {name: Do not e-mail, field: {Do Not Email: Yes}, points: -20}
"""
    found = scores(tmp_path, education(), rules, datetime(2026, 1, 1, tzinfo=UTC))
    expected = key("x_education")
    assert len(expected) == 9_240
    assert found == {contact_id: expected[contact_id] for contact_id in found}
    assert (len(found), sum(found.values())) == (9_191, 157_250)


def test_cdnow(tmp_path):
    customers, orders = strangers()
    (tmp_path / "customers.csv").write_text(customers)
    (tmp_path / "orders.csv").write_text(orders)
    project = """
contacts: [{path: customers.csv}]
events:
  - path: orders.csv
    constants: {event: order}
    at: {format: "%Y%m%d"}
"""
    rules = """
  loyalty:
    five_flames: 50
    rules:
      - {name: Ordered, event: order, points: 10, count: each, expires: never, decay: {half_life: 90d}}
"""
    assert (customers.count("\n"), orders.count("\n")) == (23_571, 69_660)  # including the headers
    assert scores(tmp_path, project, rules, datetime(1998, 1, 1, tzinfo=UTC)) == key("cdnow")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_completejourney(tmp_path, kind):
    rules = """
  engagement:
    five_flames: 100
    rules:
      - {name: Baskets, event: basket, per: basket_id, count: 20, points: 3}
      - {name: Redeemed a coupon, event: redemption, count: each, points: 15}
"""
    found = scores(tmp_path, grocer(kind), rules, datetime(2017, 6, 30, 23, 59, 59, tzinfo=UTC))
    assert found == key("completejourney")
    assert sum(found.values()) == 38_193


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_completejourney_in_bursts_and_sums(tmp_path, kind):
    rules = """
  engagement:
    five_flames: 100
    rules:
      - name: Three baskets in a week
        event: basket
        burst: {times: 3, within: 7d, per: basket_id}
        expires: 90d
        count: each
        points: 2
      - {name: Ten lines in a week, event: basket, burst: {times: 10, within: 7d}, count: 3, points: 3}
      - name: Spent 50 in a quarter
        if: {event: basket, last: 90d, sum: {sales_value: {at_least: 50}}}
        points: 5
"""
    as_of = datetime(2017, 6, 30, 23, 59, 59, tzinfo=UTC)
    found = scores(tmp_path, grocer(kind), rules, as_of)
    lines = lines_by_household(as_of)
    assert found == {household: float(engagement(lines.get(household, []), as_of)) for household in found}
    assert (len(found), sum(map(bool, found.values()))) == (801, 357)


def lines_by_household(as_of):
    """Read receipt lines by household in plain Python: instant, basket and value in ten-thousandths."""
    lines = {}
    with (REAL / "completejourney" / "transactions_sample.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["transaction_timestamp"]).replace(tzinfo=UTC)
            if at <= as_of:
                value = int(Decimal(row["sales_value"]) * 10_000)
                lines.setdefault(row["household_id"], []).append((at, row["basket_id"], value))
    return lines


def engagement(lines, as_of):
    """Compute a household's score line by line."""
    quarter, week = as_of - timedelta(days=90), timedelta(days=7)
    baskets = [end for end in completed(lines, 3, week, distinct=True) if end > quarter]
    weeks = completed(lines, 10, week, distinct=False)[:3]
    spent = sum(value for at, _, value in lines if at > quarter)
    bought = any(at > quarter for at, *_ in lines)
    return 2 * len(baskets) + 3 * len(weeks) + 5 * (bought and spent >= 500_000)


def completed(lines, times, within, *, distinct):
    """Walk backwards through lines, and return the instant at which each burst is complete."""
    found, left = [], sorted(lines, reverse=True)
    while left:
        end = left[0][0]
        seen = []
        for at, basket, _ in left:
            if end - at > within or len(seen) == times:
                break
            if not distinct or basket not in seen:
                seen.append(basket)
                start = at
        if len(seen) == times:
            found.append(end)
            left = [line for line in left if line[0] < start]
        else:
            left = [line for line in left if line[0] < end]
    return found
