"""Stored history: `explain --since`, `changes --against` a deleted run, the key `history`, and A026."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cli.log_lines import first_line
from cli.small import CONTACTS, EVENTS, PROJECT, latest, runs, write_project
from flamescore.history import HistoryFile
from flamescore.nightly import Options, nightly
from flamescore.project import KeepRuns, load_project, settle
from flamescore.runs import reaches_back
from flamescore.tables import with_why_of_ledgers
from flamescore.units import Period

DAYS = (10, 17, 19, 20, 21)


def kept(folder):
    return sorted(path.stem for path in (folder / "out" / "history").iterdir())


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def scored_nights(tmp_path_factory):
    """Score the same exports on each of `DAYS` except the 20th, keeping two runs; return the folder."""
    folder = write_project(tmp_path_factory.mktemp("nights") / "project")
    (folder / "flamescore.yaml").write_text(PROJECT + "keep_runs: 2\n")
    for day in DAYS:
        if day != 20:
            flags = {"as_of": f"2026-11-{day}"}
            nightly(settle(load_project(folder / "flamescore.yaml"), flags, environ={}), Options())
    return folder


@pytest.fixture
def nights(scored_nights, tmp_path, monkeypatch):
    """Return a copy of the project with these nights, which is also the working directory."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "project"
    shutil.copytree(scored_nights, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return folder


def test_a_contact_since_a_period_and_since_a_day(nights, flamescore):
    assert [name[:10] for name in runs(nights)] == ["2026-11-19", "2026-11-21"]
    assert [name[:10] for name in kept(nights)] == ["2026-11-10", "2026-11-17", "2026-11-19", "2026-11-21"]
    done = flamescore("explain", "103", "--since", "30d", "--format", "csv")
    rows = rows_of(done.out)
    assert list(rows[0]) == ["run_id", "as_of", "score_name", "score", "flames", "change"]
    told = [(row["as_of"][:10], row["score"], row["flames"], row["change"]) for row in rows[:4]]
    assert told == [
        ("2026-11-10", "10", "2", ""),
        ("2026-11-17", "20", "5", "newly_hot"),
        ("2026-11-21", "20", "5", "same"),
        ("2026-11-10", "1", "1", ""),
    ]
    assert rows[2]["run_id"] == latest(nights)
    everything = rows_of(flamescore("explain", "103", "--since", "30d", "--all", "--format", "csv").out)
    assert [row["change"] for row in everything if row["score_name"] == "interest"] == [
        "", "newly_hot", "same", "same",
    ]  # fmt: skip
    since = flamescore("explain", "script@example.com", "--since", "2026-11-19", "--format", "json")
    assert [
        (row["score_name"], row["score"], row["flames"], row["change"]) for row in json.loads(since.out)
    ] == [
        ("interest", 20, 5, None),
        ("interest", 20, 5, "same"),
        ("fit", 1, 1, None),
        ("fit", 1, 1, "same"),
    ]
    assert flamescore("explain", "103", "--since", "2d", "--format", "csv").out.count("2026-11-19") == 2 * 2


@pytest.mark.usefixtures("nights")
def test_the_text_has_the_decimals_of_the_project(flamescore, tmp_path):
    rules = tmp_path / "project" / "rules.yaml"
    rules.write_text(rules.read_text().replace("points: 10}", "points: 1010.16}"))
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    last = ("explain", "103", "--since", "2026-11-22")
    assert "  2026-11-22 00:00  1,020.1       5\n" in flamescore(*last).out
    assert "  2026-11-22 00:00  1,020       5\n" in flamescore(*last, FLAMESCORE_DECIMALS="0").out
    assert "  2026-11-22 00:00  1,020.16       5\n" in flamescore(*last, "--exact").out


@pytest.mark.usefixtures("nights")
def test_the_text(flamescore):
    assert flamescore("explain", "103", "--since", "30d").out == (
        "103 · since 2026-10-22 00:00 · up to 2026-11-21 00:00 UTC\n"
        "\n"
        "Interest\n"
        "  ▁███\n"
        "  as_of             score  flames  change\n"
        "  2026-11-10 00:00     10       2\n"
        "  2026-11-17 00:00     20       5  newly hot\n"
        "  2026-11-21 00:00     20       5  unchanged\n"
        "\n"
        "fit\n"
        "  ▁▁▁▁\n"
        "  as_of             score  flames  change\n"
        "  2026-11-10 00:00      1       1\n"
        "  2026-11-21 00:00      1       1  unchanged\n"
    )


def test_what_was_published_is_what_is_told(nights, flamescore):
    """This holds for every stored run and every contact in it."""
    for name in runs(nights):
        scores = pl.read_parquet(nights / "out" / "runs" / name / "scores.parquet")
        stored = pl.read_parquet(nights / "out" / "history" / f"{name}.parquet")
        both = scores.join(stored, on=["contact_id", "score_name"], suffix="_stored")
        assert both.height == scores.height == stored.height
        assert (both["score_stored"] / 10_000).to_list() == both["score"].to_list()
        assert both["flames_stored"].to_list() == both["flames"].to_list()
    for who in ("101", "105", "108"):
        rows = rows_of(flamescore("explain", who, "--since", "90d", "--all", "--format", "csv").out)
        for name in runs(nights):
            scores = pl.read_parquet(nights / "out" / "runs" / name / "scores.parquet")
            mine = scores.filter(pl.col("contact_id") == who).select("score_name", "score", "flames").rows()
            told = [
                (row["score_name"], float(row["score"]), int(row["flames"]))
                for row in rows
                if row["run_id"] == name
            ]
            assert sorted(told) == sorted(mine)


def test_who_is_gone_is_told_and_who_never_was_is_4(nights, flamescore):
    (nights / "contacts.csv").write_text(CONTACTS.replace("104,Cara", "110,Cara"))
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    for who, changes in (("104", ["", "vanished"]), ("110", ["new"])):
        rows = rows_of(flamescore("explain", who, "--since", "30d", "--format", "csv").out)
        assert [row["change"] for row in rows if row["score_name"] == "fit"] == changes
    never = flamescore("explain", "999", "--since", "30d")
    assert (never.code, never.err.splitlines()[0]) == (
        4,
        "error N001: No contact has the id or e-mail `999`.",
    )
    (nights / "out" / "history").rename(nights / "out" / "elsewhere")
    done = flamescore("explain", "110", "--since", "2026-11-01", "--log-format", "json")
    said = first_line(done.err)
    assert (done.code, said["code"], said["message"]) == (
        4, "O004", "The history has no score of `110` since 2026-11-01.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "soon"), "U014: --since: `soon` is neither a period nor a day."),
        (("--since", "7d", "--as-of", "2026-11-20"), "U002: --since and --as-of can't go together."),
        (("--since", "7d", "--rank"), "U002: --since and --rank can't go together."),
        (("--format", "csv"), "U002: An explanation can't be CSV."),
    ],
)
@pytest.mark.usefixtures("project")
def test_flags_that_do_not_go_together(flamescore, words, said):
    done = flamescore("explain", "101", *words)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error {said}")


