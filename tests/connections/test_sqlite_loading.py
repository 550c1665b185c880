"""Tables of SQLite: their content, and that a load is atomic."""

import sqlite3
from contextlib import closing

import pytest
from reached import FILES, PROJECT

from flamescore.database_tables import load_tables
from flamescore.errors import ProjectFileError

TABLES = 'tables: {uri: "sqlite:///scores.db", write: [scores, segments, points]}\n'


@pytest.fixture
def scored(reached, monkeypatch):
    reached.write(FILES)

    def score(text=PROJECT + TABLES, as_of="2026-11-21T00:00:00Z"):
        monkeypatch.setenv("FLAMESCORE_NOW", as_of)
        return reached.score(text, as_of)

    return score


def rows(reached, sql):
    with closing(sqlite3.connect(reached.folder / "scores.db")) as database:
        return database.execute(sql).fetchall()


def test_what_stands_in_the_tables(reached, scored):
    outcome = scored()
    assert [each.code for each in outcome.findings if each.code == "A035"] == []
    assert rows(reached, "select * from flamescore_scores") == [
        ("1", "interest", 5.0, 2, 50.0, 100.0, 1, "2026-11-20T10:00:00Z", "ann@x.org", "VIP, a b"),
        ("2", "interest", 1.0, 0, 10.0, 0.0, 2, "2026-11-01T10:00:00Z", None, None),
    ]
    assert rows(reached, "select * from flamescore_segments") == []
    ledger = "select contact_id, entry, rule_id, occurrences, points, last_at from flamescore_points"
    assert rows(reached, ledger) == [
        ("1", "rule", "visit", 2, 2.0, "2026-11-20T10:00:00Z"),
        ("1", "rule", "vip", 0, 3.0, None),
        ("2", "rule", "visit", 1, 1.0, "2026-11-01T10:00:00Z"),
    ]
    run = outcome.published.run.run_id
    assert rows(reached, "select * from flamescore_runs") == [(run, "2026-11-21T00:00:00Z", 2, 0)]
    types = "select name, lower(type) from pragma_table_info('flamescore_scores')"
    assert rows(reached, types)[2:] == [
        ("score", "real"), ("flames", "integer"), ("percent_of_ideal", "real"), ("percentile", "real"),
        ("rank", "integer"), ("last_activity_at", "text"), ("email", "text"), ("tags", "text"),
    ]  # fmt: skip
    assert (reached.folder / "scores.db").stat().st_mode & 0o777 == 0o600


def test_each_run_has_its_row_once_and_a_backfill_none(reached, scored):
    first = scored().published.run.run_id
    second = scored(as_of="2026-11-22T00:00:00Z").published.run.run_id
    assert load_tables(reached.project(PROJECT + TABLES)) == ()
    reached.score(PROJECT + TABLES, "2026-11-20T00:00:00Z")
    assert rows(reached, "select run_id from flamescore_runs") == [(first,), (second,)]
    assert rows(reached, "select count(*) from flamescore_scores") == [(2,)]


def test_a_table_with_other_columns_is_made_anew(reached, scored):
    reached.sqlite(
        "create table flamescore_scores (old text); create table other (x); insert into other values (1);"
        "create view best as select contact_id from flamescore_scores;",
        "scores.db",
    )
    scored(PROJECT + 'tables: {uri: "sqlite:///scores.db"}\n')
    assert rows(reached, "select * from best") == [("1",), ("2",)]
    assert rows(reached, "select * from other") == [(1,)]
    names = "select name from sqlite_master where type = 'table' order by name"
    assert [name for (name,) in rows(reached, names)] == [
        "flamescore_runs", "flamescore_scores", "flamescore_segments", "other",
    ]  # fmt: skip


def test_a_load_that_fails_leaves_the_old_rows_and_is_made_up_for(reached, scored):
    first = scored().published.run.run_id
    reached.sqlite(
        "create trigger no before insert on flamescore_points begin select raise(abort, 'not today'); end;",
        "scores.db",
    )
    outcome = scored(as_of="2026-11-22T00:00:00Z")
    [failed] = [each for each in outcome.findings if each.code == "A035"]
    assert failed.message == ("The run's tables are not in the database, which has the old ones: not today.")
    assert rows(reached, "select run_id from flamescore_runs") == [(first,)]
    assert rows(reached, "select count(*) from flamescore_scores") == [(2,)]
    reached.sqlite("drop trigger no;", "scores.db")
    assert load_tables(reached.project(PROJECT + TABLES)) == ()
    assert len(rows(reached, "select * from flamescore_runs")) == 2


def test_the_command_ends_with_7_and_the_run_is_published(reached, monkeypatch):
    reached.write(FILES)
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-21T00:00:00Z")
    done = reached.command("score", PROJECT + 'tables: {uri: "${SCORES_URL}"}\n')
    assert done.code == 7
    assert "tables: error A035: The run's tables are not in the database" in done.err
    assert "the variable SCORES_URL is not set." in done.err
    assert (reached.folder / "out/latest/scores.csv").exists()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("{prefix: x_}", "flamescore.yaml:4:9: P021 `tables.uri` is missing."),
        (
            '{uri: "sqlite:///x.db", prefix: X}',
            "flamescore.yaml:4:41: P023 `tables.prefix` must be small letters, digits and `_`, 31 at most",
        ),
        (
            '{uri: "sqlite:///x.db", write: [scores, runs]}',
            "flamescore.yaml:4:49: P023 `tables.write` must be `scores`, `segments` or `points`",
        ),
        (
            '{uri: "sqlite:///x.db", schema: leads}',
            "flamescore.yaml:4:33: P026 `schema` is for PostgreSQL",
        ),
        (
            '{uri: "postgresql://u:s3cr3t-XYZ@h/d"}',
            "flamescore.yaml:4:15: A011 `uri` has a password in it",
        ),
    ],
)
def test_faults_of_the_project_file(reached, tables, said):
    with pytest.raises(ProjectFileError) as stopped:
        reached.project(f"tables: {tables}\n")
    text = str(stopped.value).replace(f"{reached.folder}/", "")
    assert text.startswith(said)
    assert "s3cr3t" not in text


def test_notify_makes_up_for_a_load_that_failed(reached, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-21T00:00:00Z")
    monkeypatch.delenv("SCORES_URL", raising=False)
    reached.write(FILES)
    text = PROJECT + 'tables: {uri: "${SCORES_URL}"}\n'
    assert reached.command("score", text).code == 7
    done = reached.command("notify", text)
    assert (done.code, "A035" in done.err) == (7, True)
    monkeypatch.setenv("SCORES_URL", "sqlite:///scores.db")
    done = reached.command("notify", text)
    assert (done.code, "A035" in done.err) == (0, False)
    assert rows(reached, "select count(*) from flamescore_scores") == [(2,)]
