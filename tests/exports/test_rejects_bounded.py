"""Many rejects: all are counted, the first ones are reported; memory and raw text are bounded."""

import json
import subprocess
import sys

import polars as pl
import pytest
from exports_bench import CONTACTS, PEOPLE, looked_at

from flamescore.errors import InputError
from flamescore.exports import load
from flamescore.project import parse_limit

HEAD = "contact_id,event,at,url\n"
SOUND = "1,visit,2026-01-01,/a\n"
EVENTS = CONTACTS + "events: [{path: 'events*'}]\n"
ALL = parse_limit("100%")


def kept(bench, keep, text=EVENTS):
    """Load, keeping this many rejects; return the exports, and the places and reasons of the rejects."""
    loaded = looked_at(load(bench.survey(text, keep_rejects=keep), max_rejects=ALL))
    return loaded, loaded.rejects.select("source", "record", "line", "reason").rows()


MIXED = (
    SOUND + "1,visit\n" + "1,visit,soon,/a\n" + "\n" + ",visit,2026-01-01,/a\n" + '1,"vi"x,2026-01-01,/a\n'
)
FIRST_FIVE = [
    (2, 3, "short_row"),
    (3, 4, "unreadable_time"),
    (4, 6, "missing_contact"),
    (5, 7, "stray_quote"),
    (7, 9, "short_row"),
]


@pytest.mark.parametrize("keep", [0, 1, 2, 3, 4, 5])
def test_the_first_rejects_are_told_in_order_of_the_file_and_all_are_counted(with_contacts, keep):
    with_contacts.write("events.csv", HEAD + MIXED * 10)
    loaded, told = kept(with_contacts, keep)
    assert told == [("events.csv", *each) for each in FIRST_FIVE[:keep]]
    (source,) = loaded.events
    assert (source.record.counts.rows, source.record.counts.rejected) == (50, 40)
    (found,) = source.record.findings
    assert (found.code, found.count, found.of) == ("I131", 40, 50)
    assert f"`rejects.csv` has the first {keep:,}." in found.message


def test_none_is_left_out_where_all_have_room(with_contacts):
    with_contacts.write("events.csv", HEAD + MIXED * 10)
    loaded, told = kept(with_contacts, 40)
    assert len(told) == 40
    assert not [note for note in loaded.events[0].record.notes if "I131" in note]


def test_each_number_to_keep_gives_the_beginning_of_all_rejects(with_contacts):
    with_contacts.write("events-1.csv", HEAD + MIXED * 3)
    with_contacts.write("events-2.csv", HEAD + SOUND + "1,visit,x,y\n" * 4 + "1\n" * 2 + SOUND)
    with_contacts.write("events-3.ndjson", '{"contact_id":"1","at":null}\nnone\n{"event":"visit"}\n[]\n')
    _, every = kept(with_contacts, 1000)
    assert len(every) == 12 + 6 + 4
    assert [name for name, *_ in every] == ["events-1.csv"] * 12 + ["events-2.csv"] * 6 + [
        "events-3.ndjson"
    ] * 4
    for keep in range(22):
        loaded, told = kept(with_contacts, keep)
        assert told == every[:keep]
        assert loaded.events[0].record.counts.rejected == 22


@pytest.mark.parametrize("mode", ["distinct: true", "event_id: yes"])
def test_rejects_that_are_not_told_take_no_part_in_doubles(with_contacts, mode):
    """A rejected row must not supersede a valid one with the same id, whether it is reported or not."""
    with_contacts.write(
        "events.csv",
        "contact_id,event,at,event_id\n"
        + "".join(f"1,visit,2026-01-01,{n}\n" for n in range(5))
        + "".join(f"1,visit,never,{n}\n" for n in range(5)),
    )
    text = (
        CONTACTS + "events: [{path: events.csv" + (", distinct: true}]\n" if "distinct" in mode else "}]\n")
    )
    loaded, told = kept(with_contacts, 2, text)
    assert [each[1] for each in told] == [6, 7]
    frame = loaded.events[0].frame.collect()
    assert (frame.height, loaded.events[0].record.counts.rejected) == (5, 5)
    assert frame["\0drop"].to_list() == [0, 0, 0, 0, 0]


