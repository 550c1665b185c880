"""Write this folder's Parquet files, of types that Polars does not write: `pip install pyarrow duckdb`.

Every file has a column `contact_id` ("1", "2", "3") and a column `x` of the type that the file is named after,
null in the last row. Files of events have `event` and `at` instead of `x`.
"""

# ruff: noqa: E501, DTZ001 - one column per line; naive times are among the types

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
IDS = pa.array(["1", "2", "3"])
UUIDS = [
    UUID("7ed4bffc-f189-40b0-9090-c58e1cba14b8").bytes,
    UUID("00000000-0000-0000-0000-000000000001").bytes,
    None,
]
RAW = [b"\xff\x00", b"a", None]
FAR = [datetime(1, 2, 3, 4, 5, 6), datetime(9999, 12, 31, 23, 59, 59), None]


def write(name, x, **options):
    pq.write_table(pa.table({"contact_id": IDS, "x": x}), HERE / f"{name}.parquet", **options)


COLUMNS = {
    "binary_text": pa.array([b"/a", "/\u00e9".encode(), None]),
    "binary_other": pa.array(RAW),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array(UUIDS, pa.binary(16))),
    "uuid_raw": pa.array(UUIDS),
    "list": pa.array([["a", "b"], [], None]),
    "list_of_struct": pa.array([[{"b": 1, "a": "x"}, None], [], None]),
    "struct": pa.array([{"b": 1, "a": {"c": [True]}}, {"b": None, "a": None}, None]),
    "struct_of_binary": pa.array([{"raw": RAW[0], "id": UUIDS[0], "t": b"x"}, {"raw": b"", "id": None, "t": b"y"}, None]),
    "map": pa.array([[("b", 1), ("a", 2)], [], None], pa.map_(pa.string(), pa.int64())),
    "map_of_binary": pa.array([[(7, RAW[0])], [], None], pa.map_(pa.int64(), pa.binary())),
    "decimal128": pa.array([Decimal("1.50"), Decimal(100), None], pa.decimal128(38, 2)),
    "decimal256": pa.array([Decimal("1.50"), Decimal(100), None], pa.decimal256(50, 2)),
    "decimal256_in_list": pa.array([[Decimal("1.50")], [], None], pa.list_(pa.decimal256(50, 2))),
    "time32": pa.array([time(1, 2, 3), time(0), None], pa.time32("ms")),
    "time64": pa.array([3_723_000_000, 3 * 86_400_000_000, None], pa.time64("us")),
    "duration": pa.array([timedelta(days=1), timedelta(0), None], pa.duration("us")),
    "float16": pa.array([1.5, float("nan"), None], pa.float16()),
    "uint64": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "dictionary": pa.array(["a", "b", None]).dictionary_encode(),
    "nothing": pa.nulls(3),
    "date": pa.array([20_454, 2**31 - 1, None], pa.int32()).cast(pa.date32()),
    "timestamp_ms": pa.array([1_767_225_600_000, 2**62, None], pa.timestamp("ms")),
    "timestamp_us": pa.array([1_767_225_600_000_000, 2**63 - 1, None], pa.timestamp("us")),
    "timestamp_ns": pa.array([1_767_225_600_000_000_123, 0, None], pa.timestamp("ns")),
    "timestamp_ms_utc": pa.array([1_767_225_600_000, -(2**62), None], pa.timestamp("ms", "UTC")),
    "timestamp_us_utc": pa.array([1_767_225_600_000_000, -(2**63), None], pa.timestamp("us", "UTC")),
    "timestamp_ns_zone": pa.array([1_767_225_600_000_000_123, 0, None], pa.timestamp("ns", "America/Phoenix")),
}  # fmt: skip


def write_events(name, at, **options):
    """Write one event for each of three contacts, at these times."""
    table = pa.table({"contact_id": IDS, "event": pa.array(["visit"] * 3), "at": at})
    pq.write_table(table, HERE / f"events_{name}.parquet", **options)


def main():
    for name, x in COLUMNS.items():
        write(name, x)
    write(
        "int96", pa.array(FAR, pa.timestamp("us")), use_deprecated_int96_timestamps=True, store_schema=False
    )
    write(
        "int96_inside",
        pa.array([[each] for each in FAR], pa.list_(pa.timestamp("us"))),
        use_deprecated_int96_timestamps=True,
        store_schema=False,
    )
    pq.write_table(pa.table({"contact_id": IDS, "a.b": IDS}), HERE / "dots.parquet")
    pq.write_table(pa.table({}), HERE / "no_columns.parquet")
    pq.write_table(pa.table({"contact_id": IDS.slice(0, 0)}), HERE / "no_rows.parquet")
    pq.ParquetWriter(HERE / "no_row_groups.parquet", pa.schema([("contact_id", pa.string())])).close()
    good = datetime(2026, 1, 2, tzinfo=UTC)
    micros = int(good.timestamp()) * 1_000_000
    for unit, per, worst in (("ms", 1000, 2**62), ("us", 1, 2**63 - 1)):
        for zone in (None, "UTC"):
            at = pa.array([micros // per, worst, micros // per], pa.timestamp(unit, zone))
            write_events(f"{unit}{'_utc' if zone else ''}", at)
    write_events("date", pa.array([20_455, 2**31 - 1, 20_455], pa.int32()).cast(pa.date32()))
    far = pa.array(
        [good.replace(tzinfo=None), datetime(9999, 1, 1), datetime(1500, 1, 1)], pa.timestamp("us")
    )
    write_events("int96", far, use_deprecated_int96_timestamps=True, store_schema=False)
    write_events("epoch", pa.array([micros, 2**63 - 1, -(2**63)], pa.int64()))
    write_events("unsigned", pa.array([micros, 2**64 - 1, 0], pa.uint64()))
    duckdb.sql("set threads = 1")
    rows = "from (values ('1', interval 3 month), ('2', interval 1 day), ('3', null)) t(contact_id, x)"
    duckdb.sql(f"copy (select contact_id, x {rows}) to '{HERE}/interval.parquet'")
    duckdb.sql(f"copy (select contact_id, {{'a': x}} as x {rows}) to '{HERE}/interval_in_struct.parquet'")
    duckdb.sql(f"copy (select contact_id, 'a' as x, 'b' as y {rows}) to '{HERE}/twice.parquet'")
    twice = HERE / "twice.parquet"
    twice.write_bytes(twice.read_bytes().replace(b"\x18\x01y", b"\x18\x01x"))


if __name__ == "__main__":
    main()
