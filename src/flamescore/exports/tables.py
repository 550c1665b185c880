"""One opened file of a source: its columns, and a lazy frame of its rows as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import trim
from flamescore.exports.dialect import CsvFile, open_csv
from flamescore.exports.faults import EMPTY, UNREADABLE, fault
from flamescore.exports.find import Found

if TYPE_CHECKING:
    from flamescore.exports.model import Source
    from flamescore.exports.spool import Spool


@dataclass(frozen=True, slots=True)
class Table:
    """A file, opened.

    `schema` has its columns by trimmed header; `unclear` headers stand twice, or are empty.
    `path` is what to read (a copy, where the file itself can't be); `skip` the lines before the records. A
    `frame` that someone handed over is read instead.
    """

    found: Found
    path: Path
    schema: dict[str, pl.DataType]
    inner: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    csv: CsvFile | None = None
    skip: int = 0
    frame: pl.LazyFrame | None = None

    def sound_copy(self, path: Path) -> Table:
        """Return the same table, read from a copy of its sound records."""
        return replace(self, path=path, skip=0)

    def scan(self) -> pl.LazyFrame:
        """Return the rows lazily, under trimmed headers; a CSV's columns are String."""
        frame = self.frame if self.frame is not None else self._scan_file()
        named = zip(self.inner, self._headers(), strict=True)
        kept = frame.select(pl.col(inner).alias(header) for inner, header in named if header in self.schema)
        return kept.with_columns(pl.lit(value, pl.String).alias(key) for key, value in self.found.parts)

    def _headers(self) -> tuple[str, ...]:
        return self.csv.headers if self.csv else tuple(trim(name) for name in self.inner)

    def _scan_file(self) -> pl.LazyFrame:
        if self.csv is None:
            return pl.scan_parquet(self.path, glob=False, hive_partitioning=False)
        return pl.scan_csv(
            self.path,
            has_header=False,
            skip_lines=self.skip,
            separator=self.csv.delimiter,
            quote_char=self.csv.quote or None,
            schema=dict.fromkeys(self.inner, pl.String()),
            infer_schema=False,
            raise_if_empty=False,
            glob=False,
        )

    def rows(self) -> int:
        """Return how many rows a Parquet file or a frame has."""
        return int(self.scan().select(pl.len()).collect().item())


def open_table(found: Found, source: Source, spool: Spool) -> Table:
    """Read the header or the schema of a file; an `InputError` where there is none to read."""
    if found.format == "parquet":
        return _parquet(found, source)
    csv = open_csv(found, source, spool)
    unclear = _unclear(csv.headers)
    inner = tuple(str(index) for index in range(len(csv.headers)))
    schema: dict[str, pl.DataType] = {header: pl.String() for header in csv.headers if header not in unclear}
    return Table(found, csv.data, _with_parts(schema, found), inner, unclear, csv, csv.line - 1)


def frame_table(frame: pl.LazyFrame, name: str) -> Table:
    """Return a frame that someone handed over as a table; its rows have numbers, but no lines."""
    found = Found(Path(name), name, "parquet", 0, 0)
    return replace(_typed(found, frame.collect_schema()), frame=frame)


def _parquet(found: Found, source: Source) -> Table:
    if not found.size:
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    try:
        schema = pl.scan_parquet(found.path, glob=False, hive_partitioning=False).collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise fault(
            UNREADABLE, f"{source.KIND}: `{found.shown}` is no Parquet file, or is cut short."
        ) from None
    return _typed(found, schema)


def _typed(found: Found, schema: pl.Schema) -> Table:
    unclear = _unclear(tuple(trim(name) for name in schema))
    named = {trim(name): dtype for name, dtype in schema.items() if trim(name) not in unclear}
    return Table(found, found.path, _with_parts(named, found), tuple(schema), unclear)


def _with_parts(schema: dict[str, pl.DataType], found: Found) -> dict[str, pl.DataType]:
    """Add a hive partition's columns; they stand before columns of the file by the same name."""
    return {**schema, **{key: pl.String() for key, _ in found.parts}}


def _unclear(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(header for header, count in Counter(headers).items() if count > 1 or not header)
