"""Read NDJSON: one JSON object per line. Lines become text columns in the spool, chunk by chunk.

A value is its text in the file: numbers digit by digit, `true` and `false`; null is missing; lists and
objects are JSON text. The set of columns is known once the last line has been read. Which cells are numbers
is stored as well, since a number format (`numbers:`) applies only to strings: with `{decimal: ",",
thousands: "."}`, `1.125` is 1.125 and `"1.125"` is 1125.

Measured: a million lines of six keys, 150 MB, take 7.4 s on one core, and Polars' own `scan_ndjson` 0.8 s.
It is not used because it returns other values: `0.10` becomes `0.1`, `5.0` becomes `5`, the first of two
equal keys wins, half a surrogate pair becomes a NUL; and one line that is not an object stops it.
"""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.exports.csv_dialect import UTF8_MARK, readable
from flamescore.exports.paths import MOST_PATHS, Names
from flamescore.exports.records import (
    BLANK,
    NUL,
    OBJECT,
    SOUND,
    Block,
    Lines,
    decoded,
    read_blocks,
)
from flamescore.input_errors import HEADER, fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from flamescore.exports.find import Found
    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source

    Ints = NDArray[np.int64]
    Codes = NDArray[np.uint8]

MOST_KEYS: Final = 5_000
_SIZE: Final = 1 << 20
_CELLS: Final = 1 << 18
"""How many cells are held in memory before they are flushed."""

Row = dict[str, str | None]


class JsonFile(Struct, frozen=True):
    """An NDJSON file. `data` is the file or its readable copy; its lines begin at byte `start`."""

    found: Found
    data: Path
    start: int
    notes: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Yield every line, in blocks; the only faults in their states are `BLANK` and `ENDLESS`."""
        for block, _ in _lines(self):
            yield block


class Columns(Struct):
    """The columns of an NDJSON file: its `keys` in order; its rows as Parquet files with numbered columns."""

    spool: Spool
    keys: dict[str, int] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    """The keys with a list of plain values in any line."""
    names: Names = field(default_factory=Names)
    """The names inside objects, by key."""
    room: int = MOST_PATHS
    numeric: set[str] = field(default_factory=set)
    """The keys with a number in any line; their columns have a companion (`numeric_of`)."""

    @property
    def numbers(self) -> list[str]:
        """Return the names of the columns of `frame`."""
        return [str(number) for number in self.keys.values()]

    def add(self, row: Row, shown: str) -> None:
        """Add a row; flush the rows that are held in memory once there are many."""
        for key in row:
            self.keys.setdefault(key, len(self.keys))
        if len(self.keys) > MOST_KEYS:
            text = f"`{shown}`: its objects have more than {MOST_KEYS:,} different keys."
            raise fault(HEADER, text)
        self.held.append(row)
        self.known.update(row)
        if len(self.held) * len(self.known) > _CELLS:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are held in memory to a new Parquet file."""
        if not self.held:
            return
        self.parts.append(self.spool.new())
        named = {str(number): key for key, number in self.keys.items() if key in self.known}
        columns = {
            number: pl.Series([row.get(key) for row in self.held], dtype=pl.String())
            for number, key in named.items()
        }
        for number, key in named.items():
            marks = [type(row.get(key)) is NumberText for row in self.held]
            if any(marks):
                self.numeric.add(key)
                columns[numeric_of(number)] = pl.Series(marks, dtype=pl.Boolean())
        frame = pl.DataFrame(columns, height=len(self.held))
        frame.write_parquet(self.parts[-1], compression="lz4")
        self.held.clear()
        self.known.clear()

    def frame(self) -> pl.LazyFrame:
        """Return every row, in order, under the numbers of the keys, with the companions of `numeric` ones.

        A companion (Boolean) is true where the cell is a JSON number, and false or null elsewhere.
        """
        marks = [numeric_of(str(self.keys[key])) for key in self.keys if key in self.numeric]
        schema = pl.Schema(dict.fromkeys(self.numbers, pl.String()) | dict.fromkeys(marks, pl.Boolean()))
        if not self.parts:
            return pl.LazyFrame(schema=schema)
        return pl.scan_parquet(
            self.parts, schema=schema, missing_columns="insert", glob=False, hive_partitioning=False
        )


