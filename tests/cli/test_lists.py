"""Lists from files: a run uses and stores them, and is explained with its own after they change."""

from __future__ import annotations

import json
from hashlib import sha256

import polars as pl
import pytest

from cli.small import CONTACTS, PROJECT, RULES, latest, record

TARGETS = "company;domain\nAcme;acme.example\nZeta; Zeta.example \nZeta;Zeta.example\n;\n"
SENIOR = "\ufeffdirector\r\n\r\nVice President\r\n"

LIST_RULES = """\
  accounts:
    five_flames: 10
    rules:
      - {name: Senior, field: {Title: {contains: {file: lists/senior.txt}}}, points: 1}
      - name: Target account
        field: {Domain: {in: {file: lists/targets.csv, column: domain}}}
        points: 5
      - {name: No target, field: {Domain: {not_in: {file: lists/targets.csv, column: domain}}}, points: -1}
      - {name: Partner, tag: {in: {file: lists/tags.txt}}, points: 3}
      - {name: Off, enabled: false, tag: {in: {file: lists/not-there.txt}}, points: 3}
"""
CELLS = {
    "101": ("ACME.example", "Sales Director"),
    "102": ("zeta.example", "vice president"),
    "103": ("mail.acme.example", "Clerk"),
    "104": ("", ""),
}
SCORES = {"101": 9.0, "102": 6.0, "103": -1.0, "104": 0.0, "105": 0.0, "106": 0.0, "107": 0.0, "108": 0.0}


@pytest.fixture
def listed(project):
    """Return a project whose rules, in a separate folder, name lists next to them."""
    rows = CONTACTS.splitlines()
    more = [",".join(CELLS.get(row[:3], ("", ""))) for row in rows[1:]]
    (project / "contacts.csv").write_text(
        "\n".join([f"{rows[0]},Domain,Title", *map(",".join, zip(rows[1:], more, strict=True))]) + "\n"
    )
    (project / "rules/lists").mkdir(parents=True)
    (project / "rules/rules.yaml").write_text(RULES + LIST_RULES)
    (project / "rules/lists/targets.csv").write_text(TARGETS)
    (project / "rules/lists/senior.txt").write_text(SENIOR)
    (project / "rules/lists/tags.txt").write_text("vip\nNobody's\n")
    (project / "flamescore.yaml").write_text(PROJECT.replace("rules: rules.yaml", "rules: rules/rules.yaml"))
    return project


def scores_of(folder):
    table = pl.read_parquet(folder / "out/latest/scores.parquet").filter(pl.col("score_name") == "accounts")
    return dict(table.sort("contact_id").select("contact_id", "score").iter_rows())


def test_a_run_goes_by_its_lists_and_keeps_them(listed, flamescore):
    assert flamescore("score", "-q").code == 0
    assert scores_of(listed) == SCORES
    folder = listed / "rules/lists"
    assert record(listed)["rules"]["lists"] == [
        {
            "path": f"lists/{name}",
            "column": column,
            "values": 2,
            "bytes": (folder / name).stat().st_size,
            "hash": f"sha256:{sha256((folder / name).read_bytes()).hexdigest()}",
        }
        for name, column in (("senior.txt", None), ("targets.csv", "domain"), ("tags.txt", None))
    ]
    kept = pl.read_parquet(listed / "out/latest/lists.parquet")
    assert kept.schema == {"path": pl.String, "column": pl.String, "value": pl.String}
    assert kept.rows() == [
        ("lists/senior.txt", None, "director"),
        ("lists/senior.txt", None, "Vice President"),
        ("lists/targets.csv", "domain", "acme.example"),
        ("lists/targets.csv", "domain", "Zeta.example"),
        ("lists/tags.txt", None, "vip"),
        ("lists/tags.txt", None, "Nobody's"),
    ]
    assert flamescore("runs", "--check").code == 0


def test_without_lists_there_is_no_table_of_them(project, flamescore):
    assert flamescore("score", "-q").code == 0
    assert not (project / "out/latest/lists.parquet").exists()
    assert record(project)["rules"]["lists"] == []


def test_a_run_is_explained_by_the_lists_of_its_time(listed, flamescore):
    assert flamescore("score", "-q").code == 0
    (listed / "rules/lists/targets.csv").write_text("domain\nother.example\n")
    (listed / "rules/lists/tags.txt").unlink()
    told = json.loads(flamescore("explain", "101", "--format", "json").out)
    [score] = [each for each in told["scores"] if each["score_name"] == "accounts"]
    assert score["score"] == 9
    assert told["notes"] == [
        "The list lists/targets.csv has changed since this run; showing the run's own.",
        "The list lists/tags.txt has changed since this run; showing the run's own.",
    ]
    assert flamescore("report", "-o", str(listed / "again.html")).code == 0


