"""Ids that a spreadsheet rounded match no contact: two people never silently share a score."""

# ruff: noqa: E501 - messages are not wrapped

import json

import polars as pl
import pytest
from cli_bench import check_law, score

from flamescore.cells import is_rounded, rounded
from flamescore.errors import InputError

CONTACTS = "contacts: [{path: contacts.csv}]\n"
EVENTS = CONTACTS + "events: [{path: events.csv}]\n"
ROUNDED = ("1.00216E+11", "1E+11", "9.99999e+99", "0.5e+100", " 7e+05 ")
OTHERS = (
    "1e5",
    "1.5e5",
    "1E-11",
    "12.5E+11",
    "1.E+11",
    "1E+1",
    "1E+1000",
    "E+11",
    "1.00216E+11x",
    "x1E+11",
    "",
    "+",
)


def test_what_is_a_rounded_number():
    frame = pl.DataFrame({"id": [*ROUNDED, *OTHERS, None]})
    expected = [True] * len(ROUNDED) + [False] * len(OTHERS)
    assert frame.select(rounded(pl.col("id"))).to_series().to_list() == [*expected, None]
    assert [is_rounded(each) for each in (*ROUNDED, *OTHERS)] == expected


def ids(*, rounded, sound):
    return [*["1.00216E+11"] * rounded, *[str(i) for i in range(sound)]]


def people(*names):
    return "contact_id,email\n" + "".join(f"{name},p{i}@x.org\n" for i, name in enumerate(names))


def test_contacts_with_nothing_but_rounded_ids_stop_the_run(bench):
    bench.write("contacts.csv", people(*ids(rounded=30, sound=0)))
    ran = score(bench.folder, CONTACTS)
    assert (ran.code, ran.record) == (3, None)
    assert ran.said == (
        "contacts contacts.csv: error I007: 30 of 30 rows are rejected, which leaves nothing: 30 rounded_id. "
        "The first: contacts.csv record 1 (line 2), contacts.csv record 2 (line 3), contacts.csv record 3 (line 4). "
        "30 of 30 ids are written like 9.99999a+99: a spreadsheet rounded them. Export again, with the ids as text.\n"
        "        Do: Fix the export or its settings, or raise max_rejects.\n"
        f"        The rejected rows: {bench.folder}/out/failed/rejects.csv\n"
    )  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_one_contact_of_many_is_rejected(bench, suffix):
    frame = pl.DataFrame({"contact_id": ids(rounded=1, sound=300), "email": "a@x.org"})
    getattr(frame, f"write_{suffix}")(bench.folder / f"contacts.{suffix}")
    ran = score(bench.folder, f"contacts: [{{path: contacts.{suffix}}}]\n")
    assert ran.code == 0
    check_law(ran.record)
    contacts = ran.record["sources"][0]
    assert (contacts["rows"], contacts["kept"], contacts["rejected"]) == (301, 300, 1)
    told = pl.read_csv(ran.folder / "rejects.csv").row(0, named=True)
    assert (told["record"], told["reason"], told["message"]) == (
        1, "rounded_id", "The id is a number that a spreadsheet rounded.",
    )  # fmt: skip
    assert "1.00216E+11" not in pl.read_parquet(ran.folder / "scores.parquet")["contact_id"].to_list()


def test_an_id_without_a_plus_stays(bench):
    bench.write("contacts.csv", people("1e5", "1.5E5"))
    assert bench.load(CONTACTS).contacts["contact_id"].to_list() == ["1e5", "1.5E5"]


def test_nothing_accepts_a_rounded_id(bench):
    bench.write("contacts.csv", people(*ids(rounded=1, sound=30)))
    ran = score(bench.folder, "max_rejects: 100%\n" + CONTACTS, "--accept", "--max-rejects", "100%")
    assert (ran.code, ran.record["sources"][0]["kept"]) == (0, 30)


def test_numbers_are_no_text(bench):
    pl.DataFrame({"contact_id": [1e11, 5.0]}).write_parquet(bench.folder / "contacts.parquet")
    loaded = bench.load("contacts: [{path: contacts.parquet}]\n")
    assert loaded.contacts["contact_id"].to_list() == ["100000000000", "5"]


ROWS = "contact_id,event,at\n1,visit,2026-01-02\n2,visit,2026-01-02\n1.00216E+11,visit,2026-01-02\n9,visit,2026-01-02\n"


@pytest.mark.parametrize("keys", ["", ", distinct: true", ", leave_out: {event: no}"])
def test_events_of_a_rounded_id_are_rejects_and_no_orphans(bench, keys):
    """This holds whether rows are validated while they are scored or in an earlier pass."""
    bench.write("contacts.csv", people("1", "2"))
    bench.write("events.csv", ROWS)
    ran = score(bench.folder, CONTACTS + f"events: [{{path: events.csv{keys}}}]\n")
    assert ran.code == 0, ran.said
    check_law(ran.record)
    events = ran.record["sources"][1]
    assert (events["kept"], events["rejected"], events["orphans"]) == (2, 1, 1)
    assert (ran.folder / "rejects.csv").read_text().splitlines()[1] == (
        'events.csv,3,4,rounded_id,The id is a number that a spreadsheet rounded.,"1.00216E+11,visit,2026-01-02"'
    )


def test_two_people_with_one_rounded_key_share_nothing(bench):
    """Phone numbers as keys: a number that is rounded alike in both files matches no contact."""
    bench.write("contacts.csv", "contact_id,phone\n1,1.60256E+10\n2,1.60256E+10\n3,555\n")
    bench.write("events.csv", "contact,event,at\n1.60256E+10,visit,2026-01-02\n555,visit,2026-01-02\n")
    ran = score(bench.folder, CONTACTS + "events: [{path: events.csv, contact_key: phone}]\n")
    assert ran.code == 0, ran.said
    check_law(ran.record)
    events = ran.record["sources"][1]
    assert (events["kept"], events["rejected"], events["orphans"]) == (1, 1, 0)
    scores = pl.read_parquet(ran.folder / "scores.parquet")
    assert dict(scores.select("contact_id", "score").iter_rows()) == {"1": 0.0, "2": 0.0, "3": 1.0}


