"""One opened file of a source: its columns, and a lazy frame of its unchanged rows."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace
from polars.exceptions import DuplicateError, PanicException, PolarsError

from flamescore.cells import as_text
from flamescore.exports.csv_dialect import open_csv
from flamescore.exports.find import Found
from flamescore.exports.ndjson import JsonFile, numeric_of, open_json, read_json
from flamescore.exports.nested import rebuilt
from flamescore.exports.paths import Names, names_of_schema
from flamescore.exports.records import RecordScan, count_records
from flamescore.exports.tempfiles import unpacked
from flamescore.input_errors import DAMAGED, EMPTY, UNREADABLE, fault, reading
from flamescore.invisible import bare_ends
from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.errors import InputError
    from flamescore.exports.csv_records import CsvFile
    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source

_PIECE: Final = ("POLARS_CSV_CHUNK_SIZE", str(1 << 20))
"""Number of bytes of a CSV file that Polars reads at a time.

With the default of Polars, a file of 300 MB took 0.33 GB of memory; with this, 0.11 GB.
"""


_ENCRYPTED: Final = b"PARE"
_INTERVALS: Final = "POLARS_IMPORT_INTERVAL_AS_STRUCT"
"""The variable that makes Polars open files with intervals.

`flamescore` sets it, which is too late if Polars was imported first.
"""
_TWICE: Final = re.compile(r"column with name '(.*)' has more than one occurrence", re.DOTALL)


class Table(Struct, frozen=True):
    """An opened file.

    `schema` has its columns by trimmed header. `unclear` headers appear more than once, or are empty;
    `headers` has those that the source maps by number, such as `Phone#2`, under that name. `texts` are the
    headers whose cells are not plain values in the file, with the expressions that convert them to text.
    Times in nanoseconds are requested as microseconds (`coarser` then has the types of all columns), since
    otherwise those stored as INT96 are wrong before 1677 and after 2262.

    `path` is the file to read (a copy if the original can't be read directly), `skip` the number of lines
    before the records. A `frame`, if any, is read instead. It was either passed in or made from NDJSON, whose
    lines are described by `swept`. `numeric` are the headers of columns with JSON numbers, possibly mixed
    with text; the rows have a Boolean column (`ndjson.numeric_of`) that marks these cells.
    """

    found: Found
    path: Path
    schema: dict[str, pl.DataType]
    inner: tuple[str, ...]
    headers: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    csv: CsvFile | None = None
    skip: int = 0
    frame: pl.LazyFrame | None = None
    json: JsonFile | None = None
    swept: RecordScan | None = None
    texts: Mapping[str, pl.Expr] = field(default_factory=dict)
    numeric: frozenset[str] = frozenset()
    coarser: Mapping[str, pl.DataType] | None = None
    listed: frozenset[str] = frozenset()
    """The headers whose cells are lists of plain values, as the JSON text in the file."""

    names: Names = field(default_factory=Names)
    """Its columns, and whatever inside them can be named by a path (`paths`)."""

    added: frozenset[str] = frozenset()
    """The headers that are such paths."""

    @property
    def cure(self) -> str:
        """Return what to do if the file can't be read to its end."""
        text_cure = "Say its `delimiter`, `quote` or `encoding`, or export it again."
        return DAMAGED if self.csv is None else text_cure

    @property
    def text(self) -> CsvFile | JsonFile | None:
        """Return the text file that the rows come from, if any."""
        return self.csv or self.json

    @property
    def damaged(self) -> int:
        """Return the number of damaged lines known so far."""
        return 0 if self.swept is None else self.swept.damaged

    def sound_copy(self, path: Path) -> Table:
        """Return the same table, read from a copy of its sound records."""
        return replace(self, path=path, skip=0)

    def scan(self) -> pl.LazyFrame:
        """Return the rows lazily, under trimmed headers; the columns of a CSV file are String."""
        frame = self.frame if self.frame is not None else self._scan_file()
        named = list(zip(self.inner, self.headers, strict=True))
        kept = frame.select(
            *(
                self.texts.get(header, pl.col(inner)).alias(header)
                for inner, header in named
                if header in self.schema
            ),
            *(
                pl.col(numeric_of(inner)).alias(numeric_of(header))
                for inner, header in named
                if header in self.numeric
            ),
        )
        return kept.with_columns(pl.lit(value, pl.String).alias(key) for key, value in self.found.parts)

    def scan_for_json(self) -> pl.LazyFrame:
        """Return the rows with dates and times as text, since Python has no years past 9999."""
        temporal = [header for header, dtype in self.schema.items() if dtype.is_temporal()]
        return self.scan().with_columns(as_text(each, self.schema[each]).alias(each) for each in temporal)

    def _scan_file(self) -> pl.LazyFrame:
        if self.csv is None:
            return _scan_parquet(self.path, self.coarser)
        os.environ.setdefault(*_PIECE)
        return pl.scan_csv(
            self.path,
            has_header=False,
            skip_lines=self.skip,
            separator=self.csv.delimiter,
            quote_char=self.csv.quote or None,
            schema=dict.fromkeys(self.inner, pl.String()),
            infer_schema=False,
            raise_if_empty=False,
            truncate_ragged_lines=True,
            extra_columns="ignore",  # cells past the header are empty, or their record was rejected
            glob=False,
        )

    def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """Collect rows of the file; read errors contain none of its data."""
        with reading(self.found.shown, self.cure):
            return frame.collect()

    def batches(self, frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        """Yield rows of the file in order, in batches; errors are those of `collect`."""
        with reading(self.found.shown, self.cure):
            yield from frame.collect_batches(maintain_order=True)

    def rows(self) -> int:
        """Return the number of rows of a Parquet file or a frame."""
        with reading(self.found.shown):
            return int(self.scan().select(pl.len()).collect().item())


def open_table(found: Found, source: Source, spool: Spool, room: int) -> Table:
    """Read the header or the schema of a file; raise `InputError` if it has none.

    NDJSON is read as a whole, and the places of its first `room` damaged lines are recorded.
    """
    if found.format == "parquet":
        return _parquet(found, source)
    found = unpacked(found, spool)
    if found.format == "ndjson":
        return _json(open_json(found, source, spool), source, spool, room)
    csv = open_csv(found, source, spool)
    unclear, headers = _unclear(csv.headers), _numbered(csv.headers, source)
    inner = tuple(str(index) for index in range(len(headers)))
    schema: dict[str, pl.DataType] = {header: pl.String() for header in headers if header not in unclear}
    table = Table(found, csv.data, _with_parts(schema, found), inner, headers, unclear, csv, csv.line - 1)
    if csv.start < csv.data.stat().st_size:
        return table
    return replace(table, frame=pl.LazyFrame(schema=dict.fromkeys(inner, pl.String())))  # only a header


def _json(file: JsonFile, source: Source, spool: Spool, room: int) -> Table:
    """Read every line, since the columns are known only after the last one."""
    found = file.found
    columns, blocks = read_json(file, spool)
    swept = count_records(blocks, room)
    if not swept.records:
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    if not columns.keys:
        text = f"{source.KIND}: no line of `{found.shown}` is a JSON object with a key."
        raise fault(UNREADABLE, text, "NDJSON is one object a line, without commas or brackets around them.")
    keys = tuple(bare_ends(key) for key in columns.keys)
    unclear, headers = _unclear(keys), _numbered(keys, source)
    schema: dict[str, pl.DataType] = {each: pl.String() for each in headers if each not in unclear}
    table = Table(found, found.path, _with_parts(schema, found), tuple(columns.numbers), headers, unclear)
    named = tuple(zip(columns.keys, headers, strict=True))
    numeric = frozenset(header for key, header in named if key in columns.numeric and header in schema)
    listed = frozenset(header for key, header in named if key in columns.listed and header in schema)
    names = Names(
        {header: columns.names.below.get(key, Names()) for key, header in named if header in schema}
    )
    return replace(
        table,
        frame=columns.frame(),
        json=file,
        swept=swept,
        numeric=numeric,
        listed=listed,
        names=names,
    )


def frame_table(frame: pl.LazyFrame, name: str) -> Table:
    """Return a frame that a caller passed in as a table; its rows have numbers, but no lines."""
    found = Found(Path(name), name, "parquet", 0, 0)
    return replace(_typed(found, frame.collect_schema()), frame=frame)


def _parquet(found: Found, source: Source) -> Table:
    if found.packed:
        text = (
            f"{source.KIND}: `{found.shown}`: Parquet is packed inside, and is not read out of another file."
        )
        raise fault(UNREADABLE, text, "Unpack it first.")
    if not found.size:
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    try:
        schema = _scan_parquet(found.path).collect_schema()
    except (PolarsError, PanicException, OSError) as error:
        raise _unopened(found, source, error) from None
    coarser = pl.Schema({name: _microseconds(dtype) for name, dtype in schema.items()})
    return replace(_typed(found, coarser), coarser=None if coarser == schema else coarser)


def _unopened(found: Found, source: Source, error: BaseException) -> InputError:
    """Return the error for a Parquet file that can't be opened."""
    twice = _TWICE.search(str(error)) if isinstance(error, DuplicateError) else None
    if twice:
        what, cure = f'has two columns called "{printable(twice[1])}"; rename one', None
    elif _INTERVALS in str(error):
        what, cure = (
            "has intervals",
            f"Set {_INTERVALS}=1 before Polars is imported, or import flamescore first.",
        )
    elif _begins(found.path) == _ENCRYPTED:
        what, cure = "is encrypted", "Write it without encryption."
    else:
        what, cure = "is not a Parquet file, or is cut short", None
    return fault(UNREADABLE, f"{source.KIND}: `{found.shown}` {what}.", cure)


def _begins(path: Path) -> bytes:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(_ENCRYPTED))
    return b""


def _scan_parquet(path: Path, coarser: Mapping[str, pl.DataType] | None = None) -> pl.LazyFrame:
    """Return the rows of a Parquet file, cast to the `coarser` types, if any, during decoding."""
    if coarser is None:
        return pl.scan_parquet(path, glob=False, hive_partitioning=False)
    return pl.scan_parquet(
        path,
        glob=False,
        hive_partitioning=False,
        schema=coarser,
        cast_options=pl.ScanCastOptions(datetime_cast="nanosecond-downcast"),
    )


def _microseconds(dtype: pl.DataType) -> pl.DataType:
    """Return a type with microseconds instead of nanoseconds, at any depth."""
    if isinstance(dtype, pl.Datetime) and dtype.time_unit == "ns":
        return pl.Datetime("us", dtype.time_zone)
    return rebuilt(dtype, _microseconds)


def _typed(found: Found, schema: pl.Schema) -> Table:
    unclear = _unclear(tuple(bare_ends(name) for name in schema))
    named = {bare_ends(name): dtype for name, dtype in schema.items() if bare_ends(name) not in unclear}
    headers = tuple(bare_ends(name) for name in schema)
    return Table(
        found,
        found.path,
        _with_parts(named, found),
        tuple(schema),
        headers,
        unclear,
        names=names_of_schema(named),
    )


def _with_parts(schema: dict[str, pl.DataType], found: Found) -> dict[str, pl.DataType]:
    """Add the columns of a Hive partition, which take precedence over the file's columns of the same name."""
    return {**schema, **{key: pl.String() for key, _ in found.parts}}


def _numbered(headers: tuple[str, ...], source: Source) -> tuple[str, ...]:
    """Rename headers that appear more than once to the numbered names that the source maps.

    `Phone#2` is the second `Phone` from the left, unless a header is literally called that.
    """
    mapped = {each for some in source.columns.values() for each in some if "#" in each}.difference(headers)
    if not mapped:
        return headers
    often, seen = Counter(headers), Counter[str]()
    named = []
    for header in headers:
        seen[header] += 1
        name = f"{header}#{seen[header]}"
        named.append(name if often[header] > 1 and name in mapped else header)
    return tuple(named)


def _unclear(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(header for header, count in Counter(headers).items() if count > 1 or not header)
