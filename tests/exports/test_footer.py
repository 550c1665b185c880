"""What the footers of Parquet files tell of their row groups."""

import re
from datetime import UTC, date, datetime, timedelta
from time import process_time

import polars as pl
import pytest
from footer_bench import MAGIC, encode, file, footer, number, varint
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports import footer as module
from flamescore.exports import metadata, thrift
from flamescore.exports.footer import Bounds, RowGroup, row_groups

UNKNOWN = Bounds(None, None, None)
DAY = 86_400_000_000


def micros(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def write(path, frame, *, size, **options):
    frame.write_parquet(path, row_group_size=size, **options)
    return path


def bounds(path, *names):
    """Return the bounds of each column, row group by row group."""
    groups = row_groups(path, names)
    assert groups is not None
    return [tuple((it.low, it.high, it.nulls) for it in group.bounds.values()) for group in groups]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.parquet"


def test_row_groups_tell_their_rows_bounds_and_nulls(path):
    frame = pl.DataFrame(
        {"id": [3, -1, None, 7, 7], "event": ["visit", "open", "öffnen", None, None], "f": [0.5] * 5}
    )
    write(path, frame, size=2)
    assert row_groups(path, ["event", "id", "missing"]) == (
        RowGroup(2, {"id": Bounds(-1, 3, 0), "event": Bounds(b"open", b"visit", 0)}),
        RowGroup(2, {"id": Bounds(7, 7, 1), "event": Bounds("öffnen".encode(), "öffnen".encode(), 1)}),
        RowGroup(1, {"id": Bounds(7, 7, 0), "event": Bounds(None, None, 1)}),
    )


def test_no_column_needs_to_be_asked_for(path):
    write(path, pl.DataFrame({"id": [1, 2, 3]}), size=2)
    assert row_groups(path, []) == (RowGroup(2, {}), RowGroup(1, {}))


def test_a_file_without_rows(path):
    groups = row_groups(write(path, pl.DataFrame({"id": []}, {"id": pl.Int64}), size=2), ["id"])
    assert groups is not None
    assert sum(group.rows for group in groups) == 0


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_times_are_told_in_microseconds(path, unit, zone):
    times = [datetime(1965, 3, 1, 12, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC), None]
    column = pl.Series("at", times, pl.Datetime(unit, "UTC"))
    column = column.dt.convert_time_zone(zone) if zone else column.dt.replace_time_zone(None)
    write(path, column.to_frame(), size=3)
    assert bounds(path, "at") == [((micros("1965-03-01T12:00"), micros("2026-01-02T03:04:05.678"), 1),)]


def test_nanoseconds_are_rounded_outwards(path):
    column = pl.Series("at", [-1001, 1001]).cast(pl.Datetime("ns"))
    assert bounds(write(path, column.to_frame(), size=2), "at") == [((-2, 2, 0),)]


def test_dates_are_told_as_their_midnight(path):
    frame = pl.DataFrame({"day": [date(1969, 12, 31), date(1970, 1, 3)]})
    assert bounds(write(path, frame, size=2), "day") == [((-DAY, 2 * DAY, 0),)]


@pytest.mark.parametrize("kind", [pl.Int8, pl.Int16, pl.Int32, pl.Int64])
def test_signed_numbers_are_told_as_they_are(path, kind):
    assert bounds(write(path, pl.DataFrame({"n": [-5, 100]}, {"n": kind}), size=2), "n") == [((-5, 100, 0),)]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([1, None], dtype=pl.UInt8),
        pl.Series([1, None], dtype=pl.UInt32),
        pl.Series([1, None], dtype=pl.UInt64),
        pl.Series([1.5, None]),
        pl.Series([True, None]),
        pl.Series([timedelta(1).total_seconds(), None]).cast(pl.Decimal(9, 2)),
        pl.Series([1, None]).cast(pl.Time),
        pl.Series([1, None]).cast(pl.Int128),
    ],
    ids=lambda column: str(column.dtype),
)
def test_of_all_other_types_only_nulls_are_told(path, column):
    assert bounds(write(path, column.alias("x").to_frame(), size=2), "x") == [((None, None, 1),)]


