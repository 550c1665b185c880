"""NDJSON, compressed files, partitions, standard input and pipes: each gives the same as the plain CSV."""

# ruff: noqa: E501 - lines of files are not wrapped

import gzip
import io
import os
import sys
import threading

import polars as pl
import pytest
import zstandard
from exports_bench import CONTACTS, Piped, rows

from flamescore.errors import InputError, ProjectFileError
from flamescore.exports import ndjson as jsonlines
from flamescore.exports import tempfiles
from flamescore.project import settle

PLAIN = "contact_id,event,at,url\n1,visit,2026-01-01,/a\n2,open,2026-01-02,\n"
LINES = """\
{"contact_id": 1, "event": "visit", "at": "2026-01-01", "url": "/a"}
{"contact_id": "2", "event": "open", "at": "2026-01-02", "url": null}
"""
EXPECTED = [("1", "visit", "/a"), ("2", "open", None)]


def events(bench, name, keys=""):
    loaded = bench.load(CONTACTS + f"events: [{{path: {name!r}{keys}}}]\n", limit="100%")
    frame = loaded.events[0].frame.select("contact_id", "event", "url")
    return rows(frame), loaded


def packed(text):
    return gzip.compress(text, mtime=0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("events.csv", PLAIN.encode()),
        ("events.csv.gz", packed(PLAIN.encode())),
        (
            "events.csv.gz",
            packed(PLAIN[:30].encode()) + packed(PLAIN[30:].encode()) + b"\0" * 9,
        ),
        ("events.csv.zst", zstandard.compress(PLAIN.encode())),
        ("events.CSV.ZST", zstandard.compress(PLAIN[:30].encode()) + zstandard.compress(PLAIN[30:].encode())),
        ("events.csv.gz", packed(PLAIN.encode("utf-16"))),
        ("events.ndjson", LINES.encode()),
        ("events.jsonl", LINES.encode("utf-8-sig")),
        ("events.jsonl", LINES.replace("\n", "\r\n").encode("utf-16")),
        ("events.ndjson.gz", packed(LINES.encode())),
        ("events.ndjson.zst", zstandard.compress(LINES.encode())),
    ],
)
def test_every_way_in_gives_the_same(with_contacts, name, content):
    with_contacts.write(name, content)
    found, loaded = events(with_contacts, name)
    assert found == EXPECTED
    (source,) = loaded.events
    assert [(path, size) for path, size, _ in source.record.files] == [(name, len(content))]
    assert loaded.rejects.is_empty()


# --- NDJSON --------------------------------------------------------------------------------------------


def test_values_are_the_text_that_stands_there(bench):
    line = (
        '{"contact_id": 12345678901234567890, "whole": 5.0, "exact": 0.10, "big": 1e400, "flag": true, "no": null,'
        ' "empty": "", "list": ["a", {"b": [1, 2.5]}], "object": {"é": null}, " padded ": "x"}\n'
    )
    bench.write("contacts.ndjson", line)
    assert bench.load("contacts: [{path: contacts.ndjson}]\n").contacts.to_dicts() == [
        {
            "contact_id": "12345678901234567890", "whole": "5.0", "exact": "0.10", "big": "1e400", "flag": "true",
            "no": None, "empty": None, "list": '["a",{"b":[1,2.5]}]', "object": '{"é":null}', "padded": "x",
        }
    ]  # fmt: skip


def test_columns_come_from_every_line(bench, monkeypatch):
    monkeypatch.setattr(jsonlines, "_CELLS", 1)
    monkeypatch.setattr(jsonlines, "_SIZE", 8)
    bench.write(
        "contacts.ndjson", '{"contact_id": 1}\n\n{"v": "a", "contact_id": 2}\n{"w": 3, "contact_id": 3}'
    )
    loaded = bench.load("contacts: [{path: contacts.ndjson}]\n")
    assert loaded.contacts.select("contact_id", "v", "w").rows() == [
        ("1", None, None), ("2", "a", None), ("3", None, "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no_object"),
        ("[1]", "no_object"),
        ('"contact_id"', "no_object"),
        ("7", "no_object"),
        ('{"contact_id": NaN}', "no_object"),
        ('{"contact_id": "1"},', "no_object"),
        ('{"contact_id": "1"} {"contact_id": "2"}', "no_object"),
        ('{"contact_id": "\\ud800"}', "no_object"),
        ('{"contact_id": ' + "9" * 5000 + "}", "no_object"),
        ("[" * 60_000, "no_object"),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", "missing_contact"),
        ('{"contact_id": "a\0"}', "nul_byte"),
        ('{"contact_id": "a\\u0000"}', "nul_byte"),
        ('{"contact_id": ""}', "missing_contact"),
        ('{"contact_id": null}', "missing_contact"),
        ("{}", "missing_contact"),
        ('{"contact_id": "1"}', "repeated_id"),
    ],
)
def test_lines_that_are_no_sound_object_are_rejects(bench, line, reason):
    bench.write("contacts.ndjson", '{"contact_id": "1"}\n\n' + line + '\n{"contact_id": "3"}\n')
    loaded = bench.load("contacts: [{path: contacts.ndjson}]\n")
    assert loaded.rejects.drop("message").rows() == [("contacts.ndjson", 2, 3, reason, line)]
    assert loaded.contacts["contact_id"].to_list() == ["1", "3"]
    counts = loaded.records[0].counts
    assert (counts.rows, counts.rejected, counts.kept) == (3, 1, 2)


