"""Contacts read by their keys alone: a single contact is the same as when everything is read."""

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flamescore.columns import DateColumns
from flamescore.errors import InputError
from flamescore.explanations import single
from flamescore.exports import load
from flamescore.frames import ROW

PROJECT = """\
contacts:
  - path: list/*.csv
    files: all
    columns: {contact_id: id, email: mail, tags: marks}
    optional: [tags]
    merged: {column: vids, separator: ";"}
    dates: {renewal: "%d.%m.%Y"}
    leave_out: {kind: [test]}
events:
  - {path: events.csv}
  - {path: forms.csv, contact_key: email}
  - {path: calls.csv, contact_key: phone}
tag_history: [{path: tags.csv, contact_key: email}]
"""
OLD = """\
id,mail,marks,vids,renewal,kind,phone
78,new@x.org,"a,b",76;46,21.11.2026,,555
 76 ,OLD@x.org ,c,,,,777
5,e@x.org,,,01.02.2026,,555
5,twice@x.org,,,,,
,nobody@x.org,,,,,
9,nine@x.org,,,,test,
"""
NEW = "id,mail,level,phone\n5,E@x.org,3,888\n10,ten@x.org,,\n"
DATES = DateColumns(contacts=frozenset({"renewal"}))


@pytest.fixture
def opened(bench):
    bench.write("list/2025.csv", OLD)
    bench.write("list/2026.csv", NEW)
    lines = ("78,open", " 78 ,click", "76,open", "46,open", "5,open", "780,open", ",open", "10,", "77,open")
    events = "".join(f"{line},2026-01-0{number + 1}\n" for number, line in enumerate(lines))
    bench.write("events.csv", "contact_id,event,at\n" + events)
    bench.write(
        "forms.csv",
        "contact,event,at\n New@x.org,form,2026-02-01\nold@x.org,form,2026-02-02\ne@x.org,form,2026-02-03\n",
    )
    bench.write(
        "calls.csv",
        "contact,event,at\n555,call,2026-02-01\n777,call,2026-02-02\n888,call,2026-02-03\n",
    )
    bench.write("tags.csv", "contact,tag,at\nold@x.org,VIP,2026-01-01\nE@X.org,VIP,2026-01-02\n")
    return bench.survey(PROJECT)


def loaded(opened):
    """Load everything, with the contacts in the order of the export."""
    exports = load(opened, DATES, once=True)
    return replace(exports, contacts=exports.contacts.sort(ROW).drop(ROW))


def same(ours, theirs):
    assert_frame_equal(ours.contacts, theirs.contacts)
    assert_frame_equal(ours.tag_history, theirs.tag_history)
    assert ours.aliases["contact_id"].to_list() == theirs.aliases["contact_id"].to_list()
    for mine, whole in zip(ours.events, theirs.events, strict=True):
        assert_frame_equal(mine.frame.collect(), whole.frame.collect())


@pytest.mark.parametrize(("contact_id", "events"), [("78", [4, 2, 2]), ("5", [1, 1, 1]), ("10", [0, 0, 0])])
def test_a_contact_of_several_files_merged_or_repeated(opened, contact_id, events):
    everything = loaded(opened)
    keys = load(opened, DATES, once=True, keys=())
    one = single(keys, contact_id)
    same(one, single(everything, contact_id))
    assert [source.frame.collect().height for source in one.events] == events


def test_nothing_that_is_told_of_the_list_is_lost(opened):
    everything = loaded(opened)
    keys = load(opened, DATES, once=True, keys=("email",))
    assert keys.contacts.columns == ["contact_id", "email", "vids", "phone"]
    assert_frame_equal(keys.contacts, everything.contacts.select(keys.contacts.columns))
    assert_frame_equal(keys.rejects, everything.rejects)
    assert (keys.records, keys.findings) == (everything.records, everything.findings)


def test_addresses_are_read_when_they_are_asked_for(opened):
    everything = loaded(opened)
    keys = load(opened, DATES, once=True, keys=())
    assert "email" in everything.contacts.columns
    contacts, aliases = keys.addressed()
    for mine, whole in ((contacts, everything.contacts), (aliases, everything.aliases)):
        assert_frame_equal(mine.select("contact_id", "email"), whole.select("contact_id", "email"))


def test_a_contact_of_a_parquet_file_with_columns_of_other_types(bench, tmp_path):
    frame = pl.DataFrame({"contact_id": [3, 1, 2], "tags": [["a"], [], None], "budget": [1.5, 2.0, None]})
    frame.write_parquet(tmp_path / "contacts.parquet")
    bench.write("events.csv", "contact_id,event,at\n1,open,2026-01-01\n")
    opened = bench.survey("contacts: [{path: contacts.parquet}]\nevents: [{path: events.csv}]\n")
    everything, keys = loaded(opened), load(opened, once=True, keys=())
    for contact_id in ("1", "2", "3"):
        mine = everything.contacts.filter(pl.col("contact_id") == contact_id)
        assert_frame_equal(single(keys, contact_id).contacts, mine)


def test_too_many_repeated_ids_stop_it_as_ever(bench):
    bench.write("contacts.csv", "contact_id,name\n" + "1,a\n" * 30)
    opened = bench.survey("contacts: [{path: contacts.csv}]\n")
    told = []
    for keys in (None, ()):
        with pytest.raises(InputError) as caught:
            load(opened, once=True, keys=keys)
        told.append(caught.value.problems)
    assert told[0] == told[1]
    assert "repeated" in str(told[0][0])


@pytest.mark.parametrize("last", ["ab", " a", "\u2003a", "a\u2003", "", None])
def test_events_are_found_whatever_white_space_stands_around_their_ids(bench, tmp_path, last):
    ids = ["a", "a ", "b", "ab", "~", last]
    at = ["2026-01-01T00:00:00Z"] * len(ids)
    events = pl.DataFrame({"contact_id": ids, "event": [str(each) for each in range(6)], "at": at})
    events.write_parquet(tmp_path / "events.parquet", row_group_size=2)
    bench.write("contacts.csv", "contact_id\na\nb\n")
    exports = load(
        bench.survey("contacts: [{path: contacts.csv}]\nevents: [{path: events.parquet}]\n"),
        once=True,
        keys=(),
    )
    [source] = single(exports, "a").events
    own = ["5"] if last is not None and last.strip() == "a" else []
    assert source.frame.collect()["event"].to_list() == ["0", "1", *own]