def test_nested_columns_are_left_out(path):
    frame = pl.DataFrame(
        {"list": [[1, 2], None], "at": [4, 5], "struct": [{"at": 1, "x": 2}, {"at": 3, "x": 4}]}
    )
    write(path, frame, size=2)
    assert row_groups(path, ["list", "struct", "at", "x", "item", "element"]) == (
        RowGroup(2, {"at": Bounds(4, 5, 0)}),
    )


@pytest.mark.parametrize("statistics", [False, {"min": False, "max": False, "null_count": False}])
def test_a_file_without_statistics(path, statistics):
    write(path, pl.DataFrame({"at": [1, 2, 3]}), size=2, statistics=statistics)
    assert row_groups(path, ["at"]) == (RowGroup(2, {"at": UNKNOWN}), RowGroup(1, {"at": UNKNOWN}))


def test_only_nulls_are_counted(path):
    write(
        path,
        pl.DataFrame({"at": [1, None, 3]}),
        size=3,
        statistics={"min": False, "max": False, "null_count": True},
    )
    assert bounds(path, "at") == [((None, None, 1),)]


# --- whatever the values are, the bounds enclose them -------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8"), max_size=90) | st.sampled_from(
    ["\U0010ffff" * 30, "é" * 40, "\x7f" * 70, ""]
)
VALUES = {
    "n": st.integers(-(2**63), 2**63 - 1),
    "small": st.integers(-(2**31), 2**31 - 1),
    "text": TEXTS,
    "ms": st.integers(-(2**50), 2**50),
    "us": st.integers(-(2**60), 2**60),
    "ns": st.integers(-(2**63), 2**63 - 1),
    "day": st.integers(-(2**20), 2**20),
    "other": st.floats(),
}
TYPES = {
    "n": pl.Int64, "small": pl.Int32, "text": pl.String, "ms": pl.Datetime("ms"), "ns": pl.Datetime("ns"),
    "us": pl.Datetime("us", "UTC"), "day": pl.Date, "other": pl.Float64,
}  # fmt: skip
PLAIN = {"ms": pl.Int64, "us": pl.Int64, "ns": pl.Int64, "day": pl.Int32}
SCALE = {"ms": (1000, 1), "ns": (1, 1000), "day": (DAY, 1)}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), max_size=25
)


@given(ROWS, st.integers(1, 9))
def test_bounds_enclose_every_value_and_nulls_are_exact(tmp_path_factory, rows, size):
    frame = pl.DataFrame(rows, {name: PLAIN.get(name, kind) for name, kind in TYPES.items()}).cast(TYPES)
    groups = row_groups(write(tmp_path_factory.mktemp("any") / "x.parquet", frame, size=size), list(VALUES))
    assert groups is not None
    start = 0
    for group in groups:
        part = rows[start : start + group.rows]
        start += group.rows
        for name, found in group.bounds.items():
            check(name, found, [row[name] for row in part])
    assert start == len(rows)


def check(name, found, values):
    there = [value.encode() if isinstance(value, str) else value for value in values if value is not None]
    assert found.nulls == len(values) - len(there)
    if name == "other" or not there:
        assert (found.low, found.high) == (None, None)
        return
    factor, divisor = SCALE.get(name, (1, 1))
    if name != "text":
        assert (found.low - 1) * divisor < min(there) * factor
        assert (found.high + 1) * divisor > max(there) * factor
    there = [value * factor for value in there]
    assert found.low is None or found.low * divisor <= min(there)
    assert found.high is None or found.high * divisor >= max(there)


# --- footers that are not as they should be -----------------------------------------------------------


def test_a_footer_by_hand_is_read(path):
    assert row_groups(file(path, footer()), ["at"]) == (RowGroup(3, {"at": Bounds(4, 9, 1)}),)