def test_under_a_hot_condition_nobody_is_newly_hot_in_the_history(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT + "hot: {score: interest, points: {at_least: 20}}\n")
    for day in (10, 21):
        flamescore("score", "--as-of", f"2026-11-{day}")
    done = flamescore("explain", "103", "--since", "30d", "--format", "csv")
    assert [row["change"] for row in rows_of(done.out)] == ["", "up", "", "same"]
    assert done.err == (
        "The history does not record who was hot by a condition, so newly hot and cooled off are not shown.\n"
    )


@pytest.mark.parametrize("words", ["2026-11-10", "11d", "2026-11-10T000000Z"])
def test_changes_since_a_run_that_is_gone(nights, flamescore, words):
    then = pl.read_parquet(nights / "out" / "history" / f"{kept(nights)[0]}.parquet")
    done = flamescore("changes", "--against", words, "--format", "csv", "--all")
    assert (done.code, done.err) == (0, "the run of 2026-11-10 is no longer kept: only its scores are.\n")
    rows = rows_of(done.out)
    told = {row["contact_id"]: (row["previous_score"], row["previous_flames"]) for row in rows}
    interest = then.filter(pl.col("score_name") == "interest")
    assert told == {who: (f"{score // 10_000}", f"{flames}") for who, _, score, flames in interest.rows()}
    assert {(row["why"], row["by_time"]) for row in rows} == {("", "")}
    words = ("--changed", "up", "--against", words, "--all", "--format", "csv", "--columns", "contact_id")
    found = {row["contact_id"] for row in rows_of(flamescore("search", *words).out)}
    assert found == {row["contact_id"] for row in rows if row["change"] in ("newly_hot", "up")} != set()


def test_the_last_day_of_a_name_and_a_day_without_any(nights, flamescore):
    done = flamescore("changes", "--against", "last-tuesday")
    assert done.err == "the run of 2026-11-17 is no longer kept: only its scores are.\n"
    missing = flamescore("changes", "--against", "2026-11-12")
    assert missing.code == 4
    assert kept(nights)[0] in missing.err


def test_a_stored_run_of_the_day_goes_before_a_later_file(nights, flamescore):
    runs_of = nights / "out" / "runs"
    stored = next(name for name in runs(nights) if name.startswith("2026-11-19"))
    file = nights / "out" / "history" / f"{stored}.parquet"
    file.with_name(stored.replace("T00", "T09") + ".parquet").write_bytes(file.read_bytes())
    said = "the run of 2026-11-19 is no longer kept: only its scores are.\n"
    assert flamescore("changes", "--against", "2026-11-19").err == ""  # the run that it was compared with
    assert flamescore("changes", "--against", "36h").err == said  # the latest of all is the file
    shutil.rmtree(runs_of / stored)
    assert flamescore("changes", "--against", "2026-11-19").err == said


