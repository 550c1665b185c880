"""Points in the billions, end to end: every total is exact, and a score that is too large stops the run."""

from __future__ import annotations

import json
from decimal import Decimal

import polars as pl
import pytest

from cli.small import latest

PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
contacts: [{path: contacts.csv}]
events: [{path: events.parquet}]
"""
RULES = """\
version: 1
scores:
  interest:
    five_flames: 20
    rules:
      - {name: Orders, event: order, count: each, points: {from: amount}}
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Write a project; return a function that fills its exports with contacts and orders."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flamescore.yaml").write_text(PROJECT)
    (tmp_path / "rules.yaml").write_text(RULES)

    def fill(contacts: list[str], orders: int, amount: str) -> None:
        """Give each contact this many orders."""
        ids = pl.Series("contact_id", contacts)
        ids.to_frame().write_csv("contacts.csv")
        each = pl.DataFrame({"event": ["order"] * orders, "at": "2026-11-18T10:00:00Z", "amount": amount})
        ids.to_frame().join(each, how="cross").write_parquet("events.parquet")

    return fill


def rules_of(folder):
    return json.loads((folder / "run.json").read_bytes(), parse_float=Decimal)["scores"][0]["rules"]


def test_rule_totals_are_exact(shop, tmp_path, flamescore):
    shop([str(number) for number in range(4_000)], 240, "985000000")
    assert flamescore("score", "-q").code == 0
    run = tmp_path / "out/latest"
    assert '          "points": 945600000000000\n' in (run / "run.json").read_text()
    assert "| Orders | 4,000 | 960,000 | +945,600,000,000,000 |" in (run / "report.md").read_text()
    assert "<b>+945,600,000,000,000</b>" in (run / "report.html").read_text()
    report = flamescore("report", "--format", "md")
    assert "| Orders | 4,000 | 960,000 | +945,600,000,000,000 |" in report.out


def test_so_are_those_that_no_float_holds(shop, tmp_path, flamescore):
    shop([str(number) for number in range(2_000)], 500, "999999999.1234")
    assert flamescore("score", "-q").code == 0
    run = tmp_path / "out/latest"
    [rule] = rules_of(run)
    assert rule["points"] == Decimal(999999999123400)
    shop([str(number) for number in range(1_999)], 501, "999999999.1234")
    assert flamescore("score", "-q", "--accept").code == 0
    assert '"points": 1001498999122085.9766\n' in (run / "run.json").read_text()
    report = flamescore("report", "--format", "md")
    assert "| Orders | 1,999 | 1,001,499 | +1,001,498,999,122,086 |" in report.out


def test_scores_are_told_whole(shop, tmp_path, flamescore):
    shop(["1", "2"], 500_000, "900000000.25")
    assert flamescore("score", "-q").code == 0
    table = (tmp_path / "out/latest/scores.csv").read_text().splitlines()
    assert table[1] == "1,450000000125000,5,0,1"
    calls = (tmp_path / "out/latest/hot_leads.csv").read_text()
    assert "Orders ×500,000, 2026-11-18 (+450,000,000,125,000)" in calls
    told = flamescore("explain", "1").out
    assert "interest: 450,000,000,125,000 points ▲▲▲▲▲" in told
    assert flamescore("search", "--format", "json").out.count('"score": 450000000125000,') == 2


@pytest.mark.parametrize(
    "flags", [("score",), ("score", "--dry-run"), ("explain", "7", "--as-of", "2026-11-22")]
)
def test_a_score_that_is_too_large_is_exit_3(shop, tmp_path, flamescore, flags):
    shop(["7"], 922_338, "1000000000")
    done = flamescore(*flags, "-q")
    day = "2026-11-22" if "explain" in flags else "2026-11-21"
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        f"error I010: The score `interest` of contact `7` is 922,338,000,000,000 "
        f"points as of {day}; "
        "the most is 922,337,203,685,477 points, either way. "
        "The rule `Orders` gave most: 922,338,000,000,000 points.\n"
        "        Do: Give fewer points for each event, or bound the rule: `limits: {max: 1000}`.\n"
    )
    assert not (tmp_path / "out/latest").exists()


def test_it_leaves_the_run_before_as_it_was(shop, tmp_path, flamescore):
    shop(["7"], 1_000, "1000000000")
    assert flamescore("score", "-q").code == 0
    before = latest(tmp_path)
    shop(["7"], 922_338, "1000000000")
    assert flamescore("score", "-q", "--as-of", "2026-11-22").code == 3
    assert latest(tmp_path) == before


def test_a_limit_brings_it_back(shop, tmp_path, flamescore):
    shop(["7"], 922_338, "1000000000")
    (tmp_path / "rules.yaml").write_text(RULES.replace("count: each", "count: each, limits: {max: 10}"))
    assert flamescore("score", "-q").code == 0
    rule, limit = rules_of(tmp_path / "out/latest")
    assert (rule["points"], limit["points"]) == (922338000000000, -922337999999990)
    assert (tmp_path / "out/latest/scores.csv").read_text().splitlines()[1] == "7,10,2,0,1"


def test_what_changed_is_told_without_parts_where_the_rules_of_then_give_too_much(shop, tmp_path, flamescore):
    """Under the first night's rules, today's exports as of that night exceed the largest possible score."""
    shop(["7"], 900_000, "1000000000")
    assert flamescore("score", "-q").code == 0
    shop(["7"], 930_000, "1000000000")
    (tmp_path / "rules.yaml").write_text(RULES.replace("count: each", "count: each, limits: {max: 10}"))
    assert flamescore("score", "-q", "--as-of", "2026-11-22").code == 0
    [row] = json.loads(flamescore("changes", "--format", "json").out)
    assert (row["difference"], row["by_data"], row["why"]) == (-899999999999990, None, None)
    told = json.loads((tmp_path / "out/latest/run.json").read_bytes())["changes"]["notes"]
    too_large = "a score of the previous run, or by its rules, is too large"
    assert told == [f"{too_large}: score changes are shown without their causes"]
