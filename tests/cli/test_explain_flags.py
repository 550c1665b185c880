"""Each flag of `explain` on a small run; a test fails if the flag is ignored."""

from __future__ import annotations

import json

import pytest

from cli.log_lines import first_line
from cli.small import CONTACTS, EVENTS, RULES, latest


@pytest.fixture
def explain(scored, flamescore):
    assert scored.is_dir()

    def run(*words, **environ):
        done = flamescore("explain", *words, **environ)
        assert (done.code, done.err) == (0, "")
        return done.out

    return run


def told(text):
    return json.loads(text)


ANN = """\
Ann Lee · ann@example.com · 101
Acme · owner Dana Fox
As of 2026-11-21 00:00 UTC · run {run}

Interest: 25 points ▲▲▲▲▲, rank 1 of 8, better than 100%
  +10  Form ×2
       2026-11-18 10:00, 3 days ago: form_submit; +5; until 2026-12-16
       2026-11-10 10:00, 11 days ago: form_submit; +5; until 2026-12-08
  +10  Call
       2026-11-20 09:30, yesterday: call; +10; until 2026-12-18
   +5  VIP
       tag "VIP", no date
   25  total
  If nothing happens: 25 points (5 flames) in 7 days, 5 points (1 flame) in 30 days

fit: 3 points ▲▲▲··, rank 2 of 8, better than 71%
   +3  Size
       branch 2 of 3: Employees is 250 (at least 100)
    3  total
  If nothing happens: 3 points (3 flames) in 7 days, 3 points (3 flames) in 30 days
  1 point more for 4 flames.
"""


def test_off_a_terminal_it_is_plain_text(scored, explain):
    assert explain("101") == ANN.format(run=latest(scored))


def test_a_process_of_its_own_says_the_same(scored, explain, process):
    assert process("explain", "101", cwd=scored).out == explain("101")


@pytest.mark.parametrize("who", ["101", " 101 ", "ann@example.com", "ANN@Example.com"])
def test_by_id_or_by_mail(explain, who):
    assert explain(who).startswith("Ann Lee · ann@example.com · 101\n")


def test_json(scored, explain):
    said = told(explain("103", "--format", "json"))
    assert said["contact_id"] == "103"
    assert said["name"] == "<script>alert(1)</script>"
    assert (said["run_id"], said["as_of"], said["notes"]) == (latest(scored), "2026-11-21T00:00:00Z", [])
    interest = said["scores"][0]
    assert (interest["score"], interest["flames"], interest["rank"], interest["percentile"]) == (
        20, 5, 2, 71.42857142857143,
    )  # fmt: skip
    assert [(e["rule_id"], e["points"], e["occurrences"]) for e in interest["entries"]] == [
        ("form", 10, 2),
        ("call", 10, 1),
    ]
    assert interest["entries"][1]["counted"] == [
        {
            "event": "call", "at": "2026-11-17T09:00:00Z", "age_days": 3, "outcome": "counted", "factor": 1,
            "points": 10, "expires_at": "2026-12-15T09:00:00Z", "properties": {},
        }
    ]  # fmt: skip
    assert interest["entries"][1]["uncounted"] == []


def test_all_shows_what_gave_nothing_and_why(explain):
    interest = told(explain("103", "--format", "json", "--all"))["scores"][0]
    uncounted = interest["entries"][1]["uncounted"]
    assert [(each["at"], each["outcome"]) for each in uncounted] == [("2026-11-01T09:00:00Z", "count")]
    assert [(each["rule_id"], each["why"]) for each in interest["silent"]] == [
        ("vip", 'no tag "VIP"'),
        ("works-for-a-competitor", 'no tag "Competitor"'),
    ]
    text = explain("106", "--all")
    assert (
        "    Form: latest 2026-10-01, older than 4w\n"
        "      2026-10-01 10:00, 51 days ago: form_submit; does not count: has expired\n"
    ) in text
    assert "    Call: no call\n" in text
    assert "Gave nothing" not in explain("106")


def test_format_table_where_the_suffix_says_json(scored, explain):
    assert explain("101", "-o", "why.json") == ""
    assert told((scored / "why.json").read_text())["contact_id"] == "101"
    assert explain("101", "-o", "why.json", "--format", "table") == ""
    assert (scored / "why.json").read_text() == explain("101")
    assert explain("101", "-o", "why.txt") == ""
    assert (scored / "why.txt").read_text() == explain("101")
    assert explain("101", "-o", "-") == explain("101")


def test_a_suffix_that_says_nothing(scored, flamescore):
    done = flamescore("explain", "101", "-o", "why.csv")
    assert (done.code, (scored / "why.csv").exists()) == (2, False)
    assert done.err.startswith("error U010: Can't tell the format from `why.csv`.\n")


