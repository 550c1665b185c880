"""Rows of SQLite: how each type is read, what is refused, and that nothing is ever written."""

import os
from pathlib import Path

import pytest

from flamescore.errors import InputError, ProjectFileError
from flamescore.exports import survey
from flamescore.nightly import Options, nightly
from flamescore.project import settle

ONE = "select 1 as contact_id"
TABLE = """\
create table people (id integer, email text, tags text, size any, paid any, share real);
insert into people values
  (1, 'ann@x.org', '["VIP", "a, b"]', 3, 1.5, 9e999),
  (12345678901234567, 'bob@x.org', 'VIP', 'n/a', 2, 0.5),
  (3, null, null, 9007199254740993, null, null);
"""


def test_cells_are_read_by_what_all_of_a_column_are(reached):
    reached.sqlite(TABLE)
    rows = reached.contacts("select id as contact_id, email, tags, size, paid, share from people")
    by_id = {row["contact_id"]: row for row in rows}
    assert {key: (row["size"], row["paid"], row["share"]) for key, row in by_id.items()} == {
        "1": ("3", "1.5", None),
        "12345678901234567": ("n/a", "2", "0.5"),
        "3": ("9007199254740993", None, None),
    }
    assert by_id["1"]["tags"] == ["VIP", "a, b"]


def test_many_rows_come_in_order_and_keep_their_numbers(reached):
    query = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000) "
        "select case when i = 70000 then null else i end as contact_id, i * 1.5 as x from n"
    )
    reached.sqlite("create table t (i);")
    exports = reached.load(f'contacts: [{{uri: "sqlite:///crm.db", query: "{query}"}}]\n')
    assert exports.contacts.height == 119_999
    assert exports.contacts.filter(contact_id="60000")["x"].item() == "90000"
    assert exports.rejects.select("source", "record", "line", "reason").rows() == [
        ("sqlite:///crm.db", 70_000, None, "missing_contact")
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from nobody", "A033 contacts: `sqlite:///crm.db`: no such table: nobody."),
        ("delete from people", "A033 contacts: `sqlite:///crm.db`: attempt to write a readonly database."),
        (
            "delete from people returning id as contact_id",
            "A033 contacts: `sqlite:///crm.db`: attempt to write a readonly database.",
        ),
        (
            "select 1; select 2",
            "A033 contacts: `sqlite:///crm.db`: You can only execute one statement at a time.",
        ),
        ("begin", "A033 contacts: `sqlite:///crm.db`: the query gives no rows.\n"),
        (
            "select 1 as contact_id, 2 as contact_id",
            "A033 contacts: `sqlite:///crm.db`: two columns are called `contact_id`.\n",
        ),
        (
            "select 1 as contact_id, x'00' as photo",
            "A034 contacts: `sqlite:///crm.db`: the column `photo` is of bytes (blob), which is not read.",
        ),
        (
            "select 1 as contact_id, cast(x'4aff' as text) as name",
            "A034 contacts: `sqlite:///crm.db`: the column `name` is text that is not UTF-8",
        ),
    ],
)
def test_what_the_database_refuses_is_said_in_its_words(reached, query, said):
    reached.sqlite(TABLE)
    before = (reached.folder / "crm.db").read_bytes()
    with pytest.raises(InputError) as stopped:
        reached.contacts(query)
    assert str(stopped.value).startswith(said)
    assert (reached.folder / "crm.db").read_bytes() == before


def test_a_file_that_is_missing_is_never_made(reached):
    with pytest.raises(InputError, match=r"A033 contacts: `sqlite:///crm.db`: there is no file `crm.db`"):
        reached.contacts(ONE)
    assert not (reached.folder / "crm.db").exists()


def test_the_address_may_be_a_variable(reached, monkeypatch):
    reached.sqlite(TABLE)
    monkeypatch.delenv("CRM_URL", raising=False)
    with pytest.raises(InputError, match=r"A033 contacts: `\$\{CRM_URL\}`: the variable CRM_URL is not set"):
        reached.contacts(ONE, uri="${CRM_URL}")
    monkeypatch.setenv("CRM_URL", f"sqlite:///{reached.folder / 'crm.db'}")
    assert [row["contact_id"] for row in reached.contacts(ONE, uri="${CRM_URL}")] == ["1"]
    monkeypatch.setenv("CRM_URL", "mysql://u:s3cr3t-XYZ@host/db")
    with pytest.raises(InputError, match=r"`\$\{CRM_URL\}`: the address is no `postgresql:") as stopped:
        reached.contacts(ONE, uri="${CRM_URL}")
    assert "s3cr3t" not in str(stopped.value)


