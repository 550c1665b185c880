"""Every type that a Parquet file may contain: what it is read as; unreadable columns matter only if used.

`parquet_types/make.py` wrote the files; their columns are `contact_id` and `x`.
"""

import shutil
from pathlib import Path
from random import Random

import polars as pl
import pytest
from cli_bench import check_law, score
from exports_bench import texts

from flamescore.columns import NamedColumns
from flamescore.errors import InputError
from flamescore.exports import load, readable

FILES = Path(__file__).parent / "parquet_types"
CONTACTS = "contacts: [{path: contacts.parquet}]\n"
EVENTS = "contacts: [{path: contacts.csv}]\nevents: [{path: events.parquet}]\n"
UUID = "7ed4bffc-f189-40b0-9090-c58e1cba14b8"
PLAIN = {
    "binary_text": ["/a", "/é", None],
    "uuid": [UUID, "00000000-0000-0000-0000-000000000001", None],
    "uuid_raw": [UUID, "00000000-0000-0000-0000-000000000001", None],
    "list": ['["a","b"]', "[]", None],
    "list_of_struct": ['[{"b":1,"a":"x"},null]', "[]", None],
    "struct": ['{"b":1,"a":{"c":[true]}}', '{"b":null,"a":null}', None],
    "struct_of_binary": [f'{{"raw":"ff00","id":"{UUID}","t":"x"}}', '{"raw":"","id":null,"t":"y"}', None],
    "map": ['{"b":1,"a":2}', "{}", None],
    "map_of_binary": ['{"7":"ff00"}', "{}", None],
    "decimal128": ["1.5", "100", None],
    "time32": ["01:02:03", "00:00:00", None],
    "time64": ["01:02:03", None, None],
    "duration": ["P1D", "PT0S", None],
    "float16": ["1.5", None, None],
    "uint64": ["18446744073709551615", "0", None],
    "dictionary": ["a", "b", None],
    "nothing": [None, None, None],
    "date": ["2026-01-01", "2147483647d", None],
    "timestamp_ms": ["2026-01-01T00:00:00", "4611686018427387904ms", None],
    "timestamp_us": ["2026-01-01T00:00:00", "9223372036854775807us", None],
    "timestamp_ns": ["2026-01-01T00:00:00", "1970-01-01T00:00:00", None],
    "timestamp_ms_utc": ["2026-01-01T00:00:00Z", "-4611686018427387904ms", None],
    "timestamp_us_utc": ["2026-01-01T00:00:00Z", "-9223372036854775808us", None],
    "timestamp_ns_zone": ["2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z", None],
    "int96": ["0001-02-03T04:05:06", "9999-12-31T23:59:59", None],
    "int96_inside": ['["0001-02-03 04:05:06"]', '["9999-12-31 23:59:59"]', "[null]"],
}
UNREADABLE = {
    "binary_other": "binary",
    "decimal256": "decimal(50, 2)",
    "decimal256_in_list": "list with decimal(50, 2) inside",
    "interval": "interval",
    "interval_in_struct": "struct with interval inside",
}


@pytest.fixture
def laid(bench):
    """Return a function that copies one of the files to where the project expects it."""

    def lay(name, where="contacts.parquet"):
        shutil.copy(FILES / f"{name}.parquet", bench.folder / where)
        return bench

    bench.write("contacts.csv", "contact_id\n1\n2\n3\n")
    return lay


def test_every_file_is_tried():
    others = {"dots", "no_columns", "no_rows", "no_row_groups", "twice"}
    files = {each.stem for each in FILES.glob("*.parquet") if not each.stem.startswith("events_")}
    assert files == {*PLAIN, *UNREADABLE, *others}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("named", [NamedColumns(), NamedColumns(contacts=frozenset({"x"})), None])
def test_what_a_column_is_read_as(laid, name, named):
    loaded = load(readable(laid(name).survey(CONTACTS), named))
    assert loaded.contacts.select(pl.col("x").cast(pl.String)).to_series().to_list() == PLAIN[name]
    assert loaded.records[0].notes == ()


@pytest.mark.parametrize(("name", "told"), UNREADABLE.items())
def test_a_column_that_nobody_names_makes_no_file_unreadable(laid, name, told):
    for named in (NamedColumns(), NamedColumns(events=frozenset({"x"})), None):
        loaded = load(readable(laid(name).survey(CONTACTS), named))
        assert loaded.contacts.rows() == [("1",), ("2",), ("3",)]
        assert loaded.records[0].notes == (f"the column `x` can't be read ({told}); it is left out",)


