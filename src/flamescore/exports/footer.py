"""Say what the footer of a Parquet file tells of its row groups: their rows, and the bounds of some columns.

Polars prunes by these statistics but does not show them. They are help, never needed: what is not told
clearly is not told at all. Bounds count only where the file says by which order they were found (whole
numbers can have been ordered in one way alone, so there it may be silent, as DuckDB 1.4 is).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from flamescore.exports import metadata as stored
from flamescore.exports.metadata import metadata
from flamescore.exports.thrift import ThriftError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from flamescore.exports.metadata import Column, Metadata, Statistics

_MAGIC: Final = b"PAR1"
_LARGEST: Final = 1 << 26
_TYPE_ORDER: Final = 1
_TEXTS: Final = (None, stored.TEXT, stored.ENUM, stored.JSON)
_WIDTHS: Final = {stored.INT32: 4, stored.INT64: 8}
_PLAIN: Final = (None, 15, 16, 17, stored.SIGNED)  # signed of 8 to 64 bits
_SCALES: Final[dict[tuple[int, int | None], tuple[int, int]]] = {
    **{(kind, meaning): (1, 1) for kind in _WIDTHS for meaning in _PLAIN},
    (stored.INT32, stored.DATE): (86_400_000_000, 1),
    (stored.INT64, stored.MILLIS): (1000, 1),
    (stored.INT64, stored.MICROS): (1, 1),
    (stored.INT64, stored.NANOS): (1, 1000),
}
"""By which factor and which divisor a stored number becomes the one that is told."""

_T = TypeVar("_T", int, bytes)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the statistics of a column say of a row group: no value lies below `low` or above `high`.

    Whole numbers are told as they are, dates and times as microseconds since 1970-01-01 00:00 of the clock
    that the column has, finer ones rounded outwards. Text is told as UTF-8, which sorts by its bytes; it
    may be cut short, so it need not be a value of the column. None is unknown, as are the bounds of all
    other types (unsigned and decimal numbers too) and of a row group that holds nulls alone.
    """

    low: int | bytes | None
    high: int | bytes | None
    nulls: int | None


@dataclass(frozen=True, slots=True)
class RowGroup:
    """How many rows a row group has, and the bounds of the columns asked for that the file has."""

    rows: int
    bounds: Mapping[str, Bounds]


def row_groups(path: Path, columns: Collection[str]) -> tuple[RowGroup, ...] | None:
    """Return the row groups of a Parquet file in their order, with the bounds of some columns.

    Only columns at the top of the schema with one value a row are told of. None where the footer does not
    tell: it is encrypted, above 64 MB, in any way not as it should be, or can't be read.
    """
    try:
        return _told(metadata(_footer(path), {column.encode() for column in columns}))
    except (OSError, ValueError, LookupError):
        return None


def _footer(path: Path) -> bytes:
    """Return the metadata at the end of a file, which its length and a mark follow."""
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        end = file.seek(-8, os.SEEK_END)
        size, mark = int.from_bytes(file.read(4), "little"), file.read(4)
        if not start == mark == _MAGIC or size > min(_LARGEST, end - len(_MAGIC)):
            raise ThriftError("not a Parquet file")
        file.seek(end - size)
        return file.read(size)


def _told(found: Metadata) -> tuple[RowGroup, ...]:
    columns = [
        (place, column, column.name.decode(), _ordered(found, place))
        for place, column in found.schema.asked.items()
    ]
    return tuple(
        RowGroup(
            group.rows,
            {
                name: _bounds(group.statistics[place], column, rows=group.rows, ordered=ordered)
                for place, column, name, ordered in columns
            },
        )
        for group in found.groups
    )


def _ordered(found: Metadata, place: int) -> bool:
    """Return whether the bounds of a column were found by the order of its type."""
    if found.orders is None:
        return found.schema.asked[place].kind in _WIDTHS
    return found.orders[place] == _TYPE_ORDER


def _bounds(statistics: Statistics, column: Column, *, rows: int, ordered: bool) -> Bounds:
    nulls = statistics.nulls if 0 <= (statistics.nulls or 0) <= rows else None
    if not ordered:
        return Bounds(None, None, nulls)
    if column.kind == stored.BYTE_ARRAY and column.meaning in _TEXTS:
        # Some writers leave the upper bound empty where they know none.
        return Bounds(*_sound(statistics.low, statistics.high or None), nulls)
    if scale := _SCALES.get((column.kind, column.meaning)):
        return Bounds(*_sound(*_numbers(statistics, _WIDTHS[column.kind], *scale)), nulls)
    return Bounds(None, None, nulls)


def _numbers(statistics: Statistics, width: int, factor: int, divisor: int) -> tuple[int | None, int | None]:
    """Return both bounds as numbers, rounded outwards; None for one that has not the width of its type."""
    low, high = (
        int.from_bytes(raw, "little", signed=True) * factor if raw is not None and len(raw) == width else None
        for raw in (statistics.low, statistics.high)
    )
    return low if low is None else low // divisor, high if high is None else -(-high // divisor)


def _sound(low: _T | None, high: _T | None) -> tuple[_T | None, _T | None]:
    """Return the bounds, or none where they contradict each other."""
    return (None, None) if low is not None and high is not None and low > high else (low, high)
