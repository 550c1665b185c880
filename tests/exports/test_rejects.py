"""Every reason to reject a row, with its place and raw text; too many rejects; the law of rows."""

# ruff: noqa: E501 - a record and its fate are on one line

import json
import random

import polars as pl
import pytest
from exports_bench import CONTACTS, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flamescore.errors import InputError
from flamescore.exports import csv_records
from flamescore.exports.rejects import REASONS
from flamescore.frames import REJECTS

EVENTS = CONTACTS + "events: [{path: events.csv}]\n"
HEAD = "contact_id,event,at,url\n"
SOUND = "1,visit,2026-01-01,/a\n"
HISTORY = "tag_history: [{path: tags.csv}]\n"


def rejects(bench, body, text=EVENTS, name="events.csv", head=HEAD):
    bench.write(name, head + body)
    loaded = bench.load(text)
    assert loaded.rejects.schema == REJECTS
    return [row[1:4] + row[5:] for row in loaded.rejects.rows()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1,visit,2026-01-01\n", [(2, 3, "short_row", "1,visit,2026-01-01")]),
        ("1,visit,2026-01-01,/b,extra\r\n", [(2, 3, "long_row", "1,visit,2026-01-01,/b,extra")]),
        ("A report of 5700 records\n", [(2, 3, "short_row", "A report of 5700 records")]),
        ('1,visit,2026-01-01,a"b\n', [(2, 3, "stray_quote", '1,visit,2026-01-01,a"b')]),
        ('1,visit,2026-01-01,"a"b\n', [(2, 3, "stray_quote", '1,visit,2026-01-01,"a"b')]),
        ('1,visit,2026-01-01,"say \\"hi\\", she"\n', [(2, 3, "stray_quote", '1,visit,2026-01-01,"say \\"hi\\", she"')]),
        ('1,visit,2026-01-01,"open\n', [(2, 3, "unclosed_quote", '1,visit,2026-01-01,"open')]),
        ('1,"visit,2026-01-01,x\n' + SOUND + '1,visit,2026-01-01,"q"\n', [(2, 3, "unclosed_quote", '1,"visit,2026-01-01,x')]),
        ('1,visit,2026-01-01,"say \\"hi\\",\nshe, said"\n', [(2, 3, "stray_quote", '1,visit,2026-01-01,"say \\"hi\\",'), (3, 4, "stray_quote", 'she, said"')]),
        ('1,vi"s,\n2026-01-01,x\n', [(2, 3, "stray_quote", '1,vi"s,\n2026-01-01,x')]),
        ("1,vis\0it,2026-01-01,/b\n", [(2, 3, "nul_byte", "1,vis\0it,2026-01-01,/b")]),
        (" ,visit,2026-01-01,/b\n", [(2, 3, "missing_contact", " ,visit,2026-01-01,/b")]),
        ("1,,2026-01-01,/b\n", [(2, 3, "missing_event", "1,,2026-01-01,/b")]),
        ("1,visit,,/b\n", [(2, 3, "missing_time", "1,visit,,/b")]),
        ('1,visit,"",/b\n', [(2, 3, "missing_time", '1,visit,"",/b')]),
        ("1,visit,03/04/2026,/b\n", [(2, 3, "unreadable_time", "1,visit,03/04/2026,/b")]),
        (",,never,/b\n", [(2, 3, "missing_contact", ",,never,/b")]),
        ('1,visit,2026-01-01,"a\nb"\n\n \n1,visit,x,y\n', [(3, 7, "unreadable_time", "1,visit,x,y")]),
    ],
)  # fmt: skip
def test_an_event_is_rejected(with_contacts, body, expected):
    assert rejects(with_contacts, SOUND + body + SOUND) == expected


@pytest.mark.parametrize(
    "body", ["\n", "\r\n", "  \n", '1,visit,2026-01-01,"a ""quoted"", b"\n', '1,"vi\nsit",2026-01-01,\r\n']
)
def test_what_is_no_fault(with_contacts, body):
    assert rejects(with_contacts, SOUND + body + SOUND) == []


def test_contacts_without_an_id_and_with_a_repeated_one(bench):
    found = rejects(bench, "1,a\n,b\n1,c\n2,d\n1,e\n", CONTACTS, "contacts.csv", "contact_id,v\n")
    assert found == [
        (2, 3, "missing_contact", ",b"),
        (3, 4, "repeated_id", "1,c"),
        (5, 6, "repeated_id", "1,e"),
    ]
    assert bench.load(CONTACTS).contacts.rows() == [("1", "a"), ("2", "d")]


def test_tag_history_without_a_tag_or_with_an_unknown_action(with_contacts):
    body = "1,VIP,2026-01-01,applied\n1,,2026-01-01,\n1,VIP,2026-01-01,deleted\n1,VIP,then,removed\n"
    assert rejects(with_contacts, body, CONTACTS + HISTORY, "tags.csv", "contact_id,tag,at,action\n") == [
        (2, 3, "missing_tag", "1,,2026-01-01,"),
        (3, 4, "unknown_action", "1,VIP,2026-01-01,deleted"),
        (4, 5, "unreadable_time", "1,VIP,then,removed"),
    ]


def test_opportunities_without_an_id(with_contacts):
    text = CONTACTS + "opportunities: [{path: deals.csv}]\n"
    assert rejects(with_contacts, "7,1\n,1\n", text, "deals.csv", "opportunity_id,contact_id\n") == [
        (2, 3, "missing_id", ",1")
    ]


