"""Accounts, from the rule file to the tables, `explain --account`, `search --accounts` and the report."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest

RULES = """\
version: 1
timezone: America/Phoenix
scores:
  engagement:
    five_flames: 20
    rules:
      - {name: Points, first_of: [
          {if: {field: {pts: 10}}, points: 10}, {if: {field: {pts: 5}}, points: 5},
          {if: {field: {pts: -3}}, points: -3}, {if: {field: {pts: 30}}, points: 30}]}
  fit:
    five_flames: 10
    population: {field: {job_title: {empty: false}}}
    rules:
      - {name: Director, field: {job_title: {contains: director}}, points: 5}
accounts:
  key: company
  name: called
  scores:
    engagement: {combine: sum, limits: {max: 11}, five_flames: 20}
  roles:
    decision_maker: {if: {field: {job_title: {contains: [ceo, cfo, vp]}}}}
    users: {if: {score: engagement, flames: {at_least: 2}}, at_least: 2}
"""
PEOPLE = [
    "1042,Ann Lee,Acme Inc,10,CEO,",
    "1043,Bo Diaz,Acme Inc,5,,",
    "1044,Cy Young,acme inc,0,,",
    "1045,Di Fox,Acme Inc,-3,,",
    "2001,Al,Best,30,CFO,Best of all",
    "2002,Bea,Best,30,VP,Best of all",
    "2003,Cleo,Second,30,,",
    "9999,Nobody,,30,,",
]
OTHERS = [f"{n},,Other {n},0,," for n in range(3_000, 3_207)]
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
contacts: [{path: contacts.csv}]
"""


@pytest.fixture
def accounts(tmp_path, monkeypatch, flamescore):
    """Return the folder of a project with accounts and a published run."""
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = flamescore("score")
    assert done.code == 0
    return tmp_path


def write(folder, rules=RULES, people=(*PEOPLE, *OTHERS)):
    (folder / "rules.yaml").write_text(rules)
    (folder / "flamescore.yaml").write_text(PROJECT)
    rows = "".join(f"{row}\n" for row in people)
    (folder / "contacts.csv").write_text(f"contact_id,name,company,pts,job_title,called\n{rows}")


def rows(done):
    return list(csv.DictReader(io.StringIO(done.out.lstrip("\ufeff"))))


def test_an_account_is_explained_to_the_letter(accounts, flamescore):
    done = flamescore("explain", "--account", " ACME inc ")
    run = (accounts / "out/latest").resolve().name
    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == f"""\
Acme Inc · 4 contacts · as of 2026-11-21 00:00 America/Phoenix · run {run}

engagement: 11 points, 2 of 5 flames, rank 1 of 210, better than 99% of the rest; sum of 4 contacts
  +10  Ann Lee · 1042
   +5  Bo Diaz · 1043
    0  Cy Young · 1044
   -3  Di Fox · 1045
   -1  limit of the account: at most 11
   11  in all
roles: decision_maker 1 of 1 (Ann Lee), users 1 of 2; not complete
"""
    )


@pytest.mark.parametrize(
    ("combine", "worth", "how"),
    [
        ("max", "10 points, 2 of 5 flames", "the best of 4 contacts"),
        ("{top: 2}", "15 points, 3 of 5 flames", "sum of the best 2 of 4 contacts"),
        ("mean", "3 points, 0 of 5 flames", "mean of 4 contacts"),
    ],
)
def test_how_points_are_put_together_is_said(accounts, flamescore, combine, worth, how):
    write(accounts, RULES.replace("combine: sum, limits: {max: 11}", f"combine: {combine}"))
    assert flamescore("score").code == 0
    lines = flamescore("explain", "--account", "acme inc").out.splitlines()
    assert lines[2] == f"engagement: {worth}, rank 3 of 210, better than 99% of the rest; {how}"
    assert f"{worth.split()[0]}  in all" in [line.strip() for line in lines]


def test_all_shows_who_does_not_count_and_who_is_not_scored(tmp_path, monkeypatch, flamescore):
    rules = RULES.replace("engagement: {combine: sum, limits: {max: 11}", "fit: {combine: max")
    write(tmp_path, rules, [*PEOPLE, "1046,Ed,Acme Inc,0,Director,", "1047,,Acme Inc,0,Director,"])
    monkeypatch.chdir(tmp_path)
    assert flamescore("score").code == 0
    plain = flamescore("explain", "--account", "acme inc").out
    told = flamescore("explain", "--account", "acme inc", "--all").out
    assert plain.splitlines()[2:5] == [
        "fit: 5 points, 1 of 5 flames, rank 1 of 2, better than 100% of the rest; the best of 3 contacts",
        "  +5  Ed · 1046",
        "   5  in all",
    ]
    assert told.splitlines()[5:12] == [
        "  Don't count:",
        "    +5  1047",
        "     0  Ann Lee · 1042",
        "  Not scored (outside the score's population):",
        "    Bo Diaz · 1043",
        "    Cy Young · 1044",
        "    Di Fox · 1045",
    ]


