"""Database tables whose rows are replaced in one transaction: readers see either the old or the new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from flamescore.connections.databases import POSTGRES, SQLITE, DatabaseError
from flamescore.connections.secrets import resolve
from flamescore.project import DATABASES, UnsetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import polars as pl


class TableRows(Struct, frozen=True):
    """A table by its full name, and its rows: text, integers, floats and instants.

    With `once`, the name of a key column, rows are added instead: rows of the table with the same key are
    deleted, all others are kept.
    """

    name: str
    rows: pl.LazyFrame
    once: str | None = None


class Database(Protocol):
    """A database in a transaction."""

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Return names and types of a table's columns in order; empty if the table does not exist."""

    def types(self, schema: pl.Schema) -> list[tuple[str, str]]:
        """Return what `columns` would return for a table created for a schema."""

    def run(self, sql: str) -> None:
        """Run a statement."""

    def named(self, table: str) -> str:
        """Return the name of a table, quoted for SQL."""

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows to a table."""


def replace_rows(uri: str, tables: Sequence[TableRows], *, folder: Path, schema: str, mode: int) -> None:
    """Replace the rows of tables, all in one transaction; create missing tables.

    A table with other columns is dropped and created again. A relative SQLite path is resolved against
    `folder`; a missing file is created with `mode`. `schema` is the PostgreSQL schema.

    Raises:
        DatabaseError: the database can't be reached or refuses; nothing was changed.
        UsageError: the package for PostgreSQL is not installed.
    """
    try:
        resolved = resolve(uri)
    except UnsetError as error:
        raise DatabaseError(f"the variable {error.name} is not set.") from None
    opened: AbstractContextManager[Database]
    found = SQLITE.fullmatch(resolved.text)
    if found is not None:
        from flamescore.connections.sqlite_loading import sqlite_transaction  # noqa: PLC0415 - where it is used

        opened = sqlite_transaction(folder / found["path"], mode)
    elif POSTGRES.match(resolved.text):
        from flamescore.connections.postgres_loading import postgres_transaction  # noqa: PLC0415 - an extra

        opened = postgres_transaction(resolved, schema)
    else:
        raise DatabaseError(f"the address is no {DATABASES}.")
    with opened as database:
        for table in tables:
            _load(database, table)


def _load(database: Database, table: TableRows) -> None:
    wanted = database.types(table.rows.collect_schema())
    there = database.columns(table.name)
    name = database.named(table.name)
    if there and there != wanted:
        database.run(f"DROP TABLE {name}")
    if there != wanted:
        columns = ", ".join(f"{quoted(column)} {type_}" for column, type_ in wanted)
        database.run(f"CREATE TABLE {name} ({columns})")
    if table.once is not None:
        _add(database, table)
        return
    database.run(f"DELETE FROM {name}")  # noqa: S608 - the name is checked where it is declared
    for rows in table.rows.collect_batches(maintain_order=True):
        database.append(table.name, rows)


def _add(database: Database, table: TableRows) -> None:
    """Add rows, first deleting rows of the table with the same key."""
    rows = table.rows.collect()
    key = quoted(str(table.once))
    for value in rows[str(table.once)]:
        text = str(value).replace("'", "''")
        database.run(f"DELETE FROM {database.named(table.name)} WHERE {key} = '{text}'")  # noqa: S608 - quoted
    database.append(table.name, rows)


def quoted(name: str) -> str:
    """Return a name quoted for SQL, whatever characters it contains."""
    return '"' + name.replace('"', '""') + '"'
