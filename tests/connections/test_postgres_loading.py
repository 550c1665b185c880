"""Tables of PostgreSQL: their content, what concurrent readers see, and what a load must not break."""

import threading
from pathlib import Path

import pytest
from reached import FILES, PROJECT

pytestmark = pytest.mark.full

COLUMNS = (
    "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)"
    " from pg_attribute where attnum > 0 and attrelid = 'leads.{}'::regclass"
)


@pytest.fixture
def scored(reached, postgres, monkeypatch):
    reached.write(FILES)
    postgres.run("drop schema if exists leads cascade; create schema leads;")
    monkeypatch.setenv("SCORES_URL", postgres.uri)

    def score(day=21, write="[scores, segments, points]"):
        as_of = f"2026-11-{day:02}T12:00:00Z"
        monkeypatch.setenv("FLAMESCORE_NOW", as_of)
        text = f'{PROJECT}tables: {{uri: "${{SCORES_URL}}", schema: leads, prefix: x_, write: {write}}}\n'
        return reached.score(text, as_of)

    return score


def told(outcome):
    return [each.message for each in outcome.findings if each.code == "A035"]


def test_what_stands_in_the_tables(postgres, scored):
    outcome = scored()
    assert told(outcome) == []
    assert postgres.run("set timezone to utc; select * from leads.x_scores order by rank") == (
        "1|interest|5|2|50|100|1|2026-11-20 10:00:00+00|ann@x.org|VIP, a b\n"
        "2|interest|1|0|10|0|2|2026-11-01 10:00:00+00||"
    )
    assert postgres.run("select contact_id, rule_id, occurrences, points from leads.x_points") == (
        "1|visit|2|2\n1|vip|0|3\n2|visit|1|1"
    )
    assert postgres.run("set timezone to utc; select * from leads.x_runs") == (
        f"{outcome.published.run.run_id}|2026-11-21 12:00:00+00|2|0"
    )
    assert postgres.run(COLUMNS.format("x_scores")) == (
        "contact_id text, score_name text, score double precision, flames integer, "
        "percent_of_ideal double precision, percentile double precision, rank integer, "
        "last_activity_at timestamp with time zone, email text, tags text"
    )
    assert postgres.run(COLUMNS.format("x_segments")) == (
        "segment text, contact_id text, since timestamp with time zone"
    )
    assert postgres.run(COLUMNS.format("x_runs")) == (
        "run_id text, as_of timestamp with time zone, contacts integer, hot integer"
    )


def test_readers_see_whole_states_alone(reached, postgres, scored):
    people = "contact_id,email,tags\n" + "".join(f"{n},p{n:04}@x.org,\n" for n in range(1, 3001))
    Path(reached.folder, "people.csv").write_text(people)
    assert told(scored(1, "[scores]")) == []
    postgres.run(
        "create view leads.best as select * from leads.x_scores; create role guest;"
        "grant select on leads.x_scores to guest"
    )
    seen, over = set(), threading.Event()

    def read():
        while not over.is_set():
            seen.add(postgres.run("select count(*) from leads.best"))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for day in range(2, 22):
            Path(reached.folder, "people.csv").write_text(people if day % 2 else people[:-18])
            assert told(scored(day, "[scores]")) == []
    finally:
        over.set()
        reader.join()
    assert seen == {"3000", "2999"}
    assert postgres.run("select has_table_privilege('guest', 'leads.x_scores', 'select')") == "t"
    assert postgres.run("select count(*), count(distinct run_id) from leads.x_runs") == "21|21"


def test_a_broken_load_leaves_the_old_rows(postgres, scored):
    first = scored().published.run.run_id
    postgres.run("alter table leads.x_points add constraint no check (points < 3) not valid")
    [why] = told(scored(22))
    assert 'new row for relation "x_points" violates check constraint "no".' in why
    assert "ann@x.org" not in why
    assert postgres.run("select run_id from leads.x_runs") == first
    assert postgres.run("select count(*) from leads.x_scores") == "2"
    postgres.run("alter table leads.x_points drop constraint no")
    assert told(scored(23)) == []
    assert postgres.run("select count(*) from leads.x_runs") == "2"


def test_a_view_that_stops_a_drop_fails_the_load(postgres, scored):
    postgres.run(
        "create table leads.x_scores (old text); insert into leads.x_scores values ('row');"
        "create view leads.best as select * from leads.x_scores"
    )
    [why] = told(scored())
    assert "cannot drop table leads.x_scores because other objects depend on it." in why
    assert postgres.run("select * from leads.best") == "row"
    postgres.run("drop view leads.best")
    assert told(scored(22)) == []


def test_a_schema_is_not_made(postgres, scored):
    postgres.run("drop schema leads")
    [why] = told(scored())
    assert 'schema "leads" does not exist.' in why


def test_the_same_exports_from_csv_postgres_and_sqlite_give_the_same_scores(reached, postgres, scored):
    scored()
    rows = (
        "create table {0}people (contact_id text, email text, tags text);"
        "create table {0}visits (contact_id text, event text, at text);"
        "insert into {0}people values ('1', 'ann@x.org', 'VIP,a b'), ('2', null, null);"
        "insert into {0}visits values ('1', 'visit', '2026-11-20T10:00:00Z'),"
        " ('1', 'visit', '2026-11-01T10:00:00Z'), ('2', 'visit', '2026-11-01T10:00:00Z');"
    )
    postgres.run(rows.format("leads."))
    reached.sqlite(rows.format(""))
    tables = []
    for uri, schema in ((None, ""), (postgres.uri, "leads."), ("sqlite:///crm.db", "")):
        text = PROJECT
        for name in ("people", "visits") if uri else ():
            query = f'{{uri: "{uri}", query: select * from {schema}{name}}}'
            text = text.replace(f"{{path: {name}.csv}}", query)
        run = reached.score(text).published.run.path
        tables.append([(run / file).read_bytes() for file in ("scores.parquet", "points.parquet")])
    assert tables[0] == tables[1] == tables[2]


def test_no_password_is_ever_shown(reached, postgres, scored, monkeypatch, capfd):
    scored()
    monkeypatch.setenv("SCORES_URL", f"postgresql://tester:s3cr3t-XYZ@127.0.0.1:{postgres.port}/s3cr3t-XYZ")
    [why] = told(scored(22))
    assert why.endswith('database "***" does not exist.')
    written = b"".join(path.read_bytes() for path in reached.folder.rglob("*") if path.is_file())
    assert b"s3cr3t" not in written
    assert "s3cr3t" not in "".join(capfd.readouterr())