def test_why_names_rules_where_the_causes_are_not_known(project, flamescore):
    for day in (10, 20):
        flamescore("score", "--as-of", f"2026-11-{day}")
    events = EVENTS + "103,form_submit,2026-11-20T10:00:00Z,Third\n104,call,2026-11-20T10:00:00Z,\n"
    (project / "events.csv").write_text(events.replace("103,call,2026-11-17T09:00:00Z,\n", ""))
    flamescore("score", "--as-of", "2026-11-21")
    rows = rows_of(flamescore("changes", "--against", "2026-11-10", "--format", "csv", "--all").out)
    why = {row["contact_id"]: (row["difference"], row["why"]) for row in rows}
    assert why["103"] == ("15", "Form +15")
    assert why["104"] == ("15", "Call +10, Form +5")
    assert why["107"] == ("0", "")
    plain = rows_of(flamescore("changes", "--format", "csv", "--all").out)
    assert {row["why"] for row in plain if row["contact_id"] == "104"} == {"new activity +15"}


def test_all_that_differs_in_two_ledgers_is_the_difference_and_three_are_named():
    def ledger(*rows):
        kinds = {"contact_id": pl.String, "entry": pl.String, "rule_id": pl.String, "points": pl.Float64}
        return pl.DataFrame([("1", *row) for row in rows], schema=kinds, orient="row")

    now = ledger(("rule", "a", 5.5), ("rule", "b", 2), ("rule", "c", -3), ("score_limit", "s", -0.25))
    then = ledger(("rule", "b", 4), ("rule", "d", 2), ("rule", "gone", 7))
    entries = [("rule", each, each.upper()) for each in "abcd"] + [("score_limit", "s", "Interest")]
    rows = pl.DataFrame(
        {"contact_id": ["1", "2"], "by_activity": [None, 1.0], "why": [None, "new activity +1"]}
    )
    rows = rows.with_columns(pl.col("by_activity").cast(pl.Float64))
    named = with_why_of_ledgers(rows, now, then, [*entries, ("rule", "gone", "Gone")])
    assert named["why"].to_list() == ["Gone -7, A +5.5, C -3", "new activity +1"]
    # Ties keep the order of the rule file, which is that of the entries.
    then = then.filter(pl.col("rule_id") != "gone")
    limit, tie = now.filter(pl.col("rule_id") == "s"), now.filter(pl.col("rule_id") == "b")
    few = with_why_of_ledgers(rows, limit, then, entries)
    assert few["why"].to_list()[0] == "B -4, D -2, Interest (score limit) -0.25"
    assert with_why_of_ledgers(rows, tie, then, entries)["why"].to_list()[0] == "B -2, D -2"


@pytest.mark.parametrize(("setting", "left"), [("2d", ["2026-11-19", "2026-11-21"]), ("none", [])])
def test_how_long_the_history_is_kept(nights, flamescore, setting, left):
    (nights / "flamescore.yaml").write_text(PROJECT + f"history: {setting}\n")
    assert flamescore("score", "--as-of", "2026-11-21").code == 0
    assert [name[:10] for name in kept(nights)] == left


def test_a_period_that_is_none(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT + "history: long\n")
    done = flamescore("score")
    said = "`history` must be a period such as `90d`, or `none`, not `long`."
    assert (done.code, done.err.splitlines()[0]) == (2, f"flamescore.yaml:13:10: error P023: {said}")


def test_a_backfill_and_a_dry_run_are_not_in_it_and_the_same_instant_is_once(nights, flamescore):
    before = kept(nights)
    flamescore("score", "--as-of", "2026-11-01")
    flamescore("score", "--as-of", "2026-11-21T05:00:00Z", "--dry-run")
    assert kept(nights) == before
    flamescore("score", "--as-of", "2026-11-21")
    assert kept(nights) == [*before[:-1], latest(nights)] != before


@pytest.mark.usefixtures("nights")
def test_a_number_of_runs_that_reaches_back_hours_is_noted(flamescore):
    done = flamescore("score", "--as-of", "2026-11-21T07:30:00Z", "-v")
    said = "keep_runs: 2 now reaches back 7 hours; write {all: 2d, daily: 60, monthly: 24}"
    assert f"runs: note A026: {said}\n" in done.err


def at(*hours):
    start = datetime(2026, 11, 20, tzinfo=UTC)
    return [HistoryFile(f"{hour}", start + timedelta(hours=hour), Path()) for hour in hours]


@pytest.mark.parametrize(
    ("hours", "rule", "said"),
    [
        ((0, 0.25), 2, "keep_runs: 2 now reaches back 15 minutes;"),
        ((0, 24, 47.9), 3, "keep_runs: 3 now reaches back 47 hours;"),
        ((0, 24, 48), 3, None),
        ((0, 1), 3, None),  # fewer runs than it keeps
        ((0, 1), 1, None),
        ((0, 1), KeepRuns(all=Period(1, "h")), None),
    ],
)
def test_when_a_number_reaches_back_too_short(hours, rule, said):
    note = reaches_back(at(*hours), rule)
    assert (note is None) == (said is None)
    assert note is None or note.message.startswith(said)
