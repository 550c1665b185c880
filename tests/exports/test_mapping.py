"""Every key that maps a source's columns, on small inline files."""

# ruff: noqa: E501, DTZ001 - naive times are among the cases

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from exports_bench import CONTACTS, rows, texts

from flamescore.columns import Columns, DateColumns
from flamescore.errors import InputError, ProjectFileError
from flamescore.frames import DROP, ISO_SUFFIX

EVENTS = "events: [{path: events.csv}]\n"


def test_columns_are_renamed_and_the_rest_keep_their_headers(bench):
    bench.write(
        "contacts.csv",
        " Id , First Name,Last Name ,Email,Plan\n 007 ,Ada,Lovelace,ada@x.org,gold\n8,,Hopper,,\n",
    )
    mapping = "columns: {contact_id: Id, name: [First Name, Middle, Last Name], email: Email}"
    opened = bench.survey(f"contacts: [{{path: contacts.csv, {mapping}}}]\n")
    assert opened.columns == Columns(("contact_id", "name", "email", "First Name", "Last Name", "Plan"))
    loaded = bench.load(f"contacts: [{{path: contacts.csv, {mapping}}}]\n")
    assert loaded.contacts.columns == ["contact_id", "name", "email", "First Name", "Last Name", "Plan"]
    assert loaded.contacts.rows() == [
        ("007", "Ada Lovelace", "ada@x.org", "Ada", "Lovelace", "gold"),
        ("8", "Hopper", None, None, "Hopper", None),
    ]


def test_any_name_on_the_left_makes_a_property(with_contacts):
    with_contacts.write("events.csv", "contact_id,event,at,Subject\n1,open,2026-01-01,Hello\n")
    text = CONTACTS + "events: [{path: events.csv, columns: {asset: Subject}}]\n"
    assert with_contacts.survey(text).columns.events == ("asset",)
    (source,) = with_contacts.load(text).events
    assert source.frame.select("asset").collect().item() == "Hello"


def test_rename_compares_trimmed_composed_and_folded(with_contacts):
    with_contacts.write(
        "events.csv",
        "contact_id,event,at\n1, OPENED ,2026-01-01\n1,cafe\u0301,2026-01-01\n1,Other,2026-01-01\n",
    )
    text = CONTACTS + "events: [{path: events.csv, rename: {event: {Opened: email_open, CAFÉ: visit}}}]\n"
    (source,) = with_contacts.load(text).events
    assert source.frame.collect()["event"].to_list() == ["email_open", "visit", "Other"]


def test_constants(with_contacts):
    with_contacts.write("events.csv", "contact_id,at\n1,2026-01-01\n")
    text = CONTACTS + "events: [{path: events.csv, constants: {event: purchase, shop: 2, online: true}}]\n"
    (source,) = with_contacts.load(text).events
    assert source.frame.drop("at").collect().to_dicts() == [
        {"contact_id": "1", "event": "purchase", "shop": "2", "online": "true"}
    ]


def test_contact_key(with_contacts):
    with_contacts.write("events.csv", "Mail,event,at\n b@X.org ,open,2026-01-01\n")
    text = CONTACTS + "events: [{path: events.csv, columns: {contact: Mail}, contact_key: email}]\n"
    (source,) = with_contacts.load(text).events
    assert source.key == "email"
    assert source.frame.collect()["contact"].to_list() == ["b@X.org"]
    assert "contact_id" not in source.frame.collect_schema()


def test_a_contact_key_that_is_no_column(with_contacts):
    with_contacts.write("events.csv", "Mail,event,at\nb,open,2026-01-01\n")
    with pytest.raises(
        ProjectFileError,
        match=r"P028 events: `contact_key: emial` is not a column.*\n.*\n.*\n *Did you mean `email`",
    ):
        with_contacts.survey(
            CONTACTS + "events: [{path: events.csv, columns: {contact: Mail}, contact_key: emial}]\n"
        )


@pytest.mark.parametrize(
    ("separator", "cell"),
    [
        (None, " VIP , Blog,"),
        (";", ";VIP;Blog;"),
        ("'||'", "VIP||Blog"),
        ("'*/*'", "*/*VIP*/*Blog*/*"),
        (None, '"""VIP"",""Blog"""'),
    ],
)
def test_tags(bench, separator, cell):
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    bench.write("contacts.csv", f"contact_id,Tags\n1,{quoted}\n2,\n")
    form = f"tags: {{separator: {separator}}}," if separator else ""
    loaded = bench.load(f"contacts: [{{path: contacts.csv, {form} columns: {{tags: Tags}}}}]\n")
    assert loaded.contacts["tags"].to_list() == [["VIP", "Blog"], []]