ADDRESS = 'uri: "sqlite:///crm.db"'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{columns: {email: Mail}}", "flamescore.yaml:4:12: P021 `contacts.path` is missing."),
        (f"{{{ADDRESS}}}", "flamescore.yaml:4:12: P021 `contacts.query` is missing."),
        ("{path: a.csv, query: x}", "flamescore.yaml:4:26: P026 `query` is asked of a database"),
        (f"{{path: a.csv, {ADDRESS}, query: x}}", "flamescore.yaml:4:13: P026 A source has a `path`, or a"),
        (f"{{{ADDRESS}, query: x, max_age: 2d}}", "flamescore.yaml:4:48: P026 `max_age` is for files"),
        (
            f"{{{ADDRESS}, query: x, preset: keap, header: false}}",
            "flamescore.yaml:4:62: P026 `header` is for",
        ),
        (
            '{uri: "mysql://h/d", query: x}',
            "flamescore.yaml:4:18: P023 `uri` must be `postgresql://host/data",
        ),
        (
            '{uri: "postgresql://u:s3cr3t-XYZ@h/d", query: x}',
            "flamescore.yaml:4:18: A011 `uri` has a password in it",
        ),
        (
            '{uri: "postgresql://h/d?user=u&password=s3cr3t-XYZ", query: x}',
            "flamescore.yaml:4:18: A011 `uri` has a password in it",
        ),
    ],
)
def test_faults_of_the_project_file(reached, source, said):
    with pytest.raises(ProjectFileError) as stopped:
        reached.project(f"contacts: [{source}]\n")
    text = str(stopped.value).replace(f"{reached.folder}{os.sep}", "")
    assert text.startswith(said)
    assert "s3cr3t" not in text


def test_a_password_may_be_a_variable(reached):
    text = 'contacts: [{uri: "postgresql://u:${PASSWORD}@h/d", query: x}]\n'
    [source] = reached.project(text).settings.contacts
    assert source.path == "postgresql://h/d"


def test_a_run_is_the_same_from_a_database_as_from_files(reached, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-21T00:00:00Z")
    reached.sqlite(
        "create table people (id, email, tags); create table visits (who, at);"
        "insert into people values (1, 'ann@x.org', 'VIP'), (2, '', '');"
        "insert into visits values (1, '2026-11-01T10:00:00Z'), (2, 1793500000);"
    )
    Path(reached.folder, "people.csv").write_text("contact_id,email,tags\n1,ann@x.org,VIP\n2,,\n")
    Path(reached.folder, "visits.csv").write_text(
        "contact_id,event,at\n1,visit,2026-11-01T10:00:00Z\n2,visit,1793500000\n"
    )
    database = (
        'contacts: [{uri: "sqlite:///crm.db", query: "select id as contact_id, email, tags from people"}]\n'
        'events:\n- uri: "sqlite:///crm.db"\n'
        "  query: select who as contact_id, 'visit' as event, at from visits where who = 1\n"
        '- uri: "sqlite:///crm.db"\n'
        "  query: select who as contact_id, 'visit' as event, at from visits where who = 2\n"
    )
    tables = []
    for text in (database, "contacts: [{path: people.csv}]\nevents: [{path: visits.csv}]\n"):
        done = nightly(reached.project(text), Options())
        tables.append((done.published.run.path / "scores.parquet").read_bytes())
        said = done.record
    assert tables[0] == tables[1]
    assert [each.path for each in said.sources] == ["people.csv", "visits.csv"]


def test_queries_of_one_database_have_names_of_their_own(reached):
    reached.sqlite(TABLE)
    text = f"contacts:\n- {{{ADDRESS}, query: {ONE}}}\n- {{{ADDRESS}, query: select 2 as contact_id}}\n"
    opened = survey(reached.project(text))
    opened.close()
    assert [each.spec.path for each in opened.sources] == ["sqlite:///crm.db", "sqlite:///crm.db#2"]


def test_a_flag_takes_the_place_of_a_database(reached):

    reached.sqlite(TABLE)
    project = reached.project(f"contacts: [{{{ADDRESS}, query: {ONE}}}]\n")
    settled = settle(project, {"contacts": ["a.csv"]}, environ={}, folder=reached.folder)
    [source] = settled.settings.contacts
    assert (source.path, source.uri, source.query) == (str(reached.folder / "a.csv"), None, None)
