"""Rows of a PostgreSQL database.

ADBC converts some types in unexpected ways: `money` arrives as cents, an `oid` as a number that may be
negative, a range as bytes; and rows in a cell make Polars fail. So the column types are queried first, and
columns that aren't plain values are cast in the database:

    select id, paid, tags from people       the query
    id uuid, paid numeric, tags text[]      the types of its columns
    select c1::text, c2::text, array_to_string(c3, ', ') from (...) as q(c1, c2, c3)     the query that is run
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct
from polars.exceptions import DuplicateError

from flamescore.connections.postgres import connected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.connections.databases import Query

_AS_IT_IS: Final = frozenset(
    ("smallint", "integer", "bigint", "real", "double precision", "boolean", "date",
     "timestamp without time zone", "timestamp with time zone")
)  # fmt: skip
_AS_TEXT: Final = frozenset(("numeric", "uuid", "json", "jsonb"))
_TEXTS: Final = "S"
"""The category of text types in the system catalog."""

_TYPES: Final = """
with recursive base as (
  select oid as asked, oid, typtype, typbasetype from pg_type where oid in ({oids})
  union all
  select base.asked, t.oid, t.typtype, t.typbasetype from base join pg_type t on t.oid = base.typbasetype
  where base.typtype = 'd'
)
select base.asked::int8 as oid, base.oid::regtype::text as name, t.typcategory::text as category,
  coalesce(element.typcategory::text, '') as inner_category
from base join pg_type t on t.oid = base.oid left join pg_type element on element.oid = t.typelem
where base.typtype <> 'd'
"""


class _Column(Struct, frozen=True):
    name: str
    type: str
    category: str
    inner_category: str

    def read(self, place: int, *, listed: bool) -> str | None:
        """Return the SQL expression that reads the column; None if its type is not supported."""
        cell = f"q.c{place}"
        if self.type in _AS_IT_IS:
            return cell
        if self.type in _AS_TEXT or self.category == _TEXTS:
            return f"{cell}::text"
        if self.category == "A" and self.inner_category == _TEXTS:
            return f"{cell}::text[]" if listed else f"array_to_string({cell}, ', ')"
        return None


def read_postgres(query: Query, into: Path) -> None:
    """Write the rows of a query into a Parquet file, in a read-only transaction."""
    with connected(query.uri) as connection:
        _read_only(connection)
        text = query.text.strip().rstrip(";")
        columns = _columns(query, connection, text)
        with connection.cursor() as cursor:
            cursor.execute(_reading(query, columns, text))
            floats = pl.selectors.float()
            rows = pl.scan_arrow_c_stream(cursor.fetch_arrow())
            rows = rows.rename({f"c{at}": each.name for at, each in enumerate(columns, 1)})
            rows.with_columns(pl.when(floats.is_finite()).then(floats)).sink_parquet(into)


def _columns(query: Query, connection: Any, text: str) -> list[_Column]:  # noqa: ANN401 - ADBC has no types
    """Return the columns of the query, found through a row of nulls, which costs the database nothing."""
    from adbc_driver_manager import Error  # noqa: PLC0415 - an extra

    nothing = "from (values (1)) as one left join (\n{}\n) as q{} on false"
    try:
        names = _names(connection, f"select q.* {nothing.format(text, '')}")
    except DuplicateError as error:
        twice = str(error).splitlines()[0].rpartition(": ")[2]
        raise query.refused(f"two columns are called `{twice}`.", "Name one of them with AS.") from None
    except Error:
        # It can't be used as a subquery. Run it as is, so that the database reports what is wrong with it.
        connection.rollback()
        _read_only(connection)
        with connection.cursor() as cursor:
            cursor.execute(text)
        raise query.refused("the query gives no rows.", "Begin it with SELECT.") from None
    if not names:
        raise query.refused("the query gives no columns.", "Name some after SELECT.")
    places = range(1, len(names) + 1)
    named = f"({', '.join(f'c{at}' for at in places)})"
    selected = ", ".join(f"pg_typeof(q.c{at})::oid::int8 as c{at}" for at in places)
    oids = _fetched(connection, f"select {selected} {nothing.format(text, named)}").row(0)
    found = _fetched(connection, _TYPES.format(oids=", ".join(map(str, sorted(set(oids))))))
    types = {oid: rest for oid, *rest in found.rows()}
    return [_Column(name, *types[oid]) for name, oid in zip(names, oids, strict=True)]


def _read_only(connection: Any) -> None:  # noqa: ANN401
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def _names(connection: Any, sql: str) -> list[str]:  # noqa: ANN401
    """Return the names of a query's columns without reading rows, which might make Polars fail."""
    with connection.cursor() as cursor:
        statement = cursor.adbc_statement
        statement.set_sql_query(sql)
        return list(pl.Schema(statement.execute_schema()))


def _fetched(connection: Any, sql: str) -> pl.DataFrame:  # noqa: ANN401
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: pl.DataFrame = cursor.fetch_polars()
        return found


def _reading(query: Query, columns: Sequence[_Column], text: str) -> str:
    cells = []
    for at, column in enumerate(columns, 1):
        read = column.read(at, listed=column.name == query.listed)
        if read is None:
            raise query.unread(column.name, f"of type {column.type}")
        cells.append(f"{read} as c{at}")
    names = ", ".join(f"c{at}" for at in range(1, len(columns) + 1))
    return f"select {', '.join(cells)} from (\n{text}\n) as q({names})"  # noqa: S608 - the query is the user's own
