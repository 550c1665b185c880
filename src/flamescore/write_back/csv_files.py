"""Rows as machine-readable CSV, split into files of a size that an import accepts.

The files are UTF-8 without a BOM, with commas, LF, RFC 4180 quotes if a cell needs them, and one header line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEEDS_QUOTES: Final = '[",\r\n]'


class CsvPart(Struct, frozen=True):
    """One file: its number of rows, without the header, and its bytes."""

    rows: int
    data: bytes


def csv_parts(
    frame: pl.DataFrame, headers: Sequence[str], *, max_rows: int | None, max_bytes: int | None
) -> Iterator[CsvPart]:
    """Yield the files for a frame of text: a new one begins if the next row would exceed a limit.

    With `max_rows: 2`, five rows make files of 2, 2 and 1. `max_bytes` includes the header; a row that is too
    large by itself gets its own file. No rows make no file. Null is an empty cell.
    """
    head = _lines(pl.DataFrame({f"{place}": [header] for place, header in enumerate(headers)}))[0] + "\n"
    lines = _lines(frame)
    ends = lines.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy() + np.arange(1, len(lines) + 1)
    room = None if max_bytes is None else max_bytes - len(head.encode())
    first = 0
    while first < len(lines):
        last = len(lines) if max_rows is None else min(first + max_rows, len(lines))
        if room is not None:
            before = int(ends[first - 1]) if first else 0
            last = min(last, max(int(np.searchsorted(ends, before + room, side="right")), first + 1))
        text = "\n".join(lines.slice(first, last - first))
        yield CsvPart(last - first, f"{head}{text}\n".encode())
        first = last


def _lines(frame: pl.DataFrame) -> pl.Series:
    """Return each row as a line, without a line break."""
    cells = (pl.col(name).fill_null("") for name in frame.columns)
    quoted = (
        pl.when(cell.str.contains(_NEEDS_QUOTES))
        .then(pl.concat_str(pl.lit('"'), cell.str.replace_all('"', '""', literal=True), pl.lit('"')))
        .otherwise(cell)
        for cell in cells
    )
    return frame.select(pl.concat_str(list(quoted), separator=",").alias("line"))["line"]
