"""Rows of an SQLite database, read with the standard library.

SQLite has a type per cell, not per column. A column becomes integers or floats if all its cells are, and text
if they are mixed:

    cells 3, 12           integers
    cells 3, 1.5          floats, as long as each integer is exact as a float
    cells 3, "n/a"        text: `3`, `n/a`
"""

from __future__ import annotations

import math
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct, field

from flamescore.connections.databases import DatabaseError, Query
from flamescore.connections.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_BATCH: Final = 50_000
_EXACT: Final = 1 << 53
_WHOLE_TEXT: Final = 1e18
_NOT_UTF8: Final = re.compile(r"Could not decode to UTF-8 column '(.*?)' with text", re.DOTALL)


def read_sqlite(query: Query, file: Path, into: Path) -> None:
    """Write the rows of a query into a Parquet file; the database is opened read-only and never created."""
    if not file.is_file():
        raise query.refused(f"there is no file `{file.name}` at its address.", "Check the path of the `uri`.")
    try:
        with closing(_opened(file)) as database:
            _write(query, database, into)
    except sqlite3.Error as error:
        found = _NOT_UTF8.search(str(error))
        if found is not None:
            raise query.unread(found[1], "text that is not UTF-8") from None
        raise DatabaseError(f"{error}.") from None


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=SECONDS)
    database.isolation_level = None
    database.execute("PRAGMA query_only = ON")
    return database


class _Column(Struct):
    """The types seen in a column so far."""

    kinds: set[type] = field(default_factory=set)
    exact: bool = True
    """Whether each integer so far is exact as a float."""

    @property
    def dtype(self) -> pl.DataType:
        if self.kinds == {int}:
            return pl.Int64()
        if self.kinds == {float} or (self.kinds == {int, float} and self.exact):
            return pl.Float64()
        return pl.String()

    def texts(self, cells: Sequence[Any]) -> list[str | None]:
        """Record the types of some cells; return the cells as text."""
        kinds = set(map(type, cells)) - {type(None)}
        self.kinds |= kinds
        if kinds <= {str}:
            return list(cells)
        if int in kinds:
            self.exact = self.exact and all(abs(each) <= _EXACT for each in cells if isinstance(each, int))
        return [_text(each) for each in cells]


def _text(cell: Any) -> str | None:  # noqa: ANN401 - any SQLite value
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE_TEXT else repr(cell)
    return None if cell is None else str(cell)


def _write(query: Query, database: sqlite3.Connection, into: Path) -> None:
    cursor = database.execute(query.text)
    if cursor.description is None:
        raise query.refused("the query gives no rows.", "Begin it with SELECT.")
    names = [name for name, *_ in cursor.description]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise query.refused(f"two columns are called `{twice}`.", "Name one of them with AS.")
    columns = [_Column() for _ in names]
    parts = []
    for number, frame in enumerate(_batches(query, cursor, names, columns)):
        parts.append(into.with_name(f"{into.name}.{number}"))
        frame.write_parquet(parts[-1])
    types = {name: column.dtype for name, column in zip(names, columns, strict=True)}
    if not parts:
        pl.DataFrame(schema=dict.fromkeys(names, pl.String())).write_parquet(into)
        return
    rows = pl.scan_parquet(parts, glob=False)
    rows.select(pl.col(name).cast(dtype) for name, dtype in types.items()).sink_parquet(into)
    for part in parts:
        part.unlink()


def _batches(
    query: Query, cursor: sqlite3.Cursor, names: Sequence[str], columns: Sequence[_Column]
) -> Iterator[pl.DataFrame]:
    while rows := cursor.fetchmany(_BATCH):
        texts = {}
        for name, column, cells in zip(names, columns, zip(*rows, strict=True), strict=True):
            if bytes in set(map(type, cells)):
                raise query.unread(name, "of bytes (blob)")
            texts[name] = column.texts(cells)
        yield pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String()))