def test_contacts_with_many_repeated_and_missing_ids(bench):
    bench.write("contacts.csv", "contact_id,email\n1,a\n" + "1,b\n,c\n" * 50 + "2,d\n")
    loaded, told = kept(bench, 3, CONTACTS)
    assert told == [
        ("contacts.csv", 2, 3, "repeated_id"),
        ("contacts.csv", 3, 4, "missing_contact"),
        ("contacts.csv", 4, 5, "repeated_id"),
    ]
    assert (loaded.records[0].counts.rejected, loaded.records[0].counts.kept) == (100, 2)
    (found,) = loaded.records[0].findings
    assert "`rejects.csv` has the first 3." in found.message


def test_rows_of_parquet(with_contacts):
    pl.DataFrame(
        {"contact_id": ["1"] * 9, "event": ["a"] * 9, "at": ["2026-01-01", *["x"] * 8]}
    ).write_parquet(with_contacts.folder / "events.parquet", row_group_size=2)
    loaded, told = kept(with_contacts, 3)
    assert [each[1] for each in told] == [2, 3, 4]
    assert json.loads(loaded.rejects["raw"][0]) == {"contact_id": "1", "event": "a", "at": "x"}
    assert loaded.events[0].record.counts.rejected == 8


def test_the_error_counts_all_of_them(with_contacts):
    body = "1,visit,03/04/2026 10:00,/a\n" * 300 + "1,visit\n" * 20 + "1,visit,soon,/a\n" * 100 + SOUND
    with_contacts.write("events.csv", HEAD + body)
    with pytest.raises(InputError) as caught:
        looked_at(load(with_contacts.survey(EVENTS, keep_rejects=5)))
    problem = caught.value.problems[0]
    assert problem.message == (
        "events events*: 420 of 421 rows are rejected, more than 1%: 400 unreadable_time, 20 short_row. "
        "The first: events.csv record 1 (line 2), events.csv record 2 (line 3), "
        "events.csv record 3 (line 4). "
        "300 are written like `03/04/2026 10:00`: `%m/%d/%Y %H:%M`, or `%d/%m/%Y %H:%M`: no day is past 12, "
        "look at the export; 100 are written like `aaaa`: no format is known."
    )


# --- raw text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "length", "reason"),
    [(",z\n", 65_537, "long_row"), (",z\r\n", 1_000_000, "long_row"), ("", 9_000_000, "too_long")],
)
def test_the_raw_text_of_a_long_record_is_cut_and_says_so(with_contacts, end, length, reason):
    record = "1,visit,2026-01-01,".ljust(length - len(end.strip()), "y")
    with_contacts.write("events.csv", HEAD + SOUND + record + end)
    loaded, told = kept(with_contacts, 100_000)
    assert told == [("events.csv", 2, 3, reason)]
    assert loaded.rejects["raw"].to_list() == [
        f"{record[:65_536].ljust(65_536, ',')} [cut: the record has {length:,} bytes]"
    ]


def test_a_raw_text_of_the_most_bytes_is_whole(with_contacts):
    record = "1,visit,2026-01-01," + "y" * (65_536 - 21) + ",z"
    with_contacts.write("events.csv", HEAD + SOUND + record + "\r\n")
    assert looked_at(load(with_contacts.survey(EVENTS), max_rejects=ALL)).rejects["raw"].to_list() == [record]


def test_a_cut_splits_no_character(with_contacts):
    with_contacts.write("events.csv", HEAD + SOUND + "x" + "é" * 50_000 + "\n")
    (raw,) = looked_at(load(with_contacts.survey(EVENTS), max_rejects=ALL)).rejects["raw"]
    assert raw == "x" + "é" * 32_767 + " [cut: the record has 100,001 bytes]"


def test_the_raw_text_of_a_row_of_parquet_is_cut_too(with_contacts):
    pl.DataFrame(
        {"contact_id": ["1", "1"], "event": ["a", "a"], "at": ["2026-01-01", "x" * 99_000]}
    ).write_parquet(with_contacts.folder / "events.parquet")
    (raw,) = looked_at(load(with_contacts.survey(EVENTS), max_rejects=ALL)).rejects["raw"]
    assert raw.startswith('{"contact_id": "1", "event": "a", "at": "xxx')
    assert raw.endswith("xxx [cut: the record has 99,043 bytes]")


