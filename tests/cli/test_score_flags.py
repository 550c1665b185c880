"""Each flag of `score`, as a user types it; a test fails if the flag is ignored."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import polars as pl
import pytest

from cli.small import CONTACTS, EVENTS, PROJECT, RANKED, RULES, latest, record, runs, write_project

LINE = "8 contacts, 3 hot on interest, 1 hot on fit with 5 flames, 2 to call\n"
"""What it prints for the project after the id of the run."""


def scores(folder, output="out"):
    return pl.read_parquet(folder / output / "latest" / "scores.parquet")


def interest(folder, output="out"):
    rows = scores(folder, output).filter(pl.col("score_name") == "interest")
    return dict(zip(rows["contact_id"], rows["score"], strict=True))


def test_without_a_word_it_scores_the_project_and_says_a_line(scored):
    assert list(interest(scored)) == RANKED
    assert interest(scored) == {
        "101": 25, "103": 20, "105": 20, "102": 15, "104": 5, "106": 0, "107": 0, "108": -5,
    }  # fmt: skip
    assert (scored / "out" / "latest").readlink().parts[0] == "runs"


def test_the_line(project, flamescore):
    done = flamescore("score")
    assert done.out == f"{latest(project)}: {LINE}"
    assert done.err == ""


def test_a_process_of_its_own_does_the_same(project, process):
    done = process("score", cwd=project)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{latest(project)}: {LINE}"


def test_quiet_says_nothing(project, flamescore):
    done = flamescore("score", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert len(runs(project)) == 1


def test_quiet_keeps_warnings_and_twice_quiet_errors_alone(project, flamescore):
    (project / "contacts.csv").write_text(CONTACTS + "109,short\n")
    said = "contacts contacts.csv: warning I131: 1 of 9 rows is rejected: 1 short_row.\n"
    assert flamescore("score").err == said
    assert flamescore("score", "-q").err == said
    assert flamescore("score", "-qq").err == ""
    assert flamescore("score", "-qq", "--rules", "none.yaml").err != ""


@pytest.mark.usefixtures("project")
def test_verbose_tells_the_steps_on_stderr_with_seconds_and_rows(flamescore, project):
    done = flamescore("score", "--verbose")
    shown = re.compile(r" *[0-9]+\.[0-9]{3} s +([0-9,]+) rows  (.+)")
    told = [shown.fullmatch(line) for line in done.err.splitlines()]
    rows = {match[2]: int(match[1].replace(",", "")) for match in told if match}
    assert list(rows)[:3] == ["load", "score", "write"]
    assert (rows["load"], rows["score: contacts"], rows["score: events"]) == (8, 8, 15)
    for name in ("points.parquet", "scores.parquet", "contacts.parquet", "excluded.parquet"):
        assert rows[f"write: {name}"] == pl.read_parquet(project / "out" / "latest" / name).height
    assert rows["write: scores.csv"] == 8
    assert rows["write: hot_leads.csv"] == 3
    assert rows["write"] == sum(many for name, many in rows.items() if name.endswith((".csv", ".parquet")))
    assert rows["score: counting"] == 14  # the form of October 1 has expired
    assert {"write: report.html"} <= set(rows)
    assert done.out.count("\n") == 1


def test_config_names_the_project_file(project, flamescore, tmp_path, monkeypatch):
    (project / "other.yaml").write_text(
        PROJECT.replace("rules: rules.yaml", "rules: rules.yaml\noutput: elsewhere")
    )
    monkeypatch.chdir(tmp_path)
    assert flamescore("score", "--config", "project/other.yaml").code == 0
    assert list(interest(project, "elsewhere")) == RANKED
    assert not (project / "out").exists()


def test_the_environment_names_the_project_file_and_the_flag_wins(project, flamescore, tmp_path, monkeypatch):
    other = write_project(tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    assert flamescore("score", FLAMESCORE_CONFIG=str(other / "flamescore.yaml")).code == 0
    assert (len(runs(other)), (project / "out").exists()) == (1, False)
    words = ("score", "--config", "project/flamescore.yaml")
    assert flamescore(*words, FLAMESCORE_CONFIG=str(other / "flamescore.yaml")).code == 0
    assert (len(runs(other)), len(runs(project))) == (1, 1)


def test_the_project_file_is_found_from_a_folder_below(project, flamescore, monkeypatch):
    (project / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(project / "a" / "b")
    assert flamescore("score").code == 0
    assert len(runs(project)) == 1


def test_output_by_flag_environment_and_file(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT + "output: of_file\n")
    assert flamescore("score").code == 0
    assert flamescore("score", FLAMESCORE_OUTPUT="of_environment").code == 0
    assert flamescore("score", "--output", "of_flag", FLAMESCORE_OUTPUT="of_environment").code == 0
    assert [len(runs(project, name)) for name in ("of_file", "of_environment", "of_flag")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("when", "stamp"),
    [
        ("2026-11-20", "2026-11-20T000000Z"),
        ("2026-11-20T12:30:00Z", "2026-11-20T123000Z"),
        ("2026-11-20T12:30:00+02:00", "2026-11-20T103000Z"),
        ("2026-11-20 12:30", "2026-11-20T123000Z"),
    ],
)
def test_as_of_a_date_or_an_instant(project, flamescore, when, stamp):
    assert flamescore("score", "--as-of", when).code == 0
    assert latest(project).startswith(f"{stamp}-")


def test_a_date_is_the_first_instant_in_the_rule_files_zone(project, flamescore):
    (project / "rules.yaml").write_text(RULES.replace("version: 1", "version: 1\ntimezone: America/Phoenix"))
    assert flamescore("score", "--as-of", "2026-11-20").code == 0
    assert latest(project).startswith("2026-11-20T070000Z-")


def test_as_of_now_and_today(project, flamescore):
    before = datetime.now(UTC).replace(microsecond=0)
    assert flamescore("score", "--as-of", "now", FLAMESCORE_NOW="").code == 0
    now = datetime.fromisoformat(record(project)["as_of"])
    assert before <= now <= datetime.now(UTC)
    assert flamescore("score", "--as-of", "today", "--make-latest", FLAMESCORE_NOW="").code == 0
    assert datetime.fromisoformat(record(project)["as_of"]) in {
        day.replace(hour=0, minute=0, second=0, microsecond=0) for day in (before, datetime.now(UTC))
    }


def test_as_of_by_environment_and_the_flag_wins(project, flamescore):
    assert flamescore("score", FLAMESCORE_AS_OF="2026-11-19").code == 0
    assert latest(project).startswith("2026-11-19T")
    assert flamescore("score", "--as-of", "2026-11-20", FLAMESCORE_AS_OF="2026-11-19").code == 0
    assert latest(project).startswith("2026-11-20T")


def test_events_after_as_of_do_not_exist(project, flamescore):
    assert flamescore("score", "--as-of", "2026-11-20").code == 0
    assert interest(project)["101"] == 15
    assert interest(project)["104"] == 0


def test_rules(project, flamescore):
    (project / "other.yaml").write_text(
        RULES.replace("points: 5}\n      - {name: Call", "points: 6}\n      - {name: Call")
    )
    assert flamescore("score", "--rules", "other.yaml").code == 0
    assert interest(project)["101"] == 27
    assert flamescore("score", FLAMESCORE_RULES="other.yaml").code == 0
    assert flamescore("score", "--rules", "rules.yaml", FLAMESCORE_RULES="other.yaml").code == 0
    assert interest(project)["101"] == 25


def test_contacts_and_events_several_times(project, flamescore):
    (project / "more.csv").write_text(CONTACTS.splitlines()[0] + "\n201,Hal,hal@example.com,,,,,US,,\n")
    (project / "late.csv").write_text("contact_id,event,at,asset\n201,call,2026-11-20T10:00:00Z,\n")
    words = (
        "--contacts",
        "contacts.csv",
        "--contacts",
        "more.csv",
        "--events",
        "events.csv",
        "--events",
        "late.csv",
    )
    assert flamescore("score", *words).code == 0
    assert (len(interest(project)), interest(project)["201"], interest(project)["101"]) == (9, 10, 25)


def test_contacts_and_events_take_the_place_of_the_files_ones(project, flamescore):
    (project / "few.csv").write_text("\n".join(CONTACTS.splitlines()[:3]) + "\n")
    (project / "fewer.csv").write_text("\n".join(EVENTS.splitlines()[:4]) + "\n")
    assert flamescore("score", "--contacts", "few.csv", "--events", "fewer.csv").code == 0
    assert interest(project) == {"101": 25, "102": 0}
    assert flamescore("score", FLAMESCORE_CONTACTS="few.csv", FLAMESCORE_EVENTS="fewer.csv").code == 0
    assert interest(project) == {"101": 25, "102": 0}


def test_without_a_project_file_three_flags_do(project, flamescore):
    (project / "flamescore.yaml").unlink()
    (project / "contacts.csv").write_text(CONTACTS.replace("Id,", "contact_id,", 1))
    rules = RULES.replace("      - {name: VIP, tag: VIP, points: 5}\n", "")
    (project / "rules.yaml").write_text(rules.replace("tag: Competitor", "field: {Company: Rival}"))
    words = ("--contacts", "contacts.csv", "--events", "events.csv", "--rules", "rules.yaml")
    assert flamescore("score", *words, "--as-of", "2026-11-21").code == 0
    assert interest(project) == {
        "101": 20, "103": 20, "105": 20, "102": 15, "104": 5, "106": 0, "107": 0, "108": -5,
    }  # fmt: skip


def test_without_a_project_file_it_says_what_is_missing(project, flamescore):
    (project / "flamescore.yaml").unlink()
    done = flamescore("score")
    assert done.code == 2
    assert done.err == (
        "error U001: No project file (flamescore.yaml) found in this folder or above.\n"
        "        Do: Run `flamescore init`, or give --contacts, --events and --rules.\n"
    )
    assert not (project / "out").exists()


def test_strict_stops_at_the_first_reject(project, flamescore):
    (project / "contacts.csv").write_text(CONTACTS + "109,short\n")
    assert flamescore("score").code == 0
    done = flamescore("score", "--strict")
    assert done.code == 3
    assert done.err.splitlines()[1:] == [
        "run: error U016: --strict: 1 warning stops this run.",
        "        The rejected rows: out/failed/rejects.csv",
    ]
    assert len(runs(project)) == 1


def test_strict_stops_at_an_event_type_that_no_event_has(project, flamescore):
    (project / "rules.yaml").write_text(RULES.replace("event: call", "event: cal"))
    told = """\
