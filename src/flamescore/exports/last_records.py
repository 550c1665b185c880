"""Separate the footer of a CSV file from its records, and make a copy without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.exports.csv_dialect import cells_of
from flamescore.exports.footers import LastRecord, footer_records
from flamescore.exports.plan import key_column
from flamescore.exports.records import BLANK, SURPLUS
from flamescore.exports.tempfiles import copy_ranges, cut_and_add
from flamescore.exports.times import UTC_ZONE, TimeFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.exports.csv_records import CsvFile
    from flamescore.exports.plan import Plan
    from flamescore.exports.records import RecordScan
    from flamescore.exports.tempfiles import Spool

    Cells = tuple[str, ...]

_LONGEST: Final = 1 << 16
"""How many bytes of a record are examined."""


def without_footers(
    plan: Plan, scan: RecordScan, copy: Path | None, spool: Spool
) -> tuple[RecordScan, Path | None]:
    """Return the scan with the footer separated, and the copy of sound records without it.

    `copy` has the sound records, or is None if the file has no others. It is shortened, or created if a
    record of the footer could be read as a row.
    """
    csv = plan.table.csv
    assert csv is not None
    footers = _footers(plan, csv, scan)
    if not footers.height:
        return scan, copy
    return scan.without_footers(footers), _copied(csv, scan, footers, copy, spool)


def _footers(plan: Plan, csv: CsvFile, scan: RecordScan) -> pl.DataFrame:
    """Return the records of the footer (`PLACES`)."""
    records = [
        () if state == BLANK else tuple(cells_of(data, csv.delimiter, csv.quote))
        for state, data in zip(scan.last["state"], _bytes(csv, scan.last), strict=True)
    ]
    if not footer_records([LastRecord(cells) for cells in records]):  # whatever their ids and times are
        return scan.last.clear()
    reads = _times_read(plan, records)
    ids = [
        next((at for at in _id_cells(plan) if at < len(cells) and cells[at].strip()), None)
        for cells in records
    ]
    judged = map(LastRecord, records, ids, reads)
    return scan.last[list(footer_records(list(judged)))]


def _bytes(csv: CsvFile, places: pl.DataFrame) -> list[bytes]:
    found = []
    with csv.data.open("rb") as file:
        for start, end in places.select("start", "end").iter_rows():
            file.seek(start)
            found.append(file.read(min(end - start, _LONGEST)))
    return found


def _id_cells(plan: Plan) -> list[int]:
    """Return the indices of the cells that contain the id."""
    headers = plan.headers.get(key_column(plan.source), ())
    return [plan.table.headers.index(each) for each in headers if each in plan.table.headers]


def _times_read(plan: Plan, records: Sequence[Cells]) -> list[bool] | list[None]:
    """Return for each record whether its time is readable, or None if the kind needs no time."""
    if "at" not in plan.source.REQUIRED or "at" not in plan:
        return [None] * len(records)
    inner = plan.table.inner
    padded = [(*cells, *([None] * len(inner)))[: len(inner)] for cells in records]
    frame = pl.LazyFrame(padded, schema=dict.fromkeys(inner, pl.String()), orient="row")
    few = plan.over(replace(plan.table, frame=frame))
    form = getattr(plan.source, "at", None)
    at = few.times(TimeFormat(plan.source.timezone or UTC_ZONE, form.format if form else ()))
    read = at.staged(few.table.scan()).select(at.instants().is_not_null().alias("at"))
    return list(few.table.collect(read)["at"])


def _copied(
    csv: CsvFile, scan: RecordScan, footers: pl.DataFrame, copy: Path | None, spool: Spool
) -> Path | None:
    sound = pl.col("state") <= SURPLUS
    first = footers.filter(sound)["start"].min()
    if first is None:
        return copy
    behind = scan.last.filter(sound & (pl.col("start") >= first))
    rows = behind.filter(~pl.col("record").is_in(footers["record"].to_list()))
    ranges = list(rows.select("start", "end").iter_rows())
    begin = behind["start"][0]
    if copy is None:
        copy = spool.new()
        copy_ranges(csv.data, copy, [(csv.start, begin), *ranges])
        return copy
    size = csv.data.stat().st_size  # the last line may have no line ending
    cut = sum(min(end, size) - start for start, end in behind.select("start", "end").iter_rows())
    cut_and_add(copy, cut, csv.data, ranges)
    return copy