def test_exact_and_decimals(project, flamescore):
    (project / "rules.yaml").write_text(RULES.replace("points: 10}", "points: 10, decay: 1.2345%}"))
    assert flamescore("score").code == 0
    rounded = flamescore("explain", "103").out
    assert "  +9.6  Call\n" in rounded
    assert "; +9.6 (× 0.963 after 3 full days); until 2026-12-15\n" in rounded
    assert "  19.6  total (19.6297 exactly)\n" in rounded
    assert "  0.4 points more for 5 flames. One of these would do:\n" in rounded
    exact = flamescore("explain", "103", "--exact").out
    assert "  +9.6297  Call\n" in exact
    assert "; +9.6297 (× 0.962965 after 3 full days); until 2026-12-15\n" in exact
    assert "  19.6297  total\n" in exact
    assert "  0.3703 points more for 5 flames. One of these would do:\n" in exact
    assert "  +10  Call\n" in flamescore("explain", "103", FLAMESCORE_DECIMALS="0").out


def test_rules_are_offered_by_how_many_contacts_have_points_from_them(project, flamescore):
    more = """\
      - {name: Chat, event: chat, points: 9}
      - {name: Webinar, event: webinar, points: 9}
      - {name: Form, event: form_submit, points: 5}
"""
    rules = RULES.replace("      - {name: Form, event: form_submit, points: 5}\n", more)
    (project / "rules.yaml").write_text(rules)
    (project / "events.csv").write_text(EVENTS + "107,webinar,2026-11-12T10:00:00Z,\n")
    assert flamescore("score").code == 0
    assert (
        flamescore("explain", "104")
        .out.partition("\n\nfit")[0]
        .endswith(
            "  3 points more for 2 flames. One of these would do:\n"
            "    if they do this again: Form → 10 points, 2 flames\n"
            "    if they do this for the first time: Call → 15 points, 3 flames\n"
            "    if they do this for the first time: Webinar → 14 points, 3 flames"
        )
    )
    alone = told(flamescore("explain", "104", "--as-of", "2026-11-21", "--format", "json").out)
    ways = [(way["name"], way["again"]) for way in alone["scores"][0]["next_flame"]]
    assert ways == [("Chat", False), ("Webinar", False), ("Form", True), ("Call", False)]


def test_without_the_characters_that_some_terminals_lack(scored, explain, process):
    said = explain("101", TERM="dumb")
    assert "Interest: 25 points *****, rank 1 of 8" in said
    assert "fit: 3 points ***.., rank 2 of 8" in said
    assert "  +10  Form x2\n" in said
    assert said.isascii()
    assert process("explain", "101", cwd=scored, PYTHONIOENCODING="ascii").out == said


def test_columns_wrap_at_a_space_and_nothing_is_cut(explain):
    whole, narrow = explain("101"), explain("101", COLUMNS="60")
    assert max(map(len, narrow.splitlines())) <= 60
    assert ("       2026-11-10 10:00, 11 days ago: form_submit; +5; until\n       2026-12-08\n") in narrow
    assert whole.split() == narrow.split()


@pytest.mark.usefixtures("scored")
def test_run(flamescore):
    flamescore("score", "--as-of", "2026-11-15T12:00:00Z")
    said = told(flamescore("explain", "103", "--run", "2026-11-15", "--format", "json").out)
    assert (said["as_of"], said["scores"][0]["score"]) == ("2026-11-15T12:00:00Z", 15)
    assert (said["scores"][0]["rank"], said["scores"][0]["percentile"]) == (1, 85.71428571428571)
    assert told(flamescore("explain", "103", "--format", "json").out)["scores"][0]["score"] == 20


