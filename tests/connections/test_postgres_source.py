"""Rows of PostgreSQL: how each type is read, what is refused, and how long connecting may take."""

import socket
import time
from contextlib import closing

import pytest

from flamescore.errors import InputError, UsageError

pytestmark = pytest.mark.full

ONE = "select 1 as contact_id"
PLAIN = {
    "1::smallint": "1",
    "-2::integer": "-2",
    "9223372036854775807::bigint": "9223372036854775807",
    "1.50::numeric(6,2)": "1.50",
    "12345678901234567890123456789012345678901234567890.5": (
        "12345678901234567890123456789012345678901234567890.5"
    ),
    "0.1::real": "0.1",
    "0.1::float8": "0.1",
    "3::float8": "3",
    "'NaN'::float8": None,
    "'-inf'::real": None,
    "'2026-11-20 10:00:00.25-07'::timestamptz": "2026-11-20T17:00:00.250Z",
    "'2026-11-20 10:00'::timestamp": "2026-11-20T10:00:00",
    "'2026-11-20'::date": "2026-11-20",
    "true": "true",
    "false": "false",
    "'7ED4BFFC-F189-40B0-9090-C58E1CBA14B8'::uuid": "7ed4bffc-f189-40b0-9090-c58e1cba14b8",
    """'{"a": [1, 2]}'::json""": '{"a": [1, 2]}',
    """'{"a":1}'::jsonb""": '{"a": 1}',
    "'Zoë'::text": "Zoë",
    "'x'::varchar(5)": "x",
    "'x'::char(5)": "x",
    "array['VIP', 'a, b', null]": "VIP, a, b",
    "'{}'::varchar[]": None,
    "null::text": None,
    "null": None,
    "3::small": "3",
}
REFUSED = {
    "1.5::money": "money",
    "1::oid": "oid",
    "'\\x00'::bytea": "bytea",
    "interval '1 day'": "interval",
    "inet '10.0.0.1'": "inet",
    "array[1, 2]": "integer[]",
    "int4range(1, 2)": "int4range",
    "time '10:00'": "time without time zone",
    "row(1, 2)": "record",
    "'sad'::mood": "mood",
}


@pytest.fixture(scope="module", autouse=True)
def types(postgres):
    postgres.run("create domain small as integer; create type mood as enum ('sad', 'glad')")


def test_every_type_that_is_read(reached, postgres):
    cells = ", ".join(f"{value} as x{at}" for at, value in enumerate(PLAIN))
    [row] = reached.contacts(f"{ONE}, {cells}", postgres.uri)
    assert {value: row[f"x{at}"] for at, value in enumerate(PLAIN)} == PLAIN


def test_lists_of_text_are_lists_where_tags_are(reached, postgres):
    [row] = reached.contacts(f"{ONE}, array['VIP', 'a, b', null] as tags", postgres.uri)
    assert row["tags"] == ["VIP", "a, b"]
    mapped = "  columns: {tags: marks}\n"
    [row] = reached.contacts(f"{ONE}, array['VIP', 'a, b'] as marks", postgres.uri, mapped)
    assert row["tags"] == ["VIP", "a, b"]


@pytest.mark.parametrize(("value", "type_"), REFUSED.items())
def test_other_types_are_named(reached, postgres, value, type_):
    with pytest.raises(InputError) as stopped:
        reached.contacts(f"{ONE}, {value} as odd", postgres.uri)
    said = f"the column `odd` is of type {type_}, which is not read.\n        Cast it to text in the query"
    assert str(stopped.value).startswith("A034 contacts: `postgresql://127.0.0.1:")
    assert said in str(stopped.value)