@pytest.mark.parametrize(("name", "told"), UNREADABLE.items())
@pytest.mark.parametrize(
    "keys", ["", "columns: {company: x}, ", "rename: {x: {a: b}}, ", "leave_out: {x: a}, ", "cut: {x: a}, "]
)
def test_a_column_that_is_named_and_can_not_be_read(laid, name, told, keys):
    named = NamedColumns() if keys else NamedColumns(contacts=frozenset({"x"}))
    opened = laid(name).survey(f"contacts: [{{{keys}path: contacts.parquet}}]\n")
    with pytest.raises(InputError) as error:
        readable(opened, named)
    assert str(error.value) == (
        f"I004 `contacts.parquet`: the column `x` can't be read: its type is {told}.\n"
        "        Export it as text, or name it nowhere in the rules and the project file."
    )


def test_tags_may_be_a_list_of_bytes(bench):
    pl.DataFrame({"contact_id": ["1", "2"], "tags": [[b"VIP", b" Blog "], None]}).write_parquet(
        bench.folder / "contacts.parquet"
    )
    assert bench.load(CONTACTS).contacts["tags"].to_list() == [["VIP", "Blog"], []]


def test_names_with_dots_are_names(laid):
    assert laid("dots").load(CONTACTS).contacts.columns == ["contact_id", "a.b"]


@pytest.mark.parametrize("name", ["no_rows", "no_row_groups"])
def test_a_file_without_rows(laid, name):
    with pytest.raises(InputError, match=r"^I002 contacts: `contacts.parquet` has a header and no row"):
        laid(name).load(CONTACTS)


def test_two_columns_of_one_name(laid):
    with pytest.raises(InputError) as error:
        laid("twice").survey(CONTACTS)
    assert str(error.value) == 'I004 contacts: `contacts.parquet` has two columns called "x"; rename one.'


def test_an_encrypted_file(laid):
    bench = laid("list")
    data = (bench.folder / "contacts.parquet").read_bytes()
    bench.write("contacts.parquet", b"PARE" + data[4:-4] + b"PARE")
    with pytest.raises(InputError) as error:
        bench.survey(CONTACTS)
    assert str(error.value) == (
        "I004 contacts: `contacts.parquet` is encrypted.\n        Write it without encryption."
    )


# --- times -------------------------------------------------------------------------------------------

STORED = {
    "events_ms": '"4611686018427387904ms"',
    "events_ms_utc": '"4611686018427387904ms"',
    "events_us": '"9223372036854775807us"',
    "events_us_utc": '"9223372036854775807us"',
    "events_date": '"2147483647d"',
}


@pytest.mark.parametrize("name", STORED)
@pytest.mark.parametrize("zone", ["UTC", "America/Phoenix"])
def test_one_time_out_of_range_rejects_one_row(laid, name, zone):
    (source,) = laid(name, "events.parquet").load(EVENTS, limit="100%", zone=zone).events
    read = source.frame.collect()
    assert read["contact_id"].to_list() == ["1", "3"]
    hour = 7 if zone != "UTC" and not name.endswith("_utc") else 0
    assert texts(read["at"]) == [f"2026-01-02T{hour:02}:00:00Z"] * 2


@pytest.mark.parametrize(("name", "stored"), STORED.items())
def test_the_row_is_told_with_what_is_stored(laid, name, stored):
    ran = score(laid(name, "events.parquet").folder, "max_rejects: 100%\n" + EVENTS)
    assert (ran.code, "Traceback" in ran.said) == (0, False)
    check_law(ran.record)
    assert [(each["kept"], each["rejected"]) for each in ran.record["sources"]] == [(3, 0), (2, 1)]
    raw = f'{{"contact_id": "2", "event": "visit", "at": {stored}}}'.replace('"', '""')
    assert (ran.folder / "rejects.csv").read_text().splitlines()[1:] == [
        f'events.parquet,2,,unreadable_time,The time can\'t be read.,"{raw}"'
    ]


@pytest.mark.parametrize("name", ["events_epoch", "events_unsigned"])
def test_whole_numbers_that_are_no_epochs_are_rejected(laid, name):
    loaded = laid(name, "events.parquet").load(EVENTS, limit="100%")
    assert texts(loaded.events[0].frame.collect()["at"]) == ["2026-01-02T00:00:00Z"]
    assert loaded.rejects["reason"].to_list() == ["unreadable_time"] * 2


def test_int96_outside_the_range_of_nanoseconds(laid):
    (source,) = laid("events_int96", "events.parquet").load(EVENTS).events
    assert texts(source.frame.collect()["at"]) == [
        "2026-01-02T00:00:00Z", "9999-01-01T00:00:00Z", "1500-01-01T00:00:00Z",
    ]  # fmt: skip
    ran = score(laid("events_int96", "events.parquet").folder, EVENTS)
    check_law(ran.record)
    assert [(each["kept"], each["later"]) for each in ran.record["sources"]] == [(3, 0), (2, 1)]


# --- through the whole program ------------------------------------------------------------------------

RULE = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: never}
      - {name: Asked, RULE, points: 2}