class NumberText(str):
    """The text of a cell that is a JSON number."""

    __slots__ = ()


def numeric_of(column: str) -> str:
    """Return the name of a column's companion, which marks the cells that are numbers."""
    return f"{column} is a number"


def open_json(found: Found, source: Source, spool: Spool) -> JsonFile:
    """Return an NDJSON file in readable form: as UTF-8, with line feeds."""
    data, notes = readable(found, source, spool)
    with data.open("rb") as file:
        start = len(UTF8_MARK) if file.read(len(UTF8_MARK)) == UTF8_MARK else 0
    return JsonFile(found, data, start, notes)


def read_json(file: JsonFile, spool: Spool) -> tuple[Columns, Iterator[Block]]:
    """Return columns, which fill while the blocks are iterated over, and the blocks with line states."""
    columns = Columns(spool)
    return columns, _read(file, columns)


def _read(file: JsonFile, columns: Columns) -> Iterator[Block]:
    for block, data in _lines(file):
        state = np.zeros(len(block.ends), np.uint8) if block.state is None else block.state.copy()
        lines = decoded(data, shown=file.found.shown, line=block.line).split("\n")
        for index in np.flatnonzero(state == SOUND).tolist():
            row, state[index] = _row(lines[index], columns)
            if row is not None:
                columns.add(row, file.found.shown)
        yield Block(block.starts, block.ends, state, block.breaks, block.first, block.line)
    columns.flush()


def _lines(file: JsonFile) -> Iterator[tuple[Block, bytes]]:
    return read_blocks(file.data, _find, start=file.start, line=1, size=_SIZE)


def _find(lines: Lines) -> tuple[Ints, Codes | None]:
    """Return where each line ends, and the states if any line is blank, else None."""
    data = lines.data
    ends = np.flatnonzero(lines.feeds) + 1
    starts = np.concatenate([[0], ends[:-1]])
    may_be_blank = np.flatnonzero(lines.codes[starts] <= ord(" ")).tolist()
    blank = [each for each in may_be_blank if not data[starts[each] : ends[each]].strip()]
    if not blank:
        return ends, None
    state = np.zeros(len(ends), np.uint8)
    state[blank] = BLANK
    return ends, state


class _Number(float):
    """A number with a fraction or exponent, and its text in the file."""

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


def _refuse(_: str) -> float:
    raise ValueError


_BEFORE: Final = f"{string.whitespace}\ufeff"
"""What may come before an object, including byte order marks in concatenated files."""

_DECODER: Final = json.JSONDecoder(parse_float=_Number, parse_constant=_refuse)


def _row(line: str, columns: Columns) -> tuple[Row | None, int]:
    """Return the cells of a line and its state; record what its lists and objects contain."""
    if "\0" in line:
        return None, NUL
    line = line.lstrip(_BEFORE)
    if not line.startswith("{"):
        return None, OBJECT
    try:
        found = _DECODER.decode(line)
        if not isinstance(found, dict):
            return None, OBJECT
        row = {key: _cell(value) for key, value in found.items()}
        if "\\u" in line:
            whole = "".join((*row, *filter(None, row.values())))
            whole.encode()
            if "\0" in whole:
                return None, NUL
    except (ValueError, RecursionError):
        return None, OBJECT
    if "[" in line:
        columns.listed.update(key for key, value in found.items() if _is_plain_list(value))
    if line.count("{") > 1:
        objects = {key: value for key, value in found.items() if isinstance(value, dict)}
        columns.room = columns.names.note(objects, columns.room)
    return row, SOUND


def _is_plain_list(value: object) -> bool:
    return isinstance(value, list) and not any(isinstance(each, list | dict) for each in value)


def value_at(text: str, steps: tuple[str, ...]) -> str | None:
    """Return the value at the end of some steps into a JSON object as a cell; None if it does not exist."""
    try:
        found: Any = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    for step in steps:
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    return _cell(found)


def _cell(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return NumberText(value.text)
    if isinstance(value, int):
        return NumberText(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
