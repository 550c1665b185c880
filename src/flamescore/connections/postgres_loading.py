"""Tables of PostgreSQL, replaced over ADBC."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.connections.loading import quoted
from flamescore.connections.postgres import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.connections.secrets import Resolved

_LOCK_SECONDS: Final = 60
_NAME_BYTES: Final = 63
"""PostgreSQL silently truncates longer names to this many bytes."""

_TYPES: Final[dict[pl.DataType, str]] = {
    pl.String(): "text",
    pl.Int32(): "integer",
    pl.Int64(): "bigint",
    pl.Float64(): "double precision",
    pl.Datetime("us", "UTC"): "timestamp with time zone",
}
_COLUMNS: Final = """
select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
where attrelid = to_regclass('{name}') and attnum > 0 and not attisdropped order by attnum
"""


@contextmanager
def postgres_transaction(uri: Resolved, schema: str) -> Iterator[_Postgres]:
    """Yield the database in a transaction, which is committed at the end of the block."""
    with connected(uri) as connection:
        database = _Postgres(connection, schema)
        database.run(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        yield database
        connection.commit()


class _Postgres(Struct, frozen=True):
    connection: Any
    schema: str

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Return names and types of a table's columns; empty if the table does not exist.

        From here on the table is locked against other writers: of two concurrent loads the second waits.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(_COLUMNS.format(name=self.named(table)))
            found: pl.DataFrame = cursor.fetch_polars()
        if found.height:
            self.run(f"LOCK TABLE {self.named(table)} IN SHARE ROW EXCLUSIVE MODE")
        return [(name, type_) for name, type_ in found.rows()]

    def types(self, schema: pl.Schema) -> list[tuple[str, str]]:
        """Return the PostgreSQL types for columns of text, numbers and instants."""
        return [(_cut(name), _TYPES[dtype]) for name, dtype in schema.items()]

    def run(self, sql: str) -> None:
        """Run a statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def named(self, table: str) -> str:
        """Return a name with its schema, quoted."""
        return f"{quoted(self.schema)}.{quoted(table)}"

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Add rows; do nothing if there are none."""
        if rows.is_empty():
            return
        rows = rows.rename({name: _cut(name) for name in rows.columns})
        with self.connection.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="append", db_schema_name=self.schema)


def _cut(name: str) -> str:
    return name.encode()[:_NAME_BYTES].decode(errors="ignore")