def test_events_with_a_rounded_event_id(bench):
    """Two orders with the same rounded number would be mistaken for one."""
    bench.write("contacts.csv", people("1"))
    rows = "".join(
        f"1,visit,2026-01-0{day},{order}\n" for day, order in ((2, "4.5E+12"), (3, "4.5E+12"), (4, "7"))
    )
    bench.write("events.csv", "contact_id,event,at,event_id\n" + rows)
    loaded = bench.load(EVENTS)
    assert loaded.rejects["reason"].to_list() == ["rounded_id"] * 2
    assert loaded.events[0].frame.collect()["event_id"].to_list() == ["7"]


WINDOW = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: 30d}
"""


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_old_events_are_old_whatever_their_id(bench, monkeypatch, suffix, lasting):
    """Their ids are not read; the rows still add up, even if another row is rejected for its id."""
    rule = "      - {name: Deal, event: deal, points: 1, count: each, expires: never}\n"
    monkeypatch.setattr("cli_bench.RULES", WINDOW + rule * lasting)
    bench.write("contacts.csv", people("1", "2"))
    rows = [
        ("1", "visit", "2026-11-20"), ("1.5E+11", "visit", "2026-11-20"), ("1.5E+11", "visit", "2020-01-01"),
        ("1.5E+11", "deal", "2020-01-01"), ("1", "deal", "2020-01-01"), ("2", "visit", "2020-01-01"),
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=["contact_id", "event", "at"], orient="row")
    if suffix == "parquet":
        frame = frame.with_columns(pl.col("at").str.to_datetime())
    getattr(frame, f"write_{suffix}")(bench.folder / f"events.{suffix}")
    ran = score(bench.folder, "max_rejects: 100%\n" + EVENTS.replace("events.csv", f"events.{suffix}"))
    assert ran.code == 0, ran.said
    check_law(ran.record)
    events = ran.record["sources"][1]
    gone = events["old"] + events["pruned"]
    assert (events["kept"], events["rejected"], gone) == ((2, 2, 2) if lasting else (1, 1, 4))
    assert (ran.folder / "rejects.csv").read_text().count("rounded_id") == 2 if lasting else 1


def test_tag_histories_and_opportunities(bench):
    bench.write("contacts.csv", people("1"))
    bench.write("tags.csv", "contact_id,tag,at\n1,VIP,2026-01-02\n1.5E+11,VIP,2026-01-02\n")
    bench.write("deals.csv", "opportunity_id,contact_id\n7,1\n8,1.5E+11\n2.5E+12,1\n")
    loaded = bench.load(CONTACTS + "tag_history: [{path: tags.csv}]\nopportunities: [{path: deals.csv}]\n")
    assert loaded.rejects.select("source", "record", "reason").rows() == [
        ("tags.csv", 2, "rounded_id"), ("deals.csv", 2, "rounded_id"), ("deals.csv", 3, "rounded_id"),
    ]  # fmt: skip
    assert (loaded.tag_history.height, loaded.opportunities["opportunity_id"].to_list()) == (1, ["7"])


def test_events_that_are_all_rounded_stop_the_run(bench):
    bench.write("contacts.csv", people("1"))
    rows = "".join(f"1.{n:05}E+11,visit,2026-01-02\n" for n in range(3000))
    bench.write("events.csv", "contact_id,event,at\n" + rows)
    ran = score(bench.folder, EVENTS)
    assert (ran.code, ran.record) == (3, None)
    assert "3,000 of 3,000 ids are written like 9.99999a+99: a spreadsheet rounded them." in ran.said


def test_rounded_ids_among_merged_ones_are_left_out(bench):
    bench.write("contacts.csv", "contact_id,old\n1,7;1.5E+11\n2,1.5E+11\n")
    loaded = bench.load("contacts: [{path: contacts.csv, merged: {column: old}}]\n")
    assert loaded.aliases["contact_id"].to_list() == ["7"]
    assert [(each.code, each.message) for each in loaded.findings] == [
        (
            "I145",
            "2 merged ids written like 9.99999a+99: a spreadsheet rounded them, and they are left out.",
        )
    ]


def test_the_shape_that_most_have_is_told(bench):
    bench.write("contacts.csv", people("1E+11", *["1.5e+111"] * 2, "1.25E+11"))
    with pytest.raises(
        InputError, match=r"4 of 4 ids are written like 9\.9a\+999: a spreadsheet rounded them"
    ):
        bench.load(CONTACTS)


def test_a_single_one_is_told_in_the_singular(bench):
    bench.write("contacts.csv", people("1E+11"))
    with pytest.raises(InputError, match=r"1 of 1 ids is written like 9a\+99: a spreadsheet rounded it\."):
        bench.load(CONTACTS)


def test_ndjson_numbers_are_the_text_that_stands_there(bench):
    lines = [{"contact_id": 1}, {"contact_id": 2}]
    bench.write(
        "contacts.ndjson", "".join(json.dumps(each) + "\n" for each in lines) + '{"contact_id": 1.5E+11}\n'
    )
    loaded = bench.load("contacts: [{path: contacts.ndjson}]\n")
    assert (loaded.contacts["contact_id"].to_list(), loaded.rejects["reason"].to_list()) == (
        ["1", "2"],
        ["rounded_id"],
    )