def test_a_footer_with_numbered_fields_is_read(path):
    assert row_groups(file(path, encode(footer(), long=True)), ["at"]) == (
        RowGroup(3, {"at": Bounds(4, 9, 1)}),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"statistics": {1: number(9), 2: number(4), 3: 0}}, (None, None, 0)),  # of an untold order
        ({"statistics": {5: number(9)}}, (None, 9, None)),
        ({"statistics": {6: number(4)}}, (4, None, None)),
        ({"statistics": {5: number(4), 6: number(9), 3: 0}}, (None, None, 0)),  # high before low
        ({"statistics": {5: number(9, 4), 6: b"", 3: 0}}, (None, None, 0)),
        ({"statistics": {3: 4}}, (None, None, None)),  # of three rows
        ({"statistics": {3: -1}}, (None, None, None)),
        ({"orders": None}, (4, 9, 1)),
        ({"orders": 2}, (None, None, 1)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}}, (b"a", b"b", None)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}, "orders": None}, (None, None, None)),
        ({"kind": 6, "statistics": {5: b"", 6: b""}}, (b"", None, None)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}, "schema": {6: 0}}, (b"a", b"b", None)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}, "schema": {6: 5}}, (None, None, None)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}, "schema": {10: {12: {}}}}, (b"a", b"b", None)),
        ({"kind": 6, "statistics": {5: b"b", 6: b"a"}, "schema": {10: {17: {}}}}, (None, None, None)),
        ({"kind": 7, "statistics": {5: b"b", 6: b"a"}}, (None, None, None)),
        ({"kind": 3, "statistics": {5: b"b" * 12, 6: b"a" * 12}}, (None, None, None)),
        ({"kind": 1}, (None, None, 1)),
        ({"kind": 1, "statistics": {5: number(9, 4), 6: number(-4, 4)}}, (-4, 9, None)),
        ({"kind": 1, "statistics": {5: number(1, 4), 6: number(-1, 4)}, "schema": {6: 6}}, (-DAY, DAY, None)),
        ({"schema": {6: 9}}, (4000, 9000, 1)),
        ({"schema": {6: 10}}, (4, 9, 1)),
        ({"schema": {6: 14}}, (None, None, 1)),
        ({"schema": {6: 18}}, (4, 9, 1)),
        ({"schema": {6: 6}}, (None, None, 1)),  # a date of 64 bits
        ({"schema": {6: 8}}, (None, None, 1)),
        ({"schema": {6: 10, 10: {8: {1: True, 2: {1: {}}}}}}, (4000, 9000, 1)),  # the newer way to say it
        ({"schema": {10: {8: {1: False, 2: {3: {}}}}}}, (0, 1, 1)),
        ({"schema": {10: {8: {1: False, 2: {4: {}}}}}}, (None, None, 1)),
        ({"schema": {10: {8: {1: False}}}}, (None, None, 1)),
        ({"schema": {10: {10: {1: 64, 2: True}}}}, (4, 9, 1)),
        ({"schema": {10: {10: {1: 64, 2: False}}}}, (None, None, 1)),
        ({"schema": {10: {}}}, (None, None, 1)),
        ({"schema": {10: {99: {}}}}, (None, None, 1)),
    ],
)  # fmt: skip
def test_only_what_is_told_clearly_is_told(path, changes, expected):
    assert bounds(file(path, footer(**changes)), "at") == [(expected,)]


def test_a_repeated_column_is_left_out(path):
    assert row_groups(file(path, footer(schema={3: 2})), ["at"]) == (RowGroup(3, {}),)


ROOT, AT = {4: b"root", 5: 1}, {1: 2, 3: 1, 4: b"at"}
CHUNK = footer()[4][0][1][0]


@pytest.mark.parametrize(
    "changed",
    [
        footer() | {3: 4},  # other rows
        footer(rows=-3),
        footer(column={5: 2}),
        footer(column={1: 1}),
        footer(column={3: [b"to"]}),
        footer(column={3: [b"a", b"t"]}),
        footer(chunk={1: b"elsewhere.parquet"}),
        footer(chunk={8: {1: {}}}),
        footer(chunk={9: b"sealed"}),
        footer() | {7: [{1: {}}, {1: {}}]},
        footer() | {8: {1: {}}},
        footer() | {4: [{1: [], 2: 70, 3: 3}]},
        footer() | {4: [{1: [CHUNK, CHUNK], 2: 70, 3: 3}]},
        footer() | {2: [{4: b"root", 5: 2}, AT, AT], 4: [{1: [CHUNK, CHUNK], 3: 3}], 7: [{1: {}}, {1: {}}]},
        footer() | {4: [{1: [{2: 0}], 2: 70, 3: 3}]},
        footer() | {4: [{2: 70, 3: 3}]},
        footer() | {4: [3]},
        footer() | {4: {}},
        footer() | {2: [{4: b"root", 5: 2}, AT]},
        footer() | {2: [{4: b"root", 5: 2}, AT, AT]},
        footer() | {2: [{4: b"root", 5: -1}, AT]},
        footer() | {2: [ROOT, AT, AT]},
        footer() | {2: [ROOT, AT | {4: 1}]},
        footer() | {2: b"text"},
        {key: value for key, value in footer().items() if key != 2},
        {key: value for key, value in footer().items() if key != 3},
        {key: value for key, value in footer().items() if key != 4},
        {4: footer()[4], 2: footer()[2], 3: 3},
        encode(footer())[:-1] + b"\x09\x08\xfc" + varint(2**69),  # so many row groups, says the list
        encode(footer()) + b"\0",
        encode(footer())[:-1],
        b"",
    ],
)
def test_a_footer_in_which_something_is_wrong_tells_nothing(path, changed):
    assert row_groups(file(path, changed), ["at"]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PAR1",
        b"PAR1PAR1",
        MAGIC + b"\0\0\0\0" + MAGIC,
        MAGIC + b"\xff\xff\xff\xff" + MAGIC,
        b"PARE" + b"x" * 40 + b"\x28\0\0\0PARE",
        b"PAR0" + encode(footer()) + len(encode(footer())).to_bytes(4, "little") + MAGIC,
        b"id,event,at\n1,visit,2026-01-01\n",
    ],
)
def test_other_files_tell_nothing(path, data):
    path.write_bytes(data)
    assert row_groups(path, ["at"]) is None