def test_a_quoted_tag_may_hold_the_separator(bench):
    bench.write("contacts.csv", 'contact_id,tags\n1,"""New, hot"", Blog"\n')
    assert bench.load(CONTACTS).contacts["tags"].to_list() == [["New, hot", "Blog"]]


def test_null_values(bench):
    bench.write("contacts.csv", "contact_id,plan\n1,NULL\n2, -- \n3,gold\nN/A,gold\n")
    loaded = bench.load("contacts: [{path: contacts.csv, null_values: [NULL, --, N/A]}]\n")
    assert loaded.contacts["plan"].to_list() == [None, None, "gold"]
    assert loaded.rejects["reason"].to_list() == ["missing_contact"]


def test_declared_dates_have_companions_where_rules_need_them(bench):
    bench.write(
        "contacts.csv",
        "contact_id,Renewal,Seen\n1,03/04/2026,2026-03-04 10:00\n2,2026-05-06,\n3,soon,2026-03-04\n",
    )
    text = "contacts: [{path: contacts.csv, dates: {Renewal: '%m/%d/%Y'}, timezone: America/Phoenix}]\n"
    dates = DateColumns(contacts=frozenset({"Renewal", "Seen"}))
    loaded = bench.load(text, dates=dates).contacts
    assert loaded["Renewal"].to_list() == ["03/04/2026", "2026-05-06", "soon"]
    assert loaded["Renewal" + ISO_SUFFIX].to_list() == ["2026-03-04", "2026-05-06", "soon"]
    assert loaded["Seen" + ISO_SUFFIX].to_list() == ["2026-03-04T17:00:00Z", None, "2026-03-04"]
    assert bench.load(text).contacts.columns == ["contact_id", "Renewal", "Seen"]
    same_zone = bench.load(text, dates=dates, zone="America/Phoenix").contacts
    assert "Seen" + ISO_SUFFIX not in same_zone.columns


def test_declared_dates_of_events_by_header_or_name(with_contacts):
    with_contacts.write("events.csv", "contact_id,event,at,Due\n1,task,2026-01-01,3/4/2026 3:05 PM\n")
    text = (
        CONTACTS + "events: [{path: events.csv, columns: {due: Due}, dates: {Due: ['%m/%d/%Y %I:%M %p']}}]\n"
    )
    loaded = with_contacts.load(text, zone="America/New_York", dates=DateColumns(events=frozenset({"due"})))
    assert loaded.events[0].frame.collect()["due" + ISO_SUFFIX].to_list() == ["2026-03-04T20:05:00Z"]


def test_an_event_id_counts_once_and_the_later_file_stands(with_contacts):
    head = "contact_id,event,at,Id,v\n"
    with_contacts.write(
        "events-1.csv",
        head + "1,a,2026-01-01,X,old\n1,a,2026-01-01,,free\n1,a,2026-01-01,Y,first\n1,a,2026-01-01,Y,last\n",
        modified=2_000,
    )
    with_contacts.write("events-2.csv", head + "1,a,2026-01-02,X,new\n1,a,2026-01-01,,free\n", modified=1_000)
    text = CONTACTS + "events: [{path: events-*.csv, columns: {event_id: Id}}]\n"
    (source,) = with_contacts.load(text).events
    found = source.frame.select("v", DROP).collect().rows()
    assert found == [("old", 0), ("free", 0), ("first", 2), ("last", 0), ("new", 2), ("free", 0)]
    assert source.record.counts.rows == 6


def test_a_rejected_row_supersedes_nothing(with_contacts):
    with_contacts.write("events.csv", "contact_id,event,at,event_id\n1,a,2026-01-01,X\n1,a,never,X\n")
    (source,) = with_contacts.load(CONTACTS + EVENTS).events
    assert rows(source.frame.select("event_id", DROP)) == [("X", 0)]


def test_distinct_drops_rows_equal_in_every_mapped_column(with_contacts):
    with_contacts.write(
        "events.csv",
        "contact_id,event,at,asset,seen\n" + "1,a,2026-01-01,x,1\n1,a,2026-01-01,x,2\n1,a,2026-01-01,y,1\n",
    )
    text = CONTACTS + "events: [{path: events.csv, distinct: true, columns: {asset: asset}}]\n"
    (source,) = with_contacts.load(text).events
    assert rows(source.frame.select("asset", DROP)) == [("x", 0), ("x", 1), ("y", 0)]
    (kept,) = with_contacts.load(CONTACTS + EVENTS).events
    assert DROP not in kept.frame.collect_schema()