@pytest.mark.usefixtures("scored")
def test_config(flamescore, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert flamescore("explain", "101").code == 4
    assert flamescore("explain", "101", "--config", "project/flamescore.yaml").out.startswith("Ann Lee")
    assert flamescore("explain", "101", FLAMESCORE_CONFIG="project/flamescore.yaml").out.startswith("Ann Lee")


def test_as_of_another_time(explain):
    said = told(explain("101", "--as-of", "2026-11-19", "--format", "json"))
    assert (said["as_of"], said["run_id"]) == ("2026-11-19T00:00:00Z", None)
    interest = said["scores"][0]
    assert (interest["score"], interest["rank"], interest["percentile"]) == (15, None, None)
    assert said["notes"][0] == "A date means 00:00 in UTC."
    assert said["notes"][1].startswith("Fields and undated tags are as exported on 2")
    assert "A date means 00:00 in UTC.\n" in explain("101", "--as-of", "2026-11-19")
    said = told(explain("101", "--as-of", "2026-11-20T09:30:00Z", "--format", "json"))
    assert (said["scores"][0]["score"], len(said["notes"])) == (25, 1)


def test_rank_of_another_time(explain):
    said = told(explain("103", "--as-of", "2026-11-16T12:00:00Z", "--rank", "--format", "json"))
    assert [(s["score"], s["rank"], s["percentile"]) for s in said["scores"]] == [
        (20, 1, 85.71428571428571),
        (1, 4, 28.571428571428573),
    ]


def test_as_of_takes_the_rules_of_the_file_and_the_run_those_of_the_run(scored, explain):
    (scored / "rules.yaml").write_text(
        RULES.replace("{name: VIP, tag: VIP, points: 5}", "{name: VIP, tag: VIP, points: 7}")
    )
    said = told(explain("101", "--format", "json"))
    assert said["scores"][0]["score"] == 25
    assert said["notes"] == ["rules.yaml has changed since this run; showing the run's rules."]
    assert told(explain("101", "--as-of", "2026-11-21", "--format", "json"))["scores"][0]["score"] == 27
    assert "rules.yaml has changed since this run" in explain("101")


def test_a_rule_file_that_is_gone_is_said(scored, explain):
    (scored / "rules.yaml").unlink()
    said = told(explain("101", "--format", "json"))
    assert said["notes"] == ["rules.yaml has changed since this run; showing the run's rules."]


def test_a_rule_file_written_anew_has_not_changed(scored, explain):
    (scored / "rules.yaml").write_bytes(b"\xef\xbb\xbf" + RULES.encode())
    assert told(explain("101", "--format", "json"))["notes"] == []


def test_changed_exports_are_said(scored, explain):
    (scored / "events.csv").write_text(EVENTS + "101,form_submit,2026-11-20T12:00:00Z,New\n")
    said = told(explain("101", "--format", "json"))
    assert said["notes"] == [
        "The exports have changed since the run: under interest the contact has 25 there, and 30 now."
    ]
    assert told(explain("103", "--format", "json"))["notes"] == []
    (scored / "contacts.csv").write_text(CONTACTS + "109,New,,,,,,,,\n")
    notes = told(explain("109", "--format", "json"))["notes"]
    assert (
        notes[0]
        == "The exports have changed since the run: under interest the contact is not in it, and 0 now."
    )


@pytest.mark.usefixtures("scored")
def test_an_unknown_contact_exits_with_4(flamescore):
    done = flamescore("explain", "999")
    assert (done.code, done.out) == (4, "")
    assert done.err == (
        "error N001: No contact has the id or e-mail `999`.\n"
        "        Do: Ids match exactly (0042 is not 42); e-mails match as a whole.\n"
    )


@pytest.mark.usefixtures("scored")
def test_a_mail_that_two_have_exits_with_2_and_both_ids(flamescore):
    done = flamescore("explain", "Shared@example.com")
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == "error U004: 2 contacts share this e-mail: `105`, `106`.\n        Do: Use one of their ids.\n"
    )


@pytest.mark.usefixtures("project")
def test_no_run_yet_exits_with_4(flamescore):
    done = flamescore("explain", "101")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("error O004: there is no run in ")
    assert flamescore("explain", "101", "--as-of", "2026-11-21").code == 0


@pytest.mark.usefixtures("scored")
def test_run_and_as_of_do_not_go_together(flamescore):
    done = flamescore("explain", "101", "--run", "latest", "--as-of", "now")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error U011: Use --run or --as-of, not both.\n")


@pytest.mark.usefixtures("scored")
def test_verbose_quiet_and_log_format(flamescore):
    assert flamescore("explain", "101", "-v").err.endswith(" s  explain\n")
    assert flamescore("explain", "101", "-v", "-q").err == ""
    assert first_line(flamescore("explain", "101", "-v", "--log-format", "json").err)["level"] == "info"
    assert first_line(flamescore("explain", "999", "--log-format", "json").err)["exit_code"] == 4


@pytest.mark.parametrize(("who", "shown"), [("102", "[/evil]"), ("103", "<script>alert(1)</script>")])
def test_names_come_out_as_themselves(explain, who, shown):
    assert explain(who).startswith(f"{shown} · ")
    assert told(explain(who, "--format", "json"))["name"] == shown


def test_what_came_after_the_run_changes_nothing(scored, explain):
    before = told(explain("101", "--format", "json"))
    later = "101,form_submit,2026-11-21T00:00:01Z,New\n101,call,2026-11-23T12:00:00Z,\n"
    (scored / "events.csv").write_text(EVENTS + later)
    assert told(explain("101", "--format", "json")) == before
    interest = told(explain("101", "--format", "json", "--all"))["scores"][0]
    assert [(each["at"], each["outcome"]) for each in interest["entries"][0]["uncounted"]] == [
        ("2026-11-21T00:00:01Z", "later")
    ]


def test_an_if_that_does_not_hold_holds_its_events_back(project, flamescore):
    rule = "{name: Form, event: form_submit, points: 5, if: {tag: VIP}}"
    (project / "rules.yaml").write_text(RULES.replace("{name: Form, event: form_submit, points: 5}", rule))
    assert flamescore("score").code == 0
    silent = told(flamescore("explain", "104", "--format", "json", "--all").out)["scores"][0]["silent"]
    form = next(line for line in silent if line["rule_id"] == "form")
    assert (form["why"], form["counted"]) == ('if: no tag "VIP"', [])
    assert [(each["outcome"], each["points"]) for each in form["uncounted"]] == [("condition", None)]
    text = flamescore("explain", "104", "--all").out
    assert "form_submit; does not count: the rule's `if` is not met" in text
