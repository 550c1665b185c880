"""Leads routed to reps, from the project file to every list, over successive nightly runs."""

# ruff: noqa: E501 - one table row per line

from __future__ import annotations

import csv
import io
import json
import re
import shutil

import openpyxl
import polars as pl
import pytest

CONTACTS = """\
contact_id,name,email,phone,company,owner,tags,country
1,Ann Lee,ann@acme.example,555-1,Acme,,,US
2,Bo Diaz,bo@b.example,555-2,Acme ,Unassigned,,US
3,Cy Young,cy@c.example,555-3,,House,,NO
4,Di Fox,di@d.example,555-4,,Dana Whitfield,,US
5,Ed Out,ed@e.example,555-5,Excluded,,Customer,US
6,Flo Cold,flo@f.example,555-6,,,,US
"""
EVENTS = "contact_id,event,at\n" + "".join(f"{n},visit,2026-11-20T0{9 - n}:00:00Z\n" for n in range(1, 6))
RULES = """\
version: 1
timezone: America/Phoenix
scores:
  interest:
    five_flames: 1
    rules: [{name: Visited, event: visit, count: each, points: 1, expires: 60d}]
"""
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
call_list: {exclude: {tag: Customer}}
accept: [{code: I146, reason: these are small exports}]
"""
TEAM = """\
team:
  - {name: Dana Whitfield, weight: 2, where: {country: US}}
  - {name: Luis Ortega, away: [2026-11-22]}