@pytest.mark.usefixtures("accounts")
def test_what_is_explained_as_json_adds_up(flamescore):
    told = json.loads(flamescore("explain", "--account", "Acme Inc", "--format", "json").out)
    (score,) = told["scores"]
    assert sum(each["points"] for each in score["counted"]) + score["mean"] + score["limit"] == score["score"]
    assert (told["account"], told["contacts"], told["complete"]) == ("Acme Inc", 4, False)
    assert [(role["role"], role["filled"], role["at_least"]) for role in told["roles"]] == [
        ("decision_maker", 1, 1),
        ("users", 1, 2),
    ]


@pytest.mark.usefixtures("accounts")
def test_what_can_not_be_explained(flamescore):
    unknown = flamescore("explain", "--account", "Acme In")
    assert (unknown.code, unknown.out) == (4, "")
    assert "N003: There is no account `Acme In` in this run." in unknown.err
    assert "Acme Inc" in unknown.err.splitlines()[1]
    for words in (["1042", "--account", "Acme Inc"], ["--account", "Acme Inc", "--as-of", "today"]):
        done = flamescore("explain", *words)
        assert (done.code, done.out) == (2, "")
        assert "error U002: --account" in done.err


def test_a_role_names_its_first_five_people(tmp_path, monkeypatch, flamescore):
    write(tmp_path, people=[*PEOPLE, *(f"4{n},P{n},Acme Inc,5,VP {n}," for n in range(7))])
    monkeypatch.chdir(tmp_path)
    assert flamescore("score").code == 0
    told = flamescore("explain", "--account", "acme inc").out.splitlines()[-1]
    assert (
        told
        == "roles: decision_maker 8 of 1 (Ann Lee, P0, P1, P2, P3 and 3 more), users 1 of 2; not complete"
    )


def test_the_tables_to_the_letter(tmp_path, monkeypatch, flamescore):
    write(tmp_path, people=PEOPLE)
    (tmp_path / "flamescore.yaml").write_text(PROJECT + "keep: [name]\n")
    monkeypatch.chdir(tmp_path)
    assert flamescore("score").code == 0
    run = tmp_path / "out/latest"
    assert (
        (run / "accounts.csv").read_text()
        == """\
account,name,contacts,engagement_score,engagement_flames,engagement_percentile,engagement_rank,best_contact_id,last_activity_at,role_decision_maker,role_users,complete
Acme Inc,,4,11,2,0,1,1042,,1,1,false
Best,Best of all,2,11,2,0,1,2001,,2,2,true
Second,,1,11,2,0,1,2003,,0,1,false
"""
    )
    assert pl.read_parquet(run / "account_points.parquet").rows() == [
        ("Acme Inc", "engagement", "contact", "1042", 10),
        ("Acme Inc", "engagement", "contact", "1043", 5),
        ("Acme Inc", "engagement", "contact", "1044", 0),
        ("Acme Inc", "engagement", "contact", "1045", -3),
        ("Acme Inc", "engagement", "account_limit", None, -1),
        ("Best", "engagement", "contact", "2001", 30),
        ("Best", "engagement", "contact", "2002", 30),
        ("Best", "engagement", "account_limit", None, -49),
        ("Second", "engagement", "contact", "2003", 30),
        ("Second", "engagement", "account_limit", None, -19),
    ]
    assert (run / "scores.csv").read_text().splitlines()[:3] == [
        (
            "contact_id,name,account_key,"
            "engagement_score,engagement_flames,engagement_percentile,engagement_rank,"
            "fit_score,fit_flames,fit_percentile,fit_rank"
        ),
        "2001,Al,Best,30,5,57.142857142857146,1,0,0,0,1",
        "2002,Bea,Best,30,5,57.142857142857146,1,0,0,0,1",
    ]
    assert (run / "hot_leads.csv").read_text("utf-8-sig").splitlines()[0].startswith(
        "rank,contact_id,name,account_key,flames,score,percentile,reason_1"
    )  # fmt: skip
    assert pl.read_parquet(run / "contacts.parquet")["account_key"].to_list() == [
        *["Acme Inc"] * 4, "Best", "Best", "Second", None,
    ]  # fmt: skip
    record = json.loads((run / "run.json").read_text())
    assert record["accounts"] == {
        "accounts": 3, "contacts": 7, "without": 1, "free_mail": 0, "spellings": 1, "near": [],
    }  # fmt: skip


