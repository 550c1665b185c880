"""Damaged files through the whole program: the counts of rows add up, and no internal error occurs."""

# ruff: noqa: E501 - the lists of damage stay dense

import gzip
import io
import os
from random import Random

import polars as pl
import pytest
import zstandard
from cli_bench import check_law, prepare, score
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flamescore.errors import InputError
from flamescore.nightly import Options, nightly
from flamescore.project import load_project

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
HEAD = "contact_id,event,at,url\n"
CONTACTS = "contacts: [{path: contacts.csv}]\n"
EVENTS = CONTACTS + "events: [{path: events.csv}]\n"


def often(*, quick, full):
    """Return settings with this many examples in the quick and full profiles."""
    return settings(max_examples=full if FULL else quick, suppress_health_check=list(HealthCheck))


# --- the law of rows, with the fate of every record known ---------------------------------------------

FATES = {
    "1,visit,2026-01-02,/a\n": "kept",
    '2,visit,2026-01-02T10:00:00Z,"/a, ""b"""\r\n': "kept",
    '1,"visit",2026-01-02,"two\nlines"\n': "kept",
    "7,visit,2026-01-02,/a\n": "orphans",
    "1,visit,2027-01-02,/a\n": "later",
    "1,other,2026-01-02,/a\n": "kept",
    "1,visit\n": "rejected",
    "1,visit,2026-01-02,/a,b\n": "rejected",
    '1,vi"sit,2026-01-02,/a\n': "rejected",
    '1,visit,2026-01-02,"a\\"b"\n': "rejected",
    "1,vi\0sit,2026-01-02,/a\n": "rejected",
    ",visit,2026-01-02,/a\n": "rejected",
    "1,,2026-01-02,/a\n": "rejected",
    "1,visit,,/a\n": "rejected",
    "1,visit,soon,/a\n": "rejected",
    "A report of 5700 records\n": "rejected",
    "\n": None,
    "  \r\n": None,
}


@often(quick=60, full=1000)
@given(st.lists(st.sampled_from(list(FATES)), min_size=1, max_size=80), st.booleans())
def test_every_row_has_its_fate(tmp_path_factory, records, packed):
    folder = tmp_path_factory.mktemp("law")
    records = ["1,visit,2026-01-02,/a\n", *records]
    body = (HEAD + "".join(records)).encode()
    name = "events.csv.gz" if packed else "events.csv"
    (folder / name).write_bytes(gzip.compress(body) if packed else body)
    (folder / "contacts.csv").write_text("contact_id\n1\n2\n")
    prepare(folder, "max_rejects: 100%\n" + CONTACTS + f"events: [{{path: {name}}}]\n")
    record = nightly(load_project(folder / "flamescore.yaml"), Options(dry_run=True, accept=True)).record
    fates = [FATES[each] for each in records if FATES[each]]
    (found,) = [source.as_dict() for source in record.sources if source.kind == "events"]
    expected = {fate: fates.count(fate) for fate in ("kept", "orphans", "later", "rejected")}
    assert {fate: found[fate] for fate in expected} == expected
    assert found["rows"] == len(fates)


# --- damage of any kind -------------------------------------------------------------------------------

QUIRKS = (
    b'"', b'""', b'"\n', b'\\"', b"\0", b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"|", b"sep=;\n", b"\xff", b"\xfe\xff",
    b"\xef\xbb\xbf", "é".encode("latin-1"), "é".encode(), "x\n".encode("utf-16"), b"{", b"}", b"[" * 3000, b'{"a":', b"1e999",
    b"\xed\xa0\x80", b"\\u0000", b"\\ud800", b"2026-02-30", b"99999999999999999999", b"%", b"=1+1", b"\x1a", b"\xe2\x80\xa8",
)  # fmt: skip


def _rows(kind):
    rows = [
        {"contact_id": str(i % 4), "event": "visit", "at": f"2026-01-{i % 28 + 1:02}", "url": f"/{i}"}
        for i in range(40)
    ]
    if kind == "ndjson":
        return "".join(pl.DataFrame([row]).write_ndjson() for row in rows).encode()
    if kind == "parquet":
        target = io.BytesIO()
        pl.DataFrame(rows).write_parquet(target, row_group_size=10)
        return target.getvalue()
    return (HEAD + "".join(",".join(row.values()) + "\n" for row in rows)).encode()