route: {unowned: [unassigned, House]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a project with a team, which is also the working directory."""
    files = {
        "contacts.csv": CONTACTS,
        "events.csv": EVENTS,
        "rules.yaml": RULES,
        "flamescore.yaml": PROJECT + TEAM,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scored(folder, flamescore):
    done = flamescore("score")
    assert (done.code, done.err) == (0, "1 accepted warning: -v shows it\n")
    return folder


def rows(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def table(folder, name):
    return pl.read_parquet(folder / "out/latest" / name)


def test_hot_leads_without_an_owner_go_to_the_team(scored):
    routed = rows(scored / "out/latest/routed.csv")
    assert list(routed[0]) == [
        "contact_id",
        "email",
        "name",
        "phone",
        "company",
        "owner",
        "flames",
        "score",
        "routed_to",
        "reason",
        "routed_at",
        "new",
    ]
    assert [
        (each["contact_id"], each["routed_to"], each["reason"], each["routed_at"], each["new"])
        for each in routed
    ] == [
        ("1", "Dana Whitfield", "next in turn", "2026-11-21 00:00", "true"),
        ("2", "Dana Whitfield", "same company: Acme", "2026-11-21 00:00", "true"),
        ("3", "Luis Ortega", "next in turn", "2026-11-21 00:00", "true"),
    ]
    routes = table(scored, "routes.parquet")
    assert routes.schema == {
        "contact_id": pl.String,
        "rep": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "reason": pl.String,
        "ended": pl.Boolean,
    }
    assert routes.select("contact_id", "rep", "ended").rows() == [
        ("1", "Dana Whitfield", False),
        ("2", "Dana Whitfield", False),
        ("3", "Luis Ortega", False),
    ]
    record = json.loads((scored / "out/latest/run.json").read_text())
    assert record["routing"] == {"kept": 0, "new": 3, "nobody": 0}


def test_call_lists_show_the_rep_and_why(scored):
    leads = rows(scored / "out/latest/hot_leads.csv")
    assert list(leads[0])[-2:] == ["routed_to", "routed_reason"]
    assert [
        (each["contact_id"], each["owner"], each["routed_to"], each["routed_reason"]) for each in leads
    ] == [
        ("1", "", "Dana Whitfield", "next in turn"),
        ("2", "Unassigned", "Dana Whitfield", "same company: Acme"),
        ("3", "House", "Luis Ortega", "next in turn"),
        ("4", "Dana Whitfield", "", ""),
    ]


def test_the_report_and_the_workbook_take_the_rep_for_the_owner(scored, flamescore):
    page, text = ((scored / "out/latest" / name).read_text() for name in ("report.html", "report.md"))
    assert "<bdi>Luis Ortega</bdi> (routed)" in page
    assert "same company: Acme" in page
    assert "| Dana Whitfield (routed), same company: Acme |" in text
    assert "| Dana Whitfield |" in text
    assert re.findall(r'<option value="([^"]+)">(?:Dana|Luis|House|Un)', page) == [
        "Dana Whitfield",
        "Luis Ortega",
    ]
    assert flamescore("report", "--format", "html").out == page
    flamescore("report", "-o", "calls.xlsx")
    book = openpyxl.load_workbook(io.BytesIO((scored / "calls.xlsx").read_bytes()))
    assert book.sheetnames == ["All", "Dana Whitfield", "Luis Ortega"]
    assert [cell.value for cell in book["All"][1]][-2:] == ["Routed to", "Why routed"]
    assert [row[-2:] for row in book["Dana Whitfield"].iter_rows(min_row=2, values_only=True)] == [
        ("Dana Whitfield", "next in turn"),
        ("Dana Whitfield", "same company: Acme"),
        (None, None),
    ]


@pytest.mark.usefixtures("scored")
def test_a_redacted_report_names_no_rep_and_no_company(flamescore):
    page = flamescore("report", "--redact", "--format", "html").out
    assert "Owner 2 (routed)" in page
    assert "same company" in page
    assert not any(name in page for name in ("Acme", "Dana", "Luis", "Ortega"))


def test_searches_by_owner_find_what_is_routed(scored, flamescore):
    def found(owner):
        return [
            each["contact_id"]
            for each in csv.DictReader(
                io.StringIO(flamescore("search", "--owner", owner, "--format", "csv").out)
            )
        ]

    assert found("dana whitfield") == ["1", "2", "4"]
    assert found("Luis Ortega") == ["3"]
    assert found("House") == []
    assert found("Unassigned") == ["6"]
    shown = next(csv.DictReader(io.StringIO(flamescore("search", "--format", "csv").out)))
    assert (shown["routed_to"], shown["routed_reason"]) == ("Dana Whitfield", "next in turn")
    assert flamescore("search", "-o", "found.xlsx").code == 0
    assert openpyxl_sheets(scored / "found.xlsx") == ["All", "Dana Whitfield", "Luis Ortega", "Unassigned"]


def openpyxl_sheets(path):
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes())).sheetnames


def test_nights_keep_end_and_fail_to_route(scored, flamescore):
    text = CONTACTS.replace(
        "1,Ann Lee,ann@acme.example,555-1,Acme,", "1,Ann Lee,ann@acme.example,555-1,Acme,Kim"
    )
    text = text.replace("6,Flo Cold,flo@f.example,555-6,,,,US", "6,Flo Cold,flo@f.example,555-6,,,,NO")
    lines = text.splitlines()
    (scored / "contacts.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    with (scored / "events.csv").open("a") as file:
        file.write("6,visit,2026-11-21T20:00:00Z\n")
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    assert table(scored, "routes.parquet").select("contact_id", "rep", "ended").rows() == [
        ("1", "Dana Whitfield", True),
        ("2", "Dana Whitfield", False),
        ("3", "Luis Ortega", False),
    ]
    listed = rows(scored / "out/latest/routed.csv")
    assert [(each["contact_id"], each["routed_to"], each["reason"], each["new"]) for each in listed] == [
        ("2", "Dana Whitfield", "same company: Acme", "false"),
        ("3", "Luis Ortega", "next in turn", "false"),
        ("6", "", "nobody: 1 away, 1 outside the territory", "false"),
    ]
    assert json.loads((scored / "out/latest/run.json").read_text())["routing"] == {
        "kept": 2,
        "new": 0,
        "nobody": 1,
    }
    assert (
        "Unassigned, nobody: 1 away, 1 outside the territory" in (scored / "out/latest/report.md").read_text()
    )
    # The next night Luis is back and gets the unrouted lead; no other routes change, nor do any in a second run.
    for _ in range(2):
        assert flamescore("score", "--as-of", "2026-11-23", FLAMESCORE_NOW="2026-11-24T11:00:00Z").code == 0
        now = table(scored, "routes.parquet").filter(~pl.col("ended"))
        assert dict(now.select("contact_id", "rep").iter_rows()) == {
            "2": "Dana Whitfield",
            "3": "Luis Ortega",
            "6": "Luis Ortega",
        }
    assert json.loads((scored / "out/latest/run.json").read_text())["routing"] == {
        "kept": 3,
        "new": 0,
        "nobody": 0,
    }
    # A backfill has no routes, and the call list of an earlier day has no reps.
    assert flamescore("score", "--as-of", "2026-11-20T23:00:00").code == 0
    backfill = next(each for each in (scored / "out/runs").iterdir() if each.name.startswith("2026-11-21T06"))
    assert not {"routes.parquet", "unrouted.parquet", "routed.csv"} & {
        each.name for each in backfill.iterdir()
    }
    assert "routing" not in json.loads((backfill / "run.json").read_text())
    assert {each["routed_to"] for each in rows(backfill / "hot_leads.csv")} == {""}


def test_the_condition_of_route_says_who_is_handed_out(folder, flamescore):
    route = "route: {if: {score: interest, points: {at_least: 0}}, same: [], away: off.csv}\n"
    (folder / "flamescore.yaml").write_text(
        PROJECT
        + TEAM.splitlines(keepends=True)[0]
        + "  - {name: Dana Whitfield}\n  - {name: Luis Ortega}\n"
        + route
    )
    (folder / "off.csv").write_text("name,from,to\nluis ortega,2026-11-20,2026-11-21\n")
    assert flamescore("score").code == 0
    listed = rows(folder / "out/latest/routed.csv")
    assert [(each["contact_id"], each["routed_to"]) for each in listed] == [
        ("1", "Dana Whitfield"),
        ("2", "Dana Whitfield"),
        ("6", "Dana Whitfield"),
    ]


def test_a_segment_says_who_is_handed_out_and_lists_the_rep(folder, flamescore):
    text = PROJECT + TEAM.replace("route: {", "route: {if: {all: [{segment: best}, {rule: visited}]}, ")
    (folder / "flamescore.yaml").write_text(
        text
        + "segments:\n  best: {if: {score: interest, flames: 5}, limit: 2, columns: [contact_id, routed_to]}\n"
    )
    assert flamescore("score").code == 0
    assert (
        folder / "out/latest/segments/best.csv"
    ).read_text() == "contact_id,routed_to\n1,Dana Whitfield\n2,Dana Whitfield\n"
    assert [each["contact_id"] for each in rows(folder / "out/latest/routed.csv")] == ["1", "2"]
    (folder / "flamescore.yaml").write_text(
        PROJECT + TEAM.replace("route: {", "route: {if: {segment: bets}, ")
    )
    done = flamescore("score")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "flamescore.yaml:11:23: error A007: There is no segment `bets`.",
    )


def test_who_is_held_out_is_routed_to_nobody(folder, flamescore):
    (folder / "flamescore.yaml").write_text(
        (PROJECT + TEAM).replace("call_list: {", "call_list: {holdout: {share: 50%, salt: s3}, ")
    )
    assert flamescore("score").code == 0
    held_out = set(table(folder, "holdout.parquet")["contact_id"])
    assert held_out & {"1", "2", "3"}
    assert {each["contact_id"] for each in rows(folder / "out/latest/routed.csv")} == {
        "1",
        "2",
        "3",
    } - held_out


def test_who_is_away_stops_the_run_where_it_does_not_read(folder, flamescore):
    (folder / "flamescore.yaml").write_text((PROJECT + TEAM).replace("route: {", "route: {away: off.csv, "))
    (folder / "off.csv").write_text(
        "name,from,to\nLuis,2026-11-21,2026-11-20\nLuis Ortega,2026-11-21,2026-11-20\n"
    )
    done = flamescore("score")
    assert done.code == 3
    assert done.err == (
        "off.csv:2:1: error A025: Nobody in the team is called `Luis`.\n        Do: Use `Dana Whitfield` or `Luis Ortega`.\n"
        "off.csv:3:1: error A025: `to` (2026-11-20) is before `from` (2026-11-21).\n        Do: Swap the two days.\n"
    )
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{country: US}",
            "{contry: US}",
            "flamescore.yaml:9:47: error P028: No contacts export has a column `contry`.",
        ),
        (
            "route: {",
            "route: {same: [company, compny], ",
            "flamescore.yaml:11:25: error P028: `route.same`: no contacts export has a column `compny`.",
        ),
        (
            "route: {",
            "route: {if: {field: {size: 1}}, ",
            "flamescore.yaml:11:22: error P028: No contacts export has a column `size`.",
        ),
        ("route: {", "route: {away: s3://b/x, ", "flamescore.yaml:11:15: error P031:"),
        (
            "{country: US}",
            "{country: {is: US}}",
            "flamescore.yaml:9:57: error R070: Unknown operator `is`.",
        ),
    ],
)
def test_faults_are_told_with_their_place(folder, flamescore, old, new, told):
    (folder / "flamescore.yaml").write_text((PROJECT + TEAM).replace(old, new, 1))
    done = flamescore("score")
    assert done.code == 2
    assert done.err.startswith(told), done.err


def test_route_needs_a_team(folder, flamescore):
    (folder / "flamescore.yaml").write_text(PROJECT + "route: {}\n")
    done = flamescore("score")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "flamescore.yaml:8:1: error P021: `team` is missing: `route` hands leads to it.",
    )


def test_the_order_of_rows_changes_nothing(scored, flamescore):
    names = ("routes.parquet", "routed.csv", "hot_leads.csv")
    before = [(scored / "out/latest" / name).read_bytes() for name in names]
    shutil.rmtree(scored / "out")
    first, *others = CONTACTS.splitlines(keepends=True)
    (scored / "contacts.csv").write_text(first + "".join(reversed(others)))
    assert flamescore("score").code == 0
    assert [(scored / "out/latest" / name).read_bytes() for name in names] == before


def test_a_dry_run_says_how_many_it_would_route(folder, flamescore):
    told = flamescore("score", "--dry-run").out.splitlines()
    assert "routes: 0 kept, 3 new, 0 with nobody" in told
    assert not (folder / "out").exists()


def test_a_write_back_has_only_who_is_routed_and_what_the_crm_calls_the_rep(folder, flamescore):
    team = TEAM.replace("{name: Luis Ortega, ", "{name: Luis Ortega, import_as: lortega, ")
    (folder / "flamescore.yaml").write_text(
        PROJECT + team + "write_back: {crm: {format: generic, columns: {routed_to: Owner}}}\n"
    )
    assert flamescore("score").code == 0
    written = folder / "out/latest/write_back/crm/crm-001.csv"
    assert [line.split(",")[1:] for line in written.read_text().splitlines()] == [
        ["Owner"],
        ["Dana Whitfield"],
        ["Dana Whitfield"],
        ["lortega"],
    ]
