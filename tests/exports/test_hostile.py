"""Hostile files do no harm: an error or rejects, in bounded memory, and never a traceback."""

import gzip
import io

import polars as pl
import pytest
import zstandard
from cli_bench import check_law, score, score_measured

from flamescore.exports import records
from flamescore.text import printable

CONTACTS = "contacts: [{path: contacts.csv}]\n"
EVENTS = CONTACTS + "events: [{path: events.csv}]\n"
HEAD = "contact_id,event,at,url\n"
ROW = "1,visit,2026-01-01,/a\n"
MOST = 1500
"""The memory limit, in megabytes."""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "contacts.csv").write_text("contact_id,email\n1,a@x.org\n2,b@x.org\n")
    return tmp_path


def write_often(path, piece, times, *, head=HEAD):
    block = piece.encode() * 1000
    with path.open("wb") as file:
        file.write(head.encode())
        for _ in range(times // 1000):
            file.write(block)


# --- names ---------------------------------------------------------------------------------------------


def test_a_name_with_a_newline_in_it(folder):
    (folder / "ev\nents\x1b[31m.csv").write_text(HEAD + ROW * 30 + "1,visit\n" * 30)
    ran = score(folder, CONTACTS + "events: [{path: 'ev*'}]\n")
    assert ran.code == 3
    assert r"ev\x0aents\x1b[31m.csv record 31 (line 32)" in ran.said
    ran = score(folder, CONTACTS + "events: [{path: 'ev*'}]\n", "--max-rejects", "100%")
    assert ran.code == 0
    assert [each["path"] for each in ran.record["sources"][1]["files"]] == [r"ev\x0aents\x1b[31m.csv"]
    assert r"ev\x0aents\x1b[31m.csv,31,32,short_row" in (ran.folder / "rejects.csv").read_text()


def test_names_are_shown_on_one_line():
    assert printable("a\nb\t\x7f é \udcff") == r"a\x0ab\x09\x7f é \udcff"


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b", "x/" * 3000, "contacts.csv/x", "[", "**/" * 50 + "x"])
def test_a_path_that_is_none(folder, path):
    escaped = path.replace("\0", r"\0")
    ran = score(folder, CONTACTS + f'events: [{{path: "{escaped}"}}]\n')
    assert ran.code in (2, 3), ran.said
    assert "Traceback" not in ran.said


def test_a_header_and_cells_with_newlines(folder):
    (folder / "events.csv").write_text('contact_id,event,at,"u\nrl","u\nrl"\n1,visit,2026-01-01,"a\nb",c\n')
    ran = score(folder, EVENTS, "-v")
    assert ran.code == 0
    assert "The header `u\\x0arl` is there more than once" in ran.said


# --- Parquet -------------------------------------------------------------------------------------------


def parquet():
    target = io.BytesIO()
    pl.DataFrame(
        {
            "contact_id": ["1"] * 5000,
            "event": ["visit"] * 5000,
            "at": ["2026-01-01"] * 5000,
            "url": ["/a"] * 5000,
        }
    ).write_parquet(target, row_group_size=1000)
    return target.getvalue()


def forged(data, at, value):
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[-500:],
        lambda _: b"PAR1",
        lambda _: b"PAR1PAR1",
        lambda _: b"PAR1\xff\xff\xff\x7fPAR1",
        lambda data: forged(data, len(data) - 8, b"\xff\xff\xff\x7f"),
        lambda data: forged(data, len(data) - 8, b"\x01\0\0\0"),
        lambda data: forged(data, len(data) - 300, b"\xff" * 40),
        lambda data: forged(data, 4, b"\xff" * 200),
    ],
)
def test_a_parquet_file_that_is_cut_short_or_forged(folder, damage):
    (folder / "events.parquet").write_bytes(damage(parquet()))
    ran = score(folder, CONTACTS + "events: [{path: events.parquet}]\n")
    assert ran.code == 3, ran.said
    assert ran.said.startswith("error I004: ")


# --- size ----------------------------------------------------------------------------------------------


def test_many_columns(folder):
    names = ",".join(f"c{i}" for i in range(100_000))
    (folder / "contacts.csv").write_text(f"contact_id,{names}\n1{',' * 100_000}\n")
    ran = score(folder, CONTACTS)
    assert ran.code == 3
    assert ran.said.startswith(
        "error I006: `contacts.csv`: the header has 100,001 columns; 20,000 is the most"
    )