def test_a_line_without_end_is_a_reject_told_by_its_beginning(bench):
    giant = '{"contact_id": "' + "x" * 20_000_000 + '"}'
    bench.write("contacts.ndjson", '{"contact_id": "1"}\n' + giant + '\n{"contact_id": "3"}')
    loaded = bench.load("contacts: [{path: contacts.ndjson}]\n")
    ((_, record, line, reason, _, raw),) = loaded.rejects.rows()
    assert (record, line, reason) == (2, 2, "too_long")
    assert raw == giant[:65_536] + " [cut: the record has 20,000,018 bytes]"
    assert loaded.contacts["contact_id"].to_list() == ["1", "3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "I002 contacts: `c.ndjson` is empty"),
        ("\n \n", "I002 contacts: `c.ndjson` is empty"),
        ('[\n"a"\n]\n', "I004 contacts: `c.ndjson` is a JSON list"),
        ('"a"\n', "I004 contacts: no line of `c.ndjson` is a JSON object"),
        ('{"contact_id": "é"}\n'.encode("latin-1"), "I005 Line 1 of `c.ndjson` is not UTF-8"),
        ('\n{"contact_id": "é"}\n'.encode("latin-1"), "I005 Line 2 of `c.ndjson` is not UTF-8"),
        (b"\x1f\x8b\x08", "I004 `c.ndjson` is not a gzip file, or is cut short"),
        (
            "".join(f'{{"k{i}": 1}}\n' for i in range(5_001)),
            "I006 `c.ndjson`: .* more than 5,000 different keys",
        ),
    ],
)
def test_what_is_no_ndjson_stops(bench, content, message):
    bench.write("c.ndjson", content)
    with pytest.raises(InputError, match=message):
        bench.load("contacts: [{path: c.ndjson}]\n")


def test_keys_that_are_one_when_trimmed_are_left_out_and_said(bench):
    bench.write("contacts.ndjson", '{"contact_id": 1, "a": 1, " a": 2, "": 3}\n')
    loaded = bench.load("contacts: [{path: contacts.ndjson}]\n")
    assert loaded.contacts.columns == ["contact_id"]
    assert len(loaded.records[0].notes) == 2


# --- compressed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize(
    "break_it", [lambda b: b[:-5], lambda b: b"junk" + b, lambda b: b + b"junk", lambda _: b""]
)
def test_a_packed_file_that_is_broken(bench, pack, break_it):
    name = "contacts.csv.gz" if pack is gzip.compress else "contacts.csv.zst"
    bench.write(name, break_it(pack(b"contact_id\n" + b"".join(b"%d\n" % i for i in range(9999)))))
    with pytest.raises(
        InputError, match=r"I004 `contacts.csv.(gz|zst)` is not a (gzip|Zstandard) file|I002 .* is empty"
    ):
        bench.load(f"contacts: [{{path: {name}}}]\n")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb(bench, monkeypatch, pack):
    monkeypatch.setattr(tempfiles, "ALWAYS_ALLOWED", 1 << 20)
    name = "contacts.csv.gz" if pack is gzip.compress else "contacts.csv.zst"
    bench.write(name, pack(b"contact_id\n" + b"1\n" * 5_000_000))
    with pytest.raises(
        InputError, match=r"I004 `contacts.csv.(gz|zst)` unpacks to more than 200 times its size"
    ):
        bench.survey(f"contacts: [{{path: {name}}}]\n")