def test_tag_history(with_contacts):
    with_contacts.write(
        "tags.csv",
        "Mail,Tag,Date,Action\nA@x.org,VIP,2026-01-01,Applied\nb@x.org,VIP,2026-01-02,\nb@x.org,VIP,2026-01-03,REMOVED\nz@x.org,VIP,2026-01-01,\n",
    )
    text = (
        CONTACTS
        + "tag_history: [{path: tags.csv, columns: {contact: Mail, tag: Tag, at: Date, action: Action}, contact_key: email}]\n"
    )
    loaded = with_contacts.load(text)
    assert [(c, t, at.isoformat(), a) for c, t, at, a in loaded.tag_history.rows()] == [
        ("1", "VIP", "2026-01-01T00:00:00+00:00", "applied"),
        ("2", "VIP", "2026-01-02T00:00:00+00:00", "applied"),
        ("2", "VIP", "2026-01-03T00:00:00+00:00", "removed"),
    ]
    counts = loaded.records[1].counts
    assert (counts.rows, counts.kept, counts.orphans) == (4, 3, 1)
    assert with_contacts.survey(text).columns.has_tags


def test_opportunities_are_carried_along(with_contacts):
    with_contacts.write("deals.csv", "Id,contact_id,Stage\n01,2,won\n02,9,lost\n")
    text = CONTACTS + "opportunities: [{path: deals.csv, columns: {opportunity_id: Id}}]\n"
    assert with_contacts.load(text).opportunities.to_dicts() == [
        {"opportunity_id": "01", "contact_id": "2", "Stage": "won"}
    ]


# --- files ---------------------------------------------------------------------------------------------


def test_the_newest_file_of_a_contacts_glob_is_read(bench):
    bench.write("contacts-b.csv", "contact_id\nold\n", modified=1_000)
    bench.write("contacts-a.csv", "contact_id\nnew\n", modified=2_000)
    loaded = bench.load("contacts: [{path: contacts-*.csv}]\n")
    assert loaded.contacts["contact_id"].to_list() == ["new"]
    assert loaded.records[0].files == (("contacts-a.csv", 15, "1970-01-01T00:33:20Z"),)


def test_of_an_id_in_several_files_the_newer_row_stands(bench):
    bench.write("contacts-a.csv", "contact_id,v\n1,new\n2,new\n", modified=2_000)
    bench.write("contacts-b.csv", "contact_id,v,w\n2,old,x\n3,old,x\n", modified=1_000)
    loaded = bench.load("contacts: [{path: contacts-*.csv, files: all}]\n")
    assert loaded.contacts.rows() == [("1", "new", None), ("2", "new", None), ("3", "old", "x")]
    counts = loaded.records[0].counts
    assert (counts.rows, counts.kept, counts.superseded, counts.rejected) == (4, 3, 1, 0)


def test_a_folder_and_a_hive_partitioned_one(with_contacts):
    row = "contact_id,event,at\n1,a,2026-01-01\n"
    with_contacts.write("events/day=2026-01-01/site=a%20b/1.csv", row)
    with_contacts.write("events/day=__HIVE_DEFAULT_PARTITION__/site=c/2.csv", row)
    with_contacts.write("events/_SUCCESS", "")
    (source,) = with_contacts.load(CONTACTS + "events: [{path: events}]\n").events
    assert rows(source.frame.select("day", "site")) == [("2026-01-01", "a b"), (None, "c")]
    assert len(source.record.files) == 2


def test_files_whose_columns_differ_are_stacked(with_contacts):
    with_contacts.write("events-1.csv", "contact_id,event,at,v\n1,a,2026-01-01,1.5\n")
    pl.DataFrame(
        {"contact_id": [2], "event": ["b"], "at": [datetime(2026, 1, 1)], "v": [2.0], "w": [1]}
    ).write_parquet(with_contacts.folder / "events-2.parquet")
    (source,) = with_contacts.load(CONTACTS + "events: [{path: 'events-*'}]\n").events
    assert rows(source.frame.select("contact_id", "v", "w")) == [("1", "1.5", None), ("2", "2", 1)]


def test_whatever_is_missing_or_empty_is_told_at_once(bench):
    bench.write("empty.csv", "")
    text = "contacts: [{path: none.csv}]\nevents: [{path: 'x/*.csv'}, {path: empty.csv}]\n"
    with pytest.raises(InputError) as caught:
        bench.survey(text)
    assert [(problem.code, problem.message) for problem in caught.value.problems] == [
        ("I001", "contacts: there is no `none.csv`."),
        ("I001", "No file matches `x/*.csv` (events)."),
        ("I002", "events: `empty.csv` is empty."),
    ]


def test_a_header_without_a_row_is_empty_too(bench):
    bench.write("contacts.csv", "contact_id\n")
    with pytest.raises(InputError, match=r"I002 contacts: `contacts.csv` has a header and no row"):
        bench.load(CONTACTS)