def test_points_of_a_list_that_changed_are_by_rules(listed, flamescore):
    assert flamescore("score", "-q", "--as-of", "2026-11-20").code == 0
    (listed / "rules/lists/targets.csv").write_text("domain\nmail.acme.example\nzeta.example\n")
    assert flamescore("score", "-q").code == 0
    assert record(listed)["changes"]["notes"] == []
    table = pl.read_parquet(listed / "out/latest/changes.parquet").filter(pl.col("score_name") == "accounts")
    moved = table.filter(pl.col("difference") != 0).sort("contact_id")
    assert moved.select("contact_id", "by_activity", "by_time", "by_data", "by_rules").rows() == [
        ("101", 0.0, 0.0, 0.0, -6.0),
        ("103", 0.0, 0.0, 0.0, 6.0),
    ]


def test_a_damaged_table_of_lists_is_told(listed, flamescore):
    assert flamescore("score", "-q").code == 0
    (listed / "out/runs" / latest(listed) / "lists.parquet").unlink()
    done = flamescore("explain", "101")
    assert (done.code, "lists.parquet" in done.err) == (3, True)
    assert flamescore("score", "-q", "--as-of", "2026-11-22").err.count("lists.parquet is missing") == 1


def test_a_list_that_is_not_there_stops_the_run_at_its_line(listed, flamescore):
    (listed / "rules/lists/targets.csv").unlink()
    done = flamescore("score", "-q")
    assert done.code == 2
    assert done.err.splitlines()[0] == (
        'rules/rules.yaml:25:37: error R160: Rule "Target account": '
        "The list `lists/targets.csv` can't be read: the file does not exist."
    )
    assert done.err.count("error R160") == 2


def test_conditions_on_the_command_line_look_in_the_working_folder(listed, flamescore):
    assert flamescore("score", "-q").code == 0
    (listed / "mine.txt").write_text("us\nDE\n")
    where = "Country={in: {file: mine.txt}}"
    assert flamescore("search", "--where", where, "--columns", "contact_id").out == (
        "contact_id\n101\n103\n104\n106\n107\n108\n"
    )
    done = flamescore("search", "--where", "Country={in: {file: lists/targets.csv, column: domain}}")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "--where:1:21: error R160: The list `lists/targets.csv` can't be read: the file does not exist.",
    )


def test_the_call_list_looks_beside_the_project_file(listed, flamescore):
    text = (listed / "flamescore.yaml").read_text()
    (listed / "flamescore.yaml").write_text(
        text.replace("{tag: Do Not Call}", "{tag: {in: {file: never.txt}}}")
    )
    done = flamescore("score", "-q")
    assert done.code == 2
    assert done.err.startswith("flamescore.yaml:5:30: error R160: The list `never.txt` can't be read: ")
    (listed / "never.txt").write_text("Do Not Call\nVIP\n")
    assert flamescore("score", "-q").code == 0
    assert pl.read_parquet(listed / "out/latest/excluded.parquet")["contact_id"].to_list() == ["101", "105"]
    assert len(record(listed)["rules"]["lists"]) == 3


def test_a_list_none_of_whose_values_anybody_has_is_told_once(listed, flamescore):
    (listed / "rules/lists/targets.csv").write_text("domain\nother.example\nelse.example\n")
    (listed / "rules/lists/tags.txt").write_text("Nobody's\n")
    assert flamescore("score", "-q").code == 0
    told = {
        (each["code"], each["subject"]): (each["line"], each["message"])
        for each in record(listed)["findings"]
        if each["code"] in ("R120", "R121", "R124", "R125", "R126")
    }
    assert told == {
        ("R120", "accounts/target-account Domain"): (
            25,
            '"Target account" matches none of 8 contacts: no `Domain` is in `lists/targets.csv` (2 values).',
        ),
        ("R124", "accounts/no-target Domain"): (
            27,
            'no `Domain` of 8 contacts is in `lists/targets.csv` (2 values), as "No target" asks.',
        ),
        ("R120", "accounts/partner tags"): (
            28,
            'no tag of 8 contacts is in `lists/tags.txt` (1 value), as "Partner" asks.',
        ),
    }


DOMAIN_RULES = (
    RULES
    + """\
  domains:
    five_flames: 10
    rules:
      - {name: Example, field: {email_domain: EXAMPLE.com}, points: 2}
      - {name: None, field: {email_domain: {empty: true}}, points: 1}
"""
)


def test_the_domain_of_the_email_is_in_tables_only_where_it_is_kept(project, flamescore):
    (project / "rules.yaml").write_text(DOMAIN_RULES)
    assert flamescore("score", "-q").code == 0
    scores = pl.read_parquet(project / "out/latest/scores.parquet")
    found = scores.filter(pl.col("score_name") == "domains").sort("contact_id")["score"].to_list()
    assert found == [2, 2, 2, 2, 2, 2, 1, 2]
    for table in ("scores", "contacts", "points"):
        assert "email_domain" not in pl.read_parquet(project / f"out/latest/{table}.parquet").columns
    done = flamescore(
        "search", "--where", "email_domain=example.com", "--columns", "contact_id", "--limit", "2"
    )
    assert done.out == "contact_id\n101\n103\n"
    assert flamescore("search", "--columns", "email_domain").code == 2
    told = json.loads(flamescore("explain", "107", "--format", "json").out)
    assert [each["score"] for each in told["scores"] if each["score_name"] == "domains"] == [1]

    with (project / "flamescore.yaml").open("a") as file:
        file.write("keep: [name, email_domain]\n")
    assert flamescore("score", "-q").err == ""
    for table in ("scores", "contacts"):
        kept = (
            pl.read_parquet(project / f"out/latest/{table}.parquet").unique("contact_id").sort("contact_id")
        )
        assert kept["email_domain"].to_list() == [*["example.com"] * 6, None, "example.com"]
    done = flamescore(
        "search", "--where", "email_domain=example.com", "--columns", "email_domain", "--limit", "1"
    )
    assert done.out == "email_domain\nexample.com\n"