def test_a_column_of_the_export_gives_way(tmp_path, monkeypatch, flamescore):
    write(tmp_path, RULES.replace("key: company", "key: account_key"), PEOPLE[:2])
    text = (tmp_path / "contacts.csv").read_text().replace("company", "account_key", 1)
    (tmp_path / "contacts.csv").write_text(text)
    (tmp_path / "flamescore.yaml").write_text(PROJECT + "keep: [account_key]\n")
    monkeypatch.chdir(tmp_path)
    assert flamescore("score").code == 0
    run = tmp_path / "out/latest"
    header = (run / "scores.csv").read_text().partition(",engagement_score")[0]
    assert header == "contact_id,contact_account_key,account_key"
    contacts = pl.read_parquet(run / "contacts.parquet")
    assert contacts["contact_account_key"].to_list() == contacts["account_key"].to_list() == ["Acme Inc"] * 2


@pytest.mark.usefixtures("accounts")
def test_accounts_are_searched(flamescore):
    found = rows(flamescore("search", "--accounts", "--limit", "4"))
    assert list(found[0]) == [
        "rank", "account", "name", "contacts", "score", "flames", "percentile", "last_activity_at",
        "best_contact_id", "role_decision_maker", "role_users", "complete",
    ]  # fmt: skip
    assert [(row["rank"], row["account"], row["score"]) for row in found] == [
        ("1", "Acme Inc", "11"),
        ("1", "Best", "11"),
        ("1", "Second", "11"),
        ("4", "Other 3000", "0"),
    ]


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--flames", "1-5"], ["Acme Inc", "Best", "Second"]),
        (["--score", "engagement:2"], ["Acme Inc", "Best", "Second"]),
        (["--min-score", "11"], ["Acme Inc", "Best", "Second"]),
        (["--min-percentile", "98"], ["Acme Inc", "Best", "Second"]),
        (["--text", "best of ALL"], ["Best"]),
        (["--text", "acme"], ["Acme Inc"]),
        (["--role", "users"], ["Best"]),
        (["--role", "decision_maker"], ["Acme Inc", "Best"]),
        (["--role", "decision_maker", "--role", "users"], ["Best"]),
        (["--complete"], ["Best"]),
        (["--incomplete", "--flames", "2"], ["Acme Inc", "Second"]),
        (["--flames", "5"], []),
    ],
)
def test_what_accounts_are_searched_by(flamescore, words, found):
    done = flamescore("search", "--accounts", *words)
    assert done.code == 0
    assert [row["account"] for row in rows(done)] == found
    assert done.err == ("" if found else "info N002: No accounts match.\n")


