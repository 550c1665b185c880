"""Tables of SQLite, replaced with the standard library."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.connections.databases import DatabaseError
from flamescore.connections.loading import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY_SECONDS: Final = 60
"""How long to wait for other connections that lock the database."""


@contextmanager
def sqlite_transaction(file: Path, mode: int) -> Iterator[_Sqlite]:
    """Yield the database of a file in a transaction, which is committed at the end of the block."""
    try:
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, mode))
        with closing(sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield _Sqlite(connection)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise DatabaseError(f"{error}.") from None
    except OSError as error:
        raise DatabaseError(f"the file can't be made: {error.strerror}.") from None


class _Sqlite(Struct, frozen=True):
    connection: sqlite3.Connection

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Return names and types of a table's columns; empty if the table does not exist."""
        rows = self.connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        return [(name, type_.lower()) for _, name, type_, *_ in rows]

    def types(self, schema: pl.Schema) -> list[tuple[str, str]]:
        """Return text, real or integer for each column."""
        return [(name, _type(dtype)) for name, dtype in schema.items()]

    def run(self, sql: str) -> None:
        """Run a statement."""
        self.connection.execute(sql)

    def named(self, table: str) -> str:
        """Return a quoted name."""
        return quoted(table)

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows; instants are text in UTC: `2026-11-21T07:00:00Z`."""
        places = ", ".join("?" * rows.width)
        instants = pl.selectors.datetime()
        rows = rows.with_columns(instants.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"))
        sql = f"INSERT INTO {quoted(table)} VALUES ({places})"  # noqa: S608 - quoted
        self.connection.executemany(sql, rows.iter_rows())


def _type(dtype: pl.DataType) -> str:
    return "real" if dtype.is_float() else "integer" if dtype.is_integer() else "text"