def test_packed_parquet_is_refused(bench):
    bench.write("contacts.parquet.gz", gzip.compress(b"PAR1"))
    with pytest.raises(InputError, match=r"I004 .*neither CSV, NDJSON nor Parquet by its name"):
        bench.survey("contacts: [{path: contacts.parquet.gz}]\n")
    with pytest.raises(InputError, match=r"I004 .*Parquet is packed inside"):
        bench.survey("contacts: [{path: contacts.parquet.gz, format: parquet}]\n")


def test_a_hive_partitioned_folder_of_every_format(with_contacts):
    with_contacts.write("events/day=2026-01-01/1.csv.gz", gzip.compress(PLAIN.encode()))
    with_contacts.write("events/day=2026-01-02/2.jsonl", LINES)
    frame = pl.DataFrame({"contact_id": ["1"], "event": ["p"], "at": ["2026-01-03"], "day": ["inside"]})
    (with_contacts.folder / "events/day=2026-01-03").mkdir()
    frame.write_parquet(with_contacts.folder / "events/day=2026-01-03/3.parquet")
    loaded = with_contacts.load(CONTACTS + "events: [{path: events}]\n")
    assert rows(loaded.events[0].frame.select("day", "event")) == [
        ("2026-01-01", "visit"), ("2026-01-01", "open"), ("2026-01-02", "visit"), ("2026-01-02", "open"),
        ("2026-01-03", "p"),
    ]  # fmt: skip


# --- streams -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-16"),
        LINES.encode(),
        packed(LINES.encode()),
        zstandard.compress(PLAIN.encode()),
        b"PAR1",
    ],
)
def test_standard_input(with_contacts, monkeypatch, content):
    if content == b"PAR1":
        target = io.BytesIO()
        pl.DataFrame(EXPECTED, schema=["contact_id", "event", "url"], orient="row").with_columns(
            at=pl.lit("2026-01-01")
        ).write_parquet(target)
        content = target.getvalue()
    monkeypatch.setattr("sys.stdin", Piped(content))
    found, loaded = events(with_contacts, "-")
    assert found == EXPECTED
    assert loaded.events[0].record.files[0][:2] == ("-", len(content))


def test_standard_input_by_a_flag(with_contacts, monkeypatch):
    monkeypatch.setattr("sys.stdin", Piped(PLAIN.encode()))
    project = settle(with_contacts.project(CONTACTS), {"events": ["-"]}, environ={})
    assert [source.path for source in project.settings.events] == ["-"]


def test_standard_input_twice_or_empty_or_a_terminal(with_contacts, monkeypatch):
    with pytest.raises(ProjectFileError, match=r"P030 Standard input \(`-`\) can be one source"):
        with_contacts.survey(CONTACTS + "events: [{path: '-'}, {path: '-'}]\n")
    monkeypatch.setattr("sys.stdin", Piped(b""))
    with pytest.raises(InputError, match=r"I002 events: `-` is empty"):
        events(with_contacts, "-")
    terminal = Piped(b"")
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    with pytest.raises(InputError, match=r"I001 events: nothing is piped in"):
        events(with_contacts, "-")


def test_a_named_pipe(with_contacts):
    pipe = with_contacts.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(LINES.encode()))
    writer.start()
    assert events(with_contacts, "pipe")[0] == EXPECTED
    writer.join()


def test_no_copy_stays_where_a_survey_stops(with_contacts, monkeypatch, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with_contacts.write("events.csv.gz", gzip.compress(PLAIN.encode()))
    with pytest.raises(InputError):
        with_contacts.survey(CONTACTS + "events: [{path: events.csv.gz}, {path: none.csv}]\n")
    assert list(folder.iterdir()) == []


def test_an_address_is_no_file(with_contacts):
    with pytest.raises(ProjectFileError, match=r'P031 "gs://bucket/x.csv" is a URL; flamescore reads local'):
        events(with_contacts, "gs://bucket/x.csv")


def test_zstandard_without_its_package_says_what_to_install(with_contacts, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with_contacts.write("events.csv.zst", b"\x28\xb5\x2f\xfd")
    with pytest.raises(InputError) as caught:
        events(with_contacts, "events.csv.zst")
    assert caught.value.problems[0].message == (
        "`events.csv.zst` is packed with Zstandard, and the package zstandard is not installed."
    )
    assert caught.value.problems[0].hint == "Install `flamescore[zst]`, or unpack the file."