def damaged(dice, data):
    """Replace, delete, repeat or insert bytes, or truncate the data: 0 to 20 times."""
    out = bytearray(data)
    for _ in range(dice.choice([0, 1, 1, 2, 5, 20])):
        at, length = dice.randrange(len(out) + 1), dice.choice([1, 1, 2, 8, 64])
        match dice.randrange(6):
            case 0 if at < len(out):
                out[at] = dice.randrange(256)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length * 4]
            case 3:
                del out[at:]
            case _:
                out[at:at] = dice.choice(QUIRKS)
    return bytes(out)


NAMES = (
    "events.csv", "events.csv", "events.csv", "events.ndjson", "events.ndjson", "events.csv.gz", "events.csv.zst",
    "events.ndjson.gz", "events.parquet",
)  # fmt: skip
CODINGS = ("utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "latin-1", "utf-32", "utf-8-sig")


def write_damaged(folder, seed):
    """Write a damaged export of events; return its name."""
    dice = Random(seed)
    name = dice.choice(NAMES)
    data = _rows(name.split(".")[1])
    if name != "events.parquet" and dice.random() < 0.4:
        data = data.decode().encode(dice.choice(CODINGS))
    data = damaged(dice, data)
    packed = {"gz": gzip.compress, "zst": zstandard.compress}.get(name.split(".")[-1])
    if packed:
        data = packed(data)
        data = damaged(dice, data) if dice.random() < 0.3 else data
    (folder / name).write_bytes(data)
    return name


def write_contacts(folder, seed):
    dice = Random(f"contacts {seed}")
    sound = b"contact_id,email,tags\n" + b"".join(b"%d,p%d@x.org,a;b\n" % (i, i) for i in range(30))
    (folder / "contacts.csv").write_bytes(damaged(dice, sound) if dice.random() < 0.3 else sound)


@often(quick=120, full=3000)
@given(st.integers(0, 2**40))
def test_no_damaged_file_is_a_fault_of_the_program(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("fuzz")
    name = write_damaged(folder, seed)
    write_contacts(folder, seed)
    project = CONTACTS + f"events: [{{path: {name}}}]\n"
    words = ["--max-rejects", "100%"] if seed % 3 else []
    ran = score(folder, project, *words, *(["--dry-run"] if seed % 8 else []))
    assert ran.code in (0, 2, 3), (seed, ran.said)
    assert "Traceback" not in ran.said
    if ran.record:
        check_law(ran.record)


@often(quick=60, full=1000)
@given(st.integers(0, 2**40))
def test_rows_of_any_damaged_file_add_up(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("law")
    name = write_damaged(folder, seed)
    write_contacts(folder, -seed)
    prepare(folder, "max_rejects: 100%\n" + CONTACTS + f"events: [{{path: {name}}}]\n")
    try:
        outcome = nightly(load_project(folder / "flamescore.yaml"), Options(dry_run=True, accept=True))
    except InputError:
        return
    except Exception as error:
        if "P028" in str(error):
            return
        raise
    record = outcome.record.as_dict()
    check_law(record)
    (events,) = [source for source in record["sources"] if source["kind"] == "events"]
    assert events["old"] == events["pruned"] == 0
    assert events["kept"] <= events["rows"] - events["rejected"]


@pytest.mark.parametrize("name", ["events.csv", "events.ndjson", "events.parquet"])
def test_the_undamaged_file_is_sound(tmp_path, name):
    (tmp_path / name).write_bytes(_rows(name.split(".")[1]))
    (tmp_path / "contacts.csv").write_text("contact_id\n0\n1\n2\n3\n")
    ran = score(tmp_path, CONTACTS + f"events: [{{path: {name}, newest_within: 1y}}]\n")
    assert (ran.code, ran.said, ran.record["sources"][1]["kept"]) == (0, "", 40)