@pytest.mark.usefixtures("accounts")
def test_columns_of_accounts(flamescore):
    done = flamescore("search", "--accounts", "--columns", "account,counted", "--limit", "1")
    assert done.out == "account,counted\nAcme Inc,4\n"
    done = flamescore("search", "--accounts", "--columns", "acount")
    assert (done.code, "U008" in done.err, "account" in done.err) == (2, True, True)


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    "words",
    [
        ["--owner", "x"],
        ["--tag", "x"],
        ["--where", "company=Best"],
        ["--changed", "up"],
        ["--all"],
        ["--label", "grade=A1"],
        ["--hot"],
        ["--role", "nobody"],
    ],
)
def test_filters_that_are_not_for_accounts(flamescore, words):
    done = flamescore("search", "--accounts", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error U002: {words[0]}")


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("words", [["--role", "users"], ["--complete"], ["--incomplete"]])
def test_filters_that_are_for_accounts_alone(flamescore, words):
    done = flamescore("search", *words)
    assert (done.code, done.out) == (2, "")
    assert "error U002: --" in done.err


def test_a_run_without_accounts(scored, flamescore):
    for words in (["search", "--accounts"], ["explain", "--account", "Acme"]):
        done = flamescore(*words)
        assert (done.code, done.out) == (4, "")
        assert "N004: Run" in done.err
    assert not (scored / "out/latest/accounts.csv").exists()
    assert "Accounts" not in (scored / "out/latest/report.md").read_text()


def test_the_report_has_the_best_twenty(accounts, flamescore):
    text = (accounts / "out/latest/report.md").read_text()
    section = text.partition("## Accounts\n")[2].partition("## Rules")[0].splitlines()
    assert section[1] == "The best 20 of 210 by engagement; `accounts.csv` has them all."
    assert section[5:7] == [
        "| 1 | Acme Inc | 4 | 2 | 11 (99%) | not complete |  |",
        "| 1 | Best of all | 2 | 2 | 11 (99%) | complete |  |",
    ]
    assert len([line for line in section if line.startswith("| ")]) == 21
    page = accounts / "page.html"
    assert flamescore("report", "-o", str(page)).code == 0
    assert page.read_bytes() == (accounts / "out/latest/report.html").read_bytes()
    assert "Best of all" in page.read_text()


def test_a_report_to_share_names_no_company(accounts, flamescore):
    write(accounts, people=[*PEOPLE, '5000,,"Acme, Inc.",0,,'])
    scored = flamescore("score")
    assert "R183" in scored.err
    for name in ("page.html", "page.md"):
        assert flamescore("report", "--redact", "-o", name).code == 0
        assert "Acme" not in (accounts / name).read_text()


def test_a_role_that_asks_for_what_nobody_has_is_told(tmp_path, monkeypatch, flamescore):
    write(tmp_path, RULES.replace("{job_title: {contains: [ceo, cfo, vp]}}", "{job_title: CEEO}"), PEOPLE)
    monkeypatch.chdir(tmp_path)
    done = flamescore("score")
    record = json.loads((tmp_path / "out/latest/run.json").read_text())
    told = [each for each in record["findings"] if "accounts.roles" in each["subject"]]
    assert done.code == 0
    assert [(each["code"], each["line"], each["cure"]) for each in told] == [
        ("R120", 21, "if: {field: {job_title: CEO}}")
    ]


def test_a_key_that_no_export_has(tmp_path, monkeypatch, flamescore):
    write(tmp_path, RULES.replace("key: company", "key: compny"))
    monkeypatch.chdir(tmp_path)
    done = flamescore("score")
    assert done.code == 2
    assert "error R090: No contacts export has a column `compny`." in done.err


def test_the_domain_of_the_address_is_a_key_and_free_mail_may_lie_in_a_file(
    tmp_path, monkeypatch, flamescore
):
    rules = RULES.replace("key: company", "key: email_domain\n  free_mail: {file: mail.txt}")
    write(tmp_path, rules, ["1,A,,10,,", "2,B,,5,,", "3,C,,5,,", "4,D,,5,,"])
    text = (tmp_path / "contacts.csv").read_text().replace("company", "email", 1)
    for number, address in enumerate(
        ("a@Acme.example", "b@acme.example.", "c@isp.example", "d@gmail.com"), 1
    ):
        text = text.replace(
            f"\n{number},{'ABCD'[number - 1]},,", f"\n{number},{'ABCD'[number - 1]},{address},"
        )
    (tmp_path / "contacts.csv").write_text(text)
    (tmp_path / "mail.txt").write_text("ISP.example\n")
    monkeypatch.chdir(tmp_path)
    assert flamescore("score").code == 0
    run = tmp_path / "out/latest"
    assert (
        pl.read_parquet(run / "contacts.parquet")["account_key"].to_list()
        == ["acme.example"] * 2 + [None] * 2
    )
    (tmp_path / "mail.txt").unlink()
    told = flamescore("explain", "--account", "ACME.example")
    assert (told.code, told.out.splitlines()[0].split(" · ")[:2]) == (0, ["acme.example", "2 contacts"])
    assert flamescore("search", "--accounts", "--columns", "account").out == "account\nacme.example\n"


def test_an_account_s_points_are_rounded_for_reading_and_lines_wrap(accounts, flamescore):
    write(accounts, RULES.replace("points: 10}", "points: 10.0437}").replace(", limits: {max: 11}", ""))
    assert flamescore("score").code == 0
    told = flamescore("explain", "--account", "acme inc").out.splitlines()
    assert told[2].startswith("engagement: 12 points, 3 of 5 flames, rank 3 of 210, better than 99% ")
    assert told[3:8] == [
        "  +10  Ann Lee · 1042",
        "   +5  Bo Diaz · 1043",
        "    0  Cy Young · 1044",
        "   -3  Di Fox · 1045",
        "   12  in all (12.0437 exactly)",
    ]
    told = flamescore("explain", "--account", "acme inc", "--exact", COLUMNS="40").out
    exact = told.partition("\n\n")[2].splitlines()
    assert exact[:4] == [
        "engagement: 12.0437 points, 3 of 5",
        "  flames, rank 3 of 210, better than 99%",
        "  of the rest; sum of 4 contacts",
        "  +10.0437  Ann Lee · 1042",
    ]
    assert exact[7] == "   12.0437  in all"