def test_who_may_be_called_by_domain_must_have_an_email_in_every_file(project, flamescore):
    text = (
        (project / "flamescore.yaml")
        .read_text()
        .replace("{tag: Do Not Call}", "{field: {email_domain: a.io}}")
    )
    text = text.replace("contacts:\n", "contacts:\n  - {path: more.csv, columns: {contact_id: Id}}\n")
    (project / "flamescore.yaml").write_text(text)
    (project / "more.csv").write_text("Id\n301\n")
    done = flamescore("score", "-q")
    assert (
        done.code,
        'P035: contacts: more.csv has no "email", which call_list.exclude names' in done.err,
    ) == (2, True)


def test_what_cells_hold_can_be_asked_in_rules_and_searches(project, flamescore):
    contacts = (project / "contacts.csv").read_text().splitlines()
    cells = ["CRM; mail;;Shop", "CRM", "Mail", ";;", "", "crm,mail", "ads", "CRM;Ads"]
    rows = [f"{row},{cell!r}" for row, cell in zip(contacts[1:], cells, strict=True)]
    text = "\n".join([f"{contacts[0]},Products", *rows]).replace("'", '"') + "\n"
    (project / "contacts.csv").write_text(text)
    config = (project / "flamescore.yaml").read_text()
    lists = '    lists: {Products: ";"}\nevents:\n'
    (project / "flamescore.yaml").write_text(config.replace("events:\n", lists))
    (project / "rules.yaml").write_text(
        RULES
        + "  uses:\n    five_flames: 10\n    rules:\n"
        + "      - {name: CRM, field: {Products: {has: CRM}}, points: 1}\n"
        + "      - {name: CRN, field: {Products: {has: [CRN, Shop]}}, points: 2}\n"
        + "      - {name: Neither, field: {Products: {has_none: [CRM, Ads]}}, points: 4}\n"
    )
    assert flamescore("score", "-q").code == 0
    scores = pl.read_parquet(project / "out/latest/scores.parquet")
    found = scores.filter(pl.col("score_name") == "uses").sort("contact_id")["score"].to_list()
    assert found == [3, 1, 4, 0, 0, 4, 0, 1]
    kept = pl.read_parquet(project / "out/latest/contacts.parquet")
    assert kept["Products"].to_list() == [*cells[:4], None, *cells[5:]]
    told = {each["code"]: each for each in record(project)["findings"]}
    assert told["R121"]["message"] == 'no `Products` of 8 contacts has `CRN`, as "CRN" asks.'
    assert told["R121"]["nearest"] == [{"value": "CRM", "count": 3}]
    for where, ids in (
        ("Products={has: crm}", "101\n102\n108\n"),
        ("Products={has_all: [CRM, Mail]}", "101\n"),
        ("Products={has_none: [CRM, ads]}", "103\n106\n"),
    ):
        assert flamescore("search", "--where", where, "--columns", "contact_id").out == f"contact_id\n{ids}"
    done = flamescore("search", "--where", "company={has: Acme}")
    assert (done.code, "R166: Column `company` has no lists." in done.err) == (2, True)


def test_values_inside_of_objects_go_by_their_path(project, flamescore):
    (project / "more.ndjson").write_text(
        '{"contact_id":"101","event":"visit","at":"2026-11-20","properties":{"page":{"url":"/pricing"}}}\n'
        '{"contact_id":"102","event":"visit","at":"2026-11-20","properties":{"page":{"url":"/blog"}}}\n'
    )
    with (project / "flamescore.yaml").open("a") as file:
        file.write("  - {path: more.ndjson}\n")
    rules = RULES + "  web:\n    five_flames: 10\n    rules:\n"
    visit = (
        "      - {name: V, event: visit, count: each, points: 1, where: {properties.page.URL: /pricing}}\n"
    )
    (project / "rules.yaml").write_text(rules + visit)
    done = flamescore("score", "-q")
    assert (done.code, "R091" in done.err) == (2, True)
    assert "Nearest: `properties.page.url`" in done.err
    (project / "rules.yaml").write_text(rules + visit.replace("URL", "url"))
    assert flamescore("score", "-q").code == 0
    scores = pl.read_parquet(project / "out/latest/scores.parquet")
    assert scores.filter(pl.col("score_name") == "web", pl.col("score") > 0)["contact_id"].to_list() == [
        "101"
    ]
    assert "/pricing" in flamescore("explain", "101").out
