"""`flamescore score --engine spark` gives what `flamescore score` gives, row by row, or publishes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import spark_project
from same_runs import COUNTS, TABLES, assert_same_runs, record_of, run

from flamescore.spark import publish, rank
from flamescore.spark import stored as stored_tables

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def score(address):
    def on_spark(*words):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "umask", lambda _: 0o022)  # the server works in this process too
            return run("score", "--engine", "spark", "--remote", address, *words)

    return on_spark


@pytest.fixture(scope="module")
def both(tmp_path_factory, score):
    """Return a folder with the run of one machine, `here`, and that of Spark, `there`, which told `out`."""
    folder = tmp_path_factory.mktemp("both")
    spark_project.write(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run("score", "--output", "here")[0] == 0
        code, out, _ = score("--output", "there", "--shards", "3")
    assert code == 0
    assert "41 contacts, 22 hot on fit, 3 hot on interest with 5 flames, 16 to call" in out
    return folder


@pytest.fixture
def project(tmp_path, monkeypatch):
    spark_project.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_of_every_kind_and_dirt(both):
    assert_same_runs(both / "here", both / "there")
    here, there = both / "here/latest", both / "there/latest"
    assert (here / "merged.parquet").read_bytes() == (there / "merged.parquet").read_bytes()
    record = record_of(both / "there")
    sums = {name: sum(each[name] for each in record["sources"]) for name in COUNTS}
    assert sums["duplicates"] == 9
    assert sums["superseded"] > 40
    assert sums["orphans"] > 20
    assert record["observed"]["ambiguous_contacts"] == 2


def test_rejects_are_told_as_by_one_machine(both):
    mine, theirs = (
        [each for each in record_of(both / name)["findings"] if each["code"] in ("I131", "I145", "I146")]
        for name in ("here", "there")
    )
    assert len(mine) == 6
    assert theirs == mine


def test_the_run_that_the_state_refers_to_stays(both, score, tmp_path, monkeypatch):
    shutil.copytree(both, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("FLAMESCORE_KEEP_RUNS", "1")
    of_state = record_of(Path("here"))["run_id"]
    for _ in range(2):
        assert score("--output", "here")[0] == 0
    assert len(list(Path("here/runs").iterdir())) == 2
    assert (Path("here/runs") / of_state).is_dir()


def test_success_is_written_and_nothing_of_the_work_stays(both):
    assert {path.name for path in (both / "there").iterdir()} == {"latest", "runs", ".lock"}
    names = {path.name for path in (both / "there/latest").iterdir()}
    files = ("scores.csv", "hot_leads.csv", "hot_leads-interest.csv", "rejects.csv", "merged.parquet")
    assert names == {"_SUCCESS", "run.json", *files, *(f"{name}.parquet" for name in TABLES)}
    listed = {each["path"] for each in record_of(both / "there")["files"]}
    assert {"_SUCCESS", "scores.parquet/part-00000.parquet"} <= listed


def test_stored_runs_are_read_by_the_other_commands(both, monkeypatch):
    monkeypatch.chdir(both)
    told = {}
    for output in ("here", "there"):
        monkeypatch.setenv("FLAMESCORE_OUTPUT", output)
        run_id = record_of(both / output)["run_id"]
        columns = "rank,contact_id,score,reason_1"
        found = [
            run("search", "--flames", "4-5", "--format", "csv", "--columns", columns),
            run("explain", "p5", "--run", "latest"),
            run("report", "--format", "md"),
            run("runs", "--format", "json"),
        ]
        assert [code for code, _, _ in found] == [0, 0, 0, 0]
        search, explained, report, runs = (out.replace(run_id, "") for _, out, _ in found)
        told[output] = search, explained, report.partition("## About")[0].partition("- ")[0]
        assert json.loads(runs)[0]["damaged"] is None
    assert told["there"] == told["here"]
    assert "p5" in told["there"][0]


def test_a_damaged_part_is_named(both, tmp_path, monkeypatch):
    shutil.copytree(both, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("FLAMESCORE_OUTPUT", "there")
    (part,) = Path("there/latest/scores.parquet").glob("part-*")
    part.write_bytes(part.read_bytes()[:-9])
    code, _, err = run("search", "--flames", "5")
    assert code == 3
    assert "scores.parquet/part-00000.parquet has" in err


def test_the_sample(tmp_path, score, monkeypatch):
    monkeypatch.chdir(ROOT)
    rules = ("--rules", "rules/keap.yaml")
    assert run("score", *rules, "--output", str(tmp_path / "here"))[0] == 0
    assert score(*rules, "--output", str(tmp_path / "there"))[0] == 0
    assert_same_runs(tmp_path / "here", tmp_path / "there")


@pytest.mark.full
@pytest.mark.parametrize("shards", ["1", "16"])
def test_any_number_of_shards(both, score, monkeypatch, shards):
    monkeypatch.chdir(both)
    assert score("--output", shards, "--shards", shards)[0] == 0
    assert_same_runs(both / "here", both / shards)


def test_a_server_that_does_not_split_by_range(both, score, monkeypatch):
    """Its parts would overlap, so one task writes the table; of a cluster there are several parts."""
    monkeypatch.chdir(both)
    monkeypatch.setattr(publish, "PART", 20)
    assert score("--output", "parts")[0] == 0
    assert_same_runs(both / "here", both / "parts")
    assert not list((both / "parts/latest/scores.parquet").glob(".*"))


@pytest.mark.parametrize("most", [30, 10])
def test_lists_for_people_are_left_out_where_they_are_long(both, score, monkeypatch, most):
    """There are 41 contacts, of whom 22 are hot."""
    monkeypatch.chdir(both)
    monkeypatch.setattr(stored_tables, "MOST_ROWS", most)
    monkeypatch.setattr(stored_tables, "TOP", 2)
    code, out, _ = score("--output", "large")
    assert code == 0
    assert "41 contacts, 22 hot on fit, 3 hot on interest with 5 flames, 16 to call" in out
    here, there = both / "here/latest", both / "large/latest"
    assert not (there / "scores.csv").exists()
    for name in ("hot_leads.csv", "hot_leads-interest.csv"):
        if most == 10:
            assert not (there / name).exists()
        else:
            assert (there / name).read_bytes() == (here / name).read_bytes()


# --- nothing is published


def unmoved(project):
    """Return what is in the output: the runs, and where `latest` points."""
    output = project / "there"
    return sorted(path.name for path in (output / "runs").iterdir()), (output / "latest").readlink()


def test_books_that_do_not_balance(both, score, monkeypatch):
    monkeypatch.chdir(both)
    before = unmoved(both)
    scored = rank.scored
    lost = "kind <> 0 or contact_id <> 'p1'"
    monkeypatch.setattr(rank, "scored", lambda plan, rows, many: scored(plan, rows.where(lost), many))
    code, _, err = score("--output", "there")
    assert code == 3
    assert "S004: The shards told of 40 contacts, and 41 were given. Nothing is published." in err
    assert unmoved(both) == before


def test_rows_of_a_table_that_are_lost(project, score, monkeypatch):
    totals = rank.ranked_totals
    monkeypatch.setattr(rank, "ranked_totals", lambda *given: totals(*given).where("contact_id <> 'p1'"))
    code, _, err = score("--output", "there")
    assert code == 3
    assert (
        "S004: The workers wrote 66 rows of scores.parquet, and 68 were scored. Nothing is published." in err
    )
    assert not (project / "there/latest").exists()
    assert list((project / "there/runs").iterdir()) == []


def test_a_file_that_workers_can_not_see(project, score, monkeypatch):
    from flamescore.spark import project_run  # noqa: PLC0415

    held = project_run.check_workers

    def gone(session):
        held(session)
        (project / "tags.csv").rename(project / "elsewhere.csv")

    monkeypatch.setattr(project_run, "check_workers", gone)
    code, _, err = score("--output", "there")
    assert code == 3
    assert f"S006: The workers can't see `{project / 'tags.csv'}` as it is here." in err
    assert not (project / "there/latest").exists()


def test_a_file_that_vanishes_between_the_look_and_the_reading(project, score, monkeypatch):
    from flamescore.spark import project_run  # noqa: PLC0415

    seen = project_run.check_seen

    def gone(job, folder):
        seen(job, folder)
        (project / "tags.csv").unlink()

    monkeypatch.setattr(project_run, "check_seen", gone)
    code, _, err = score("--output", "there")
    assert code == 3
    assert "S006: The workers can't see" in err


def test_contacts_without_rows(project, score):
    for name in ("people-1.csv", "people-2.csv"):
        head, *_ = (project / name).read_text().splitlines()
        (project / name).write_text(head + "\n")
    told = [run("score", "--output", "there"), score("--output", "there")]
    assert [code for code, _, _ in told] == [3, 3]
    assert "I002: contacts: `people-*.csv` has a header and no row." in told[0][2]
    assert told[1][2].splitlines()[0] == told[0][2].splitlines()[0]


def test_too_many_rejects(project, score):
    with (project / "tags.csv").open("a") as file:
        file.writelines("p1,VIP,yesterday,applied\n" for _ in range(30))
    code, _, err = score("--output", "there", "--max-rejects", "1%")
    assert code == 3
    text = "I007: tag_history `tags.csv`: 31 of 123 rows are rejected, more than 1%: 30 unreadable_time, "
    assert text in err
    assert "p1" not in err


@pytest.mark.usefixtures("project")
def test_a_contact_with_too_many_events(score):
    code, _, err = score("--output", "there", "--most-events", "20")
    assert code == 3
    assert "S005: One contact has" in err
    assert "`most_events` (`--most-events`)" in err


def test_a_job_that_fails_tells_no_data(project, score, monkeypatch):
    def break_at(plan, rows, many):
        del many

        def work(batches):
            for batch in batches:
                raise ValueError(batch["contact_id"].to_list())
            yield

        return rank.mapped(rows, plan.result_columns, work)

    monkeypatch.setattr(rank, "scored", break_at)
    code, _, err = score("--output", "there")
    assert code == 3
    assert "S008: A job on Spark failed (" in err
    assert "p1" not in err
    assert list((project / "there/runs").iterdir()) == []


# --- what is told before a row is read, without a server


def local(*words):
    code, _, err = run("score", "--engine", "spark", "--remote", "sc://127.0.0.1:9", *words)
    return code, err


ASKED = {
    "`--trend`": ("", ("--trend", "7d")),
    "`--strict`": ("", ("--strict",)),
    "`--dry-run`": ("", ("--dry-run",)),
    "`--notify`": ("", ("--notify",)),
    "`changes`": ("changes: true\n", ()),
    "`history`": ("history: 30d\n", ()),
    "`segments`": ("segments: {old: {if: {tag: VIP}}}\n", ()),
    "`hot` by a condition": ("hot: {score: fit, flames: 5}\n", ()),
    "`fail_on: warning`, since it looks for few warnings": ("fail_on: warning\n", ()),
    "`opportunities`": (
        "opportunities:\n  - path: tags.csv\n    columns: {contact_id: Id, opportunity_id: Tag}\n",
        (),
    ),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_not_done_is_named(project, what):
    more, words = ASKED[what]
    (project / "flamescore.yaml").write_text(spark_project.PROJECT + more)
    (project / "people-1.csv").unlink()  # no header is read either
    code, err = local(*words)
    assert code == 2
    assert f"S001: --engine spark does not do {what} yet." in err
    assert not (project / "out").exists()


@pytest.mark.parametrize(
    ("what", "rules"),
    [
        ("`labels` in the rules", "labels: {band: {first_of: [{if: {score: fit, flames: 5}, label: A}]}}\n"),
        ("`bots` in the rules", "bots: show\n"),
    ],
)
def test_rules_that_are_not_done(project, what, rules):
    (project / "rules.yaml").write_text(spark_project.RULES + rules)
    code, err = local()
    assert code == 2
    assert f"S001: --engine spark does not do {what} yet." in err


def test_what_workers_can_not_see_is_named(project):
    os.mkfifo(project / "pipe")
    (project / "flamescore.yaml").write_text(
        spark_project.PROJECT.replace("path: tags.csv", "path: pipe").replace("path: clicks", 'path: "-"')
    )
    code, err = local()
    assert code == 2
    assert "S006: tag_history: the workers can't see the pipe `pipe`." in err
    assert "S006: events: the workers can't see standard input (`-`)." in err


def test_a_spreadsheet_is_not_done(project):
    shutil.make_archive(str(project / "tags"), "zip", project, "tags.csv")
    (project / "flamescore.yaml").write_text(
        spark_project.PROJECT.replace("path: tags.csv", "path: tags.zip")
    )
    code, err = local()
    assert code == 2
    assert (
        "S001: --engine spark does not do zip archives, such as `tags.zip/tags.csv` (tag_history) yet." in err
    )


def test_nobody_answers(project):
    code, err = local()
    assert code == 3
    assert "S007: No Spark Connect server answers at 127.0.0.1:9: Connection refused." in err
    assert not (project / "out").exists()


@pytest.mark.usefixtures("project")
def test_wrong_addresses():
    code, _, err = run("score", "--engine", "spark", "--remote", "spark://somewhere")
    assert code == 2
    assert "S007: --remote is not an address of Spark Connect." in err
    code, _, err = run("score", "--engine", "spark", "--remote", "sc://a", "--master", "spark://a")
    assert code == 2
    assert "U000: --master and --remote are two ways to one cluster." in err
    code, _, err = run("score", "--shards", "3")
    assert code == 2
    assert "U000: --shards is for --engine spark." in err


@pytest.mark.usefixtures("project")
def test_pyspark_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    code, err = local()
    assert code == 2
    assert "U013: --engine spark needs pyspark, which is not installed." in err
