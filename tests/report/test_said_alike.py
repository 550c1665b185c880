"""Consistent wording: every output shows each lead of the sample as its tables do, computed here.

What is expected comes from the run's Parquet files and `run.json` alone, by `Decimal` and `datetime`.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

import flamescore
from flamescore.cli.main import program
from report.conftest import ROOT
from report.test_wording_against_decimal import ago_by_hand, shown

if TYPE_CHECKING:
    from datetime import date

ZONE = ZoneInfo("America/Phoenix")
TODAY = datetime(2026, 11, 21, tzinfo=ZONE).date()
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EVERY = 1 if os.environ.get("FLAMESCORE_TESTS") == "full" else 120
"""One in this many leads is explained, because each explanation reads the exports again."""


@dataclass(frozen=True)
class Reason:
    words: str
    day: date | None
    points: str
    before_limit: str

    @property
    def age(self) -> str:
        return "" if self.day is None else ago_by_hand((TODAY - self.day).days)

    def dated(self) -> str:
        return f"{self.words}{f', {self.day}' if self.day else ''} ({self.points})"

    def aged(self) -> str:
        return f"{self.words}{f', {self.age}' if self.age else ''}"


@dataclass(frozen=True)
class Lead:
    contact_id: str
    place: int
    rank: int
    exact: Decimal
    score: str
    flames: int
    percent: int
    reasons: tuple[Reason, ...]
    last: datetime
    moved: Decimal
    change: str
    before: str
    kind: str


def points(number: float) -> int:
    return int(Decimal(repr(number)).scaleb(4))


def down(number: float) -> str:
    return shown(points(number), 1, ROUND_FLOOR)


def signed(ten_thousandths: int) -> str:
    return ("+" if ten_thousandths > 0 else "") + shown(ten_thousandths, 1, ROUND_HALF_UP)


def reasons_of(rows: list[dict], order: list[str], names: dict[str, str]) -> tuple[Reason, ...]:
    given: dict[str, list] = {}
    for row in rows:
        if row["entry"] in ("rule", "rule_limit"):
            told = given.setdefault(row["rule_id"], [0, 0, None, 0])
            told[0] += points(row["points"])
            if row["entry"] == "rule":
                told[1:] = [row["occurrences"], row["last_at"], points(row["points"])]
    best = sorted(
        (rule for rule, told in given.items() if told[0] > 0),
        key=lambda rule: (
            -given[rule][0],
            -given[rule][2].timestamp() if given[rule][2] else float("inf"),
            order.index(rule),
        ),
    )
    return tuple(
        Reason(
            names[rule] + (f" ×{given[rule][1]:,}" if given[rule][1] > 1 else ""),
            given[rule][2] and given[rule][2].astimezone(ZONE).date(),
            signed(given[rule][0]),
            signed(given[rule][3]),
        )
        for rule in best[:3]
    )


@pytest.fixture(scope="module")
def leads(two_nights) -> dict[str, Lead]:
    """Return every contact with a flame who may be called, by id, in ranked order."""
    run = two_nights / "latest"
    record = json.loads((run / "run.json").read_text())
    rules = [each for each in record["scores"][0]["rules"] if each["entry"] == "rule"]
    names = {each["id"]: each["name"] or each["id"] for each in rules}
    uncalled = {*pl.read_parquet(run / "excluded.parquet")["contact_id"]}
    ledger = pl.read_parquet(run / "points.parquet").partition_by("contact_id", as_dict=True)
    moves = {row["contact_id"]: row for row in pl.read_parquet(run / "changes.parquet").to_dicts()}
    found = {}
    for row in pl.read_parquet(run / "scores.parquet").filter(pl.col("flames") > 0).to_dicts():
        who = row["contact_id"]
        if who in uncalled:
            continue
        moved = points(row["score"]) - points(moves[who]["previous_score"])
        found[who] = Lead(
            contact_id=who,
            place=len(found) + 1,
            rank=row["rank"],
            exact=Decimal(repr(row["score"])),
            score=down(row["score"]),
            flames=row["flames"],
            percent=int(row["percentile"]),
            reasons=reasons_of(ledger[who,].to_dicts(), [*names], names),
            last=row["last_activity_at"].astimezone(ZONE).replace(tzinfo=None),
            moved=Decimal(moved).scaleb(-4),
            change=signed(moved),
            before=down(moves[who]["previous_score"]),
            kind=moves[who]["change"],
        )
    assert len(found) == 298
    return found


@pytest.fixture
def run(two_nights, monkeypatch, tmp_path):
    monkeypatch.setenv("FLAMESCORE_OUTPUT", str(two_nights))
    monkeypatch.setenv("FLAMESCORE_CONFIG", str(ROOT / "flamescore.yaml"))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> str:
        done = CliRunner().invoke(program(), [*words])
        assert done.exit_code == 0, done.output
        return done.stdout

    return command


def test_csv(leads, run, two_nights):
    rows = list(csv.DictReader(io.StringIO(run("search", "--flames", "1-5"))))
    assert [row["contact_id"] for row in rows] == [*leads]
    for row, lead in zip(rows, leads.values(), strict=True):
        dated = [each.dated() for each in lead.reasons]
        told = (row["score"].replace(",", ""), int(row["percentile"]), int(row["rank"]), int(row["flames"]))
        assert told == (lead.score, lead.percent, lead.rank, lead.flames)
        assert [row[f"reason_{n}"] for n in (1, 2, 3)] == [*dated, *[""] * (3 - len(dated))]
        assert row["last_activity"] == f"{lead.last:%Y-%m-%d %H:%M}"
        assert (row["change"], row["newly_hot"] == "yes") == (lead.change, lead.kind == "newly_hot")
    with (two_nights / "latest" / "hot_leads.csv").open(encoding="utf-8-sig", newline="") as file:
        hot = list(csv.DictReader(file))
    assert len(hot) == 22
    assert hot == [{name: row[name] for name in hot[0]} for row in rows[:22]]


def test_one_lead_of_an_owner(run):
    header, row = run("search", "--flames", "5", "--owner", "Priya Raman", "--limit", "1").splitlines()
    assert header.startswith(
        "rank,contact_id,email,name,phone,company,owner,flames,score,percentile,"
        "reason_1,reason_2,reason_3,last_activity,change,newly_hot"
    )
    assert row.startswith(
        "5,1150,pedro.walker1150@example.org,Pedro Walker,(512) 555-0102,Ocotillo Rescue,Priya Raman,5,25,99,"
        '"Talked with a rep, 2026-11-09 (+4)","Stayed in the webinar to the end, 2026-11-05 (+4)",'
        '"Watched the pitch video, 2026-11-05 (+3)",2026-11-09 11:54,0,'
    )


def test_terminal(leads, run):
    header, *lines = run("search", "--flames", "1-5", "--format", "table").splitlines()
    assert header.split()[:4] == ["#", "Flames", "Score", "Name"]
    for line, lead in zip(lines, leads.values(), strict=True):
        new = ["new"] if lead.kind == "newly_hot" else []
        begins = [str(lead.place), "▲" * lead.flames + "·" * (5 - lead.flames), *new, lead.score]
        assert line.split()[: len(begins)] == begins
        assert line.split()[-1] == lead.contact_id
        assert f"  {lead.reasons[0].aged()}  " in line


def test_changes(leads, run):
    _, _, _, *lines = run("changes", "--all", "--format", "table").splitlines()
    by_id = {line.split()[-1]: line for line in lines}
    for lead in leads.values():
        step = lead.score if lead.score == lead.before else f"{lead.before} → {lead.score}"
        line = by_id[lead.contact_id]
        assert f"  {step}  " in line
        assert line.startswith({"same": "unchanged"}.get(lead.kind, lead.kind.replace("_", " ")))


def test_workbook(leads, run, tmp_path):
    run("search", "--flames", "1-5", "-o", "calls.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "calls.xlsx")["All"]
    header, *rows = sheet.iter_rows()
    for cells, lead in zip(rows, leads.values(), strict=True):
        row = {name.value: cell for name, cell in zip(header, cells, strict=True)}
        said = {name: row[name].value for name in ("#", "Contact id", "Rank", "Flames", "Better than")}
        assert [*said.values()] == [lead.place, lead.contact_id, lead.rank, lead.flames, lead.percent]
        assert Decimal(repr(row["Score"].value)) == lead.exact
        assert Decimal(repr(row["Change"].value)) == lead.moved
        assert (row["Newly hot"].value == "yes") == (lead.kind == "newly_hot")
        assert row["Why"].value == "\n".join(f"{each.aged()} ({each.points})" for each in lead.reasons)
        assert row["Last activity"].value.date() == lead.last.date()


def day_of_page(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if day.year != TODAY.year else ''}"


def test_page_with_and_without_its_script(leads, two_nights):
    text = (two_nights / "latest" / "report.html").read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    for told, lead in zip(json.loads(data)["leads"], leads.values(), strict=True):
        (of,) = told["s"]
        change = "" if lead.moved == 0 else lead.change.replace("-", "−")  # noqa: RUF001 - the page's minus
        assert (told["i"], of["q"], of["f"]) == (lead.contact_id, lead.place, lead.flames)
        assert (of["p"], of["u"], of["v"]) == (lead.score, f"{lead.percent}%", change)
        assert of["w"] == [[each.words, each.age] for each in lead.reasons]
        assert of["r"] == f"{lead.rank:,} of 2,000, better than {lead.percent}%"
        assert told["a"] == f"{lead.last:%Y-%m-%d %H:%M}"
        assert ("h" in of) == (lead.kind == "newly_hot")
    rows = re.findall(r'<tr class="row">.*?</tr>', text, re.DOTALL)
    for row, lead in zip(rows, leads.values(), strict=True):
        seen = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row))).strip()
        first, *others = (f"{each.words} {each.age}".strip() for each in lead.reasons)
        why = " ".join((first, *(["; ".join(others)] if others else [])))
        days = f"{ago_by_hand((TODAY - lead.last.date()).days)} {day_of_page(lead.last.date())}"
        change = "unchanged" if lead.moved == 0 else lead.change.replace("-", "−")  # noqa: RUF001 - the same
        assert re.search(rf"^{lead.place} (?:\d flames? )?{re.escape(lead.score)} \({lead.percent}%\) ", seen)
        assert f" {re.sub(r' ?; ', '; ', why)} {days} {change}" in re.sub(r" ?; ", "; ", seen)


def test_markdown(leads, two_nights):
    text = (two_nights / "latest" / "report.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ") and line.count(" | ") > 8]
    header, *rows = (line.strip("| ").split(" | ") for line in lines)
    assert (header[0], len(rows)) == ("#", 22)
    for row, lead in zip(rows, leads.values(), strict=False):
        told = dict(zip(header, row, strict=True))
        assert (told["#"], told["Flames"]) == (str(lead.place), str(lead.flames))
        assert told["Score"] == f"{lead.score} ({lead.percent}%)"
        why = html.unescape(told["Why"]).replace("\\", "")
        assert why == "<br>".join(each.dated() for each in lead.reasons)
        assert told["Last activity"] == f"{lead.last:%Y-%m-%d %H:%M}"
        assert told["Change"].replace("\\", "") == lead.change


def test_explain(leads, two_nights):
    night = flamescore.load_run(two_nights)
    for lead in list(leads.values())[::EVERY]:
        said = str(flamescore.explain(night, lead.contact_id, ROOT / "flamescore.yaml")).splitlines()
        (standing,) = (line for line in said if line.startswith("Prospect interest: "))
        unit = "point" if lead.score == "1" else "points"
        flames = "▲" * lead.flames + "·" * (5 - lead.flames)
        assert standing == (
            f"Prospect interest: {lead.score} {unit} {flames}, rank {lead.rank:,} of 2,000, "
            f"better than {lead.percent}%"
        )
        entries = [line.strip() for line in said if re.match(r" +[+-]\d", line)]
        for each in lead.reasons:
            assert f"{each.before_limit}  {each.words}" in entries
            name = each.words.partition(" ×")[0]
            limited = [
                line.split("  ")[0] for line in entries if line.partition("  ")[2] == f"{name}: limit 3"
            ]
            taken = Decimal(each.points) - Decimal(each.before_limit)
            assert limited == ([f"{taken}"] if taken else [])