def test_a_rejected_row_of_parquet_is_told_as_json(with_contacts):
    pl.DataFrame(
        {"contact_id": [1, None], "event": ["a", "é"], "at": ["2026-01-01", "2026-01-01"]}
    ).write_parquet(with_contacts.folder / "events.parquet")
    loaded = with_contacts.load(CONTACTS + "events: [{path: events.parquet}]\n")
    ((source, record, line, reason, message, raw),) = loaded.rejects.rows()
    assert (source, record, line, reason) == ("events.parquet", 2, None, "missing_contact")
    assert (message, json.loads(raw)) == (
        REASONS[reason],
        {"contact_id": None, "event": "é", "at": "2026-01-01"},
    )


def test_each_reject_names_its_file_and_the_counts_add_up(with_contacts):
    with_contacts.write("events-1.csv", HEAD + SOUND + "1,visit\n")
    with_contacts.write("events-2.csv", HEAD + "1,visit,2026-01-01\n1,visit,x,y\n" + SOUND)
    loaded = with_contacts.load(CONTACTS + "events: [{path: 'events-*.csv'}]\n")
    assert loaded.rejects.select("source", "record").rows() == [
        ("events-1.csv", 2),
        ("events-2.csv", 1),
        ("events-2.csv", 2),
    ]
    counts = loaded.events[0].record.counts
    assert (counts.rows, counts.rejected, loaded.events[0].frame.collect().height) == (5, 3, 2)


# --- too many ------------------------------------------------------------------------------------------


def with_bad(bench, bad, sound):
    bench.write("events.csv", HEAD + SOUND * sound + "1,visit\n" * bad)


@pytest.mark.parametrize(
    ("bad", "sound", "limit", "stops"),
    [(20, 1, None, False), (21, 1, None, True), (21, 2079, None, False), (21, 2078, None, True), (30, 1, "30", False), (31, 1, "30", True), (50, 950, "5%", False), (3, 0, None, True)],
)  # fmt: skip
def test_more_than_twenty_and_more_than_max_rejects(with_contacts, bad, sound, limit, stops):
    with_bad(with_contacts, bad, sound)
    if not stops:
        assert with_contacts.load(EVENTS, limit=limit).events[0].record.counts.rejected == bad
        return
    with pytest.raises(InputError, match=f"I007 events events.csv: {bad} of .* {bad} short_row"):
        with_contacts.load(EVENTS, limit=limit)


def test_a_sources_own_limit_and_the_projects(with_contacts):
    with_bad(with_contacts, 30, 10)
    with_contacts.load("max_rejects: 90%\n" + EVENTS)
    with_contacts.load(CONTACTS + "events: [{path: events.csv, max_rejects: 30}]\n")
    with pytest.raises(InputError):
        with_contacts.load(
            "max_rejects: 90%\n" + CONTACTS + "events: [{path: events.csv, max_rejects: 29}]\n"
        )


def test_strict_stops_at_any(with_contacts):
    with_bad(with_contacts, 1, 1000)
    with pytest.raises(
        InputError, match="1 of 1,001 rows is rejected, with --strict none may be: 1 short_row"
    ):
        with_contacts.load(EVENTS, strict=True)


def test_every_source_with_too_many_is_told_and_no_contact_is_shown(bench):
    bench.write("contacts.csv", "contact_id,email\n" + ",ada@x.org\n" * 30)
    bench.write("events.csv", HEAD + "secret@x.org,visit\n" * 30)
    with pytest.raises(InputError) as caught:
        bench.load(EVENTS)
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == [
        "contacts contacts.csv",
        "events events.csv",
    ]
    assert "@" not in str(caught.value)


# --- the law of rows -----------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["1", "2", "visit", "2026-01-01", "x y", "é", ",", ",", ",", '"', '""', '"a"', '"a,b"', '"a\nb"', '\\"', "\n", "\n", "\r\n", "\0", " ", "1,visit,2026-01-01,/a\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from([1 << 18, 64, 8]))
def test_every_row_is_accounted_for(with_contacts, monkeypatch, body, size):
    monkeypatch.setattr(csv_records, "BLOCK_SIZE", size)
    with_contacts.write("events.csv", HEAD + SOUND + body)
    loaded = with_contacts.load(EVENTS, limit="100%")
    counts = loaded.events[0].record.counts
    kept = rows(loaded.events[0].frame)
    assert counts.rows == counts.rejected + len(kept)
    assert counts.rejected == loaded.rejects.height
    records = loaded.rejects["record"].to_list()
    assert records == sorted(set(records))
    assert all(1 <= record <= counts.rows for record in records)
    lines = (HEAD + SOUND + body).encode().split(b"\n")
    for _, _, line, _, _, raw in loaded.rejects.rows():
        assert lines[line - 1].decode().rstrip("\r").startswith(raw.split("\n")[0].rstrip("\r"))


def test_damaged_records_do_not_touch_sound_ones(with_contacts):
    dice = random.Random(7)
    damage = [
        "1,visit\n",
        '1,vi"sit,2026-01-01,x\n',
        '1,"visit,2026-01-01,x\n',
        "1,visit,2026-01-01,x,y\n",
        "\n",
        "Total\n",
        '1,visit,2026-01-01,"a\\"b"\n',
    ]
    body = [
        dice.choice(damage) if dice.random() < 0.3 else f'1,visit,2026-01-01,"/{i}, ""q"""\n'
        for i in range(3000)
    ]
    with_contacts.write("events.csv", HEAD + "".join(body))
    loaded = with_contacts.load(EVENTS, limit="100%")
    found = loaded.events[0].frame.select("url").collect()["url"].to_list()
    assert found == [f'/{i}, "q"' for i, line in enumerate(body) if line not in damage]
    assert loaded.rejects["raw"].to_list() == [
        line.rstrip("\n") for line in body if line in damage and line != "\n"
    ]