"""


def with_rule(monkeypatch, rule):
    monkeypatch.setattr("cli_bench.RULES", RULE.replace("RULE", rule))


@pytest.mark.parametrize(("name", "told"), UNREADABLE.items())
def test_a_rule_that_names_what_can_not_be_read(laid, monkeypatch, name, told):
    with_rule(monkeypatch, "field: {x: {empty: false}}")
    ran = score(laid(name).folder, CONTACTS)
    assert (ran.code, ran.record) == (3, None)
    assert ran.said.startswith(
        f"error I004: `contacts.parquet`: the column `x` can't be read: its type is {told}.\n"
    )


@pytest.mark.parametrize(
    ("name", "equals"),
    [("uuid", UUID), ("map", '{"b":1,"a":2}'), ("list", '["a","b"]'), ("binary_text", "/a")],
)
def test_a_rule_asks_the_text(laid, monkeypatch, name, equals):
    with_rule(monkeypatch, f"field: {{x: '{equals}'}}")
    ran = score(laid(name).folder, CONTACTS)
    assert (ran.code, ran.said) == (0, "")
    scores = pl.read_parquet(ran.folder / "scores.parquet")
    assert dict(scores.select("contact_id", "score").iter_rows())["1"] == 3.0


def events_with(folder, **columns):
    rows = {"contact_id": ["1", "2"], "event": ["visit"] * 2, "at": ["2026-01-02"] * 2, **columns}
    pl.DataFrame(rows).write_parquet(folder / "events.parquet")


def test_bytes_of_events_are_looked_into_only_where_a_rule_asks_of_them(bench, monkeypatch):
    bench.write("contacts.csv", "contact_id\n1\n2\n3\n")
    events_with(
        bench.folder, raw=[b"\xff", b"a"], url=[b"/a", b"/b"], id=[bytes.fromhex(UUID.replace("-", "")), None]
    )
    with_rule(monkeypatch, f"event: visit, where: {{url: /a, id: {UUID}}}, count: each, expires: never")
    ran = score(bench.folder, EVENTS)
    assert (ran.code, ran.said) == (0, "")
    scores = pl.read_parquet(ran.folder / "scores.parquet")
    assert dict(scores.select("contact_id", "score").iter_rows()) == {"1": 3.0, "2": 1.0, "3": 0.0}
    for rule in (
        "event: visit, where: {raw: a}, count: once, expires: never",
        "event: visit, per: raw, count: each, expires: never",
        "if: {event: visit, where: {raw: a}}",
    ):
        with_rule(monkeypatch, rule)
        ran = score(bench.folder, EVENTS)
        assert ran.code == 3
        assert ran.said.startswith(
            "error I004: `events.parquet`: the column `raw` can't be read: its type is binary.\n"
        )


# --- damage ------------------------------------------------------------------------------------------


def test_what_is_torn_inside_is_told_with_the_file(bench):
    """The metadata of both files is valid, but the pages of one are damaged."""
    bench.write("contacts.csv", "contact_id\n1\n2\n3\n")
    (bench.folder / "events").mkdir()
    for name in ("a", "b"):
        events_with(bench.folder, url=["x" * 50, "y" * 50])
        data = (bench.folder / "events.parquet").read_bytes()
        if name == "b":
            data = data[:4] + b"\xff" * 200 + data[204:]
        bench.write(f"events/{name}.parquet", data)
    ran = score(bench.folder, EVENTS.replace("events.parquet", "events"))
    assert ran.code == 3
    assert ran.said == (
        "error I004: `events/b.parquet` is damaged and can't be read to the end.\n"
        "        Do: Export it again.\n"
    )


def flipped(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def run_flipped(bench, name, at, bit):
    data = flipped((FILES / f"{name}.parquet").read_bytes(), at, bit)
    which = "events" if name.startswith("events_") else "contacts"
    bench.write(f"{which}.parquet", data)
    ran = score(
        bench.folder, "max_rejects: 100%\n" + (EVENTS if which == "events" else CONTACTS), "--dry-run"
    )
    assert ran.code in (0, 2, 3), (name, at, bit, ran.said)
    assert "Traceback" not in ran.said
    assert "Panic" not in ran.said
    assert ran.code != 2 or " P028: " in ran.said, ran.said


@pytest.mark.parametrize("seed", range(3))
def test_some_flipped_bits_are_no_fault_of_the_program(laid, seed):
    dice = Random(seed)
    bench = laid("list")
    for _ in range(4):
        name = dice.choice(sorted([*PLAIN, *STORED]))
        size = (FILES / f"{name}.parquet").stat().st_size
        run_flipped(bench, name, dice.randrange(size), dice.randrange(8))


@pytest.mark.full
@pytest.mark.parametrize("name", ["struct_of_binary", "timestamp_ms", "int96", "events_ms", "uuid", "map"])
def test_no_flipped_bit_is_a_fault_of_the_program(laid, name):
    bench = laid("list")
    for at in range((FILES / f"{name}.parquet").stat().st_size):
        run_flipped(bench, name, at, at % 8)