def test_a_source_that_is_too_old(bench):
    bench.write("contacts.csv", "contact_id\n1\n", modified=1_000_000)
    text = "contacts: [{path: contacts.csv, max_age: 2d}]\n"
    bench.survey(text, now=datetime.fromtimestamp(1_000_000 + 2 * 86_400, ZoneInfo("UTC")))
    with pytest.raises(InputError, match=r"I003 .* older than max_age \(2d\)"):
        bench.survey(text, now=datetime.fromtimestamp(1_000_001 + 2 * 86_400, ZoneInfo("UTC")))


def test_a_column_that_no_file_has_names_its_place_and_the_nearest(bench):
    bench.write("contacts.csv", "Id,E-Mail\n1,a\n")
    with pytest.raises(ProjectFileError) as caught:
        bench.survey("contacts:\n  - path: contacts.csv\n    columns: {contact_id: Id, email: Email}\n")
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.line, problem.where.column) == ("P028", 4, 38)
    assert problem.message == 'contacts.csv has no column "Email", mapped to "email". It has "E-Mail".'
    assert problem.hint == "Write: columns: {email: E-Mail}"


def test_a_needed_column_that_is_not_mapped(with_contacts):
    with_contacts.write("events.csv", "contact_id,event\n1,a\n")
    with pytest.raises(ProjectFileError, match=r'P028 events.csv has no column for "at"'):
        with_contacts.survey(CONTACTS + EVENTS)


# --- Parquet -------------------------------------------------------------------------------------------


def test_csv_and_parquet_give_the_same_contacts(bench):
    frame = pl.DataFrame(
        {
            "contact_id": [1, 2], "whole": [5.0, 1e15], "part": [0.1, float("nan")], "flag": [True, None],
            "day": [date(2026, 1, 2), None], "local": [datetime(2026, 1, 2, 3, 4, 5), None],
            "zoned": pl.Series([datetime(2026, 1, 2, 3, 4, 5), None]).dt.replace_time_zone("America/Phoenix"),
        }
    )  # fmt: skip
    frame.write_parquet(bench.folder / "contacts.parquet")
    head = "contact_id,whole,part,flag,day,local,zoned\n"
    bench.write(
        "contacts.csv",
        head + "1,5,0.1,true,2026-01-02,2026-01-02T03:04:05,2026-01-02T10:04:05Z\n2,1000000000000000,,,,,\n",
    )
    from_csv = bench.load(CONTACTS).contacts
    from_parquet = bench.load("contacts: [{path: contacts.parquet}]\n").contacts
    assert from_parquet.equals(from_csv)


def test_parquet_events_keep_their_own_types(with_contacts):
    frame = pl.DataFrame(
        {"contact_id": [1.0], "event": ["a"], "at": [date(2026, 1, 2)], "seconds": [7], "bot": [True]}
    )
    frame.write_parquet(with_contacts.folder / "events.parquet")
    (source,) = with_contacts.load(
        CONTACTS + "events: [{path: events.parquet}]\n", zone="America/Phoenix"
    ).events
    found = source.frame.collect()
    assert (found["contact_id"].item(), found["seconds"].dtype, found["bot"].dtype) == (
        "1",
        pl.Int64,
        pl.Boolean,
    )
    assert texts(found["at"]) == ["2026-01-02T07:00:00Z"]


@pytest.mark.parametrize("wrong", [1.5, 2.0**53, float("inf")])
def test_float_ids_that_are_not_whole_stop_the_source(bench, wrong):
    pl.DataFrame({"contact_id": [1.0, wrong]}).write_parquet(bench.folder / "contacts.parquet")
    with pytest.raises(InputError, match=r"I008 .*1 ids are floats that are not whole, or are 2\^53 or more"):
        bench.load("contacts: [{path: contacts.parquet}]\n")


def test_ids_are_text_as_written(bench):
    bench.write(
        "contacts.csv",
        "contact_id\n00123\n123.0\n123\n0035e00000ABCdeAAA\n0035e00000ABCdEAAA\n12345678901234567890\n",
    )
    assert bench.load(CONTACTS).contacts["contact_id"].to_list() == [
        "00123", "123.0", "123", "0035e00000ABCdeAAA", "0035e00000ABCdEAAA", "12345678901234567890",
    ]  # fmt: skip


def test_a_parquet_file_that_is_cut_short(bench):
    pl.DataFrame({"contact_id": [1]}).write_parquet(bench.folder / "contacts.parquet")
    whole = (bench.folder / "contacts.parquet").read_bytes()
    bench.write("contacts.parquet", whole[:-20])
    with pytest.raises(
        InputError, match=r"I004 contacts: `contacts.parquet` is not a Parquet file, or is cut short"
    ):
        bench.survey("contacts: [{path: contacts.parquet}]\n")