rules.yaml:9:29: warning I050: no event is of the type `cal`, which "Call" names.
    9 |       - {name: Call, event: cal, count: once, points: 10}
      |                             ^^^
        Nearest: `call` (5).
        Write: event: call
"""
    done = flamescore("score")
    assert (done.code, done.err) == (0, told)
    done = flamescore("score", "--strict")
    assert done.code == 3
    assert done.err == f"{told}run: error U016: --strict: 1 warning stops this run.\n"
    assert len(runs(project)) == 1


@pytest.mark.parametrize(("limit", "code"), [("30", 0), ("29", 3), ("70%", 0), ("66%", 3)])
def test_max_rejects_as_a_number_and_a_share(project, flamescore, limit, code):
    (project / "events.csv").write_text(EVENTS + "101,call,never,\n" * 30)
    by_flag = flamescore("score", "--max-rejects", limit)
    by_environment = flamescore("score", FLAMESCORE_MAX_REJECTS=limit)
    assert (by_flag.code, by_environment.code) == (code, code)
    if code:
        assert "30 of 45 rows are rejected" in by_flag.err
        assert not (project / "out" / "latest").exists()


def test_hot_flames(project, flamescore):
    assert "3 hot on interest, 1 hot on fit with 5 flames" in flamescore("score").out
    done = flamescore("score", "--hot-flames", "3")
    assert "4 hot on interest, 3 hot on fit with 3 flames or more" in done.out
    hot = (project / "out" / "latest" / "hot_leads.csv").read_text().splitlines()
    assert [line.split(",")[1] for line in hot[1:]] == ["101", "103", "102"]
    assert "4 hot on interest" in flamescore("score", FLAMESCORE_HOT_FLAMES="3").out


def test_make_latest_moves_latest_back(project, flamescore):
    flamescore("score")
    flamescore("score", "--as-of", "2026-01-31")
    assert latest(project).startswith("2026-11-21T")
    flamescore("score", "--as-of", "2026-01-31", "--make-latest")
    assert latest(project).startswith("2026-01-31T")


def test_dry_run_works_all_out_and_writes_nothing(project, flamescore):
    done = flamescore("score", "--dry-run")
    assert done.code == 0
    assert done.out == (f"dry run: {LINE}No earlier run to compare with. Nothing was written.\n")
    assert not (project / "out").exists()


def test_dry_run_says_what_would_change(project, flamescore):
    flamescore("score")
    (project / "events.csv").write_text(
        EVENTS + "104,call,2026-11-20T10:00:00Z,\n106,form_submit,2026-11-20T10:00:00Z,\n"
    )
    done = flamescore("score", "--dry-run")
    assert done.out.splitlines()[1:] == [
        f"{score}, compared with the latest run: {changed}"
        for score, changed in {
            "interest": "2 scores differ, 2 gain flames, 0 lose flames, 0 new, 0 gone",
            "fit": "0 scores differ, 0 gain flames, 0 lose flames, 0 new, 0 gone",
        }.items()
    ] + [
        "Nothing was written.",
    ]
    assert len(runs(project)) == 1
    assert interest(project)["104"] == 5


def test_spreadsheet_guards_the_exact_tables(project, flamescore):
    flamescore("score")
    exact = (project / "out" / "latest" / "scores.csv").read_text()
    assert '102,evil@example.com,[/evil],,"=HYPERLINK(""http://x"",""y"")",' in exact
    flamescore("score", "--spreadsheet")
    guarded = (project / "out" / "latest" / "scores.csv").read_text()
    assert guarded.startswith("\ufeffcontact_id,")
    assert '102,evil@example.com,[/evil],,"\'=HYPERLINK(""http://x"",""y"")",' in guarded