def test_past_32_mb_of_raw_text_the_rest_is_cut_short(with_contacts):
    with_contacts.write("events.csv", HEAD + SOUND + ("1," + "y" * 59_998 + "\n") * 600)
    raws = (
        looked_at(load(with_contacts.survey(EVENTS), max_rejects=ALL))
        .rejects["raw"]
        .str.len_chars()
        .to_list()
    )
    assert raws[:560] == [60_000] * 560
    assert raws[560:] == [256 + 35] * 40


# --- a whole run ---------------------------------------------------------------------------------------

RULES = """\
version: 1
scores: {s: {five_flames: 9, rules: [{name: Visit, event: visit, count: each, expires: never, points: 1}]}}
"""


def project(folder, name):
    (folder / "contacts.csv").write_text(PEOPLE)
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(
        f"version: 1\nrules: rules.yaml\nas_of: 2026-02-01\n{CONTACTS}events: [{{path: {name}}}]\n"
    )


def score(folder, *flags):
    """Score in a subprocess; return its exit code, stderr and peak memory in megabytes."""
    code = (
        "import resource, subprocess, sys\n"
        "ran = subprocess.run([sys.executable, '-m', 'flamescore', 'score', *sys.argv[1:]], stdout=-3)\n"
        "print(ran.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *flags], cwd=folder, capture_output=True, text=True, check=True
    )
    exit_code, megabytes = ran.stdout.split()
    return int(exit_code), ran.stderr, int(megabytes)


def test_a_run_with_more_rejects_than_are_kept_says_so_everywhere(tmp_path):
    project(tmp_path, "events.csv")
    (tmp_path / "events.csv").write_text(HEAD + SOUND + "1,visit\n" * 100_003)
    code, err, _ = score(tmp_path, "--max-rejects", "100%")
    reason = "100,003 short_row. `rejects.csv` has the first 100,000."
    said = f"events events.csv: warning I131: 100,003 of 100,004 rows are rejected: {reason}"
    assert (code, f"{said}\n" in err) == (0, True)
    run = tmp_path / "out" / "latest"
    record = json.loads((run / "run.json").read_text())
    assert said in record["warnings"]
    assert record["sources"][1]["rejected"] == 100_003
    assert said in (run / "report.md").read_text().replace("\\", "")
    lines = (run / "rejects.csv").read_text().splitlines()
    assert len(lines) == 100_001
    assert lines[-1].startswith("events.csv,100001,100002,short_row,")


FULL_SIZE = 300_000_000
BROKEN = {
    "too many cells": ("events.csv", "1,visit,2026-01-01,/a/page,1,x\n", "long_row"),
    "too few": ("events.csv", "1\n", "short_row"),
    "stray quotes": ("events.csv", '1,visit,2026-01-01,/a"page\n', "stray_quote"),
    "no contact": ("events.csv", ",visit,2026-01-01,/a/page\n", "missing_contact"),
    "no time that reads": ("events.csv", "1,visit,18 of November,/a/page\n", "unreadable_time"),
    "no JSON": ("events.ndjson", "this is not JSON at all\n", "no_object"),
    "JSON without contacts": ("events.ndjson", '{"event":"visit","at":"2026-01-01"}\n', "missing_contact"),
    "long lines": ("events.csv", "1,visit,2026-01-01,/a" + "," * 3000 + "x\n", "long_row"),
}


@pytest.mark.full
@pytest.mark.parametrize("limit", ["1%", "100%"])
@pytest.mark.parametrize("broken", BROKEN)
def test_300_mb_of_rejects_take_less_than_400_mb(tmp_path, broken, limit):
    name, line, reason = BROKEN[broken]
    project(tmp_path, name)
    sound = '{"contact_id":"1","event":"visit","at":"2026-01-01"}\n' if name.endswith("json") else SOUND
    many = FULL_SIZE // len(line) // 10_000
    with (tmp_path / name).open("w") as file:
        file.write(sound if name.endswith("json") else HEAD + sound)
        for _ in range(many):
            file.write(line * 10_000)
    code, err, megabytes = score(tmp_path, "--max-rejects", limit)
    rejected = f"{many * 10_000:,}"
    if limit == "100%":
        said = f"{rejected} of {many * 10_000 + 1:,} rows are rejected: {rejected} {reason}."
        assert (code, said in err) == (0, True), err
        with (tmp_path / "out" / "latest" / "rejects.csv").open() as file:
            assert sum(1 for _ in file) == min(100_000, many * 10_000) + 1
    else:
        assert (code, f"more than 1%: {rejected} {reason}." in err) == (3, True), err
    assert megabytes < 400