def test_what_is_not_there_or_no_file_tells_nothing(path):
    assert row_groups(path, ["at"]) is None
    assert row_groups(path.parent, ["at"]) is None
    assert row_groups(path.parent / "a\0b", ["at"]) is None


def test_names_that_no_file_can_hold_tell_nothing(path):
    assert row_groups(file(path, footer()), ["\ud800"]) is None


def test_a_footer_that_is_too_large_is_not_read(path, monkeypatch):
    file(path, footer())
    monkeypatch.setattr(module, "_LARGEST", 20)
    assert row_groups(path, ["at"]) is None


def test_too_many_row_groups_are_not_read(path, monkeypatch):
    file(path, footer())
    monkeypatch.setattr(metadata, "_MOST_GROUPS", 0)
    assert row_groups(path, ["at"]) is None


@pytest.mark.parametrize(
    "unit",
    [
        b"\x19\x0c",
        b"\x1c\0",
        b"\x11",
        b"\x15\0",
        b"\x05\0\0",
        b"\x1c\x1c\x1c\x1c\0\0\0\0",
        b"\x19\x4c\0\0\0\0",
    ],
)
@pytest.mark.parametrize("start", [b"", b"\x19\xfc", b"\x49\x1c", b"\x49\x1c\x19\x1c"])
def test_a_forged_footer_costs_little(path, monkeypatch, start, unit):
    monkeypatch.setattr(thrift, "_PATIENCE", 1 << 16)
    file(path, start + unit * (1 << 18) + b"\0" * 20)
    before = process_time()
    assert row_groups(path, ["at"]) is None
    assert process_time() - before < 2


def sound():
    times = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=each) for each in range(20)]
    return pl.DataFrame(
        {"id": list(range(20)), "event": ["visit", "öffnen"] * 10, "at": times, "tags": [["a"]] * 20}
    )


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    st.none() | st.tuples(st.integers(0, 4000), st.integers(0, 60)),
)
def test_a_damaged_footer_is_no_fault_of_the_program(tmp_path_factory, flips, cut):
    path = write(tmp_path_factory.mktemp("damaged") / "x.parquet", sound(), size=4)
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    damaged = bytearray(data[-8 - size : -8])
    for at, byte in flips:
        damaged[at % size] = byte
    if cut:
        del damaged[cut[0] % size : cut[0] % size + cut[1]]
    groups = row_groups(file(path, bytes(damaged)), ["id", "event", "at", "tags"])
    assert groups is None or sum(group.rows for group in groups) >= 0


@given(st.binary(max_size=300))
def test_garbage_is_no_fault_of_the_program(tmp_path_factory, garbage):
    assert row_groups(file(tmp_path_factory.mktemp("garbage") / "x.parquet", garbage), ["at"]) in (None, ())


def test_haste_changes_nothing(path, monkeypatch):
    write(path, sound(), size=3)
    hasty = row_groups(path, ["at"])
    monkeypatch.setattr(thrift, "_RUN", re.compile(rb"(?!)"))
    assert row_groups(path, ["at"]) == hasty is not None