def test_naive_times_are_in_the_zone_of_the_source(reached, postgres):
    query = "select '1' as contact_id, 'visit' as event, timestamp '2026-11-20 10:00' as at"
    text = (
        f"contacts: [{{uri: '{postgres.uri}', query: {ONE}}}]\n"
        f"events:\n- uri: {postgres.uri}\n  timezone: America/Phoenix\n  query: {query}\n"
        f"- uri: {postgres.uri}\n  query: select '1' as contact_id, 'visit' as event,"
        " timestamptz '2026-11-20 10:00-07' as at\n"
    )
    (reached.folder / "x").touch()
    from flamescore.exports import load, survey  # noqa: PLC0415 - the events are read while they are open

    opened = survey(reached.project(text))
    exports = load(opened)
    times = [each.frame.collect()["at"].item() for each in exports.events]
    opened.close()
    assert times[0] == times[1]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from nobody", 'relation "nobody" does not exist.'),
        ("delete from pg_class", "cannot execute DELETE in a read-only transaction."),
        ("delete from kept returning id as contact_id", "cannot execute DELETE in a read-only transaction."),
        ("select 1; delete from kept", "cannot insert multiple commands into a prepared statement."),
        ("begin", "the query gives no rows."),
        (
            "with gone as (delete from kept returning id) select id as contact_id from gone",
            "cannot execute SELECT in a read-only transaction.",
        ),
        ("select nextval('counter') as contact_id", "cannot execute nextval() in a read-only transaction."),
        (
            "select 1 as contact_id, 2 as contact_id",
            "two columns are called `contact_id`.",
        ),
        ("select 1/0 as contact_id", "division by zero."),
        ("select (x/0)::text as contact_id from generate_series(1, 3) x", "division by zero."),
    ],
)
def test_what_the_database_refuses_is_said_in_its_words(reached, postgres, query, said):
    postgres.run(
        "create table if not exists kept (id int); create sequence if not exists counter;"
        "delete from kept; insert into kept values (1);"
    )
    with pytest.raises(InputError) as stopped:
        reached.contacts(query, postgres.uri)
    told = f"A033 contacts: `postgresql://127.0.0.1:{postgres.port}/postgres`: {said}"
    assert str(stopped.value).splitlines()[0] == told
    assert postgres.run("select count(*) from kept") == "1"


def test_comments_and_semicolons_end_a_query(reached, postgres):
    rows = reached.contacts("select 1 as contact_id; ", postgres.uri)
    rows += reached.contacts("select 2 as contact_id -- the second", postgres.uri)
    rows += reached.contacts("values (3)", postgres.uri, "  columns: {contact_id: column1}\n")
    assert [row["contact_id"] for row in rows] == ["1", "2", "3"]


def test_many_rows_come_in_order(reached, postgres):
    query = "select nullif(i, 150000) as contact_id from generate_series(1, 200000) i"
    exports = reached.load(f"contacts: [{{uri: '{postgres.uri}', query: '{query}'}}]\n")
    assert exports.contacts.height == 199_999
    assert exports.rejects.select("record", "line").rows() == [(150_000, None)]


def test_no_password_is_ever_shown(reached, postgres, monkeypatch, capfd):
    secret = "s3cr3t-XYZ"
    for address in (
        f"postgresql://nobody:{secret}@127.0.0.1:{postgres.port}/postgres",
        f"postgresql://tester:{secret}@127.0.0.1:{postgres.port}/{secret}",
        f"postgresql://tester:{secret}@127.0.0.1:1/x",
        f"postgresql://tester:{secret}@127.0.0.1:1/x?sslmode={secret}",
        f"postgresql://tester:%zz{secret}@127.0.0.1/x",
        f"postgresql://tester@127.0.0.1:{postgres.port}/x?password={secret}&{secret}=1",
    ):
        monkeypatch.setenv("DATABASE_URL", address)
        with pytest.raises(InputError, match="A033") as stopped:
            reached.contacts(ONE, "${DATABASE_URL}")
        assert secret not in str(stopped.value)
        assert "`${DATABASE_URL}`: " in str(stopped.value)
    assert secret not in "".join(capfd.readouterr())


def test_a_host_that_does_not_answer_ends_within_ten_seconds(reached):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        began = time.monotonic()
        with pytest.raises(InputError, match="A033"):
            reached.contacts(ONE, f"postgresql://tester@127.0.0.1:{silent.getsockname()[1]}/x")
        assert time.monotonic() - began < 11


def test_without_the_extra_the_line_to_install_it_is_named(reached, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "adbc_driver_postgresql", None)
    with pytest.raises(UsageError, match=r"U013(.|\n)*pip install 'flamescore\[postgres\]'"):
        reached.contacts(ONE, "postgresql://tester@127.0.0.1/x")