def test_the_most_columns_there_may_be(folder):
    names = ",".join(f"c{i}" for i in range(19_999))
    (folder / "contacts.csv").write_text(f"contact_id,{names}\n1{',' * 19_999}\n")
    (folder / "events.csv").write_text(HEAD + ROW)
    assert score(folder, EVENTS, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b'1,vi"sit,2026-01-01,/a\n', "stray_quote"),
        (b'1,"visit,2026-01-01,/a\n', "unclosed_quote"),
        (b"1,visit\n", "short_row"),
        (b"\0\n", "nul_byte"),
    ],
)
def test_damage_without_end_costs_as_many_reads_as_there_are_bytes(
    with_contacts, monkeypatch, damaged, reason
):
    """A file is read in blocks; many damaged records must not need a read each."""
    reads = []
    read = records.read_at
    monkeypatch.setattr(records, "read_at", lambda *a: reads.append(a) or read(*a))
    with_contacts.write("events.csv", HEAD.encode() + ROW.encode() + damaged * 50_000)
    found = with_contacts.load(EVENTS, limit="100%").rejects
    assert (found.height, found["reason"].unique().to_list()) == (50_000, [reason])
    assert len(reads) < 100


@pytest.mark.full
@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        ("junk\n", "short_row"),
        ('1,vi"sit,2026-01-01,/a\n', "stray_quote"),
        ('1,"visit,2026-01-01,/a\n', "unclosed_quote"),
        ("1,visit,soon,/a\n", "unreadable_time"),
        (",,,\n", "missing_contact"),
    ],
)
def test_ten_million_rows_of_junk(folder, piece, reason):
    write_often(folder / "events.csv", piece, 10_000_000)
    ran = score_measured(folder, EVENTS)
    assert ran.code == 3
    assert (
        f"10,000,000 of 10,000,000 rows are rejected, which leaves nothing: 10,000,000 {reason}" in ran.said
    )
    assert ran.megabytes < MOST


@pytest.mark.full
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_of_a_hundred_megabytes(folder, quote):
    long = f"1,visit,2026-01-01,{quote}{'x' * 100_000_000}{quote}\n"
    (folder / "events.csv").write_text(HEAD + ROW + long + ROW)
    ran = score_measured(folder, EVENTS)
    assert ran.code == 0, ran.said
    check_law(ran.record)
    assert ran.record["sources"][1]["rejected"] == 1
    assert ran.megabytes < MOST
    rejects = (ran.folder / "rejects.csv").read_text()
    assert rejects.splitlines()[1].startswith("events.csv,2,3,too_long,")
    assert len(rejects) < 100_000


@pytest.mark.full
@pytest.mark.parametrize("name", ["events.csv", "events.ndjson"])
def test_nothing_but_a_line_of_a_hundred_megabytes(folder, name):
    (folder / name).write_text("x" * 100_000_000)
    ran = score_measured(folder, CONTACTS + f"events: [{{path: {name}}}]\n")
    assert (ran.code, "Traceback" in ran.said) == (3, False)
    assert ran.megabytes < MOST


@pytest.mark.full
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_bomb_of_ten_gigabytes(folder, pack):
    name = "events.csv.gz" if pack is gzip.compress else "events.csv.zst"
    piece = pack(HEAD.encode() + b"0" * 100_000_000)
    (folder / name).write_bytes(piece * 100)
    ran = score_measured(folder, CONTACTS + f"events: [{{path: {name}}}]\n")
    assert (ran.code, "unpacks to more than 200 times its size" in ran.said) == (3, True), ran.said
    assert ran.megabytes < MOST


@pytest.mark.full
def test_ten_million_lines_of_ndjson_junk(folder):
    write_often(folder / "events.ndjson", "junk\n", 10_000_000, head='{"contact_id":1,"event":"a","at":1}\n')
    ran = score_measured(folder, CONTACTS + "events: [{path: events.ndjson}]\n")
    assert (ran.code, "10,000,000 no_object" in ran.said) == (3, True), ran.said
    assert ran.megabytes < MOST
